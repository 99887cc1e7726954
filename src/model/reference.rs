//! Sentences whose scores in 32-bit floats come with the bundle: does the model here find the same?

use std::fs;

use serde::Deserialize;

use super::{Bundle, Label, Model, Probabilities, Query, Scorer};
use crate::error::{Error, Result};
use crate::span::{ByteSpan, CharSpan, byte_span};

/// How many of the sentences are tried: enough to tell a wrong product from a rounded one, few
/// enough to take 0.1 s.
const TRIED: usize = 24;

/// The most that probabilities may stray in the mean; those of the shipped bundle stray by 0.005 in
/// int8, a single one by 0.16 at the most.
const BOUND: f64 = 0.02;

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

/// How far `model` strays from the bundle's reference, told as a sentence, if it is too far.
///
/// # Errors
/// If the reference cannot be read.
pub(super) fn strays(bundle: &Bundle, model: &Model) -> Result<Option<String>> {
    let mut strayed = Vec::new();
    let mut scorer = Scorer::new(model);
    for reference in Reference::all(bundle)?.iter().take(TRIED) {
        let scored = scorer.score(&[reference.query()])?.remove(0);
        strayed.extend(distances(&scored.sentiment, reference.sentiment));
        for (found, expected) in scored.stances.iter().zip(&reference.stances) {
            strayed.extend(distances(found, *expected));
        }
    }
    let mean = strayed.iter().sum::<f64>() / strayed.len().max(1) as f64;
    Ok((mean > BOUND).then(|| {
        format!(
            "in {}, probabilities stray from the bundle's own by {mean:.3} in the mean, more than {BOUND}",
            model.precision()
        )
    }))
}

fn distances<L: Label>(found: &Probabilities<L>, expected: [f64; 3]) -> [f64; 3] {
    let found = L::ALL.map(|label| found.of(label));
    std::array::from_fn(|at| (found[at] - expected[at]).abs())
}
