//! Intervals and tests by drawing articles anew, seeded: the same rows give the same figures.
//!
//! Intervals are studentised bootstrap intervals (B. Efron, R. Tibshirani 1993, "An Introduction to
//! the Bootstrap", ch. 12.5; A. C. Davison, D. V. Hinkley 1997, ch. 5.2): what is drawn is the
//! distance of a resample's figure from the figure, in standard errors of the resample, so that few
//! and uneven articles get the wider and lopsided interval that they need. Where it reaches less far than
//! Student's t with the jackknife's error and the degrees of freedom that the articles' sizes leave, that
//! is taken (`src/compare/README.md` tells how often either holds the truth).
//!
//! Tests exchange whole articles between two groups and compare the studentised difference, which
//! keeps its level where the groups vary differently (E. Chung, J. P. Romano 2013, "Exact and
//! asymptotically robust permutation tests"). Over [`MANY`] articles a group Student's t and the normal
//! distribution stand for all draws.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::estimate::{Estimate, Sums, Unit, mean};

/// Over how many articles a group nothing is drawn.
pub const MANY: usize = 200;

/// Resamples drawn for an interval, and permutations for a test.
pub const RESAMPLES: usize = 1999;

/// The permutations drawn where fewer than [`RARE`] of the first ones gave a difference as large: a
/// small p has to be told exactly enough to stand the adjustment for many comparisons.
const MORE: usize = 19_999;
const RARE: usize = 20;

/// What 95 % of the draws lie within.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The generator of the draws of one figure, which does not depend on what else is asked.
pub fn generator(seed: u64, names: &[&str]) -> ChaCha8Rng {
    // FNV-1a.
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed;
    for byte in names.iter().flat_map(|name| name.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    ChaCha8Rng::seed_from_u64(hash)
}

/// The interval of the figure that `estimate` takes of `units`; none where nothing varies.
pub fn interval(
    units: &[Unit],
    estimate: fn(&[Unit]) -> Option<Estimate>,
    generator: &mut ChaCha8Rng,
) -> Option<Interval> {
    let found = estimate(units)?;
    let draw = |generator: &mut ChaCha8Rng, drawn: &mut Vec<Unit>| {
        drawn.clear();
        drawn.extend((0..units.len()).map(|_| units[generator.random_range(0..units.len())]));
        estimate(drawn)
    };
    let mut drawn = Vec::with_capacity(units.len());
    studentised(found, units.len() > MANY, 1.0, || {
        draw(generator, &mut drawn)
    })
}

/// The interval of the difference of the means of two groups.
pub fn difference_interval([a, b]: [&[Unit]; 2], generator: &mut ChaCha8Rng) -> Option<Interval> {
    let found = difference(mean(a)?, mean(b)?);
    studentised(found, a.len().min(b.len()) > MANY, 2.0, || {
        difference_of(&resampled(a, generator), &resampled(b, generator))
    })
}

fn resampled(units: &[Unit], generator: &mut ChaCha8Rng) -> Sums {
    Sums::of((0..units.len()).map(|_| &units[generator.random_range(0..units.len())]))
}

fn difference_of(a: &Sums, b: &Sums) -> Option<Estimate> {
    Some(difference(a.estimate()?, b.estimate()?))
}

fn difference(a: Estimate, b: Estimate) -> Estimate {
    let shares = [a, b].map(|one| one.error.powi(4) / one.freedom);
    let error = a.error.hypot(b.error);
    Estimate {
        value: a.value - b.value,
        error,
        cautious_error: a.cautious_error.hypot(b.cautious_error),
        // F. E. Satterthwaite 1946, "An approximate distribution of estimates of variance components".
        freedom: (error.powi(4) / (shares[0] + shares[1])).max(1.0),
    }
}

/// The studentised interval around `found` by what `draw` draws, within ±`bound`.
fn studentised(
    found: Estimate,
    are_many: bool,
    bound: f64,
    mut draw: impl FnMut() -> Option<Estimate>,
) -> Option<Interval> {
    if found.error == 0.0 {
        return None;
    }
    let students = StudentsT::new(0.0, 1.0, found.freedom).ok()?;
    let reach = students.inverse_cdf(0.975) * found.cautious_error;
    let (mut below, mut above) = (reach, reach);
    if !are_many {
        let mut distances: Vec<f64> = (0..RESAMPLES)
            .map(|_| distance(draw(), found.value))
            .collect();
        distances.sort_unstable_by(f64::total_cmp);
        let place = (RESAMPLES + 1) / 40;
        below = below.max(distances[RESAMPLES - place] * found.error);
        above = above.max(-distances[place - 1] * found.error);
    }
    Some(Interval {
        low: (found.value - below).max(-bound),
        high: (found.value + above).min(bound),
    })
}

/// How far a draw lies from `value`, in its own standard errors.
fn distance(drawn: Option<Estimate>, value: f64) -> f64 {
    match drawn {
        None => 0.0,
        Some(drawn) if drawn.value == value => 0.0,
        Some(drawn) => (drawn.value - value) / drawn.error,
    }
}

/// How often chance alone gives a difference of the groups' means as large, two-sided; none where
/// nothing varies.
pub fn test([a, b]: [&[Unit]; 2], generator: &mut ChaCha8Rng) -> Option<f64> {
    let found = difference_of(&Sums::of(a), &Sums::of(b))?;
    if found.error == 0.0 {
        return None;
    }
    let distance = (found.value / found.error).abs();
    if a.len().min(b.len()) > MANY {
        return Some(two_sided(distance));
    }
    let mut pool: Vec<Unit> = a.iter().chain(b).copied().collect();
    Some(share_beyond(distance, || {
        let (first, rest) = pool.partial_shuffle(generator, a.len());
        difference_of(&Sums::of(&*first), &Sums::of(&*rest))
    }))
}

/// The mean of `differences` within events with its interval, and how often chance alone gives one as
/// large: the same by giving each event's difference either sign.
pub fn paired(
    differences: &[f64],
    generator: &mut ChaCha8Rng,
) -> Option<(Option<Interval>, Option<f64>)> {
    let unit = |sum| Unit {
        rows: 1.0,
        sum,
        ..Unit::default()
    };
    let units: Vec<Unit> = differences
        .iter()
        .map(|difference| unit(*difference))
        .collect();
    let found = Sums::of(&units).estimate()?;
    let are_many = units.len() > MANY;
    let interval = studentised(found, are_many, 2.0, || {
        resampled(&units, generator).estimate()
    });
    if found.error == 0.0 {
        return Some((interval, None));
    }
    let distance = (found.value / found.error).abs();
    let p = match are_many {
        true => two_sided(distance),
        false => share_beyond(distance, || {
            let flipped = units.iter().map(|one| match generator.random::<bool>() {
                true => *one,
                false => unit(-one.sum),
            });
            let flipped: Vec<Unit> = flipped.collect();
            Sums::of(&flipped).estimate()
        }),
    };
    Some((interval, Some(p)))
}

/// The share of draws at least as far from zero as `distance`, the figure itself among them (B. Phipson,
/// G. K. Smyth 2010, "Permutation p-values should never be zero").
fn share_beyond(distance: f64, mut draw: impl FnMut() -> Option<Estimate>) -> f64 {
    let mut beyond = 0;
    let mut drawn = 0;
    while drawn < RESAMPLES || (drawn < MORE && beyond < RARE) {
        let far = self::distance(draw(), 0.0).abs();
        // As far but for rounding counts.
        beyond += usize::from(far >= distance * (1.0 - 1e-9));
        drawn += 1;
    }
    (beyond + 1) as f64 / (drawn + 1) as f64
}

/// The chance of the normal distribution beyond ±`distance`.
fn two_sided(distance: f64) -> f64 {
    statrs::function::erf::erfc(distance * std::f64::consts::FRAC_1_SQRT_2)
}

/// p values adjusted for their number, so that the share of false ones among those below a bound is
/// below it (Y. Benjamini, Y. Hochberg 1995, "Controlling the False Discovery Rate").
pub fn adjusted(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*b].total_cmp(&p[*a]));
    let mut adjusted = vec![1.0; p.len()];
    let mut least: f64 = 1.0;
    for (rank, at) in order.into_iter().enumerate() {
        least = least.min(p[at] * p.len() as f64 / (p.len() - rank) as f64);
        adjusted[at] = least;
    }
    adjusted
}
