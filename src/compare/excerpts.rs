//! The sentences that show what a figure is made of: the most extreme of each party and group.

use std::collections::HashMap;

use super::Excerpt;

/// How many are kept of each party and group, on either side.
const KEPT: usize = 3;

/// A sentence that may be kept.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    /// Party, group, and whether it is in favor.
    pub(super) place: (u32, u32, bool),
    pub(super) score: f64,
}

#[derive(Default)]
pub(super) struct Excerpts {
    kept: HashMap<(u32, u32, bool), Vec<Excerpt>>,
}

impl Excerpts {
    /// Whether it is more extreme than one that is kept; of two alike the first stays.
    pub(super) fn has_room(&self, candidate: Candidate) -> bool {
        let kept = self.kept.get(&candidate.place);
        kept.is_none_or(|kept| {
            kept.len() < KEPT
                || kept
                    .iter()
                    .any(|one| one.score.abs() < candidate.score.abs())
        })
    }

    pub(super) fn keep(&mut self, candidate: Candidate, excerpt: Excerpt) {
        let kept = self.kept.entry(candidate.place).or_default();
        let place = kept.partition_point(|one| one.score.abs() >= excerpt.score.abs());
        kept.insert(place, excerpt);
        kept.truncate(KEPT);
    }

    pub(super) fn of(&self, party: u32, group: u32) -> Vec<Excerpt> {
        let sides = [false, true].into_iter();
        let kept = sides.filter_map(|in_favor| self.kept.get(&(party, group, in_favor)));
        kept.flatten().cloned().collect()
    }
}
