//! How the rows of a sentence are laid out: one for each party, or all in one.

use super::cell::{Cell, Heading};
use super::row::{Column, RowKind, Scope};
use crate::error::{Error, Result};

/// How the rows of a sentence are laid out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Layout {
    /// One row for each party that the sentence names.
    #[default]
    Long,
    /// One row for the sentence, with columns for each of these parties: `stance:NAME` and so on.
    Wide(Vec<String>),
}

/// Tells from long rows alone where a sentence begins.
///
/// A party stands in one row of a sentence at most, so a row that repeats the one before it, its
/// party too, is of an article that the input has twice.
#[derive(Default)]
pub(super) struct Sentences {
    sentence: Vec<Cell<'static>>,
    parties: Vec<Cell<'static>>,
}

impl Sentences {
    /// Whether the long row `line` of `kind`, asked in order, is the first of its sentence.
    pub(super) fn begins(&mut self, kind: RowKind, line: &[Cell<'_>]) -> bool {
        let cells = kind.columns().iter().zip(line);
        let of_sentence = |(column, _): &(&Column, &Cell<'_>)| column.scope == Scope::Sentence;
        let sentence = cells.filter(of_sentence).map(|(_, cell)| cell);
        let party = place(kind, "party").map_or(&Cell::Empty, |at| &line[at]);
        let goes_on = *party != Cell::Empty
            && !self.parties.contains(party)
            && !self.parties.is_empty()
            && sentence.clone().eq(&self.sentence);
        if !goes_on {
            self.sentence = sentence.cloned().map(Cell::into_owned).collect();
            self.parties.clear();
        }
        if *party != Cell::Empty {
            self.parties.push(party.clone().into_owned());
        }
        !goes_on
    }
}

/// Where the column `name` stands in the long rows of `kind`.
pub(super) fn place(kind: RowKind, name: &str) -> Option<usize> {
    kind.columns().iter().position(|column| column.name == name)
}

/// Makes wide rows of long ones.
pub(super) struct Widening {
    kind: RowKind,
    parties: Vec<String>,
    sentences: Sentences,
    /// The row of the sentence that is not yet at its end.
    row: Option<Vec<Cell<'static>>>,
}

impl Widening {
    pub(super) fn new(kind: RowKind, parties: &[String]) -> Self {
        Self {
            kind,
            parties: parties.to_vec(),
            sentences: Sentences::default(),
            row: None,
        }
    }

    /// Takes a long row, and gives the wide row of the sentence before if that is complete now.
    pub(super) fn take(&mut self, line: &[Cell<'_>]) -> Option<Vec<Cell<'static>>> {
        let complete = match self.sentences.begins(self.kind, line) {
            true => self.row.replace(self.without_parties(line)),
            false => None,
        };
        self.add_party(line);
        complete
    }

    /// The row of the last sentence.
    pub(super) fn finish(self) -> Option<Vec<Cell<'static>>> {
        self.row
    }

    fn without_parties(&self, line: &[Cell<'_>]) -> Vec<Cell<'static>> {
        let names_none = party(self.kind, line).is_none();
        let own = line.iter().enumerate().filter_map(|(at, cell)| {
            match self.kind.columns().get(at).map(|column| column.scope) {
                Some(Scope::Party) => None,
                Some(Scope::Either) if !names_none => Some(Cell::Empty),
                _ => Some(cell.clone().into_owned()),
            }
        });
        let of_parties = self.parties.len() * party_columns(self.kind).count();
        own.chain((0..of_parties).map(|_| Cell::Empty)).collect()
    }

    fn add_party(&mut self, line: &[Cell<'_>]) {
        let named = party(self.kind, line);
        let index = named.and_then(|name| self.parties.iter().position(|party| party == name));
        let (Some(index), Some(row)) = (index, &mut self.row) else {
            return;
        };
        let width = party_columns(self.kind).count();
        let first = row.len() - (self.parties.len() - index) * width;
        for (offset, (at, _)) in party_columns(self.kind).enumerate() {
            row[first + offset] = line[at].clone().into_owned();
        }
    }
}

fn party<'l>(kind: RowKind, line: &'l [Cell<'_>]) -> Option<&'l str> {
    match place(kind, "party").map(|at| &line[at]) {
        Some(Cell::Text(name)) => Some(name),
        _ => None,
    }
}

/// The columns that a wide row has for each party, with their places in a long one.
fn party_columns(kind: RowKind) -> impl Iterator<Item = (usize, &'static Column)> {
    let columns = kind.columns().iter().enumerate();
    columns.filter(|(_, column)| column.scope != Scope::Sentence && column.name != "party")
}

/// The headings of a result.
///
/// # Errors
/// If two columns would have the same name.
pub(super) fn headings(kind: RowKind, kept: &[String], layout: &Layout) -> Result<Vec<Heading>> {
    let long = kind.headings(kept);
    let headings = match layout {
        Layout::Long => long,
        Layout::Wide(parties) => wide(kind, long, parties),
    };
    let mut names: Vec<_> = headings.iter().map(|heading| &heading.name[..]).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::Columns {
            reason: format!(
                "the result would have two columns `{}`; rename the one of --keep in the input",
                pair[0]
            ),
        }),
        None => Ok(headings),
    }
}

fn wide(kind: RowKind, long: Vec<Heading>, parties: &[String]) -> Vec<Heading> {
    let of_party = |party: &String, column: &Column| Heading {
        name: format!("{}:{party}", column.name),
        holds: column.holds,
        always: false,
    };
    let for_parties = parties
        .iter()
        .flat_map(|party| party_columns(kind).map(move |(_, column)| of_party(party, column)));
    let scope = |at: usize| kind.columns().get(at).map(|column| column.scope);
    let own = long.into_iter().enumerate();
    own.filter(|(at, _)| scope(*at) != Some(Scope::Party))
        .map(|(_, heading)| heading)
        .chain(for_parties)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A long row in which only these cells are filled.
    fn long(filled: &[(&str, &'static str)]) -> Vec<Cell<'static>> {
        let mut line = vec![Cell::Empty; RowKind::Score.columns().len()];
        for (name, words) in filled {
            line[place(RowKind::Score, name).unwrap()] = Cell::text(words);
        }
        line
    }

    fn widened(lines: &[Vec<Cell<'static>>]) -> Vec<Vec<(String, String)>> {
        let parties = ["Hamas".to_owned(), "Israel".to_owned()];
        let names = headings(RowKind::Score, &[], &Layout::Wide(parties.to_vec())).unwrap();
        let mut widening = Widening::new(RowKind::Score, &parties);
        let mut rows: Vec<_> = lines
            .iter()
            .filter_map(|line| widening.take(line))
            .collect();
        rows.extend(widening.finish());
        let filled = |row: Vec<Cell<'_>>| {
            assert_eq!(row.len(), names.len());
            let cells = names.iter().zip(row);
            cells
                .filter(|(_, cell)| *cell != Cell::Empty)
                .map(|(heading, cell)| (heading.name.clone(), cell.to_string()))
                .collect()
        };
        rows.into_iter().map(filled).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = expected.iter();
        pairs
            .map(|(name, cell)| (name.to_string(), cell.to_string()))
            .collect()
    }

    #[test]
    fn the_rows_of_a_sentence_become_one_with_columns_for_each_party() {
        let rows = widened(&[
            long(&[
                ("text", "a"),
                ("party", "Israel"),
                ("stance", "favor"),
                ("voice", "quoted"),
            ]),
            long(&[
                ("text", "a"),
                ("party", "Hamas"),
                ("stance", "against"),
                ("voice", "author"),
            ]),
            long(&[("text", "b"), ("voice", "author")]),
        ]);
        let first = [
            ("text", "a"),
            ("stance:Hamas", "against"),
            ("voice:Hamas", "author"),
            ("stance:Israel", "favor"),
            ("voice:Israel", "quoted"),
        ];
        assert_eq!(
            rows,
            [pairs(&first), pairs(&[("text", "b"), ("voice", "author")])]
        );
    }

    #[test]
    fn an_article_that_is_there_twice_keeps_its_rows_apart() {
        let with = long(&[("text", "a"), ("party", "Hamas")]);
        let without = long(&[("text", "b")]);
        assert_eq!(widened(&[with.clone(), with]).len(), 2);
        assert_eq!(widened(&[without.clone(), without]).len(), 2);
    }

    #[test]
    fn two_columns_of_one_name_are_refused() {
        let kept = ["stance:Hamas".to_owned()];
        let layout = Layout::Wide(vec!["Hamas".to_owned()]);
        let error = headings(RowKind::Score, &kept, &layout).unwrap_err();
        insta::assert_snapshot!(error, @"the result would have two columns `stance:Hamas`; rename the one of --keep in the input");
        assert!(headings(RowKind::Score, &kept, &Layout::Long).is_ok());
    }
}
