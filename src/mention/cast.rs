//! The cast of an article: whom its names are of, parties and others alike.

use std::collections::{BTreeSet, HashMap};
use std::iter::once;
use std::ops::Range;

use super::lexicon::Gender;
use super::name::{Kind, Name};
use super::page::Page;
use crate::parties::{self, Parties, PartyId, Pronouns};

/// Somebody or something that an article names.
pub(super) struct Figure {
    /// The fullest name that the article has so far.
    pub(super) name: String,
    /// Its words in lower case, without titles.
    words: Vec<String>,
    pub(super) party: Option<PartyId>,
    pub(super) kind: Kind,
    pub(super) gender: Gender,
    /// Whether it has been named by more than one word.
    is_full: bool,
}

impl Figure {
    fn surname(&self) -> Option<&str> {
        let is_name = |word: &&String| {
            !matches!(
                word.trim_end_matches('.'),
                "jr" | "sr" | "ii" | "iii" | "iv"
            )
        };
        self.words.iter().rev().find(is_name).map(String::as_str)
    }

    /// Whether `word` is the family name.
    pub(super) fn has_surname(&self, word: &str) -> bool {
        self.surname() == Some(word)
    }

    fn given(&self) -> Option<&str> {
        (self.words.len() > 1).then(|| self.words[0].as_str())
    }
}

/// Everybody named so far.
pub(super) struct Cast<'p> {
    pub(super) figures: Vec<Figure>,
    parties: &'p Parties,
    by_party: HashMap<PartyId, FigureId>,
    /// By each word of their names, for an article may name thousands.
    by_word: HashMap<String, BTreeSet<FigureId>>,
    /// By the offices that went with their names, in lower case: “secretary of state”, “secretary”,
    /// “state”. Nobody, if more than one has held it.
    by_office: HashMap<String, Option<FigureId>>,
}

/// The number of a figure in its cast.
pub(super) type FigureId = usize;

impl<'p> Cast<'p> {
    pub(super) fn new(parties: &'p Parties) -> Self {
        Self {
            figures: Vec::new(),
            parties,
            by_party: HashMap::new(),
            by_word: HashMap::new(),
            by_office: HashMap::new(),
        }
    }

    /// The figure of a party that has been named.
    pub(super) fn figure_of(&self, id: PartyId) -> Option<FigureId> {
        self.by_party.get(&id).copied()
    }

    fn add(&mut self, figure: Figure) -> FigureId {
        let id = self.figures.len();
        self.index(id, &figure.words);
        if let Some(party) = figure.party {
            self.by_party.insert(party, id);
        }
        self.figures.push(figure);
        id
    }

    fn index(&mut self, id: FigureId, words: &[String]) {
        for word in words {
            self.by_word.entry(word.clone()).or_default().insert(id);
        }
    }

    /// The figures with `word` in their names, in the order of their first.
    fn with(&self, word: &str) -> impl Iterator<Item = (FigureId, &Figure)> {
        let ids = self.by_word.get(word).into_iter().flatten();
        ids.map(|id| (*id, &self.figures[*id]))
    }

    /// The figure of a party, which an alias at `span` names.
    pub(super) fn party(&mut self, id: PartyId, span: Range<usize>) -> FigureId {
        let is_full = span.len() > 1;
        if let Some(known) = self.figure_of(id) {
            self.figures[known].is_full |= is_full;
            return known;
        }
        let party = self.parties.party(id);
        let words: Vec<String> = party
            .name
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let first = super::lexicon::first_name(words.first().map_or("", String::as_str));
        let gender = match party.pronouns {
            Some(Pronouns::He) => Gender::He,
            Some(Pronouns::She) => Gender::She,
            _ => first.filter(|_| words.len() > 1).unwrap_or(Gender::Either),
        };
        let kind = match (party.kind, party.pronouns) {
            (Some(parties::Kind::Person), _) | (None, Some(Pronouns::He | Pronouns::She)) => {
                Kind::Person
            }
            (Some(parties::Kind::Place), _) => Kind::Place,
            (Some(parties::Kind::Organisation | parties::Kind::Group), _) => Kind::Organisation,
            (None, _) => Kind::Unknown,
        };
        self.add(Figure {
            name: party.name.clone(),
            words,
            party: Some(id),
            kind,
            gender,
            is_full,
        })
    }

    /// The figure that a name is of: one named before, or a new one.
    pub(super) fn named(&mut self, name: &Name, page: &Page<'_>) -> FigureId {
        let words: Vec<String> = page.words[name.core.clone()]
            .iter()
            .filter(|word| word.is_word())
            .map(|word| word.lower.clone())
            .collect();
        if let Some(known) = self.known(&words, name) {
            let figure = &mut self.figures[known];
            if figure.gender == Gender::Either {
                figure.gender = name.gender;
            }
            if figure.party.is_none() && words.len() > figure.words.len() {
                figure.name = text(page, &name.core);
                figure.words.clone_from(&words);
                figure.is_full = true;
                self.index(known, &words);
            }
            return known;
        }
        let is_full = words.len() > 1;
        self.add(Figure {
            name: text(page, &name.core),
            words,
            party: None,
            kind: name.kind,
            gender: name.gender,
            is_full,
        })
    }

    /// The one figure that `words` can name.
    fn known(&self, words: &[String], name: &Name) -> Option<FigureId> {
        // Whoever is named by these words has the last of them, or bears the family name that it is.
        let figures = || self.with(words.last().map_or("", String::as_str));
        if let Some((exact, _)) = figures().find(|(_, figure)| figure.words == words) {
            return Some(exact);
        }
        if name.kind == Kind::Organisation || name.kind == Kind::Place {
            return None;
        }
        let fits = |figure: &Figure| {
            figure.kind != Kind::Organisation
                && figure.kind != Kind::Place
                && figure.gender.agrees(name.gender_by_title())
                && self.fits(figure, words)
        };
        let mut fitting = figures().filter(|(_, figure)| fits(figure));
        let first = fitting.next()?;
        // Two of one family: which is meant is open.
        fitting.next().is_none().then_some(first.0)
    }

    fn fits(&self, figure: &Figure, words: &[String]) -> bool {
        match words {
            [] => false,
            // Before the name is known in full, a part of it may be anybody’s.
            [word] => {
                figure.kind == Kind::Person
                    && figure.is_full
                    && (figure.surname() == Some(word) || figure.given() == Some(word))
            }
            [given, .., surname] => {
                let same_surname = figure.surname() == Some(surname.as_str());
                let initial = given.trim_end_matches('.');
                match figure.given() {
                    Some(known) => {
                        same_surname
                            && (known == given || initial.len() == 1 && known.starts_with(initial))
                    }
                    None => same_surname,
                }
            }
        }
    }

    /// Whether another person in the article has a word of the figure’s name that the name is made of.
    pub(super) fn is_shared(&self, figure: FigureId, word: &str) -> bool {
        self.with(word).any(|(id, other)| {
            id != figure
                && other.kind == Kind::Person
                && other.words.len() > 1
                && other.words.iter().any(|other| other == word)
        })
    }

    /// Notes that `office`, in lower case, went with the figure’s name.
    pub(super) fn give_office(&mut self, id: FigureId, office: &str) {
        let ends = office.match_indices(' ').map(|(at, _)| &office[at + 1..]);
        let heads = office.match_indices(" of").map(|(at, _)| &office[..at]);
        for known in once(office).chain(ends).chain(heads) {
            let holder = self.by_office.entry(known.to_owned()).or_insert(Some(id));
            if *holder != Some(id) {
                *holder = None;
            }
        }
    }

    /// The one figure whose office is `office`, ends with it, or is `office` of something.
    pub(super) fn holder(&self, office: &str) -> Option<FigureId> {
        self.by_office.get(office).copied().flatten()
    }
}

impl Name {
    /// What the titles tell, not the first name: “Mrs. Clinton”.
    fn gender_by_title(&self) -> Gender {
        if self.titles().is_empty() {
            Gender::Either
        } else {
            self.gender
        }
    }
}

fn text(page: &Page<'_>, words: &Range<usize>) -> String {
    let mut name = String::new();
    for word in &page.words[words.clone()] {
        if !name.is_empty() && word.is_word() {
            name.push(' ');
        }
        name.push_str(word.text);
    }
    name
}
