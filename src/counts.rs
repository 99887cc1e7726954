//! What a run has done so far, kept with its rows so that a stopped run goes on counting.

use serde::{Deserialize, Serialize};

use crate::mention::Near;

/// What a run has done so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Articles whose rows are written.
    pub articles: u64,
    /// Sentences whose rows are written.
    pub sentences: u64,
    /// Rows written.
    pub rows: u64,
    /// Records, or whole files, that could not be taken.
    pub rejected: u64,
    /// The rejected ones among them that were whole files.
    pub rejected_files: u64,
    /// Sentences that were a repetition, and took the scores of the first.
    pub repeated: u64,
    /// Sentences read in overlapping windows.
    pub windowed: u64,
    /// How each party was mentioned, in the order of the parties file.
    pub parties: Vec<PartyCounts>,
}

/// How a party was mentioned in a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyCounts {
    /// Mentions by each link, in the order of [`Link::ALL`](crate::mention::Link::ALL).
    pub mentions: [u64; 3],
    /// Aliases that an exclude phrase kept from being mentions.
    pub excluded: u64,
    /// Names close to the party’s that are not its aliases, and how often they stand in the text.
    pub near: Near,
}

impl PartyCounts {
    /// Mentions by all links.
    pub fn total(&self) -> u64 {
        self.mentions.iter().sum()
    }
}
