//! The kinds of files that a result can be.

use std::path::Path;

use crate::error::{Error, Result};

/// A kind of result, told by the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Fields end at commas, or what the [`Dialect`](super::Dialect) says.
    Csv,
    /// Fields end at tabs.
    Tsv,
    /// One JSON object a line.
    JsonLines,
    /// An Excel workbook.
    Xlsx,
    /// Apache Parquet.
    Parquet,
}

const ENDINGS: [(&str, Format); 6] = [
    ("csv", Format::Csv),
    ("tsv", Format::Tsv),
    ("jsonl", Format::JsonLines),
    ("ndjson", Format::JsonLines),
    ("xlsx", Format::Xlsx),
    ("parquet", Format::Parquet),
];

impl Format {
    /// The ending that stands for it, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::JsonLines => "jsonl",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }

    /// The format that the ending of `path` stands for; CSV without one, as for `-`.
    ///
    /// # Errors
    /// If the ending stands for none.
    pub fn of(path: &Path) -> Result<Self> {
        let Some(ending) = path.extension() else {
            return Ok(Self::Csv);
        };
        let known = ENDINGS
            .iter()
            .find(|(known, _)| ending.eq_ignore_ascii_case(known));
        known.map(|(_, format)| *format).ok_or_else(|| Error::Kind {
            path: path.to_owned(),
            kinds: ENDINGS.map(|(ending, _)| format!(".{ending}")).join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_kind_and_an_unknown_one_is_refused() {
        let of = |name: &str| Format::of(Path::new(name));
        assert_eq!(of("a/b.XLSX").unwrap(), Format::Xlsx);
        assert_eq!(of("a.b.ndjson").unwrap(), Format::JsonLines);
        assert_eq!(of("-").unwrap(), Format::Csv);
        assert_eq!(of("/dev/null").unwrap(), Format::Csv);
        insta::assert_snapshot!(of("out.xls").unwrap_err(), @"out.xls is of no kind that can be written; the kinds are .csv, .tsv, .jsonl, .ndjson, .xlsx, .parquet");
    }
}
