//! Rows as an Excel workbook: the rows, their summary, and what ran.
//!
//! Text is typed as text, so nothing is run or reread: `00123` stays, and so does `=1+1`. Rows beyond
//! what a sheet can hold go on in further sheets. A text beyond what a cell can hold begins there,
//! says so, and stands whole in the sheet `long texts`.

mod cell;
mod form;

use std::io::{self, Write};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::cell::{Cell, Heading, Type};
use super::summary::Summary;
use super::writer::{About, Writer};
use crate::contain::contained;
use cell::{
    Formats, TEXT_IN_CELL, bytes, diverging, furnish, header, pieces, put, shortened, width,
};

pub(super) use cell::iso_date;
pub use form::{Form, FormCell, FormColumn};

/// The rows of a sheet, its header among them.
const ROWS_IN_SHEET: u32 = 1_048_576;

/// The bytes of a sheet's file. Beyond 4 GB it would have to be a ZIP64 file, which LibreOffice 7.4
/// does not open.
const BYTES_IN_SHEET: u64 = 3 << 30;

/// The columns of a sheet.
pub(super) const COLUMNS_IN_SHEET: usize = 16_384;

const ROWS: &str = "rows";
const SUMMARY: &str = "summary";
const RUN: &str = "run";
const LONG_TEXTS: &str = "long texts";

pub(super) struct Xlsx<W> {
    sink: W,
    book: Workbook,
    formats: Formats,
    headings: Vec<Heading>,
    /// How many sheets of rows are complete.
    full: u32,
    /// Where the sheet of rows under way stands in the book.
    sheet: usize,
    /// The next row of that sheet.
    row: u32,
    /// About how many bytes that sheet has.
    bytes: u64,
    room: Room,
    /// The widest cell of each column, in characters.
    widths: Vec<usize>,
    long: Option<LongTexts>,
}

/// What a sheet can hold.
#[derive(Clone, Copy)]
struct Room {
    rows: u32,
    bytes: u64,
}

/// The sheet of what no cell can hold.
struct LongTexts {
    sheet: usize,
    row: u32,
    bytes: u64,
}

impl<W: Write + Send> Xlsx<W> {
    /// A workbook that goes to `sink` when it is finished. Until then its rows lie in a file without
    /// a name in `folder`, else in the system's folder for such files.
    pub(super) fn new(sink: W, headings: Vec<Heading>, options: Options<'_>) -> io::Result<Self> {
        let mut book = Workbook::new();
        // The workbook of the same rows is the same, whenever it is made.
        let long_ago = ExcelDateTime::from_ymd(2000, 1, 1).map_err(io_error)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&long_ago));
        if let Some(folder) = options.folder {
            book.set_tempdir(folder).map_err(io_error)?;
        }
        add_sheet(&mut book, ROWS)?;
        for name in [SUMMARY, RUN] {
            book.add_worksheet().set_name(name).map_err(io_error)?;
        }
        let plain = Format::new();
        let quoted = match options.raw_text {
            true => plain.clone(),
            false => plain.clone().set_quote_prefix(),
        };
        let mut xlsx = Self {
            sink,
            book,
            formats: Formats {
                header: plain.clone().set_bold(),
                decimal: plain.clone().set_num_format("0.0000"),
                date: plain.set_num_format("yyyy-mm-dd"),
                quoted,
            },
            widths: headings
                .iter()
                .map(|heading| heading.name.chars().count())
                .collect(),
            headings,
            full: 0,
            sheet: 0,
            row: 0,
            bytes: 0,
            room: Room {
                rows: ROWS_IN_SHEET,
                bytes: BYTES_IN_SHEET,
            },
            long: None,
        };
        xlsx.write_header()?;
        Ok(xlsx)
    }

    fn write_header(&mut self) -> io::Result<()> {
        let sheet = self
            .book
            .worksheet_from_index(self.sheet)
            .map_err(io_error)?;
        header(
            sheet,
            self.headings.iter().map(|heading| &heading.name[..]),
            &self.formats,
        )?;
        self.row = 1;
        self.bytes = 0;
        Ok(())
    }

    fn write_row(&mut self, line: &[Cell<'_>]) -> io::Result<()> {
        let bytes: u64 = line.iter().map(bytes).sum();
        if self.row == self.room.rows || self.bytes + bytes > self.room.bytes {
            self.finish_sheet()?;
            self.full += 1;
            self.sheet = add_sheet(&mut self.book, &format!("{ROWS} {}", self.full + 1))?;
            self.write_header()?;
        }
        for (at, cell) in line.iter().enumerate() {
            let holds = self
                .headings
                .get(at)
                .map_or(Type::Text, |heading| heading.holds);
            let written = match cell {
                Cell::Text(words) if words.encode_utf16().count() > TEXT_IN_CELL => {
                    Cell::Text(self.write_long(at, words)?.into())
                }
                other => other.clone(),
            };
            let sheet = self
                .book
                .worksheet_from_index(self.sheet)
                .map_err(io_error)?;
            put(
                sheet,
                (self.row, at as u16),
                &written,
                (holds, &self.formats),
            )?;
            self.widths[at] = self.widths[at].max(width(&written));
        }
        self.row += 1;
        self.bytes += bytes;
        Ok(())
    }

    /// Puts `words` of the column `at` where there is room, and gives what the cell says instead.
    fn write_long(&mut self, at: usize, words: &str) -> io::Result<String> {
        let long = match &mut self.long {
            Some(long) => long,
            none => {
                let sheet = add_sheet(&mut self.book, LONG_TEXTS)?;
                let names = ["sheet", "row", "column", "part", "text"];
                let made = self.book.worksheet_from_index(sheet).map_err(io_error)?;
                header(made, names.into_iter(), &self.formats)?;
                none.insert(LongTexts {
                    sheet,
                    row: 1,
                    bytes: 0,
                })
            }
        };
        let sheet = self
            .book
            .worksheet_from_index(long.sheet)
            .map_err(io_error)?;
        let (of, first) = (sheet_name(self.full), long.row);
        for (part, piece) in pieces(words, TEXT_IN_CELL).enumerate() {
            long.bytes += bytes(&Cell::text(piece));
            if long.row == ROWS_IN_SHEET || long.bytes > BYTES_IN_SHEET {
                return Err(io::Error::other(
                    "there are more long texts than a sheet can hold; write .csv or .parquet instead",
                ));
            }
            let cells = [
                Cell::text(&of),
                Cell::Count(u64::from(self.row) + 1),
                Cell::text(&self.headings[at].name),
                Cell::Count(part as u64 + 1),
                Cell::text(piece),
            ];
            for (column, cell) in cells.iter().enumerate() {
                put(
                    sheet,
                    (long.row, column as u16),
                    cell,
                    (Type::Text, &self.formats),
                )?;
            }
            long.row += 1;
        }
        let mark = format!(
            " […whole in the sheet “{LONG_TEXTS}”, rows {}–{}]",
            first + 1,
            long.row
        );
        let room = TEXT_IN_CELL - mark.encode_utf16().count();
        Ok(pieces(words, room).next().unwrap_or_default().to_owned() + &mark)
    }

    /// What a sheet of rows has beside its cells.
    fn finish_sheet(&mut self) -> io::Result<()> {
        let sheet = self
            .book
            .worksheet_from_index(self.sheet)
            .map_err(io_error)?;
        let last = self.row - 1;
        furnish(sheet, last, &self.widths)?;
        let numbered = (0u16..).zip(&self.headings);
        for (column, _) in numbered.filter(|(_, heading)| heading.holds == Type::Score && last > 0)
        {
            sheet
                .add_conditional_format(1, column, last, column, &diverging())
                .map_err(io_error)?;
        }
        Ok(())
    }

    fn write_summary(&mut self, summary: &Summary) -> io::Result<()> {
        let sheet = self.book.worksheet_from_name(SUMMARY).map_err(io_error)?;
        let mut widths = Summary::HEADINGS.map(str::len);
        header(sheet, Summary::HEADINGS.into_iter(), &self.formats)?;
        let mut last = 0;
        for line in summary.lines() {
            last += 1;
            if last == ROWS_IN_SHEET {
                return Err(io::Error::other(
                    "there are more sources than a sheet can hold; write .csv or .parquet instead",
                ));
            }
            for (at, cell) in line.iter().enumerate() {
                let cell = shortened(cell);
                put(sheet, (last, at as u16), &cell, (Type::Text, &self.formats))?;
                widths[at] = widths[at].max(width(&cell));
            }
        }
        furnish(sheet, last, &widths)?;
        let means = Summary::HEADINGS
            .iter()
            .enumerate()
            .filter(|(_, name)| name.starts_with("mean"));
        for (column, _) in means.filter(|_| last > 0) {
            let column = column as u16;
            sheet
                .add_conditional_format(1, column, last, column, &diverging())
                .map_err(io_error)?;
        }
        Ok(())
    }

    fn write_run(&mut self, run: &[(String, String)]) -> io::Result<()> {
        let sheet = self.book.worksheet_from_name(RUN).map_err(io_error)?;
        header(sheet, ["what", "value"].into_iter(), &self.formats)?;
        let mut widths = [4, 5];
        for (row, (name, value)) in (1..).zip(run) {
            for (at, words) in [name, value].into_iter().enumerate() {
                let cell = shortened(&Cell::text(words));
                put(sheet, (row, at as u16), &cell, (Type::Text, &self.formats))?;
                widths[at] = widths[at].max(width(&cell));
            }
        }
        furnish(sheet, run.len() as u32, &widths)
    }
}

/// What shapes a workbook beside its rows.
pub(super) struct Options<'o> {
    /// Where to keep rows until the workbook is finished.
    pub(super) folder: Option<&'o Path>,
    /// Whether text that looks like a formula is not marked as text.
    pub(super) raw_text: bool,
}

impl<W: Write + Send> Writer<W> for Xlsx<W> {
    fn write(&mut self, line: &[Cell<'_>]) -> io::Result<()> {
        contained(|| self.write_row(line)).unwrap_or_else(broken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>, about: &About) -> io::Result<W> {
        let saved = contained(|| {
            self.finish_sheet()?;
            self.write_summary(&about.summary)?;
            self.write_run(&about.run)?;
            if let Some(long) = &self.long {
                let sheet = self
                    .book
                    .worksheet_from_index(long.sheet)
                    .map_err(io_error)?;
                furnish(sheet, long.row - 1, &[ROWS.len(), 9, 20, 6, 100])?;
            }
            let mut sink = io::BufWriter::new(&mut self.sink);
            self.book.save_to_writer(&mut sink).map_err(io_error)?;
            // Dropped unflushed it would not say that the disk is full.
            sink.flush()
        });
        saved.unwrap_or_else(broken)?;
        Ok(self.sink)
    }
}

/// A sheet whose rows go to a file as they come, and its place in the book.
fn add_sheet(book: &mut Workbook, name: &str) -> io::Result<usize> {
    let sheet = book
        .add_worksheet_with_constant_memory()
        .map_err(io_error)?;
    sheet.set_name(name).map_err(io_error)?;
    Ok(book.worksheets().len() - 1)
}

fn sheet_name(full: u32) -> String {
    match full {
        0 => ROWS.to_owned(),
        full => format!("{ROWS} {}", full + 1),
    }
}

/// The writer of workbooks panics where its temporary files cannot be written, and says why in words.
fn broken<T>(panic: String) -> io::Result<T> {
    let kind = match panic.contains("StorageFull") {
        true => io::ErrorKind::StorageFull,
        false => io::ErrorKind::Other,
    };
    let told = format!(
        "the workbook cannot be made ({panic}); the disk of its temporary files may be full"
    );
    Err(io::Error::new(kind, told))
}

fn io_error(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheets(room: Room, texts: &[&str]) -> Vec<String> {
        use calamine::Reader;
        let headings = vec![Heading {
            name: "text".to_owned(),
            holds: Type::Text,
            always: false,
        }];
        let options = Options {
            folder: None,
            raw_text: false,
        };
        let mut xlsx = Xlsx::new(Vec::new(), headings, options).unwrap();
        xlsx.room = room;
        for text in texts {
            xlsx.write(&[Cell::text(text)]).unwrap();
        }
        let book = Box::new(xlsx).finish(&About::default()).unwrap();
        let mut book: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(std::io::Cursor::new(book)).unwrap();
        let names = book.sheet_names();
        let rows = names.iter().filter(|name| name.starts_with(ROWS));
        rows.map(|name| {
            let range = book.worksheet_range(name).unwrap();
            let cells: Vec<_> = range.rows().map(|row| row[0].to_string()).collect();
            format!("{name}: {}", cells.join(" "))
        })
        .collect()
    }

    #[test]
    fn rows_that_a_sheet_has_no_room_for_go_on_in_another() {
        let (rows, bytes) = (ROWS_IN_SHEET, BYTES_IN_SHEET);
        let texts = ["a", "b", "c", "d", "e"];
        let expected = ["rows: text a b", "rows 2: text c d", "rows 3: text e"];
        assert_eq!(sheets(Room { rows: 3, bytes }, &texts), expected);
        assert_eq!(sheets(Room { rows, bytes: 130 }, &texts), expected);
        assert_eq!(sheets(Room { rows, bytes }, &[]), ["rows: text"]);
    }
}
