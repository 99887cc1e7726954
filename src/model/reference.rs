//! Sentences whose scores in 32-bit floats come with the bundle: does the model here find the same?

use std::fs;

use serde::{Deserialize, Serialize};

use super::{Bundle, Label, Model, Probabilities, Query, Scored, Scorer};
use crate::error::{Error, Result};
use crate::span::{ByteSpan, CharSpan, byte_span};

/// How many of the sentences are tried: enough to tell a wrong product from a rounded one, few
/// enough to take 0.1 s.
const TRIED: usize = 24;

/// A sentence of the bundle, with the probabilities that the training script found.
#[derive(Debug, Clone, Deserialize)]
pub struct Reference {
    /// The sentence.
    pub text: String,
    targets: Vec<Target>,
    /// Of the sentiments, in the order of [`Label::ALL`].
    pub sentiment: [f64; 3],
    /// Of the stances toward each target, in the order of [`Label::ALL`].
    pub stances: Vec<[f64; 3]>,
}

#[derive(Debug, Clone, Deserialize)]
struct Target {
    /// In characters.
    spans: Vec<[usize; 2]>,
}

impl Reference {
    /// All that the bundle has; none where it names no such file.
    ///
    /// # Errors
    /// If the file cannot be read, or a line is not what it should be.
    pub fn all(bundle: &Bundle) -> Result<Vec<Self>> {
        let Some(path) = bundle.reference() else {
            return Ok(Vec::new());
        };
        let refuse = |reason: String| bundle.refuse(format!("reference.jsonl: {reason}"));
        let text = fs::read_to_string(&path).map_err(Error::read(&path))?;
        let parse = |line| {
            let reference: Self =
                serde_json::from_str(line).map_err(|error| refuse(error.to_string()))?;
            match reference.places() {
                Some(_) => Ok(reference),
                None => Err(refuse(format!("a span lies outside {:?}", reference.text))),
            }
        };
        text.lines().map(parse).collect()
    }

    /// What to ask the model.
    pub fn query(&self) -> Query<'_> {
        Query {
            text: &self.text,
            // `all` has refused what has none.
            targets: self.places().unwrap_or_default(),
        }
    }

    /// Each target's mentions in bytes; nothing if a span lies outside the text.
    fn places(&self) -> Option<Vec<Vec<ByteSpan>>> {
        let place = |&[start, end]: &[usize; 2]| byte_span(&self.text, CharSpan { start, end });
        let targets = self.targets.iter();
        let targets = targets.map(|target| target.spans.iter().map(place).collect());
        targets.collect()
    }
}

/// How near scores are to what the bundle's reference says of the same sentences.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// By how much a probability strays, in the mean.
    pub mean_stray: f64,
    /// By how much the one that strays furthest does.
    pub most_stray: f64,
    /// The share of sentiments and stances whose most probable label is the same.
    pub same_labels: f64,
}

impl Agreement {
    /// The most that probabilities may stray in the mean; those of the shipped bundle stray by 0.005
    /// in int8, a single one by 0.16 at the most.
    pub const BOUND: f64 = 0.02;

    /// Of `scored` with `references`, in the same order; nothing to compare is agreement.
    pub fn of(references: &[Reference], scored: &[Scored]) -> Self {
        let mut pairs: Vec<[[f64; 3]; 2]> = Vec::new();
        for (reference, scored) in references.iter().zip(scored) {
            pairs.push([values(&scored.sentiment), reference.sentiment]);
            let stances = scored.stances.iter().map(values);
            pairs.extend(
                stances
                    .zip(reference.stances.iter().copied())
                    .map(<[_; 2]>::from),
            );
        }
        let strays = |[found, expected]: &[[f64; 3]; 2]| -> [f64; 3] {
            std::array::from_fn(|at| (found[at] - expected[at]).abs())
        };
        let strayed: Vec<f64> = pairs.iter().flat_map(strays).collect();
        let same = |[found, expected]: &&[[f64; 3]; 2]| top(found) == top(expected);
        let share = |sum: f64, of: usize| sum / of.max(1) as f64;
        Self {
            mean_stray: share(strayed.iter().sum(), strayed.len()),
            most_stray: strayed.into_iter().fold(0.0, f64::max),
            same_labels: match pairs.len() {
                0 => 1.0,
                count => share(pairs.iter().filter(same).count() as f64, count),
            },
        }
    }

    /// Whether the model is not what the bundle says it is.
    pub fn is_broken(&self) -> bool {
        self.mean_stray.is_nan() || self.mean_stray > Self::BOUND
    }
}

/// How far `model` strays from the bundle's reference, told as a sentence, if it is too far.
///
/// # Errors
/// If the reference cannot be read.
pub(super) fn strays(bundle: &Bundle, model: &Model) -> Result<Option<String>> {
    let mut references = Reference::all(bundle)?;
    references.truncate(TRIED);
    let queries: Vec<_> = references.iter().map(Reference::query).collect();
    let agreement = Agreement::of(&references, &Scorer::new(model).score(&queries)?);
    Ok(agreement.is_broken().then(|| {
        format!(
            "in {}, probabilities stray from the bundle's own by {:.3} in the mean, more than {}",
            model.precision(),
            agreement.mean_stray,
            Agreement::BOUND
        )
    }))
}

fn values<L: Label>(probabilities: &Probabilities<L>) -> [f64; 3] {
    L::ALL.map(|label| probabilities.of(label))
}

/// The place of the greatest.
fn top(values: &[f64; 3]) -> Option<usize> {
    (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b]))
}
