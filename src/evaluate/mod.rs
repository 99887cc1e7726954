//! How good the model is on labelled sentences, through the very code that `score` uses.
//!
//! A gold file is JSON Lines: `{"text": "…", "sentiment": "negative", "targets": [{"spans": [[0,
//! 7]], "stance": "against"}]}`, offsets in characters, `sentiment` and `targets` each optional. A
//! line may name the `part` of the file that it belongs to; parts are then told apart. Two lines
//! of the same `pair` are a sentence and the same with its names exchanged; lines of the same
//! `template` differ only in the name of their first target.

mod bootstrap;
mod fairness;
mod figures;
mod gold;
mod page;

use std::collections::BTreeMap;

use serde::Serialize;

pub use bootstrap::{Difference, Interval};
pub use fairness::{Names, Swap};
pub use figures::{Bin, Figures};
pub use gold::{Gold, read};

use crate::error::Result;
use crate::model::{Model, Probabilities, Query, Sentiment, Stance};
use figures::{Item, ratio};

/// How many sentences are scored at once.
const SENTENCES_AT_ONCE: usize = 512;

/// How right the model was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// The bundle's name and version.
    pub bundle: String,
    /// Over the whole gold file.
    #[serde(flatten)]
    pub all: Part,
    /// The same for each part of the gold file that has a name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Part>,
    /// By how much it is better than another model, if there is one to compare with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
}

/// How right the model was on some sentences.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Over the targets, if there are any.
    pub stance: Option<Figures>,
    /// Over the sentences with a sentiment, if there are any.
    pub sentiment: Option<Figures>,
    /// How many sentences have a target.
    pub sentences: usize,
    /// The share of those in which every target got its right stance, in 0..=1.
    pub sentences_right: f64,
    /// Over the swap pairs, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swap: Option<Swap>,
    /// Over the sentences that differ only in a name, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<Names>,
}

/// A model beside another on the same sentences.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The other bundle's name and version.
    pub baseline: String,
    /// Over the targets, if there are any.
    pub stance: Option<Difference>,
    /// Over the sentences with a sentiment, if there are any.
    pub sentiment: Option<Difference>,
}

/// What the model said of one labelled sentence, beside what is right.
#[derive(Debug)]
struct Judged {
    /// The stance scored toward each target.
    stances: Vec<Probabilities<Stance>>,
    stance_items: Vec<Item>,
    sentiment_items: Vec<Item>,
}

impl Judged {
    fn is_right(&self) -> bool {
        self.stance_items.iter().all(Item::is_right)
    }
}

/// Scores `gold` with `model` and compares with the labels, and with what `baseline` says if it is
/// given; `listen` is told how many sentences were scored since it was last told.
///
/// # Errors
/// If the encoder fails.
pub fn evaluate(
    gold: &[Gold],
    model: &Model,
    baseline: Option<&Model>,
    listen: &mut dyn FnMut(usize),
) -> Result<Evaluation> {
    let judged = judge(gold, model, listen)?;
    let comparison = match baseline {
        Some(other) => Some(Comparison::of(&judged, &judge(gold, other, listen)?, other)),
        None => None,
    };
    let judged: Vec<(&Gold, &Judged)> = gold.iter().zip(&judged).collect();
    let mut parts: BTreeMap<String, Vec<(&Gold, &Judged)>> = BTreeMap::new();
    for &(gold, judged) in &judged {
        if let Some(part) = &gold.part {
            parts.entry(part.clone()).or_default().push((gold, judged));
        }
    }
    let parts = parts.into_iter();
    Ok(Evaluation {
        bundle: model.title().to_owned(),
        all: Part::over(&judged),
        parts: parts
            .map(|(name, members)| (name, Part::over(&members)))
            .collect(),
        comparison,
    })
}

fn judge(gold: &[Gold], model: &Model, listen: &mut dyn FnMut(usize)) -> Result<Vec<Judged>> {
    let mut judged = Vec::with_capacity(gold.len());
    for chunk in gold.chunks(SENTENCES_AT_ONCE) {
        let queries: Vec<Query<'_>> = chunk.iter().map(Gold::query).collect();
        for (gold, scored) in chunk.iter().zip(model.score(&queries)?) {
            let sentiment = gold.sentiment.iter();
            let targets = gold.targets.iter().zip(&scored.stances);
            judged.push(Judged {
                sentiment_items: sentiment
                    .map(|expected: &Sentiment| Item::new(*expected, &scored.sentiment))
                    .collect(),
                stance_items: targets
                    .map(|(target, stance)| Item::new(target.stance, stance))
                    .collect(),
                stances: scored.stances,
            });
        }
        listen(chunk.len());
    }
    Ok(judged)
}

impl Part {
    fn over(judged: &[(&Gold, &Judged)]) -> Self {
        let (stances, sentiments) = items(judged.iter().map(|(_, judged)| *judged));
        let with_target = judged.iter().filter(|(gold, _)| !gold.targets.is_empty());
        let right = with_target.clone().filter(|(_, judged)| judged.is_right());
        Self {
            stance: Figures::over::<Stance>(&stances),
            sentiment: Figures::over::<Sentiment>(&sentiments),
            sentences: with_target.clone().count(),
            sentences_right: ratio(right.count(), with_target.count()),
            swap: Swap::over(judged),
            names: Names::over(judged),
        }
    }
}

impl Comparison {
    fn of(ours: &[Judged], theirs: &[Judged], other: &Model) -> Self {
        let (stances, sentiments) = items(ours.iter());
        let (their_stances, their_sentiments) = items(theirs.iter());
        Self {
            baseline: other.title().to_owned(),
            stance: bootstrap::difference(&stances, &their_stances),
            sentiment: bootstrap::difference(&sentiments, &their_sentiments),
        }
    }
}

/// The stance items and the sentiment items, sentence by sentence.
fn items<'j>(judged: impl Iterator<Item = &'j Judged>) -> (Vec<Vec<Item>>, Vec<Vec<Item>>) {
    judged
        .map(|judged| (judged.stance_items.clone(), judged.sentiment_items.clone()))
        .unzip()
}
