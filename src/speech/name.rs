//! Names with their descriptions: where the one that ends before a word begins.

use std::ops::Range;

use super::frame::{Piece, PieceKind};
use super::source::Sources;
use super::verb::{self, Class, Form};
use crate::grammar;

impl Sources<'_, '_> {
    /// Whether the piece at `at` can be the last of a name.
    pub(super) fn is_noun(&self, at: usize) -> bool {
        let piece = &self.0[at];
        let word = piece.lower.as_str();
        piece.is_word()
            && !grammar::is_auxiliary(word)
            && !grammar::is_preposition(word)
            && !grammar::is_clause_start(word)
            && !grammar::is_adverb(word)
            && (piece.is_capitalised()
                || !matches!(word, "the" | "a" | "an" | "his" | "her" | "its" | "their"))
    }

    /// The name, with its descriptions, that ends before `end`.
    pub(super) fn name_ending(&self, mut end: usize) -> Option<Range<usize>> {
        // “A report released last year found”: the participle is no part of the name.
        while end > 1 && self.0[end - 1].is_word() && self.is_finite(end - 1) {
            end -= 1;
        }
        let mut start = end;
        while let Some(before) = self.step_left(start, end) {
            start = before;
        }
        // What is capitalised only because it opens the sentence.
        while start < end && self.0[start].is_word() && self.is_opening_word(start) {
            start += 1;
        }
        if let Some(relative) = self.relative_before(start) {
            return self.name_ending(relative);
        }
        (start < end && self.0[start..end].iter().any(Piece::is_word)).then_some(start..end)
    }

    /// The relative pronoun whose clause ends with the name that begins at `start`, an object then:
    /// “one of the doctors who sent the letter called”.
    fn relative_before(&self, start: usize) -> Option<usize> {
        let from = start.saturating_sub(10);
        let open = self.0[from..start].iter().rposition(|piece| {
            piece.quotation().is_some()
                || piece.kind == PieceKind::Mark && piece.text != "-"
                || piece.is_word() && grammar::is_clause_start(&piece.lower) && piece.lower != "and"
        })? + from;
        let is_relative = matches!(self.0[open].lower.as_str(), "who" | "which" | "that");
        let has_verb =
            (open + 1..start).any(|at| self.is_finite(at) || self.0[at].lower.ends_with("ed"));
        (is_relative
            && has_verb
            && open > 0
            && self.is_noun(open - 1)
            && !self.is_finite(open - 1)
            && verb::verb(&self.0[open - 1].lower).is_none_or(|verb| verb.form == Form::Base))
        .then_some(open)
    }

    /// Where a name that ends before `end` and holds all from `start` on begins at least, if it
    /// goes on to the left.
    fn step_left(&self, start: usize, end: usize) -> Option<usize> {
        let piece = &self.0[start.checked_sub(1)?];
        let word = piece.lower.as_str();
        let is_last = start == end;
        if piece.is_mark(")") {
            let open = self.0[..start]
                .iter()
                .rposition(|piece| piece.is_mark("("))?;
            return (open > 0).then_some(open);
        }
        if piece.is_mark(",") {
            return self.list_before(start, end);
        }
        if !piece.is_word() {
            let touches = self
                .0
                .get(start)
                .is_some_and(|next| next.span.start == piece.span.end);
            let joins = matches!(piece.text, "-" | "&" | "$" | "/") && touches
                || matches!(piece.text, "%" | "&")
                || piece.kind == PieceKind::Possessive;
            return joins.then_some(start - 1);
        }
        let is_verb = !piece.is_capitalised()
            && !is_last
            && verb::verb(word).is_some_and(|verb| {
                verb.form == Form::Past
                    && verb.class != Class::Judge
                    && !self.is_attributive(start - 1)
            });
        let opens_clause = grammar::is_clause_start(word) && !matches!(word, "and" | "or");
        if grammar::is_auxiliary(word) || is_verb || opens_clause {
            return None;
        }
        if matches!(word, "and" | "or") {
            return self.coordinated(start, end);
        }
        let is_pronoun = grammar::is_pronoun(grammar::without_clitic(word));
        if is_pronoun && !matches!(word, "others" | "this" | "everyone" | "anyone") {
            return None;
        }
        if grammar::is_preposition(word) {
            let attaches = start >= 2 && self.is_noun(start - 2) && !is_last && !self.is_finite(start - 2)
                || start >= 2 && self.0[start - 2].is_mark(")")
                // “polls taken over the past two weeks”
                || start >= 3 && self.is_finite(start - 2) && self.is_noun(start - 3) && !self.is_finite(start - 3)
                    && verb::verb(&self.0[start - 2].lower).is_none_or(|verb| verb.class == Class::Judge);
            return attaches.then_some(start - 1);
        }
        let is_free = grammar::is_adverb(word) && !piece.is_capitalised();
        if is_free && !matches!(word, "all" | "both" | "first" | "long") {
            return None;
        }
        // Nothing but a preposition goes on before an article.
        let is_closed = start < end && {
            let first = &self.0[start];
            first.is_word()
                && grammar::is_determiner(&first.lower)
                && !grammar::is_number(&first.lower)
                && !grammar::is_determiner(word)
        };
        (!is_closed).then_some(start - 1)
    }

    /// Where “A, B and C” begins, if the comma before `start` is one of a list.
    fn list_before(&self, start: usize, end: usize) -> Option<usize> {
        let is_list = self.0[start..end]
            .iter()
            .any(|piece| matches!(piece.lower.as_str(), "and" | "or"));
        let before = &self.0[start.checked_sub(2)?];
        let is_name = |piece: &Piece<'_>| piece.is_capitalised() || piece.is_mark(")");
        (is_list && is_name(before) && self.0[start].is_capitalised()).then_some(start - 1)
    }

    /// Where “A and B” begins, if the conjunction before `start` joins names and not clauses: no
    /// verb stands between it and the beginning of its clause.
    fn coordinated(&self, start: usize, end: usize) -> Option<usize> {
        if start < 2 || start == end {
            return None;
        }
        let both_names = self.0[start].is_capitalised()
            && (self.0[start - 2].is_capitalised() || self.0[start - 2].is_mark(")"));
        let mut at = start - 1;
        while at > 0 {
            let piece = &self.0[at - 1];
            let is_boundary = piece.quotation().is_some()
                || piece.kind == PieceKind::Mark
                    && !matches!(piece.text, "-" | "&" | "$" | "%" | "(" | ")")
                || piece.is_word()
                    && grammar::is_clause_start(&piece.lower)
                    && !matches!(piece.lower.as_str(), "and" | "or");
            if is_boundary {
                break;
            }
            let is_verb = piece.is_word()
                && (grammar::is_auxiliary(&piece.lower)
                    || grammar::is_pronoun(&piece.lower)
                    || !piece.is_capitalised()
                        && (verb::verb(&piece.lower).is_some_and(|verb| verb.form == Form::Past)
                            || piece.lower.ends_with("ed"))
                    || piece.lower == "to");
            if is_verb {
                return both_names.then_some(start - 1);
            }
            at -= 1;
        }
        let opens = self
            .0
            .get(at)
            .is_some_and(|piece| !grammar::is_preposition(&piece.lower));
        (both_names || opens && at < start - 1).then_some(start - 1)
    }

    fn is_opening_word(&self, at: usize) -> bool {
        let word = self.0[at].lower.as_str();
        matches!(
            word,
            "but"
                | "and"
                | "so"
                | "yet"
                | "then"
                | "as"
                | "when"
                | "while"
                | "if"
                | "though"
                | "although"
                | "because"
                | "still"
                | "now"
                | "later"
                | "also"
                | "instead"
                | "meanwhile"
                | "however"
        ) || word.ends_with("ly")
            && at + 1 < self.0.len()
            && !matches!(word, "family" | "italy" | "ally" | "kelly" | "billy")
    }

    /// Whether the past form at `at` stands before a noun as an adjective does: `the proposed law`.
    fn is_attributive(&self, at: usize) -> bool {
        at > 0 && grammar::is_determiner(&self.0[at - 1].lower)
    }

    /// Whether the word at `at` looks like the verb of a clause.
    fn is_finite(&self, at: usize) -> bool {
        let piece = &self.0[at];
        !piece.is_capitalised()
            && (grammar::is_auxiliary(&piece.lower)
                || verb::verb(&piece.lower).is_some_and(|verb| verb.form == Form::Past)
                || piece.lower.ends_with("ed") && piece.lower.len() > 4)
    }
}
