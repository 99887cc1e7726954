//! Titles: offices, the last words of organisations’ names, and acronyms that the text has given to
//! somebody.

use std::ops::Range;

use super::Link;
use super::cast::FigureId;
use super::lexicon::{self, Gender};
use super::name::{Kind, Name};
use super::page::{Page, Word};
use super::resolve::{IN_VIEW, Reading, Seen};
use crate::grammar;
use crate::parties::PartyId;
use crate::word::{TokenKind, is_capitals};

/// How many sentences back “the department” may point.
const TITLE_REACH: usize = 6;

impl Reading<'_, '_> {
    /// “President”, “Secretary of State” with a capital and no name.
    pub(super) fn office_alone(&mut self, name: &Name) -> usize {
        let office = lowered(self.page, name.whole.clone());
        let before = name
            .whole
            .start
            .checked_sub(1)
            .map(|at| self.page.words[at].lower.as_str());
        match self.cast.holder(&office).filter(|_| before == Some("the")) {
            Some(figure) if self.stands_alone(name.whole.end) => {
                self.link_office(figure, name.whole.clone())
            }
            _ => self.see(None, Gender::Either, Kind::Person, name.whole.start),
        }
        name.whole.end
    }

    /// “the secretary of state”, whose office the article has told.
    pub(super) fn office(&mut self, at: usize) -> Option<usize> {
        let end = (at + 1..at + 6).rev().find(|&end| {
            self.page.near(at, end - 1).is_some()
                && self.cast.holder(&lowered(self.page, at..end)).is_some()
        })?;
        let is_lower = !self.page.words[at].is_capitalised();
        if !is_lower || !self.stands_alone(end) || (at..end).any(|at| self.taken.contains(&at)) {
            return None;
        }
        let figure = self.cast.holder(&lowered(self.page, at..end))?;
        self.link_office(figure, at..end);
        Some(end)
    }

    pub(super) fn link_office(&mut self, figure: FigureId, span: Range<usize>) {
        self.see_figure(figure, span.start);
        match self.cast.figures[figure].party {
            Some(party) => self.link(party, span, Link::Title),
            None => self.refer(span, figure, false),
        }
    }

    /// “the department”, after “the State Department”.
    pub(super) fn organisation(&mut self, at: usize) -> Option<usize> {
        let word = self.page.near(at, at)?;
        if word.is_capitalised()
            || !lexicon::is_organisation(&word.lower)
            || !self.stands_alone(at + 1)
        {
            return None;
        }
        let is_headed = |figure: FigureId| {
            let figure = &self.cast.figures[figure];
            self.is_headed_by(figure.party, &figure.name, &word.lower)
        };
        let is_near = |seen: &&Seen| seen.sentence + TITLE_REACH >= word.sentence;
        let near = self.seen.iter().rev().take(IN_VIEW).take_while(is_near);
        let figure = near
            .filter_map(|seen| seen.figure)
            .find(|figure| is_headed(*figure))?;
        let party = self.cast.figures[figure].party?;
        // Everybody of the cast has been seen.
        let others = (0..self.cast.figures.len()).filter(|other| *other != figure);
        if others.into_iter().any(is_headed) {
            return None;
        }
        self.see_figure(figure, at);
        self.link(party, at..at + 1, Link::Title);
        Some(at + 1)
    }

    /// Whether the last word of the name, or of an alias of the party, is `head`.
    pub(super) fn is_headed_by(&self, party: Option<PartyId>, name: &str, head: &str) -> bool {
        let ends = |name: &str| {
            name.split_whitespace().count() > 1
                && name.to_lowercase().split_whitespace().next_back() == Some(head)
                || name.to_lowercase().split_whitespace().next() == Some(head)
                    && name.contains(" of ")
        };
        ends(name)
            || party.is_some_and(|party| {
                self.parties
                    .party(party)
                    .aliases
                    .iter()
                    .any(|alias| ends(alias))
            })
    }

    /// Whether a noun phrase ends before `end`: “the president said”, not “the president elect”, “the
    /// president of France”, “the state department”.
    pub(super) fn stands_alone(&self, end: usize) -> bool {
        let Some(next) = self.page.near(end - 1, end) else {
            return true;
        };
        if !next.is_word() {
            return !next.is_mark("-");
        }
        let lower = next.lower.as_str();
        !next.is_capitalised()
            && lower != "of"
            && (grammar::is_auxiliary(lower)
                || grammar::is_preposition(lower)
                || grammar::is_clause_start(lower)
                || grammar::is_adverb(lower)
                || grammar::is_determiner(lower)
                || grammar::is_pronoun(lower)
                || lower.ends_with("ed")
                || lower.ends_with("ly")
                || lower.ends_with('s') && lexicon::person(lower.trim_end_matches('s')).is_none()
                || matches!(
                    lower,
                    "said"
                        | "told"
                        | "wrote"
                        | "took"
                        | "gave"
                        | "made"
                        | "went"
                        | "came"
                        | "saw"
                        | "left"
                        | "met"
                        | "spoke"
                        | "began"
                        | "held"
                        | "knew"
                        | "thought"
                ))
    }

    /// The offices before a name and after it: “Secretary of State X”, “X, the secretary of state,”.
    pub(super) fn learn_offices(&mut self, figure: FigureId, span: Range<usize>) {
        let offices = [self.office_before(span.start), self.office_behind(span)];
        for office in offices.into_iter().flatten() {
            let office = lowered(self.page, office);
            self.cast.give_office(figure, &office);
        }
    }

    /// The office directly before a name that begins at `at`, if it is held and no “former” one.
    fn office_before(&self, at: usize) -> Option<Range<usize>> {
        const LONGEST: usize = 5;
        let words = &self.page.words;
        let is_part = |before: &usize| {
            words[*before].sentence == words[at].sentence && is_office_part(&words[*before])
        };
        let parts = (at.saturating_sub(LONGEST)..at).rev().take_while(is_part);
        let start = at - parts.count();
        let opens =
            |at: &usize| !grammar::is_preposition(&words[*at].lower) && words[*at].lower != "the";
        let first = (start..at).find(opens)?;
        let is_office = (first..at).any(|at| lexicon::is_office(&words[at].lower));
        let is_past = |word: &str| {
            matches!(
                word,
                "former" | "then" | "ex" | "acting" | "late" | "deputy" | "vice" | "assistant"
            )
        };
        let before = first.checked_sub(1).map(|at| words[at].lower.as_str());
        let is_former = before.is_some_and(is_past)
            || matches!(words[first].lower.as_str(), "former" | "then" | "late");
        (is_office && !is_former).then_some(first..at)
    }

    /// The office behind a name, between commas: “X, the secretary of state,”.
    fn office_behind(&self, name: Range<usize>) -> Option<Range<usize>> {
        const LONGEST: usize = 6;
        let near = |at: usize| self.page.near(name.start, at);
        near(name.end).filter(|word| word.is_mark(","))?;
        let article = near(name.end + 1)?;
        let has_article = matches!(article.lower.as_str(), "the" | "a");
        let from = name.end + 1 + usize::from(has_article);
        let closes = |word: &Word<'_>| word.kind == TokenKind::Mark || word.lower == "who";
        let end = (from..from + LONGEST).find(|&at| near(at).is_none_or(closes))?;
        let words = &self.page.words[from..end];
        let of = |word: &Word<'_>| word.lower == "of" || word.lower == "for";
        let head = words.iter().position(of).unwrap_or(words.len());
        let is_office = head > 0 && lexicon::is_office(&words[head - 1].lower);
        let is_former = words
            .first()
            .is_some_and(|word| matches!(word.lower.as_str(), "former" | "then"));
        let is_plain = words
            .iter()
            .all(|word| word.is_word() && !grammar::is_auxiliary(&word.lower));
        (is_office && is_plain && !is_former).then_some(from..end)
    }

    /// “the US Agency for International Development (USAID)”.
    pub(super) fn learn_acronym(&mut self, party: PartyId, span: Range<usize>) {
        let words = &self.page.words;
        let bracket = self
            .page
            .near(span.start, span.end)
            .is_some_and(|word| word.is_mark("("));
        let closed = self
            .page
            .near(span.start, span.end + 2)
            .is_some_and(|word| word.is_mark(")"));
        let Some(acronym) = self.page.near(span.start, span.end + 1) else {
            return;
        };
        let letters = acronym.text.chars().filter(|c| c.is_alphanumeric());
        let is_short = (2..=8).contains(&letters.clone().count()) && is_capitals(acronym.text);
        if !(bracket && closed && is_short) {
            return;
        }
        let mut initials = words[span]
            .iter()
            .filter(|word| word.is_word())
            .flat_map(|word| {
                let is_short = is_capitals(word.text);
                word.text
                    .chars()
                    .filter(move |c| c.is_alphanumeric())
                    .take(if is_short { 8 } else { 1 })
            });
        // Small words may be left out of an acronym, and it may take more than one letter of a word.
        let matched = letters
            .clone()
            .filter(|letter| {
                initials.any(|initial| initial.to_uppercase().eq(letter.to_uppercase()))
            })
            .count();
        if matched + 1 >= letters.count() {
            self.acronyms
                .push((self.page.words[acronym_place(words, acronym)].text, party));
        }
    }

    /// Links a name that is an acronym which the text has introduced; whether it is one.
    pub(super) fn link_acronym(&mut self, name: &Name) -> bool {
        let text = self.page.words[name.whole.start].text;
        let known = self.acronyms.iter().find(|(acronym, _)| *acronym == text);
        let Some(&(_, party)) = known.filter(|_| name.whole.len() == 1) else {
            return false;
        };
        let figure = self.cast.party(party, name.whole.clone());
        self.see_figure(figure, name.whole.start);
        self.link(party, name.whole.clone(), Link::Title);
        true
    }
}

/// Whether a word before a name can be a part of an office: “US Secretary of State”.
fn is_office_part(word: &Word<'_>) -> bool {
    let lower = word.lower.as_str();
    word.is_word()
        && (word.is_capitalised() && !grammar::is_time(lower)
            || lexicon::is_office(lower)
            || matches!(
                lower,
                "of" | "for"
                    | "the"
                    | "and"
                    | "prime"
                    | "foreign"
                    | "vice"
                    | "chief"
                    | "executive"
                    | "general"
                    | "health"
                    | "former"
                    | "deputy"
                    | "interior"
                    | "finance"
                    | "defense"
                    | "defence"
                    | "press"
                    | "opposition"
                    | "party"
                    | "state"
                    | "national"
                    | "security"
                    | "attorney"
            ))
        && !(grammar::is_pronoun(lower) || grammar::is_determiner(lower) && lower != "the")
}

fn acronym_place(words: &[Word<'_>], word: &Word<'_>) -> usize {
    words.partition_point(|other| other.span.start < word.span.start)
}

fn lowered(page: &Page<'_>, words: Range<usize>) -> String {
    let words: Vec<&str> = page.words[words]
        .iter()
        .map(|word| word.lower.as_str())
        .collect();
    words.join(" ")
}
