//! Figures over labelled items: confusion, precision, recall, F1, calibration.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bootstrap::{self, Interval};
use crate::model::{Label, Probabilities};

/// The bins of equal width that the calibration error is taken over.
const BINS: usize = 10;

/// A labelled item and what was scored; labels by their place in [`Label::ALL`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Item {
    expected: usize,
    found: usize,
    /// The probability of the label found, in 0..=1.
    confidence: f64,
}

/// Figures over labelled items; shares and scores are in 0..=1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// How many items there are.
    pub n: usize,
    /// The share whose most probable label is the right one.
    pub accuracy: f64,
    /// Its 95 % interval.
    pub accuracy_interval: Interval,
    /// The plain mean of the labels' F1.
    pub macro_f1: f64,
    /// Its 95 % interval.
    pub macro_f1_interval: Interval,
    /// Of the items given a label, the share that has it; 0 where none was given it.
    pub precision: BTreeMap<&'static str, f64>,
    /// Of the items that have a label, the share given it; 0 where none has it.
    pub recall: BTreeMap<&'static str, f64>,
    /// The harmonic mean of precision and recall; 0 where nothing is right.
    pub f1: BTreeMap<&'static str, f64>,
    /// How many items of a label (outer) were given which label (inner).
    pub confusion: BTreeMap<&'static str, BTreeMap<&'static str, usize>>,
    /// Expected calibration error of the most probable label, over ten bins of equal width
    /// (Guo et al. 2017, "On Calibration of Modern Neural Networks").
    pub ece: f64,
    /// The bins of that error that hold any item, in ascending order.
    pub reliability: Vec<Bin>,
}

/// The items whose label was given with a probability in one range.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bin {
    /// The range's lower end, included.
    pub from: f64,
    /// The range's upper end, excluded but for 1.
    pub to: f64,
    /// How many items are in it.
    pub n: usize,
    /// Their mean probability.
    pub confidence: f64,
    /// The share of them that is right.
    pub accuracy: f64,
}

impl Item {
    pub(super) fn new<L: Label>(expected: L, scored: &Probabilities<L>) -> Self {
        let place = |label: L| L::ALL.iter().position(|other| *other == label);
        let found = scored.top();
        Self {
            // Every label is in the list of all.
            expected: place(expected).unwrap_or_default(),
            found: place(found).unwrap_or_default(),
            confidence: scored.of(found),
        }
    }

    pub(super) fn is_right(&self) -> bool {
        self.expected == self.found
    }
}

impl Figures {
    /// Figures over the items of each sentence, or nothing without any item.
    pub(super) fn over<L: Label>(sentences: &[Vec<Item>]) -> Option<Self> {
        let items = || sentences.iter().flatten();
        let confusion = Confusion::of(items());
        if confusion.total() == 0 {
            return None;
        }
        let [accuracy_interval, macro_f1_interval] =
            bootstrap::intervals(sentences, |confusion: &Confusion| {
                [confusion.accuracy(), confusion.macro_f1()]
            });
        let named = |value: &dyn Fn(usize) -> f64| {
            let values = L::ALL.into_iter().enumerate();
            values
                .map(|(place, label)| (label.name(), value(place)))
                .collect()
        };
        let row = |expected: usize| {
            let cells = L::ALL.into_iter().zip(confusion.0[expected]);
            cells.map(|(label, count)| (label.name(), count)).collect()
        };
        let rows = L::ALL.into_iter().enumerate();
        let reliability = reliability(items());
        let gap = |bin: &Bin| bin.n as f64 * (bin.confidence - bin.accuracy).abs();
        Some(Self {
            n: confusion.total(),
            accuracy: confusion.accuracy(),
            accuracy_interval,
            macro_f1: confusion.macro_f1(),
            macro_f1_interval,
            precision: named(&|label| confusion.precision(label)),
            recall: named(&|label| confusion.recall(label)),
            f1: named(&|label| confusion.f1(label)),
            confusion: rows
                .map(|(place, label)| (label.name(), row(place)))
                .collect(),
            ece: reliability.iter().map(gap).sum::<f64>() / confusion.total() as f64,
            reliability,
        })
    }
}

/// How many items of each label (first) were given each label (second).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Confusion([[usize; 3]; 3]);

impl Confusion {
    fn of<'i>(items: impl Iterator<Item = &'i Item>) -> Self {
        let mut confusion = Self::default();
        items.for_each(|item| confusion.add(item));
        confusion
    }

    pub(super) fn add(&mut self, item: &Item) {
        self.0[item.expected][item.found] += 1;
    }

    fn total(&self) -> usize {
        self.0.iter().flatten().sum()
    }

    fn given(&self, label: usize) -> usize {
        self.0.iter().map(|row| row[label]).sum()
    }

    fn having(&self, label: usize) -> usize {
        self.0[label].iter().sum()
    }

    pub(super) fn accuracy(&self) -> f64 {
        let right = (0..3).map(|label| self.0[label][label]).sum();
        ratio(right, self.total())
    }

    fn precision(&self, label: usize) -> f64 {
        ratio(self.0[label][label], self.given(label))
    }

    fn recall(&self, label: usize) -> f64 {
        ratio(self.0[label][label], self.having(label))
    }

    fn f1(&self, label: usize) -> f64 {
        ratio(
            2 * self.0[label][label],
            self.given(label) + self.having(label),
        )
    }

    pub(super) fn macro_f1(&self) -> f64 {
        (0..3).map(|label| self.f1(label)).sum::<f64>() / 3.0
    }
}

fn reliability<'i>(items: impl Iterator<Item = &'i Item>) -> Vec<Bin> {
    let mut bins = [(0, 0.0, 0); BINS];
    for item in items {
        let bin = &mut bins[((item.confidence * BINS as f64) as usize).min(BINS - 1)];
        bin.0 += 1;
        bin.1 += item.confidence;
        bin.2 += usize::from(item.is_right());
    }
    let filled = bins.into_iter().enumerate().filter(|(_, bin)| bin.0 > 0);
    filled
        .map(|(place, (n, confidence, right))| Bin {
            from: place as f64 / BINS as f64,
            to: (place + 1) as f64 / BINS as f64,
            n,
            confidence: confidence / n as f64,
            accuracy: ratio(right, n),
        })
        .collect()
}

/// `part` of `whole`, or 0 of nothing.
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Stance;

    /// An item of label `expected` whose likeliest label is `found`.
    fn item(expected: Stance, found: Stance, confidence: f64) -> Vec<Item> {
        let rest = (1.0 - confidence) / 2.0;
        let weight = |label| if label == found { confidence } else { rest };
        let scored = Probabilities::from_weights(Stance::ALL.map(weight));
        vec![Item::new(expected, &scored)]
    }

    #[test]
    fn figures_are_those_worked_out_by_hand() {
        use Stance::{Against, Favor, Neutral};
        let sentences = [
            item(Against, Against, 0.95),
            item(Against, Against, 0.95),
            item(Against, Neutral, 0.65),
            item(Neutral, Neutral, 0.65),
            item(Favor, Against, 0.45),
        ];
        let figures = Figures::over::<Stance>(&sentences).unwrap();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert_eq!(figures.n, 5);
        assert!(near(figures.accuracy, 3.0 / 5.0));
        assert!(near(figures.precision["against"], 2.0 / 3.0));
        assert!(near(figures.recall["against"], 2.0 / 3.0));
        assert!(near(figures.f1["against"], 2.0 / 3.0));
        assert!(near(figures.precision["neutral"], 1.0 / 2.0));
        assert!(near(figures.recall["neutral"], 1.0));
        assert!(near(figures.f1["neutral"], 2.0 / 3.0));
        assert!(near(figures.f1["favor"], 0.0));
        assert!(near(figures.macro_f1, 4.0 / 9.0));
        assert_eq!(figures.confusion["against"]["neutral"], 1);
        assert_eq!(figures.confusion["favor"]["against"], 1);
        // Bins: one at 0.45 wrong, two at 0.65 one right, two at 0.95 both right.
        assert!(near(figures.ece, (0.45 + 2.0 * 0.15 + 2.0 * 0.05) / 5.0));
        let bins: Vec<_> = figures.reliability.iter().map(|bin| bin.n).collect();
        assert_eq!(bins, [1, 2, 2]);
        assert!(near(figures.reliability[1].accuracy, 0.5));
        let Interval { low, high } = figures.accuracy_interval;
        assert!(low < 0.6 && 0.6 < high, "{low} to {high}");
        assert_eq!(Figures::over::<Stance>(&[vec![]]), None);
    }
}
