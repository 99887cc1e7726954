//! Sources: which words beside a verb name who is speaking.

use std::ops::Range;

use super::frame::{Piece, PieceKind};
use super::verb::{self, Class, Form};
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
        (is_relative && end > 0 && (self.is_noun(end - 1) || self.0[end - 1].is_mark(")")))
            .then(|| self.name_ending(end))
            .flatten()
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
                    && rest
                        .iter()
                        .all(|piece| piece.is_word() && !grammar::is_preposition(&piece.lower))
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

    /// Whether the piece at `at` can be the last of a name.
    fn is_noun(&self, at: usize) -> bool {
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
