//! What the user sees on standard error while a run goes on, and at its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use slant::counts::{Counts, PartyCounts};
use slant::input::{Articles, Rejected};
use slant::manifest::{Manifest, Totals};
use slant::parties::Parties;
use slant::score::Event;

/// A progress bar, on a terminal only, and the messages that go around it.
pub(crate) struct Progress {
    bar: ProgressBar,
    bytes_read: Arc<AtomicU64>,
    started: Instant,
    /// Sentences that were written before.
    sentences_before: u64,
    quiet: bool,
}

impl Progress {
    /// A bar over the bytes of `articles`; nothing is drawn if `quiet`, or without a terminal.
    pub(crate) fn start(articles: &Articles, quiet: bool) -> Self {
        let total = articles.total_bytes();
        let bar = ProgressBar::with_draw_target(total, target(quiet));
        bar.set_style(style(match total {
            Some(_) => "{bar:30} {percent:>3} %  {msg}, {eta} left",
            None => "{spinner} {msg}",
        }));
        bar.set_message("0 articles");
        let progress = Self {
            bar,
            bytes_read: articles.bytes_read(),
            started: Instant::now(),
            sentences_before: 0,
            quiet,
        };
        if let Some(files) = listed(articles.left_out()) {
            progress.say(&format!("left out, not a kind that is read: {files}"));
        }
        progress
    }

    /// Says where a stopped run goes on, if it had come anywhere.
    pub(crate) fn go_on(&mut self, before: &Counts) {
        if before.articles + before.rejected == 0 {
            return;
        }
        self.started = Instant::now();
        self.sentences_before = before.sentences;
        let rejected = match before.rejected {
            0 => String::new(),
            rejected => format!(" and {}", counted(rejected, "rejected record")),
        };
        let articles = counted(before.articles, "article");
        self.say(&format!("goes on after {articles}{rejected}"));
    }

    /// Says that a run has come to its end before.
    pub(crate) fn finished_before(&self, manifest: &Manifest) {
        let Totals {
            articles,
            sentences,
            records,
            rejected,
            ..
        } = manifest.counts;
        self.bar.finish_and_clear();
        self.say(&format!(
            "{} was finished before, nothing was changed: {}, {}; {} rejected of {}",
            manifest.result.file,
            counted(articles, "article"),
            counted(sentences, "sentence"),
            HumanCount(rejected),
            counted(records, "record")
        ));
    }

    /// Takes the bar away and says, quiet or not, what a run leaves that the user has stopped.
    pub(crate) fn stop(&self, left: &str) {
        self.bar.finish_and_clear();
        eprintln!("stopped: {left}");
    }

    /// Says, quiet or not, which files changed while they were read.
    pub(crate) fn changed(&self, files: &[String]) {
        for file in files {
            eprintln!(
                "changed: {file} is not what it was when the run began, and its rows may be of either; \
                 for rows of one state, give the command again with --force"
            );
        }
    }

    /// Says whether a run that was repeated gave the same result `now` as `before`.
    pub(crate) fn compare(&self, before: &Manifest, now: &Manifest) {
        if before.identity.format != now.identity.format {
            return;
        }
        self.say(match before.result.checksum == now.result.checksum {
            true => "the result is the same, byte for byte",
            false => "the result is not the same: another processor, or another libtorch?",
        });
    }

    /// Shows what happened.
    pub(crate) fn show(&self, event: Event<'_>) {
        match event {
            Event::Rejected(rejected) => self.reject(rejected),
            Event::Progress(counts) => {
                self.bar
                    .set_position(self.bytes_read.load(Ordering::Relaxed));
                self.bar.set_message(format!(
                    "{} articles, {} sentences a second",
                    HumanCount(counts.articles),
                    HumanCount(self.rate(counts))
                ));
            }
        }
    }

    /// Takes the bar away and prints the summary.
    pub(crate) fn finish(&self, counts: &Counts, parties: &Parties, articles: &Articles) {
        self.bar.finish_and_clear();
        if let Some(format) = articles.standard_input() {
            self.say(&format!("standard input was read as {format}"));
        }
        if let Some(books) = listed(articles.partly_read()) {
            self.say(&format!("not all was read of {books}"));
        }
        for (encoding, records) in articles.other_encodings() {
            self.say(&format!(
                "{} read as {encoding}",
                counted(records, "record")
            ));
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = HumanCount(self.rate(counts));
        let summary = summary(counts, parties, articles.records_read());
        self.say(&format!(
            "{summary}; {seconds:.1} s, {rate} sentences a second"
        ));
        if !parties.is_empty() {
            self.say(&mentions(counts, parties));
        }
    }

    /// Prints a line that the bar does not overwrite.
    fn say(&self, message: &str) {
        if !self.quiet {
            self.bar.suspend(|| eprintln!("{message}"));
        }
    }

    fn reject(&self, rejected: &Rejected) {
        self.bar.suspend(|| eprintln!("rejected: {rejected}"));
    }

    fn rate(&self, counts: &Counts) -> u64 {
        let sentences = counts.sentences - self.sentences_before;
        (sentences as f64 / self.started.elapsed().as_secs_f64().max(0.001)) as u64
    }
}

/// One line: what was scored, whom it named, what was rejected of how many records.
fn summary(counts: &Counts, parties: &Parties, read: u64) -> String {
    let mut parts = vec![format!(
        "{}, {}",
        counted(counts.articles, "article"),
        counted(counts.sentences, "sentence")
    )];
    if !parties.is_empty() {
        let mentions = counts.parties.iter().map(PartyCounts::total).sum();
        parts.push(counted(mentions, "mention"));
    }
    if counts.repeated > 0 {
        parts.push(format!("{} repeated", HumanCount(counts.repeated)));
    }
    if counts.windowed > 0 {
        parts.push(format!("{} in windows", HumanCount(counts.windowed)));
    }
    parts.push(format!(
        "{} rejected of {}",
        HumanCount(counts.rejected),
        counted(read, "record")
    ));
    parts.join("; ")
}

/// How each party was mentioned, and what could be meant by its name and was not counted.
fn mentions(counts: &Counts, parties: &Parties) -> String {
    let named: Vec<_> = parties.iter().zip(&counts.parties).collect();
    let width = named
        .iter()
        .map(|(party, _)| party.name.chars().count())
        .max();
    let width = width.unwrap_or(0).max("mentions".len());
    let mut lines = vec![format!(
        "{:width$}  {:>9} {:>9} {:>9} {:>9}",
        "mentions", "alias", "title", "pronoun", "excluded"
    )];
    for (party, counts) in &named {
        let [alias, title, pronoun] = counts.mentions;
        let cells =
            [alias, title, pronoun, counts.excluded].map(|count| HumanCount(count).to_string());
        let cells: Vec<_> = cells.iter().map(|cell| format!("{cell:>9}")).collect();
        lines.push(format!("{:width$}  {}", party.name, cells.join(" ")));
    }
    for (party, counts) in &named {
        let near: Vec<_> = counts.near.by_frequency();
        let names = near
            .iter()
            .map(|(name, times)| format!("{name} {}", HumanCount(*times)));
        if let Some(names) = listed(&names.collect::<Vec<_>>()) {
            lines.push(format!(
                "not counted for {}: {names}; if it is meant, add an alias",
                party.name
            ));
        }
    }
    lines.join("\n")
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", HumanCount(count))
}

/// The first few names and how many more there are, or nothing without any.
fn listed(names: &[String]) -> Option<String> {
    const SHOWN: usize = 3;
    let first = names.get(..SHOWN.min(names.len()))?.join(", ");
    match names.len() {
        0 => None,
        count if count > SHOWN => Some(format!("{first} and {} more", count - SHOWN)),
        _ => Some(first),
    }
}

/// A bar over a known number of sentences.
pub(crate) fn sentences(total: u64, quiet: bool) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), target(quiet));
    bar.set_style(style(
        "{bar:30} {percent:>3} %  {pos} sentences, {eta} left",
    ));
    bar
}

/// indicatif draws on a terminal only.
fn target(quiet: bool) -> ProgressDrawTarget {
    if quiet {
        ProgressDrawTarget::hidden()
    } else {
        ProgressDrawTarget::stderr()
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
