//! The rows of results, added up by article: all that figures are taken of.
//!
//! Words are kept once and numbers in their place, so a million rows need some hundred megabytes.

use std::cell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use super::excerpts::{Candidate, Excerpts};
use super::labels::Labels;
use super::line::{Line, chosen, mention_in};
use super::names::Names;
use super::tally::{ArticleTally, Cell};
use super::{Excerpt, Request};
use crate::error::{Error, Result};
use crate::manifest::{Manifest, Scoring};
use crate::model::{Label, Stance};
use crate::output::read_rows;

/// The rows of one or more results.
#[derive(Default)]
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
    /// The models that scored the results, as the manifests beside them tell.
    pub(super) models: BTreeSet<String>,
    /// For each result the parties that it has.
    pub(super) named: Vec<HashSet<u32>>,
    /// Rows whose article has no group.
    pub(super) ungrouped: u64,
    /// Rows that name a party and stand twice: the same article, sentence, text and party.
    pub(super) repeated: u64,
    excerpts: Excerpts,
    places: HashMap<(u32, u32, u32), u32>,
    article_places: HashMap<(u32, u32), u32>,
    /// The rows seen: the place of the cell, the sentence and its text.
    seen: HashSet<(u32, u32, u32)>,
    /// The same of sentences and articles.
    seen_sentences: HashSet<(u32, u32, u32)>,
    keys: Names,
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
        let mut collection = Self::default();
        for path in paths {
            let by_month = cell::Cell::new(false);
            let choose = |names: &[String]| {
                by_month.set(request.by == "month" && !names.iter().any(|name| name == "month"));
                chosen(names, request)
            };
            collection.named.push(HashSet::new());
            let rows = read_rows(path, choose, |cells| {
                let line = Line::of(cells, by_month.get());
                collection.add(&line, request, labels.as_deref_mut())
            })?;
            collection.rows += rows;
            collection.models.extend(model(path));
            collection.results.push((shown(path), rows));
        }
        Ok(collection)
    }

    fn add(
        &mut self,
        line: &Line<'_>,
        request: &Request,
        labels: Option<&mut Labels>,
    ) -> Result<(), String> {
        let key = format!("{}\u{1f}{}", line.get("source"), line.get("article"));
        let (article, group) = (self.keys.number(&key), self.groups.number(line.group()));
        self.ungrouped += u64::from(line.group().is_empty());
        let sentence = (line.whole("sentence")?, hash(line.get("text")));
        self.add_sentence(line, (article, group), sentence)?;
        let name = line.get("party");
        let is_asked = request.parties.is_empty() || request.parties.iter().any(|one| one == name);
        if name.is_empty() || !is_asked {
            return Ok(());
        }
        let party = self.parties.number(name);
        self.named.last_mut().map(|named| named.insert(party));
        let (score, stance) = (line.score("stance_score")?, line.label::<Stance>("stance")?);
        let place = self.place(line, (party, group, article));
        if !self.seen.insert((place, sentence.0, sentence.1)) {
            self.repeated += 1;
            return Ok(());
        }
        let label = labels.and_then(|labels| labels.of(&key, sentence.0, name, line.get("text")));
        self.cells[place as usize].add(line.get("voice"), score, stance, label);
        self.consider(line, (party, group), stance, score)
    }

    /// Where the cell of a party, a group and an article is.
    fn place(&mut self, line: &Line<'_>, known_by: (u32, u32, u32)) -> u32 {
        *self.places.entry(known_by).or_insert_with(|| {
            self.cells.push(Cell {
                party: known_by.0,
                group: known_by.1,
                event: self.events.number(line.event()),
                month: self.months.number(line.month()),
                tallies: Default::default(),
            });
            self.cells.len() as u32 - 1
        })
    }

    fn add_sentence(
        &mut self,
        line: &Line<'_>,
        (article, group): (u32, u32),
        (sentence, text): (u32, u32),
    ) -> Result<(), String> {
        let place = *self
            .article_places
            .entry((article, group))
            .or_insert_with(|| {
                self.articles.push(ArticleTally::of(group));
                self.articles.len() as u32 - 1
            });
        match self.seen_sentences.insert((place, sentence, text)) {
            true => self.articles[place as usize].add(line, sentence),
            false => Ok(()),
        }
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

    /// How many groups there are beside the articles without one.
    pub(super) fn named_groups(&self) -> usize {
        let groups = (0..self.groups.len() as u32).map(|group| self.groups.of(group));
        groups.filter(|name| !name.is_empty()).count()
    }

    /// Articles read.
    pub(super) fn article_count(&self) -> u64 {
        self.keys.len() as u64
    }

    pub(super) fn sentence_count(&self) -> u64 {
        let counts = self.articles.iter().map(|tally| u64::from(tally.sentences));
        counts.sum()
    }

    /// How many articles have more sentences than these have numbers: ids that several share.
    pub(super) fn shared_ids(&self) -> usize {
        let articles = self.articles.iter();
        articles.filter(|tally| tally.is_of_several()).count()
    }
}

/// Enough of a text to tell it from others of the same article and number.
fn hash(text: &str) -> u32 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish() as u32
}

/// The model that scored the result at `path`, if a manifest tells.
fn model(path: &Path) -> Option<String> {
    let Scoring {
        bundle,
        sha256,
        precision,
    } = Manifest::beside(path)?.identity.model?;
    Some(format!("{bundle}, {precision}, SHA-256 {sha256}"))
}

/// The file's name for the report.
pub(super) fn shown(path: &Path) -> String {
    match path == Path::new("-") {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    }
}

/// That nothing can be compared, and why.
pub(super) fn refuse(reason: impl Into<String>) -> Error {
    Error::Compare(reason.into())
}
