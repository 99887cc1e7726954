//! Rows added up: what an article says of a party, and in all.

use super::estimate::Unit;
use super::line::Line;
use crate::model::Sentiment;

/// What an article says of a party.
pub(super) struct Cell {
    pub(super) party: u32,
    pub(super) group: u32,
    pub(super) event: u32,
    pub(super) month: u32,
    /// In all voices, in the author's and in quotations: by the number of a
    /// [`VoiceScope`](super::VoiceScope).
    pub(super) tallies: [Tally; 3],
}

impl Cell {
    /// Adds a row. `label` is the labelled score and its weight.
    pub(super) fn add(
        &mut self,
        voice: &str,
        score: f64,
        stance: usize,
        label: Option<(f64, f64)>,
    ) {
        let of_voice = match voice {
            "author" => Some(1),
            "quoted" => Some(2),
            _ => None,
        };
        for voice in [Some(0), of_voice].into_iter().flatten() {
            self.tallies[voice].add(score, stance, label);
        }
    }
}

/// Rows added up.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) rows: u32,
    sum: f64,
    /// By stance.
    pub(super) labels: [u32; 3],
    /// The weights of labelled rows, and times the labelled and the model's score.
    labelled: [f64; 3],
}

impl Tally {
    fn add(&mut self, score: f64, stance: usize, label: Option<(f64, f64)>) {
        self.rows += 1;
        self.sum += score;
        self.labels[stance] += 1;
        if let Some((truth, weight)) = label {
            self.labelled[0] += weight;
            self.labelled[1] += weight * truth;
            self.labelled[2] += weight * score;
        }
    }

    pub(super) fn sum(&self) -> f64 {
        self.sum
    }

    /// What figures are taken of.
    pub(super) fn unit(&self) -> Unit {
        let [weight, truth, model] = self.labelled;
        Unit {
            rows: f64::from(self.rows),
            sum: self.sum,
            weight,
            truth,
            model,
        }
    }
}

/// The sentences of an article, added up.
pub(super) struct ArticleTally {
    pub(super) group: u32,
    pub(super) sentences: u32,
    pub(super) sum: f64,
    /// By sentiment.
    pub(super) labels: [u32; 3],
    /// Sentences in the author's voice alone.
    pub(super) by_author: u32,
    last: u32,
}

impl ArticleTally {
    pub(super) fn of(group: u32) -> Self {
        Self {
            group,
            sentences: 0,
            sum: 0.0,
            labels: [0; 3],
            by_author: 0,
            last: 0,
        }
    }

    /// Adds the sentence of a row.
    ///
    /// # Errors
    /// If the row has no sentiment that can be read.
    pub(super) fn add(&mut self, line: &Line<'_>, sentence: u32) -> Result<(), String> {
        self.sum += line.score("sentiment_score")?;
        self.labels[line.label::<Sentiment>("sentiment")?] += 1;
        self.sentences += 1;
        self.by_author += u32::from(line.get("voice") == "author");
        self.last = self.last.max(sentence);
        Ok(())
    }

    /// Whether several articles share its id: it has more sentences than these have numbers.
    pub(super) fn is_of_several(&self) -> bool {
        self.sentences > self.last
    }
}
