//! Sources: which words beside a verb name who is speaking.

use std::ops::Range;

use super::frame::{Piece, PieceKind};
use super::verb::{self, Form};
use crate::grammar;

/// The pieces of a frame, searched for the names around a verb.
pub(super) struct Sources<'p, 't>(pub(super) &'p [Piece<'t>]);

impl Sources<'_, '_> {
    /// The subject of the verb at `at`, if it stands before it.
    pub(super) fn to_the_left(&self, at: usize, form: Form) -> Option<Range<usize>> {
        let at = self.before_adverbs(at);
        let before = &self.0[at.checked_sub(1)?];
        if before.is_mark(")") {
            return self.name_ending(at);
        }
        if before.is_mark(",") || before.is_dash() {
            return self.around_aside(at - 1, form);
        }
        if before.quotation().is_some() {
            return (form == Form::Ing).then(|| self.of_clause(at)).flatten();
        }
        if !before.is_word() {
            return None;
        }
        match before.lower.as_str() {
            "to" => None,
            "and" | "but" | "or" => self.of_clause(at - 1),
            word if grammar::is_pronoun(grammar::without_clitic(word)) => Some(at - 1..at),
            word if form == Form::Ing && grammar::is_preposition(word) => self.of_clause(at - 1),
            word if grammar::is_preposition(word) || grammar::is_clause_start(word) => None,
            _ => {
                let name = self.name_ending(at)?;
                // “Trump sent a letter saying …” says who sent it.
                let is_message = form == Form::Ing
                    && self.0[name.clone()]
                        .iter()
                        .any(|piece| verb::is_message(&piece.lower));
                if is_message {
                    self.of_clause(at).or(Some(name))
                } else {
                    Some(name)
                }
            }
        }
    }

    /// The name that the relative pronoun at `at` stands for.
    pub(super) fn antecedent(&self, at: usize) -> Option<Range<usize>> {
        let is_relative = matches!(self.0[at].lower.as_str(), "who" | "which" | "that");
        let end = at
            .checked_sub(1)
            .filter(|&before| self.0[before].is_mark(","))
            .unwrap_or(at);
        let name =
            (is_relative && end > 0 && (self.is_noun(end - 1) || self.0[end - 1].is_mark(")")))
                .then(|| self.name_ending(end))
                .flatten()?;
        // “an apology from Miller, who …”: the nearest name is meant.
        let nearest = name.clone().rev().find(|&at| {
            matches!(
                self.0[at].lower.as_str(),
                "from" | "to" | "by" | "with" | "against"
            )
        });
        Some(nearest.map_or(name.start, |at| at + 1)..name.end)
    }

    /// The name that begins at `from`: after “said”, “by”, “according to”.
    pub(super) fn to_the_right(&self, from: usize, with_time: bool) -> Option<Range<usize>> {
        let first = self.0.get(from).filter(|piece| piece.is_word())?;
        let word = first.lower.as_str();
        if grammar::is_pronoun(word) && !matches!(word, "that" | "this" | "who" | "which") {
            return Some(from..from + 1);
        }
        let may_begin = first.is_capitalised() && !grammar::is_time(word)
            || grammar::is_determiner(word)
            || with_time
            || self.is_noun(from);
        if !may_begin || grammar::is_clause_start(word) || grammar::is_preposition(word) {
            return None;
        }
        let mut end = from;
        while let Some(piece) = self.0.get(end) {
            let goes_on = match piece.lower.as_str() {
                _ if piece.quotation().is_some() => false,
                _ if !piece.is_word() => {
                    !piece.span.is_empty()
                        && (piece.text == "-"
                            || piece.text == "&"
                            || piece.text == "’"
                            || piece.text == "'"
                            || piece.kind == PieceKind::Possessive)
                }
                "of" | "for" | "from" | "with" | "at" | "in" => end > from,
                "and" => self.0.get(end + 1).is_some_and(Piece::is_capitalised) && end > from,
                word if grammar::is_preposition(word) || grammar::is_clause_start(word) => false,
                word if grammar::is_auxiliary(word) || grammar::is_time(word) && end > from => {
                    false
                }
                word => !(grammar::is_pronoun(word) && end > from),
            };
            if !goes_on {
                break;
            }
            end += 1;
        }
        while end > from && grammar::is_preposition(&self.0[end - 1].lower) {
            end -= 1;
        }
        (end > from).then_some(from..end)
    }

    /// The first piece of the auxiliaries, adverbs and times before `at`.
    fn before_adverbs(&self, mut at: usize) -> usize {
        while at > 0 {
            let piece = &self.0[at - 1];
            let word = piece.lower.as_str();
            // “He’s claiming”: the clitic is no possessive before a verb.
            let is_clitic = piece.kind == PieceKind::Possessive;
            let is_skipped = is_clitic
                || piece.is_word()
                    && (grammar::is_auxiliary(word)
                        || grammar::is_adverb(word)
                        || word == "next"
                        || word.ends_with("ly") && word.len() > 4 && !piece.is_capitalised());
            if is_skipped {
                at -= 1;
                if grammar::is_time(word)
                    && at > 0
                    && matches!(self.0[at - 1].lower.as_str(), "on" | "late" | "early")
                {
                    at -= 1;
                }
                continue;
            }
            // “Obama last week said”, “the mayor on Sept. 14 told”.
            if let Some(start) = self.time_ending(at) {
                at = start;
                continue;
            }
            return at;
        }
        at
    }

    /// Where a time begins that ends before `at`: `last week`, `in June`, `on Sept. 14`.
    fn time_ending(&self, at: usize) -> Option<usize> {
        (at.saturating_sub(4)..at.saturating_sub(1))
            .rev()
            .find(|&start| {
                let opens = matches!(
                    self.0[start].lower.as_str(),
                    "last" | "this" | "on" | "in" | "at" | "earlier" | "late" | "during" | "next"
                );
                let rest = &self.0[start + 1..at];
                opens
                    && rest.iter().any(|piece| grammar::is_time(&piece.lower))
                    && rest.iter().all(|piece| {
                        piece.is_word()
                            && !grammar::is_preposition(&piece.lower)
                            && !grammar::is_clause_start(&piece.lower)
                    })
            })
    }

    /// The subject before an aside that ends with the mark at `end`: `Miller, who …, said`.
    fn around_aside(&self, end: usize, form: Form) -> Option<Range<usize>> {
        if form == Form::Ing {
            return self.of_clause(end);
        }
        let closes = &self.0[end];
        let is_opening = |piece: &Piece<'_>| match closes.text {
            "," => piece.is_mark(","),
            ")" => piece.is_mark("("),
            _ => piece.is_dash(),
        };
        // The nearest mark may part items of one aside, “Rawlings, 59, of Ashton, Md., said”: the
        // farthest that leaves nothing but asides is taken.
        let (mut at, mut found) = (end, None);
        for _ in 0..6 {
            let Some(open) = self.0[..at].iter().rposition(is_opening) else {
                break;
            };
            let is_broken = self.0[open..end]
                .iter()
                .any(|piece| piece.quotation().is_some());
            if open == 0 || is_broken {
                break;
            }
            let is_chain = self.is_aside(open + 1, at);
            // “schools, Megan Hester, senior associate, said”: no common noun is Megan Hester.
            let is_whole = found.as_ref().is_some_and(|name: &Range<usize>| {
                name.start == open + 1 && self.0[name.start].is_capitalised() && name.len() > 1
            });
            if found.is_some()
                && (!is_chain || is_whole && !self.0[open.max(1) - 1].is_capitalised())
            {
                break;
            }
            if is_chain && (self.is_noun(open - 1) || self.0[open - 1].is_mark(")")) {
                found = self
                    .name_ending(open)
                    .filter(|name| !self.is_fronted(name.start))
                    .or(found);
            }
            at = open;
        }
        found
    }

    /// Whether a preposition that opens the frame governs the name at `start`: “In Ohio, …”.
    fn is_fronted(&self, start: usize) -> bool {
        start > 0
            && (grammar::is_preposition(&self.0[start - 1].lower)
                || grammar::is_clause_start(&self.0[start - 1].lower))
    }

    /// Whether the pieces `start..end` can be an aside to a name.
    fn is_aside(&self, start: usize, end: usize) -> bool {
        let Some(first) = self.0.get(start).filter(|_| start < end) else {
            return false;
        };
        let word = first.lower.as_str();
        let is_relative = matches!(word, "who" | "whose" | "which" | "whom" | "where");
        let has_verb = self.0[start..end].iter().any(|piece| {
            piece.is_word()
                && (grammar::is_auxiliary(&piece.lower)
                    || grammar::is_pronoun(&piece.lower)
                        && piece.lower != "who"
                        && piece.lower != "that")
        });
        is_relative
            || !has_verb
                && (grammar::is_determiner(word)
                    || grammar::is_preposition(word)
                    || first.is_capitalised()
                    || word.starts_with(|c: char| c.is_ascii_digit())
                    || self.is_noun(start)
                    || word.ends_with("ing")
                    || word.ends_with("ed"))
    }

    /// The subject of the clause that a participle or a second verb at `at` goes on.
    pub(super) fn of_clause(&self, at: usize) -> Option<Range<usize>> {
        let mut start = 0;
        let first = self.0.first()?;
        let fronted = grammar::is_preposition(&first.lower)
            || grammar::is_clause_start(&first.lower)
                && !matches!(first.lower.as_str(), "but" | "and" | "so" | "yet")
            || first.lower.ends_with("ing")
            || first.lower.ends_with("ed")
            || first.lower == "according";
        if fronted {
            start = self.0[..at].iter().position(|piece| piece.is_mark(","))? + 1;
        }
        while start < at {
            let piece = &self.0[start];
            let is_before = piece.quotation().is_some()
                || piece.kind == PieceKind::Mark
                || matches!(piece.lower.as_str(), "but" | "and" | "so" | "yet" | "then")
                || grammar::is_adverb(&piece.lower)
                || piece.lower.ends_with("ly") && (start == 0 || !piece.is_capitalised());
            if !is_before {
                break;
            }
            start += 1;
        }
        // “…,” said Smith, adding
        if start < at
            && self.0[start].is_word()
            && verb::verb(&self.0[start].lower).is_some_and(|v| v.form == Form::Past)
            && start > 0
        {
            return self.to_the_right(start + 1, false);
        }
        let mut end = start;
        while end < at {
            let piece = &self.0[end];
            let word = piece.lower.as_str();
            let stops = piece.quotation().is_some()
                || piece.kind == PieceKind::Mark && !matches!(piece.text, "-" | "&")
                || piece.is_word()
                    && (grammar::is_auxiliary(word)
                        || !piece.is_capitalised()
                            && verb::verb(word).is_some_and(|verb| verb.form != Form::Base)
                            && end > start
                        || grammar::is_clause_start(word) && word != "and"
                        || word == "and"
                            && !self.0.get(end + 1).is_some_and(Piece::is_capitalised)
                        || end > start
                            && (grammar::is_pronoun(word)
                                || grammar::is_adverb(word)
                                || word.ends_with("ly") && !piece.is_capitalised())
                        || grammar::is_irregular_past(word) && end > start
                        || word.ends_with("ed") && word.len() > 4 && end > start);
            if stops {
                break;
            }
            end += 1;
            if grammar::is_pronoun(word) && end == start + 1 {
                break;
            }
        }
        (end > start).then_some(start..end)
    }
}
