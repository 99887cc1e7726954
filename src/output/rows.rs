//! What takes the rows of a run as they are made.

use super::row::Row;
use crate::counts::Counts;
use crate::error::Result;
use crate::input::{Article, Rejected};

/// What takes the rows of a run, record after record in the order of the input.
///
/// After the rows of an article comes its [end](Rows::end), so that what is kept for later can always
/// be cut back to whole records.
pub trait Rows {
    /// Takes a row.
    ///
    /// # Errors
    /// If it cannot be written.
    fn write(&mut self, row: &Row<'_>) -> Result<()>;

    /// Takes a record that gives no row; with it the run has done what `counts` says.
    ///
    /// # Errors
    /// If it cannot be written.
    fn reject(&mut self, rejected: &Rejected, counts: &Counts) -> Result<()>;

    /// Hears that `article` has no more rows; with it the run has done what `counts` says.
    ///
    /// # Errors
    /// If what was taken cannot be written.
    fn end(&mut self, article: &Article, counts: &Counts) -> Result<()>;

    /// Writes all that was taken; no more rows come in this run.
    ///
    /// # Errors
    /// If that cannot be written.
    fn flush(&mut self, counts: &Counts) -> Result<()>;
}
