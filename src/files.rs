//! The files that a run leaves: its result, and beside it the list of what was rejected.

use std::path::Path;

use anyhow::Context;
use slant::error::Error;
use slant::output::{Design, Destination, RejectedFile, Sheet};
use slant::score::{Counts, Event};

/// The files of a run under way.
pub(crate) struct ResultFiles {
    sheet: Sheet<Destination>,
    rejected: Option<RejectedFile>,
    name: String,
    unfinished: String,
}

impl ResultFiles {
    /// The result at `path`, which looks like `design`, opened before any work starts.
    ///
    /// # Errors
    /// If a file is there already and `replace` is not given, its folder cannot be written to, or
    /// the result cannot have the columns of `design`.
    pub(crate) fn open(path: &Path, design: &Design, replace: bool) -> anyhow::Result<Self> {
        let rejected = RejectedFile::beside(path, replace)?;
        let mut destination = Destination::open(path, replace)?;
        if !design.format.is_read_in_part() {
            destination = destination.whole_or_nothing();
        }
        let folder = path
            .parent()
            .map(|folder| match folder.as_os_str().is_empty() {
                true => Path::new("."),
                false => folder,
            });
        Ok(Self {
            name: destination.name(),
            unfinished: destination.unfinished(),
            sheet: Sheet::new(destination, design, folder.filter(|folder| folder.is_dir()))?,
            rejected,
        })
    }

    /// Has `work` write the result. The rejected records that it tells of are listed before each event
    /// goes on to `listen`.
    ///
    /// # Errors
    /// If `work` fails; what that leaves behind is said too.
    pub(crate) fn fill(
        &mut self,
        listen: impl Fn(Event<'_>),
        work: impl FnOnce(&mut Sheet<Destination>, &mut dyn FnMut(Event<'_>)) -> Result<Counts, Error>,
    ) -> anyhow::Result<Counts> {
        let rejected = &mut self.rejected;
        let mut list = |event: Event<'_>| {
            if let (Event::Rejected(record), Some(file)) = (&event, rejected.as_mut()) {
                file.add(record);
            }
            listen(event);
        };
        work(&mut self.sheet, &mut list).context(self.unfinished.clone())
    }

    /// What a failure leaves behind.
    pub(crate) fn unfinished(&self) -> &str {
        &self.unfinished
    }

    /// Puts the files in their places.
    ///
    /// # Errors
    /// If the disk fails.
    pub(crate) fn finish(self, run: Vec<(&str, String)>) -> anyhow::Result<()> {
        let named = |reason| Error::Write {
            name: self.name.clone(),
            reason,
        };
        let run = run
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        let destination = self.sheet.finish(run.collect()).map_err(named)?;
        destination.finish().map_err(named)?;
        if let Some(rejected) = self.rejected {
            rejected.finish()?;
        }
        Ok(())
    }

    /// Leaves nothing.
    pub(crate) fn discard(self) {
        if let Some(rejected) = self.rejected {
            rejected.discard();
        }
    }
}
