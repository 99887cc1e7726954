//! CSV and TSV, in whichever dialect they were written.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use super::super::guard::unguard;
use super::{Fault, Table};

/// The most that a header is looked for in.
const HEADER: usize = 1 << 20;

pub(super) fn read(bytes: Box<dyn Read>, table: Table<'_>) -> Result<u64, Fault> {
    let mut bytes = BufReader::with_capacity(HEADER, bytes);
    if bytes
        .fill_buf()
        .map_err(Fault::whole)?
        .starts_with(b"\xEF\xBB\xBF")
    {
        bytes.consume(3);
    }
    let head = bytes.fill_buf().map_err(Fault::whole)?;
    let mut csv = csv::ReaderBuilder::new()
        .delimiter(delimiter(head))
        .flexible(true)
        .from_reader(bytes);
    let header = csv.headers().map_err(|error| fault(&error))?;
    let names: Vec<String> = header.iter().map(|name| cell(name).into_owned()).collect();
    if names.is_empty() {
        return Err(Fault::whole("it is empty"));
    }
    let wanted = (table.choose)(&names).map_err(Fault::whole)?;
    let mut record = csv::StringRecord::new();
    let mut rows = 0;
    while csv
        .read_record(&mut record)
        .map_err(|error| fault(&error))?
    {
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() != names.len() {
            let cells = match record.len() {
                1 => "1 cell".to_owned(),
                count => format!("{count} cells"),
            };
            let reason = format!(
                "it has {cells} and the header {}: is the file cut off?",
                names.len()
            );
            return Err(Fault::at("line", line)(reason));
        }
        let cells: Vec<Cow<'_, str>> = wanted.iter().map(|at| cell(&record[*at])).collect();
        (table.take)(&cells).map_err(Fault::at("line", line))?;
        rows += 1;
    }
    Ok(rows)
}

/// The mark that most often stands in the header, whose names have none: what separates them.
fn delimiter(head: &[u8]) -> u8 {
    let header = head.split(|byte| *byte == b'\n').next().unwrap_or(head);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"\"_.-:' ".contains(&byte);
    let marks = header
        .iter()
        .filter(|byte| byte.is_ascii_punctuation() || **byte == b'\t');
    let mut counts = [0usize; 128];
    for mark in marks.filter(|byte| !is_name(**byte)) {
        counts[usize::from(*mark)] += 1;
    }
    let most = (0..128u8).max_by_key(|byte| counts[usize::from(*byte)]);
    most.filter(|byte| counts[usize::from(*byte)] > 0)
        .unwrap_or(b',')
}

/// The text that stands behind what a spreadsheet is shown.
fn cell(written: &str) -> Cow<'_, str> {
    let kept = written.strip_prefix("=\"");
    match kept.and_then(|text| text.strip_suffix('"')) {
        Some(text) => Cow::Owned(text.replace("\"\"", "\"")),
        None => Cow::Borrowed(unguard(written)),
    }
}

fn fault(error: &csv::Error) -> Fault {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => {
            Fault::at("line", line)("it is not UTF-8: save it as CSV UTF-8, or as .xlsx".to_owned())
        }
        csv::ErrorKind::Io(error) => Fault::whole(error),
        _ => Fault::whole(error),
    }
}
