//! Labels made by hand: a table with the columns of [`COLUMNS`], of which `label` is filled in.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;

use super::collection::{refuse, shown};
use crate::error::Result;
use crate::model::{Label, Stance};
use crate::output::{Cells, number, read_rows};

/// The columns of a sample to label. A row is known by its source, article, sentence and party; its
/// weight is one over its chance to be in the sample.
pub const COLUMNS: [&str; 8] = [
    "article", "source", "sentence", "party", "text", "mention", "label", "weight",
];

/// Labels made by hand, each looked up once by its row.
pub(super) struct Labels {
    file: String,
    labels: HashMap<String, Given>,
    /// Rows without a label.
    pub(super) blank: u64,
    /// How many rows have had their label.
    pub(super) used: u64,
    pub(super) are_weighted: bool,
}

struct Given {
    /// −1, 0 or 1.
    score: f64,
    weight: f64,
    text: String,
    /// The row of the table, whose header is row 1.
    row: u64,
    used: bool,
}

/// The columns that a table of labels must have, and those that it may have, in the order in which cells
/// are asked for.
const NEEDED: [&str; 5] = ["article", "source", "sentence", "party", "label"];
const OPTIONAL: [&str; 2] = ["text", "weight"];

impl Labels {
    /// Reads the labels at `path`, those of `parties` if any are given.
    ///
    /// # Errors
    /// If a column is missing, a label is no stance, a weight no number from 1, or a row is there twice.
    pub(super) fn read(path: &Path, parties: &[String]) -> Result<Self> {
        let mut labels = Self {
            file: shown(path),
            labels: HashMap::new(),
            blank: 0,
            used: 0,
            are_weighted: false,
        };
        // Where the optional columns stand among the cells.
        let optional = Cell::new([None; 2]);
        let choose = |names: &[String]| {
            let mut wanted = needed(names)?;
            optional.set(OPTIONAL.map(|name| {
                let place = names.iter().position(|known| known == name)?;
                wanted.push(place);
                Some(wanted.len() - 1)
            }));
            Ok(wanted)
        };
        let mut row = 1;
        read_rows(path, choose, |cells| {
            row += 1;
            let is_asked =
                parties.is_empty() || parties.iter().any(|party| *party == cells[3].trim());
            match is_asked {
                true => labels.add(cells, optional.get(), row),
                false => Ok(()),
            }
        })?;
        labels.are_weighted = optional.get()[1].is_some();
        if labels.labels.is_empty() {
            return Err(refuse(format!(
                "{}: no row has a label; fill in against, neutral or favor in the column `label`",
                labels.file
            )));
        }
        Ok(labels)
    }

    /// Takes one row of the table.
    fn add(
        &mut self,
        cells: &Cells<'_>,
        optional: [Option<usize>; 2],
        row: u64,
    ) -> Result<(), String> {
        let Some(score) = score(&cells[4])? else {
            self.blank += 1;
            return Ok(());
        };
        let [text, weight] = optional.map(|at| at.map(|at| cells[at].trim()));
        let weight = match weight {
            None => 1.0,
            Some(cell) => number(cell)
                .filter(|weight| *weight >= 1.0)
                .ok_or_else(|| format!("its weight `{cell}` is no number from 1"))?,
        };
        let [article, source, sentence, party] = [0, 1, 2, 3].map(|at| cells[at].trim());
        let key = key(&format!("{source}\u{1f}{article}"), sentence, party);
        let given = Given {
            score,
            weight,
            text: text.unwrap_or_default().to_owned(),
            row,
            used: false,
        };
        match self.labels.insert(key, given) {
            None => Ok(()),
            Some(_) => Err(format!(
                "sentence {sentence} of {article} has two labels for {party}; keep one"
            )),
        }
    }

    /// The labelled score and the weight of a row, if it was labelled and was not asked for before.
    pub(super) fn of(
        &mut self,
        article: &str,
        sentence: u32,
        party: &str,
        text: &str,
    ) -> Option<(f64, f64)> {
        let key = key(article, &sentence.to_string(), party);
        let given = self.labels.get_mut(&key)?;
        if given.used || !is_text_of(&given.text, text) {
            return None;
        }
        given.used = true;
        self.used += 1;
        Some((given.score, given.weight))
    }

    /// The rows of the table whose labels belong to no row that was read.
    pub(super) fn unused(&self) -> Vec<u64> {
        let unused = self.labels.values().filter(|given| !given.used);
        let mut rows: Vec<u64> = unused.map(|given| given.row).collect();
        rows.sort_unstable();
        rows
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }
}

fn needed(names: &[String]) -> Result<Vec<usize>, String> {
    let place = |name: &&str| {
        let found = names.iter().position(|known| known == name);
        found.ok_or_else(|| {
            format!("it has no column `{name}`; make the file to label with slant sample")
        })
    };
    NEEDED.iter().map(place).collect()
}

fn key(article: &str, sentence: &str, party: &str) -> String {
    format!("{article}\u{1f}{sentence}\u{1f}{party}")
}

/// Whether a table of labels may show `text` as `shown`: programs change blanks and line ends, and a cell
/// that has no room for all ends in `…`.
fn is_text_of(shown: &str, text: &str) -> bool {
    let is_beginning = |beginning: &str| text.starts_with(beginning);
    shown.is_empty()
        || shown.split_whitespace().eq(text.split_whitespace())
        || shown.strip_suffix('…').is_some_and(is_beginning)
}

/// The score that a label stands for; none of a blank one.
fn score(label: &str) -> Result<Option<f64>, String> {
    let label = label.trim();
    if label.is_empty() {
        return Ok(None);
    }
    let mut known = Stance::ALL.into_iter();
    match known.find(|stance| stance.name().eq_ignore_ascii_case(label)) {
        Some(Stance::Against) => Ok(Some(-1.0)),
        Some(Stance::Neutral) => Ok(Some(0.0)),
        Some(Stance::Favor) => Ok(Some(1.0)),
        None => Err(format!(
            "the label `{label}` is none of against, neutral and favor"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_again_with_other_blanks_and_cut_but_no_other_text_is() {
        assert!(is_text_of("One two.", " One\r\n two. "));
        assert!(is_text_of("One tw…", "One two."));
        assert!(is_text_of("", "One two."));
        assert!(!is_text_of("One two three.", "One two."));
        assert!(!is_text_of("One", "One two."));
        assert!(!is_text_of("One. Two…", "One two."));
    }
}
