//! The rows added up: by source, and by source and party.

use std::collections::BTreeMap;

use super::cell::{Cell, Decimal};
use super::layout::{Sentences, place};
use super::row::RowKind;
use crate::model::{Label, Sentiment, Stance};

/// What has been added up so far.
#[derive(Default)]
pub(super) struct Summary {
    sentences: Sentences,
    /// By source, and by party where one is named; no party stands for all sentences of the source.
    groups: BTreeMap<(String, Option<String>), Group>,
}

/// The sentences of a source, all of them or those that name a party.
#[derive(Default)]
struct Group {
    articles: u64,
    sentences: u64,
    sentiment: Tally,
    stance: Tally,
}

/// Scores added up, and how often each label stands.
#[derive(Default)]
struct Tally {
    total: f64,
    scored: u64,
    labels: [u64; 3],
}

impl Tally {
    fn add<L: Label>(&mut self, label: &Cell<'_>, score: &Cell<'_>) {
        if let Cell::Decimal(score) = score {
            self.total += score.value();
            self.scored += 1;
        }
        let named = L::ALL
            .iter()
            .position(|known| *label == Cell::text(known.name()));
        if let Some(index) = named {
            self.labels[index] += 1;
        }
    }

    /// The mean score, and how often each label stands; nothing where nothing was scored.
    fn cells(&self) -> Vec<Cell<'static>> {
        if self.scored == 0 {
            return vec![Cell::Empty; 4];
        }
        let mean = Decimal::nearest(self.total / self.scored as f64);
        let labels = self.labels.iter().map(|count| Cell::Count(*count));
        std::iter::once(Cell::Decimal(mean)).chain(labels).collect()
    }
}

impl Summary {
    /// Adds a long row of `kind`; asked in order.
    pub(super) fn add(&mut self, kind: RowKind, line: &[Cell<'_>]) {
        let cell = |name| place(kind, name).map_or(&Cell::Empty, |at| &line[at]);
        let source = cell("source").to_string();
        if self.sentences.begins(kind, line) {
            let all = self.groups.entry((source.clone(), None)).or_default();
            all.articles += u64::from(*cell("sentence") == Cell::Count(1));
            all.sentences += 1;
            all.sentiment
                .add::<Sentiment>(cell("sentiment"), cell("sentiment_score"));
        }
        if let Cell::Text(party) = cell("party") {
            let group = self
                .groups
                .entry((source, Some(party.to_string())))
                .or_default();
            group.sentences += 1;
            group
                .sentiment
                .add::<Sentiment>(cell("sentiment"), cell("sentiment_score"));
            group
                .stance
                .add::<Stance>(cell("stance"), cell("stance_score"));
        }
    }

    /// The names of the columns of [`Summary::lines`].
    pub(super) const HEADINGS: [&'static str; 12] = [
        "source",
        "party",
        "articles",
        "sentences",
        "mean sentiment score",
        "negative",
        "neutral",
        "positive",
        "mean stance score",
        "against",
        "neutral",
        "favor",
    ];

    /// A line for each source, and for each party of the source, in the order of their names.
    pub(super) fn lines(&self) -> impl Iterator<Item = Vec<Cell<'_>>> {
        self.groups.iter().map(|((source, party), group)| {
            let articles = match party {
                None => Cell::Count(group.articles),
                Some(_) => Cell::Empty,
            };
            let party = party.as_deref().unwrap_or("(all sentences)");
            let mut line = vec![Cell::text(source), Cell::text(party), articles];
            line.push(Cell::Count(group.sentences));
            line.extend(group.sentiment.cells());
            line.extend(group.stance.cells());
            line
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(article: &'static str, party: &'static str, scores: (f64, f64)) -> Vec<Cell<'static>> {
        let mut line = vec![Cell::Empty; RowKind::Score.columns().len()];
        let mut set = |name, cell| line[place(RowKind::Score, name).unwrap()] = cell;
        set("article", Cell::text(article));
        set("source", Cell::text("Herald"));
        set("sentence", Cell::Count(1));
        set("sentiment", Cell::text("negative"));
        set("sentiment_score", Cell::Decimal(Decimal::nearest(scores.0)));
        if !party.is_empty() {
            set("party", Cell::text(party));
            set("stance", Cell::text("favor"));
            set("stance_score", Cell::Decimal(Decimal::nearest(scores.1)));
        }
        line
    }

    #[test]
    fn a_sentence_counts_once_for_its_source_and_once_for_each_party() {
        let mut summary = Summary::default();
        for line in [
            line("a", "Hamas", (-0.5, 0.25)),
            line("a", "Israel", (-0.5, 1.0)),
            line("b", "Hamas", (-1.0, 0.75)),
            line("c", "", (0.0, 0.0)),
        ] {
            summary.add(RowKind::Score, &line);
        }
        let lines = summary.lines().map(|line| {
            let cells: Vec<_> = line.iter().map(Cell::to_string).collect();
            cells.join("|")
        });
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
        Herald|(all sentences)|3|3|-0.5000|3|0|0||||
        Herald|Hamas||2|-0.7500|2|0|0|0.5000|0|0|2
        Herald|Israel||1|-0.5000|1|0|0|1.0000|0|0|1
        ");
    }
}
