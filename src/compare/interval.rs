//! Intervals by drawing articles anew, seeded.
//!
//! They are studentised bootstrap intervals (B. Efron, R. Tibshirani 1993, "An Introduction to the
//! Bootstrap", ch. 12.5; A. C. Davison, D. V. Hinkley 1997, ch. 5.2): what is drawn is the distance of
//! a resample's figure from the figure, in standard errors of the resample, so that few and uneven
//! articles get the wider and lopsided interval that they need. Where it reaches less far than
//! Student's t with the jackknife's error and the degrees of freedom that the articles' sizes leave, that
//! is taken (`src/compare/README.md` tells how often either holds the truth).

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::draws::{MANY, RESAMPLES};
use super::estimate::{Estimate, Sums, Unit, corrected, mean};

/// What 95 % of the draws lie within.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A figure of a group, and what resamples of its articles give for it.
#[derive(Debug, Clone)]
pub struct Bootstrap {
    found: Estimate,
    /// A draw without a figure is none.
    draws: Vec<Option<Estimate>>,
    are_many: bool,
}

impl Bootstrap {
    /// Of the mean of `units`.
    pub fn of_mean(units: &[Unit], generator: &mut ChaCha8Rng) -> Option<Self> {
        Some(Self::of(mean(units)?, units, generator, |units| {
            Sums::of(units).estimate()
        }))
    }

    /// Of their mean corrected by labels.
    pub fn of_corrected(units: &[Unit], generator: &mut ChaCha8Rng) -> Option<Self> {
        Some(Self::of(corrected(units)?, units, generator, corrected))
    }

    fn of(
        found: Estimate,
        units: &[Unit],
        generator: &mut ChaCha8Rng,
        estimate: fn(&[Unit]) -> Option<Estimate>,
    ) -> Self {
        let are_many = units.len() > MANY;
        let mut drawn = Vec::with_capacity(units.len());
        let mut resample = |generator: &mut ChaCha8Rng| {
            drawn.clear();
            drawn.extend((0..units.len()).map(|_| units[generator.random_range(0..units.len())]));
            estimate(&drawn)
        };
        let draws = (0..RESAMPLES).map(|_| match are_many {
            true => found.drawn_normally(generator),
            false => resample(generator),
        });
        Self {
            draws: draws.collect(),
            found,
            are_many,
        }
    }

    /// The interval of the figure, within ±1; none where nothing varies.
    pub fn interval(&self) -> Option<Interval> {
        let draws = self.draws.iter().copied();
        studentised(self.found, (!self.are_many).then_some(draws), 1.0)
    }

    /// The interval of a mean of differences, within ±2.
    pub fn interval_of_differences(&self) -> Option<Interval> {
        let draws = self.draws.iter().copied();
        studentised(self.found, (!self.are_many).then_some(draws), 2.0)
    }

    /// The interval of the difference from the figure of another group, within ±2.
    pub fn difference_interval(&self, other: &Self) -> Option<Interval> {
        let both = self.draws.iter().zip(&other.draws);
        let draws = both.map(|(a, b)| Some((*a)?.less((*b)?)));
        let are_many = self.are_many && other.are_many;
        studentised(
            self.found.less(other.found),
            (!are_many).then_some(draws),
            2.0,
        )
    }
}

impl Estimate {
    /// What a resample of many articles would give.
    fn drawn_normally(self, generator: &mut ChaCha8Rng) -> Option<Self> {
        let place = generator.random_range(1e-9..1.0);
        let distance = Normal::standard().inverse_cdf(place);
        Some(Self {
            value: self.value + self.error * distance,
            ..self
        })
    }
}

/// The interval around `found` by what was drawn, or else by Student's t alone, within ±`bound`.
fn studentised(
    found: Estimate,
    draws: Option<impl Iterator<Item = Option<Estimate>>>,
    bound: f64,
) -> Option<Interval> {
    if found.error == 0.0 {
        return None;
    }
    let students = StudentsT::new(0.0, 1.0, found.freedom).ok()?;
    let reach = students.inverse_cdf(0.975) * found.cautious_error;
    let (mut below, mut above) = (reach, reach);
    if let Some(draws) = draws {
        let distance =
            |one: Option<Estimate>| one.map_or(0.0, |one| one.distance_from(found.value));
        let mut distances: Vec<f64> = draws.map(distance).collect();
        distances.sort_unstable_by(f64::total_cmp);
        let place = (distances.len() + 1) / 40;
        below = below.max(distances[distances.len() - place] * found.error);
        above = above.max(-distances[place - 1] * found.error);
    }
    Some(Interval {
        low: (found.value - below).max(-bound),
        high: (found.value + above).min(bound),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::generator;
    use super::*;

    fn bootstrap(scores: &[(u8, f64)]) -> Option<Bootstrap> {
        let one = |(rows, score): &(u8, f64)| Unit {
            rows: f64::from(*rows),
            sum: f64::from(*rows) * score,
            ..Unit::default()
        };
        let units: Vec<Unit> = scores.iter().map(one).collect();
        Bootstrap::of_mean(&units, &mut generator(1, &[]))
    }

    #[test]
    fn what_all_says_the_same_has_no_interval() {
        assert_eq!(bootstrap(&[(3, 0.2); 9]).unwrap().interval(), None);
        assert!(bootstrap(&[(3, 0.2)]).is_none());
    }

    #[test]
    fn drawing_and_students_t_agree_where_articles_are_many() {
        let scores = |count: u32| -> Vec<(u8, f64)> {
            let one = |at: u32| ((1 + at % 7) as u8, f64::from(at * 7919 % 21) / 10.0 - 1.0);
            (0..count).map(one).collect()
        };
        let [drawn, told] =
            [200, 201].map(|count| bootstrap(&scores(count)).unwrap().interval().unwrap());
        assert!((drawn.low - told.low).abs() < 0.01, "{drawn:?} {told:?}");
        assert!((drawn.high - told.high).abs() < 0.01, "{drawn:?} {told:?}");
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_mean_and_lies_in_its_bounds(
            a in prop::collection::vec((1u8..30, -1.0f64..=1.0), 2..30),
            b in prop::collection::vec((1u8..30, -1.0f64..=1.0), 2..30),
        ) {
            let (a, b) = (bootstrap(&a).unwrap(), bootstrap(&b).unwrap());
            for (interval, value, bound) in [
                (a.interval(), a.found.value, 1.0),
                (a.difference_interval(&b), a.found.value - b.found.value, 2.0),
            ] {
                if let Some(Interval { low, high }) = interval {
                    prop_assert!(-bound <= low && low <= value && value <= high && high <= bound);
                }
            }
        }
    }
}
