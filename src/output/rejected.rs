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
    replace: bool,
    csv: Option<csv::Writer<Destination>>,
    failed: Option<Error>,
}

impl RejectedFile {
    /// The file beside `result`; none if that is no file.
    ///
    /// # Errors
    /// If it is there already and `replace` is not given.
    pub fn beside(result: &Path, replace: bool) -> Result<Option<Self>> {
        let is_file =
            result != Path::new("-") && result.metadata().map_or(true, |there| there.is_file());
        if !is_file {
            return Ok(None);
        }
        let path = result.with_extension("rejected.csv");
        if path.exists() && !replace {
            return Err(Error::Exists { path });
        }
        Ok(Some(Self {
            path,
            replace,
            csv: None,
            failed: None,
        }))
    }

    /// Lists one more. That the disk fails is said when the list is [finished](Self::finish).
    pub fn add(&mut self, rejected: &Rejected) {
        if self.failed.is_none() {
            self.failed = self.write(rejected).err();
        }
    }

    fn write(&mut self, rejected: &Rejected) -> Result<()> {
        let csv = match &mut self.csv {
            Some(csv) => csv,
            none => {
                let destination = Destination::open(&self.path, self.replace)?;
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
        if let Some(error) = self.failed {
            return Err(error);
        }
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

    /// Leaves no list, and one of an earlier run as it is.
    pub fn discard(self) {
        if let Some(Ok(destination)) = self.csv.map(csv::Writer::into_inner) {
            destination.whole_or_nothing();
        }
    }
}

fn write_error(path: &Path) -> impl FnOnce(csv::Error) -> Error + '_ {
    move |error| Error::Write {
        name: path.display().to_string(),
        reason: io_error(error),
    }
}
