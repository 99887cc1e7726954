//! Rows as JSON Lines: an object a row, its fields in the order of the headings, null where empty.

use std::io::{self, Write};

use super::cell::{Cell, Heading};
use super::writer::{About, Writer};

pub(super) struct JsonLines<W: Write> {
    sink: io::BufWriter<W>,
    /// Each name as it stands in a line: `"name":`.
    names: Vec<String>,
}

impl<W: Write> JsonLines<W> {
    pub(super) fn new(sink: W, headings: &[Heading]) -> Self {
        let name = |heading: &Heading| format!("{}:", serde_json::Value::from(&heading.name[..]));
        Self {
            sink: io::BufWriter::new(sink),
            names: headings.iter().map(name).collect(),
        }
    }
}

impl<W: Write + Send> Writer<W> for JsonLines<W> {
    fn write(&mut self, line: &[Cell<'_>]) -> io::Result<()> {
        for (index, (name, cell)) in self.names.iter().zip(line).enumerate() {
            let before = if index == 0 { '{' } else { ',' };
            write!(self.sink, "{before}{name}")?;
            match cell {
                Cell::Empty => self.sink.write_all(b"null")?,
                Cell::Text(words) => serde_json::to_writer(&mut self.sink, words)?,
                number => write!(self.sink, "{number}")?,
            }
        }
        self.sink.write_all(b"}\n")
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }

    fn finish(self: Box<Self>, _: &About) -> io::Result<W> {
        self.sink
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
    }
}
