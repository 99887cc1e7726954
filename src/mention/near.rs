//! What a user should know of a party beside its mentions: aliases that were excluded, and names that
//! come close to the party’s and are none of its aliases.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Mention, Referent};
use crate::parties::{Kind, Parties, Party, PartyId};
use crate::span::ByteSpan;

/// What linking noticed of a party in an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noticed {
    /// How many aliases an exclude phrase kept from being mentions.
    pub excluded: u64,
    /// Names close to the party’s that were linked to nobody.
    pub near: Near,
}

/// Names, and how often each stands in the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Near(BTreeMap<String, u64>);

/// How many names are kept for a party: a hint needs few, and a long run must not grow.
const KEPT: usize = 200;

impl Near {
    /// Adds one standing of `name`.
    fn count(&mut self, name: &str, times: u64) {
        if let Some(count) = self.0.get_mut(name) {
            *count += times;
        } else if self.0.len() < KEPT {
            self.0.insert(name.to_owned(), times);
        }
    }

    /// Adds the counts of another article.
    pub fn add(&mut self, other: &Self) {
        for (name, times) in &other.0 {
            self.count(name, *times);
        }
    }

    /// The names from the most frequent on, equals in the order of the alphabet.
    pub fn by_frequency(&self) -> Vec<(&str, u64)> {
        let mut names: Vec<_> = self
            .0
            .iter()
            .map(|(name, times)| (name.as_str(), *times))
            .collect();
        names.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        names
    }
}

/// Notices the names of `text` that share a telling word with a party’s and are not linked; `linked`
/// is in order.
pub(super) fn notice(
    text: &str,
    parties: &Parties,
    referents: &[Referent],
    linked: &[Mention],
    noticed: &mut [Noticed],
) {
    let telling: Vec<(usize, Vec<String>)> = parties.iter().map(telling).enumerate().collect();
    for referent in referents
        .iter()
        .filter(|referent| referent.party.is_none() && referent.is_name)
    {
        let words: Vec<String> = referent
            .span
            .of(text)
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        let is_linked = |span: &ByteSpan| {
            let first = linked.partition_point(|mention| mention.span.end <= span.start);
            linked
                .get(first)
                .is_some_and(|mention| mention.span.overlaps(span))
        };
        for (party, telling) in &telling {
            if !words.iter().any(|word| telling.contains(word)) || is_linked(&referent.span) {
                continue;
            }
            let excluded = &parties.party(PartyId(*party)).exclude;
            if !excluded
                .iter()
                .any(|phrase| referent.span.of(text).contains(phrase.as_str()))
            {
                let shown = referent
                    .span
                    .of(text)
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
                noticed[*party].near.count(&shown, 1);
            }
        }
    }
}

/// The words by which a party’s name is told from others: a person’s family name, the long words of
/// another name.
fn telling(party: &Party) -> Vec<String> {
    let mut words = party.name.split_whitespace().map(str::to_lowercase);
    let is_common = |word: &String| {
        super::lexicon::is_organisation(word)
            || super::lexicon::is_place(word)
            || super::lexicon::is_place_word(word)
            || word.len() < 4
    };
    match party.kind {
        Some(Kind::Person) => words.next_back().into_iter().collect(),
        _ => words.filter(|word| !is_common(word)).collect(),
    }
}
