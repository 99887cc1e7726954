//! An evaluation as tables for the terminal.

use std::fmt::Write as _;

use slant::evaluate::{Comparison, Difference, Evaluation, Figures, Part};
use slant::model::{Label, Sentiment, Stance};

/// The figures in percent: a line for each head and part, then the tables of each head, the tests
/// of swapped names and of names, and the comparison.
pub(crate) fn of(evaluation: &Evaluation) -> String {
    let mut text = format!("{}\n\n", evaluation.bundle);
    let all = [("all", &evaluation.all)].into_iter();
    let parts = evaluation.parts.iter();
    let lines: Vec<(&str, &Part)> = all
        .chain(parts.map(|(name, part)| (name.as_str(), part)))
        .collect();
    let stances = lines.iter().map(|(name, part)| (*name, &part.stance));
    section::<Stance>(&mut text, "stance", stances);
    let sentiments = lines.iter().map(|(name, part)| (*name, &part.sentiment));
    section::<Sentiment>(&mut text, "sentiment", sentiments);
    if let Some(figures) = &evaluation.all.stance {
        details::<Stance>(&mut text, "stance", figures);
    }
    if let Some(figures) = &evaluation.all.sentiment {
        details::<Sentiment>(&mut text, "sentiment", figures);
    }
    for (name, part) in &evaluation.parts {
        tests(&mut text, name, part);
    }
    if let Some(comparison) = &evaluation.comparison {
        compared(&mut text, comparison);
    }
    text
}

/// One head's lines; nothing if no line has figures.
fn section<'a, L: Label>(
    text: &mut String,
    title: &str,
    lines: impl Iterator<Item = (&'a str, &'a Option<Figures>)>,
) {
    let labels = L::ALL.map(L::name);
    let mut header = format!(
        "{title:12}{:>7}{:>10}{:>10}{:>15}",
        "n", "accuracy", "macro F1", "95 %"
    );
    for label in labels {
        let _ = write!(header, "{:>13}", format!("F1 {label}"));
    }
    let before = text.len();
    for (name, figures) in lines.filter_map(|(name, figures)| Some((name, figures.as_ref()?))) {
        let _ = write!(
            text,
            "{name:12}{:>7}{:>10.1}{:>10.1}{:>15}",
            figures.n,
            100.0 * figures.accuracy,
            100.0 * figures.macro_f1,
            format!(
                "{:.1} to {:.1}",
                100.0 * figures.macro_f1_interval.low,
                100.0 * figures.macro_f1_interval.high
            )
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

/// One head's confusion and reliability.
fn details<L: Label>(text: &mut String, title: &str, figures: &Figures) {
    let labels = L::ALL.map(L::name);
    let _ = write!(text, "{:12}", format!("{title}, as"));
    for label in labels {
        let _ = write!(text, "{label:>10}");
    }
    let _ = writeln!(text, "{:>10}{:>11}", "recall", "precision");
    for expected in labels {
        let _ = write!(text, "{expected:12}");
        for found in labels {
            let _ = write!(text, "{:>10}", figures.confusion[expected][found]);
        }
        let _ = writeln!(
            text,
            "{:>10.1}{:>11.1}",
            100.0 * figures.recall[expected],
            100.0 * figures.precision[expected]
        );
    }
    let _ = writeln!(text, "\n{:12}{:>10}{:>10}", "probability", "n", "right");
    for bin in &figures.reliability {
        let _ = writeln!(
            text,
            "{:12}{:>10}{:>10.1}",
            format!("{:.2}", bin.confidence),
            bin.n,
            100.0 * bin.accuracy
        );
    }
    text.push('\n');
}

/// What a part says of telling names apart, and of names alone.
fn tests(text: &mut String, name: &str, part: &Part) {
    if part.sentences > 0 {
        let right = 100.0 * part.sentences_right;
        let sentences = part.sentences;
        let _ = writeln!(
            text,
            "{name}: every target right in {right:.1} % of {sentences} sentences"
        );
    }
    if let Some(swap) = &part.swap {
        let right = 100.0 * swap.pairs_right;
        let pairs = swap.pairs;
        let _ = writeln!(
            text,
            "{name}: both sentences right in {right:.1} % of {pairs} swap pairs"
        );
    }
    if let Some(names) = &part.names {
        let (lowest, low) = &names.lowest;
        let (highest, high) = &names.highest;
        let _ = writeln!(
            text,
            "{name}: {} names in {} sentences; mean scores of the neutral ones spread by {:.3}, from {lowest} \
             ({low:+.3}) to {highest} ({high:+.3}); the name alone changes the label in {:.1} %",
            names.names,
            names.templates,
            names.spread,
            100.0 * names.flips
        );
    }
}

fn compared(text: &mut String, comparison: &Comparison) {
    let heads = [
        ("stance", &comparison.stance),
        ("sentiment", &comparison.sentiment),
    ];
    for (title, found) in heads {
        if let Some(found) = found {
            let Difference {
                difference,
                interval,
                p,
                ..
            } = found;
            let _ = writeln!(
                text,
                "{title}: macro F1 differs from that of {} by {:+.1}, 95 % interval {:+.1} to {:+.1}, p = {p:.3}",
                comparison.baseline,
                100.0 * difference,
                100.0 * interval.low,
                100.0 * interval.high
            );
        }
    }
}
