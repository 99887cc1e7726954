//! The files that a run leaves: its result, and beside it the list of what was rejected and the
//! manifest; while it goes on, and if it is stopped, its journal.
//!
//! The journal is removed last, so whenever a run is stopped there is either the journal to go on
//! from, or the whole result with a manifest that says so.

use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use indicatif::HumanCount;
use serde::{Deserialize, Serialize};
use slant::checksum::{Checksum, Summing};
use slant::counts::Counts;
use slant::error::Error;
use slant::manifest::{Completed, Identity, Machine, Manifest, Totals};
use slant::output::{Design, Destination, Journal, RejectedFile, Rows, Sheet};

/// The files of a run under way.
pub(crate) enum ResultFiles {
    Stream(Box<Sheet<Destination>>, String),
    Kept(Box<Kept>),
}

/// A result that is kept in a journal until it is complete.
pub(crate) struct Kept {
    pub(crate) journal: Journal,
    pub(crate) head: Head,
    pub(crate) path: PathBuf,
    pub(crate) design: Design,
}

/// What the journal says of its run.
#[derive(Serialize, Deserialize)]
pub(crate) struct Head {
    pub(crate) identity: Identity,
    pub(crate) started: String,
    /// Whether the run was begun with `--force`, to replace what is there.
    pub(crate) replaces: bool,
}

/// What is told of a run beside its rows.
pub(crate) struct About {
    /// In the result, where the format has a place for it: a name and a value each.
    pub(crate) run: Vec<(&'static str, String)>,
    /// The input's files that changed meanwhile.
    pub(crate) changed_files: Vec<String>,
    pub(crate) counts: Totals,
    pub(crate) machine: Machine,
}

impl ResultFiles {
    /// Whether they can be gone on with.
    pub(crate) fn are_kept(&self) -> bool {
        matches!(self, Self::Kept(_))
    }

    /// What the run had done when it was stopped; nothing if it begins now.
    pub(crate) fn so_far(&self) -> Counts {
        match self {
            Self::Stream(..) => Counts::default(),
            Self::Kept(kept) => kept.journal.state().counts.clone(),
        }
    }

    /// Has `work` write the rows, and go on counting from what was done before.
    ///
    /// # Errors
    /// If `work` fails; what that leaves behind is said too.
    pub(crate) fn fill(
        &mut self,
        work: impl FnOnce(&mut dyn Rows, Counts) -> Result<Counts, Error>,
    ) -> anyhow::Result<Counts> {
        let so_far = self.so_far();
        let done = match self {
            Self::Stream(sheet, _) => work(&mut **sheet, so_far),
            Self::Kept(kept) => work(&mut kept.journal, so_far),
        };
        done.map_err(|error| self.broken_off(error))
    }

    /// What a failure, or the user's wish, leaves behind.
    pub(crate) fn unfinished(&self) -> String {
        match self {
            Self::Stream(_, name) => format!("the rows on {name} break off"),
            Self::Kept(kept) => kept.unfinished(),
        }
    }

    fn broken_off(&self, error: Error) -> anyhow::Error {
        let unfinished = match (self, is_full(&error)) {
            (Self::Kept(kept), true) => format!("{} once there is room", kept.unfinished()),
            _ => self.unfinished(),
        };
        anyhow::Error::new(error).context(unfinished)
    }

    /// Puts the files in their places, and gives the manifest of a result that is a file.
    ///
    /// # Errors
    /// If the disk fails.
    pub(crate) fn finish(self, about: About) -> anyhow::Result<Option<Manifest>> {
        match self {
            Self::Stream(sheet, name) => {
                let named = |reason| Error::Write { name, reason };
                let destination = sheet.finish(owned(about.run));
                destination.and_then(Destination::finish).map_err(named)?;
                Ok(None)
            }
            Self::Kept(mut kept) => match kept.complete(about) {
                Ok(manifest) => {
                    kept.journal.remove()?;
                    Ok(Some(manifest))
                }
                Err(error) => Err(Self::Kept(kept).broken_off(error)),
            },
        }
    }

    /// Leaves nothing.
    ///
    /// # Errors
    /// If the disk fails.
    pub(crate) fn discard(self) -> anyhow::Result<()> {
        match self {
            Self::Stream(..) => Ok(()),
            Self::Kept(kept) => Ok(kept.journal.remove()?),
        }
    }
}

impl Kept {
    /// Makes the result from the journal, then what stands beside it. Each file is put in its place
    /// whole, and all can be done again.
    fn complete(&mut self, about: About) -> Result<Manifest, Error> {
        self.journal.end(now())?;
        let (result, checksum, list) = self.render(about.run)?;
        if !self.head.replaces {
            self.check_still_free(&checksum)?;
        }
        result.finish().map_err(self.write_error())?;
        list.finish()?;
        let run = Completed {
            identity: self.head.identity.clone(),
            changed_files: about.changed_files,
            started: self.head.started.clone(),
            state: self.journal.state(),
            counts: about.counts,
            machine: about.machine,
        };
        let manifest = Manifest::new(&self.path, checksum, run);
        manifest.write(&self.path)?;
        Ok(manifest)
    }

    /// Refuses to replace what somebody else has made meanwhile. A result with this checksum is the
    /// run's own: it was stopped in its last steps.
    fn check_still_free(&self, checksum: &Checksum) -> Result<(), Error> {
        let result = &self.path;
        if result.exists() && Checksum::of(result).map_err(Error::read(result))? != *checksum {
            return Err(Error::InTheWay {
                path: result.clone(),
            });
        }
        let path = Manifest::path_beside(result);
        match path.exists() && Manifest::beside(result).is_none() {
            true => Err(Error::InTheWay { path }),
            false => Ok(()),
        }
    }

    /// The result and the list of what was rejected, whole but not yet in their places.
    fn render(
        &self,
        run: Vec<(&'static str, String)>,
    ) -> Result<(Destination, Checksum, RejectedFile), Error> {
        let destination = Destination::open(&self.path, true)?;
        let folder = self.path.parent().filter(|folder| folder.is_dir());
        let mut sheet = Sheet::new(Summing::new(destination), &self.design, folder)?;
        let mut list = RejectedFile::beside(&self.path);
        self.journal.replay(
            |line| sheet.write_cells(line).map_err(self.write_error()),
            |rejected| list.add(rejected),
        )?;
        let summed = sheet.finish(owned(run)).map_err(self.write_error())?;
        let (destination, checksum) = summed.finish();
        Ok((destination, checksum, list))
    }

    fn unfinished(&self) -> String {
        let journal = self.journal.path().display();
        match self.journal.safe() {
            Some(1) => format!("1 article is safe in {journal}; the same command goes on"),
            Some(articles) => {
                let articles = HumanCount(articles);
                format!("{articles} articles are safe in {journal}; the same command goes on")
            }
            None => format!(
                "{journal} is gone, and with it what was done; the same command begins afresh"
            ),
        }
    }

    fn write_error(&self) -> impl FnOnce(io::Error) -> Error + use<> {
        let name = self.path.display().to_string();
        |reason| Error::Write { name, reason }
    }
}

fn is_full(error: &Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error, Error::Write { reason, .. } if [StorageFull, QuotaExceeded].contains(&reason.kind()))
}

fn owned(run: Vec<(&'static str, String)>) -> Vec<(String, String)> {
    let run = run.into_iter();
    run.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The time of the wall clock: RFC 3339, UTC.
pub(crate) fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
}
