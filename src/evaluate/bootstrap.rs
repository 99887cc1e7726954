//! Intervals by resampling sentences, whose targets share words and so are no independent items.
//!
//! Percentile bootstrap (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", ch. 13),
//! seeded: the same file gives the same interval.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::figures::{Confusion, Item};

/// Resamples drawn for an interval.
const RESAMPLES: usize = 2000;

const SEED: u64 = 1;

/// What 95 % of the resamples lie within.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// By how much a model is better than another on the same sentences.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The other model's macro-F1, in 0..=1.
    pub baseline_macro_f1: f64,
    /// The model's macro-F1 less the other's, in −1..=1.
    pub difference: f64,
    /// Its 95 % interval.
    pub interval: Interval,
    /// How often chance alone would give a difference as large, two-sided (Koehn 2004,
    /// "Statistical Significance Tests for Machine Translation Evaluation").
    pub p: f64,
}

/// The intervals of the figures that `measure` takes of a sample.
pub(super) fn intervals<const N: usize>(
    sentences: &[Vec<Item>],
    measure: impl Fn(&Confusion) -> [f64; N],
) -> [Interval; N] {
    let mut samples = [const { Vec::new() }; N];
    for draw in draws(sentences.len()) {
        let measured = measure(&confusion(sentences, &draw));
        for (samples, value) in samples.iter_mut().zip(measured) {
            samples.push(value);
        }
    }
    samples.map(Interval::of)
}

/// Compares macro-F1 on the same sentences, in the same order; nothing without any item.
pub(super) fn difference(ours: &[Vec<Item>], baseline: &[Vec<Item>]) -> Option<Difference> {
    let all: Vec<usize> = (0..ours.len()).collect();
    let on = |draw: &[usize]| {
        let [ours, baseline] = [ours, baseline].map(|items| confusion(items, draw).macro_f1());
        (ours - baseline, baseline)
    };
    ours.iter().flatten().next()?;
    let (difference, baseline_macro_f1) = on(&all);
    let samples: Vec<f64> = draws(ours.len()).map(|draw| on(&draw).0).collect();
    let share = |beyond: &dyn Fn(f64) -> bool| {
        let count = samples.iter().filter(|&&sample| beyond(sample)).count();
        count as f64 / samples.len() as f64
    };
    let p = 2.0 * share(&|sample| sample <= 0.0).min(share(&|sample| sample >= 0.0));
    Some(Difference {
        baseline_macro_f1,
        difference,
        p: p.min(1.0),
        interval: Interval::of(samples),
    })
}

impl Interval {
    fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |share: f64| samples[(share * (samples.len() - 1) as f64).round() as usize];
        Self {
            low: at(0.025),
            high: at(0.975),
        }
    }
}

/// Sentences drawn with replacement, as many as there are, for each resample.
fn draws(sentences: usize) -> impl Iterator<Item = Vec<usize>> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    (0..RESAMPLES).map(move |_| {
        (0..sentences)
            .map(|_| random.random_range(0..sentences))
            .collect()
    })
}

fn confusion(sentences: &[Vec<Item>], draw: &[usize]) -> Confusion {
    let mut confusion = Confusion::default();
    for item in draw.iter().flat_map(|&sentence| &sentences[sentence]) {
        confusion.add(item);
    }
    confusion
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Label, Probabilities, Stance};

    fn sentences(right: usize, wrong: usize) -> Vec<Vec<Item>> {
        let sure = Probabilities::from_weights([0.8, 0.1, 0.1]);
        let item = |expected| vec![Item::new(expected, &sure)];
        let labels = [(Stance::Against, right), (Stance::Neutral, wrong)];
        labels
            .iter()
            .flat_map(|(label, count)| (0..*count).map(move |_| item(*label)))
            .collect()
    }

    #[test]
    fn an_interval_of_a_share_is_near_the_binomial_one() {
        // 80 right of 100: 0.8 ± 1.96 √(0.8 · 0.2 / 100) = 0.722 to 0.878.
        let [Interval { low, high }] = intervals(&sentences(80, 20), |sample| [sample.accuracy()]);
        assert!((low - 0.722).abs() < 0.015, "{low}");
        assert!((high - 0.878).abs() < 0.015, "{high}");
    }

    #[test]
    fn a_model_does_not_differ_from_itself() {
        let ours = sentences(8, 4);
        let found = difference(&ours, &ours).unwrap();
        assert_eq!((found.difference, found.p), (0.0, 1.0));
        assert_eq!(
            found.interval,
            Interval {
                low: 0.0,
                high: 0.0
            }
        );
        assert_eq!(difference(&[vec![]], &[vec![]]), None);
    }

    #[test]
    fn a_model_that_is_always_right_is_better_than_one_that_never_is() {
        let scored = |found: usize| {
            let weights = std::array::from_fn(|place| if place == found { 0.8 } else { 0.1 });
            Probabilities::from_weights(weights)
        };
        let by = |shift: usize| -> Vec<Vec<Item>> {
            let places = (0..60).map(|sentence| sentence % 3);
            places
                .map(|place| vec![Item::new(Stance::ALL[place], &scored((place + shift) % 3))])
                .collect()
        };
        let found = difference(&by(0), &by(1)).unwrap();
        assert_eq!((found.difference, found.p), (1.0, 0.0));
    }
}
