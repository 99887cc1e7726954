//! The chain from queries to probabilities, with the memory that it works in.

use super::batches;
use super::encoder;
use super::heads::{self, Logits};
use super::tokens::Window;
use super::{Model, Query, Scored};
use crate::error::{Error, Result};

/// A model at work on one thread.
pub struct Scorer<'m> {
    model: &'m Model,
    encoder: encoder::Scratch,
    heads: heads::Scratch,
}

impl<'m> Scorer<'m> {
    /// A scorer with memory of its own, to be kept from one call to the next.
    pub fn new(model: &'m Model) -> Self {
        Self {
            model,
            encoder: encoder::Scratch::new(model.precision),
            heads: heads::Scratch::new(model.precision),
        }
    }

    /// Scores `queries`; the result has one item for each, in the same order.
    ///
    /// # Errors
    /// If a target has no mention that covers a token.
    pub fn score(&mut self, queries: &[Query<'_>]) -> Result<Vec<Scored>> {
        let cache = &self.model.cache;
        let known: Vec<Option<Scored>> = queries.iter().map(|query| cache.get(query)).collect();
        let unknown = || {
            let pairs = queries.iter().zip(&known);
            pairs
                .filter(|(_, known)| known.is_none())
                .map(|(query, _)| query)
        };
        let scored = self.encode(unknown())?;
        for (query, scored) in unknown().zip(&scored) {
            cache.put(query, scored.clone());
        }
        let mut scored = scored.into_iter();
        let in_order = known
            .into_iter()
            .map(|known| known.or_else(|| scored.next()));
        Ok(in_order.flatten().collect())
    }

    /// Scores what was not scored before.
    fn encode<'q>(
        &mut self,
        queries: impl Iterator<Item = &'q Query<'q>> + Clone,
    ) -> Result<Vec<Scored>> {
        let mut windows: Vec<Window> = Vec::new();
        let mut counts = Vec::new();
        for query in queries.clone() {
            let of_query = self.model.tokens.windows(query)?;
            counts.push(of_query.len());
            windows.extend(of_query);
        }
        let lengths: Vec<usize> = windows.iter().map(|window| window.ids.len()).collect();
        let mut logits = Vec::with_capacity(windows.len());
        for batch in batches::together(&lengths) {
            self.forward(&windows[batch], &mut logits);
        }
        let (mut windows, mut logits) = (&windows[..], &logits[..]);
        let in_order = queries.zip(counts).map(|(query, count)| {
            let (own, others) = windows.split_at(count);
            let (scored, rest) = logits.split_at(count);
            (windows, logits) = (others, rest);
            self.model.join(query, own, scored)
        });
        in_order.collect()
    }

    /// Adds the logits of a batch of windows, in its order.
    fn forward(&mut self, batch: &[Window], logits: &mut Vec<Logits>) {
        let hidden = self.model.encoder.hidden();
        let mut states = self.model.encoder.forward(batch, &mut self.encoder);
        for window in batch {
            let (own, others) = states.split_at(window.ids.len() * hidden);
            logits.push(self.model.heads.forward(own, window, &mut self.heads));
            states = others;
        }
    }
}

impl Model {
    /// Means of the windows' logits, weighted by the tokens that each is about, as probabilities.
    fn join(&self, query: &Query<'_>, windows: &[Window], logits: &[Logits]) -> Result<Scored> {
        let parts = || windows.iter().zip(logits);
        let of_sentence =
            parts().map(|(window, logits)| (window.content().len(), logits.sentiment));
        let sentiment = weighted_mean(of_sentence)
            .ok_or_else(|| Error::Encoder("a sentence came back without a score".to_owned()))?;
        let stance = |target: usize| {
            let of_target = parts()
                .map(|(window, logits)| (window.mentions[target].len(), logits.stances[target]));
            let mean = weighted_mean(of_target).ok_or_else(|| {
                let spans = &query.targets[target];
                Error::Encoder(format!(
                    "no token is covered by {spans:?} of {:?}",
                    query.text
                ))
            })?;
            Ok(self.stance.probabilities(mean))
        };
        Ok(Scored {
            sentiment: self.sentiment.probabilities(sentiment),
            stances: (0..query.targets.len())
                .map(stance)
                .collect::<Result<_>>()?,
            windowed: windows.len() > 1,
        })
    }
}

/// The mean of logits by weight, or nothing if all weights are zero.
fn weighted_mean(logits: impl Iterator<Item = (usize, [f64; 3])>) -> Option<[f64; 3]> {
    let mut total = 0.0;
    let mut sums = [0.0; 3];
    for (weight, values) in logits {
        let weight = weight as f64;
        total += weight;
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += weight * value;
        }
    }
    (total > 0.0).then(|| sums.map(|sum| sum / total))
}
