//! What single words tell of who is meant: first names, titles, offices, people and organisations.
//!
//! The words stand in `first_names.txt` and `nouns.txt`, in sections that say what they are.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Which of he and she can stand for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    He,
    She,
    /// Either of them, for all the text says.
    Either,
}

impl Gender {
    /// Whether both can be of the same person.
    pub(super) fn agrees(self, other: Self) -> bool {
        self == other || self == Self::Either || other == Self::Either
    }
}

/// What a word tells; a word can tell several things.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Title(Gender),
    Office,
    Person(Gender),
    Organisation,
    PlaceWord,
    Place,
    People,
    FirstName(Gender),
    /// A first name that is a word as often.
    WordName,
}

static WORDS: LazyLock<HashMap<&'static str, Vec<Class>>> = LazyLock::new(|| {
    let mut words: HashMap<_, Vec<_>> = HashMap::new();
    for source in [include_str!("nouns.txt"), include_str!("first_names.txt")] {
        let mut class = None;
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            let section = line
                .strip_prefix('[')
                .and_then(|line| line.strip_suffix(']'));
            match section {
                Some(section) => class = class_of(section),
                None => {
                    for word in line.split_whitespace() {
                        words.entry(word).or_default().extend(class);
                    }
                }
            }
        }
    }
    words
});

fn class_of(section: &str) -> Option<Class> {
    Some(match section {
        "title he" => Class::Title(Gender::He),
        "title she" => Class::Title(Gender::She),
        "office" => Class::Office,
        "person he" => Class::Person(Gender::He),
        "person she" => Class::Person(Gender::She),
        "person either" => Class::Person(Gender::Either),
        "organisation" => Class::Organisation,
        "place" => Class::PlaceWord,
        "places" => Class::Place,
        "peoples" => Class::People,
        "he" => Class::FirstName(Gender::He),
        "she" => Class::FirstName(Gender::She),
        "either" => Class::FirstName(Gender::Either),
        "word" => Class::WordName,
        _ => return None,
    })
}

fn classes(word: &str) -> &'static [Class] {
    let word = word.trim_end_matches('.');
    WORDS.get(word).map_or(&[], Vec::as_slice)
}

fn find<T>(word: &str, of: impl Fn(Class) -> Option<T>) -> Option<T> {
    classes(word).iter().find_map(|&class| of(class))
}

/// The gender that a title such as “Mr.” tells.
pub(super) fn title(word: &str) -> Option<Gender> {
    find(word, |class| match class {
        Class::Title(gender) => Some(gender),
        _ => None,
    })
}

/// Whether the word is a title or an office: “President”, “Gov.”, “spokesperson”.
pub(crate) fn is_office(word: &str) -> bool {
    classes(word).contains(&Class::Office)
}

/// The gender of a noun for a person: “woman”, “official”.
pub(super) fn person(word: &str) -> Option<Gender> {
    find(word, |class| match class {
        Class::Person(gender) => Some(gender),
        _ => None,
    })
}

/// Whether the word, in the singular or the plural, is for a person or an organisation: “critics”.
pub(crate) fn is_somebody(word: &str) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let is_one = |word| person(word).is_some() || is_office(word) || is_organisation(word);
    is_one(word) || is_one(singular) || matches!(word, "people" | "men" | "women")
}

/// Whether an organisation’s name can end with the word.
pub(crate) fn is_organisation(word: &str) -> bool {
    classes(word).contains(&Class::Organisation)
}

/// Whether a name with the word in it is a place’s or a thing’s.
pub(crate) fn is_place_word(word: &str) -> bool {
    classes(word).contains(&Class::PlaceWord)
}

/// Whether the word names a country, a city or a people.
pub(crate) fn is_place(word: &str) -> bool {
    classes(word).contains(&Class::Place) || is_people(word)
}

/// Whether the word names a people or a faith, or what is theirs: “American”.
pub(crate) fn is_people(word: &str) -> bool {
    classes(word).contains(&Class::People)
}

/// The gender of a first name.
pub(super) fn first_name(word: &str) -> Option<Gender> {
    find(word, |class| match class {
        Class::FirstName(gender) => Some(gender),
        _ => None,
    })
}

/// Whether the first name is a word or a place as often: “Will”, “Jordan”.
pub(super) fn is_word_name(word: &str) -> bool {
    classes(word).contains(&Class::WordName)
}
