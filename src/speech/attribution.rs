//! Attributions: which words of a frame say who says, thinks or judges, and what.

use std::ops::Range;

use super::clause::by_verb;
use super::frame::{Frame, Piece, PieceKind};
use super::source::Sources;
use super::verb::{self, Class};
use crate::grammar;
use crate::span::ByteSpan;

/// Somebody’s words or views, as the text gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// The words that name who is speaking; none if the text leaves it open.
    pub source: Option<ByteSpan>,
    /// Whom a relative pronoun that is the source stands for: “Miller, who said …”.
    pub antecedent: Option<ByteSpan>,
    /// The verb, or what stands for one.
    pub cue: ByteSpan,
    /// What is given, in order.
    pub content: Vec<ByteSpan>,
    /// Whether it is speech, thought or judgement.
    pub manner: Manner,
}

/// How somebody’s words or views are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Between quotation marks.
    Quoted,
    /// As a clause: X said that …
    Reported,
    /// As what somebody thinks, wants or finds.
    Thought,
    /// As what somebody thinks of somebody: X blamed Y.
    Judged,
}

/// The attributions in a frame, in the order of their cues.
pub(super) fn attributions(frame: &Frame<'_>) -> Vec<Attribution> {
    let pieces = &frame.pieces;
    let mut found = Vec::new();
    found.extend(by_label(pieces));
    found.extend(pieces.iter().filter_map(by_inner_label));
    for at in 0..pieces.len() {
        found.extend(
            according_to(pieces, at)
                .or_else(|| by_verb(pieces, at))
                .or_else(|| by_noun(pieces, at))
                .or_else(|| by_dash(pieces, at)),
        );
    }
    // “The piece used one of her words as its headline:”
    if found.is_empty() && pieces.len() > 2 && pieces[pieces.len() - 1].is_mark(":") {
        let end = pieces.len();
        let source = Sources(pieces).of_clause(end - 1);
        found.extend(
            source.map(|source| attribution(pieces, Class::Say, source, end - 1..end, end..end)),
        );
    }
    found
}

/// An attribution of the `content` to the `source`.
pub(super) fn attribution(
    pieces: &[Piece<'_>],
    class: Class,
    source: Range<usize>,
    cue: Range<usize>,
    content: Range<usize>,
) -> Attribution {
    let mut named = span(pieces, source.clone());
    // “She’ll”
    if source.len() == 1
        && grammar::is_pronoun(grammar::without_clitic(&pieces[source.start].lower))
    {
        named.end = named.start + grammar::without_clitic(pieces[source.start].text).len();
    }
    let antecedent = (source.len() == 1)
        .then(|| Sources(pieces).antecedent(source.start))
        .flatten();
    Attribution {
        source: Some(named),
        antecedent: antecedent.map(|name| span(pieces, name)),
        cue: span(pieces, cue),
        manner: manner(class, pieces, content.clone()),
        content: contents(pieces, content),
    }
}

/// `PENCE: Well, look …`, `Sanders: Clinton needs …`.
fn by_label(pieces: &[Piece<'_>]) -> Option<Attribution> {
    const NO_NAMES: &[&str] = &[
        "correction",
        "note",
        "update",
        "watch",
        "video",
        "image",
        "photo",
        "read",
        "related",
        "source",
        "editor",
        "breaking",
        "opinion",
        "analysis",
        "more",
    ];
    let colon = pieces.iter().take(6).position(|piece| piece.is_mark(":"))?;
    let label = &pieces[..colon];
    let is_name = !label.is_empty()
        && label
            .iter()
            .all(|piece| piece.is_capitalised() || piece.is_mark(".") || piece.is_mark("-"))
        && !label.iter().any(|piece| {
            NO_NAMES.contains(&piece.lower.as_str()) || verb::verb(&piece.lower).is_some()
        });
    (is_name && colon + 1 < pieces.len()).then(|| {
        attribution(
            pieces,
            Class::Say,
            0..colon,
            colon..colon + 1,
            colon + 1..pieces.len(),
        )
    })
}

/// The name in capitals, or the letter, that begins a turn in a transcript, and where its mark ends:
/// `MR. EARNEST:`, `Q:`, `Q   Why?`.
pub(super) fn label(frame: &Frame<'_>) -> Option<(ByteSpan, ByteSpan)> {
    let pieces = &frame.pieces;
    let colon = pieces.iter().take(7).position(|piece| piece.is_mark(":"));
    let first = pieces.first().filter(|piece| piece.is_word())?;
    if colon.is_none()
        && first.text == "Q"
        && pieces
            .get(1)
            .is_some_and(|next| next.span.start > first.span.end + 1)
    {
        return Some((first.span, ByteSpan::new(first.span.end, first.span.end)));
    }
    let colon = colon?;
    let is_name = |piece: &Piece<'_>| {
        !piece.is_word()
            || crate::word::is_capitals(piece.text)
            || piece.text.len() == 1 && piece.is_capitalised()
            || piece.text.len() == 2 && piece.text.ends_with('.')
    };
    let is_label = colon > 0 && pieces[..colon].iter().all(is_name);
    is_label.then(|| (span(pieces, 0..colon), pieces[colon].span))
}

/// `"PENCE: Well, look …"`, as a transcript in quotation marks has it.
fn by_inner_label(piece: &Piece<'_>) -> Option<Attribution> {
    piece.quotation()?;
    let inner = piece.text.trim_start_matches(['"', '“', '”']);
    let (label, _) = inner.split_once(':')?;
    let is_name = crate::word::is_capitals(label)
        && label.len() < 30
        && label
            .chars()
            .all(|c| c.is_alphabetic() || " .-".contains(c));
    let start = piece.span.start + piece.text.len() - inner.len();
    let source = ByteSpan::new(start, start + label.len());
    is_name.then(|| Attribution {
        source: Some(source),
        antecedent: None,
        cue: ByteSpan::new(source.end, source.end + 1),
        content: vec![ByteSpan::new(source.end + 1, piece.span.end)],
        manner: Manner::Quoted,
    })
}

/// `“…” — X`: a quotation with its speaker behind a dash.
fn by_dash(pieces: &[Piece<'_>], at: usize) -> Option<Attribution> {
    let is_dash = pieces[at].is_dash() || pieces[at].is_mark("―");
    let is_behind = at == 0 || pieces[at - 1].quotation().is_some();
    let name = pieces.get(at + 1..)?;
    let is_name = (1..=6).contains(&name.len())
        && name
            .iter()
            .all(|piece| piece.is_capitalised() || piece.is_mark(".") || piece.is_mark(","));
    (is_dash && is_behind && is_name)
        .then(|| attribution(pieces, Class::Say, at + 1..pieces.len(), at..at + 1, 0..at))
}

/// `Trump’s claim that …`, `their call for …`.
fn by_noun(pieces: &[Piece<'_>], at: usize) -> Option<Attribution> {
    let piece = &pieces[at];
    let next = pieces.get(at + 1)?;
    let governs = matches!(
        next.lower.as_str(),
        "that" | "of" | "to" | "for" | "about" | "on" | "against"
    ) || next.quotation().is_some();
    if !piece.is_word() || !verb::is_saying(&piece.lower) || !governs {
        return None;
    }
    // “Mrs. Clinton’s own latest plan to”
    let owner = (at.saturating_sub(3)..at).rev().find(|&owner| {
        pieces[owner].kind == PieceKind::Possessive
            || matches!(
                pieces[owner].lower.as_str(),
                "his" | "her" | "their" | "its" | "my" | "our"
            )
    })?;
    let is_near = pieces[owner + 1..at].iter().all(|piece| {
        piece.is_word()
            && !grammar::is_preposition(&piece.lower)
            && !grammar::is_auxiliary(&piece.lower)
            && !grammar::is_clause_start(&piece.lower)
    });
    let source = if pieces[owner].kind == PieceKind::Possessive {
        Sources(pieces).name_ending(owner)?
    } else {
        owner..owner + 1
    };
    let content = trimmed(pieces, at + 1..pieces.len());
    (is_near && !content.is_empty())
        .then(|| attribution(pieces, Class::Judge, source, at..at + 1, content))
}

/// `according to X, …`, `…, according to X`, `in the words of X`.
fn according_to(pieces: &[Piece<'_>], at: usize) -> Option<Attribution> {
    let is_here = |words: &[&str]| {
        let here = pieces.get(at..at + words.len());
        here.is_some_and(|here| {
            here.iter()
                .zip(words)
                .all(|(piece, word)| piece.lower == *word)
        })
    };
    let phrases: [&[&str]; 4] = [
        &["according", "to"],
        &["in", "the", "words", "of"],
        &["in", "the", "opinion", "of"],
        &["in", "the", "view", "of"],
    ];
    let phrase = phrases.iter().find(|phrase| is_here(phrase))?;
    let from = at + phrase.len();
    let source = Sources(pieces).to_the_right(from, true)?;
    let end = pieces.len();
    // At the beginning of a clause the content follows, else it goes before.
    let is_front = at == 0 || pieces[at - 1].lower == "but" || pieces[at - 1].lower == "and";
    let content = if is_front {
        let comma = pieces[source.end..]
            .iter()
            .position(|piece| piece.is_mark(","));
        source.end + comma.map_or(0, |comma| comma + 1)..end
    } else {
        trimmed(pieces, 0..at)
    };
    Some(attribution(pieces, Class::Say, source, at..from, content))
}

pub(super) fn trimmed(pieces: &[Piece<'_>], range: Range<usize>) -> Range<usize> {
    let is_edge = |at: &usize| {
        let piece = &pieces[*at];
        piece.is_mark(",") || piece.is_mark(".") || piece.is_mark(":") || piece.is_dash()
    };
    let start = range.clone().find(|at| !is_edge(at)).unwrap_or(range.end);
    let end = (start..range.end)
        .rev()
        .find(|at| !is_edge(at))
        .map_or(start, |at| at + 1);
    start..end
}

fn span(pieces: &[Piece<'_>], range: Range<usize>) -> ByteSpan {
    ByteSpan::new(
        pieces[range.start].span.start,
        pieces[range.end - 1].span.end,
    )
}

/// The stretches of the content: each quotation, and what stands between them.
fn contents(pieces: &[Piece<'_>], range: Range<usize>) -> Vec<ByteSpan> {
    if range.is_empty() {
        return Vec::new();
    }
    let quotations: Vec<ByteSpan> = pieces[range.clone()]
        .iter()
        .filter(|piece| piece.quotation().is_some())
        .map(|piece| piece.span)
        .collect();
    let first_is_quotation = pieces[range.start].quotation().is_some();
    if first_is_quotation && !quotations.is_empty() {
        return quotations;
    }
    vec![span(pieces, range)]
}

fn manner(class: Class, pieces: &[Piece<'_>], content: Range<usize>) -> Manner {
    let is_quoted = pieces
        .get(content.start)
        .is_some_and(|piece| piece.quotation().is_some());
    match class {
        _ if is_quoted => Manner::Quoted,
        Class::Say | Class::Quote => Manner::Reported,
        Class::Think => Manner::Thought,
        Class::Judge => Manner::Judged,
    }
}
