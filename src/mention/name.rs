//! Names: capitalised words that belong together, and whether they name a person.

use std::collections::HashSet;
use std::ops::Range;

use super::lexicon::{self, Gender};
use super::page::{Page, Word};
use crate::grammar;
use crate::word::is_capitals;

/// What a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    Organisation,
    Place,
    /// One word that nothing else is known of.
    Unknown,
}

/// A name in the text.
pub(super) struct Name {
    /// Its words, titles and offices before it included.
    pub(super) whole: Range<usize>,
    /// The name proper; empty for an office alone.
    pub(super) core: Range<usize>,
    pub(super) kind: Kind,
    /// What titles and first name tell; for a person only.
    pub(super) gender: Gender,
}

impl Name {
    /// The titles and offices before the name proper.
    pub(super) fn titles(&self) -> Range<usize> {
        self.whole.start..self.core.start
    }
}

/// Finds the names of a page.
pub(super) struct Names<'p, 't> {
    page: &'p Page<'t>,
    /// The words that stand uncapitalised somewhere, so that a capital at the beginning of a
    /// sentence makes no name of them.
    small: HashSet<&'p str>,
    /// The sentences with more capitals than a sentence has: headlines.
    headlines: HashSet<usize>,
}

impl<'p, 't> Names<'p, 't> {
    pub(super) fn new(page: &'p Page<'t>) -> Self {
        let words = page.words.iter().filter(|word| word.is_word());
        let small = words.filter(|word| !word.is_capitalised());
        Self {
            page,
            small: small.map(|word| word.lower.as_str()).collect(),
            headlines: headlines(&page.words),
        }
    }

    /// The name that begins with the word at `at`.
    pub(super) fn at(&self, at: usize) -> Option<Name> {
        let word = &self.page.words[at];
        if !word.is_capitalised() || self.headlines.contains(&word.sentence) {
            return None;
        }
        if !self.can_be_name(at) {
            return None;
        }
        let whole = at..self.end(at);
        let core = self.core(whole.clone());
        let kind = self.kind(whole.clone(), core.clone());
        Some(Name {
            gender: self.gender(whole.clone(), core.clone()),
            whole,
            core,
            kind,
        })
    }

    fn word(&self, at: usize) -> &'p Word<'t> {
        &self.page.words[at]
    }

    /// Whether the capital of the word at `at` is more than that of a sentence’s beginning.
    fn can_be_name(&self, at: usize) -> bool {
        let word = self.word(at);
        let lower = grammar::without_clitic(&word.lower);
        let is_small_word = grammar::is_pronoun(lower)
            || grammar::is_determiner(lower)
            || grammar::is_preposition(lower)
            || grammar::is_clause_start(lower)
            || grammar::is_auxiliary(lower) && lower != "will" && lower != "may"
            || grammar::is_adverb(lower)
            || matches!(
                lower,
                "there"
                    | "here"
                    | "yes"
                    | "no"
                    | "well"
                    | "please"
                    | "yeah"
                    | "hey"
                    | "hello"
                    | "thank"
                    | "thanks"
                    | "oh"
                    | "ok"
                    | "okay"
                    | "let"
                    | "i"
                    | "me"
                    | "him"
                    | "them"
                    | "us"
            );
        if is_small_word || grammar::is_time(lower) && lower != "may" && lower != "march" {
            return false;
        }
        if !self.page.is_opening(at) {
            return true;
        }
        // “Police said …” opens a sentence; “Blinken said …” does too.
        let next_is_name = self.page.near(at, at + 1).is_some_and(Word::is_capitalised);
        let is_known = lexicon::first_name(lower).is_some()
            || lexicon::title(lower).is_some()
            || lexicon::is_office(lower);
        let is_common = self.small.contains(word.lower.as_str())
            || lexicon::person(lower).is_some()
            || lower.ends_with("ing")
            || lower.ends_with("ly");
        !is_common || next_is_name && is_known
    }

    /// The word after the name that begins at `at`.
    fn end(&self, at: usize) -> usize {
        let mut end = at + 1;
        loop {
            let Some(next) = self.page.near(at, end) else {
                return end;
            };
            let after = self.page.near(at, end + 1);
            let goes_on = |word: Option<&Word<'_>>| {
                word.is_some_and(|word| word.is_capitalised() && !grammar::is_time(&word.lower))
            };
            if goes_on(Some(next)) {
                end += 1;
                continue;
            }
            let last = self.word(end - 1).lower.as_str();
            let is_joint = match next.lower.as_str() {
                "de" | "da" | "di" | "del" | "della" | "van" | "von" | "der" | "den" | "bin"
                | "ibn" | "al" | "el" | "la" | "le" | "ben" | "du" | "dos" => true,
                "of" => {
                    lexicon::is_office(last)
                        || lexicon::is_organisation(last)
                        || lexicon::is_place_word(last)
                        || last.ends_with("ment")
                }
                "for" | "on" => lexicon::is_organisation(last),
                "and" => {
                    (at..end).any(|at| lexicon::is_organisation(&self.word(at).lower))
                        && !lexicon::is_organisation(last)
                }
                "&" => true,
                _ => false,
            };
            if is_joint && goes_on(after) {
                end += 2;
                continue;
            }
            let article = next.lower == "of" && after.is_some_and(|word| word.lower == "the");
            let is_office_of = lexicon::is_office(last) || lexicon::is_organisation(last);
            if article && is_office_of && goes_on(self.page.near(at, end + 2)) {
                end += 3;
                continue;
            }
            return end;
        }
    }

    /// The name without the titles and offices before it.
    fn core(&self, whole: Range<usize>) -> Range<usize> {
        let is_title = |at: &usize| {
            let lower = self.word(*at).lower.as_str();
            lexicon::title(lower).is_some() || lexicon::is_office(lower)
        };
        let Some(last) = whole.clone().rfind(is_title) else {
            // “senator from Vermont Bernie Sanders”
            let is_named =
                whole.len() > 2 && lexicon::first_name(&self.word(whole.start + 1).lower).is_some();
            let place = usize::from(is_named && lexicon::is_place(&self.word(whole.start).lower));
            return whole.start + place..whole.end;
        };
        let mut start = last + 1;
        if whole.contains(&start) && self.word(start).lower == "of" {
            // “Secretary of State Antony Blinken”, “Secretary of the Treasury Janet Yellen”.
            start += 1;
            if whole.contains(&start) && self.word(start).lower == "the" {
                start += 1;
            }
            let first_name = (start + 1..whole.end)
                .find(|&at| lexicon::first_name(&self.word(at).lower).is_some());
            start = first_name.unwrap_or(start + 1);
        }
        start.min(whole.end)..whole.end
    }

    fn kind(&self, whole: Range<usize>, core: Range<usize>) -> Kind {
        let Some(last) = core.clone().next_back() else {
            return Kind::Person;
        };
        let lower = |at: usize| self.word(at).lower.as_str();
        let (first, count) = (core.start, core.len());
        let is_first_name = lexicon::first_name(lower(first)).is_some()
            && (count > 1 || !lexicon::is_word_name(lower(first)));
        // “rapper Kanye West” is no place.
        let described = core.start.checked_sub(1).map(|at| self.word(at));
        let is_described = described.is_some_and(|word| {
            word.is_word() && !word.is_capitalised() && is_person_noun(&word.lower)
        });
        if is_described && (2..=3).contains(&count) {
            return Kind::Person;
        }
        if count > 1 && lexicon::is_organisation(lower(last))
            || core.clone().any(|at| is_acronym(self.word(at).text))
        {
            return Kind::Organisation;
        }
        if core.start > whole.start && !lexicon::is_place(lower(last)) {
            return Kind::Person;
        }
        if lexicon::is_place(lower(last)) && !(count > 1 && is_first_name)
            || lexicon::is_place(lower(first)) && !is_first_name
        {
            return Kind::Place;
        }
        if is_first_name {
            let is_thing = count > 1
                && (lexicon::is_place_word(lower(last))
                    || core.clone().any(|at| lexicon::is_organisation(lower(at))));
            return if is_thing { Kind::Place } else { Kind::Person };
        }
        if core.clone().any(|at| lexicon::is_organisation(lower(at))) {
            return Kind::Organisation;
        }
        if core.clone().any(|at| {
            lexicon::is_place_word(lower(at)) || matches!(lower(at), "of" | "for" | "and" | "the")
        }) {
            return Kind::Place;
        }
        let is_initialled = core
            .clone()
            .any(|at| self.word(at).text.len() == 2 && self.word(at).text.ends_with('.'));
        let before = whole
            .start
            .checked_sub(1)
            .map(|at| self.word(at).lower.as_str());
        let is_somewhere = before.is_some_and(is_before_thing);
        if is_initialled || count > 1 && count <= 4 && !is_somewhere {
            Kind::Person
        } else {
            Kind::Unknown
        }
    }

    fn gender(&self, whole: Range<usize>, core: Range<usize>) -> Gender {
        let titles = whole.start..core.start;
        let title = titles
            .clone()
            .find_map(|at| lexicon::title(&self.word(at).lower));
        // “spokeswoman Jen Psaki”: a noun before the name tells as much.
        let described = whole
            .start
            .checked_sub(1)
            .filter(|&at| self.word(at).is_word());
        let nouns = described.into_iter().chain(titles);
        let noun = nouns
            .filter_map(|at| lexicon::person(&self.word(at).lower))
            .find(|gender| *gender != Gender::Either);
        let first = || {
            core.clone()
                .next()
                .and_then(|at| lexicon::first_name(&self.word(at).lower))
        };
        title.or(noun).or_else(first).unwrap_or(Gender::Either)
    }
}

/// Whether the word is a noun for a person, as far as its ending tells.
fn is_person_noun(word: &str) -> bool {
    let is_small = grammar::is_preposition(word)
        || grammar::is_clause_start(word)
        || grammar::is_determiner(word)
        || grammar::is_adverb(word);
    let has_ending = ["er", "or", "ist"]
        .iter()
        .any(|ending| word.ends_with(ending));
    lexicon::person(word).is_some() || has_ending && !is_small && word != "former"
}

/// Whether no person’s name stands behind the word: behind an article or an adjective, “the Golden
/// Gate”, “Spanish Armada”. A noun describes a person: “rapper Kanye West”.
fn is_before_thing(word: &str) -> bool {
    const ADJECTIVES: &[&str] = &[
        "al",
        "ive",
        "ous",
        "ic",
        "ful",
        "ary",
        "ible",
        "able",
        "-described",
    ];
    matches!(word, "in" | "at" | "near" | "across")
        || grammar::is_determiner(word)
        || ADJECTIVES.iter().any(|ending| word.ends_with(ending)) && lexicon::person(word).is_none()
}

fn is_acronym(word: &str) -> bool {
    is_capitals(word) && word.chars().filter(|c| c.is_alphabetic()).count() > 1
}

/// The sentences most of whose longer words are capitalised.
fn headlines(words: &[Word<'_>]) -> HashSet<usize> {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for word in words
        .iter()
        .filter(|word| word.is_word() && word.text.len() > 3)
    {
        if counts.len() <= word.sentence {
            counts.resize(word.sentence + 1, (0, 0));
        }
        counts[word.sentence].0 += 1;
        counts[word.sentence].1 += usize::from(word.is_capitalised());
    }
    // What has a stop is none: “Currently Shalev is a Professor at Hebrew University.”
    for word in words.iter().filter(|word| word.is_mark(".")) {
        if let Some(counts) = counts.get_mut(word.sentence) {
            counts.0 = 0;
        }
    }
    let is_headline = |&(all, capitalised): &(usize, usize)| all > 3 && capitalised * 10 > all * 7;
    let sentences = counts.iter().enumerate();
    sentences
        .filter(|(_, counts)| is_headline(counts))
        .map(|(index, _)| index)
        .collect()
}
