//! The columns of the result. There is one list: a column is its name, its type and its cell.

use super::cell::{Cell, Decimal, Heading, Type};
use crate::input::Article;
use crate::mention::Link;
use crate::model::{Label, Probabilities, Sentiment, Stance};
use crate::span::CharSpan;
use crate::voice::Voice;

/// A line of the result: a sentence, and one party in it if it names any.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The sentence.
    pub sentence: SentenceRow<'a>,
    /// Its sentiment, once scored.
    pub sentiment: Option<Probabilities<Sentiment>>,
    /// The party of this row.
    pub party: Option<PartyRow<'a>>,
    /// Whose words they are, if that was asked.
    pub voice: Option<Voice>,
    /// Who is quoted; empty if nobody is, or the text leaves it open.
    pub speaker: &'a str,
    /// Plain words about how the sentence was scored.
    pub note: &'a str,
}

/// The cells that every row has.
#[derive(Debug, Clone, Copy)]
pub struct SentenceRow<'a> {
    /// The article that the sentence is of.
    pub article: &'a Article,
    /// The sentence's number in the article, from 1.
    pub number: usize,
    /// The sentence, just as it stands in the article.
    pub text: &'a str,
    /// Where it stands in the article's text.
    pub span: CharSpan,
}

/// The cells of a row with a party.
#[derive(Debug, Clone, Copy)]
pub struct PartyRow<'a> {
    /// The party's name in the parties file.
    pub name: &'a str,
    /// Its first mention in the sentence, just as it stands there.
    pub mention: &'a str,
    /// Where that mention stands in the article's text.
    pub span: CharSpan,
    /// How that mention was linked to the party.
    pub link: Link,
    /// The stance toward the party, over all its mentions in the sentence.
    pub stance: Probabilities<Stance>,
}

/// Which columns a sheet has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// Only the sentence.
    Sentence,
    /// The sentence, its sentiment, and the party with its stance.
    Score,
}

impl<'a> Row<'a> {
    /// The row as data: a cell for each of the headings of `kind`, then the kept ones.
    ///
    /// This is all that a writer needs, so that a row can be kept and written later.
    pub fn cells(&self, kind: RowKind) -> Vec<Cell<'a>> {
        let columns = kind.columns().iter().map(|column| (column.cell)(self));
        let kept = self.sentence.article.kept.iter();
        columns.chain(kept.map(|cell| Cell::text(cell))).collect()
    }
}

/// A column: its name, what it holds, whether it tells of the party or of the sentence, and its cell.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) holds: Type,
    pub(super) scope: Scope,
    cell: for<'a> fn(&Row<'a>) -> Cell<'a>,
}

/// What a column tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// The sentence, alike in all its rows.
    Sentence,
    /// The party, and empty without one.
    Party,
    /// The party, or the sentence if it names none.
    Either,
}

impl RowKind {
    /// Whether a column of the result has this name.
    pub fn has_column(self, name: &str) -> bool {
        self.columns().iter().any(|column| column.name == name)
    }

    /// The headings of a row's [cells](Row::cells), with the `kept` ones.
    pub fn headings(self, kept: &[String]) -> Vec<Heading> {
        let columns = self.columns().iter().map(|column| Heading {
            name: column.name.to_owned(),
            holds: column.holds,
            always: column.holds == Type::Count && column.scope == Scope::Sentence,
        });
        let kept = kept.iter().map(|name| Heading {
            name: name.clone(),
            holds: Type::Text,
            always: false,
        });
        columns.chain(kept).collect()
    }

    pub(super) fn columns(self) -> &'static [Column] {
        match self {
            Self::Sentence => &COLUMNS[..SENTENCE_COLUMNS],
            Self::Score => &COLUMNS,
        }
    }
}

/// How many of the columns tell of the sentence alone and need no scores.
pub(super) const SENTENCE_COLUMNS: usize = 8;

use Scope::{Either, Party, Sentence};
use Type::{Count, Date, Label as OneOf, Probability, Score, Text};

const COLUMNS: [Column; 26] = [
    column("article", Text, Sentence, |row| {
        Cell::text(&row.sentence.article.id)
    }),
    column("source", OneOf, Sentence, |row| {
        Cell::text(&row.sentence.article.source)
    }),
    column("date", Date, Sentence, |row| {
        Cell::text(&row.sentence.article.date)
    }),
    column("title", Text, Sentence, |row| {
        Cell::text(&row.sentence.article.title)
    }),
    column("sentence", Count, Sentence, |row| {
        count(row.sentence.number)
    }),
    column("start", Count, Sentence, |row| {
        count(row.sentence.span.start)
    }),
    column("end", Count, Sentence, |row| count(row.sentence.span.end)),
    column("text", Text, Sentence, |row| Cell::text(row.sentence.text)),
    column("sentiment", OneOf, Sentence, |row| label(row.sentiment)),
    column("sentiment_score", Score, Sentence, |row| {
        score(row.sentiment)
    }),
    column("sentiment_negative", Probability, Sentence, |row| {
        probability(row.sentiment, Sentiment::Negative)
    }),
    column("sentiment_neutral", Probability, Sentence, |row| {
        probability(row.sentiment, Sentiment::Neutral)
    }),
    column("sentiment_positive", Probability, Sentence, |row| {
        probability(row.sentiment, Sentiment::Positive)
    }),
    column("party", OneOf, Party, |row| {
        of_party(row, |party| Cell::text(party.name))
    }),
    column("mention", Text, Party, |row| {
        of_party(row, |party| Cell::text(party.mention))
    }),
    column("mention_start", Count, Party, |row| {
        of_party(row, |party| count(party.span.start))
    }),
    column("mention_end", Count, Party, |row| {
        of_party(row, |party| count(party.span.end))
    }),
    column("link", OneOf, Party, |row| {
        of_party(row, |party| Cell::text(party.link.name()))
    }),
    column("stance", OneOf, Party, |row| label(stance(row))),
    column("stance_score", Score, Party, |row| score(stance(row))),
    column("stance_against", Probability, Party, |row| {
        probability(stance(row), Stance::Against)
    }),
    column("stance_neutral", Probability, Party, |row| {
        probability(stance(row), Stance::Neutral)
    }),
    column("stance_favor", Probability, Party, |row| {
        probability(stance(row), Stance::Favor)
    }),
    column("voice", OneOf, Either, |row| {
        Cell::text(row.voice.map_or("", Voice::name))
    }),
    column("speaker", Text, Either, |row| Cell::text(row.speaker)),
    column("note", OneOf, Sentence, |row| Cell::text(row.note)),
];

const fn column(
    name: &'static str,
    holds: Type,
    scope: Scope,
    cell: for<'a> fn(&Row<'a>) -> Cell<'a>,
) -> Column {
    Column {
        name,
        holds,
        scope,
        cell,
    }
}

fn count(number: usize) -> Cell<'static> {
    Cell::Count(number as u64)
}

fn of_party<'a>(row: &Row<'a>, cell: impl FnOnce(PartyRow<'a>) -> Cell<'a>) -> Cell<'a> {
    row.party.map_or(Cell::Empty, cell)
}

fn stance(row: &Row<'_>) -> Option<Probabilities<Stance>> {
    row.party.map(|party| party.stance)
}

fn label<L: Label>(scored: Option<Probabilities<L>>) -> Cell<'static> {
    scored.map_or(Cell::Empty, |scored| Cell::text(scored.top().name()))
}

fn score<L: Label>(scored: Option<Probabilities<L>>) -> Cell<'static> {
    decimal(scored.map(|scored| scored.score()))
}

fn probability<L: Label>(scored: Option<Probabilities<L>>, label: L) -> Cell<'static> {
    decimal(scored.map(|scored| scored.of(label)))
}

fn decimal(value: Option<f64>) -> Cell<'static> {
    value.map_or(Cell::Empty, |value| Cell::Decimal(Decimal::nearest(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_those_of_the_documentation() {
        let names = |kind: RowKind| {
            let names: Vec<_> = kind.columns().iter().map(|column| column.name).collect();
            names.join(",")
        };
        insta::assert_snapshot!(names(RowKind::Sentence), @"article,source,date,title,sentence,start,end,text");
        insta::assert_snapshot!(names(RowKind::Score), @"article,source,date,title,sentence,start,end,text,sentiment,sentiment_score,sentiment_negative,sentiment_neutral,sentiment_positive,party,mention,mention_start,mention_end,link,stance,stance_score,stance_against,stance_neutral,stance_favor,voice,speaker,note");
    }
}
