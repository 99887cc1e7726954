//! A row of a result, its cells by the names of their columns.

use std::ops::Range;
use std::str::FromStr;

use super::Request;
use crate::model::Label;
use crate::output::{Cells, RowKind, number};

/// The columns that every result has, in the order in which cells are asked for.
pub(super) const COLUMNS: [&str; 18] = [
    "article",
    "source",
    "date",
    "title",
    "sentence",
    "start",
    "text",
    "sentiment",
    "sentiment_score",
    "party",
    "mention",
    "mention_start",
    "link",
    "stance",
    "stance_score",
    "voice",
    "speaker",
    "note",
];

/// The cells of a row by name.
pub(super) struct Line<'c> {
    cells: &'c Cells<'c>,
    /// Whether the month of the date is what groups.
    by_month: bool,
}

impl<'c> Line<'c> {
    /// The row of `cells`, the columns that [`chosen`] chose.
    pub(super) fn of(cells: &'c Cells<'c>, by_month: bool) -> Self {
        Self { cells, by_month }
    }

    pub(super) fn get(&self, name: &str) -> &'c str {
        let at = COLUMNS.iter().position(|known| *known == name);
        at.map_or("", |at| &self.cells[at])
    }

    /// The value to group by.
    pub(super) fn group(&self) -> &'c str {
        match self.by_month {
            true => self.month(),
            false => &self.cells[COLUMNS.len()],
        }
    }

    pub(super) fn event(&self) -> &'c str {
        self.cells.get(COLUMNS.len() + 1).map_or("", |cell| cell)
    }

    /// The month of the date; empty if it has none.
    pub(super) fn month(&self) -> &'c str {
        month(self.get("date")).unwrap_or_default()
    }

    pub(super) fn score(&self, name: &str) -> Result<f64, String> {
        let cell = self.get(name);
        let score = number(cell).filter(|score| score.abs() <= 1.0);
        score.ok_or_else(|| format!("its {name} is `{cell}`, no number from -1 to 1"))
    }

    pub(super) fn whole<N: FromStr>(&self, name: &str) -> Result<N, String> {
        let cell = self.get(name);
        cell.parse()
            .map_err(|_| format!("its {name} is `{cell}`, no whole number"))
    }

    /// The number of the label.
    pub(super) fn label<L: Label>(&self, name: &str) -> Result<usize, String> {
        let cell = self.get(name);
        let found = L::ALL.iter().position(|label| label.name() == cell);
        found.ok_or_else(|| {
            let names: Vec<_> = L::ALL.iter().map(|label| label.name()).collect();
            format!("its {name} is `{cell}`, none of {}", names.join(", "))
        })
    }
}

/// Where the columns of [`COLUMNS`], the one to group by and that of the event stand.
pub(super) fn chosen(names: &[String], request: &Request) -> Result<Vec<usize>, String> {
    let mut wanted = places(names, &COLUMNS, &request.by)?;
    if let Some(event) = &request.pair_by {
        wanted.push(place(names, event).ok_or_else(|| lacks(names, event))?);
    }
    Ok(wanted)
}

/// Where these columns of a result stand, and the one to group by.
pub(super) fn places(names: &[String], columns: &[&str], by: &str) -> Result<Vec<usize>, String> {
    if place(names, "party").is_none() {
        return Err(match names.iter().any(|name| name.starts_with("stance:")) {
            true => "it has a row a sentence; score again with --layout long".to_owned(),
            false => "it is no result of slant score: it has no column `party`".to_owned(),
        });
    }
    let mut wanted = Vec::new();
    for name in columns {
        wanted.push(place(names, name).ok_or_else(|| {
            format!("it is no whole result of slant score: it has no column `{name}`")
        })?);
    }
    let group = match place(names, by) {
        None if by == "month" => place(names, "date"),
        found => found,
    };
    wanted.push(group.ok_or_else(|| lacks(names, by))?);
    Ok(wanted)
}

fn place(names: &[String], name: &str) -> Option<usize> {
    names.iter().position(|known| known == name)
}

fn lacks(names: &[String], name: &str) -> String {
    let kept = names
        .iter()
        .filter(|known| !RowKind::Score.has_column(known));
    let kept: Vec<&str> = kept.map(String::as_str).collect();
    let kept = match kept.is_empty() {
        true => String::new(),
        false => format!(" (carried into it are: {})", kept.join(", ")),
    };
    format!("it has no column `{name}`; carry it into the result with --keep {name}{kept}")
}

/// The month of a date that begins as `2024-03`.
pub(super) fn month(date: &str) -> Option<&str> {
    let month = date.get(..7)?;
    let shaped = month.bytes().enumerate().all(|(at, byte)| match at {
        4 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (shaped && !date[7..].starts_with(|c: char| c.is_ascii_digit())).then_some(month)
}

/// Where a mention stands in its sentence, in bytes, by where both start in the article, in
/// characters; nowhere, if it is not there.
pub(super) fn mention_in(text: &str, mention: &str, (start, first): (u64, u64)) -> Range<usize> {
    let before = usize::try_from(first.saturating_sub(start)).unwrap_or(usize::MAX);
    let from = text.char_indices().nth(before).map_or(0, |(at, _)| at);
    match text[from..].starts_with(mention) {
        true => from..from + mention.len(),
        false => 0..0,
    }
}
