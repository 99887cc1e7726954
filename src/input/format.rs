//! The kinds of files that can be read, and how a file's kind is told.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::columns::Columns;
use super::compression::Compression;
use super::table;

/// A kind of input file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// The whole file is one article.
    Text,
    /// A table with a header line; fields end at commas (or semicolons, if the header says so).
    Csv,
    /// A table with a header line; fields end at tabs.
    Tsv,
    /// One JSON object a line.
    JsonLines,
    /// A web page; the article in it is found.
    Html,
    /// Apache Parquet.
    Parquet,
    /// The first sheet of an Excel workbook.
    Xlsx,
}

const ENDINGS: [(&str, Format); 9] = [
    ("txt", Format::Text),
    ("csv", Format::Csv),
    ("tsv", Format::Tsv),
    ("jsonl", Format::JsonLines),
    ("ndjson", Format::JsonLines),
    ("html", Format::Html),
    ("htm", Format::Html),
    ("parquet", Format::Parquet),
    ("xlsx", Format::Xlsx),
];

impl Format {
    /// Every format, in the order in which messages list them.
    pub const ALL: [Format; 7] = [
        Format::Text,
        Format::Csv,
        Format::Tsv,
        Format::JsonLines,
        Format::Html,
        Format::Parquet,
        Format::Xlsx,
    ];

    /// The format that the ending of `path` stands for, in capitals or not; of `a.csv.gz`, CSV.
    pub fn of(path: &Path) -> Option<Self> {
        let path = unpacked_name(path);
        let ending = path.extension()?.to_str()?;
        ENDINGS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(ending))
            .map(|(_, format)| *format)
    }

    /// The endings of all formats, for messages: `.txt, .csv, …`.
    pub(super) fn endings() -> String {
        let endings = ENDINGS.map(|(ending, _)| format!(".{ending}")).join(", ");
        format!("{endings}, each also with .gz or .zst")
    }

    /// The format of bytes that are no text, or none.
    pub(super) fn of_binary(head: &[u8]) -> Option<Self> {
        match head {
            [b'P', b'A', b'R', b'1', ..] => Some(Format::Parquet),
            [b'P', b'K', 3, 4, ..] => Some(Format::Xlsx),
            _ => None,
        }
    }

    /// Whether it is read from its end, so that the file must be there as a whole.
    pub(super) fn is_binary(self) -> bool {
        matches!(self, Format::Parquet | Format::Xlsx)
    }

    /// The format that the first bytes of a file look like. A table is one whose first line names a
    /// text column; what is neither that nor an object nor a web page is text.
    pub(super) fn told_from(head: &[u8], columns: &Columns) -> Self {
        if head.trim_ascii_start().first() == Some(&b'{') {
            return Format::JsonLines;
        }
        let begins = |tag: &str| {
            let start = head.trim_ascii_start().get(..tag.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes()))
        };
        if begins("<!doctype html") || begins("<html") {
            return Format::Html;
        }
        let delimiter = table::delimiter(head, columns);
        let header = table::first_line(head, delimiter);
        match (columns.know_the_text_of(&header), delimiter) {
            (false, _) => Format::Text,
            (true, b'\t') => Format::Tsv,
            (true, _) => Format::Csv,
        }
    }
}

/// `path` without the ending that says it is compressed.
pub(super) fn unpacked_name(path: &Path) -> PathBuf {
    match Compression::of(path) {
        Some(_) => path.with_extension(""),
        None => path.to_owned(),
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Format::Text => "text",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::JsonLines => "jsonl",
            Format::Html => "html",
            Format::Parquet => "parquet",
            Format::Xlsx => "xlsx",
        })
    }
}

/// A format's name that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no format `{0}`; the formats are {names}", names = Format::ALL.map(|f| f.to_string()).join(", "))]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Format::ALL
            .into_iter()
            .find(|format| format.to_string().eq_ignore_ascii_case(name))
            .or_else(|| Format::of(Path::new(&format!("name.{name}"))))
            .ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(head: &str) -> Format {
        Format::told_from(head.as_bytes(), &Columns::default())
    }

    #[test]
    fn an_ending_is_known_in_capitals_too() {
        assert_eq!(Format::of(Path::new("a/b.TXT")), Some(Format::Text));
        assert_eq!(Format::of(Path::new("b.NdJson")), Some(Format::JsonLines));
        assert_eq!(Format::of(Path::new("b.docx")), None);
        assert_eq!(Format::of(Path::new("csv")), None);
    }

    #[test]
    fn a_format_reads_back_from_its_name() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert_eq!("txt".parse(), Ok(Format::Text));
        assert_eq!("ndjson".parse(), Ok(Format::JsonLines));
        let unknown = "xml".parse::<Format>().unwrap_err();
        assert!(
            unknown
                .to_string()
                .ends_with("the formats are text, csv, tsv, jsonl, html, parquet, xlsx")
        );
    }

    #[test]
    fn standard_input_is_told_from_its_first_bytes() {
        assert_eq!(told("\n  {\"text\": 1}"), Format::JsonLines);
        assert_eq!(told("id,text\n1,a"), Format::Csv);
        assert_eq!(told("id;\"Body\"\n1;a"), Format::Csv);
        assert_eq!(told("id\ttext\n1\ta"), Format::Tsv);
        assert_eq!(told("text\none\ntwo"), Format::Csv);
        assert_eq!(told("On Monday, the president spoke."), Format::Text);
        assert_eq!(told(""), Format::Text);
    }

    #[test]
    fn a_given_text_column_tells_a_table() {
        let columns = Columns {
            text: Some("story".to_owned()),
            ..Columns::default()
        };
        assert_eq!(Format::told_from(b"n,Story\n", &columns), Format::Csv);
        assert_eq!(Format::told_from(b"n,text\n", &columns), Format::Text);
    }
}
