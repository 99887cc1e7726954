//! The columns of the result. There is one list: a column is its name and its cell.

use std::borrow::Cow;

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

/// A column: its name, and its cell in a row.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) cell: for<'r> fn(&'r Row<'_>) -> Cow<'r, str>,
}

impl RowKind {
    /// Whether a column of the result has this name.
    pub fn has_column(self, name: &str) -> bool {
        self.columns().iter().any(|column| column.name == name)
    }

    pub(super) fn columns(self) -> &'static [Column] {
        match self {
            Self::Sentence => &COLUMNS[..SENTENCE_COLUMNS],
            Self::Score => &COLUMNS,
        }
    }
}

/// How many of the columns tell of the sentence alone.
const SENTENCE_COLUMNS: usize = 8;

const COLUMNS: [Column; 26] = [
    column("article", |row| text(&row.sentence.article.id)),
    column("source", |row| text(&row.sentence.article.source)),
    column("date", |row| text(&row.sentence.article.date)),
    column("title", |row| text(&row.sentence.article.title)),
    column("sentence", |row| count(row.sentence.number)),
    column("start", |row| count(row.sentence.span.start)),
    column("end", |row| count(row.sentence.span.end)),
    column("text", |row| text(row.sentence.text)),
    column("sentiment", |row| label(row.sentiment)),
    column("sentiment_score", |row| score(row.sentiment)),
    column("sentiment_negative", |row| {
        probability(row.sentiment, Sentiment::Negative)
    }),
    column("sentiment_neutral", |row| {
        probability(row.sentiment, Sentiment::Neutral)
    }),
    column("sentiment_positive", |row| {
        probability(row.sentiment, Sentiment::Positive)
    }),
    column("party", |row| of_party(row, |party| text(party.name))),
    column("mention", |row| of_party(row, |party| text(party.mention))),
    column("mention_start", |row| {
        of_party(row, |party| count(party.span.start))
    }),
    column("mention_end", |row| {
        of_party(row, |party| count(party.span.end))
    }),
    column("link", |row| of_party(row, |party| text(party.link.name()))),
    column("stance", |row| label(stance(row))),
    column("stance_score", |row| score(stance(row))),
    column("stance_against", |row| {
        probability(stance(row), Stance::Against)
    }),
    column("stance_neutral", |row| {
        probability(stance(row), Stance::Neutral)
    }),
    column("stance_favor", |row| {
        probability(stance(row), Stance::Favor)
    }),
    column("voice", |row| text(row.voice.map_or("", Voice::name))),
    column("speaker", |row| text(row.speaker)),
    column("note", |row| text(row.note)),
];

const fn column(name: &'static str, cell: for<'r> fn(&'r Row<'_>) -> Cow<'r, str>) -> Column {
    Column { name, cell }
}

fn text(words: &str) -> Cow<'_, str> {
    Cow::Borrowed(words)
}

fn count<'r>(number: usize) -> Cow<'r, str> {
    Cow::Owned(number.to_string())
}

fn of_party<'r>(
    row: &'r Row<'_>,
    cell: impl FnOnce(&'r PartyRow<'_>) -> Cow<'r, str>,
) -> Cow<'r, str> {
    row.party.as_ref().map_or(Cow::Borrowed(""), cell)
}

fn stance(row: &Row<'_>) -> Option<Probabilities<Stance>> {
    row.party.map(|party| party.stance)
}

fn label<'r, L: Label>(scored: Option<Probabilities<L>>) -> Cow<'r, str> {
    Cow::Borrowed(scored.map_or("", |scored| scored.top().name()))
}

fn score<'r, L: Label>(scored: Option<Probabilities<L>>) -> Cow<'r, str> {
    decimals(scored.map(|scored| scored.score()))
}

fn probability<'r, L: Label>(scored: Option<Probabilities<L>>, label: L) -> Cow<'r, str> {
    decimals(scored.map(|scored| scored.of(label)))
}

/// Four decimals; a value that rounds to zero has no minus sign.
fn decimals<'r>(value: Option<f64>) -> Cow<'r, str> {
    match value {
        None => Cow::Borrowed(""),
        Some(value) if value.abs() < 0.00005 => Cow::Borrowed("0.0000"),
        Some(value) => Cow::Owned(format!("{value:.4}")),
    }
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

    #[test]
    fn a_value_that_rounds_to_zero_has_no_sign() {
        assert_eq!(decimals(Some(-0.00004)), "0.0000");
        assert_eq!(decimals(Some(-0.00006)), "-0.0001");
        assert_eq!(decimals(None), "");
    }
}
