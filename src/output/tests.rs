//! What holds for every format: the cells that went in come out.

use std::io::Cursor;

use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use calamine::{Data, Reader, Xlsx};
use proptest::prelude::*;

use super::layout::place;
use super::*;

fn design(format: Format) -> Design {
    Design {
        format,
        ..Design::csv(RowKind::Score, &["kept".to_owned()])
    }
}

/// The bytes of a result with these lines.
fn written(design: &Design, lines: &[Vec<Cell<'_>>]) -> Vec<u8> {
    let mut sheet = Sheet::new(Vec::new(), design, None).unwrap();
    for line in lines {
        sheet.write_cells(line).unwrap();
    }
    let run = vec![("program".to_owned(), "slant".to_owned())];
    sheet.finish(run).unwrap()
}

/// A long row of which only these cells are filled, beside those that always are.
fn line(filled: &[(&str, Cell<'static>)]) -> Vec<Cell<'static>> {
    let mut line = vec![Cell::Empty; RowKind::Score.columns().len() + 1];
    for name in ["sentence", "start", "end"] {
        line[place(RowKind::Score, name).unwrap()] = Cell::Count(1);
    }
    for (name, cell) in filled {
        let at = place(RowKind::Score, name).unwrap_or(line.len() - 1);
        line[at] = cell.clone();
    }
    line
}

fn text(words: &str) -> Cell<'static> {
    Cell::text(words).into_owned()
}

/// The cells of a sheet of a workbook, row by row, as text.
fn sheet_of(book: &[u8], name: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(book)).unwrap();
    let sheet = book.worksheet_range(name).unwrap();
    let shown = |cell: &Data| match cell {
        Data::Float(number) => number.to_string(),
        Data::DateTime(date) => format!("day {}", date.as_f64()),
        other => other.to_string(),
    };
    sheet
        .rows()
        .map(|row| row.iter().map(shown).collect())
        .collect()
}

const NASTY: [&str; 22] = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "＝1",
    "'=1",
    "00123",
    "9.10",
    "1E5",
    "1-2",
    "TRUE",
    "漢字",
    "👩‍🚀 e\u{301}",
    "a\r\nb\nc\rd",
    " blank ",
    "\"quoted\", and more",
    "_x000D_",
    "\u{1}\u{1f}\u{fffe}",
    "<b>&amp;</b>",
    "2019-03-01",
    "|;\t,",
];

#[test]
fn nasty_text_comes_back_from_every_format() {
    let lines: Vec<_> = NASTY
        .iter()
        .map(|words| {
            line(&[
                ("text", text(words)),
                ("kept", text(words)),
                ("date", text(words)),
            ])
        })
        .collect();
    let (at, last) = (place(RowKind::Score, "text").unwrap(), lines[0].len() - 1);
    for (format, delimiter) in [
        (Format::Csv, b','),
        (Format::Csv, b';'),
        (Format::Tsv, b'\t'),
    ] {
        let mut design = design(format);
        design.dialect.delimiter = delimiter;
        let bytes = written(&design, &lines);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(&bytes[..]);
        for (row, words) in reader.records().zip(NASTY) {
            let row = row.unwrap();
            assert_eq!((unguard(&row[at]), unguard(&row[last])), (words, words));
        }
    }
    let json = String::from_utf8(written(&design(Format::JsonLines), &lines)).unwrap();
    for (row, words) in json.lines().zip(NASTY) {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        assert_eq!(
            (row["text"].as_str(), row["kept"].as_str()),
            (Some(words), Some(words))
        );
        assert!(row["party"].is_null());
    }
    let rows = sheet_of(&written(&design(Format::Xlsx), &lines), "rows");
    for (row, words) in rows[1..].iter().zip(NASTY) {
        assert_eq!((&row[at][..], &row[last][..]), (words, words));
    }
    let bytes = bytes::Bytes::from(written(&design(Format::Parquet), &lines));
    let reader = SerializedFileReader::new(bytes).unwrap();
    for (row, words) in reader.get_row_iter(None).unwrap().zip(NASTY) {
        let row = row.unwrap();
        let fields: Vec<_> = row.get_column_iter().map(|(_, field)| field).collect();
        assert_eq!(*fields[at], Field::Str(words.to_owned()));
    }
}

#[test]
fn a_workbook_has_typed_cells_a_summary_and_what_ran() {
    let score = Cell::Decimal(Decimal::nearest(-0.81574));
    let lines = [line(&[
        ("article", text("00123")),
        ("source", text("Herald")),
        ("date", text("2019-03-01")),
        ("text", text("Nine people died.")),
        ("sentiment", text("negative")),
        ("sentiment_score", score),
    ])];
    let book = written(&design(Format::Xlsx), &lines);
    let rows = sheet_of(&book, "rows");
    insta::assert_snapshot!(rows[1][..10].join("|"), @"00123|Herald|day 43525||1|1|1|Nine people died.|negative|-0.8157");
    insta::assert_snapshot!(sheet_of(&book, "summary")[1].join("|"), @"Herald|(all sentences)|1|1|-0.8157|1|0|0||||");
    insta::assert_snapshot!(sheet_of(&book, "run")[1].join("|"), @"program|slant");
    assert_eq!(
        book,
        written(&design(Format::Xlsx), &lines),
        "the same rows make the same bytes"
    );
}

#[test]
fn a_text_that_no_excel_cell_holds_is_whole_in_a_sheet_of_its_own() {
    let long = "漢字👩‍🚀 and = so on ".repeat(4_000);
    let lines = [
        line(&[("text", text("short"))]),
        line(&[("text", text(&long)), ("title", text(&long[..32_700]))]),
    ];
    let book = written(&design(Format::Xlsx), &lines);
    let cell = &sheet_of(&book, "rows")[2][place(RowKind::Score, "text").unwrap()];
    assert_eq!(cell.encode_utf16().count(), 32_767);
    assert!(
        cell.ends_with(" […whole in the sheet “long texts”, rows 2–4]"),
        "{}",
        &cell[cell.len() - 80..]
    );
    let parts = sheet_of(&book, "long texts");
    assert_eq!(parts[1][..4], ["rows", "3", "text", "1"]);
    let whole: String = parts[1..].iter().map(|row| &row[4][..]).collect();
    assert!(whole == long);
}

#[test]
fn csv_for_excel_has_its_mark_its_line_ends_and_text_that_stays_text() {
    let mut design = design(Format::Csv);
    design.dialect = Dialect {
        delimiter: b';',
        decimal_comma: true,
        excel: true,
        raw_text: false,
    };
    let lines = [line(&[
        ("article", text("00123")),
        ("date", text("2019-03-01")),
        ("title", text("9.10 a \"b\"")),
        ("text", text("=1+1; so")),
        ("sentiment_score", Cell::Decimal(Decimal::nearest(-0.8157))),
        ("kept", text("2019-03-01")),
    ])];
    let csv = String::from_utf8(written(&design, &lines)).unwrap();
    assert!(csv.starts_with("\u{feff}article;source;"));
    let row = csv.split("\r\n").nth(1).unwrap();
    insta::assert_snapshot!(row, @r#""=""00123""";;2019-03-01;"=""9.10 a """"b""""""";1;1;1;"'=1+1; so";;-0,8157;;;;;;;;;;;;;;;;;"=""2019-03-01""""#);
}

#[test]
fn raw_text_is_written_as_it_is() {
    let mut raw = design(Format::Csv);
    raw.dialect.raw_text = true;
    raw.dialect.excel = true;
    let csv = written(
        &raw,
        &[line(&[("article", text("00123")), ("text", text("=1"))])],
    );
    assert!(
        String::from_utf8(csv)
            .unwrap()
            .ends_with("\r\n00123,,,,1,1,1,=1,,,,,,,,,,,,,,,,,,,\r\n")
    );
}

#[test]
fn more_columns_than_excel_has_are_refused() {
    let mut wide = design(Format::Xlsx);
    wide.layout = Layout::Wide((0..2_000).map(|party| party.to_string()).collect());
    let error = Sheet::new(Vec::new(), &wide, None).err().unwrap();
    insta::assert_snapshot!(error, @"the result would have 22017 columns, and Excel can hold 16384; use --layout long");
}

#[test]
fn parquet_has_types_row_groups_and_dictionaries() {
    let lines: Vec<_> = (0..70_000)
        .map(|row| {
            let score = Cell::Decimal(Decimal::nearest(f64::from(row % 7) / 7.0));
            line(&[
                ("source", text(["Herald", "Courier"][row as usize % 2])),
                ("stance_score", score),
            ])
        })
        .collect();
    let bytes = bytes::Bytes::from(written(&design(Format::Parquet), &lines));
    let reader = SerializedFileReader::new(bytes).unwrap();
    let metadata = reader.metadata();
    assert_eq!(
        (
            metadata.num_row_groups(),
            metadata.file_metadata().num_rows()
        ),
        (2, 70_000)
    );
    let source = metadata.row_group(0).column(1);
    assert!(source.dictionary_page_offset().is_some());
    assert_eq!(
        source.compression(),
        ::parquet::basic::Compression::ZSTD(Default::default())
    );
    let mut printed = Vec::new();
    ::parquet::schema::printer::print_schema(&mut printed, metadata.file_metadata().schema());
    insta::assert_snapshot!(String::from_utf8(printed).unwrap(), @r"
    message rows {
      OPTIONAL BYTE_ARRAY article (STRING);
      OPTIONAL BYTE_ARRAY source (STRING);
      OPTIONAL BYTE_ARRAY date (STRING);
      OPTIONAL BYTE_ARRAY title (STRING);
      REQUIRED INT64 sentence;
      REQUIRED INT64 start;
      REQUIRED INT64 end;
      OPTIONAL BYTE_ARRAY text (STRING);
      OPTIONAL BYTE_ARRAY sentiment (STRING);
      OPTIONAL DOUBLE sentiment_score;
      OPTIONAL DOUBLE sentiment_negative;
      OPTIONAL DOUBLE sentiment_neutral;
      OPTIONAL DOUBLE sentiment_positive;
      OPTIONAL BYTE_ARRAY party (STRING);
      OPTIONAL BYTE_ARRAY mention (STRING);
      OPTIONAL INT64 mention_start;
      OPTIONAL INT64 mention_end;
      OPTIONAL BYTE_ARRAY link (STRING);
      OPTIONAL BYTE_ARRAY stance (STRING);
      OPTIONAL DOUBLE stance_score;
      OPTIONAL DOUBLE stance_against;
      OPTIONAL DOUBLE stance_neutral;
      OPTIONAL DOUBLE stance_favor;
      OPTIONAL BYTE_ARRAY voice (STRING);
      OPTIONAL BYTE_ARRAY speaker (STRING);
      OPTIONAL BYTE_ARRAY note (STRING);
      OPTIONAL BYTE_ARRAY kept (STRING);
    }
    ");
}

/// A disk that is full after some bytes.
struct Full(usize);

impl std::io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let room = self.0.min(bytes.len());
        self.0 -= room;
        match room {
            0 if !bytes.is_empty() => Err(std::io::ErrorKind::StorageFull.into()),
            room => Ok(room),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error_in_every_format() {
    for format in [
        Format::Csv,
        Format::Tsv,
        Format::JsonLines,
        Format::Xlsx,
        Format::Parquet,
    ] {
        for room in [0, 1, 100, 2_000] {
            let mut sheet = Sheet::new(Full(room), &design(format), None).unwrap();
            // A workbook of a few rows is written at its very end.
            let rows = if format == Format::Xlsx { 3 } else { 3_000 };
            let words: Vec<_> = (0..rows).map(|row| text(&format!("row {row}"))).collect();
            let written = words
                .iter()
                .try_for_each(|words| sheet.write_cells(&line(&[("text", words.clone())])));
            let error = written
                .and_then(|()| sheet.finish(Vec::new()).map(|_| ()))
                .err();
            let error = error.unwrap_or_else(|| panic!("{format:?} with room for {room} bytes"));
            assert_eq!(
                error.kind(),
                std::io::ErrorKind::StorageFull,
                "{format:?}: {error}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_comes_back(words in prop::collection::vec("\\PC{0,12}|[\\x00-\\x1f'=+@ -]{0,6}|_x[0-9A-F]{4}_", 1..8)) {
        let lines: Vec<_> = words.iter().map(|words| line(&[("text", text(words))])).collect();
        let at = place(RowKind::Score, "text").unwrap();
        let csv = written(&design(Format::Csv), &lines);
        let mut reader = csv::Reader::from_reader(&csv[..]);
        for (row, words) in reader.records().zip(&words) {
            let row = row.unwrap();
            prop_assert_eq!(unguard(&row[at]), words);
        }
        let rows = sheet_of(&written(&design(Format::Xlsx), &lines), "rows");
        for (row, words) in rows[1..].iter().zip(&words) {
            prop_assert_eq!(&row[at], words);
        }
    }
}
