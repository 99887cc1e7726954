//! Excel workbooks: the first sheet, and those after it that have the same header.

use std::borrow::Cow;
use std::fs::File;
use std::io::BufReader;

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};

use super::{Fault, Table};
use crate::contain::contained;

pub(super) fn read(file: File, table: Table<'_>) -> Result<u64, Fault> {
    let refused =
        |reason: String| Fault::whole(format!("it is no workbook that can be read: {reason}"));
    let book = contained(|| open_workbook_from_rs::<Xlsx<_>, _>(BufReader::new(file)));
    let mut book = book
        .map_err(refused)?
        .map_err(|error| refused(error.to_string()))?;
    let mut header: Option<Vec<String>> = None;
    let mut wanted = Vec::new();
    let mut choose = Some(table.choose);
    let mut rows = 0;
    for sheet in book.sheet_names() {
        let range = contained(|| book.worksheet_range(&sheet)).map_err(refused)?;
        let range = range.map_err(|error| refused(error.to_string()))?;
        let mut lines = range.rows();
        let Some(first) = lines.next() else { continue };
        let names: Vec<String> = first.iter().map(|name| cell(name).into_owned()).collect();
        match (&header, choose.take()) {
            (None, Some(choose)) => {
                wanted = choose(&names).map_err(Fault::whole)?;
                header = Some(names);
            }
            (Some(header), _) if *header == names => {}
            _ => continue,
        }
        for (number, line) in (2..).zip(lines) {
            let cells: Vec<Cow<'_, str>> = wanted.iter().map(|at| cell(&line[*at])).collect();
            let place = format!("sheet {sheet}, row");
            (table.take)(&cells).map_err(Fault::at(&place, number))?;
            rows += 1;
        }
    }
    match header {
        Some(_) => Ok(rows),
        None => Err(Fault::whole("it is empty")),
    }
}

fn cell(data: &Data) -> Cow<'_, str> {
    match data {
        Data::Empty => Cow::Borrowed(""),
        Data::String(words) => Cow::Borrowed(words),
        Data::DateTime(time) => {
            let (year, month, day, ..) = time.to_ymd_hms_milli();
            Cow::Owned(format!("{year:04}-{month:02}-{day:02}"))
        }
        other => Cow::Owned(other.to_string()),
    }
}
