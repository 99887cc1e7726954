//! Rows as CSV (RFC 4180, UTF-8, a line feed after each record).

use std::borrow::Cow;
use std::io::{self, Write};

use super::row::{Row, RowKind};

/// A CSV writer that knows the columns of the result.
pub struct Sheet<W: Write> {
    csv: csv::Writer<W>,
    kind: RowKind,
    /// The header, until it is written: a run that cannot read anything writes nothing.
    header: Option<Vec<String>>,
}

impl<W: Write> Sheet<W> {
    /// A sheet with the columns of `kind`, then the kept ones.
    pub fn new(sink: W, kind: RowKind, kept: &[String]) -> Self {
        let names = kind.columns().iter().map(|column| column.name.to_owned());
        Self {
            csv: csv::Writer::from_writer(sink),
            kind,
            header: Some(names.chain(kept.iter().cloned()).collect()),
        }
    }

    /// Writes one row.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn write(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.write_header()?;
        let cells = self.kind.columns().iter().map(|column| (column.cell)(row));
        let kept = row.sentence.article.kept.iter();
        for cell in cells.chain(kept.map(|cell| Cow::Borrowed(cell.as_str()))) {
            self.csv.write_field(cell.as_bytes()).map_err(io_error)?;
        }
        self.csv.write_record(None::<&[u8]>).map_err(io_error)
    }

    /// Hands on what is still buffered.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn flush(&mut self) -> io::Result<()> {
        self.csv.flush()
    }

    /// The sink, with everything written to it, the header at least.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn into_sink(mut self) -> io::Result<W> {
        self.write_header()?;
        self.csv.into_inner().map_err(|error| error.into_error())
    }

    fn write_header(&mut self) -> io::Result<()> {
        match self.header.take() {
            Some(names) => self.csv.write_record(names).map_err(io_error),
            None => Ok(()),
        }
    }
}

/// The sink's own error, whose kind tells a closed pipe from a full disk.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
