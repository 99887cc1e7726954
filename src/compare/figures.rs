//! From tallies to figures: of each party in each voice, side by side.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::background::{background, timeline};
use super::collection::{Collection, refuse};
use super::draws::{RESAMPLES, adjusted};
use super::labels::Labels;
use super::party::{Measured, PartyInVoice};
use super::tally::Cell;
use super::{Background, Comparison, Difference, Group, Moment, Request, Settings};
use crate::error::Result;

/// All that is measured.
pub(super) struct Figures {
    pub(super) groups: Vec<Group>,
    pub(super) differences: Vec<Difference>,
    /// For each of `groups`, how many articles have a labelled row.
    pub(super) labelled: Vec<u64>,
    /// Parties and groups by number, in the order of the report.
    parties: Vec<u32>,
    order: Vec<u32>,
    background: Vec<Background>,
    timeline: Vec<Moment>,
}

impl Figures {
    /// Measures `collection`.
    ///
    /// # Errors
    /// If it has nothing of what is asked.
    pub(super) fn of(
        collection: &Collection,
        request: &Request,
        labels: Option<&Labels>,
    ) -> Result<Self> {
        check(collection, request, labels)?;
        let order = collection.groups.sorted();
        let cells = by_party(&collection.cells);
        let parties = most_named_first(collection, &cells);
        let voices = |party| request.voices.iter().map(move |voice| (party, *voice));
        let jobs = parties.iter().flat_map(|party| voices(*party));
        let jobs: Vec<PartyInVoice<'_>> = jobs
            .map(|(party, voice)| PartyInVoice {
                collection,
                request,
                party,
                voice,
                cells: &cells[&party],
                groups: &order,
            })
            .collect();
        let (measured, differences): (Vec<_>, Vec<_>) = in_parallel(&jobs).into_iter().unzip();
        let (groups, labelled) = measured.into_iter().flatten().unzip();
        let mut differences = differences.into_iter().flatten().collect::<Vec<_>>();
        adjust(&mut differences);
        Ok(Self {
            groups,
            differences,
            labelled,
            background: background(collection, request, &order),
            timeline: timeline(collection, &parties, &order),
            parties,
            order,
        })
    }

    /// The comparison that the figures are of.
    pub(super) fn comparison(
        self,
        collection: &Collection,
        request: &Request,
        labels: Option<&Labels>,
        remarks: Vec<String>,
    ) -> Comparison {
        let names = self
            .parties
            .iter()
            .map(|party| collection.parties.of(*party));
        let excerpts = self.parties.iter().flat_map(|party| {
            let groups = self.order.iter();
            groups.flat_map(|group| collection.excerpts(*party, *group))
        });
        Comparison {
            settings: Settings {
                by: request.by.clone(),
                parties: names.map(str::to_owned).collect(),
                voices: request.voices.clone(),
                pair_by: request.pair_by.clone(),
                baseline: request.baseline.clone(),
                min_articles: request.min_articles,
                resamples: RESAMPLES,
                seed: request.seed,
                results: collection.results.clone(),
                rows: collection.rows,
                articles: collection.article_count(),
                sentences: collection.sentence_count(),
                labels: labels.map(|labels| (labels.file().to_owned(), labels.used)),
                models: collection.models.iter().cloned().collect(),
                program: format!("slant {}", env!("CARGO_PKG_VERSION")),
            },
            background: self.background,
            timeline: self.timeline,
            excerpts: excerpts.collect(),
            groups: self.groups,
            differences: self.differences,
            remarks,
        }
    }
}

/// Refuses what is asked and is not there.
fn check(collection: &Collection, request: &Request, labels: Option<&Labels>) -> Result<()> {
    if collection.cells.is_empty() && request.parties.is_empty() {
        return Err(refuse(
            "no row names a party, so there is nothing to compare",
        ));
    }
    for party in &request.parties {
        if collection.parties.find(party).is_none() {
            return Err(refuse(format!(
                "no row names the party `{party}`; write it as in the column `party`"
            )));
        }
    }
    if let Some(labels) = labels.filter(|labels| labels.used == 0) {
        return Err(refuse(format!(
            "{}: none of its labels belongs to a row of the results; was it drawn from others?",
            labels.file()
        )));
    }
    check_groups(collection, request)
}

fn check_groups(collection: &Collection, request: &Request) -> Result<()> {
    const SHOWN: usize = 12;
    if collection.named_groups() == 0 {
        let by = &request.by;
        let mend = match by == "month" {
            true => ": a date has to begin as 2024-03",
            false => "",
        };
        return Err(refuse(format!("no row has a value to group by {by}{mend}")));
    }
    let groups = &collection.groups;
    match &request.baseline {
        Some(group) if groups.find(group).is_none() => {
            let known = groups.sorted().into_iter().map(|number| groups.of(number));
            let known: Vec<&str> = known.take(SHOWN).collect();
            Err(refuse(format!(
                "no row has the group `{group}`; there are {}",
                known.join(", ")
            )))
        }
        _ => Ok(()),
    }
}

fn by_party(cells: &[Cell]) -> HashMap<u32, HashMap<u32, Vec<&Cell>>> {
    let mut by_party: HashMap<u32, HashMap<u32, Vec<&Cell>>> = HashMap::new();
    for cell in cells {
        let of_party = by_party.entry(cell.party).or_default();
        of_party.entry(cell.group).or_default().push(cell);
    }
    by_party
}

fn most_named_first(
    collection: &Collection,
    cells: &HashMap<u32, HashMap<u32, Vec<&Cell>>>,
) -> Vec<u32> {
    let rows = |party: &u32| -> u64 {
        let cells = cells[party].values().flatten();
        cells.map(|cell| u64::from(cell.tallies[0].rows)).sum()
    };
    let mut parties: Vec<u32> = cells.keys().copied().collect();
    parties.sort_by_cached_key(|party| {
        let name = collection.parties.of(*party).to_owned();
        (std::cmp::Reverse(rows(party)), name)
    });
    parties
}

/// Measures all on all processors, in their order; the figures of one do not depend on the others.
fn in_parallel(jobs: &[PartyInVoice<'_>]) -> Vec<(Vec<Measured>, Vec<Difference>)> {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let numbers = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let jobs = numbers.map_while(|number| Some((number, jobs.get(number)?)));
        let done = jobs.map(|(number, job)| (number, job.figures()));
        done.collect::<Vec<_>>()
    };
    let mut done = BTreeMap::new();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            match worker.join() {
                Ok(figures) => done.extend(figures),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    done.into_values().collect()
}

/// Adjusts all p values together.
fn adjust(differences: &mut [Difference]) {
    let p: Vec<f64> = differences.iter().filter_map(|one| one.p).collect();
    let told = differences.iter_mut().filter(|one| one.p.is_some());
    for (one, adjusted) in told.zip(adjusted(&p)) {
        one.p_adjusted = Some(adjusted);
    }
}
