//! An evaluation as a table for the terminal.

use std::fmt::Write as _;

use slant::evaluate::{Evaluation, Figures};

/// The figures in percent, a line for each head and part.
pub(crate) fn table(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    section(&mut text, "stance", evaluation.stance.as_ref(), {
        let parts = evaluation.parts.iter();
        parts.filter_map(|(name, part)| Some((name.as_str(), part.stance.as_ref()?)))
    });
    section(&mut text, "sentiment", evaluation.sentiment.as_ref(), {
        let parts = evaluation.parts.iter();
        parts.filter_map(|(name, part)| Some((name.as_str(), part.sentiment.as_ref()?)))
    });
    for (name, part) in &evaluation.parts {
        if part.sentences > 0 {
            let right = 100.0 * part.sentences_right;
            let _ = writeln!(
                text,
                "{name}: every target right in {right:.1} % of {} sentences",
                part.sentences
            );
        }
    }
    text
}

fn section<'a>(
    text: &mut String,
    title: &str,
    whole: Option<&'a Figures>,
    parts: impl Iterator<Item = (&'a str, &'a Figures)>,
) {
    let Some(whole) = whole else { return };
    let mut header = format!("{title:12}{:>7}{:>10}{:>10}", "n", "accuracy", "macro F1");
    for label in whole.f1.keys() {
        let _ = write!(header, "{:>13}", format!("F1 {label}"));
    }
    let _ = writeln!(text, "{header}{:>8}", "ECE");
    for (name, figures) in [("all", whole)].into_iter().chain(parts) {
        let _ = write!(
            text,
            "{name:12}{:>7}{:>10.1}{:>10.1}",
            figures.n,
            100.0 * figures.accuracy,
            100.0 * figures.macro_f1
        );
        for value in figures.f1.values() {
            let _ = write!(text, "{:>13.1}", 100.0 * value);
        }
        let _ = writeln!(text, "{:>8.3}", figures.ece);
    }
    text.push('\n');
}
