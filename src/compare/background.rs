//! What stands behind the figures: the sentiment of all sentences, and means by month.

use std::collections::{BTreeMap, HashMap};

use super::collection::Collection;
use super::draws::generator;
use super::estimate::Unit;
use super::interval::Bootstrap;
use super::tally::ArticleTally;
use super::{Background, Moment, Request};

/// The sentiment of all sentences, in the order of groups.
pub(super) fn background(
    collection: &Collection,
    request: &Request,
    order: &[u32],
) -> Vec<Background> {
    let mut by_group: HashMap<u32, Vec<&ArticleTally>> = HashMap::new();
    for tally in &collection.articles {
        by_group.entry(tally.group).or_default().push(tally);
    }
    let of_group = |group: &u32| {
        let name = collection.groups.of(*group);
        Some(of_articles(name, by_group.get(group)?, request))
    };
    order.iter().filter_map(of_group).collect()
}

fn of_articles(group: &str, tallies: &[&ArticleTally], request: &Request) -> Background {
    let units = tallies.iter().map(|tally| Unit {
        rows: f64::from(tally.sentences),
        sum: tally.sum,
        ..Unit::default()
    });
    let units: Vec<Unit> = units.collect();
    let total = |of: fn(&ArticleTally) -> u32| -> u64 {
        tallies.iter().map(|tally| u64::from(of(tally))).sum()
    };
    let sentences = total(|tally| tally.sentences);
    let share = |count: u64| count as f64 / sentences as f64;
    let mut generator = generator(request.seed, &["sentiment", group]);
    let is_enough = units.len() as u64 >= request.min_articles;
    let bootstrap = is_enough.then(|| Bootstrap::of_mean(&units, &mut generator));
    let within = bootstrap.flatten().and_then(|one| one.interval());
    Background {
        group: group.to_owned(),
        articles: units.len() as u64,
        sentences,
        shares: [
            share(total(|tally| tally.labels[0])),
            share(total(|tally| tally.labels[1])),
            share(total(|tally| tally.labels[2])),
        ],
        mean: units.iter().map(|unit| unit.sum).sum::<f64>() / sentences as f64,
        interval: within.map(|within| (within.low, within.high)),
        author_share: share(total(|tally| tally.by_author)),
    }
}

type Months<'c> = BTreeMap<&'c str, (u64, u64, f64)>;

/// The means by month, in the order of parties, groups and months.
pub(super) fn timeline(collection: &Collection, parties: &[u32], order: &[u32]) -> Vec<Moment> {
    // Articles, rows and the sum of scores of each month, by party and group.
    let mut sums: HashMap<(u32, u32), Months<'_>> = HashMap::new();
    for cell in &collection.cells {
        let month = collection.months.of(cell.month);
        if !month.is_empty() {
            let of_both = sums.entry((cell.party, cell.group)).or_default();
            let (articles, rows, sum) = of_both.entry(month).or_default();
            *articles += 1;
            *rows += u64::from(cell.tallies[0].rows);
            *sum += cell.tallies[0].sum();
        }
    }
    let both = parties
        .iter()
        .flat_map(|party| order.iter().map(move |group| (*party, *group)));
    let moments = both.flat_map(|(party, group)| {
        let months = sums.get(&(party, group)).into_iter().flatten();
        months.map(move |(month, (articles, rows, sum))| Moment {
            party: collection.parties.of(party).to_owned(),
            group: collection.groups.of(group).to_owned(),
            month: (*month).to_owned(),
            articles: *articles,
            mean: sum / *rows as f64,
        })
    });
    moments.collect()
}
