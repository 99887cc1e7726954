//! How good the model is on labelled sentences, through the very code that `score` uses.
//!
//! A gold file is JSON Lines: `{"text": "…", "sentiment": "negative", "targets": [{"spans": [[0,
//! 7]], "stance": "against"}]}`, offsets in characters, `sentiment` and `targets` each optional. A
//! line may name the `part` of the file that it belongs to; parts are then told apart.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{Label, Model, Probabilities, Query, Sentiment, Stance};
use crate::span::{ByteSpan, CharSpan, byte_span};

/// How many sentences are scored at once.
const SENTENCES_AT_ONCE: usize = 512;

/// The bins of equal width that the calibration error is taken over.
const BINS: usize = 10;

/// A labelled sentence, verified.
pub struct Gold {
    text: String,
    part: Option<String>,
    sentiment: Option<Sentiment>,
    /// Each target's mentions in bytes, and the stance toward it.
    targets: Vec<(Vec<ByteSpan>, Stance)>,
}

/// How right the model was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Over all targets with a stance, if there are any.
    pub stance: Option<Figures>,
    /// Over all sentences with a sentiment, if there are any.
    pub sentiment: Option<Figures>,
    /// The same for each part of the gold file that has a name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Part>,
}

/// How right the model was on one part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Over the part's targets, if it has any.
    pub stance: Option<Figures>,
    /// Over the part's sentences with a sentiment, if it has any.
    pub sentiment: Option<Figures>,
    /// How many sentences of the part have a target.
    pub sentences: usize,
    /// The share of those in which every target got its right stance, in 0..=1.
    pub sentences_right: f64,
}

/// Figures over labelled items; all but `n` are in 0..=1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// How many items there are.
    pub n: usize,
    /// The share whose most probable label is the right one.
    pub accuracy: f64,
    /// The plain mean of the labels' F1.
    pub macro_f1: f64,
    /// F1 of each label: the harmonic mean of precision and recall; 0 where nothing is right.
    pub f1: BTreeMap<&'static str, f64>,
    /// Expected calibration error of the most probable label, over ten bins of equal width
    /// (Guo et al. 2017, "On Calibration of Modern Neural Networks").
    pub ece: f64,
}

/// The labelled sentences in the file at `path`, and an error for each line that is none.
///
/// # Errors
/// If the file cannot be read, or has not one labelled sentence.
pub fn read(path: &Path) -> Result<(Vec<Gold>, Vec<Error>)> {
    let file = BufReader::new(File::open(path).map_err(Error::read(path))?);
    let refuse = |line, reason| Error::Gold {
        path: path.to_owned(),
        line,
        reason,
    };
    let (mut gold, mut rejected) = (Vec::new(), Vec::new());
    for (index, line) in file.lines().enumerate() {
        let line = line.map_err(Error::read(path))?;
        let text = line.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            continue;
        }
        match Gold::parse(text) {
            Ok(sentence) => gold.push(sentence),
            Err(reason) => rejected.push(refuse(index + 1, reason)),
        }
    }
    match (gold.is_empty(), rejected.pop()) {
        (true, None) => Err(refuse(1, "there is no labelled sentence in it".to_owned())),
        (true, Some(last)) => Err(last),
        (false, last) => {
            rejected.extend(last);
            Ok((gold, rejected))
        }
    }
}

/// Scores `gold` with `model` and compares; `listen` is told how many sentences are done.
///
/// # Errors
/// If the encoder fails.
pub fn evaluate(gold: &[Gold], model: &Model, listen: &mut dyn FnMut(usize)) -> Result<Evaluation> {
    let mut all = Tally::default();
    let mut parts: BTreeMap<String, Tally> = BTreeMap::new();
    for (index, chunk) in gold.chunks(SENTENCES_AT_ONCE).enumerate() {
        let queries: Vec<Query<'_>> = chunk.iter().map(Gold::query).collect();
        for (gold, scored) in chunk.iter().zip(model.score(&queries)?) {
            all.add(gold, &scored.sentiment, &scored.stances);
            if let Some(part) = &gold.part {
                let tally = parts.entry(part.clone()).or_default();
                tally.add(gold, &scored.sentiment, &scored.stances);
            }
        }
        listen(index * SENTENCES_AT_ONCE + chunk.len());
    }
    Ok(Evaluation {
        stance: Figures::over(&all.stances),
        sentiment: Figures::over(&all.sentiments),
        parts: parts
            .into_iter()
            .map(|(name, tally)| (name, tally.part()))
            .collect(),
    })
}

/// A line of a gold file, just as it stands there.
#[derive(Deserialize)]
struct Line {
    text: String,
    sentiment: Option<String>,
    part: Option<String>,
    #[serde(default)]
    targets: Vec<LineTarget>,
}

#[derive(Deserialize)]
struct LineTarget {
    spans: Vec<[usize; 2]>,
    stance: String,
}

impl Gold {
    fn parse(line: &str) -> std::result::Result<Self, String> {
        let line: Line = serde_json::from_str(line)
            .map_err(|error| format!("not a labelled sentence: {error}"))?;
        if line.text.trim().is_empty() {
            return Err("the text is empty".to_owned());
        }
        let sentiment = line.sentiment.as_deref().map(label).transpose()?;
        let targets = line.targets.iter().map(|target| {
            if target.spans.is_empty() {
                return Err("a target has no spans".to_owned());
            }
            let spans = target.spans.iter().map(|&span| mention(&line.text, span));
            Ok((
                spans.collect::<std::result::Result<_, _>>()?,
                label(&target.stance)?,
            ))
        });
        Ok(Self {
            targets: targets.collect::<std::result::Result<_, String>>()?,
            sentiment,
            part: line.part,
            text: line.text,
        })
    }

    fn query(&self) -> Query<'_> {
        Query {
            text: &self.text,
            targets: self
                .targets
                .iter()
                .map(|(spans, _)| spans.clone())
                .collect(),
        }
    }
}

fn label<L: Label>(name: &str) -> std::result::Result<L, String> {
    let known = L::ALL.map(L::name).join(", ");
    L::named(name).ok_or_else(|| format!("unknown label `{name}`; the labels are {known}"))
}

/// The place of a mention, which has to hold a letter or digit to be one.
fn mention(text: &str, [start, end]: [usize; 2]) -> std::result::Result<ByteSpan, String> {
    let span = byte_span(text, CharSpan { start, end })
        .ok_or_else(|| format!("the span [{start}, {end}] is not inside the text"))?;
    if span.of(text).chars().any(char::is_alphanumeric) {
        Ok(span)
    } else {
        Err(format!(
            "the span [{start}, {end}] holds no letter or digit"
        ))
    }
}

/// The right label, and what was scored.
type Pair<L> = (L, Probabilities<L>);

/// What was expected and what was found, item by item.
#[derive(Default)]
struct Tally {
    sentiments: Vec<Pair<Sentiment>>,
    stances: Vec<Pair<Stance>>,
    sentences: usize,
    sentences_right: usize,
}

impl Tally {
    fn add(
        &mut self,
        gold: &Gold,
        sentiment: &Probabilities<Sentiment>,
        stances: &[Probabilities<Stance>],
    ) {
        self.sentiments
            .extend(gold.sentiment.map(|expected| (expected, *sentiment)));
        let expected = gold.targets.iter().map(|(_, stance)| *stance);
        let pairs: Vec<_> = expected.zip(stances.iter().copied()).collect();
        if !pairs.is_empty() {
            let right = pairs.iter().all(|(stance, scored)| scored.top() == *stance);
            self.sentences += 1;
            self.sentences_right += usize::from(right);
        }
        self.stances.extend(pairs);
    }

    fn part(self) -> Part {
        Part {
            stance: Figures::over(&self.stances),
            sentiment: Figures::over(&self.sentiments),
            sentences: self.sentences,
            sentences_right: ratio(self.sentences_right, self.sentences),
        }
    }
}

impl Figures {
    /// Figures over `pairs`, or nothing without any.
    fn over<L: Label>(pairs: &[Pair<L>]) -> Option<Self> {
        if pairs.is_empty() {
            return None;
        }
        let f1_of = |label: L| {
            let right = pairs.iter().filter(|(right, _)| *right == label);
            let hits = right.clone().filter(|(_, scored)| scored.top() == label);
            let scored = pairs.iter().filter(|(_, scored)| scored.top() == label);
            ratio(2 * hits.count(), right.count() + scored.count())
        };
        let f1 = L::ALL.map(|label| (label.name(), f1_of(label)));
        let right = pairs
            .iter()
            .filter(|(right, scored)| scored.top() == *right);
        Some(Self {
            n: pairs.len(),
            accuracy: ratio(right.count(), pairs.len()),
            macro_f1: f1.iter().map(|(_, value)| value).sum::<f64>() / f1.len() as f64,
            f1: f1.into_iter().collect(),
            ece: calibration_error(pairs),
        })
    }
}

fn calibration_error<L: Label>(pairs: &[Pair<L>]) -> f64 {
    let mut gaps = [0.0; BINS];
    for (right, scored) in pairs {
        let top = scored.top();
        let confidence = scored.of(top);
        let bin = ((confidence * BINS as f64) as usize).min(BINS - 1);
        gaps[bin] += confidence - f64::from(u8::from(top == *right));
    }
    gaps.iter().map(|gap| gap.abs()).sum::<f64>() / pairs.len() as f64
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Probabilities whose likeliest label is `label`.
    fn sure(label: Stance, confidence: f64) -> Probabilities<Stance> {
        let rest = (1.0 - confidence) / 2.0;
        let weight = |other| if other == label { confidence } else { rest };
        Probabilities::from_weights(Stance::ALL.map(weight))
    }

    #[test]
    fn figures_are_those_worked_out_by_hand() {
        use Stance::{Against, Favor, Neutral};
        let pairs = [
            (Against, sure(Against, 0.95)),
            (Against, sure(Against, 0.95)),
            (Against, sure(Neutral, 0.65)),
            (Neutral, sure(Neutral, 0.65)),
            (Favor, sure(Against, 0.45)),
        ];
        let figures = Figures::over(&pairs).unwrap();
        assert_eq!(figures.n, 5);
        assert!((figures.accuracy - 3.0 / 5.0).abs() < 1e-12);
        // precision 2/3 and recall 2/3; precision 1/2 and recall 1; nothing right.
        assert!((figures.f1["against"] - 2.0 / 3.0).abs() < 1e-12);
        assert!((figures.f1["neutral"] - 2.0 / 3.0).abs() < 1e-12);
        assert!((figures.f1["favor"] - 0.0).abs() < 1e-12);
        assert!((figures.macro_f1 - 4.0 / 9.0).abs() < 1e-12);
        // Bins: two at 0.95 both right, two at 0.65 one right, one at 0.45 wrong.
        let expected = (2.0 * 0.05 + 2.0 * 0.15 + 0.45) / 5.0;
        assert!((figures.ece - expected).abs() < 1e-12);
        assert_eq!(Figures::over::<Stance>(&[]), None);
    }
}
