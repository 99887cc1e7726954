//! Sources side by side: what the rows of a result say of each party in each group of articles.
//!
//! ```text
//! rows of results ─▶ Collection ─▶ figures ─▶ Comparison ─▶ report, JSON, CSV
//!                        ▲ labels made by hand
//! ```
//!
//! The article is the unit: its sentences agree with each other, so intervals and tests draw whole
//! articles. Where there is too little to say, that is said, and no figure is made up.

mod background;
mod collection;
mod draws;
mod estimate;
mod excerpts;
mod figures;
mod interval;
mod labels;
mod line;
mod names;
mod party;
mod remarks;
mod report;
mod sample;
mod tally;

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use draws::{MANY, RESAMPLES, adjusted, generator, paired_test, test};
pub use estimate::{Estimate, Unit, corrected, effect, mean, paired_effect};
pub use interval::{Bootstrap, Interval};
pub use labels::COLUMNS as LABEL_COLUMNS;
pub use sample::{Sample, SampleRequest, SampledRow};

use crate::error::Result;
use collection::Collection;
use figures::Figures;
use labels::Labels;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The column that groups; `month` is the month of the date, if there is no such column.
    pub by: String,
    /// The parties to compare; all without any.
    pub parties: Vec<String>,
    /// The voices to show.
    pub voices: Vec<VoiceScope>,
    /// The column of the event, if groups are compared on the same events.
    pub pair_by: Option<String>,
    /// The group to compare all others with; without it every two groups are compared.
    pub baseline: Option<String>,
    /// Under how many articles nothing is claimed.
    pub min_articles: u64,
    /// The seed of all draws.
    pub seed: u64,
}

/// Compares the groups of the results at `paths`, with `labels` made by hand if there are any.
///
/// # Errors
/// If a result cannot be read, or has nothing of what is asked.
pub fn compare(paths: &[PathBuf], request: &Request, labels: Option<&Path>) -> Result<Comparison> {
    let labels = labels.map(|path| Labels::read(path, &request.parties));
    let mut labels = labels.transpose()?;
    let collection = Collection::read(paths, request, labels.as_mut())?;
    let figures = Figures::of(&collection, request, labels.as_ref())?;
    let remarks = remarks::of(&collection, &figures, request, labels.as_ref());
    Ok(figures.comparison(&collection, request, labels.as_ref(), remarks))
}

/// All figures of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// For each party and voice, each group; in the order of parties, voices, groups.
    pub groups: Vec<Group>,
    /// For each party and voice, each pair of groups, or each group with the baseline.
    pub differences: Vec<Difference>,
    /// What was asked, and of what.
    pub settings: Settings,
    /// The sentiment of all sentences of each group, whoever they name.
    #[serde(skip)]
    pub background: Vec<Background>,
    /// By month, where articles have dates.
    #[serde(skip)]
    pub timeline: Vec<Moment>,
    /// The most against and the most favor sentences of each party and group.
    #[serde(skip)]
    pub excerpts: Vec<Excerpt>,
    /// What the reader must know before believing a figure, a sentence each.
    #[serde(skip)]
    pub remarks: Vec<String>,
}

/// Whose words are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum VoiceScope {
    /// All rows.
    All,
    /// The rows in the author's own voice.
    Author,
    /// The rows in somebody else's.
    Quoted,
}

impl VoiceScope {
    /// The word for it in figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Author => "author",
            Self::Quoted => "quoted",
        }
    }
}

/// How a group presents a party in a voice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// The party's name.
    pub party: String,
    /// Whose words are counted.
    pub voice: VoiceScope,
    /// The value of the column that groups; empty where articles have none.
    pub group: String,
    /// Articles that have such a row.
    pub articles: u64,
    /// Sentences that have such a row.
    pub sentences: u64,
    /// Such rows: the mentions of a party in one sentence are one.
    pub mentions: u64,
    /// The share of rows against, in 0..=1; none without rows.
    pub against: Option<f64>,
    /// The share of neutral rows.
    pub neutral: Option<f64>,
    /// The share of rows in favor.
    pub favor: Option<f64>,
    /// The mean stance score over the rows, in −1..=1; none without rows.
    pub mean: Option<f64>,
    /// The lower end of its 95 % interval; none where there are too few articles for one.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// The mean corrected for the model's mistakes by labels made by hand; none without such.
    pub corrected_mean: Option<f64>,
    /// The lower end of its 95 % interval.
    pub corrected_low: Option<f64>,
    /// The upper end.
    pub corrected_high: Option<f64>,
}

/// By how much two groups differ in how they present a party in a voice.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The party's name.
    pub party: String,
    /// Whose words are counted.
    pub voice: VoiceScope,
    /// A group.
    pub a: String,
    /// The group that it is compared with.
    pub b: String,
    /// The mean of `a` less the mean of `b`, in −2..=2; over the events that both have, if paired.
    pub difference: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// The difference in standard deviations of an article's mean (Hedges' g).
    pub effect: Option<f64>,
    /// How often chance alone gives a difference as large, two-sided.
    pub p: Option<f64>,
    /// The same, adjusted for the number of comparisons (Benjamini and Hochberg 1995).
    pub p_adjusted: Option<f64>,
    /// The events that both groups have, if paired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<u64>,
}

/// What was asked, and of what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Settings {
    /// The column that groups.
    pub by: String,
    /// The parties compared, in the order of the report.
    pub parties: Vec<String>,
    /// The voices shown.
    pub voices: Vec<VoiceScope>,
    /// The column of the event, if groups are compared on the same events.
    pub pair_by: Option<String>,
    /// The group that all others are compared with.
    pub baseline: Option<String>,
    /// Under how many articles nothing is claimed.
    pub min_articles: u64,
    /// Resamples drawn for an interval, and permutations for a test.
    pub resamples: usize,
    /// The seed of all draws.
    pub seed: u64,
    /// The results read, with the rows of each.
    pub results: Vec<(String, u64)>,
    /// Rows read.
    pub rows: u64,
    /// Articles in them.
    pub articles: u64,
    /// Sentences in them.
    pub sentences: u64,
    /// The file of labels made by hand, and how many of them are used.
    pub labels: Option<(String, u64)>,
    /// The bundles that scored the rows, with their checksums, as the manifests beside them tell.
    pub models: Vec<String>,
    /// The program and its version.
    pub program: String,
}

/// The sentiment of all sentences of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Background {
    /// The group.
    pub group: String,
    /// Its articles.
    pub articles: u64,
    /// Their sentences.
    pub sentences: u64,
    /// The shares of negative, neutral and positive sentences.
    pub shares: [f64; 3],
    /// The mean sentiment score.
    pub mean: f64,
    /// Its 95 % interval, if there are articles enough.
    pub interval: Option<(f64, f64)>,
    /// The share of sentences in the author's voice alone.
    pub author_share: f64,
}

/// How a group presents a party in a month, in all voices.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The party's name.
    pub party: String,
    /// The group.
    pub group: String,
    /// The month, as `2024-03`.
    pub month: String,
    /// Articles that have a row.
    pub articles: u64,
    /// The mean stance score of those rows.
    pub mean: f64,
}

/// A sentence shown as an example.
#[derive(Debug, Clone, PartialEq)]
pub struct Excerpt {
    /// The party's name.
    pub party: String,
    /// The group.
    pub group: String,
    /// Whether it stands for the most favor, else for the most against.
    pub in_favor: bool,
    /// The article's id.
    pub article: String,
    /// Its title; empty if it has none.
    pub title: String,
    /// Its date; empty if it has none.
    pub date: String,
    /// The sentence's number in the article.
    pub sentence: u64,
    /// The sentence.
    pub text: String,
    /// Where the first mention stands in the text, in bytes.
    pub mention: Range<usize>,
    /// How the mention was linked: `alias`, `title` or `pronoun`.
    pub link: String,
    /// `author`, `quoted` or `mixed`.
    pub voice: String,
    /// Who is quoted; empty if nobody is.
    pub speaker: String,
    /// The stance score.
    pub score: f64,
}
