//! Frames: a sentence as its author wrote it, each quotation in it one piece.
//!
//! Sentences end inside quotations; the words that say who speaks may stand before the first or
//! behind the last of them. A frame reaches from the one to the other.

use super::quotation::{Quotation, QuotationKind};
use crate::grammar::lowered;
use crate::span::ByteSpan;
use crate::word::{TokenKind, is_capitalised, tokens};

/// A word, mark or quotation of a frame.
pub(super) struct Piece<'t> {
    pub(super) span: ByteSpan,
    pub(super) text: &'t str,
    /// The word in lower case.
    pub(super) lower: String,
    pub(super) kind: PieceKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceKind {
    Word,
    Possessive,
    Mark,
    /// Which quotation.
    Quotation(usize),
}

impl Piece<'_> {
    pub(super) fn is_word(&self) -> bool {
        self.kind == PieceKind::Word
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        self.kind == PieceKind::Mark && self.text == mark
    }

    pub(super) fn is_dash(&self) -> bool {
        self.kind == PieceKind::Mark && matches!(self.text, "—" | "–" | "-" | "―")
    }

    pub(super) fn quotation(&self) -> Option<usize> {
        match self.kind {
            PieceKind::Quotation(index) => Some(index),
            _ => None,
        }
    }

    pub(super) fn is_capitalised(&self) -> bool {
        self.is_word() && is_capitalised(self.text)
    }
}

/// How many pieces a frame has at most. Each verb in it looks at all of them, so a sentence as long as an
/// article, which is no prose, makes several frames.
const LONGEST: usize = 300;

/// A sentence with its quotations whole.
pub(super) struct Frame<'t> {
    pub(super) pieces: Vec<Piece<'t>>,
    /// The paragraph it is of.
    pub(super) block: usize,
}

/// The frames of `text`, in order: its `sentences`, joined where one ends inside a quotation.
pub(super) fn frames<'t>(
    text: &'t str,
    blocks: &[ByteSpan],
    sentences: &[ByteSpan],
    quotations: &[Quotation],
) -> Vec<Frame<'t>> {
    let mut frames = Vec::new();
    let mut open: Option<ByteSpan> = None;
    let (mut block, mut at) = (0, 0);
    for (index, sentence) in sentences.iter().enumerate() {
        let whole = ByteSpan::new(open.map_or(sentence.start, |open| open.start), sentence.end);
        while blocks
            .get(block)
            .is_some_and(|block| block.end < sentence.end)
        {
            block += 1;
        }
        while quotations
            .get(at)
            .is_some_and(|quotation| quotation.span.end <= whole.start)
        {
            at += 1;
        }
        let behind = quotations.partition_point(|quotation| quotation.span.start < whole.end);
        let is_torn = quotations[at..behind]
            .last()
            .is_some_and(|quotation| quotation.span.end > whole.end);
        let next_starts = sentences
            .get(index + 1)
            .map_or(usize::MAX, |next| next.start);
        let block_ends = blocks.get(block).map_or(text.len(), |block| block.end);
        if is_torn && next_starts < block_ends {
            open = Some(whole);
            continue;
        }
        open = None;
        let mut pieces = pieces(text, whole, &quotations[at..], at)
            .into_iter()
            .peekable();
        loop {
            frames.push(Frame {
                pieces: pieces.by_ref().take(LONGEST).collect(),
                block,
            });
            if pieces.peek().is_none() {
                break;
            }
        }
    }
    frames
}

/// The pieces of `within`; `quotations` are those that do not end before it, the first being
/// number `first`.
fn pieces<'t>(
    text: &'t str,
    within: ByteSpan,
    quotations: &[Quotation],
    first: usize,
) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    let mut at = within.start;
    let here = quotations.iter().enumerate();
    let here = here.take_while(|(_, quotation)| quotation.span.start < within.end);
    for (index, quotation) in here.filter(|(_, q)| q.kind == QuotationKind::Speech) {
        let start = quotation.span.start.max(at);
        words(text, ByteSpan::new(at, start), &mut pieces);
        at = quotation.span.end.clamp(start, within.end);
        let span = ByteSpan::new(start, at);
        pieces.push(Piece {
            span,
            text: span.of(text),
            lower: String::new(),
            kind: PieceKind::Quotation(first + index),
        });
    }
    words(text, ByteSpan::new(at, within.end), &mut pieces);
    pieces
}

/// The words and marks of `within`, without the marks of scare quotes and titles.
fn words<'t>(text: &'t str, within: ByteSpan, pieces: &mut Vec<Piece<'t>>) {
    for token in tokens(text, within) {
        let word = token.span.of(text);
        let kind = match token.kind {
            TokenKind::Word => PieceKind::Word,
            TokenKind::Possessive => PieceKind::Possessive,
            TokenKind::Mark if "“”\"„«»‘".contains(word) => continue,
            TokenKind::Mark => PieceKind::Mark,
        };
        pieces.push(Piece {
            span: token.span,
            text: word,
            lower: lowered(word),
            kind,
        });
    }
}
