//! What every format's writer does.

use std::io;

use super::cell::Cell;
use super::summary::Summary;

/// Writes rows, given in order, as one kind of file.
///
/// A writer takes a row as data alone, so that the rows of a run that was stopped can be kept and
/// written again: the same rows give the same bytes.
pub(super) trait Writer<W>: Send {
    /// Takes one row: a cell for each heading.
    fn write(&mut self, line: &[Cell<'_>]) -> io::Result<()>;

    /// Hands on to the sink what can stand there before the end.
    fn flush(&mut self) -> io::Result<()>;

    /// Completes the file and gives the sink back.
    fn finish(self: Box<Self>, about: &About) -> io::Result<W>;
}

/// What is told beside the rows, in the formats that have a place for it.
#[derive(Default)]
pub(super) struct About {
    /// The rows by source and party.
    pub(super) summary: Summary,
    /// What ran: a name and a value each.
    pub(super) run: Vec<(String, String)>,
}
