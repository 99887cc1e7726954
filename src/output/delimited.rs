//! Rows as CSV (RFC 4180, UTF-8) or TSV, plain or as Excel wants it.

use std::borrow::Cow;
use std::io::{self, Write};

use super::cell::{Cell, Heading, Type};
use super::guard::{guard, is_mistakable};
use super::writer::{About, Writer};

/// How tables are written whose cells end at a delimiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between cells: one ASCII character.
    pub delimiter: u8,
    /// Whether decimals are written `0,8157`.
    pub decimal_comma: bool,
    /// For Excel: a byte order mark, without which it takes UTF-8 for another encoding, CRLF, and
    /// text that it would take for a number, a date or a truth value as `="00123"`.
    pub excel: bool,
    /// Whether text that a spreadsheet would run as a formula is left as it is, and text that Excel
    /// would show otherwise too. Without it [`guard`] makes it harmless.
    pub raw_text: bool,
}

impl Dialect {
    /// Plain CSV.
    pub const CSV: Self = Self {
        delimiter: b',',
        decimal_comma: false,
        excel: false,
        raw_text: false,
    };
}

pub(super) struct Delimited<W: Write> {
    csv: csv::Writer<W>,
    dialect: Dialect,
    headings: Vec<Heading>,
    begun: bool,
}

impl<W: Write> Delimited<W> {
    pub(super) fn new(sink: W, headings: Vec<Heading>, dialect: Dialect) -> Self {
        let terminator = match dialect.excel {
            true => csv::Terminator::CRLF,
            false => csv::Terminator::Any(b'\n'),
        };
        let csv = csv::WriterBuilder::new()
            .delimiter(dialect.delimiter)
            .terminator(terminator)
            .from_writer(sink);
        Self {
            csv,
            dialect,
            headings,
            begun: false,
        }
    }

    /// Writes the header, once: a run that cannot read anything writes nothing.
    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let mark = if self.dialect.excel { "\u{FEFF}" } else { "" };
        for (index, heading) in self.headings.iter().enumerate() {
            let name = match self.dialect.raw_text {
                true => Cow::Borrowed(&heading.name[..]),
                false => guard(&heading.name),
            };
            let mark = if index == 0 { mark } else { "" };
            self.csv
                .write_field(format!("{mark}{name}"))
                .map_err(io_error)?;
        }
        self.end_row()
    }

    fn end_row(&mut self) -> io::Result<()> {
        self.csv.write_record(None::<&[u8]>).map_err(io_error)
    }
}

impl<W: Write + Send> Writer<W> for Delimited<W> {
    fn write(&mut self, line: &[Cell<'_>]) -> io::Result<()> {
        self.begin()?;
        for (cell, heading) in line.iter().zip(&self.headings) {
            let written = self.dialect.written(cell, heading.holds);
            self.csv.write_field(written.as_bytes()).map_err(io_error)?;
        }
        self.end_row()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.csv.flush()
    }

    fn finish(mut self: Box<Self>, _: &About) -> io::Result<W> {
        self.begin()?;
        self.csv.into_inner().map_err(|error| error.into_error())
    }
}

impl Dialect {
    fn written<'c>(&self, cell: &'c Cell<'_>, holds: Type) -> Cow<'c, str> {
        match cell {
            Cell::Text(words) if self.raw_text => Cow::Borrowed(words),
            Cell::Text(words) => match guard(words) {
                Cow::Borrowed(words)
                    if self.excel && is_mistakable(words) && !is_plain_date(words, holds) =>
                {
                    Cow::Owned(format!("=\"{}\"", words.replace('"', "\"\"")))
                }
                guarded => guarded,
            },
            Cell::Decimal(decimal) if self.decimal_comma => {
                Cow::Owned(decimal.to_string().replace('.', ","))
            }
            other => Cow::Owned(other.to_string()),
        }
    }
}

/// Whether it is an ISO date in a column of dates, which Excel reads as the day that it is.
fn is_plain_date(words: &str, holds: Type) -> bool {
    holds == Type::Date && super::xlsx::iso_date(words).is_some()
}

/// The sink's own error, whose kind tells a closed pipe from a full disk.
pub(super) fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
