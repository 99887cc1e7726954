//! A result under way: rows in, a file of some kind out.

use std::io::{self, Write};
use std::path::Path;

use super::cell::{Cell, Heading};
use super::delimited::{Delimited, Dialect};
use super::format::Format;
use super::json_lines::JsonLines;
use super::layout::{self, Layout, Widening};
use super::parquet::Parquet;
use super::row::{Row, RowKind};
use super::rows::Rows;
use super::writer::{About, Writer};
use super::xlsx::{self, Xlsx};
use crate::counts::Counts;
use crate::error::{Error, Result};
use crate::input::{Article, Rejected};

/// Where the bytes of a result can go.
pub trait Sink: Write + Send + 'static {}

impl<W: Write + Send + 'static> Sink for W {}

/// What a result is to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Design {
    /// The kind of file.
    pub format: Format,
    /// Which columns it has.
    pub kind: RowKind,
    /// The names of the kept columns, which come after those of `kind`.
    pub kept: Vec<String>,
    /// How the rows of a sentence are laid out.
    pub layout: Layout,
    /// How CSV and TSV are written; of the other formats [`Dialect::raw_text`] shapes XLSX alone.
    pub dialect: Dialect,
}

impl Design {
    /// Plain CSV with a row for each party.
    pub fn csv(kind: RowKind, kept: &[String]) -> Self {
        Self {
            format: Format::Csv,
            kind,
            kept: kept.to_vec(),
            layout: Layout::Long,
            dialect: Dialect::CSV,
        }
    }

    /// The headings of the result.
    ///
    /// # Errors
    /// If two columns would have the same name, or the format cannot hold as many columns.
    pub fn headings(&self) -> Result<Vec<Heading>> {
        let headings = layout::headings(self.kind, &self.kept, &self.layout)?;
        if self.format == Format::Xlsx && headings.len() > xlsx::COLUMNS_IN_SHEET {
            let reason = format!(
                "the result would have {} columns, and Excel can hold {}; use --layout long",
                headings.len(),
                xlsx::COLUMNS_IN_SHEET
            );
            return Err(Error::Columns { reason });
        }
        Ok(headings)
    }
}

/// A result that takes rows in order and knows its columns.
pub struct Sheet<W: Sink> {
    writer: Box<dyn Writer<W>>,
    kind: RowKind,
    widening: Option<Widening>,
    about: About,
    is_summarised: bool,
}

impl<W: Sink> Sheet<W> {
    /// A sheet that is written to `sink`; rows that have to wait for its end lie in `folder`, else in
    /// the system's folder for temporary files.
    ///
    /// # Errors
    /// If two columns would have the same name, or the format cannot hold as many columns.
    pub fn new(sink: W, design: &Design, folder: Option<&Path>) -> Result<Self> {
        let headings = design.headings()?;
        let options = xlsx::Options {
            folder,
            raw_text: design.dialect.raw_text,
        };
        let writer: io::Result<Box<dyn Writer<W>>> = match design.format {
            Format::Csv | Format::Tsv => {
                Ok(Box::new(Delimited::new(sink, headings, design.dialect)))
            }
            Format::JsonLines => Ok(Box::new(JsonLines::new(sink, &headings))),
            Format::Xlsx => Xlsx::new(sink, headings, options).map(|writer| Box::new(writer) as _),
            Format::Parquet => Parquet::new(sink, &headings).map(|writer| Box::new(writer) as _),
        };
        Ok(Self {
            writer: writer.map_err(write_error)?,
            kind: design.kind,
            widening: match &design.layout {
                Layout::Long => None,
                Layout::Wide(parties) => Some(Widening::new(design.kind, parties)),
            },
            about: About::default(),
            is_summarised: design.format == Format::Xlsx,
        })
    }

    /// Writes one row from its [cells](super::Row::cells), which may come from elsewhere than a row.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn write_cells(&mut self, line: &[Cell<'_>]) -> io::Result<()> {
        if self.is_summarised {
            self.about.summary.add(self.kind, line);
        }
        match &mut self.widening {
            None => self.writer.write(line),
            Some(widening) => match widening.take(line) {
                Some(wide) => self.writer.write(&wide),
                None => Ok(()),
            },
        }
    }

    /// Completes the result, which has its header at least, and gives the sink back. `run` says what
    /// ran, a name and a value each, where the format has a place for it.
    ///
    /// # Errors
    /// If the sink fails.
    pub fn finish(mut self, run: Vec<(String, String)>) -> io::Result<W> {
        if let Some(wide) = self.widening.and_then(Widening::finish) {
            self.writer.write(&wide)?;
        }
        self.about.run = run;
        self.writer.finish(&self.about)
    }
}

/// Rows that are on their way for good once they are written.
impl<W: Sink> Rows for Sheet<W> {
    fn write(&mut self, row: &Row<'_>) -> Result<()> {
        self.write_cells(&row.cells(self.kind)).map_err(write_error)
    }

    fn reject(&mut self, _: &Rejected, _: &Counts) -> Result<()> {
        Ok(())
    }

    fn end(&mut self, _: &Article, _: &Counts) -> Result<()> {
        Ok(())
    }

    fn flush(&mut self, _: &Counts) -> Result<()> {
        self.writer.flush().map_err(write_error)
    }
}

fn write_error(reason: io::Error) -> Error {
    Error::Write {
        name: "the result".to_owned(),
        reason,
    }
}
