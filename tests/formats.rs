//! The same article gives the same rows, whatever file it comes in and whatever file they go to.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::{Place, gzip, rows, zstandard};

const TEXT: &str = "The river rose by four metres on Tuesday night, and nine people died below the dam.\n\n\
                    “We were never warned,” said Milena Adeyemi, who lost her house; the café next door stands & sells coffee.\n\n\
                    The minister came on Wednesday with a cheque and a camera crew. Nobody was there to thank him.";

const TITLE: &str = "Flood kills nine";

fn table(delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(Vec::new());
    writer
        .write_record(["id", "source", "date", "title", "text"])
        .unwrap();
    writer
        .write_record(["00123", "Herald", "2019-03-01", TITLE, TEXT])
        .unwrap();
    writer.into_inner().unwrap()
}

fn json() -> Vec<u8> {
    let article = serde_json::json!({
        "id": "00123", "source": "Herald", "date": "2019-03-01", "title": TITLE, "text": TEXT,
    });
    format!("{article}\n").into_bytes()
}

fn page() -> Vec<u8> {
    let paragraphs: String = TEXT
        .split("\n\n")
        .map(|paragraph| format!("<p>{}</p>\n", paragraph.replace('&', "&amp;")))
        .collect();
    format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>{TITLE}</title>\
         <meta property='og:title' content='{TITLE}'><meta property='og:site_name' content='Herald'>\
         <meta property='article:published_time' content='2019-03-01'></head><body>\
         <nav><a href='/'>Home</a></nav><article>{paragraphs}</article>\
         <footer>All rights reserved.</footer></body></html>"
    )
    .into_bytes()
}

fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2019, 3, 1).unwrap();
    let date = rust_xlsxwriter::Format::new().set_num_format("d mmm yyyy");
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["id", "source", "date", "title", "text"]) {
        sheet.write_string(0, column, name).unwrap();
    }
    // A row left blank is no record.
    sheet.write_string(2, 0, "00123").unwrap();
    sheet.write_string(2, 1, "Herald").unwrap();
    sheet.write_datetime_with_format(2, 2, &day, &date).unwrap();
    sheet.write_string(2, 3, TITLE).unwrap();
    sheet.write_string(2, 4, TEXT).unwrap();
    book.save_to_buffer().unwrap()
}

fn parquet() -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
    use parquet::file::writer::SerializedFileWriter;
    let schema = parquet::schema::parser::parse_message_type(
        "message articles { required binary id (UTF8); optional binary source (UTF8); optional int32 date (DATE);
         optional group other { optional binary x (UTF8); } optional binary title; optional binary text (UTF8); }",
    );
    let mut bytes = Vec::new();
    let mut file =
        SerializedFileWriter::new(&mut bytes, schema.unwrap().into(), Default::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    // 2019-03-01 is day 17,956.
    for (words, levels) in [
        (Some("00123"), None),
        (Some("Herald"), Some(1)),
        (None, Some(1)),
        (Some(""), Some(2)),
        (Some(TITLE), Some(1)),
        (Some(TEXT), Some(1)),
    ] {
        let mut column = group.next_column().unwrap().unwrap();
        let levels = levels.map(|level| vec![level]);
        match words {
            Some(words) => column.typed::<ByteArrayType>().write_batch(
                &[ByteArray::from(words)],
                levels.as_deref(),
                None,
            ),
            None => column
                .typed::<Int32Type>()
                .write_batch(&[17_956], levels.as_deref(), None),
        }
        .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    file.close().unwrap();
    bytes
}

fn utf16(bytes: &[u8]) -> Vec<u8> {
    let text = format!("\u{feff}{}", std::str::from_utf8(bytes).unwrap());
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn every_format_of_the_same_article_gives_the_same_rows() {
    let kinds: [(&str, Vec<u8>); 10] = [
        ("00123.txt", TEXT.into()),
        ("comma.csv", table(b',')),
        ("semicolon.csv", table(b';')),
        ("bar.csv", table(b'|')),
        ("tab.csv", table(b'\t')),
        ("tab.tsv", table(b'\t')),
        ("a.jsonl", json()),
        ("00123.html", page()),
        ("a.xlsx", workbook()),
        ("a.parquet", parquet()),
    ];
    let place = Place::new();
    let mut files = 0;
    let mut write = |name: String, bytes: &[u8]| {
        place.write(&format!("in/Herald/{name}"), bytes);
        files += 1;
    };
    for (name, bytes) in &kinds {
        write((*name).to_owned(), bytes);
        write(format!("{name}.gz"), &gzip(bytes));
        write(format!("{name}.zst"), &zstandard(bytes));
        if std::str::from_utf8(bytes).is_ok() {
            write(format!("utf16/Herald/{name}"), &utf16(bytes));
        }
    }
    let expected = place.slant_reading(["segment", "-"], &table(b',')).stdout;
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(expected.len(), 1 + 4);

    let run = place.slant(["segment", "in"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let found: Vec<String> = run
        .stdout
        .lines()
        .skip(1)
        .map(|line| {
            // What has no columns is known by its path, and text has no date or title.
            let named = line
                .trim_start_matches("Herald/")
                .trim_start_matches("utf16/");
            let named = named.trim_start_matches("Herald/");
            named.replace("Herald,,,", &format!("Herald,2019-03-01,{TITLE},"))
        })
        .collect();
    assert_eq!(found.len(), files * 4);
    for rows in found.chunks(4) {
        assert_eq!(rows, &expected[1..]);
    }

    for (name, bytes) in kinds.iter().filter(|(name, _)| !name.starts_with("00123")) {
        if name.ends_with('t') || name.starts_with('s') || name.ends_with("jsonl") {
            let piped = place.slant_reading(["segment", "-"], &gzip(bytes));
            let found: Vec<&str> = piped.stdout.lines().collect();
            assert_eq!(found, expected, "{name} on standard input");
        }
    }
}

#[test]
fn a_folder_of_mixed_kinds_is_read_in_the_order_of_its_paths() {
    let place = Place::new();
    for (name, bytes) in [
        ("in/a/1.xlsx", workbook()),
        ("in/a/2.parquet.zst", zstandard(&parquet())),
        ("in/b/3.html.gz", gzip(&page())),
        ("in/b/4.txt", TEXT.into()),
        ("in/b/5.docx", b"PK".to_vec()),
        ("in/6.csv", table(b';')),
    ] {
        place.write(name, bytes);
    }
    let run = place.slant(["segment", "in"]);
    assert_eq!(run.status, 0);
    insta::assert_snapshot!(run.stderr, @r"
    left out, not a kind that is read: in/b/5.docx
    5 articles, 20 sentences; 0 rejected of 5 records
    ");
    let mut articles: Vec<_> = rows(&run.stdout)
        .iter()
        .map(|row| format!("{} {}", row["article"], row["source"]))
        .collect();
    articles.dedup_by(|one, other| one == other);
    insta::assert_snapshot!(articles.join("\n"), @r"
    00123 Herald
    b/3 Herald
    b/4 b
    ");
}

#[test]
fn a_pattern_that_the_shell_leaves_alone_is_understood() {
    let place = Place::new();
    place.write("in/left/2019-a.txt", "One.");
    place.write("in/left/2020-a.txt", "Two.");
    place.write("in/right/2020-a.txt", "Three.");
    let run = place.slant(["segment", "in/*/2020-*.txt"]);
    let texts: Vec<_> = rows(&run.stdout)
        .iter()
        .map(|row| format!("{} {} {}", row["article"], row["source"], row["text"]))
        .collect();
    assert_eq!(
        texts,
        ["left/2020-a left Two.", "right/2020-a right Three."]
    );
}

#[test]
fn of_a_workbook_with_more_sheets_the_first_is_read_and_that_is_said() {
    let place = Place::new();
    let mut book = rust_xlsxwriter::Workbook::new();
    for text in ["First.", "Second."] {
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "text").unwrap();
        sheet.write_string(1, 0, text).unwrap();
    }
    place.write("a.xlsx", book.save_to_buffer().unwrap());
    let run = place.slant(["segment", "a.xlsx"]);
    assert_eq!(rows(&run.stdout).len(), 1);
    insta::assert_snapshot!(run.stderr, @r"
    not all was read of a.xlsx: the first of 2 sheets
    1 article, 1 sentence; 0 rejected of 1 record
    ");
}

const PARTIES: &str = "[[party]]\nname = \"Milena Adeyemi\"\naliases = [\"Adeyemi\"]\n\
                       [[party]]\nname = \"the minister\"\naliases = [\"minister\"]\n";

/// The result of scoring the article to a file of this name.
fn scored(place: &Place, name: &str, options: &[&str]) -> Vec<u8> {
    place.write("a.jsonl", json());
    place.write("parties.toml", PARTIES);
    let arguments = [
        "score",
        "a.jsonl",
        "--parties",
        "parties.toml",
        "-o",
        name,
        "--force",
    ];
    let run = place.slant([&arguments, options].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    std::fs::read(place.path().join(name)).unwrap()
}

/// The cells of the first sheet of a workbook.
fn sheet(book: Vec<u8>) -> Vec<Vec<calamine::Data>> {
    use calamine::Reader;
    let mut book: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(std::io::Cursor::new(book)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(<[_]>::to_vec).collect()
}

#[test]
fn every_kind_of_result_holds_the_same_cells() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let place = Place::new();
    let csv = String::from_utf8(scored(&place, "out.csv", &[])).unwrap();
    let mut lines = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(csv.as_bytes());
    let expected: Vec<Vec<String>> = lines
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    assert_eq!((expected.len(), expected[0].len()), (5, 26));

    let tsv = scored(&place, "out.tsv", &[]);
    let mut lines = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(b'\t')
        .from_reader(&tsv[..]);
    for (row, expected) in lines.records().zip(&expected) {
        assert_eq!(row.unwrap().iter().collect::<Vec<_>>(), *expected);
    }

    let json = String::from_utf8(scored(&place, "out.jsonl", &[])).unwrap();
    for (line, cells) in json.lines().zip(&expected[1..]) {
        let row: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        for (name, cell) in expected[0].iter().zip(cells) {
            match &row[name] {
                serde_json::Value::Null => assert_eq!(cell, ""),
                serde_json::Value::String(text) => assert_eq!(text, cell),
                number => assert_eq!(number.as_f64(), cell.parse().ok(), "{name}"),
            }
        }
    }

    let rows = sheet(scored(&place, "out.xlsx", &[]));
    assert_eq!(rows.len(), expected.len());
    for (row, cells) in rows.iter().zip(&expected) {
        for (found, cell) in row.iter().zip(cells) {
            match found {
                calamine::Data::Float(number) => assert_eq!(Some(*number), cell.parse().ok()),
                calamine::Data::DateTime(day) => {
                    assert_eq!((day.as_f64(), &cell[..]), (43_525.0, "2019-03-01"))
                }
                text => assert_eq!(text.to_string(), *cell),
            }
        }
    }

    let file = bytes::Bytes::from(scored(&place, "out.parquet", &[]));
    let file = SerializedFileReader::new(file).unwrap();
    for (row, cells) in file.get_row_iter(None).unwrap().zip(&expected[1..]) {
        for ((_, field), cell) in row.unwrap().get_column_iter().zip(cells) {
            match field {
                Field::Null => assert_eq!(cell, ""),
                Field::Str(text) => assert_eq!(text, cell),
                Field::Long(count) => assert_eq!(count.to_string(), *cell),
                Field::Double(score) => assert_eq!(format!("{score:.4}"), *cell),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn the_wide_layout_has_a_row_for_each_sentence_and_the_same_scores() {
    let place = Place::new();
    let long = String::from_utf8(scored(&place, "long.csv", &[])).unwrap();
    let wide = String::from_utf8(scored(&place, "wide.csv", &["--layout", "wide"])).unwrap();
    insta::assert_snapshot!(wide.lines().next().unwrap().replace(',', "\n"), @r"
    article
    source
    date
    title
    sentence
    start
    end
    text
    sentiment
    sentiment_score
    sentiment_negative
    sentiment_neutral
    sentiment_positive
    voice
    speaker
    note
    mention:Milena Adeyemi
    mention_start:Milena Adeyemi
    mention_end:Milena Adeyemi
    link:Milena Adeyemi
    stance:Milena Adeyemi
    stance_score:Milena Adeyemi
    stance_against:Milena Adeyemi
    stance_neutral:Milena Adeyemi
    stance_favor:Milena Adeyemi
    voice:Milena Adeyemi
    speaker:Milena Adeyemi
    mention:the minister
    mention_start:the minister
    mention_end:the minister
    link:the minister
    stance:the minister
    stance_score:the minister
    stance_against:the minister
    stance_neutral:the minister
    stance_favor:the minister
    voice:the minister
    speaker:the minister
    ");
    let wide = rows(&wide);
    assert_eq!(wide.len(), 4);
    let mut scores = 0;
    for row in rows(&long).iter().filter(|row| !row["party"].is_empty()) {
        let same = wide
            .iter()
            .find(|wide| wide["sentence"] == row["sentence"])
            .unwrap();
        for name in ["stance", "stance_score", "mention", "link", "mention_start"] {
            assert_eq!(same[&format!("{name}:{}", row["party"])], row[name]);
            scores += 1;
        }
        assert_eq!(
            (&same["text"], &same["sentiment_score"]),
            (&row["text"], &row["sentiment_score"])
        );
    }
    assert_eq!(scores, 10);
}

#[test]
fn options_that_do_not_fit_the_kind_of_result_are_refused_before_any_work() {
    let place = Place::new();
    place.write("a.txt", "One.");
    let refused = |arguments: &[&str]| {
        let run = place.slant([&["segment", "a.txt"], arguments].concat());
        assert_eq!(run.status, 2);
        run.stderr
    };
    insta::assert_snapshot!(refused(&["-o", "out.xls"]), @"error: out.xls is of no kind that can be written; the kinds are .csv, .tsv, .jsonl, .ndjson, .xlsx, .parquet");
    insta::assert_snapshot!(refused(&["-o", "out.xlsx", "--excel"]), @"error: --excel is for .csv alone: leave it out, or give the result such an ending");
    insta::assert_snapshot!(refused(&["-o", "out.jsonl", "--decimal-comma"]), @"error: --decimal-comma is for .csv and .tsv alone: leave it out, or give the result such an ending");
    assert!(refused(&["--delimiter", "ab"]).contains("a single punctuation mark"));
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn rejected_records_are_listed_beside_the_result() {
    let place = Place::new();
    place.write("a.csv", "id,text\n1,One.\n2,\n3,\"=Three\n\n4,Four.");
    let run = place.slant(["segment", "a.csv", "gone.txt", "-o", "out.xlsx"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.stderr, @r"
    rejected: a.csv, record 2 (line 3): the text is empty
    rejected: a.csv, record 3 (line 4): the quotation mark that opens a field on line 4 is never closed, so everything after it belongs to this record; close it, or write it twice if it is part of the text
    rejected: gone.txt: there is no such file or folder; check the path
    1 article, 1 sentence; 3 rejected of 4 records
    ");
    insta::assert_snapshot!(place.read("out.rejected.csv"), @r#"
    file,record,line,reason,beginning
    a.csv,2,3,the text is empty,2 
    a.csv,3,4,"the quotation mark that opens a field on line 4 is never closed, so everything after it belongs to this record; close it, or write it twice if it is part of the text","3 =Three  4,Four."
    gone.txt,,,there is no such file or folder; check the path,
    "#);

    let again = place.slant(["segment", "a.csv", "-o", "out.csv"]);
    assert_eq!(again.status, 2);
    insta::assert_snapshot!(again.stderr, @"error: out.rejected.csv exists already: give --force to replace it, or another name");

    place.write("b.csv", "text\nOne.\n");
    let forced = place.slant(["segment", "b.csv", "-o", "out.csv", "--force"]);
    assert_eq!(forced.status, 0);
    assert!(
        !place.holds("out.rejected.csv"),
        "a list of an earlier run would mislead"
    );
}

#[cfg(unix)]
#[test]
fn results_have_the_permissions_that_the_user_gives_new_files() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("a.csv", "text\nOne.\n\"\"\n");
    let mode = |name: &str| {
        place
            .path()
            .join(name)
            .metadata()
            .unwrap()
            .permissions()
            .mode()
    };
    for name in ["out.csv", "out.tsv", "out.jsonl", "out.xlsx", "out.parquet"] {
        let run = place.slant(["segment", "a.csv", "-o", name, "--force"]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert_eq!(mode(name), mode("a.csv"), "{name}");
        assert_eq!(mode("out.rejected.csv"), mode("a.csv"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported_with_what_is_safe() {
    let place = Place::new();
    place.write("a.txt", "One. Two.");
    for name in ["full.csv", "full.xlsx", "full.parquet", "full.jsonl"] {
        std::os::unix::fs::symlink("/dev/full", place.path().join(name)).unwrap();
        let run = place.slant(["segment", "a.txt", "-o", name]);
        assert_eq!(run.status, 2, "{name}: {}", run.stderr);
        assert!(
            run.stderr.contains("No space left on device"),
            "{name}: {}",
            run.stderr
        );
    }
}
