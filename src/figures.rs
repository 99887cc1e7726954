//! An evaluation as a table for the terminal.

use std::fmt::Write as _;

use slant::evaluate::{Evaluation, Figures};
use slant::model::{Label, Sentiment, Stance};

/// The figures in percent, a line for each head and part.
pub(crate) fn table(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    let parts = || evaluation.parts.iter();
    let stances = parts().map(|(name, part)| (name.as_str(), part.stance.as_ref()));
    let sentiments = parts().map(|(name, part)| (name.as_str(), part.sentiment.as_ref()));
    let all = "all";
    let stances = [(all, evaluation.stance.as_ref())]
        .into_iter()
        .chain(stances);
    let sentiments = [(all, evaluation.sentiment.as_ref())]
        .into_iter()
        .chain(sentiments);
    section::<Stance>(&mut text, "stance", stances);
    section::<Sentiment>(&mut text, "sentiment", sentiments);
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

/// One head's lines; nothing if no line has figures.
fn section<'a, L: Label>(
    text: &mut String,
    title: &str,
    lines: impl Iterator<Item = (&'a str, Option<&'a Figures>)>,
) {
    let labels = L::ALL.map(L::name);
    let mut header = format!("{title:12}{:>7}{:>10}{:>10}", "n", "accuracy", "macro F1");
    for label in labels {
        let _ = write!(header, "{:>13}", format!("F1 {label}"));
    }
    let before = text.len();
    for (name, figures) in lines.filter_map(|(name, figures)| Some((name, figures?))) {
        let _ = write!(
            text,
            "{name:12}{:>7}{:>10.1}{:>10.1}",
            figures.n,
            100.0 * figures.accuracy,
            100.0 * figures.macro_f1
        );
        for label in labels {
            let _ = write!(text, "{:>13.1}", 100.0 * figures.f1[label]);
        }
        let _ = writeln!(text, "{:>8.3}", figures.ece);
    }
    if text.len() > before {
        text.insert_str(before, &format!("{header}{:>8}\n", "ECE"));
        text.push('\n');
    }
}
