//! What can stop slant altogether, each told as a sentence that names the file and the mend.
//!
//! A bad record does not stop a run: it is a [`Rejected`](crate::input::Rejected), listed and counted.

use std::io;
use std::path::{Path, PathBuf};

/// A reason why nothing can be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: io::Error,
    },
    /// The parties file cannot mean what it says.
    #[error("{}{}: {reason}", path.display(), line_suffix(*line))]
    Parties {
        /// The parties file.
        path: PathBuf,
        /// Where in it, from 1.
        line: Option<usize>,
        /// What is wrong, and the mend.
        reason: String,
    },
    /// The bundle is missing, damaged or of another kind.
    #[error("the model in {} cannot be used: {reason}", path.display())]
    Bundle {
        /// The bundle's folder.
        path: PathBuf,
        /// What is wrong, and the mend.
        reason: String,
    },
    /// No bundle was named, and the one that ships with the program is not there.
    #[error("models/slant-mini is neither beside the program nor above it: give --model")]
    NoBundle,
    /// The gold file has a line that cannot be evaluated.
    #[error("{}, line {line}: {reason}", path.display())]
    Gold {
        /// The gold file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and the mend.
        reason: String,
    },
    /// A table of rows cannot be read back.
    #[error("{}{}: {reason}", path.display(), place.as_ref().map_or_else(String::new, |place| format!(", {place}")))]
    Table {
        /// The table.
        path: PathBuf,
        /// Where in it: a line or a row.
        place: Option<String>,
        /// What is wrong, and the mend.
        reason: String,
    },
    /// Sources cannot be compared as asked.
    #[error("{0}")]
    Compare(String),
    /// The result cannot be written.
    #[error("cannot write {name}: {reason}")]
    Write {
        /// The result as the user named it.
        name: String,
        /// What the system said.
        reason: io::Error,
    },
    /// The ending of the result's name says nothing that can be written.
    #[error("{} is of no kind that can be written; the kinds are {kinds}", path.display())]
    Kind {
        /// The result as the user named it.
        path: PathBuf,
        /// The endings of all kinds.
        kinds: String,
    },
    /// The result cannot have the columns that it would have.
    #[error("{reason}")]
    Columns {
        /// Why, and the mend.
        reason: String,
    },
    /// The result is there already.
    #[error("{} exists already: give --force to replace it, or another name", path.display())]
    Exists {
        /// The file that stays as it is.
        path: PathBuf,
    },
    /// A manifest cannot be read.
    #[error("{} is no manifest that this version of slant can read: {reason}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another run is writing the result.
    #[error("another slant is writing {}: wait until it is done, or give another name", path.display())]
    Locked {
        /// The result as the user named it.
        path: PathBuf,
    },
    /// A journal cannot be gone on with, and what is in it cannot be told.
    #[error("{} {reason}", path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// What is wrong with it, and the mend.
        reason: &'static str,
    },
    /// A result was made by somebody else while a run was under way.
    #[error("{} was made while the run was under way: move it away, and give the same command again", path.display())]
    InTheWay {
        /// The file that stays as it is.
        path: PathBuf,
    },
    /// A result is not as its run left it.
    #[error("{} was edited since slant wrote it: give --force to replace it, or another name", path.display())]
    Edited {
        /// The result that stays as it is.
        path: PathBuf,
    },
    /// A journal is of a run that was another one in some respect.
    #[error("{} cannot go on: {what}; undo that, or give --force to start afresh", path.display())]
    Changed {
        /// The journal.
        path: PathBuf,
        /// What is not as it was.
        what: String,
    },
    /// A result is there already, and is of a run that was another one in some respect.
    #[error("{} is of another run: {what}; give --force to replace it, or another name", path.display())]
    OtherRun {
        /// The result that stays as it is.
        path: PathBuf,
        /// What is not as it was.
        what: String,
    },
    /// The encoder failed, which no input should bring about.
    #[error("the encoder failed: {0}")]
    Encoder(String),
}

/// What a function of this library gives back.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// That the file at `path` cannot be read, for the reason that is given then.
    pub fn read(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |reason| Self::Read {
            path: path.to_owned(),
            reason,
        }
    }

    pub(crate) fn bundle(path: &Path, reason: impl Into<String>) -> Self {
        Self::Bundle {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }
}

fn line_suffix(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}
