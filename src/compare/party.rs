//! How the groups present one party in one voice, and by how much they differ.

use std::collections::{BTreeMap, HashMap};

use super::collection::Collection;
use super::draws::{generator, paired_test, test};
use super::estimate::{Unit, corrected, effect, paired_effect};
use super::interval::{Bootstrap, Interval};
use super::tally::{Cell, Tally};
use super::{Difference, Group, Request, VoiceScope};

/// A party in a voice, and what it is compared by.
pub(super) struct PartyInVoice<'c> {
    pub(super) collection: &'c Collection,
    pub(super) request: &'c Request,
    pub(super) party: u32,
    pub(super) voice: VoiceScope,
    /// The party's cells, by group.
    pub(super) cells: &'c HashMap<u32, Vec<&'c Cell>>,
    /// All groups, in the order of the report.
    pub(super) groups: &'c [u32],
}

/// A group's figures, and how many of its articles have a labelled row.
pub(super) type Measured = (Group, u64);

/// What the articles of a group say of the party in the voice.
struct Portrait {
    group: u32,
    units: Vec<Unit>,
    /// The event of each.
    events: Vec<u32>,
    /// None under the articles that a claim takes, or where a mean has no interval.
    bootstrap: Option<Bootstrap>,
}

/// What is claimed of a difference.
#[derive(Default)]
struct Claim {
    effect: Option<f64>,
    within: Option<Interval>,
    p: Option<f64>,
}

impl PartyInVoice<'_> {
    /// The figures of each group, and of each pair.
    pub(super) fn figures(&self) -> (Vec<Measured>, Vec<Difference>) {
        let portraits = self.groups.iter().map(|group| self.portrait(*group));
        let portraits: Vec<Portrait> = portraits.collect();
        let groups = portraits.iter().map(|one| self.group(one)).collect();
        let pairs = self.pairs().into_iter();
        let both = pairs.map(|(a, b)| [&portraits[a], &portraits[b]]);
        let told = both.filter(|both| both.iter().any(|one| !one.units.is_empty()));
        (groups, told.map(|both| self.difference(both)).collect())
    }

    fn name(&self, group: u32) -> &str {
        self.collection.groups.of(group)
    }

    fn names(&self, group: u32) -> [&str; 3] {
        let party = self.collection.parties.of(self.party);
        [party, self.voice.name(), self.name(group)]
    }

    fn is_enough(&self, articles: usize) -> bool {
        articles as u64 >= self.request.min_articles
    }

    fn tallies(&self, group: u32) -> impl Iterator<Item = (&Cell, &Tally)> {
        let cells = self.cells.get(&group).into_iter().flatten();
        let both = cells.map(|cell| (*cell, &cell.tallies[self.voice as usize]));
        both.filter(|(_, tally)| tally.rows > 0)
    }

    fn portrait(&self, group: u32) -> Portrait {
        let units: Vec<Unit> = self.tallies(group).map(|(_, tally)| tally.unit()).collect();
        let mut generator = generator(self.request.seed, &self.names(group));
        let is_enough = self.is_enough(units.len());
        Portrait {
            group,
            bootstrap: is_enough
                .then(|| Bootstrap::of_mean(&units, &mut generator))
                .flatten(),
            events: self.tallies(group).map(|(cell, _)| cell.event).collect(),
            units,
        }
    }

    fn group(&self, portrait: &Portrait) -> Measured {
        let Portrait { group, units, .. } = portrait;
        let [party, _, name] = self.names(*group);
        let total = |of: fn(&Tally) -> u32| -> u64 {
            let counts = self.tallies(*group).map(|(_, tally)| u64::from(of(tally)));
            counts.sum()
        };
        let rows = total(|tally| tally.rows);
        let share = |count: u64| (rows > 0).then(|| count as f64 / rows as f64);
        let within = portrait.bootstrap.as_ref().and_then(Bootstrap::interval);
        let labelled = units.iter().filter(|unit| unit.weight > 0.0).count();
        let fixed = corrected(units).filter(|_| self.is_enough(labelled));
        let fixed_within = fixed.and_then(|_| {
            let names = [&self.names(*group)[..], &["corrected"]].concat();
            let mut generator = generator(self.request.seed, &names);
            Bootstrap::of_corrected(units, &mut generator)?.interval()
        });
        let figures = Group {
            party: party.to_owned(),
            voice: self.voice,
            group: name.to_owned(),
            articles: units.len() as u64,
            // A row for each sentence and party, and none counted twice.
            sentences: rows,
            mentions: rows,
            against: share(total(|tally| tally.labels[0])),
            neutral: share(total(|tally| tally.labels[1])),
            favor: share(total(|tally| tally.labels[2])),
            mean: plain_mean(units),
            low: within.map(|within| within.low),
            high: within.map(|within| within.high),
            corrected_mean: fixed.map(|fixed| fixed.value.clamp(-1.0, 1.0)),
            corrected_low: fixed_within.map(|within| within.low),
            corrected_high: fixed_within.map(|within| within.high),
        };
        (figures, labelled as u64)
    }

    /// Which groups are compared, by their places in the order.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let name = |at: usize| self.name(self.groups[at]);
        let named: Vec<usize> = (0..self.groups.len())
            .filter(|at| !name(*at).is_empty())
            .collect();
        let is_baseline = |at: usize| self.request.baseline.as_deref() == Some(name(at));
        match named.iter().find(|at| is_baseline(**at)) {
            Some(baseline) => {
                let others = named.iter().filter(|at| *at != baseline);
                others.map(|at| (*at, *baseline)).collect()
            }
            None => {
                let all = named.iter().enumerate();
                all.flat_map(|(at, a)| named[at + 1..].iter().map(|b| (*a, *b)))
                    .collect()
            }
        }
    }

    fn difference(&self, both: [&Portrait; 2]) -> Difference {
        let [party, voice, a] = self.names(both[0].group);
        let b = self.name(both[1].group);
        let seeds = [party, voice, a, b];
        let (difference, events, claim) = match self.request.pair_by {
            Some(_) => {
                let differences = self.within_events(both);
                let events = Some(differences.len() as u64);
                let claim = self.claim_of_events(&differences, &seeds);
                (plain_mean(&differences), events, claim)
            }
            None => {
                let [mean_a, mean_b] = both.map(|one| plain_mean(&one.units));
                let difference = mean_a.zip(mean_b).map(|(a, b)| a - b);
                (difference, None, self.claim(both, &seeds))
            }
        };
        Difference {
            party: party.to_owned(),
            voice: self.voice,
            a: a.to_owned(),
            b: b.to_owned(),
            difference,
            low: claim.within.map(|within| within.low),
            high: claim.within.map(|within| within.high),
            effect: claim.effect,
            p: claim.p,
            p_adjusted: None,
            events,
        }
    }

    /// What the articles of both groups allow to claim.
    fn claim(&self, both: [&Portrait; 2], seeds: &[&str]) -> Claim {
        let [Some(a), Some(b)] = both.map(|one| one.bootstrap.as_ref()) else {
            return Claim::default();
        };
        let [of_a, of_b] = both.map(|one| {
            let means = one.units.iter().map(|unit| unit.sum / unit.rows);
            means.collect::<Vec<f64>>()
        });
        Claim {
            effect: effect(&of_a, &of_b),
            within: a.difference_interval(b),
            p: test(
                both.map(|one| &one.units[..]),
                &mut generator(self.request.seed, seeds),
            ),
        }
    }

    /// What the differences within events allow to claim.
    fn claim_of_events(&self, differences: &[Unit], seeds: &[&str]) -> Claim {
        if !self.is_enough(differences.len()) {
            return Claim::default();
        }
        let mut generator = generator(self.request.seed, seeds);
        let bootstrap = Bootstrap::of_mean(differences, &mut generator);
        Claim {
            effect: paired_effect(&differences.iter().map(|one| one.sum).collect::<Vec<_>>()),
            within: bootstrap.and_then(|one| one.interval_of_differences()),
            p: paired_test(differences, &mut generator),
        }
    }

    /// The differences of the two groups' means, event by event, where both have the event.
    fn within_events(&self, both: [&Portrait; 2]) -> Vec<Unit> {
        let [a, b] = both.map(|one| {
            let mut sums: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
            let known = |event: u32| !self.collection.events.of(event).is_empty();
            let of_events = one.events.iter().zip(&one.units);
            for (event, unit) in of_events.filter(|(event, _)| known(**event)) {
                let (rows, sum) = sums.entry(*event).or_default();
                *rows += unit.rows;
                *sum += unit.sum;
            }
            sums
        });
        let of_both = a.iter().filter_map(|(event, (rows, sum))| {
            let (other_rows, other_sum) = b.get(event)?;
            Some(Unit {
                rows: 1.0,
                sum: sum / rows - other_sum / other_rows,
                ..Unit::default()
            })
        });
        of_both.collect()
    }
}

/// The mean over all rows, as a pivot table gives it; none without rows.
fn plain_mean(units: &[Unit]) -> Option<f64> {
    let rows: f64 = units.iter().map(|unit| unit.rows).sum();
    let sum: f64 = units.iter().map(|unit| unit.sum).sum();
    (rows > 0.0).then(|| sum / rows)
}
