//! Rows read back from a result or another table, whatever kind of file it is.
//!
//! What makes text harmless to a spreadsheet is taken off again: the apostrophe of
//! [`guard`](super::guard()), and the `="00123"` of `--excel`.

mod delimited;
mod json_lines;
mod parquet;
mod workbook;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::format::Format;
use crate::error::{Error, Result};

/// What standard input is called.
const STANDARD: &str = "-";

/// The cells of a row, those that were asked for; what has no value is empty.
pub type Cells<'c> = [Cow<'c, str>];

/// Gives the rows of the table at `path` to `take`, one after another, and says how many there were;
/// `-` is standard input, as CSV.
///
/// `choose` is shown the names of the columns and says which ones are wanted, by number; `take` gets
/// their cells in that order. Either may refuse with a reason, which ends the reading.
///
/// ```
/// # use std::fs;
/// # let folder = std::env::temp_dir().join("slant-rows");
/// # fs::create_dir_all(&folder)?;
/// let path = folder.join("two.csv");
/// fs::write(&path, "article,party\n1,Hamas\n1,Israel\n")?;
/// let mut parties = Vec::new();
/// let choose = |names: &[String]| Ok(vec![names.iter().position(|name| name == "party").unwrap()]);
/// let rows = slant::output::read_rows(&path, choose, |cells| {
///     parties.push(cells[0].to_string());
///     Ok(())
/// })?;
/// assert_eq!((rows, parties.join(" ").as_str()), (2, "Hamas Israel"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the file is missing, of an unknown kind, broken, or refused; with the line or row where it has
/// them.
pub fn read_rows(
    path: &Path,
    choose: impl FnOnce(&[String]) -> Result<Vec<usize>, String>,
    mut take: impl FnMut(&Cells<'_>) -> Result<(), String>,
) -> Result<u64> {
    let (format, unpacked) = opened(path)?;
    let table = Table {
        choose: Box::new(choose),
        take: &mut take,
    };
    let read = match (format, unpacked) {
        (Format::Csv | Format::Tsv, Unpacked::Stream(bytes)) => delimited::read(bytes, table),
        (Format::JsonLines, Unpacked::Stream(bytes)) => json_lines::read(bytes, table),
        (Format::Parquet, Unpacked::File(file)) => parquet::read(file, table),
        (Format::Xlsx, Unpacked::File(file)) => workbook::read(file, table),
        _ => Err(Fault::whole("it is compressed: unpack it first")),
    };
    let named = match path == Path::new(STANDARD) {
        true => Path::new("standard input"),
        false => path,
    };
    read.map_err(|fault| Error::Table {
        path: named.to_owned(),
        place: fault.place,
        reason: fault.reason,
    })
}

/// A number of a result, with a point or, as `--decimal-comma` writes it, a comma.
pub fn number(cell: &str) -> Option<f64> {
    let read = match cell.contains('.') {
        true => cell.parse(),
        false => cell.replacen(',', ".", 1).parse(),
    };
    read.ok().filter(|number: &f64| number.is_finite())
}

/// Who wants the rows, as [`read_rows`] has it.
struct Table<'t> {
    choose: Box<Choose<'t>>,
    take: &'t mut Take<'t>,
}

type Choose<'t> = dyn FnOnce(&[String]) -> Result<Vec<usize>, String> + 't;

type Take<'t> = dyn FnMut(&Cells<'_>) -> Result<(), String> + 't;

/// Why a table cannot be read, and where.
struct Fault {
    place: Option<String>,
    reason: String,
}

impl Fault {
    fn whole(reason: impl ToString) -> Self {
        Self {
            place: None,
            reason: reason.to_string(),
        }
    }

    fn at(unit: &str, number: u64) -> impl FnOnce(String) -> Self {
        let place = Some(format!("{unit} {number}"));
        move |reason| Self { place, reason }
    }
}

enum Unpacked {
    Stream(Box<dyn Read>),
    File(File),
}

/// The format that the name says, that of what is packed if it is compressed, and the bytes.
fn opened(path: &Path) -> Result<(Format, Unpacked)> {
    if path == Path::new(STANDARD) {
        return Ok((Format::Csv, Unpacked::Stream(Box::new(io::stdin()))));
    }
    let file = File::open(path).map_err(Error::read(path))?;
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    let inner = Path::new(path.file_stem().unwrap_or_default());
    let unreadable = Error::read(path);
    Ok(match ending.to_str() {
        Some("gz") => {
            let bytes = flate2::read::MultiGzDecoder::new(BufReader::new(file));
            (Format::of(inner)?, Unpacked::Stream(Box::new(bytes)))
        }
        Some("zst") => {
            let bytes = zstd::Decoder::new(file).map_err(unreadable)?;
            (Format::of(inner)?, Unpacked::Stream(Box::new(bytes)))
        }
        _ => match Format::of(path)? {
            format @ (Format::Parquet | Format::Xlsx) => (format, Unpacked::File(file)),
            format => (format, Unpacked::Stream(Box::new(file))),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Cell, Decimal, Design, Dialect, Layout, RowKind, Sheet};
    use super::*;

    const TEXTS: [&str; 5] = ["=1+1", "00123", "a, \"b\"\nc", "'-5", "漢字 🎉"];

    /// What comes back of a result with these texts, a column each of text and of the score.
    fn back(name: &str, dialect: Dialect) -> Vec<(String, Option<f64>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let design = Design {
            format: Format::of(&path).unwrap(),
            kind: RowKind::Score,
            kept: vec!["event".to_owned()],
            layout: Layout::Long,
            dialect,
        };
        let headings = RowKind::Score.headings(&design.kept);
        let place = |name: &str| {
            headings
                .iter()
                .position(|heading| heading.name == name)
                .unwrap()
        };
        let mut sheet = Sheet::new(File::create(&path).unwrap(), &design, None).unwrap();
        for text in TEXTS {
            let mut line = vec![Cell::Empty; headings.len()];
            for (at, heading) in headings
                .iter()
                .enumerate()
                .filter(|(_, heading)| heading.always)
            {
                assert_eq!(heading.holds, super::super::Type::Count);
                line[at] = Cell::Count(1);
            }
            line[place("event")] = Cell::text(text);
            line[place("stance_score")] = Cell::Decimal(Decimal::nearest(-0.25));
            sheet.write_cells(&line).unwrap();
        }
        sheet.finish(Vec::new()).unwrap();
        let mut found = Vec::new();
        let choose = |names: &[String]| {
            let place = |name: &str| names.iter().position(|known| known == name).unwrap();
            Ok(vec![place("event"), place("stance_score")])
        };
        let rows = read_rows(&path, choose, |cells| {
            found.push((cells[0].to_string(), number(&cells[1])));
            Ok(())
        });
        assert_eq!(rows.unwrap(), TEXTS.len() as u64);
        found
    }

    #[test]
    fn every_kind_of_result_gives_its_rows_back() {
        let expected = TEXTS.map(|text| (text.to_owned(), Some(-0.25)));
        for name in ["a.csv", "a.jsonl", "a.parquet", "a.xlsx"] {
            assert_eq!(back(name, Dialect::CSV), expected, "{name}");
        }
        let excel = Dialect {
            delimiter: b';',
            decimal_comma: true,
            excel: true,
            raw_text: false,
        };
        assert_eq!(back("a.csv", excel), expected);
        let tabs = Dialect {
            delimiter: b'\t',
            ..Dialect::CSV
        };
        assert_eq!(back("a.tsv", tabs), expected);
    }

    #[test]
    fn a_broken_table_is_refused_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let told = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            let error = read_rows(&path, |_| Ok(vec![0]), |_| Ok(())).unwrap_err();
            error
                .to_string()
                .replace(&format!("{}/", folder.path().display()), "")
        };
        insta::assert_snapshot!(told("a.csv", b"a,b\n1,2\n1\n"), @"a.csv, line 3: it has 1 cell and the header 2: is the file cut off?");
        insta::assert_snapshot!(told("b.csv", b""), @"b.csv: it is empty");
        insta::assert_snapshot!(told("c.csv", b"a,b\n1,\xff\n"), @"c.csv, line 2: it is not UTF-8: save it as CSV UTF-8, or as .xlsx");
        insta::assert_snapshot!(told("a.jsonl", b"{\"a\": 1}\n{\"a\": "), @"a.jsonl, line 2: it is no JSON object: EOF while parsing a value at line 1 column 6");
        assert!(told("a.parquet", b"PAR1").starts_with("a.parquet: it is no Parquet file"));
        assert!(told("a.xlsx", b"PK").starts_with("a.xlsx: it is no workbook"));
    }
}
