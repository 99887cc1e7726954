//! Which parties and groups the page has room for.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::super::{Comparison, Group, VoiceScope};

/// Pairs of a party and a group: 400 of them in three voices take 1.5 MB.
const PAIRS: usize = 400;

/// So many parties or groups are shown at least, of the most that are.
const AT_LEAST: usize = 20;

/// More groups nobody reads below each other, and more parties take more than 3 MB.
const GROUPS: usize = 60;
const PARTIES: usize = 100;

/// The parties and groups of the page, with their figures.
pub(super) struct Shown<'c> {
    /// In the order of the comparison.
    pub(super) parties: Vec<&'c str>,
    /// In the order of the comparison.
    pub(super) groups: Vec<&'c str>,
    pub(super) voices: &'c [VoiceScope],
    /// How many parties there is no room for.
    pub(super) parties_left_out: usize,
    /// How many groups there is no room for.
    pub(super) groups_left_out: usize,
    figures: HashMap<(&'c str, VoiceScope, &'c str), &'c Group>,
    pub(super) min_articles: u64,
}

impl<'c> Shown<'c> {
    /// The parties that most rows name, and the groups of most articles, as many as there is room for.
    pub(super) fn of(comparison: &'c Comparison) -> Self {
        let mut mentions: HashMap<&str, u64> = HashMap::new();
        let mut articles: HashMap<&str, u64> = HashMap::new();
        let mut groups = Vec::new();
        for found in &comparison.groups {
            let named = mentions.entry(&found.party).or_default();
            *named = (*named).max(found.mentions);
            let most = articles.entry(&found.group).or_insert_with(|| {
                groups.push(found.group.as_str());
                0
            });
            *most = (*most).max(found.articles);
        }
        let parties = comparison.settings.parties.iter().map(String::as_str);
        let parties: Vec<_> = parties.collect();
        let many = groups.len().clamp(1, AT_LEAST);
        let (parties, parties_left_out) =
            most(parties, &mentions, (PAIRS / many).clamp(AT_LEAST, PARTIES));
        let many = parties.len().max(1);
        let (groups, groups_left_out) = most(groups, &articles, (PAIRS / many).min(GROUPS));
        let figures = comparison.groups.iter().map(|found| {
            let key = (found.party.as_str(), found.voice, found.group.as_str());
            (key, found)
        });
        Self {
            parties,
            groups,
            voices: &comparison.settings.voices,
            parties_left_out,
            groups_left_out,
            figures: figures.collect(),
            min_articles: comparison.settings.min_articles,
        }
    }

    /// The figures of a party in a voice and a group.
    pub(super) fn figure(&self, party: &str, voice: VoiceScope, group: &str) -> Option<&'c Group> {
        self.figures.get(&(party, voice, group)).copied()
    }

    /// The figures of all that is shown.
    pub(super) fn figures(&self) -> impl Iterator<Item = &'c Group> {
        self.parties.iter().flat_map(|party| self.of_party(party))
    }

    /// The figures of a party: for each group, each voice.
    pub(super) fn of_party(&self, party: &str) -> impl Iterator<Item = &'c Group> {
        self.groups.iter().flat_map(move |group| {
            let voices = self.voices.iter();
            voices.filter_map(move |voice| self.figure(party, *voice, group))
        })
    }
}

/// The `room` names that `counts` has the highest counts of, in their order, and how many others there are.
fn most<'c>(
    names: Vec<&'c str>,
    counts: &HashMap<&str, u64>,
    room: usize,
) -> (Vec<&'c str>, usize) {
    let left_out = names.len().saturating_sub(room);
    if left_out == 0 {
        return (names, 0);
    }
    let mut ranked = names.clone();
    ranked.sort_by_key(|name| Reverse(counts.get(name).copied().unwrap_or(0)));
    let kept: HashSet<_> = ranked.into_iter().take(room).collect();
    let kept = names.into_iter().filter(|name| kept.contains(name));
    (kept.collect(), left_out)
}
