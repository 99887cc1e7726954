//! The words of an article as linking reads them: in one row, each with its sentence and voice.

use std::collections::HashMap;

use crate::grammar::lowered;
use crate::parties::PartyId;
use crate::span::ByteSpan;
use crate::speech::{Quotation, QuotationKind};
use crate::word::{TokenKind, is_capitalised, tokens};

/// A word or mark.
pub(super) struct Word<'t> {
    pub(super) span: ByteSpan,
    pub(super) text: &'t str,
    pub(super) lower: String,
    pub(super) kind: TokenKind,
    /// Which sentence it is of.
    pub(super) sentence: usize,
    /// How many sentences with words of the author’s own stand before: a quotation of many sentences
    /// does not part “Blinken said” from the “he” after it.
    pub(super) beat: usize,
    /// The quotation it stands in; none in the author’s own words.
    pub(super) quotation: Option<usize>,
}

impl Word<'_> {
    pub(super) fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }

    pub(super) fn is_possessive(&self) -> bool {
        self.kind == TokenKind::Possessive
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        self.kind == TokenKind::Mark && self.text == mark
    }

    pub(super) fn is_capitalised(&self) -> bool {
        self.is_word() && is_capitalised(self.text)
    }
}

/// An article’s words, and where aliases stand among them.
pub(super) struct Page<'t> {
    pub(super) words: Vec<Word<'t>>,
    /// For a word at which an alias begins, the word after the alias, and whose it is.
    pub(super) aliases: HashMap<usize, (usize, PartyId)>,
}

impl<'t> Page<'t> {
    pub(super) fn new(
        text: &'t str,
        sentences: &[ByteSpan],
        quotations: &[Quotation],
        aliases: &[(PartyId, ByteSpan)],
    ) -> Self {
        let mut words = Vec::new();
        let mut spoken = quotations
            .iter()
            .enumerate()
            .filter(|(_, quotation)| quotation.kind == QuotationKind::Speech)
            .peekable();
        for (sentence, span) in sentences.iter().enumerate() {
            for token in tokens(text, *span) {
                while spoken
                    .next_if(|(_, q)| q.span.end <= token.span.start)
                    .is_some()
                {}
                let here = spoken
                    .peek()
                    .filter(|(_, q)| q.span.start <= token.span.start);
                let word = token.span.of(text);
                words.push(Word {
                    span: token.span,
                    text: word,
                    lower: lowered(word),
                    kind: token.kind,
                    sentence,
                    beat: 0,
                    quotation: here.map(|(index, _)| *index),
                });
            }
        }
        set_beats(&mut words);
        let mut page = Self {
            words,
            aliases: HashMap::new(),
        };
        for (party, span) in aliases {
            let first = page
                .words
                .partition_point(|word| word.span.end <= span.start);
            let after = page
                .words
                .partition_point(|word| word.span.start < span.end);
            page.aliases
                .entry(first)
                .or_insert((after.max(first + 1), *party));
        }
        page
    }

    /// The word at `at`, if it is of the same sentence as the one at `near`.
    pub(super) fn near(&self, near: usize, at: usize) -> Option<&Word<'t>> {
        let sentence = self.words.get(near)?.sentence;
        self.words.get(at).filter(|word| word.sentence == sentence)
    }

    /// Whether a sentence or a quotation begins at `at`.
    pub(super) fn is_opening(&self, at: usize) -> bool {
        at == 0 || {
            let (before, word) = (&self.words[at - 1], &self.words[at]);
            before.sentence != word.sentence
                || before.kind == TokenKind::Mark && "“\"‘'([:•-–—*".contains(before.text)
        }
    }

    pub(super) fn span(&self, from: usize, to: usize) -> ByteSpan {
        ByteSpan::new(self.words[from].span.start, self.words[to - 1].span.end)
    }
}

fn set_beats(words: &mut [Word<'_>]) {
    let mut beat = 0;
    for sentence in words.chunk_by_mut(|one, other| one.sentence == other.sentence) {
        beat += usize::from(
            sentence
                .iter()
                .any(|word| word.is_word() && word.quotation.is_none()),
        );
        for word in sentence {
            word.beat = beat;
        }
    }
}
