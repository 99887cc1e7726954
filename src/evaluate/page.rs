//! An evaluation as one HTML page that opens offline.

use askama::Template;

use super::{Comparison, Difference, Evaluation, Figures, Interval, Part};
use crate::model::{Label, Sentiment, Stance};

/// The side of the reliability plot's square, in units of the drawing.
const PLOT: f64 = 200.0;

#[derive(Template)]
#[template(path = "evaluate/page.html")]
struct Page<'e> {
    evaluation: &'e Evaluation,
    file: &'e str,
    stance: [&'static str; 3],
    sentiment: [&'static str; 3],
}

impl Evaluation {
    /// The page; `file` is the gold file's name, to be shown.
    ///
    /// # Errors
    /// None that is known: the template writes into memory.
    pub fn page(&self, file: &str) -> askama::Result<String> {
        let page = Page {
            evaluation: self,
            file,
            stance: Stance::ALL.map(Label::name),
            sentiment: Sentiment::ALL.map(Label::name),
        };
        page.render()
    }
}

impl Page<'_> {
    /// The heads that have figures: a title, the labels in order, and the figures.
    fn heads(&self) -> Vec<(&'static str, &[&'static str; 3], &Figures)> {
        let all = &self.evaluation.all;
        let heads = [
            ("Stance", &self.stance, all.stance.as_ref()),
            ("Sentiment", &self.sentiment, all.sentiment.as_ref()),
        ];
        let known = heads.into_iter();
        known
            .filter_map(|(title, labels, figures)| Some((title, labels, figures?)))
            .collect()
    }

    fn differences(comparison: &Comparison) -> Vec<(&'static str, &Difference)> {
        let heads = [
            ("stance", comparison.stance.as_ref()),
            ("sentiment", comparison.sentiment.as_ref()),
        ];
        let known = heads.into_iter();
        known
            .filter_map(|(title, found)| Some((title, found?)))
            .collect()
    }

    fn parts(&self) -> Vec<(&str, &Part)> {
        let parts = self.evaluation.parts.iter();
        parts.map(|(name, part)| (name.as_str(), part)).collect()
    }

    /// The reliability plot's points: x, y and radius in the drawing, and what to say of each.
    fn points(figures: &Figures) -> Vec<(f64, f64, f64, String)> {
        let bins = figures.reliability.iter();
        bins.map(|bin| {
            let radius = 3.0 + 12.0 * (bin.n as f64 / figures.n as f64).sqrt();
            let told = format!(
                "{} items of probability {:.2}: {:.1} % right",
                bin.n,
                bin.confidence,
                100.0 * bin.accuracy
            );
            let y = PLOT * (1.0 - bin.accuracy);
            (PLOT * bin.confidence, y, radius, told)
        })
        .collect()
    }

    /// How dark a cell of the confusion table is: its share of the row's items, in percent.
    fn share(figures: &Figures, expected: &str, found: &str) -> f64 {
        let row = &figures.confusion[expected];
        let total: usize = row.values().sum();
        100.0 * row[found] as f64 / total.max(1) as f64
    }

    /// A figure in 0..=1, in percent.
    fn percent(value: &f64) -> String {
        format!("{:.1}", 100.0 * value)
    }

    /// An interval in percent.
    fn range(interval: &Interval) -> String {
        let Interval { low, high } = interval;
        format!("{:.1} to {:.1}", 100.0 * low, 100.0 * high)
    }
}
