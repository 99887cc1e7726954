//! A sample of a result's rows to be labelled by hand, of which the model's answers are kept back.
//!
//! Rows are drawn apart for each group, party and label of the model, so that what is rare is there too,
//! and each has its weight: the rows of its stratum over those drawn of it (Horvitz and Thompson 1952,
//! "A Generalization of Sampling Without Replacement From a Finite Universe"). A stratum gets labels by
//! the square root of its size (Bankier 1988, "Power Allocations"): between as many for each, which
//! serves the small ones, and a fixed share, which serves the whole.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::path::{Path, PathBuf};

use rand::SeedableRng;
use rand::seq::{SliceRandom, index};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::collection::refuse;
use super::labels::COLUMNS;
use super::line::{mention_in, month, places};
use crate::error::Result;
use crate::model::{Label, Stance};
use crate::output::{Cells, Form, FormCell, FormColumn, csv_table, read_rows};

/// What to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleRequest {
    /// The column that groups; `month` is the month of the date, if there is no such column.
    pub by: String,
    /// How many rows.
    pub rows: usize,
    /// The seed of the draw.
    pub seed: u64,
}

/// Rows to be labelled, in an order that tells nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The rows.
    pub rows: Vec<SampledRow>,
    /// How many rows they were drawn from.
    pub of: u64,
    /// Rows that stood twice and could be drawn once.
    pub repeated: u64,
    /// In how many strata these are.
    pub strata: usize,
    /// What makes a stratum, in words.
    pub stratified_by: String,
}

/// A row to be labelled. Its fields are the columns of [`LABEL_COLUMNS`](super::LABEL_COLUMNS).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampledRow {
    /// The article's id.
    pub article: String,
    /// Who published it.
    pub source: String,
    /// The sentence's number in the article.
    pub sentence: u64,
    /// The party's name.
    pub party: String,
    /// The sentence.
    pub text: String,
    /// Its first mention of the party.
    pub mention: String,
    /// To be filled in.
    pub label: &'static str,
    /// How many rows it stands for.
    pub weight: f64,
    /// Where the mention stands in the text, in bytes.
    #[serde(skip)]
    pub marked: Range<usize>,
}

/// The columns that are read, before the one that groups.
const READ: [&str; 10] = [
    "article",
    "source",
    "sentence",
    "party",
    "text",
    "mention",
    "start",
    "mention_start",
    "stance",
    "date",
];

/// What makes a stratum, the finest first: the last of these is all rows together.
const STRATA: [&str; 4] = ["party and label", "party", "", "none"];

/// Group, party, label.
type Stratum = (u32, u32, u32);

const INSTRUCTIONS: &str = include_str!("how_to_label.txt");

impl Sample {
    /// Draws from the results at `paths`; all rows, if there are no more than asked for.
    ///
    /// # Errors
    /// If one cannot be read or is no result of scoring, or if no row names a party.
    pub fn draw(paths: &[PathBuf], request: &SampleRequest) -> Result<Self> {
        if paths.iter().any(|path| path == Path::new("-")) {
            return Err(refuse(
                "results are read twice to draw a sample, which standard input cannot be: give a file",
            ));
        }
        let mut frame = Frame::default();
        each_row(paths, request, |cells, group| frame.add(cells, group))?;
        if frame.rows.is_empty() {
            return Err(refuse("no row names a party, so there is nothing to label"));
        }
        let mut random = ChaCha8Rng::seed_from_u64(request.seed);
        let (level, strata) = frame.strata(request.rows);
        let drawn = draw(&strata, request.rows, &mut random);
        let mut rows = Vec::new();
        let mut at = 0;
        each_row(paths, request, |cells, _| {
            if let Some(weight) = drawn.get(&at) {
                rows.push(SampledRow::of(cells, *weight)?);
            }
            at += 1;
            Ok(())
        })?;
        rows.shuffle(&mut random);
        let by = &request.by;
        Ok(Self {
            rows,
            of: frame.rows.len() as u64,
            repeated: frame.repeated,
            strata: strata.len(),
            stratified_by: match STRATA[level] {
                "none" => "nothing".to_owned(),
                "" => by.clone(),
                "party" => format!("{by} and party"),
                finest => format!("{by}, {finest}"),
            },
        })
    }

    /// The sample as CSV.
    ///
    /// # Errors
    /// None that is known: it is written into memory.
    pub fn csv(&self) -> Result<String> {
        csv_table(&self.rows).map_err(|error| refuse(error.to_string()))
    }

    /// The sample as a workbook: labels are chosen from a list, and a second sheet says how.
    ///
    /// # Errors
    /// If there are more rows than a sheet can hold.
    pub fn workbook(&self) -> Result<Vec<u8>> {
        let rows = self.rows.iter().map(|row| {
            vec![
                FormCell::Text(&row.article),
                FormCell::Text(&row.source),
                FormCell::Number(row.sentence as f64),
                FormCell::Text(&row.party),
                FormCell::Marked(&row.text, row.marked.clone()),
                FormCell::Text(&row.mention),
                FormCell::Blank,
                FormCell::Number(row.weight),
            ]
        });
        let form = Form {
            name: "sample",
            columns: COLUMNS.map(column).to_vec(),
            rows: rows.collect(),
            instructions: INSTRUCTIONS,
        };
        form.workbook().map_err(|error| refuse(error.to_string()))
    }

    /// What was drawn, a line for a terminal.
    pub fn summary(&self) -> String {
        let Self { of, strata, .. } = self;
        let drawn = self.rows.len();
        let how = match drawn as u64 == *of {
            true => format!("all {of} rows that name a party"),
            false => format!(
                "{drawn} of {of} rows that name a party, from {strata} strata by {}",
                self.stratified_by
            ),
        };
        let repeated = match self.repeated {
            0 => String::new(),
            repeated => format!("; {repeated} that stand twice were left out"),
        };
        format!("{how}{repeated}\n")
    }
}

/// How a column of the workbook looks. Only what decides is in sight: to know the source would sway who
/// labels, and the weight tells what the model thinks of a row.
fn column(name: &'static str) -> FormColumn<'static> {
    let width = match name {
        "text" => 90.0,
        "label" => 12.0,
        _ => 20.0,
    };
    let choices = match name {
        "label" => Stance::ALL.map(Label::name).to_vec(),
        _ => Vec::new(),
    };
    FormColumn {
        name,
        width,
        choices,
        is_hidden: !["party", "text", "mention", "label"].contains(&name),
    }
}

/// Gives each row of the results that names a party to `take`, with its group.
fn each_row(
    paths: &[PathBuf],
    request: &SampleRequest,
    mut take: impl FnMut(&Cells<'_>, &str) -> Result<(), String>,
) -> Result<()> {
    for path in paths {
        let by_month = std::cell::Cell::new(false);
        let choose = |names: &[String]| {
            by_month.set(request.by == "month" && !names.iter().any(|name| name == "month"));
            places(names, &READ, &request.by)
        };
        read_rows(path, choose, |cells| {
            let group = match by_month.get() {
                true => month(cell(cells, "date")).unwrap_or_default(),
                false => &cells[READ.len()],
            };
            match cell(cells, "party") {
                "" => Ok(()),
                _ => take(cells, group),
            }
        })?;
    }
    Ok(())
}

fn cell<'c>(cells: &'c Cells<'_>, name: &str) -> &'c str {
    let at = READ.iter().position(|known| *known == name);
    at.map_or("", |at| &cells[at])
}

fn whole(cells: &Cells<'_>, name: &str) -> Result<u64, String> {
    let found = cell(cells, name);
    found
        .parse()
        .map_err(|_| format!("its {name} is `{found}`, no whole number"))
}

/// All rows that can be drawn.
#[derive(Default)]
struct Frame {
    /// The stratum of each, if it can be drawn.
    rows: Vec<Option<Stratum>>,
    repeated: u64,
    names: HashMap<String, u32>,
    /// The rows seen, by a hash of what they are known by.
    seen: HashSet<u64>,
}

impl Frame {
    fn add(&mut self, cells: &Cells<'_>, group: &str) -> Result<(), String> {
        let mut known_by = DefaultHasher::new();
        ["source", "article", "sentence", "party"]
            .map(|name| cell(cells, name))
            .hash(&mut known_by);
        if !self.seen.insert(known_by.finish()) {
            self.repeated += 1;
            self.rows.push(None);
            return Ok(());
        }
        let mut number = |name: &str| match self.names.get(name) {
            Some(number) => *number,
            None => {
                let number = self.names.len() as u32;
                self.names.insert(name.to_owned(), number);
                number
            }
        };
        let stratum = (
            number(group),
            number(cell(cells, "party")),
            number(cell(cells, "stance")),
        );
        self.rows.push(Some(stratum));
        Ok(())
    }

    /// The rows of each stratum, in order, and which of [`STRATA`] they are: the finest of which each
    /// can have one of `room` rows, or the weights would not add up to the whole.
    fn strata(&self, room: usize) -> (usize, Vec<Vec<usize>>) {
        let merged = |level: usize, (group, party, label): Stratum| match level {
            0 => (group, party, label),
            1 => (group, party, 0),
            2 => (group, 0, 0),
            _ => (0, 0, 0),
        };
        let mut found = (STRATA.len() - 1, Vec::new());
        for level in 0..STRATA.len() {
            let mut strata: BTreeMap<Stratum, Vec<usize>> = BTreeMap::new();
            for (at, row) in self.rows.iter().enumerate() {
                if let Some(stratum) = row {
                    strata.entry(merged(level, *stratum)).or_default().push(at);
                }
            }
            found = (level, strata.into_values().collect());
            if found.1.len() <= room {
                break;
            }
        }
        found
    }
}

/// The rows drawn, with their weights.
fn draw(strata: &[Vec<usize>], room: usize, random: &mut ChaCha8Rng) -> HashMap<usize, f64> {
    let sizes: Vec<usize> = strata.iter().map(Vec::len).collect();
    let mut drawn = HashMap::new();
    for (rows, share) in strata.iter().zip(shares(&sizes, room)) {
        let weight = rows.len() as f64 / share as f64;
        let places = index::sample(random, rows.len(), share);
        drawn.extend(places.iter().map(|place| (rows[place], weight)));
    }
    drawn
}

/// How many of `room` rows are drawn of strata of these sizes: by the square root of the size (the
/// method of Webster), one at least, and no more than there are.
fn shares(sizes: &[usize], room: usize) -> Vec<usize> {
    let room = room.min(sizes.iter().sum());
    let mut shares = vec![0; sizes.len()];
    for _ in 0..room {
        let claim = |at: usize| match shares[at] {
            0 => f64::INFINITY,
            share => (sizes[at] as f64).sqrt() / (2 * share + 1) as f64,
        };
        let wanting = (0..sizes.len()).filter(|at| shares[*at] < sizes[*at]);
        let next = wanting.max_by(|one, other| claim(*one).total_cmp(&claim(*other)));
        if let Some(next) = next {
            shares[next] += 1;
        }
    }
    shares
}

impl SampledRow {
    fn of(cells: &Cells<'_>, weight: f64) -> Result<Self, String> {
        let owned = |name| cell(cells, name).to_owned();
        let (text, mention) = (owned("text"), owned("mention"));
        let starts = (whole(cells, "start")?, whole(cells, "mention_start")?);
        Ok(Self {
            article: owned("article"),
            source: owned("source"),
            sentence: whole(cells, "sentence")?,
            party: owned("party"),
            marked: mention_in(&text, &mention, starts),
            text,
            mention,
            label: "",
            weight,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_fields_of_a_row_are_the_columns_of_labels() {
        let row = SampledRow {
            article: String::new(),
            source: String::new(),
            sentence: 1,
            party: String::new(),
            text: String::new(),
            mention: String::new(),
            label: "",
            weight: 1.5,
            marked: 0..0,
        };
        let csv = csv_table(&[row]).unwrap();
        assert_eq!(csv.lines().next().unwrap(), COLUMNS.join(","));
    }

    #[test]
    fn what_is_rare_has_its_share_and_what_is_frequent_has_more() {
        assert_eq!(shares(&[10_000, 100, 1, 4], 24), [20, 2, 1, 1]);
        assert_eq!(shares(&[3, 1], 100), [3, 1]);
    }

    #[test]
    fn strata_are_merged_until_each_can_have_a_row() {
        let mut frame = Frame::default();
        for at in 0..60u32 {
            frame.rows.push(Some((at % 2, at % 6, at % 15)));
        }
        let count = |room| {
            let (level, strata) = frame.strata(room);
            (level, strata.len())
        };
        assert_eq!(
            [count(30), count(29), count(3), count(1)],
            [(0, 30), (1, 6), (2, 2), (3, 1)]
        );
    }

    proptest! {
        #[test]
        fn the_weights_of_a_stratum_add_up_to_its_rows(sizes in prop::collection::vec(1usize..40, 1..12), more in 0usize..60, seed in any::<u64>()) {
            let mut next = 0;
            let strata: Vec<Vec<usize>> = sizes.iter().map(|size| {
                next += size;
                (next - size..next).collect()
            }).collect();
            let room = sizes.len() + more;
            let drawn = draw(&strata, room, &mut ChaCha8Rng::seed_from_u64(seed));
            prop_assert_eq!(drawn.len(), room.min(next));
            for rows in &strata {
                let sum: f64 = rows.iter().filter_map(|row| drawn.get(row)).sum();
                prop_assert!((sum - rows.len() as f64).abs() < 1e-9);
            }
        }
    }
}
