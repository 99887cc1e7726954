//! From text to probabilities: the only folder that knows tokens and tensors.
//!
//! The contract is narrow and plain on both sides: a [`Query`] is a sentence and the places in it
//! that name each target; a [`Scored`] has the sentence's sentiment and the stance toward each
//! target. Inside, a query goes through five steps, one file each:
//!
//! ```text
//! Query ─ tokens ─▶ Window ─ batches ─▶ (b, t) ids ─ encoder ─▶ (b, t, h) states ─ heads ─▶ logits
//!                     bundle: which files, labels and temperatures make up a model
//! ```
//!
//! A sentence is encoded once, whatever the number of its targets; targets enter only where token
//! states are pooled. So the sentiment does not depend on the targets, nor a stance on the others.

mod batches;
mod bundle;
mod encoder;
mod heads;
mod label;
mod tokens;

use std::path::{Path, PathBuf};

pub use bundle::Bundle;
pub use label::{Label, Probabilities, Sentiment, Stance};

use crate::error::{Error, Result};
use crate::span::ByteSpan;
use encoder::Encoder;
use heads::{Heads, Logits};
use tokens::{Tokens, Window};

/// A sentence, and whom to score in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<'t> {
    /// The sentence.
    pub text: &'t str,
    /// Each target's mentions, in bytes of `text`; none is empty.
    pub targets: Vec<Vec<ByteSpan>>,
}

/// What the model says of one query.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The sentiment of the sentence as a whole.
    pub sentiment: Probabilities<Sentiment>,
    /// The stance toward each target, in the order asked.
    pub stances: Vec<Probabilities<Stance>>,
    /// Whether the sentence exceeds the model's length and was read in overlapping windows.
    pub windowed: bool,
}

/// A loaded bundle.
pub struct Model {
    title: String,
    tokens: Tokens,
    encoder: Encoder,
    heads: Heads,
    sentiment: label::Calibration<Sentiment>,
    stance: label::Calibration<Stance>,
}

/// Uses `count` threads for tensor work from now on.
pub fn set_threads(count: usize) {
    tch::set_num_threads(i32::try_from(count).unwrap_or(i32::MAX));
}

/// The folder of the bundle that ships with the program: `models/slant-mini` beside it or above.
pub fn shipped_bundle() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?.canonicalize().ok()?;
    let mut folders = program.ancestors().skip(1);
    folders.find_map(|folder| {
        let bundle = folder.join("models/slant-mini");
        bundle.is_dir().then_some(bundle)
    })
}

impl Model {
    /// Loads the bundle in `folder`.
    ///
    /// # Errors
    /// If a file is missing or not the one that `config.json` has the checksum of, or weights or
    /// labels are not the ones this version knows.
    pub fn load(folder: &Path) -> Result<Self> {
        let bundle = Bundle::open(folder)?;
        let tensors = tch::nn::VarStore::new(tch::Device::Cpu);
        let encoder = Encoder::new(&tensors.root(), bundle.encoder());
        let heads = Heads::new(&tensors.root(), bundle.encoder().hidden_size);
        bundle.fill(tensors)?;
        Ok(Self {
            title: bundle.title(),
            tokens: Tokens::load(&bundle)?,
            encoder,
            heads,
            sentiment: bundle.sentiment()?,
            stance: bundle.stance()?,
        })
    }

    /// The bundle's name and version, as in "slant-mini 0.1.0".
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Scores `queries`; the result has one item for each, in the same order.
    ///
    /// # Errors
    /// If a target has no mention that covers a token, or the encoder fails.
    pub fn score(&self, queries: &[Query<'_>]) -> Result<Vec<Scored>> {
        let mut windows: Vec<(usize, Window)> = Vec::new();
        for (index, query) in queries.iter().enumerate() {
            let of_query = self.tokens.windows(query)?;
            windows.extend(of_query.into_iter().map(|window| (index, window)));
        }
        let lengths: Vec<usize> = windows.iter().map(|(_, window)| window.ids.len()).collect();
        let mut logits: Vec<Option<Logits>> = Vec::new();
        logits.resize_with(windows.len(), || None);
        for batch in batches::by_length(&lengths) {
            let members: Vec<&Window> = batch.iter().map(|&at| &windows[at].1).collect();
            for (&at, scored) in batch.iter().zip(self.forward(&members)?) {
                logits[at] = Some(scored);
            }
        }
        let mut scored = windows.iter().zip(logits).peekable();
        let in_order = queries.iter().enumerate().map(|(index, query)| {
            let mut parts = Vec::new();
            while let Some(((_, window), logits)) =
                scored.next_if(|((owner, _), _)| *owner == index)
            {
                parts.extend(logits.map(|logits| (window, logits)));
            }
            self.join(query, &parts)
        });
        in_order.collect()
    }

    /// The logits of a batch of windows, in its order.
    fn forward(&self, batch: &[&Window]) -> Result<Vec<Logits>> {
        tch::no_grad(|| {
            let states = self.encoder.forward(batch)?;
            let score = |(window, states)| self.heads.forward(states, window);
            batch.iter().copied().zip(&states).map(score).collect()
        })
    }

    /// Means of the windows' logits, weighted by the tokens that each is about, as probabilities.
    fn join(&self, query: &Query<'_>, parts: &[(&Window, Logits)]) -> Result<Scored> {
        let of_sentence = parts
            .iter()
            .map(|(window, logits)| (window.content().len(), logits.sentiment));
        let sentiment = weighted_mean(of_sentence)
            .ok_or_else(|| Error::Encoder("a sentence came back without a score".to_owned()))?;
        let stance = |target: usize| {
            let of_target = parts
                .iter()
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
            windowed: parts.len() > 1,
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
