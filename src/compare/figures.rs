//! From tallies to figures: groups, differences, background and timeline.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::collection::{Cell, Collection, Names, VOICES, refuse};
use super::draws::{
    Interval, RESAMPLES, adjusted, difference_interval, generator, interval, paired, test,
};
use super::estimate::{Unit, corrected, effect, mean, paired_effect};
use super::labels::Labels;
use super::{Background, Comparison, Difference, Group, Moment, Request, Settings, VoiceScope};
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

/// What a party and a voice are compared by.
struct Job<'c> {
    collection: &'c Collection,
    request: &'c Request,
    party: u32,
    voice: VoiceScope,
    /// The party's cells, by group.
    cells: &'c HashMap<u32, Vec<&'c Cell>>,
    groups: &'c [u32],
    are_labelled: bool,
}

type Done = (Vec<(Group, u64)>, Vec<Difference>);

impl Figures {
    /// Measures `collection`.
    ///
    /// # Errors
    /// If it has nothing of what is asked.
    pub(super) fn of(
        collection: &Collection,
        request: &Request,
        are_labelled: bool,
    ) -> Result<Self> {
        let order = sorted(&collection.groups);
        check(collection, request)?;
        let mut cells: HashMap<u32, HashMap<u32, Vec<&Cell>>> = HashMap::new();
        let mut rows: HashMap<u32, u64> = HashMap::new();
        for cell in &collection.cells {
            let of_party = cells.entry(cell.party).or_default();
            of_party.entry(cell.group).or_default().push(cell);
            *rows.entry(cell.party).or_default() += u64::from(cell.tallies[0].rows);
        }
        let mut parties: Vec<u32> = cells.keys().copied().collect();
        parties.sort_by_key(|party| {
            let name = collection.parties.of(*party);
            (std::cmp::Reverse(rows[party]), name)
        });
        let jobs: Vec<Job<'_>> = parties
            .iter()
            .flat_map(|party| request.voices.iter().map(move |voice| (*party, *voice)))
            .map(|(party, voice)| Job {
                collection,
                request,
                party,
                voice,
                cells: &cells[&party],
                groups: &order,
                are_labelled,
            })
            .collect();
        let (mut groups, mut labelled, mut differences) = (Vec::new(), Vec::new(), Vec::new());
        for (of_groups, of_pairs) in in_parallel(&jobs) {
            for (group, count) in of_groups {
                groups.push(group);
                labelled.push(count);
            }
            differences.extend(of_pairs);
        }
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
                models: Vec::new(),
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
fn check(collection: &Collection, request: &Request) -> Result<()> {
    if collection.cells.is_empty() && request.parties.is_empty() {
        return Err(refuse(
            "no row names a party, so there is nothing to compare",
        ));
    }
    let named = |names: &Names, wanted: &str, what: &str| match names.find(wanted) {
        Some(_) => Ok(()),
        None => {
            let known = sorted(names).into_iter().map(|number| names.of(number));
            let known: Vec<&str> = known.take(12).collect();
            Err(refuse(format!(
                "no row has the {what} `{wanted}`; there are {}",
                known.join(", ")
            )))
        }
    };
    for party in &request.parties {
        if collection.parties.find(party).is_none() {
            return Err(refuse(format!(
                "no row names the party `{party}`; write it as in the column `party`"
            )));
        }
    }
    match &request.baseline {
        Some(group) => named(&collection.groups, group, "group"),
        None => Ok(()),
    }
}

/// The numbers of the names, in the order of the names; an empty one last.
fn sorted(names: &Names) -> Vec<u32> {
    let mut numbers: Vec<u32> = (0..names.len() as u32).collect();
    numbers.sort_by_key(|number| (names.of(*number).is_empty(), names.of(*number)));
    numbers
}

/// Does all jobs on all processors, in their order; a job's figures do not depend on the others.
fn in_parallel(jobs: &[Job<'_>]) -> Vec<Done> {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut done = Vec::new();
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((job as *const Job<'_> as usize, job.figures()));
        }
        done
    };
    let mut done: BTreeMap<usize, Done> = BTreeMap::new();
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

impl Job<'_> {
    fn figures(&self) -> Done {
        let units: Vec<Vec<(u32, Unit)>> =
            self.groups.iter().map(|group| self.units(*group)).collect();
        let groups = self.groups.iter().zip(&units);
        let groups = groups
            .map(|(group, units)| self.group(*group, units))
            .collect();
        let mut differences = Vec::new();
        for (a, b) in self.pairs() {
            if !units[a].is_empty() || !units[b].is_empty() {
                differences.push(self.difference([a, b], [&units[a], &units[b]]));
            }
        }
        (groups, differences)
    }

    fn voice(&self) -> usize {
        match self.voice {
            VoiceScope::All => 0,
            VoiceScope::Author => 1,
            VoiceScope::Quoted => 2,
        }
    }

    /// What the articles of a group say of the party in the voice, with their events.
    fn units(&self, group: u32) -> Vec<(u32, Unit)> {
        let cells = self.cells.get(&group).into_iter().flatten();
        let tallies = cells.map(|cell| (cell.event, cell.tallies[self.voice()]));
        let named = tallies.filter(|(_, tally)| tally.rows > 0);
        named
            .map(|(event, tally)| {
                let [weight, truth, model] = tally.labelled;
                let unit = Unit {
                    rows: f64::from(tally.rows),
                    sum: tally.sum,
                    weight,
                    truth,
                    model,
                };
                (event, unit)
            })
            .collect()
    }

    fn names(&self, group: u32) -> [&str; 3] {
        let voice = ["all", "author", "quoted"][self.voice()];
        let party = self.collection.parties.of(self.party);
        [party, voice, self.collection.groups.of(group)]
    }

    fn is_enough(&self, articles: usize) -> bool {
        articles as u64 >= self.request.min_articles
    }

    /// A group's figures, and how many of its articles have a labelled row.
    fn group(&self, group: u32, units: &[(u32, Unit)]) -> (Group, u64) {
        let [party, _, name] = self.names(group);
        let units: Vec<Unit> = units.iter().map(|(_, unit)| *unit).collect();
        let cells = self.cells.get(&group).into_iter().flatten();
        let tallies: Vec<_> = cells.map(|cell| cell.tallies[self.voice()]).collect();
        let rows: u64 = tallies.iter().map(|tally| u64::from(tally.rows)).sum();
        let share = |label: usize| {
            let count: u64 = tallies
                .iter()
                .map(|tally| u64::from(tally.labels[label]))
                .sum();
            (rows > 0).then(|| count as f64 / rows as f64)
        };
        let sum: f64 = units.iter().map(|unit| unit.sum).sum();
        let mut generator = generator(self.request.seed, &self.names(group));
        let within = self
            .is_enough(units.len())
            .then(|| interval(&units, mean, &mut generator));
        let within = within.flatten();
        let labelled = units.iter().filter(|unit| unit.weight > 0.0).count();
        let has_labels = self.are_labelled && self.is_enough(labelled);
        let fixed = has_labels.then(|| corrected(&units)).flatten();
        let fixed_within = fixed.and_then(|_| interval(&units, corrected, &mut generator));
        let figures = Group {
            party: party.to_owned(),
            voice: self.voice,
            group: name.to_owned(),
            articles: units.len() as u64,
            sentences: tallies.iter().map(|tally| u64::from(tally.sentences)).sum(),
            mentions: rows,
            against: share(0),
            neutral: share(1),
            favor: share(2),
            mean: (rows > 0).then(|| sum / rows as f64),
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
        let name = |at: usize| self.collection.groups.of(self.groups[at]);
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

    fn difference(&self, [a, b]: [usize; 2], units: [&[(u32, Unit)]; 2]) -> Difference {
        let [party, voice, name_a] = self.names(self.groups[a]);
        let name_b = self.names(self.groups[b])[2];
        let mut generator = generator(self.request.seed, &[party, voice, name_a, name_b]);
        let mut found = Difference {
            party: party.to_owned(),
            voice: self.voice,
            a: name_a.to_owned(),
            b: name_b.to_owned(),
            difference: None,
            low: None,
            high: None,
            effect: None,
            p: None,
            p_adjusted: None,
            events: None,
        };
        let (within, p) = if self.request.pair_by.is_some() {
            let differences = self.within_events(units);
            found.events = Some(differences.len() as u64);
            if !differences.is_empty() {
                found.difference = Some(differences.iter().sum::<f64>() / differences.len() as f64);
            }
            if !self.is_enough(differences.len()) {
                return found;
            }
            found.effect = paired_effect(&differences);
            paired(&differences, &mut generator).unwrap_or((None, None))
        } else {
            let units = units.map(|units| units.iter().map(|(_, unit)| *unit).collect::<Vec<_>>());
            let total = |units: &[Unit], of: fn(&Unit) -> f64| units.iter().map(of).sum::<f64>();
            let means = units.each_ref().map(|units| {
                (!units.is_empty())
                    .then(|| total(units, |unit| unit.sum) / total(units, |unit| unit.rows))
            });
            if let [Some(a), Some(b)] = means {
                found.difference = Some(a - b);
            }
            if !units.iter().all(|units| self.is_enough(units.len())) {
                return found;
            }
            let of_articles = units.each_ref().map(|units| {
                let means = units.iter().map(|unit| unit.sum / unit.rows);
                means.collect::<Vec<_>>()
            });
            found.effect = effect(&of_articles[0], &of_articles[1]);
            let units = units.each_ref().map(|units| &units[..]);
            let within = difference_interval(units, &mut generator);
            (within, test(units, &mut generator))
        };
        found.low = within.map(|within: Interval| within.low);
        found.high = within.map(|within| within.high);
        found.p = p;
        found
    }

    /// The differences of the two groups' means, event by event, where both have the event.
    fn within_events(&self, units: [&[(u32, Unit)]; 2]) -> Vec<f64> {
        let means = units.map(|units| {
            let mut sums: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
            let known = |event: u32| !self.collection.events.of(event).is_empty();
            for (event, unit) in units.iter().filter(|(event, _)| known(*event)) {
                let (rows, sum) = sums.entry(*event).or_default();
                *rows += unit.rows;
                *sum += unit.sum;
            }
            sums
        });
        let of_both = means[0].iter().filter_map(|(event, (rows, sum))| {
            let (other_rows, other_sum) = means[1].get(event)?;
            Some(sum / rows - other_sum / other_rows)
        });
        of_both.collect()
    }
}

/// Adjusts all p values together.
fn adjust(differences: &mut [Difference]) {
    let p: Vec<f64> = differences.iter().filter_map(|one| one.p).collect();
    let told = differences.iter_mut().filter(|one| one.p.is_some());
    for (one, adjusted) in told.zip(adjusted(&p)) {
        one.p_adjusted = Some(adjusted);
    }
}

fn background(collection: &Collection, request: &Request, order: &[u32]) -> Vec<Background> {
    let mut by_group: HashMap<u32, Vec<&super::collection::ArticleTally>> = HashMap::new();
    for tally in &collection.articles {
        by_group.entry(tally.group).or_default().push(tally);
    }
    let of_group = |group: &u32| {
        let tallies = by_group.get(group)?;
        let units: Vec<Unit> = tallies
            .iter()
            .map(|tally| Unit {
                rows: f64::from(tally.sentences),
                sum: tally.sum,
                ..Unit::default()
            })
            .collect();
        let sentences: u64 = tallies.iter().map(|tally| u64::from(tally.sentences)).sum();
        let share = |count: u64| count as f64 / sentences as f64;
        let name = collection.groups.of(*group);
        let mut generator = generator(request.seed, &["sentiment", name]);
        let is_enough = units.len() as u64 >= request.min_articles;
        let within = is_enough
            .then(|| interval(&units, mean, &mut generator))
            .flatten();
        Some(Background {
            group: name.to_owned(),
            articles: units.len() as u64,
            sentences,
            shares: [0, 1, 2].map(|label: usize| {
                share(
                    tallies
                        .iter()
                        .map(|tally| u64::from(tally.labels[label]))
                        .sum(),
                )
            }),
            mean: units.iter().map(|unit| unit.sum).sum::<f64>() / sentences as f64,
            interval: within.map(|within| (within.low, within.high)),
            author_share: share(tallies.iter().map(|tally| u64::from(tally.by_author)).sum()),
        })
    };
    order.iter().filter_map(of_group).collect()
}

/// The means by month, in the order of parties, groups and months.
fn timeline(collection: &Collection, parties: &[u32], order: &[u32]) -> Vec<Moment> {
    let mut sums: HashMap<(u32, u32), BTreeMap<&str, (u64, u64, f64)>> = HashMap::new();
    for cell in &collection.cells {
        let month = collection.months.of(cell.month);
        if !month.is_empty() {
            let of_both = sums.entry((cell.party, cell.group)).or_default();
            let (articles, rows, sum) = of_both.entry(month).or_default();
            *articles += 1;
            *rows += u64::from(cell.tallies[0].rows);
            *sum += cell.tallies[0].sum;
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

const _: () = assert!(VOICES == 3, "a tally for each voice");
