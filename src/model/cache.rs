//! Sentences scored before: wire copy and boilerplate stand in many articles, and are scored once.

use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync;
use sha2::{Digest, Sha256};

use super::{Query, Scored};

/// How many sentences are remembered, some 200 bytes each.
const CAPACITY: usize = 50_000;

/// Scores by what was asked. Bounded; what was not asked for long is forgotten.
///
/// A score has the same bits however it comes about, so nobody can tell but by the time it takes.
pub(super) struct Cache {
    scores: sync::Cache<Key, Scored>,
    hits: AtomicU64,
}

/// The SHA-256 of a sentence and its targets.
type Key = [u8; 32];

impl Cache {
    pub(super) fn new() -> Self {
        Self {
            scores: sync::Cache::new(CAPACITY),
            hits: AtomicU64::new(0),
        }
    }

    pub(super) fn get(&self, query: &Query<'_>) -> Option<Scored> {
        let scored = self.scores.get(&key(query))?;
        self.hits.fetch_add(1, Ordering::Relaxed);
        Some(scored)
    }

    pub(super) fn put(&self, query: &Query<'_>, scored: Scored) {
        self.scores.insert(key(query), scored);
    }

    /// How many queries were answered from here.
    pub(super) fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }
}

/// Lengths stand before what they are of, so no two queries give the same bytes.
fn key(query: &Query<'_>) -> Key {
    let mut hash = Sha256::new();
    let mut number = |number: usize| hash.update((number as u64).to_le_bytes());
    number(query.targets.len());
    for target in &query.targets {
        number(target.len());
        for span in target {
            number(span.start);
            number(span.end);
        }
    }
    hash.update(query.text);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::ByteSpan;

    #[test]
    fn another_text_another_target_or_another_grouping_is_another_query() {
        let (a, b) = (ByteSpan::new(0, 1), ByteSpan::new(2, 3));
        let query = |text, targets| key(&Query { text, targets });
        let keys = [
            query("a b", vec![]),
            query("a c", vec![]),
            query("a b", vec![vec![a]]),
            query("a b", vec![vec![a], vec![b]]),
            query("a b", vec![vec![b], vec![a]]),
            query("a b", vec![vec![a, b]]),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key));
        }
    }
}
