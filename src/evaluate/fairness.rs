//! Whether names are told apart, and whether a name alone moves a score.
//!
//! A swap pair is one sentence twice, its two names exchanged and their stances with them. A name
//! test is one sentence many times, each time with another name; nothing should change.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::figures::ratio;
use super::{Gold, Judged};
use crate::model::{Label, Stance};

/// How swap pairs fared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Swap {
    /// How many pairs there are.
    pub pairs: usize,
    /// The share of those in which every target of every sentence got its right stance, in 0..=1.
    pub pairs_right: f64,
}

/// How much scores depend on names alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Names {
    /// How many names there are.
    pub names: usize,
    /// How many sentences each of them was put into.
    pub templates: usize,
    /// Over the neutral sentences: the standard deviation between names of a name's mean score.
    pub spread: f64,
    /// The name with the lowest mean over those, and that mean.
    pub lowest: (String, f64),
    /// The name with the highest.
    pub highest: (String, f64),
    /// The share of all sentences whose label is not the one that most names get there, in 0..=1.
    pub flips: f64,
}

impl Swap {
    /// Over the sentences that are of a pair, or nothing without any.
    pub(super) fn over(judged: &[(&Gold, &Judged)]) -> Option<Self> {
        let mut right: BTreeMap<&str, bool> = BTreeMap::new();
        for (gold, judged) in judged {
            if let Some(pair) = &gold.pair {
                *right.entry(pair).or_insert(true) &= judged.is_right();
            }
        }
        (!right.is_empty()).then(|| Self {
            pairs: right.len(),
            pairs_right: ratio(right.values().filter(|&&right| right).count(), right.len()),
        })
    }
}

impl Names {
    /// Over the sentences that are of a template, by their first target; nothing without a
    /// neutral one.
    pub(super) fn over(judged: &[(&Gold, &Judged)]) -> Option<Self> {
        let mut labels: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        let mut scores: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        let mut names = BTreeSet::new();
        for (gold, judged) in judged {
            let target = gold.targets.first().zip(judged.stances.first());
            let (Some(template), Some((target, scored))) = (&gold.template, target) else {
                continue;
            };
            let found = scored.top();
            let counts = labels.entry(template).or_default();
            for (count, label) in counts.iter_mut().zip(Stance::ALL) {
                *count += usize::from(label == found);
            }
            names.insert(target.party.as_str());
            if target.stance == Stance::Neutral {
                let scores = scores.entry(&target.party).or_default();
                scores.push(scored.score());
            }
        }
        let means = scores.iter().map(|(name, scores)| (*name, mean(scores)));
        let means: Vec<(&str, f64)> = means.collect();
        let by_mean = |a: &&(&str, f64), b: &&(&str, f64)| a.1.total_cmp(&b.1);
        let owned = |(name, mean): &(&str, f64)| ((*name).to_owned(), *mean);
        let total: usize = labels.values().flatten().sum();
        let most: usize = labels.values().flat_map(|counts| counts.iter().max()).sum();
        Some(Self {
            names: names.len(),
            templates: labels.len(),
            lowest: owned(means.iter().min_by(by_mean)?),
            highest: owned(means.iter().max_by(by_mean)?),
            spread: deviation(&means.iter().map(|(_, mean)| *mean).collect::<Vec<_>>()),
            flips: ratio(total - most, total),
        })
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Sample standard deviation; 0 of fewer than two values.
fn deviation(values: &[f64]) -> f64 {
    let center = mean(values);
    let squares: f64 = values.iter().map(|value| (value - center).powi(2)).sum();
    (squares / (values.len().max(2) - 1) as f64).sqrt()
}
