//! A small table as CSV, in which text is as harmless to a spreadsheet as in a result.

use serde::Serialize;

use super::delimited::io_error;
use super::guard::guard;

/// The CSV of `rows`, with a header of their fields' names.
///
/// # Errors
/// If a row is no flat structure.
pub fn csv_table(rows: &[impl Serialize]) -> std::io::Result<String> {
    let mut plain = csv::Writer::from_writer(Vec::new());
    for row in rows {
        plain.serialize(row).map_err(io_error)?;
    }
    let plain = plain.into_inner().map_err(|error| error.into_error())?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(&plain[..]);
    let mut guarded = csv::Writer::from_writer(Vec::new());
    for record in reader.records() {
        let record = record.map_err(io_error)?;
        let cells = record.iter().map(|cell| guard(cell).into_owned());
        guarded.write_record(cells).map_err(io_error)?;
    }
    let guarded = guarded.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&guarded).into_owned())
}
