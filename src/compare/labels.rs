//! Labels made by hand: a table with the columns of [`COLUMNS`], of which `label` is filled in.

use std::collections::HashMap;
use std::path::Path;

use super::collection::{refuse, shown};
use crate::error::Result;
use crate::model::{Label, Stance};
use crate::output::{number, read_rows};

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
    used: bool,
}

impl Labels {
    /// Reads the labels at `path`.
    ///
    /// # Errors
    /// If a column is missing, a label is no stance, a weight no number from 1, or a row is there twice.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let mut labels = Self {
            file: shown(path),
            labels: HashMap::new(),
            blank: 0,
            used: 0,
            are_weighted: false,
        };
        let mut optional = Optional::default();
        let choose = |names: &[String]| {
            let place = |name: &str| names.iter().position(|known| known == name);
            let needed = ["article", "source", "sentence", "party", "label"];
            let lacks = |name: &str| {
                format!("it has no column `{name}`; make the file to label with slant sample")
            };
            let places = needed.map(|name| place(name).ok_or_else(|| lacks(name)));
            let mut wanted: Vec<usize> = places.into_iter().collect::<Result<_, _>>()?;
            for (column, place) in [
                (&mut optional.text, place("text")),
                (&mut optional.weight, place("weight")),
            ] {
                *column = place.map(|_| wanted.len());
                wanted.extend(place);
            }
            Ok(wanted)
        };
        let mut rows: Vec<Vec<String>> = Vec::new();
        read_rows(path, choose, |cells| {
            rows.push(cells.iter().map(|cell| cell.trim().to_owned()).collect());
            score(&cells[4]).map(|_| ())
        })?;
        for row in &rows {
            labels.add(row, optional)?;
        }
        labels.are_weighted = optional.weight.is_some();
        if labels.labels.is_empty() {
            return Err(refuse(format!(
                "{}: no row has a label; fill in against, neutral or favor in the column `label`",
                labels.file
            )));
        }
        Ok(labels)
    }

    /// Takes one row of the table.
    fn add(&mut self, row: &[String], optional: Optional) -> Result<()> {
        let Ok(Some(score)) = score(&row[4]) else {
            self.blank += 1;
            return Ok(());
        };
        let weight = match optional.weight.map(|at| &row[at]) {
            None => 1.0,
            Some(cell) => number(cell)
                .filter(|weight| *weight >= 1.0)
                .ok_or_else(|| {
                    refuse(format!(
                        "{}: the weight `{cell}` is no number from 1",
                        self.file
                    ))
                })?,
        };
        let one = Given {
            score,
            weight,
            text: optional.text.map(|at| row[at].clone()).unwrap_or_default(),
            used: false,
        };
        let key = key(&format!("{}\u{1f}{}", row[1], row[0]), &row[2], &row[3]);
        match self.labels.insert(key, one) {
            None => Ok(()),
            Some(_) => Err(refuse(format!(
                "{}: sentence {} of {} has two labels for {}; keep one",
                self.file, row[2], row[0], row[3]
            ))),
        }
    }

    /// The labelled score and the weight of a row, if it was labelled and was not asked for before.
    pub(super) fn of(
        &mut self,
        article: &str,
        sentence: u64,
        party: &str,
        text: &str,
    ) -> Result<Option<(f64, f64)>, String> {
        match self
            .labels
            .get_mut(&key(article, &sentence.to_string(), party))
        {
            Some(given) if !given.used && is_text_of(&given.text, text) => {
                given.used = true;
                self.used += 1;
                Ok(Some((given.score, given.weight)))
            }
            _ => Ok(None),
        }
    }

    /// How many labels belong to no row that was read.
    pub(super) fn unused(&self) -> u64 {
        self.labels.len() as u64 - self.used
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }
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

/// Where the columns stand that a table of labels may lack.
#[derive(Clone, Copy, Default)]
struct Optional {
    text: Option<usize>,
    weight: Option<usize>,
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
