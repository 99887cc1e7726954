//! Clauses with a verb that gives words to somebody: who is its subject, and what it governs.

use std::ops::Range;

use super::attribution::{Attribution, attribution, trimmed};
use super::frame::{Piece, PieceKind};
use super::source::Sources;
use super::verb::{self, Class, Form, Verb};
use crate::grammar;

pub(super) fn by_verb(pieces: &[Piece<'_>], at: usize) -> Option<Attribution> {
    let piece = &pieces[at];
    let verb = verb::verb(&piece.lower).filter(|_| piece.is_word())?;
    if !is_verbal(pieces, at, verb) {
        return None;
    }
    let sources = Sources(pieces);
    if is_passive(pieces, at, verb) {
        return by_passive(pieces, at, verb);
    }
    let (source, after, is_inverted) = match sources.to_the_left(at, verb.form) {
        Some(source) => (source, at + 1, false),
        None => {
            let source = inverted(pieces, at, verb)?;
            let after = source.end;
            (source, after, true)
        }
    };
    let before = if is_inverted { at } else { source.start };
    let content = content(pieces, verb, before, at, after)?;
    Some(attribution(pieces, verb.class, source, at..at + 1, content))
}

/// Whether the word at `at`, a form of `verb`, stands there as a verb: “claims” and “reported” are
/// nouns and adjectives too.
fn is_verbal(pieces: &[Piece<'_>], at: usize, verb: Verb) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &pieces[before]) else {
        // A clause may begin with a participle, and with the verb of “Said Ellis: …”.
        return verb.form == Form::Ing || pieces[at].lower == "said";
    };
    // “the United States”: but headlines capitalise all.
    if pieces[at].is_capitalised() && !is_headline(pieces) {
        return false;
    }
    let after = pieces.get(at + 1);
    // “The numbers do not add up.”
    if verb.form == Form::Base && after.is_some_and(|after| after.lower == "up") {
        return false;
    }
    if before.quotation().is_some() || before.is_mark(",") {
        return verb.form != Form::Base || after.is_some_and(|after| after.is_word());
    }
    let word = before.lower.as_str();
    if !before.is_word() {
        let is_clitic =
            before.kind == PieceKind::Possessive && matches!(verb.form, Form::Ing | Form::Past);
        return is_clitic || before.is_dash() || before.is_mark(")") || before.is_mark(":");
    }
    let is_open = grammar::is_determiner(word)
        && !matches!(
            word,
            "both"
                | "all"
                | "others"
                | "many"
                | "most"
                | "some"
                | "few"
                | "this"
                | "one"
                | "several"
        )
        || grammar::is_preposition(word);
    let governs = || {
        after.is_none_or(|after| {
            after.quotation().is_some()
                || after.is_capitalised()
                || matches!(after.text, ":" | "," | ".")
                || after.is_word()
                    && (grammar::is_determiner(&after.lower)
                        || grammar::is_pronoun(&after.lower)
                        || grammar::is_clause_start(&after.lower)
                        || after.lower.ends_with("ly")
                        || matches!(
                            after.lower.as_str(),
                            "in" | "on" | "to" | "at" | "there" | "for"
                        ))
        })
    };
    match verb.form {
        Form::Past => !is_open,
        Form::Ing => {
            !is_open
                || matches!(
                    word,
                    "in" | "by" | "of" | "without" | "for" | "from" | "with"
                )
        }
        Form::ThirdPerson => {
            let is_plain = !verb::is_plural_noun(&pieces[at].lower);
            let is_certain =
                after.is_some_and(|after| after.lower == "that" || after.quotation().is_some());
            !is_open
                && (is_plain
                    || grammar::is_pronoun(word)
                    || before.is_capitalised() && governs()
                    || is_certain && !word.ends_with("ing"))
        }
        Form::Base => {
            word != "to"
                && (grammar::is_auxiliary(word)
                    || matches!(
                        word,
                        "they"
                            | "we"
                            | "i"
                            | "you"
                            | "who"
                            | "people"
                            | "police"
                            | "many"
                            | "some"
                            | "most"
                            | "others"
                            | "also"
                            | "both"
                    )
                    || word.ends_with('s') && !is_open && governs()
                    || before.is_capitalised()
                        && at > 1
                        && pieces[at - 2].lower == "and"
                        && governs()
                    || word.ends_with("ly"))
        }
    }
}

/// Whether nearly all words are capitalised.
fn is_headline(pieces: &[Piece<'_>]) -> bool {
    let words = || {
        pieces
            .iter()
            .filter(|piece| piece.is_word() && piece.text.len() > 3)
    };
    let small = words().filter(|piece| !piece.is_capitalised()).count();
    small * 6 <= words().count()
}

fn is_passive(pieces: &[Piece<'_>], at: usize, verb: Verb) -> bool {
    if verb.form != Form::Past {
        return false;
    }
    let mut before = pieces[..at].iter().rev();
    let auxiliary = before.find(|piece| {
        !(piece.is_word()
            && (grammar::is_adverb(&piece.lower)
                || piece.lower.ends_with("ly")
                || piece.lower == "not"))
    });
    auxiliary.is_some_and(|piece| grammar::is_be(&piece.lower))
}

/// `Y was blamed by X for …`.
fn by_passive(pieces: &[Piece<'_>], at: usize, verb: Verb) -> Option<Attribution> {
    let near = at + 1..pieces.len().min(at + 8);
    let by = near.clone().find(|&by| pieces[by].lower == "by")?;
    let source = Sources(pieces).to_the_right(by + 1, false)?;
    Some(attribution(pieces, verb.class, source, at..at + 1, 0..at))
}

/// The source of `“…,” said X` and `…, says X, …`.
fn inverted(pieces: &[Piece<'_>], at: usize, verb: Verb) -> Option<Range<usize>> {
    let before = at.checked_sub(1).map(|before| &pieces[before]);
    let may_precede = before.is_none_or(|before| {
        before.quotation().is_some()
            || before.is_mark(",")
            || before.is_dash()
            || before.is_mark("?")
    });
    if !may_precede
        || !matches!(verb.form, Form::Past | Form::ThirdPerson)
        || verb.class == Class::Judge
    {
        return None;
    }
    Sources(pieces).to_the_right(at + 1, false)
}

/// Which pieces are the content of the verb at `at`, whose source begins at `before` if it stands
/// before the verb; `after` is the first piece behind verb and source.
fn content(
    pieces: &[Piece<'_>],
    verb: Verb,
    before: usize,
    at: usize,
    after: usize,
) -> Option<Range<usize>> {
    let end = pieces.len();
    let left = trimmed(pieces, 0..before);
    let right = trimmed(pieces, after..end);
    let said_before = pieces[..before]
        .iter()
        .rev()
        .find(|piece| !piece.is_mark(","))
        .is_some_and(|piece| piece.quotation().is_some());
    if verb.class == Class::Judge {
        return Some(right).filter(|right| !right.is_empty());
    }
    if said_before && verb.form != Form::Ing {
        return Some(
            if pieces[after.min(end)..]
                .iter()
                .any(|piece| piece.quotation().is_some())
            {
                0..end
            } else {
                left
            },
        );
    }
    let opens = right.clone().take(12).any(|at| {
        pieces[at].lower == "that" || pieces[at].quotation().is_some() || pieces[at].is_mark(":")
    });
    // “Lee told reporters on Monday: ‘…’”: whom and when is no part of what was said.
    let quotation = right
        .clone()
        .take(9)
        .find(|&at| pieces[at].quotation().is_some());
    if let Some(quotation) = quotation {
        let is_bare = |piece: &Piece<'_>| is_verb(piece) || piece.lower == "that";
        if !pieces[right.start..quotation].iter().any(is_bare) {
            return Some(quotation..right.end);
        }
    }
    // “The plan failed, Smith said on Monday.”
    let comma = before
        .checked_sub(1)
        .is_some_and(|at| pieces[at].is_mark(",") || pieces[at].is_dash());
    let is_adjunct = pieces.get(at + 1).is_none_or(|next| {
        !next.is_word()
            || grammar::is_preposition(&next.lower)
            || grammar::is_time(&next.lower)
            || grammar::is_adverb(&next.lower)
            || next.lower.ends_with("ly")
            || matches!(verb.class, Class::Say | Class::Quote) && has_clause(pieces, left.clone())
    });
    let is_tail = comma
        && !opens
        && verb.form != Form::Ing
        && is_adjunct
        && !has_clause(pieces, at + 1..end)
        && left.len() > 2
        && (!grammar::is_preposition(&pieces[left.start].lower)
            || pieces[left.clone()].iter().any(is_verb));
    if is_tail || after > at + 1 && comma_before(pieces, at) {
        return Some(left);
    }
    if verb.class == Class::Quote && !opens {
        return None;
    }
    // “He said:” is followed by its content.
    if right.is_empty() && pieces[end - 1].is_mark(":") {
        return Some(end..end);
    }
    Some(right)
        .filter(|right| !right.is_empty())
        .or(Some(left))
        .filter(|left| !left.is_empty())
}

fn comma_before(pieces: &[Piece<'_>], at: usize) -> bool {
    at > 0 && pieces[at - 1].is_mark(",")
}

/// Whether there is a verb of a clause in `range`, up to its first comma.
fn has_clause(pieces: &[Piece<'_>], range: Range<usize>) -> bool {
    let first = pieces.get(range.start);
    if first.is_none_or(|piece| piece.is_mark(",") || piece.is_mark(".")) {
        return false;
    }
    pieces[range]
        .iter()
        .take_while(|piece| !piece.is_mark(","))
        .any(|piece| is_verb(piece) || piece.lower == "to")
}

fn is_verb(piece: &Piece<'_>) -> bool {
    piece.is_word() && (grammar::is_auxiliary(&piece.lower) || verb::verb(&piece.lower).is_some())
}
