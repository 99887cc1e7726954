//! Input: from files, folders and standard input to articles.
//!
//! [`Articles`] reads what the user named, one record at a time and in a stable order. Every record
//! becomes an [`Article`] or a [`Rejected`] that says where it stands and why; neither a bad record
//! nor a bad file stops the run. The text of an article is what its file holds: decoded, never
//! trimmed, repaired or rewritten. What the text means is left to the stages after this one.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

mod columns;
mod encoding;
mod files;
mod format;
mod json_lines;
mod quotes;
mod table;
mod text;

pub use columns::Columns;
pub use format::{Format, UnknownFormat};

use encoding::{Stream, Tally};
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {reason}")]
pub struct Rejected {
    /// Where it stands.
    pub origin: Origin,
    /// Why, and the mend.
    pub reason: String,
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
    left_out: Vec<String>,
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
        let Listing { files, left_out } = Listing::of(inputs, stdin_format);
        let total_bytes = files.iter().flatten().map(|file| file.bytes).sum();
        Self {
            files: files.into_iter(),
            records: None,
            columns: Arc::new(columns),
            left_out,
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

    /// How standard input is read; none until its turn has come.
    pub fn standard_input(&self) -> Option<Format> {
        self.standard_input
    }

    /// How many records so far were not UTF-8, by the encoding they were read as.
    pub fn other_encodings(&self) -> BTreeMap<&'static str, u64> {
        self.other_encodings.counts()
    }

    fn read(&mut self, file: InputFile) -> Result<Records, Rejected> {
        let raw: Box<dyn Read + Send> = match &file.path {
            None => Box::new(io::stdin()),
            Some(path) => {
                Box::new(File::open(path).map_err(|e| file.rejected(files::unreadable(&e)))?)
            }
        };
        let counted = Counted {
            raw,
            bytes: self.bytes_read(),
        };
        let stream = Stream::open(Box::new(counted), self.other_encodings.clone())
            .map_err(|e| file.rejected(files::unreadable(&e)))?;
        let format = file
            .format
            .unwrap_or_else(|| Format::told_from(stream.head(), &self.columns));
        if file.path.is_none() {
            self.standard_input = Some(format);
        }
        if stream.head().is_empty() {
            return Err(file.rejected_record(1, None, "the file is empty".to_owned()));
        }
        let columns = Arc::clone(&self.columns);
        Ok(match format {
            Format::Text => Box::new(std::iter::once(text::read(&file, stream, &columns))),
            Format::Csv | Format::Tsv => {
                Box::new(table::Table::open(file, stream, format, &columns)?)
            }
            Format::JsonLines => Box::new(json_lines::JsonLines::open(file, stream, columns)),
        })
    }
}

impl Iterator for Articles {
    type Item = Result<Article, Rejected>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(article) = self.records.as_mut().and_then(Iterator::next) {
                return Some(article);
            }
            self.records = None;
            match self.files.next()?.and_then(|file| self.read(file)) {
                Ok(records) => self.records = Some(records),
                Err(rejected) => return Some(Err(rejected)),
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
fn check_text(text: &str) -> Result<(), String> {
    let blank = |c: char| {
        c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
    };
    if text.chars().all(blank) {
        return Err("the text is empty".to_owned());
    }
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
