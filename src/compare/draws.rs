//! Tests by exchanging articles, seeded: the same rows give the same figures.
//!
//! Whole articles are exchanged between two groups and the studentised difference is compared, which
//! keeps its level where the groups vary differently (E. Chung, J. P. Romano 2013, "Exact and
//! asymptotically robust permutation tests"). Few articles are exchanged in every way there is; over
//! [`MANY`] articles a group the normal distribution stands for all draws.

use std::iter;

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::estimate::{Estimate, Sums, Unit};

/// Over how many articles a group nothing is drawn.
pub const MANY: usize = 1000;

/// Resamples drawn for an interval, and exchanges for a test.
pub const RESAMPLES: usize = 1999;

/// The exchanges drawn where fewer than [`RARE`] of the first ones gave a difference as large: a
/// small p has to be told exactly enough to stand the adjustment for many comparisons. Where there are no
/// more ways than that, each is taken once.
const MORE: usize = 19_999;
const RARE: usize = 20;

/// After how many differences as large a test ends: p is far from small (J. Besag, P. Clifford 1991,
/// "Sequential Monte Carlo p-values").
const FREQUENT: usize = 100;

/// The generator of the draws of one figure, which does not depend on what else is asked.
pub fn generator(seed: u64, names: &[&str]) -> ChaCha8Rng {
    // FNV-1a.
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed;
    for byte in names.iter().flat_map(|name| name.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    ChaCha8Rng::seed_from_u64(hash)
}

/// How often chance alone gives a difference of the groups' means as large, two-sided; none where
/// nothing varies.
pub fn test([a, b]: [&[Unit]; 2], generator: &mut ChaCha8Rng) -> Option<f64> {
    let (few, rest) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let found = Sums::of(few).estimate()?.less(Sums::of(rest).estimate()?);
    if found.error == 0.0 {
        return None;
    }
    let distance = found.distance_from(0.0).abs();
    if few.len() > MANY {
        return Some(two_sided(distance));
    }
    let mut pool: Vec<Unit> = few.iter().chain(rest).copied().collect();
    let all = Sums::of(&pool);
    let exchanged = |first: Sums| Some(first.estimate()?.less(all.without(&first).estimate()?));
    Some(match ways(pool.len(), few.len()) {
        Some(_) => {
            let choices = Choices::new(few.len(), pool.len());
            every(
                distance,
                choices.map(|choice| exchanged(Sums::of(choice.iter().map(|at| &pool[*at])))),
            )
        }
        None => drawn(distance, || {
            let (first, _) = pool.partial_shuffle(generator, few.len());
            exchanged(Sums::of(&*first))
        }),
    })
}

/// How often chance alone gives differences within events whose mean is as far from zero: the same by
/// giving each either sign.
pub fn paired_test(differences: &[Unit], generator: &mut ChaCha8Rng) -> Option<f64> {
    let found = Sums::of(differences).estimate()?;
    if found.error == 0.0 {
        return None;
    }
    let distance = found.distance_from(0.0).abs();
    if differences.len() > MANY {
        return Some(two_sided(distance));
    }
    let count = differences.len();
    let ways = 1usize.checked_shl(count as u32);
    Some(match ways.filter(|ways| *ways <= MORE) {
        Some(ways) => every(
            distance,
            (0..ways).map(|signs| turned(differences, (0..count).map(|at| signs >> at & 1 == 1))),
        ),
        None => drawn(distance, || {
            turned(differences, iter::repeat_with(|| generator.random()))
        }),
    })
}

/// The mean of the differences, those turned that are to be.
fn turned(differences: &[Unit], are_turned: impl Iterator<Item = bool>) -> Option<Estimate> {
    let mut sums = Sums::default();
    for (one, is_turned) in differences.iter().zip(are_turned) {
        let sum = if is_turned { -one.sum } else { one.sum };
        sums.add(&Unit { sum, ..*one });
    }
    sums.estimate()
}

/// The share of all exchanges that are at least as far from zero as `distance`.
fn every(distance: f64, exchanges: impl Iterator<Item = Option<Estimate>>) -> f64 {
    let (beyond, ways) = exchanges.fold((0usize, 0usize), |(beyond, ways), one| {
        (beyond + usize::from(is_beyond(one, distance)), ways + 1)
    });
    beyond as f64 / ways as f64
}

/// The same of some exchanges, the figure itself among them (B. Phipson, G. K. Smyth 2010, "Permutation
/// p-values should never be zero").
fn drawn(distance: f64, mut draw: impl FnMut() -> Option<Estimate>) -> f64 {
    let (mut beyond, mut drawn) = (0, 0);
    while beyond < FREQUENT && (drawn < RESAMPLES || (drawn < MORE && beyond < RARE)) {
        beyond += usize::from(is_beyond(draw(), distance));
        drawn += 1;
    }
    (beyond + 1) as f64 / (drawn + 1) as f64
}

/// As far but for rounding counts.
fn is_beyond(exchanged: Option<Estimate>, distance: f64) -> bool {
    exchanged.is_some_and(|one| one.distance_from(0.0).abs() >= distance * (1.0 - 1e-9))
}

/// The chance of the normal distribution beyond ±`distance`.
fn two_sided(distance: f64) -> f64 {
    statrs::function::erf::erfc(distance * std::f64::consts::FRAC_1_SQRT_2)
}

/// In how many ways `count` can be chosen of `of`; none where these are more than are drawn.
fn ways(of: usize, count: usize) -> Option<usize> {
    (0..count).try_fold(1, |ways: usize, at| {
        Some(ways * (of - at) / (at + 1)).filter(|ways| *ways <= MORE)
    })
}

/// All ways to choose some of the first numbers, in order.
struct Choices {
    next: Option<Vec<usize>>,
    of: usize,
}

impl Choices {
    fn new(count: usize, of: usize) -> Self {
        Self {
            next: Some((0..count).collect()),
            of,
        }
    }
}

impl Iterator for Choices {
    type Item = Vec<usize>;

    fn next(&mut self) -> Option<Vec<usize>> {
        let choice = self.next.take()?;
        let count = choice.len();
        let movable = (0..count).rfind(|at| choice[*at] + count < self.of + at);
        self.next = movable.map(|at| {
            let mut moved = choice.clone();
            for (place, number) in (at..count).zip(choice[at] + 1..) {
                moved[place] = number;
            }
            moved
        });
        Some(choice)
    }
}

/// p values adjusted for their number, so that the share of false ones among those below a bound is
/// below it (Y. Benjamini, Y. Hochberg 1995, "Controlling the False Discovery Rate").
pub fn adjusted(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*b].total_cmp(&p[*a]));
    let mut adjusted = vec![1.0; p.len()];
    let mut least: f64 = 1.0;
    for (rank, at) in order.into_iter().enumerate() {
        least = least.min(p[at] * (p.len() as f64 / (p.len() - rank) as f64));
        adjusted[at] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    /// Articles of uneven length around a mean.
    fn articles(count: usize, mean: f64) -> Vec<Unit> {
        let one = |at: usize| {
            let rows = (1 + at % 4) as f64;
            let score = mean + 0.1 * ((at * 7 % 5) as f64 - 2.0);
            Unit {
                rows,
                sum: rows * score,
                ..Unit::default()
            }
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn drawn_exchanges_tell_what_all_of_them_tell() {
        // 7 of 14 can be chosen in 3,432 ways, 9 of 18 in 48,620, which are drawn.
        let p = |count| {
            let groups = [articles(count, 0.0), articles(count, 0.1)];
            test([&groups[0], &groups[1]], &mut generator(1, &[])).unwrap()
        };
        assert_eq!(
            p(7),
            test(
                [&articles(7, 0.1), &articles(7, 0.0)],
                &mut generator(9, &[])
            )
            .unwrap()
        );
        assert!((p(8) - p(9)).abs() < 0.1, "{} {}", p(8), p(9));
    }

    #[test]
    fn groups_of_any_size_agree_about_what_is_plain() {
        for count in [5, 40, 300] {
            let groups = [articles(count, -0.6), articles(2 * count, 0.6)];
            let p = test([&groups[0], &groups[1]], &mut generator(1, &[])).unwrap();
            assert!(p < 0.01, "{count}: {p}");
        }
        assert_eq!(
            test(
                [&articles(1, 0.0), &articles(9, 0.0)],
                &mut generator(1, &[])
            ),
            None
        );
    }

    #[test]
    fn either_sign_is_given_to_each_difference() {
        let units: Vec<Unit> = [0.2, 0.3, 0.1, 0.4]
            .map(|sum| Unit {
                rows: 1.0,
                sum,
                ..Unit::default()
            })
            .to_vec();
        // All signs as they are, or all turned, of sixteen ways.
        assert_eq!(
            paired_test(&units, &mut generator(1, &[])),
            Some(2.0 / 16.0)
        );
        let many: Vec<Unit> = units.iter().cycle().take(40).copied().collect();
        assert_eq!(
            paired_test(&many, &mut generator(1, &[])),
            Some(1.0 / 20_000.0)
        );
    }

    proptest! {
        #[test]
        fn choices_are_all_there_once(of in 1usize..9, count in 1usize..9) {
            let count = count.min(of);
            let all: Vec<Vec<usize>> = Choices::new(count, of).collect();
            prop_assert_eq!(Some(all.len()), ways(of, count));
            prop_assert!(all.iter().all(|one| one.is_sorted_by(|a, b| a < b) && one[count - 1] < of));
            prop_assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
        }

        #[test]
        fn adjusting_keeps_the_order_and_makes_nothing_smaller(p in prop::collection::vec(0.0f64..=1.0, 1..40)) {
            let adjusted = adjusted(&p);
            for (at, one) in p.iter().enumerate() {
                prop_assert!(adjusted[at] >= *one && adjusted[at] <= 1.0);
                for (other, adjusted_other) in p.iter().zip(&adjusted) {
                    prop_assert!(one > other || adjusted[at] <= *adjusted_other);
                }
            }
        }
    }
}
