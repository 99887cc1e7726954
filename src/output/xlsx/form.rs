//! A workbook to be filled in by hand: a sheet of rows, and one that says how.

use std::io;
use std::ops::Range;

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign,
    Workbook, Worksheet, XlsxError,
};

use super::super::guard::guard;
use super::cell::{TEXT_IN_CELL, pieces};
use super::io_error;

/// The workbook's content.
#[derive(Debug, Clone)]
pub struct Form<'f> {
    /// The name of the sheet of rows.
    pub name: &'f str,
    /// Its columns.
    pub columns: Vec<FormColumn<'f>>,
    /// Its rows, with a cell for each column.
    pub rows: Vec<Vec<FormCell<'f>>>,
    /// How it is to be filled in, a paragraph a line. A line before which none or an empty one stands
    /// is a heading.
    pub instructions: &'f str,
}

/// How a column looks.
#[derive(Debug, Clone)]
pub struct FormColumn<'f> {
    /// Its name, in the first row.
    pub name: &'f str,
    /// Its width, in characters.
    pub width: f64,
    /// What may be chosen in it; anything, if empty.
    pub choices: Vec<&'f str>,
    /// Whether it is there but not shown.
    pub is_hidden: bool,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum FormCell<'f> {
    /// Nothing yet.
    Blank,
    /// Words, of which what a cell cannot hold is left out, and `…` says so.
    Text(&'f str),
    /// Words, with the bytes of some of them that are set in bold type.
    Marked(&'f str, Range<usize>),
    /// A number.
    Number(f64),
}

impl Form<'_> {
    /// The bytes of the workbook, the same for the same content.
    ///
    /// # Errors
    /// If a sheet cannot hold as much.
    pub fn workbook(&self) -> io::Result<Vec<u8>> {
        self.filled().map_err(io_error)
    }

    fn filled(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let long_ago = ExcelDateTime::from_ymd(2000, 1, 1)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&long_ago));
        let sheet = book.add_worksheet().set_name(self.name)?;
        self.set_columns(sheet)?;
        let formats = Formats::new();
        for (row, cells) in (1..).zip(&self.rows) {
            for (column, cell) in (0..).zip(cells) {
                formats.put(sheet, (row, column), cell)?;
            }
        }
        let sheet = book.add_worksheet().set_name("how to label")?;
        instruct(sheet, self.instructions)?;
        book.save_to_buffer()
    }

    /// The header, which stays in sight, and what may be chosen below it.
    fn set_columns(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let header = Format::new().set_bold();
        let last = self.rows.len().max(1) as u32;
        for (at, column) in (0..).zip(&self.columns) {
            sheet.write_string_with_format(0, at, column.name, &header)?;
            sheet.set_column_width(at, column.width)?;
            if column.is_hidden {
                sheet.set_column_hidden(at)?;
            }
            if !column.choices.is_empty() {
                let told = format!("Choose {}.", column.choices.join(", "));
                let choice = DataValidation::new()
                    .allow_list_strings(&column.choices)?
                    .set_error_style(DataValidationErrorStyle::Stop)
                    .set_error_title("Unknown label")?
                    .set_error_message(&told)?;
                sheet.add_data_validation(1, at, last, at, &choice)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_landscape();
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0)?;
        Ok(())
    }
}

fn instruct(sheet: &mut Worksheet, instructions: &str) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold();
    let paragraph = Format::new().set_text_wrap();
    sheet.set_column_width(0, 100)?;
    let mut before = "";
    for (row, line) in (0..).zip(instructions.lines()) {
        let format = if before.is_empty() {
            &heading
        } else {
            &paragraph
        };
        if !line.is_empty() {
            sheet.write_string_with_format(row, 0, line, format)?;
        }
        before = line;
    }
    Ok(())
}

/// How cells look.
struct Formats {
    wrapped: Format,
    /// For text that would be run as a formula when somebody edits the cell.
    quoted: Format,
    plain: Format,
    bold: Format,
}

impl Formats {
    fn new() -> Self {
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        Self {
            quoted: wrapped.clone().set_quote_prefix(),
            wrapped,
            plain: Format::new(),
            bold: Format::new().set_bold(),
        }
    }

    fn put(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        cell: &FormCell<'_>,
    ) -> Result<(), XlsxError> {
        let is_long = |text: &str| text.encode_utf16().count() > TEXT_IN_CELL;
        match cell {
            FormCell::Blank => sheet.write_blank(row, column, &self.wrapped)?,
            FormCell::Number(number) => {
                sheet.write_number_with_format(row, column, *number, &self.wrapped)?
            }
            FormCell::Marked(text, marked) if !is_long(text) && marked.len() < text.len() => {
                let (before, after) = (&text[..marked.start], &text[marked.end..]);
                let parts = [
                    (&self.plain, before),
                    (&self.bold, &text[marked.clone()]),
                    (&self.plain, after),
                ];
                let parts: Vec<_> = parts
                    .into_iter()
                    .filter(|(_, part)| !part.is_empty())
                    .collect();
                sheet.write_rich_string_with_format(row, column, &parts, self.of(text))?
            }
            FormCell::Text(text) | FormCell::Marked(text, _) if is_long(text) => {
                let beginning = pieces(text, TEXT_IN_CELL - 1).next().unwrap_or_default();
                let shown = format!("{beginning}…");
                sheet.write_string_with_format(row, column, shown, self.of(text))?
            }
            FormCell::Text(text) | FormCell::Marked(text, _) => {
                sheet.write_string_with_format(row, column, *text, self.of(text))?
            }
        };
        Ok(())
    }

    fn of(&self, text: &str) -> &Format {
        match guard(text) == text {
            true => &self.wrapped,
            false => &self.quoted,
        }
    }
}
