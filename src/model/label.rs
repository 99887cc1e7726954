//! The labels of the two heads, and calibrated probabilities over them.

use std::marker::PhantomData;

/// One of three labels, from bad to good.
pub trait Label: Copy + PartialEq + 'static {
    /// The labels in ascending order.
    const ALL: [Self; 3];

    /// The word for it in bundles, gold files and rows.
    fn name(self) -> &'static str;

    /// The label that `name` is the word for.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.name() == name)
    }
}

/// How positive or negative a sentence is as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sentiment {
    /// Bad news or a bad opinion.
    Negative,
    /// Neither.
    Neutral,
    /// Good news or a good opinion.
    Positive,
}

/// How a sentence presents a party, whoever is speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// In a bad light.
    Against,
    /// In neither.
    Neutral,
    /// In a good light.
    Favor,
}

impl Label for Sentiment {
    const ALL: [Self; 3] = [Self::Negative, Self::Neutral, Self::Positive];

    fn name(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Neutral => "neutral",
            Self::Positive => "positive",
        }
    }
}

impl Label for Stance {
    const ALL: [Self; 3] = [Self::Against, Self::Neutral, Self::Favor];

    fn name(self) -> &'static str {
        match self {
            Self::Against => "against",
            Self::Neutral => "neutral",
            Self::Favor => "favor",
        }
    }
}

/// A probability for each label; they sum to one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Probabilities<L> {
    ascending: [f64; 3],
    label: PhantomData<L>,
}

impl<L: Label> Probabilities<L> {
    /// Probabilities in proportion to `weights`, in the order of the labels; none is negative and
    /// not all are zero.
    pub fn from_weights(weights: [f64; 3]) -> Self {
        let total: f64 = weights.iter().sum();
        Self {
            ascending: weights.map(|weight| weight / total),
            label: PhantomData,
        }
    }

    /// The probability of `label`, in 0..=1.
    pub fn of(&self, label: L) -> f64 {
        let labels_and_values = L::ALL.into_iter().zip(self.ascending);
        labels_and_values
            .filter(|(other, _)| *other == label)
            .map(|(_, value)| value)
            .sum()
    }

    /// The most probable label; of equals the first.
    pub fn top(&self) -> L {
        let best = |best: L, label: L| {
            if self.of(label) > self.of(best) {
                label
            } else {
                best
            }
        };
        L::ALL.into_iter().reduce(best).unwrap_or(L::ALL[0])
    }

    /// P(best label) − P(worst label), in −1..=1.
    pub fn score(&self) -> f64 {
        let [worst, _, best] = self.ascending;
        best - worst
    }
}

/// How a head's logits become probabilities: which output is which label, and the temperature.
///
/// p = softmax(logits / temperature), after Guo et al. 2017, "On Calibration of Modern Neural
/// Networks".
#[derive(Debug, Clone, Copy)]
pub(super) struct Calibration<L> {
    /// For each label in ascending order, the head's output for it.
    outputs: [usize; 3],
    temperature: f64,
    label: PhantomData<L>,
}

impl<L: Label> Calibration<L> {
    /// `names` are the labels in the order of the head's outputs.
    pub(super) fn new(names: &[String], temperature: f64) -> Result<Self, String> {
        let known = L::ALL.map(L::name);
        let mut outputs = [0; 3];
        for (output, name) in outputs.iter_mut().zip(known) {
            *output = names
                .iter()
                .position(|other| other == name)
                .filter(|_| names.len() == known.len())
                .ok_or_else(|| format!("its labels are {names:?}; this version knows {known:?}"))?;
        }
        if !(temperature.is_finite() && temperature > 0.0) {
            return Err(format!("the temperature {temperature} is not above zero"));
        }
        Ok(Self {
            outputs,
            temperature,
            label: PhantomData,
        })
    }

    pub(super) fn probabilities(&self, logits: [f64; 3]) -> Probabilities<L> {
        let scaled = self.outputs.map(|output| logits[output] / self.temperature);
        let highest = scaled.into_iter().fold(f64::NEG_INFINITY, f64::max);
        Probabilities::from_weights(scaled.map(|value| (value - highest).exp()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_come_by_name_whatever_the_order_of_the_outputs() {
        let names = ["favor", "against", "neutral"].map(str::to_owned);
        let calibration = Calibration::<Stance>::new(&names, 1.0).unwrap();
        let probabilities = calibration.probabilities([3.0, 1.0, 2.0]);
        assert_eq!(probabilities.top(), Stance::Favor);
        assert!(probabilities.of(Stance::Neutral) > probabilities.of(Stance::Against));
    }

    #[test]
    fn unknown_labels_are_refused() {
        let names = ["pos", "neg", "neutral"].map(str::to_owned);
        assert!(Calibration::<Stance>::new(&names, 1.0).is_err());
        assert!(Calibration::<Stance>::new(&names[..0], 1.0).is_err());
    }

    proptest! {
        #[test]
        fn probabilities_sum_to_one_and_the_score_stays_in_range(
            logits in prop::array::uniform3(-500.0..500.0f64),
            temperature in 0.05..20.0f64,
        ) {
            let names = Sentiment::ALL.map(|label| label.name().to_owned());
            let calibration = Calibration::<Sentiment>::new(&names, temperature).unwrap();
            let probabilities = calibration.probabilities(logits);
            let sum: f64 = Sentiment::ALL.iter().map(|&label| probabilities.of(label)).sum();
            prop_assert!((sum - 1.0).abs() < 1e-12);
            prop_assert!((-1.0..=1.0).contains(&probabilities.score()));
        }
    }
}
