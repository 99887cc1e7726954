//! Where a result is to go, and what is found there: nothing, a result, or a run that was stopped.

use std::path::{Path, PathBuf};

use slant::checksum::Checksum;
use slant::error::Error;
use slant::input::{Articles, RecordSum};
use slant::manifest::{Identity, Manifest};
use slant::output::{Design, Destination, Journal, RejectedFile, Sheet, followed};

use crate::files::{Head, Kept, ResultFiles, now};

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
