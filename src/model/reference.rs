//! Sentences whose scores in 32-bit floats come with the bundle: does the model here find the same?

use std::fs::File;
use std::io::{BufRead, BufReader};

use serde::Deserialize;

use super::{Bundle, Label, Model, Probabilities, Query, Scorer};
use crate::error::{Error, Result};
use crate::span::{CharSpan, byte_span};

/// How many of the sentences are tried: enough to tell a wrong product from a rounded one, few
/// enough to take 0.1 s.
const TRIED: usize = 24;

/// The most that a probability may stray, in the mean over all of a sentence and its targets.
const BOUND: f64 = 0.02;

/// A sentence of the bundle, with the probabilities that the training script found, in the order of
/// the labels.
#[derive(Deserialize)]
struct Reference {
    text: String,
    targets: Vec<Target>,
    sentiment: [f64; 3],
    stances: Vec<[f64; 3]>,
}

#[derive(Deserialize)]
struct Target {
    spans: Vec<[usize; 2]>,
}

/// How far `model` strays from the bundle's reference, told as a sentence, if it is too far.
///
/// # Errors
/// If the reference cannot be read.
pub(super) fn strays(bundle: &Bundle, model: &Model) -> Result<Option<String>> {
    let Some(path) = bundle.reference() else {
        return Ok(None);
    };
    let file = File::open(&path).map_err(Error::read(&path))?;
    let mut strayed = Vec::new();
    let mut scorer = Scorer::new(model);
    for line in BufReader::new(file).lines().take(TRIED) {
        let line = line.map_err(Error::read(&path))?;
        let reference: Reference = serde_json::from_str(&line)
            .map_err(|error| bundle.refuse(format!("reference.jsonl: {error}")))?;
        let query = reference.query().ok_or_else(|| {
            bundle.refuse("reference.jsonl: a span lies outside its sentence".to_owned())
        })?;
        let scored = scorer.score(&[query])?.remove(0);
        strayed.extend(distances(&scored.sentiment, reference.sentiment));
        for (found, expected) in scored.stances.iter().zip(reference.stances) {
            strayed.extend(distances(found, expected));
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

impl Reference {
    /// Nothing if a span lies outside the text.
    fn query(&self) -> Option<Query<'_>> {
        let place = |&[start, end]: &[usize; 2]| byte_span(&self.text, CharSpan { start, end });
        let targets = self.targets.iter();
        let targets = targets.map(|target| target.spans.iter().map(place).collect());
        Some(Query {
            text: &self.text,
            targets: targets.collect::<Option<_>>()?,
        })
    }
}

fn distances<L: Label>(found: &Probabilities<L>, expected: [f64; 3]) -> [f64; 3] {
    let found = L::ALL.map(|label| found.of(label));
    std::array::from_fn(|at| (found[at] - expected[at]).abs())
}
