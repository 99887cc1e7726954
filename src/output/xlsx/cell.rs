//! How a cell is put in a sheet, and what a sheet has around its cells.

use std::borrow::Cow;
use std::io;

use rust_xlsxwriter::{
    ConditionalFormat3ColorScale, ConditionalFormatType, ExcelDateTime, Format, IgnoreError,
    Worksheet,
};

use super::io_error;
use crate::output::cell::{Cell, Type};
use crate::output::guard::guard;

/// The UTF-16 units of a cell.
pub(super) const TEXT_IN_CELL: usize = 32_767;

pub(super) struct Formats {
    pub(super) header: Format,
    pub(super) decimal: Format,
    pub(super) date: Format,
    /// For text that would run as a formula once its cell is edited: the mark that it is text.
    pub(super) quoted: Format,
}

pub(super) fn header<'n>(
    sheet: &mut Worksheet,
    names: impl Iterator<Item = &'n str>,
    formats: &Formats,
) -> io::Result<()> {
    for (at, name) in (0u16..).zip(names) {
        let name = shortened(&Cell::text(name)).to_string();
        sheet
            .write_string_with_format(0, at, name, &formats.header)
            .map_err(io_error)?;
    }
    sheet.set_freeze_panes(1, 0).map_err(io_error)?;
    Ok(())
}

/// Widths, a filter on the header, and no warnings of numbers kept as text, which they are.
pub(super) fn furnish(sheet: &mut Worksheet, last: u32, widths: &[usize]) -> io::Result<()> {
    const NARROWEST: usize = 6;
    const WIDEST: usize = 60;
    // The filter's button and the margins.
    const ROOM: usize = 3;
    let end = widths.len() as u16 - 1;
    for (column, width) in (0u16..).zip(widths) {
        let width = (*width).clamp(NARROWEST, WIDEST) + ROOM;
        sheet
            .set_column_width(column, width as f64)
            .map_err(io_error)?;
    }
    sheet.autofilter(0, 0, last, end).map_err(io_error)?;
    sheet
        .ignore_error_range(0, 0, last, end, IgnoreError::NumberStoredAsText)
        .map_err(io_error)?;
    Ok(())
}

pub(super) fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell<'_>,
    (holds, formats): (Type, &Formats),
) -> io::Result<()> {
    let date = |words: &str| match holds {
        Type::Date => iso_date(words),
        _ => None,
    };
    let written = match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(words) => match date(words) {
            Some(date) => sheet.write_datetime_with_format(row, column, &date, &formats.date),
            None if matches!(guard(words), Cow::Owned(_)) => {
                sheet.write_string_with_format(row, column, &words[..], &formats.quoted)
            }
            None => sheet.write_string(row, column, &words[..]),
        },
        Cell::Count(count) => sheet.write_number(row, column, *count as f64),
        Cell::Decimal(decimal) => {
            sheet.write_number_with_format(row, column, decimal.value(), &formats.decimal)
        }
    };
    written.map(|_| ()).map_err(io_error)
}

/// The day that `words` are, if they are nothing but `YYYY-MM-DD` and Excel knows the day.
///
/// Its calendar begins in 1900 and has a 29th of February in that year, which was none; so days
/// before March 1900 stay text.
pub(in crate::output) fn iso_date(words: &str) -> Option<ExcelDateTime> {
    let shaped = words.len() == 10
        && words.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped || words < "1900-03-01" {
        return None;
    }
    let (year, month, day) = (
        words[..4].parse().ok()?,
        words[5..7].parse().ok()?,
        words[8..].parse().ok()?,
    );
    ExcelDateTime::from_ymd(year, month, day).ok()
}

/// Orange below zero, white at it, blue above: to be told apart by those who do not see red or green.
pub(super) fn diverging() -> ConditionalFormat3ColorScale {
    ConditionalFormat3ColorScale::new()
        .set_minimum(ConditionalFormatType::Number, -1)
        .set_midpoint(ConditionalFormatType::Number, 0)
        .set_maximum(ConditionalFormatType::Number, 1)
        .set_minimum_color("E66101")
        .set_midpoint_color("FFFFFF")
        .set_maximum_color("3B78C0")
}

/// How wide a cell is on the screen, in characters; a Chinese one counts twice.
pub(super) fn width(cell: &Cell<'_>) -> usize {
    match cell {
        Cell::Text(words) => {
            let first = words.chars().take(80);
            first.map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
        }
        other => other.to_string().len(),
    }
}

/// About how many bytes a cell takes in the file, rather more than less.
pub(super) fn bytes(cell: &Cell<'_>) -> u64 {
    const MARKUP: u64 = 60;
    const ESCAPED: u64 = 7;
    let of_byte = |byte: u8| match byte {
        b'&' | b'<' | b'>' | b'_' | 0..0x20 | 0xef => ESCAPED,
        _ => 1,
    };
    match cell {
        Cell::Text(words) => MARKUP + words.bytes().map(of_byte).sum::<u64>(),
        _ => MARKUP,
    }
}

/// A name, or a list of files, that is too long for a cell ends in `…`; what is data stands in the
/// rows, whole.
pub(super) fn shortened(cell: &Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Text(words) if words.encode_utf16().count() > TEXT_IN_CELL => {
            let beginning = pieces(words, TEXT_IN_CELL - 1).next().unwrap_or_default();
            Cell::Text(format!("{beginning}…").into())
        }
        other => other.clone().into_owned(),
    }
}

/// `words` in pieces of at most `longest` UTF-16 units.
pub(super) fn pieces(words: &str, longest: usize) -> impl Iterator<Item = &str> {
    let mut rest = words;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut units = 0;
        let fits = rest.char_indices().find(|(_, c)| {
            units += c.len_utf16();
            units > longest
        });
        let (piece, after) = rest.split_at(fits.map_or(rest.len(), |(end, _)| end));
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_iso_date_that_excel_knows_is_a_date() {
        for day in ["1900-03-01", "2019-12-31", "2024-02-29", "9999-12-31"] {
            assert!(iso_date(day).is_some(), "{day}");
        }
        for other in [
            "1900-02-28",
            "2019-02-29",
            "2019-13-01",
            "2019-00-10",
            "2019-1-01",
            "2019-01-01T00:00",
            "19é-01-01",
            "12.03.2019",
            "",
        ] {
            assert!(iso_date(other).is_none(), "{other}");
        }
    }

    #[test]
    fn pieces_put_together_are_the_whole_and_none_is_too_long() {
        let words = "漢字👩‍🚀 é".repeat(1000);
        for longest in [2, 3, 7, 32_767] {
            let pieces: Vec<_> = pieces(&words, longest).collect();
            assert_eq!(pieces.concat(), words);
            assert!(
                pieces
                    .iter()
                    .all(|piece| piece.encode_utf16().count() <= longest)
            );
        }
    }
}
