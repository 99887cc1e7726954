//! The first sheet of an Excel workbook: a header row, then one article a row.
//!
//! Cells are read as they are shown where that is one way only: text as it is, whole numbers
//! without a point, dates as `2019-03-01`. A number's format is not applied.

use std::fs::File;
use std::io::{self, BufReader, Seek};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::{DataRef, Reader, Xlsx, open_workbook_from_rs};
use zip::ZipArchive;

use super::columns::{Columns, Header, Kind, Places};
use super::files::InputFile;
use super::limits::Limits;
use super::{Article, Rejected, day};
use crate::contain::contained;

/// How many rows are read ahead.
const ROWS_AHEAD: usize = 64;

/// The records of a sheet.
pub(super) struct Workbook {
    file: InputFile,
    rows: Receiver<Result<Row, String>>,
    names: Vec<String>,
    places: Places,
    limits: Limits,
    record: u64,
    broken: bool,
}

/// A row that is not empty.
struct Row {
    /// Its number in the sheet, from 1.
    number: u64,
    cells: Vec<Result<String, String>>,
}

impl Workbook {
    /// Reads the header, and refuses the whole file if that does not name the wanted columns. Gives
    /// the number of its sheets too.
    pub fn open(
        file: InputFile,
        book: File,
        columns: &Columns,
        limits: Limits,
    ) -> Result<(Self, usize), Rejected> {
        let sheets = check(&book, limits).map_err(|reason| file.rejected(reason))?;
        let (sender, rows) = sync_channel(ROWS_AHEAD);
        thread::spawn(move || send_rows(book, &sender));
        let header = match rows.recv() {
            Ok(Ok(header)) => header,
            Ok(Err(reason)) => return Err(file.rejected(reason)),
            Err(_) => return Err(file.rejected("its first sheet is empty".to_owned())),
        };
        let names: Vec<String> = header
            .cells
            .into_iter()
            .map(Result::unwrap_or_default)
            .collect();
        let places = columns
            .places(&Header::new(Kind::Table, names.iter().map(String::as_str)))
            .map_err(|reason| file.rejected(reason))?;
        let records = Self {
            file,
            rows,
            names,
            places,
            limits,
            record: 0,
            broken: false,
        };
        Ok((records, sheets))
    }

    fn article(&self, row: &Row) -> Result<Article, Rejected> {
        let value = |at: usize| match row.cells.get(at) {
            None => Ok(String::new()),
            Some(Ok(value)) => Ok(value.clone()),
            Some(Err(reason)) => Err(format!("the column `{}` {reason}", self.names[at])),
        };
        let beginning = || {
            let cells: Vec<&str> = row.cells.iter().flatten().map(String::as_str).collect();
            cells.join(" ")
        };
        self.places
            .article(
                &self.file,
                (self.record, Some(row.number)),
                value,
                self.limits,
            )
            .map_err(|rejected| rejected.beginning_with(beginning().as_bytes()))
    }
}

impl Iterator for Workbook {
    type Item = Result<Article, Rejected>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let row = self.rows.recv().ok()?;
        self.record += 1;
        match row {
            Ok(row) => Some(self.article(&row)),
            Err(reason) => {
                self.broken = true;
                let reason = format!("the file cannot be read from here on: {reason}");
                Some(Err(self.file.rejected_record(self.record, None, reason)))
            }
        }
    }
}

/// Unpacks the workbook for nothing but its size, for the parser takes it into memory unseen, and
/// counts its sheets.
fn check(book: &File, limits: Limits) -> Result<usize, String> {
    let refused = |error: &dyn std::fmt::Display| {
        format!("it is no Excel workbook that can be read: {error}")
    };
    let size = book.metadata().map_err(|error| refused(&error))?.len();
    let mut archive = ZipArchive::new(BufReader::new(book)).map_err(|error| refused(&error))?;
    let mut unpacked = 0;
    let mut sheets = 0;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| refused(&error))?;
        let name = entry.name().map_err(|error| refused(&error))?;
        sheets += usize::from(name.starts_with("xl/worksheets/") && name.ends_with(".xml"));
        drop(name);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = io::Read::read(&mut entry, &mut buffer).map_err(|error| refused(&error))?;
            if read == 0 {
                break;
            }
            unpacked += read as u64;
            limits.check_expansion(size, unpacked)?;
        }
    }
    Ok(sheets)
}

/// Sends the rows of the first sheet until there are no more, or nobody wants them.
fn send_rows(book: File, sender: &SyncSender<Result<Row, String>>) {
    let sent = contained(|| read_rows(book, sender));
    let reason = match sent {
        Ok(Ok(())) => return,
        Ok(Err(reason)) => reason,
        Err(panic) => format!("the workbook cannot be parsed: {panic}"),
    };
    // Who does not listen any more need not know.
    let _ = sender.send(Err(reason));
}

fn read_rows(mut book: File, sender: &SyncSender<Result<Row, String>>) -> Result<(), String> {
    let refused = |error: &dyn std::fmt::Display| format!("the workbook cannot be read: {error}");
    book.rewind().map_err(|error| refused(&error))?;
    let mut book: Xlsx<_> = open_workbook_from_rs(BufReader::new(book))
        .map_err(|error: calamine::XlsxError| refused(&error))?;
    let names = book.sheet_names();
    let first = names.first().ok_or("the workbook has no sheet")?.clone();
    let mut cells = book
        .worksheet_cells_reader(&first)
        .map_err(|error| refused(&error))?;
    let mut row = Row {
        number: 0,
        cells: Vec::new(),
    };
    loop {
        let cell = cells.next_cell().map_err(|error| refused(&error))?;
        let (number, column) = match &cell {
            Some(cell) => (
                u64::from(cell.get_position().0) + 1,
                cell.get_position().1 as usize,
            ),
            None => (0, 0),
        };
        if number != row.number {
            let complete = std::mem::replace(
                &mut row,
                Row {
                    number,
                    cells: Vec::new(),
                },
            );
            let is_empty = complete.cells.iter().all(|cell| cell.as_deref() == Ok(""));
            if !is_empty && sender.send(Ok(complete)).is_err() {
                return Ok(());
            }
        }
        let Some(cell) = cell else {
            return Ok(());
        };
        row.cells
            .resize(row.cells.len().max(column + 1), Ok(String::new()));
        row.cells[column] = written(cell.get_value());
    }
}

/// A cell as a string, or why it is none.
fn written(value: &DataRef<'_>) -> Result<String, String> {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(words) | DataRef::DateTimeIso(words) | DataRef::DurationIso(words) => {
            Ok(words.clone())
        }
        DataRef::SharedString(words) => Ok((*words).to_owned()),
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) => Ok(number.to_string()),
        DataRef::Bool(truth) => Ok(truth.to_string()),
        DataRef::Error(error) => Err(format!("holds the error {error}; mend the cell")),
        DataRef::DateTime(time) if time.is_duration() => Ok(time.as_f64().to_string()),
        DataRef::DateTime(time) => {
            let (year, month, date, hour, minute, second, _) = time.to_ymd_hms_milli();
            Ok(day::written(
                (i64::from(year), month, date),
                (hour, minute, second),
            ))
        }
    }
}
