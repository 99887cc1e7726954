//! Which party is meant where: the mentions in the sentences of one article.
//!
//! A mention knows how it was linked to its party. Today every link is an alias; titles and
//! pronouns, which need the sentences before, have their place in [`link`].

use crate::parties::{Parties, PartyId};
use crate::span::ByteSpan;

/// How a mention was linked to its party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It is the party's name or one of its aliases.
    Alias,
}

impl Link {
    /// The word that the rows show.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alias => "alias",
        }
    }
}

/// A place in a sentence that names a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    /// The party named.
    pub party: PartyId,
    /// The place, in bytes of the article's text.
    pub span: ByteSpan,
    /// How the place was linked to the party.
    pub link: Link,
}

/// The mentions in each of an article's sentences, in the order of the text.
///
/// `sentences` are spans of `text`; the result has as many items as they are.
pub fn link(text: &str, sentences: &[ByteSpan], parties: &Parties) -> Vec<Vec<Mention>> {
    let in_sentence = |sentence: &ByteSpan| {
        let named = parties.named_in(sentence.of(text)).into_iter();
        named
            .map(|(party, span)| Mention {
                party,
                span: span.shifted(sentence.start),
                link: Link::Alias,
            })
            .collect()
    };
    sentences.iter().map(in_sentence).collect()
}
