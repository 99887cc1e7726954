//! The rows of results, added up by article: all that figures are taken of.
//!
//! Words are kept once and numbers in their place, so a million rows need some hundred megabytes.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::excerpts::{Candidate, Excerpts};
use super::labels::Labels;
use super::{Excerpt, Request};
use crate::error::{Error, Result};
use crate::model::{Label, Sentiment, Stance};
use crate::output::{Cells, RowKind, number, read_rows};

/// Whose words a tally counts: all rows, the author's, somebody else's.
pub(super) const VOICES: usize = 3;

/// The rows of one or more results.
pub(super) struct Collection {
    /// The parties, in the order of their first rows.
    pub(super) parties: Names,
    /// The groups, in the order of their first rows.
    pub(super) groups: Names,
    pub(super) events: Names,
    pub(super) months: Names,
    /// What an article says of a party.
    pub(super) cells: Vec<Cell>,
    /// What an article says, whoever it names.
    pub(super) articles: Vec<ArticleTally>,
    pub(super) rows: u64,
    pub(super) results: Vec<(String, u64)>,
    /// Rows whose article has no group.
    pub(super) ungrouped: u64,
    /// Rows that name a party and stand twice: the same article, sentence and party.
    pub(super) repeated: u64,
    excerpts: Excerpts,
    places: HashMap<(u32, u32, u32), u32>,
    article_places: HashMap<(u32, u32), u32>,
    keys: Names,
}

/// What an article says of a party.
pub(super) struct Cell {
    pub(super) party: u32,
    pub(super) group: u32,
    pub(super) event: u32,
    pub(super) month: u32,
    pub(super) tallies: [Tally; VOICES],
    last_sentence: u64,
}

/// Rows added up.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) rows: u32,
    pub(super) sentences: u32,
    pub(super) sum: f64,
    /// By stance.
    pub(super) labels: [u32; 3],
    /// The weights of labelled rows, and times the labelled and the model's score.
    pub(super) labelled: [f64; 3],
}

/// The sentences of an article, added up.
pub(super) struct ArticleTally {
    pub(super) group: u32,
    pub(super) sentences: u32,
    pub(super) sum: f64,
    /// By sentiment.
    pub(super) labels: [u32; 3],
    /// Sentences in the author's voice alone.
    pub(super) by_author: u32,
    last_sentence: u64,
}

/// Words that are kept once, by number.
#[derive(Default)]
pub(super) struct Names {
    known: HashMap<String, u32>,
    all: Vec<String>,
}

impl Names {
    pub(super) fn of(&self, number: u32) -> &str {
        &self.all[number as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.known.get(name).copied()
    }

    fn number(&mut self, name: &str) -> u32 {
        match self.known.get(name) {
            Some(number) => *number,
            None => {
                let number = self.all.len() as u32;
                self.known.insert(name.to_owned(), number);
                self.all.push(name.to_owned());
                number
            }
        }
    }
}

/// The columns that every result has, in the order in which cells are asked for.
const COLUMNS: [&str; 18] = [
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
struct Line<'c> {
    cells: &'c Cells<'c>,
}

impl<'c> Line<'c> {
    fn get(&self, name: &str) -> &'c str {
        let at = COLUMNS.iter().position(|known| *known == name);
        at.map_or("", |at| &self.cells[at])
    }

    /// The value to group by, and the event.
    fn group(&self) -> &'c str {
        &self.cells[COLUMNS.len()]
    }

    fn event(&self) -> &'c str {
        self.cells.get(COLUMNS.len() + 1).map_or("", |cell| cell)
    }

    fn score(&self, name: &str) -> Result<f64, String> {
        let cell = self.get(name);
        let score = number(cell).filter(|score| score.abs() <= 1.0);
        score.ok_or_else(|| format!("its {name} is `{cell}`, no number from -1 to 1"))
    }

    fn whole(&self, name: &str) -> Result<u64, String> {
        let cell = self.get(name);
        cell.parse()
            .map_err(|_| format!("its {name} is `{cell}`, no whole number"))
    }
}

impl Collection {
    /// Reads the results at `paths`, with `labels` made by hand if there are any.
    ///
    /// # Errors
    /// If one cannot be read, is no result with a row for each party, or lacks a column.
    pub(super) fn read(
        paths: &[PathBuf],
        request: &Request,
        mut labels: Option<&mut Labels>,
    ) -> Result<Self> {
        let mut collection = Self {
            parties: Names::default(),
            groups: Names::default(),
            events: Names::default(),
            months: Names::default(),
            cells: Vec::new(),
            articles: Vec::new(),
            rows: 0,
            results: Vec::new(),
            ungrouped: 0,
            repeated: 0,
            excerpts: Excerpts::default(),
            places: HashMap::new(),
            article_places: HashMap::new(),
            keys: Names::default(),
        };
        for path in paths {
            let by_month = std::cell::Cell::new(false);
            let choose = |names: &[String]| {
                by_month.set(request.by == "month" && !names.iter().any(|name| name == "month"));
                chosen(names, request)
            };
            let rows = read_rows(path, choose, |cells| {
                let line = Line { cells };
                let month = month(line.get("date")).unwrap_or_default();
                let group = match by_month.get() {
                    true => month,
                    false => line.group(),
                };
                collection.add(&line, group, month, request, labels.as_deref_mut())
            })?;
            collection.rows += rows;
            collection.results.push((shown(path), rows));
        }
        Ok(collection)
    }

    fn add(
        &mut self,
        line: &Line<'_>,
        group: &str,
        month: &str,
        request: &Request,
        labels: Option<&mut Labels>,
    ) -> Result<(), String> {
        let sentence = line.whole("sentence")?;
        let key = format!("{}\u{1f}{}", line.get("source"), line.get("article"));
        let (article, group) = (self.keys.number(&key), self.groups.number(group));
        self.ungrouped += u64::from(self.groups.of(group).is_empty());
        self.add_sentence(line, article, group, sentence)?;
        let party = line.get("party");
        let is_asked = request.parties.is_empty() || request.parties.iter().any(|one| one == party);
        if party.is_empty() || !is_asked {
            return Ok(());
        }
        let party = self.parties.number(party);
        let score = line.score("stance_score")?;
        let stance = position::<Stance>(line.get("stance"))
            .ok_or_else(|| format!("its stance is `{}`", line.get("stance")))?;
        let (event, month) = (self.events.number(line.event()), self.months.number(month));
        let cells = &mut self.cells;
        let place = *self
            .places
            .entry((party, group, article))
            .or_insert_with(|| {
                cells.push(Cell {
                    party,
                    group,
                    event,
                    month,
                    tallies: [Tally::default(); VOICES],
                    last_sentence: 0,
                });
                cells.len() as u32 - 1
            });
        let cell = &mut self.cells[place as usize];
        let is_new = cell.last_sentence != sentence;
        self.repeated += u64::from(!is_new);
        cell.last_sentence = sentence;
        let label = match labels {
            Some(labels) => labels.of(&key, sentence, line.get("party"), line.get("text"))?,
            None => None,
        };
        let of_voice = match line.get("voice") {
            "author" => Some(1),
            "quoted" => Some(2),
            _ => None,
        };
        for voice in [Some(0), of_voice].into_iter().flatten() {
            cell.tallies[voice].add(score, stance, label);
            cell.tallies[voice].sentences += u32::from(is_new);
        }
        self.consider(line, (party, group), stance, score)
    }

    fn add_sentence(
        &mut self,
        line: &Line<'_>,
        article: u32,
        group: u32,
        sentence: u64,
    ) -> Result<(), String> {
        let articles = &mut self.articles;
        let place = *self
            .article_places
            .entry((article, group))
            .or_insert_with(|| {
                articles.push(ArticleTally {
                    group,
                    sentences: 0,
                    sum: 0.0,
                    labels: [0; 3],
                    by_author: 0,
                    last_sentence: 0,
                });
                articles.len() as u32 - 1
            });
        let tally = &mut self.articles[place as usize];
        if tally.last_sentence == sentence {
            return Ok(());
        }
        tally.last_sentence = sentence;
        tally.sentences += 1;
        tally.sum += line.score("sentiment_score")?;
        let sentiment = position::<Sentiment>(line.get("sentiment"))
            .ok_or_else(|| format!("its sentiment is `{}`", line.get("sentiment")))?;
        tally.labels[sentiment] += 1;
        tally.by_author += u32::from(line.get("voice") == "author");
        Ok(())
    }

    /// Keeps the sentence as an example, if it is among the most against or in favor.
    fn consider(
        &mut self,
        line: &Line<'_>,
        (party, group): (u32, u32),
        stance: usize,
        score: f64,
    ) -> Result<(), String> {
        let in_favor = match Stance::ALL[stance] {
            Stance::Neutral => return Ok(()),
            stance => stance == Stance::Favor,
        };
        let candidate = Candidate {
            place: (party, group, in_favor),
            score,
        };
        if self.excerpts.has_room(candidate) {
            let (text, mention) = (line.get("text"), line.get("mention"));
            let (start, first) = (line.whole("start")?, line.whole("mention_start")?);
            let marked = mention_in(text, mention, (start, first));
            let owned = |name| line.get(name).to_owned();
            self.excerpts.keep(
                candidate,
                Excerpt {
                    party: owned("party"),
                    group: self.groups.of(group).to_owned(),
                    in_favor,
                    article: owned("article"),
                    title: owned("title"),
                    date: owned("date"),
                    sentence: line.whole("sentence")?,
                    text: text.to_owned(),
                    mention: marked,
                    link: owned("link"),
                    voice: owned("voice"),
                    speaker: owned("speaker"),
                    score,
                },
            );
        }
        Ok(())
    }

    /// The most against and the most in favor of each party and group, the most extreme first.
    pub(super) fn excerpts(&self, party: u32, group: u32) -> Vec<Excerpt> {
        self.excerpts.of(party, group)
    }

    /// Articles read.
    pub(super) fn article_count(&self) -> u64 {
        self.keys.len() as u64
    }

    pub(super) fn sentence_count(&self) -> u64 {
        self.articles
            .iter()
            .map(|tally| u64::from(tally.sentences))
            .sum()
    }
}

impl Tally {
    fn add(&mut self, score: f64, stance: usize, label: Option<(f64, f64)>) {
        self.rows += 1;
        self.sum += score;
        self.labels[stance] += 1;
        if let Some((truth, weight)) = label {
            self.labelled[0] += weight;
            self.labelled[1] += weight * truth;
            self.labelled[2] += weight * score;
        }
    }
}

fn position<L: Label>(name: &str) -> Option<usize> {
    L::ALL.iter().position(|label| label.name() == name)
}

/// The file's name for the report.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
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

/// Where the columns of [`COLUMNS`], the one to group by and that of the event stand.
fn chosen(names: &[String], request: &Request) -> Result<Vec<usize>, String> {
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

/// That nothing can be compared, and why.
pub(super) fn refuse(reason: impl Into<String>) -> Error {
    Error::Compare(reason.into())
}
