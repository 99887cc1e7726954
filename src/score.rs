//! The whole chain, from articles to rows: the one file that knows every stage.
//!
//! ```text
//! Article ─ segment ─▶ sentences ─ speech, mention ─▶ mentions ─▶ Query ─ model ─▶ Scored ─▶ Row
//!                                          voice ─▶ voice and speaker ──────────────────────┘
//! ```
//!
//! One thread reads, segments, links and writes; workers score what it has prepared, a piece of some
//! sentences at a time. Pieces are written in the order they were read in, and only so many are
//! under way, so memory does not grow with the collection. Every article that went in comes out or
//! is counted as rejected, in the order of the input.

use std::ops::Range;
use std::sync::Arc;
use std::thread;

use crate::counts::{Counts, PartyCounts};
use crate::error::Result;
use crate::input::{Article, Rejected};
use crate::mention::{self, Links, Mention};
use crate::model::{Model, Query, Scored, Scorer};
use crate::output::{PartyRow, Row, Rows, SentenceRow};
use crate::parties::{Parties, PartyId};
use crate::segment::segment;
use crate::span::{ByteSpan, CharCounter, CharSpan};
use crate::speech;
use crate::voice::Voices;
use crate::workers::Workers;

/// How many sentences a worker takes at once: some batches' worth, few enough for the progress to
/// move every few hundredths of a second.
const PIECE: usize = 32;

/// What happens during a run that the user may want to see.
#[derive(Debug)]
pub enum Event<'a> {
    /// Something could not be taken.
    Rejected(&'a Rejected),
    /// Rows were written.
    Progress(&'a Counts),
}

/// What the stages of [`score`] need beside the articles.
#[derive(Clone, Copy)]
pub struct Stages<'a> {
    /// Whom to look for.
    pub parties: &'a Parties,
    /// Which links to make beside aliases.
    pub links: Links,
    /// What to score with.
    pub model: &'a Model,
}

/// Scores `articles` into `rows`, telling `listen` what happens; goes on counting from `counts`, which
/// is empty in the beginning.
///
/// # Errors
/// If the rows cannot be written, or the encoder fails.
pub fn score(
    articles: impl Iterator<Item = std::result::Result<Article, Rejected>>,
    stages: Stages<'_>,
    rows: &mut dyn Rows,
    mut counts: Counts,
    listen: &mut dyn FnMut(Event<'_>),
) -> Result<Counts> {
    let parties = stages.parties.len();
    counts.parties.resize(parties, PartyCounts::default());
    let repeated = counts.repeated;
    let mut run = Run {
        rows,
        listen,
        counts,
    };
    thread::scope(|scope| {
        let threads = stages.model.threads().get();
        let mut line = Line {
            run: &mut run,
            parties: stages.parties,
            next: Piece::default(),
            workers: Workers::start(scope, threads, || {
                let mut scorer = Scorer::new(stages.model);
                move |piece: &Piece| piece.score(&mut scorer)
            }),
        };
        for article in articles {
            match article {
                Ok(article) => line.take(Prepared::new(article, stages.parties, stages.links))?,
                Err(rejected) => line.reject(rejected)?,
            }
        }
        line.finish()
    })?;
    run.counts.repeated = repeated + stages.model.repeated();
    run.finish()
}

/// What goes through the workers together: some sentences, of several articles or of a part of one,
/// and the rejected records between them.
#[derive(Default)]
struct Piece {
    parts: Vec<Part>,
    size: usize,
}

enum Part {
    Sentences(Arc<Prepared>, Range<usize>),
    Rejected(Rejected),
}

impl Piece {
    fn asked(&self) -> impl Iterator<Item = Asked<'_>> {
        self.parts.iter().flat_map(Part::asked)
    }

    fn score(&self, scorer: &mut Scorer<'_>) -> Result<Vec<Scored>> {
        let asked: Vec<Asked<'_>> = self.asked().collect();
        let queries: Vec<Query<'_>> = asked.iter().map(Asked::query).collect();
        scorer.score(&queries)
    }
}

impl Part {
    fn asked(&self) -> impl Iterator<Item = Asked<'_>> {
        let sentences = match self {
            Self::Sentences(prepared, range) => Some((prepared, range.clone())),
            Self::Rejected(_) => None,
        };
        let sentences = sentences.into_iter();
        sentences.flat_map(|(prepared, range)| range.map(|index| prepared.asked(index)))
    }
}

/// The line from prepared articles through the workers to the rows.
struct Line<'l, 'r> {
    run: &'l mut Run<'r>,
    parties: &'l Parties,
    /// What is not yet enough for a worker.
    next: Piece,
    workers: Workers<Piece, Result<Vec<Scored>>>,
}

impl Line<'_, '_> {
    fn take(&mut self, prepared: Prepared) -> Result<()> {
        let prepared = Arc::new(prepared);
        let total = prepared.sentences.len();
        let mut start = 0;
        loop {
            let end = total.min(start + PIECE - self.next.size);
            let part = Part::Sentences(Arc::clone(&prepared), start..end);
            self.add(part, end - start)?;
            if end == total {
                return Ok(());
            }
            start = end;
        }
    }

    /// A rejected record waits its turn: what is written is always all of the input up to a record.
    fn reject(&mut self, rejected: Rejected) -> Result<()> {
        self.add(Part::Rejected(rejected), 1)
    }

    fn add(&mut self, part: Part, size: usize) -> Result<()> {
        self.next.parts.push(part);
        self.next.size += size;
        match self.next.size == PIECE {
            true => self.send(),
            false => Ok(()),
        }
    }

    /// Gives the next piece to the workers, as soon as there is room for it.
    fn send(&mut self) -> Result<()> {
        if self.workers.are_busy() {
            self.write()?;
        }
        self.workers.give(std::mem::take(&mut self.next))
    }

    /// Writes the oldest piece under way, once it is scored; says whether there was one.
    fn write(&mut self) -> Result<bool> {
        let Some((piece, scored)) = self.workers.take()? else {
            return Ok(false);
        };
        let scored = scored?;
        let mut scored = scored.iter();
        for part in &piece.parts {
            for (asked, scored) in part.asked().zip(&mut scored) {
                self.run.write(&asked, scored, self.parties)?;
            }
            match part {
                Part::Rejected(rejected) => self.run.reject(rejected)?,
                Part::Sentences(prepared, range) if range.end == prepared.sentences.len() => {
                    self.run.end(prepared)?;
                }
                Part::Sentences(..) => {}
            }
        }
        (self.run.listen)(Event::Progress(&self.run.counts));
        Ok(true)
    }

    fn finish(mut self) -> Result<()> {
        self.send()?;
        while self.write()? {}
        Ok(())
    }
}

/// Writes the sentences of `articles` to `rows`, unscored; the rest is as in [`score`].
///
/// # Errors
/// If the rows cannot be written.
pub fn segment_only(
    articles: impl Iterator<Item = std::result::Result<Article, Rejected>>,
    rows: &mut dyn Rows,
    counts: Counts,
    listen: &mut dyn FnMut(Event<'_>),
) -> Result<Counts> {
    let mut run = Run {
        rows,
        listen,
        counts,
    };
    for article in articles {
        match article {
            Ok(article) => run.write_sentences(&Prepared::segmented(article))?,
            Err(rejected) => run.reject(&rejected)?,
        }
    }
    run.finish()
}

/// An article with its sentences and their mentions.
struct Prepared {
    article: Article,
    /// In bytes and in characters.
    sentences: Vec<(ByteSpan, CharSpan)>,
    /// For each sentence, in the order of the text.
    mentions: Vec<Vec<Mention>>,
    voices: Voices,
    /// What linking noticed of each party beside its mentions.
    noticed: Vec<mention::Noticed>,
}

impl Prepared {
    fn new(article: Article, parties: &Parties, links: Links) -> Self {
        let text = &article.text;
        let sentences = segment(text);
        let speech = speech::read(text, &sentences);
        let linked = mention::link(text, &sentences, &speech.quotations, parties, links);
        Self {
            voices: Voices::read(text, &sentences, &speech, &linked, parties),
            sentences: in_characters(text, &sentences),
            mentions: linked.mentions,
            noticed: linked.noticed,
            article,
        }
    }

    /// The sentences alone.
    fn segmented(article: Article) -> Self {
        let sentences = segment(&article.text);
        Self {
            sentences: in_characters(&article.text, &sentences),
            mentions: vec![Vec::new(); sentences.len()],
            voices: Voices::default(),
            noticed: Vec::new(),
            article,
        }
    }

    /// A sentence of the article, with the cells that every row of it has.
    fn asked(&self, index: usize) -> Asked<'_> {
        let (bytes, characters) = self.sentences[index];
        Asked {
            row: SentenceRow {
                article: &self.article,
                number: index + 1,
                text: bytes.of(&self.article.text),
                span: characters,
            },
            start: bytes.start,
            named: by_party(&self.mentions[index]),
            voices: &self.voices,
        }
    }
}

fn in_characters(text: &str, sentences: &[ByteSpan]) -> Vec<(ByteSpan, CharSpan)> {
    let mut counter = CharCounter::new(text);
    let both = sentences.iter().map(|span| (*span, counter.span(*span)));
    both.collect()
}

/// A sentence as it is put to the model.
struct Asked<'a> {
    row: SentenceRow<'a>,
    /// The sentence's first byte in the article's text.
    start: usize,
    /// The mentions of each party named, in the order of their first ones.
    named: Vec<(PartyId, Vec<Mention>)>,
    voices: &'a Voices,
}

impl<'a> Asked<'a> {
    fn query(&self) -> Query<'a> {
        let in_sentence = |mention: &Mention| {
            ByteSpan::new(
                mention.span.start - self.start,
                mention.span.end - self.start,
            )
        };
        let named = self.named.iter();
        Query {
            text: self.row.text,
            targets: named
                .map(|(_, mentions)| mentions.iter().map(in_sentence).collect())
                .collect(),
        }
    }

    /// The rows of the sentence: one for each party named, or a single one without a party.
    fn rows(&self, scored: &Scored, parties: &'a Parties) -> Vec<Row<'a>> {
        let (voice, speaker) = self.voices.of(self.row.number - 1, &[]);
        let row = Row {
            sentence: self.row,
            sentiment: Some(scored.sentiment),
            party: None,
            voice: Some(voice),
            speaker,
            note: if scored.windowed { "windowed" } else { "" },
        };
        if self.named.is_empty() {
            return vec![row];
        }
        let text = &self.row.article.text;
        let mut counter = CharCounter::new(self.row.text);
        let with_party = |((party, mentions), stance): (&(PartyId, Vec<Mention>), _)| {
            let first = mentions[0];
            let (voice, speaker) = self.voices.of(self.row.number - 1, mentions);
            let mut span = counter.span(ByteSpan::new(
                first.span.start - self.start,
                first.span.end - self.start,
            ));
            span.start += self.row.span.start;
            span.end += self.row.span.start;
            Row {
                party: Some(PartyRow {
                    name: &parties.party(*party).name,
                    mention: first.span.of(text),
                    span,
                    link: first.link,
                    stance,
                }),
                voice: Some(voice),
                speaker,
                ..row
            }
        };
        let stances = scored.stances.iter().copied();
        self.named.iter().zip(stances).map(with_party).collect()
    }
}

/// Mentions grouped by party, in the order of the parties' first ones.
fn by_party(mentions: &[Mention]) -> Vec<(PartyId, Vec<Mention>)> {
    let mut named: Vec<(PartyId, Vec<Mention>)> = Vec::new();
    for mention in mentions {
        match named.iter_mut().find(|(party, _)| *party == mention.party) {
            Some((_, others)) => others.push(*mention),
            None => named.push((mention.party, vec![*mention])),
        }
    }
    named
}

/// A run under way: where its rows go, who listens, and what it has done.
struct Run<'r> {
    rows: &'r mut dyn Rows,
    listen: &'r mut dyn FnMut(Event<'_>),
    counts: Counts,
}

impl Run<'_> {
    fn reject(&mut self, rejected: &Rejected) -> Result<()> {
        self.counts.rejected += 1;
        self.counts.rejected_files += u64::from(rejected.origin.record.is_none());
        self.rows.reject(rejected, &self.counts)?;
        (self.listen)(Event::Rejected(rejected));
        Ok(())
    }

    fn write(&mut self, asked: &Asked<'_>, scored: &Scored, parties: &Parties) -> Result<()> {
        for row in asked.rows(scored, parties) {
            self.rows.write(&row)?;
            self.counts.rows += 1;
        }
        for mention in asked.named.iter().flat_map(|(_, mentions)| mentions) {
            self.counts.parties[mention.party.0].mentions[mention.link as usize] += 1;
        }
        self.counts.sentences += 1;
        self.counts.windowed += u64::from(scored.windowed);
        Ok(())
    }

    fn write_sentences(&mut self, prepared: &Prepared) -> Result<()> {
        for asked in (0..prepared.sentences.len()).map(|index| prepared.asked(index)) {
            let row = Row {
                sentence: asked.row,
                sentiment: None,
                party: None,
                voice: None,
                speaker: "",
                note: "",
            };
            self.rows.write(&row)?;
            self.counts.rows += 1;
            self.counts.sentences += 1;
        }
        self.end(prepared)?;
        (self.listen)(Event::Progress(&self.counts));
        Ok(())
    }

    /// The rows of the article are all written.
    fn end(&mut self, prepared: &Prepared) -> Result<()> {
        self.counts.articles += 1;
        for (counts, noticed) in self.counts.parties.iter_mut().zip(&prepared.noticed) {
            counts.excluded += noticed.excluded;
            counts.near.add(&noticed.near);
        }
        self.rows.end(&prepared.article, &self.counts)
    }

    fn finish(self) -> Result<Counts> {
        self.rows.flush(&self.counts)?;
        Ok(self.counts)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::input::Origin;
    use crate::output::{Design, RowKind, Sheet};

    fn record(text: Option<String>) -> std::result::Result<Article, Rejected> {
        let origin = Origin {
            file: Arc::from("made up"),
            record: Some(1),
            line: None,
        };
        match text {
            Some(text) => Ok(Article {
                id: String::new(),
                source: String::new(),
                date: String::new(),
                title: String::new(),
                text,
                kept: Vec::new(),
                origin,
            }),
            None => Err(Rejected {
                origin,
                reason: "made up".to_owned(),
                beginning: String::new(),
            }),
        }
    }

    proptest! {
        #[test]
        fn articles_in_are_articles_out_and_articles_rejected(
            texts in prop::collection::vec(prop::option::of("[A-Za-z .!?\n“”é🎉]{0,80}"), 0..20)
        ) {
            let design = Design::csv(RowKind::Sentence, &[]);
            let mut sheet = Sheet::new(Vec::new(), &design, None).unwrap();
            let mut told = 0;
            let mut listen = |event: Event<'_>| told += u64::from(matches!(event, Event::Rejected(_)));
            let records = texts.iter().cloned().map(record);
            let counts = segment_only(records, &mut sheet, Counts::default(), &mut listen).unwrap();
            prop_assert_eq!(counts.articles + counts.rejected, texts.len() as u64);
            prop_assert_eq!(told, counts.rejected);
            let csv = sheet.finish(Vec::new()).unwrap();
            let written = csv::Reader::from_reader(&csv[..]).records().count();
            prop_assert_eq!(written as u64, counts.rows);
        }
    }
}
