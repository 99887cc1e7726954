//! Pronouns, and the people without a name that they could mean instead.

use super::cast::FigureId;
use super::lexicon::{self, Gender};
use super::name::Kind;
use super::page::Word;
use super::resolve::{IN_VIEW, Reading, Seen};
use super::{Link, Links, Mention};
use crate::grammar;
use crate::parties::Pronouns;

/// How many sentences back a pronoun may point.
const REACH: usize = 1;

/// How many words a phrase may have that opens a sentence and points ahead.
const LONGEST_FRONT: usize = 60;

impl Reading<'_, '_> {
    /// The gender of the person that the noun at `at` brings in: “a woman”. A description of somebody
    /// named brings in nobody: “is a professor”, “the founder, Jack Herrick”, “as president”.
    pub(super) fn somebody(&self, at: usize) -> Option<Gender> {
        let word = &self.page.words[at];
        let gender = lexicon::person(&word.lower)?;
        if word.is_capitalised() && !self.page.is_opening(at) {
            return None;
        }
        let next = self.page.near(at, at + 1);
        let behind = if next.is_some_and(|word| word.is_mark(",")) {
            2
        } else {
            1
        };
        if self
            .page
            .near(at, at + behind)
            .is_some_and(Word::is_capitalised)
        {
            return None;
        }
        // “farm worker”, “health official” describe a noun that follows.
        let is_modifier = next.is_some_and(|word| lexicon::person(&word.lower).is_some());
        let mut before = self.page.words[at.saturating_sub(6)..at].iter().rev();
        let edge = before.find(|word| {
            !word.is_word()
                || word.is_capitalised()
                || is_copula(&word.lower)
                || grammar::is_preposition(&word.lower) && word.lower != "of"
        });
        let is_description = edge.is_some_and(|edge| {
            let is_aside = edge.is_mark(",")
                && self.seen.last().is_some_and(|seen| {
                    seen.figure.is_some() && seen.sentence == word.sentence && seen.word + 8 > at
                });
            edge.sentence == word.sentence && (is_copula(&edge.lower) || is_aside)
        });
        (!is_modifier && !is_description).then_some(gender)
    }

    pub(super) fn pronoun(&mut self, at: usize) {
        let word = &self.page.words[at];
        let found = match grammar::without_clitic(&word.lower) {
            "he" | "him" | "his" | "himself" => self.person(at, Gender::He),
            "she" | "her" | "hers" | "herself" => self.person(at, Gender::She),
            "it" | "its" | "itself" => self.thing(at, Pronouns::It),
            "they" | "them" | "their" | "theirs" | "themselves" => self.thing(at, Pronouns::They),
            _ => None,
        };
        let Some(figure) = found else { return };
        self.see_figure(figure, at);
        let party = self.cast.figures[figure].party;
        let may = party.and_then(|party| self.parties.party(party).pronouns);
        let length = grammar::without_clitic(word.text).len();
        let mut span = word.span;
        span.end = span.start + length;
        if let (Some(party), Some(_)) = (party, may)
            && self.links == Links::All
        {
            self.mentions.push(Mention {
                party,
                span,
                link: Link::Pronoun,
            });
        }
        self.refer_at(span, figure, false);
    }

    /// Whom “he” or “she” at `at` means, if only one person can be meant.
    pub(super) fn person(&self, at: usize, gender: Gender) -> Option<FigureId> {
        let word = &self.page.words[at];
        let agrees = |seen: &&Seen| seen.kind == Kind::Person && seen.gender.agrees(gender);
        let is_near = |seen: &&Seen| match word.quotation {
            None => seen.beat + REACH >= word.beat,
            Some(_) => seen.sentence + REACH >= word.sentence,
        };
        let near = self.seen.iter().rev().take(IN_VIEW).take_while(is_near);
        let fitting: Vec<&Seen> = near.filter(agrees).collect();
        let first = fitting.first()?;
        let figure = first.figure?;
        let is_one = fitting.iter().all(|seen| seen.figure == Some(figure));
        let same_voice = fitting.iter().any(|seen| seen.quotation == word.quotation);
        (is_one && same_voice && !self.is_ahead_of_another(at, figure)).then_some(figure)
    }

    /// Whether the pronoun at `at` stands in a phrase that opens its sentence and may point ahead, to
    /// somebody else: “On his website, Sarvis notes …”.
    pub(super) fn is_ahead_of_another(&self, at: usize, figure: FigureId) -> bool {
        let sentence = self.page.words[at].sentence;
        let start = self
            .page
            .words
            .partition_point(|word| word.sentence < sentence);
        if at - start > LONGEST_FRONT {
            return false;
        }
        let opens = self.page.words[start..at]
            .iter()
            .find(|word| word.is_word())
            .is_some_and(|word| {
                grammar::is_preposition(&word.lower)
                    || grammar::is_clause_start(&word.lower)
                    || word.lower.ends_with("ing")
            });
        let is_fronted = opens
            && !self.page.words[start..at]
                .iter()
                .any(|word| word.is_mark(","));
        let comma = (at..at + 15).find(|&comma| {
            self.page
                .near(at, comma)
                .is_some_and(|word| word.is_mark(","))
        });
        let Some(subject) = comma
            .filter(|_| is_fronted)
            .and_then(|comma| self.page.near(at, comma + 1))
        else {
            return false;
        };
        let from = self
            .page
            .words
            .partition_point(|word| word.span.start < subject.span.start);
        let behind = self.page.aliases.get(&from).map(|(_, party)| Some(*party));
        match behind.or_else(|| self.names.at(from).map(|_| None)) {
            Some(party) if party.is_some() => party != self.cast.figures[figure].party,
            Some(_) => self.names.at(from).is_some_and(|name| {
                let last = name.core.end.max(1) - 1;
                !self.cast.figures[figure]
                    .name
                    .to_lowercase()
                    .contains(&self.page.words[last].lower)
            }),
            None => false,
        }
    }

    /// What “it” or “they” at `at` means. Both stand for so much that only two patterns are taken: the
    /// one before in the same clause, “Hamas said it”, and the subject of the sentence before that a
    /// sentence goes on about, “It said”.
    pub(super) fn thing(&self, at: usize, pronouns: Pronouns) -> Option<FigureId> {
        let word = &self.page.words[at];
        let last = self.seen.last()?;
        let figure = last.figure?;
        let party = self.cast.figures[figure].party?;
        if self.parties.party(party).pronouns != Some(pronouns) || last.quotation != word.quotation
        {
            return None;
        }
        if last.sentence == word.sentence {
            let end = self
                .page
                .aliases
                .get(&last.word)
                .map_or(last.word + 1, |(end, _)| *end);
            let between = &self.page.words[end.min(at)..at];
            let is_plain = between.len() <= 8
                && between
                    .iter()
                    .all(|word| is_verbal(word) || word.is_possessive());
            return is_plain.then_some(figure);
        }
        let start = self
            .page
            .words
            .partition_point(|other| other.sentence < word.sentence);
        let before = self
            .page
            .words
            .partition_point(|other| other.sentence + 1 < word.sentence);
        let says = self
            .page
            .near(at, at + 1)
            .is_some_and(|next| is_saying(&next.lower));
        let is_subject = || {
            last.sentence + 1 == word.sentence
                && self.page.words[before..last.word]
                    .iter()
                    .all(|word| word.lower == "the" || !word.is_word())
        };
        let is_only = || {
            self.seen
                .iter()
                .rev()
                .take_while(|seen| seen.sentence == last.sentence)
                .all(|seen| seen.figure == Some(figure))
        };
        (start == at && says && is_subject() && is_only()).then_some(figure)
    }
}

/// Whether a word between a name and “it” brings in nothing that “it” could mean instead.
fn is_verbal(word: &Word<'_>) -> bool {
    let lower = word.lower.as_str();
    word.is_word()
        && !word.is_capitalised()
        && (grammar::is_auxiliary(lower)
            || grammar::is_adverb(lower)
            || grammar::is_pronoun(lower) && lower == "that"
            || matches!(
                lower,
                "that"
                    | "and"
                    | "but"
                    | "to"
                    | "for"
                    | "from"
                    | "with"
                    | "on"
                    | "in"
                    | "of"
                    | "if"
                    | "when"
                    | "because"
                    | "as"
                    | "where"
            )
            || lower.ends_with("ed")
            || lower.ends_with("ing")
            || lower.ends_with("ly")
            || is_saying(lower)
            || matches!(
                lower,
                "has"
                    | "lost"
                    | "won"
                    | "sent"
                    | "held"
                    | "kept"
                    | "made"
                    | "gave"
                    | "took"
                    | "broke"
                    | "hit"
                    | "put"
                    | "cut"
                    | "set"
                    | "use"
                    | "uses"
                    | "saw"
                    | "sees"
            ))
}

fn is_saying(word: &str) -> bool {
    matches!(
        word,
        "said"
            | "says"
            | "announced"
            | "added"
            | "argued"
            | "claimed"
            | "stated"
            | "insisted"
            | "denied"
            | "warned"
            | "called"
            | "accused"
            | "rejected"
            | "believes"
            | "wants"
            | "wanted"
            | "plans"
            | "planned"
            | "hopes"
            | "hoped"
            | "expects"
            | "expected"
            | "vowed"
            | "pledged"
            | "urged"
            | "condemned"
            | "confirmed"
            | "reported"
            | "acknowledged"
            | "demanded"
            | "ordered"
            | "agreed"
            | "refused"
            | "declined"
            | "decided"
            | "voted"
            | "apologised"
            | "apologized"
            | "criticised"
            | "criticized"
            | "blamed"
            | "promised"
            | "proposed"
            | "asked"
            | "told"
            | "wrote"
    )
}

/// What a description of the subject follows.
fn is_copula(word: &str) -> bool {
    matches!(
        word,
        "is" | "was"
            | "are"
            | "were"
            | "be"
            | "been"
            | "being"
            | "become"
            | "became"
            | "becomes"
            | "as"
            | "remains"
            | "remained"
            | "named"
            | "called"
            | "elected"
            | "appointed"
            | "like"
    )
}
