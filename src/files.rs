//! The files that a run leaves: its result, and beside it the list of what was rejected and the
//! manifest; while it goes on, and if it is stopped, its journal.
//!
//! The journal is removed last, so whenever a run is stopped there is either the journal to go on
//! from, or the whole result with a manifest that says so.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use indicatif::HumanCount;
use serde::{Deserialize, Serialize};
use slant::checksum::{Checksum, Summing};
use slant::counts::Counts;
use slant::error::Error;
use slant::input::{Articles, RecordSum};
use slant::manifest::{Completed, Identity, Machine, Manifest, Totals};
use slant::output::{Design, Destination, Journal, RejectedFile, Rows, Sheet, followed};

/// Where a result is to go, opened before any work starts.
pub(crate) struct Place {
    path: PathBuf,
    design: Design,
    replace: bool,
    standing: Standing,
}

/// What is found there.
enum Standing {
    /// Standard output or a device: rows are on their way for good once they are written.
    Stream(ResultFiles),
    /// A whole result, and what made it.
    Whole(Box<Manifest>),
    /// Room for a result, or one under way.
    Kept(Box<Journal>),
}

/// What comes of a run that is given.
pub(crate) enum Begun {
    /// It begins, or goes on.
    Run(ResultFiles),
    /// It was finished before, and its result is still there.
    Finished(Box<Manifest>),
}

/// The files of a run under way.
pub(crate) enum ResultFiles {
    Stream(Box<Sheet<Destination>>, String),
    Kept(Box<Kept>),
}

/// A result that is kept in a journal until it is complete.
pub(crate) struct Kept {
    journal: Journal,
    head: Head,
    path: PathBuf,
    design: Design,
}

/// What the journal says of its run.
#[derive(Serialize, Deserialize)]
struct Head {
    identity: Identity,
    started: String,
    /// Whether the run was begun with `--force`, to replace what is there.
    replaces: bool,
}

/// What is told of a run beside its rows.
pub(crate) struct About {
    /// In the result, where the format has a place for it: a name and a value each.
    pub(crate) run: Vec<(&'static str, String)>,
    pub(crate) counts: Totals,
    pub(crate) machine: Machine,
}

impl Place {
    /// The place at `output` for a result that looks like `design`. A symbolic link is followed.
    ///
    /// # Errors
    /// If another run is writing there, a file is there already that is not known to be a run's and
    /// `replace` is not given, its folder cannot be written to, or the result cannot have the columns
    /// of `design`.
    pub(crate) fn open(output: &Path, design: Design, replace: bool) -> anyhow::Result<Self> {
        design.headings()?;
        let path = followed(output);
        let standing = Standing::of(&path, &design, replace)?;
        Ok(Self {
            path,
            design,
            replace,
            standing,
        })
    }

    /// Whether the result is a file, which is kept and can be gone on with.
    pub(crate) fn is_file(&self) -> bool {
        !matches!(self.standing, Standing::Stream(_))
    }

    /// Begins the run of `identity`, or goes on with it; then `articles` are those still to be taken.
    ///
    /// # Errors
    /// If what is there is of another run, or was edited.
    pub(crate) fn begin(
        self,
        identity: Identity,
        articles: &mut Articles,
    ) -> anyhow::Result<Begun> {
        match self.standing {
            Standing::Stream(files) => Ok(Begun::Run(files)),
            Standing::Whole(manifest) => {
                check_whole(&self.path, &manifest, &identity, articles)?;
                Ok(Begun::Finished(manifest))
            }
            Standing::Kept(mut journal) => {
                let head = match journal.head() {
                    Some(head) if !self.replace => resumed(&journal, head, &identity, &self.path)?,
                    _ => Head {
                        identity,
                        started: now(),
                        replaces: self.replace,
                    },
                };
                match self.replace || journal.head().is_none() {
                    true => journal.begin(serde_json::to_string(&head)?)?,
                    false => journal.resume(articles)?,
                }
                Ok(Begun::Run(ResultFiles::Kept(Box::new(Kept {
                    journal: *journal,
                    head,
                    path: self.path,
                    design: self.design,
                }))))
            }
        }
    }
}

impl Standing {
    fn of(path: &Path, design: &Design, replace: bool) -> anyhow::Result<Self> {
        let there = path.metadata();
        if path == Path::new("-") || there.as_ref().is_ok_and(|there| !there.is_file()) {
            let destination = Destination::open(path, replace)?;
            let name = destination.name();
            let sheet = Sheet::new(destination, design, None)?;
            return Ok(Self::Stream(ResultFiles::Stream(Box::new(sheet), name)));
        }
        let is_whole = there.is_ok() && !replace;
        if is_whole && !Journal::path_beside(path).exists() {
            return Self::whole(path);
        }
        let journal = Journal::open(path, design.kind, &design.kept)?;
        match journal.head() {
            None if is_whole => Self::whole(path),
            None if !replace => check_free(path).map(|()| Self::Kept(Box::new(journal))),
            _ => Ok(Self::Kept(Box::new(journal))),
        }
    }

    fn whole(path: &Path) -> anyhow::Result<Self> {
        match Manifest::beside(path) {
            Some(manifest) => Ok(Self::Whole(Box::new(manifest))),
            None => Err(exists(path)),
        }
    }
}

/// Refuses a place where the list of what is rejected, or the manifest, is another result's.
fn check_free(path: &Path) -> anyhow::Result<()> {
    if Manifest::beside(path).is_some() {
        // Of this result, which was deleted.
        return Ok(());
    }
    let beside = [RejectedFile::path_beside(path), Manifest::path_beside(path)];
    match beside.into_iter().find(|path| path.exists()) {
        Some(path) => Err(exists(&path)),
        None => Ok(()),
    }
}

fn exists(path: &Path) -> anyhow::Error {
    let path = path.to_owned();
    Error::Exists { path }.into()
}

/// Refuses a whole result that a run of `identity` would not leave as it is.
fn check_whole(
    path: &Path,
    manifest: &Manifest,
    identity: &Identity,
    articles: &mut Articles,
) -> anyhow::Result<()> {
    let of_other = |what| Error::OtherRun {
        path: path.to_owned(),
        what,
    };
    if let Some(what) = manifest.identity.difference(identity) {
        return Err(of_other(what).into());
    }
    if Checksum::of(path).map_err(Error::read(path))? != manifest.result.checksum {
        let path = path.to_owned();
        return Err(Error::Edited { path }.into());
    }
    if identity.has_a_pipe() {
        let mut records = RecordSum::default();
        articles.for_each(|record| records.add(&record));
        if records.sum() != manifest.records_sha256 {
            let what = "the records of the input are not what they were".to_owned();
            return Err(of_other(what).into());
        }
    }
    Ok(())
}

/// The head of a journal that a run of `identity` can go on with.
fn resumed(
    journal: &Journal,
    head: &str,
    identity: &Identity,
    path: &Path,
) -> anyhow::Result<Head> {
    let changed = |what| Error::Changed {
        path: journal.path().to_owned(),
        what,
    };
    let head: Head = serde_json::from_str(head)
        .map_err(|_| changed("another version of slant began it".to_owned()))?;
    if let Some(what) = head.identity.difference(identity) {
        return Err(changed(what).into());
    }
    let list = RejectedFile::path_beside(path);
    let foreign = [path, &list].into_iter().find(|path| path.exists());
    match foreign {
        Some(path) if !head.replaces && journal.state().ended.is_none() => {
            let path = path.to_owned();
            Err(Error::InTheWay { path }.into())
        }
        _ => Ok(head),
    }
}

fn now() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now()).to_string()
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
