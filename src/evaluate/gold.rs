//! The gold file: labelled sentences as JSON Lines, each verified before anything is scored.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::model::{Label, Query, Sentiment, Stance};
use crate::span::{ByteSpan, CharSpan, byte_span};

/// A labelled sentence, verified.
pub struct Gold {
    text: String,
    pub(super) part: Option<String>,
    /// What the two sentences of a swap pair share.
    pub(super) pair: Option<String>,
    /// What the sentences share that differ only in a name.
    pub(super) template: Option<String>,
    pub(super) sentiment: Option<Sentiment>,
    pub(super) targets: Vec<Target>,
}

/// A party of a labelled sentence.
pub(super) struct Target {
    /// Its mentions, in bytes of the text.
    mentions: Vec<ByteSpan>,
    /// Its name; the first mention where the file gives none.
    pub(super) party: String,
    pub(super) stance: Stance,
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

/// A line of a gold file, just as it stands there.
#[derive(Deserialize)]
struct Line {
    text: String,
    sentiment: Option<String>,
    part: Option<String>,
    pair: Option<String>,
    template: Option<String>,
    #[serde(default)]
    targets: Vec<LineTarget>,
}

#[derive(Deserialize)]
struct LineTarget {
    spans: Vec<[usize; 2]>,
    stance: String,
    party: Option<String>,
}

impl Gold {
    fn parse(line: &str) -> std::result::Result<Self, String> {
        let line: Line = serde_json::from_str(line)
            .map_err(|error| format!("not a labelled sentence: {error}"))?;
        if line.text.trim().is_empty() {
            return Err("the text is empty".to_owned());
        }
        let targets = line.targets.into_iter();
        Ok(Self {
            targets: targets
                .map(|target| Target::parse(&line.text, target))
                .collect::<std::result::Result<_, _>>()?,
            sentiment: line.sentiment.as_deref().map(label).transpose()?,
            part: line.part,
            pair: line.pair,
            template: line.template,
            text: line.text,
        })
    }

    pub(super) fn query(&self) -> Query<'_> {
        let mentions = |target: &Target| target.mentions.clone();
        Query {
            text: &self.text,
            targets: self.targets.iter().map(mentions).collect(),
        }
    }
}

impl Target {
    fn parse(text: &str, target: LineTarget) -> std::result::Result<Self, String> {
        let spans = target.spans.into_iter().map(|span| mention(text, span));
        let mentions: Vec<ByteSpan> = spans.collect::<std::result::Result<_, _>>()?;
        let first = mentions.first().ok_or("a target has no spans")?;
        Ok(Self {
            party: target.party.unwrap_or_else(|| first.of(text).to_owned()),
            stance: label(&target.stance)?,
            mentions,
        })
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
