//! A run that leaves a result, from its input to the files in their places.

use std::io;

use slant::counts::Counts;
use slant::error::Result;
use slant::input::{Article, Articles, Rejected};
use slant::manifest::{Identity, Machine, Manifest, Totals};
use slant::output::Rows;
use slant::parties::Parties;
use slant::score::Event;

use crate::Outcome;
use crate::cli::InputArgs;
use crate::files::{About, ResultFiles};
use crate::interrupt::Interrupt;
use crate::place::{Begun, Place};
use crate::progress::Progress;

/// What is to be done, but for how rows are made of articles.
pub(crate) struct Job<'a> {
    pub(crate) input: &'a InputArgs,
    pub(crate) quiet: bool,
    /// All that shapes the result, but for the input's files.
    pub(crate) identity: Identity,
    /// The run that this is to repeat.
    pub(crate) repeats: Option<&'a Manifest>,
    pub(crate) parties: &'a Parties,
    pub(crate) threads: usize,
}

/// The records of the input.
type Records<'r> = &'r mut dyn Iterator<Item = std::result::Result<Article, Rejected>>;

impl Job<'_> {
    /// Has `work` make rows of the articles, and puts them in their `place`.
    pub(crate) fn carry_out(
        mut self,
        place: Place,
        work: impl FnOnce(
            Records<'_>,
            &mut dyn Rows,
            Counts,
            &mut dyn FnMut(Event<'_>),
        ) -> Result<Counts>,
    ) -> anyhow::Result<Outcome> {
        let mut articles = self.input.articles();
        let mut progress = Progress::start(&articles, self.quiet);
        if place.is_file() || self.repeats.is_some() {
            self.identity.files = articles.fingerprints();
        }
        self.check_repeated()?;
        let identity = self.identity.clone();
        let mut files = match place.begin(identity, &mut articles)? {
            Begun::Run(files) => files,
            Begun::Finished(manifest) => {
                progress.finished_before(&manifest);
                return Ok(Outcome::of(manifest.counts.rejected));
            }
        };
        progress.go_on(&files.so_far());
        let interrupt = listen(&files)?;
        let mut records = interrupt.over(&mut articles);
        let counts = files.fill(|rows, so_far| {
            work(&mut records, rows, so_far, &mut |event| {
                progress.show(event)
            })
        })?;
        if records.was_stopped() {
            progress.stop(&files.unfinished());
            return Ok(Outcome::Stopped);
        }
        progress.finish(&counts, self.parties, &articles);
        self.finish(files, &counts, &articles, &progress)
    }

    /// Refuses to repeat a run that would not be the same.
    fn check_repeated(&self) -> anyhow::Result<()> {
        let Some(manifest) = self.repeats else {
            return Ok(());
        };
        let before = Identity {
            format: self.identity.format.clone(),
            ..manifest.identity.clone()
        };
        match before.difference(&self.identity) {
            Some(what) => anyhow::bail!(
                "the run cannot be repeated: {what}; undo that, or give INPUT and options instead of --from-manifest"
            ),
            None => Ok(()),
        }
    }

    /// Puts the result in its place, unless not one input could be opened or a record is unaccounted for.
    fn finish(
        self,
        files: ResultFiles,
        counts: &Counts,
        articles: &Articles,
        progress: &Progress,
    ) -> anyhow::Result<Outcome> {
        let read = articles.records_read();
        if read != counts.articles + counts.rejected {
            let Counts {
                articles, rejected, ..
            } = counts;
            anyhow::bail!(
                "{read} records went in, but {articles} articles and {rejected} rejected records came out: \
                 this is a fault of slant; {}",
                files.unfinished()
            );
        }
        if nothing_was_read(counts) {
            files.discard()?;
            anyhow::bail!("none of the input could be read; nothing was written");
        }
        let now = self.input.articles().fingerprints();
        let changed_files = self.identity.changed_files(&now);
        progress.changed(&changed_files);
        let outcome = match changed_files.is_empty() {
            true => Outcome::of(counts.rejected),
            false => Outcome::Partial,
        };
        let about = About {
            run: self.told(counts),
            changed_files,
            counts: Totals::of(counts, self.parties),
            machine: Machine::here(self.threads),
        };
        let manifest = files.finish(about)?;
        if let (Some(before), Some(now)) = (self.repeats, manifest) {
            progress.compare(before, &now);
        }
        Ok(outcome)
    }

    /// What a result says of the run that made it: nothing that another run of the same would not say.
    fn told(&self, counts: &Counts) -> Vec<(&'static str, String)> {
        let Identity { model, parties, .. } = &self.identity;
        let mut told = vec![
            ("program", self.identity.program.clone()),
            ("input", self.identity.inputs.join(" ")),
            ("articles", counts.articles.to_string()),
            ("sentences", counts.sentences.to_string()),
            ("rows", counts.rows.to_string()),
            ("rejected", counts.rejected.to_string()),
        ];
        told.extend(model.iter().map(|model| ("model", model.bundle.clone())));
        told.extend(
            parties
                .iter()
                .map(|parties| ("parties", parties.file.clone())),
        );
        told
    }
}

/// Rows on standard output cannot be gone on with: there Ctrl-C ends the program as it always does.
fn listen(files: &ResultFiles) -> io::Result<Interrupt> {
    match files.are_kept() {
        true => Interrupt::listen(),
        false => Ok(Interrupt::default()),
    }
}

/// Whether not one input could be opened.
pub(crate) fn nothing_was_read(counts: &Counts) -> bool {
    counts.articles == 0 && counts.rejected > 0 && counts.rejected == counts.rejected_files
}
