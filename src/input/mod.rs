//! Input: from files, folders and standard input to articles.
//!
//! [`Articles`] reads what the user named, one record at a time and in a stable order. Every record
//! becomes an [`Article`] or a [`Rejected`] that says where it stands and why; neither a bad record
//! nor a bad file stops the run, nor does one that exceeds the [`Limits`]. The text of an article is
//! what its file holds: decoded, never trimmed, repaired or rewritten; of a web page it is what the
//! page shows of the article. What the text means is left to the stages after this one.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::iter::once;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

mod columns;
mod compression;
mod day;
mod depth;
mod encoding;
mod files;
mod fingerprint;
mod format;
mod html;
mod json_lines;
mod limits;
mod parquet;
mod pattern;
mod quotes;
mod table;
mod text;
mod xlsx;

pub use columns::Columns;
pub use fingerprint::{Fingerprint, RecordSum};
pub use format::{Format, UnknownFormat};
pub use limits::{Limits, parse_size};

use compression::unpacked;
use encoding::{Stream, Tally, peek};
use files::{InputFile, Listing};

/// One input record: a text with what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// What the user knows it by; made from the file's name where the record has none.
    pub id: String,
    /// Who published it; empty if unknown.
    pub source: String,
    /// When it was published, as written; empty if unknown.
    pub date: String,
    /// Its headline; empty if it has none.
    pub title: String,
    /// Its text, exactly as the file holds it; never blank.
    pub text: String,
    /// The values of [`Columns::keep`], in that order; empty where the record lacks one.
    pub kept: Vec<String>,
    /// Where it was read.
    pub origin: Origin,
}

/// Where a record stands, for messages to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The file as the user would name it; `standard input` for `-`.
    pub file: Arc<str>,
    /// Which record of the file, from 1; none if the whole file (or folder) is meant.
    pub record: Option<u64>,
    /// The line on which the record begins, from 1, where the format has lines.
    pub line: Option<u64>,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(record) = self.record {
            write!(f, ", record {record}")?;
        }
        if let Some(line) = self.line {
            write!(f, " (line {line})")?;
        }
        Ok(())
    }
}

/// A record, or a whole file, that gives no article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{origin}: {reason}")]
pub struct Rejected {
    /// Where it stands.
    pub origin: Origin,
    /// Why, and the mend.
    pub reason: String,
    /// Its first 80 characters on one line, as far as it could be read.
    pub beginning: String,
}

impl Rejected {
    /// As many bytes as the characters of a beginning can have.
    const BEGINNING_BYTES: usize = 4 * 80;

    /// The same of a record that begins with `bytes`.
    fn beginning_with(mut self, bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(Self::BEGINNING_BYTES)];
        let printable = |c: char| if c.is_control() { ' ' } else { c };
        let text = String::from_utf8_lossy(bytes);
        self.beginning = text.chars().take(80).map(printable).collect();
        self
    }
}

type Records = Box<dyn Iterator<Item = Result<Article, Rejected>> + Send>;

/// The articles of everything the user named, read as they are asked for.
///
/// ```no_run
/// # use slant::input::{Articles, Columns};
/// for article in Articles::open(&["news".into()], Columns::default(), None) {
///     match article {
///         Ok(article) => println!("{}", article.id),
///         Err(rejected) => eprintln!("{rejected}"),
///     }
/// }
/// ```
pub struct Articles {
    files: std::vec::IntoIter<Result<InputFile, Rejected>>,
    records: Option<Records>,
    columns: Arc<Columns>,
    limits: Limits,
    records_read: u64,
    left_out: Vec<String>,
    partly_read: Vec<String>,
    standard_input: Option<Format>,
    total_bytes: Option<u64>,
    bytes_read: Arc<AtomicU64>,
    other_encodings: Tally,
}

impl Articles {
    /// The articles of `inputs`: files, folders and `-` for standard input, in that order.
    ///
    /// Folders are listed here; files are opened one by one as the articles are asked for. What
    /// cannot be read comes out as a [`Rejected`] in its place. Without `stdin_format` the format
    /// of standard input is told from its first bytes.
    pub fn open(inputs: &[PathBuf], columns: Columns, stdin_format: Option<Format>) -> Self {
        Self::within(Limits::default(), inputs, columns, stdin_format)
    }

    /// The same with other limits than the default ones.
    pub fn within(
        limits: Limits,
        inputs: &[PathBuf],
        columns: Columns,
        stdin_format: Option<Format>,
    ) -> Self {
        let Listing { files, left_out } = Listing::of(inputs, stdin_format, limits);
        let total_bytes = files.iter().flatten().map(|file| file.bytes).sum();
        Self {
            files: files.into_iter(),
            records: None,
            columns: Arc::new(columns),
            limits,
            records_read: 0,
            left_out,
            partly_read: Vec::new(),
            standard_input: None,
            total_bytes,
            bytes_read: Arc::default(),
            other_encodings: Tally::default(),
        }
    }

    /// The size of all files together, or none if standard input is among them.
    pub fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    /// How many bytes have been read so far; the counter goes on as the articles do.
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes_read)
    }

    /// What was found in folders and is not read: files of unknown kinds and symbolic links. Hidden
    /// files are not listed.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// What tells whether the files are the same another time; asked before the articles are.
    ///
    /// Every file is read for it, from front to back.
    pub fn fingerprints(&self) -> Vec<Fingerprint> {
        let files = self.files.as_slice().iter().flatten();
        files.map(InputFile::fingerprint).collect()
    }

    /// How standard input is read; none until its turn has come.
    pub fn standard_input(&self) -> Option<Format> {
        self.standard_input
    }

    /// How many records so far were not UTF-8, by the encoding they were read as.
    pub fn other_encodings(&self) -> BTreeMap<&'static str, u64> {
        self.other_encodings.counts()
    }

    /// How many records, or whole files that give none, have come out so far.
    pub fn records_read(&self) -> u64 {
        self.records_read
    }

    /// The workbooks so far of which only the first sheet is read, though there are more.
    pub fn partly_read(&self) -> &[String] {
        &self.partly_read
    }

    fn read(&mut self, file: InputFile) -> Result<Records, Rejected> {
        let unreadable = |error| file.rejected(files::unreadable(&error));
        let raw: Box<dyn Read + Send> = match &file.path {
            None => Box::new(io::stdin()),
            Some(path) => Box::new(File::open(path).map_err(unreadable)?),
        };
        let counted = Counted {
            raw,
            bytes: self.bytes_read(),
        };
        let unpacked = unpacked(Box::new(counted), file.compression, self.limits);
        let unpacked = unpacked.map_err(unreadable)?;
        let peeked = peek(unpacked.bytes).map_err(unreadable)?;
        let head = peeked.get_ref().0.get_ref();
        let format = file.format.or_else(|| Format::of_binary(head));
        let head = head.len();
        if let Some(format) = format.filter(|format| format.is_binary()) {
            if file.path.is_none() {
                self.standard_input = Some(format);
            }
            let whole = match &file.path {
                Some(path) if !unpacked.was_packed => {
                    // Read here and there; for the progress it is read now.
                    let rest = file.bytes.unwrap_or_default().saturating_sub(head as u64);
                    self.bytes_read.fetch_add(rest, Ordering::Relaxed);
                    File::open(path)
                }
                _ => spooled(peeked),
            };
            let whole = whole.map_err(unreadable)?;
            return self.read_binary(file, whole, format);
        }
        let stream = Stream::open(Box::new(peeked), self.other_encodings.clone());
        let stream = stream.map_err(unreadable)?;
        let format = format.unwrap_or_else(|| Format::told_from(stream.head(), &self.columns));
        if file.path.is_none() {
            self.standard_input = Some(format);
        }
        if stream.head().is_empty() {
            return Err(file.rejected_record(1, None, "the file is empty".to_owned()));
        }
        self.read_text(file, stream, format)
    }

    fn read_text(
        &self,
        file: InputFile,
        stream: Stream,
        format: Format,
    ) -> Result<Records, Rejected> {
        let (columns, limits) = (Arc::clone(&self.columns), self.limits);
        Ok(match format {
            Format::Text => Box::new(once(text::read(&file, stream, &columns, limits))),
            Format::Html => Box::new(once(html::read(&file, stream, &columns, limits))),
            Format::JsonLines => {
                Box::new(json_lines::JsonLines::open(file, stream, columns, limits))
            }
            Format::Csv | Format::Tsv | Format::Parquet | Format::Xlsx => Box::new(
                table::Table::open(file, stream, (format, limits), &columns)?,
            ),
        })
    }

    fn read_binary(
        &mut self,
        file: InputFile,
        whole: File,
        format: Format,
    ) -> Result<Records, Rejected> {
        if whole.metadata().is_ok_and(|there| there.len() == 0) {
            return Err(file.rejected_record(1, None, "the file is empty".to_owned()));
        }
        if format == Format::Parquet {
            let table = parquet::Table::open(file, whole, &self.columns, self.limits)?;
            return Ok(Box::new(table));
        }
        let shown = Arc::clone(&file.shown);
        let (book, sheets) = xlsx::Workbook::open(file, whole, &self.columns, self.limits)?;
        if sheets > 1 {
            self.partly_read
                .push(format!("{shown}: the first of {sheets} sheets"));
        }
        Ok(Box::new(book))
    }
}

/// A file without a name that holds `bytes`.
fn spooled(mut bytes: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut bytes, &mut file)?;
    file.rewind()?;
    Ok(file)
}

impl Iterator for Articles {
    type Item = Result<Article, Rejected>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(article) = self.records.as_mut().and_then(Iterator::next) {
                self.records_read += 1;
                return Some(article);
            }
            self.records = None;
            match self.files.next()?.and_then(|file| self.read(file)) {
                Ok(records) => self.records = Some(records),
                Err(rejected) => {
                    self.records_read += 1;
                    return Some(Err(rejected));
                }
            }
        }
    }
}

/// Counts what is read of a file, for a progress bar on another thread.
struct Counted {
    raw: Box<dyn Read + Send>,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Whether `text` can be an article's text; if not, why.
fn check_text(text: &str, limits: Limits) -> Result<(), String> {
    let blank = |c: char| {
        c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
    };
    if text.chars().all(blank) {
        return Err("the text is empty".to_owned());
    }
    limits
        .check_article(text.len() as u64)
        .map_err(|reason| format!("the text {reason}"))?;
    check_no_nul("text", text)
}

/// Whether `value` is free of NUL bytes, which no spreadsheet can hold and no prose has.
fn check_no_nul(role: &str, value: &str) -> Result<(), String> {
    match value.find('\0') {
        None => Ok(()),
        Some(at) => Err(format!(
            "the {role} holds NUL bytes at character {}: is the file binary?",
            value[..at].chars().count() + 1
        )),
    }
}

#[cfg(test)]
mod tests;
