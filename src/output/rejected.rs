//! The list of what could not be taken, beside the result.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Destination;
use super::delimited::io_error;
use super::guard::guard;
use crate::error::{Error, Result};
use crate::input::Rejected;

/// The file `NAME.rejected.csv` beside the result `NAME.csv`: there only if something was rejected.
pub struct RejectedFile {
    path: PathBuf,
    csv: Option<csv::Writer<Destination>>,
}

impl RejectedFile {
    /// The list beside `result`; one of an earlier run is replaced.
    pub fn beside(result: &Path) -> Self {
        Self {
            path: Self::path_beside(result),
            csv: None,
        }
    }

    /// Where the list beside `result` is.
    pub fn path_beside(result: &Path) -> PathBuf {
        result.with_extension("rejected.csv")
    }

    /// Lists one more.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn add(&mut self, rejected: &Rejected) -> Result<()> {
        let csv = match &mut self.csv {
            Some(csv) => csv,
            none => {
                let destination = Destination::open(&self.path, true)?;
                let csv = none.insert(csv::Writer::from_writer(destination));
                csv.write_record(["file", "record", "line", "reason", "beginning"])
                    .map_err(write_error(&self.path))?;
                csv
            }
        };
        let number = |number: Option<u64>| number.map(|n| n.to_string()).unwrap_or_default();
        csv.write_record([
            &*guard(&rejected.origin.file),
            &number(rejected.origin.record),
            &number(rejected.origin.line),
            &guard(&rejected.reason),
            &guard(&rejected.beginning),
        ])
        .map_err(write_error(&self.path))
    }

    /// Puts the list in its place and says where that is; without anything in it, one of an earlier
    /// run is removed.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn finish(self) -> Result<Option<PathBuf>> {
        let named = |reason| Error::Write {
            name: self.path.display().to_string(),
            reason,
        };
        match self.csv {
            Some(csv) => {
                let destination = csv
                    .into_inner()
                    .map_err(|error| named(error.into_error()))?;
                destination.finish().map_err(named)?;
                Ok(Some(self.path))
            }
            None => match fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(named(error)),
                _ => Ok(None),
            },
        }
    }
}

fn write_error(path: &Path) -> impl FnOnce(csv::Error) -> Error + '_ {
    move |error| Error::Write {
        name: path.display().to_string(),
        reason: io_error(error),
    }
}
