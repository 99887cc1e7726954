//! Files as bad as they come. Each gives rows, or a rejection with its place and reason, and none
//! stops the run.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::io::Write;

use program::{Place, gzip, rows, zstandard};
use slant::input::{Articles, Columns, Limits};

type Files = Vec<(&'static str, Vec<u8>)>;

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

fn texts() -> Files {
    vec![
        ("empty.txt", vec![]),
        ("blank.txt", b" \r\n\t\xc2\xa0\n".into()),
        ("mark-only.txt", b"\xef\xbb\xbf".into()),
        ("zero-width.txt", "\u{200b}\u{feff}\u{2060}".into()),
        ("nul.txt", b"One.\0Two.".into()),
        ("picture.txt", PICTURE.into()),
        (
            "utf16-odd.txt",
            [&b"\xff\xfe"[..], &utf16("One. Two."), b"x"].concat(),
        ),
        (
            "utf16-half.txt",
            [
                &b"\xff\xfe"[..],
                &utf16("One. "),
                &[0, 0xd8],
                &utf16("Two."),
            ]
            .concat(),
        ),
        ("utf16-unmarked.txt", utf16("“One.” Two.")),
        (
            "utf16-big.txt",
            [
                &b"\xfe\xff"[..],
                &"One. Two."
                    .encode_utf16()
                    .flat_map(u16::to_be_bytes)
                    .collect::<Vec<_>>(),
            ]
            .concat(),
        ),
        ("windows.txt", b"\x93Caf\xe9\x94 \x96 he\x92s here.".into()),
        ("undefined.txt", b"word \x81\x8d\x90 word".into()),
        ("cut-character.txt", b"One caf\xc3".into()),
        ("overlong.txt", b"One \xc0\xaf two.".into()),
        ("surrogate.txt", b"One \xed\xa0\x80 two.".into()),
        ("returns.txt", b"One.\rTwo.\r\rThree.".into()),
        ("stops-only.txt", b"...!!!???\n\n...".into()),
        ("accents-only.txt", "e\u{301}".repeat(50_000).into()),
        (
            "one-accent.txt",
            format!("One{}.", "\u{301}".repeat(100_000)).into(),
        ),
        (
            "reversed.txt",
            "\u{202e}One.\u{202c} שלום עולם. مرحبا.".into(),
        ),
        ("families.txt", "👩‍👩‍👧‍👦".repeat(5_000).into()),
        ("control.txt", b"One \x1b[2J\x07 two. \x01\x02".into()),
        ("open-quotes.txt", "“‘\"(".repeat(20_000).into()),
        ("open-brackets.txt", "(".repeat(100_000).into()),
        ("one-word.txt", "a".repeat(1_000_000).into()),
        ("lines.txt", "\n".repeat(300_000).into()),
        ("short-lines.txt", "A.\n".repeat(20_000).into()),
        ("initials.txt", "A. B. C. ".repeat(10_000).into()),
        ("too-long.txt", "One more. ".repeat(210_000).into()),
    ]
}

fn tables() -> Files {
    let columns: String = (0..20_000).map(|column| format!("c{column},")).collect();
    vec![
        (
            "unclosed.csv",
            b"id,text\n1,One.\n2,\"Two.\n3,Three.\n".into(),
        ),
        (
            "unclosed-closed-later.csv",
            b"id,text\n1,\"One.\n2,\"Two.\"\n3,Three.\n".into(),
        ),
        (
            "stray.csv",
            b"id,text\n1,\"One \"so\" called.\"\n2,Two.\n".into(),
        ),
        ("ragged.csv", b"id,text\n1\n2,Two.\n3,Three.,3\n".into()),
        ("twice.csv", b"text,TEXT\nOne.,Two.\n".into()),
        ("no-text.csv", b"id,words\n1,One.\n".into()),
        ("empty-cells.csv", b"id,text\n1,\n2, \n,Three.\n".into()),
        (
            "nul-cell.csv",
            b"id,text\n1,One.\0\n\x002,Two.\n3,Three.\n".into(),
        ),
        ("blank-lines.csv", b"\n\n\nid,text\n\n1,One.\n\n".into()),
        ("only-blank-lines.csv", b"\n\r\n\n".into()),
        ("returns.csv", b"id,text\r1,One.\r2,Two.".into()),
        (
            "mixed-ends.csv",
            b"id,text\r\n1,One.\n2,Two.\r3,\"Thr\r\nee.\"\n".into(),
        ),
        ("bars.csv", b"id|text\n1|One, or two.\n".into()),
        (
            "more-commas.csv",
            b"id;text;note\n1;One, two, three.;a,b,c\n".into(),
        ),
        (
            "name-with-lines.csv",
            b"\"the\ntext\",text\n1,One.\n".into(),
        ),
        ("open-header.csv", b"id,\"text\n1,One.\n".into()),
        (
            "encodings.csv",
            b"id,text\n1,caf\xe9\n2,caf\xc3\xa9\n3,\x81\n".into(),
        ),
        (
            "wide.csv",
            format!("{columns}text\n{}One.\n", ",".repeat(20_000)).into(),
        ),
        ("formulas.csv", b"id,text\n=1+1,=1+1\n@x,-Two.\n".into()),
        ("delimiters.csv", b",,,\n,,,\n".into()),
        ("marked.csv", b"\xef\xbb\xbftext\nOne.\n".into()),
        (
            "utf16.csv",
            [&b"\xff\xfe"[..], &utf16("id\ttext\n1\tOne.\n")].concat(),
        ),
        ("picture.csv", PICTURE.into()),
        (
            "page.csv",
            b"<!DOCTYPE html><html><body>Not found</body></html>".into(),
        ),
        (
            "long-record.csv",
            format!("text\n{}\nTwo.\n", "One. ".repeat(700_000)).into(),
        ),
        (
            "unclosed-and-long.csv",
            format!("text\n\"One.\n{}", "Two.\n".repeat(900_000)).into(),
        ),
        (
            "tabs.tsv",
            b"text\tid\nOne\ttwo\tthree.\t1\nFour.\t4\n".into(),
        ),
        ("commas.tsv", b"id,text\n1,One.\n".into()),
    ]
}

fn lines() -> Files {
    let nested = |opening: &str, closing: &str| {
        let count = 100_000;
        let (open, close) = (opening.repeat(count), closing.repeat(count));
        format!("{{\"x\": {open}1{close}, \"text\": \"One.\"}}\n{{\"text\": {open}1{close}}}\n")
    };
    vec![
        ("broken.jsonl", b"{\"text\": \"One.\"}\n{\"text\": \"Two.\n{\"text\": \"Three.\"}\n{text: 4}\n".into()),
        ("list.jsonl", b"[{\"text\": \"One.\"}, {\"text\": \"Two.\"}]".into()),
        ("pretty.jsonl", b"{\n  \"text\": \"One.\"\n}\n".into()),
        ("glued.jsonl", b"{\"text\": \"One.\"}{\"text\": \"Two.\"}\n".into()),
        ("deep-lists.jsonl", nested("[", "]").into()),
        ("deep-objects.jsonl", nested("{\"a\":", "}").into()),
        ("types.jsonl", b"{\"text\": 1.50}\n{\"text\": null}\n{\"text\": [\"a\"]}\n{\"text\": {}}\n{\"text\": true}\n".into()),
        ("twice.jsonl", b"{\"text\": \"One.\", \"text\": \"Two.\"}\n".into()),
        ("half-escape.jsonl", b"{\"text\": \"\\ud83d\"}\n{\"text\": \"\\ud83c\\udf89 Two.\"}\n".into()),
        ("nul-escape.jsonl", b"{\"text\": \"One.\\u0000\"}\n{\"id\": \"\\u0000\", \"text\": \"Two.\"}\n".into()),
        ("numbers.jsonl", b"{\"id\": 123456789012345678901234567890, \"date\": 1e999, \"text\": \"One.\"}\n".into()),
        ("not-a-number.jsonl", b"{\"text\": NaN}\n{\"text\": \"Two.\"}\n".into()),
        ("marked.jsonl", b"\xef\xbb\xbf{\"text\": \"One.\"}\n".into()),
        ("bytes.jsonl", b"{\"text\": \"\xff\xfe\x81\"}\n{\"text\": \"Two.\"}\n".into()),
        ("table.jsonl", b"id,text\n1,One.\n".into()),
        ("long-line.jsonl", format!("{{\"text\": \"{}\"}}\n{{\"text\": \"Two.\"}}\n", "One. ".repeat(700_000)).into()),
    ]
}

fn pages() -> Files {
    vec![
        ("empty.html", vec![]),
        ("no-words.html", b"<html><body><img src=x></body></html>".into()),
        ("deep.html", format!("<html><body>{}One.", "<div>".repeat(100_000)).into()),
        ("deep-drawing.html", format!("<svg>{}<div/>{}One.", "<g>".repeat(500), "<section/>".repeat(5_000)).into()),
        ("picture.html", PICTURE.into()),
        ("frames.html", b"<html><frameset cols=50%><frame src=a><frame src=b></frameset></html>".into()),
        ("unclosed.html", format!("<p>One sentence.{}", "<p><b><i><a href=x>More of it, and more.".repeat(300)).into()),
        ("entities.html", b"<!DOCTYPE x [<!ENTITY a \"&b;&b;\"><!ENTITY b \"&a;&a;\">]><p>One &a; two &#0; &#xd800; &#99999999; three.".into()),
        ("script.html", b"<html><script>if (a<b && c>d) document.write('<p>x')</script></html>".into()),
        ("wrong-charset.html", b"<meta charset=utf-16><p>One caf\xe9 and two.</p>".into()),
        ("unknown-charset.html", b"<meta charset=klingon><p>One caf\xe9 and two.</p>".into()),
        ("cut.html", b"<html><body><article><p>One sentence and the next one is cu".into()),
        ("comment.html", b"<p>One.</p><!-- <p>Two.</p>".into()),
        ("attributes.html", format!("<p {}>One.</p>", "a=b ".repeat(100_000)).into()),
        ("no-tags.html", b"One sentence without a tag. And another.".into()),
        ("tables.html", format!("{}One.", "<table><tr><td>".repeat(3_000)).into()),
    ]
}

fn packed() -> Files {
    let table = format!("text\n{}", "One more sentence.\n".repeat(2_000));
    let mut bad_sum = gzip(b"One. Two.");
    let end = bad_sum.len() - 8;
    bad_sum[end] ^= 1;
    let mut flipped = gzip(table.as_bytes());
    flipped[40] ^= 0xff;
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() - 20].to_vec();
    vec![
        ("not-packed.csv.gz", table.clone().into()),
        ("not-packed.csv.zst", table.clone().into()),
        ("empty.csv.gz", vec![]),
        ("packed-empty.csv.gz", gzip(b"")),
        ("head-only.txt.gz", b"\x1f\x8b".into()),
        ("cut.csv.gz", cut(gzip(table.as_bytes()))),
        ("cut.csv.zst", cut(zstandard(table.as_bytes()))),
        ("bad-sum.txt.gz", bad_sum),
        ("flipped.csv.gz", flipped),
        (
            "garbage-behind.txt.gz",
            [&gzip(b"One. Two.")[..], b"garbage"].concat(),
        ),
        ("twice-packed.txt.gz", gzip(&gzip(b"One. Two."))),
        ("wrong-name.txt.gz", zstandard(b"One. Two.")),
        ("unnamed.txt", gzip(b"One. Two.")),
        (
            "bomb.csv.gz",
            gzip(
                &format!(
                    "text\n{}",
                    format!("{}\n", "word ".repeat(1_000)).repeat(8 << 10)
                )
                .into_bytes(),
            ),
        ),
        (
            "bomb.csv.zst",
            zstandard(
                &format!(
                    "text\n{}",
                    format!("{}\n", "word ".repeat(1_000)).repeat(8 << 10)
                )
                .into_bytes(),
            ),
        ),
        ("no-frame.txt.zst", b"\x28\xb5\x2f\xfdgarbage".into()),
    ]
}

fn book(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    // The time of day is in it otherwise, and moves the bytes that are broken on purpose.
    let day = rust_xlsxwriter::ExcelDateTime::from_ymd(2024, 3, 1).unwrap();
    book.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&day));
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn workbooks() -> Files {
    let good = book(|sheet| {
        for row in 0..200 {
            let text = if row == 0 {
                "text".to_owned()
            } else {
                format!("Sentence {row}.")
            };
            sheet.write_string(row, 0, text).unwrap();
        }
    });
    let mut flipped = good.clone();
    for at in (good.len() / 3..good.len() / 2).step_by(7) {
        flipped[at] ^= 0x55;
    }
    vec![
        ("empty.xlsx", vec![]),
        ("text.xlsx", b"text\nOne.\n".into()),
        (
            "old.xlsx",
            [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 600]].concat(),
        ),
        ("empty-archive.xlsx", archive(&[])),
        (
            "no-workbook.xlsx",
            archive(&[("word/document.xml", b"<a/>")]),
        ),
        (
            "bad-workbook.xlsx",
            archive(&[
                (
                    "xl/workbook.xml",
                    b"<workbook><sheets><sheet name='a' r:id='r'",
                ),
                ("[Content_Types].xml", b"<Types/>"),
            ]),
        ),
        (
            "bomb.xlsx",
            archive(&[("xl/worksheets/sheet1.xml", &vec![b' '; 40 << 20])]),
        ),
        ("cut.xlsx", good[..good.len() * 2 / 3].to_vec()),
        ("flipped.xlsx", flipped),
        ("no-rows.xlsx", book(|_| {})),
        (
            "no-text.xlsx",
            book(|sheet| {
                sheet.write_string(0, 0, "words").unwrap();
                sheet.write_string(1, 0, "One.").unwrap();
            }),
        ),
        (
            "cells.xlsx",
            book(|sheet| {
                sheet.write_string(3, 2, "text").unwrap();
                sheet.write_string(3, 3, "id").unwrap();
                sheet.write_number(4, 2, 1.5).unwrap();
                sheet.write_boolean(5, 2, true).unwrap();
                sheet
                    .write_formula(
                        6,
                        2,
                        rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!"),
                    )
                    .unwrap();
                sheet.write_string(7, 3, "no text").unwrap();
                sheet.write_string(9, 2, "One _x000D_ \r\n two.").unwrap();
                sheet.write_string(1_048_575, 2, "The last.").unwrap();
            }),
        ),
    ]
}

fn parquet(schema: &str, values: &[&[u8]]) -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::writer::SerializedFileWriter;
    let schema = parquet::schema::parser::parse_message_type(schema).unwrap();
    let mut bytes = Vec::new();
    let mut file =
        SerializedFileWriter::new(&mut bytes, schema.into(), Default::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    while let Some(mut column) = group.next_column().unwrap() {
        let values: Vec<_> = values
            .iter()
            .map(|value| ByteArray::from(value.to_vec()))
            .collect();
        column
            .typed::<ByteArrayType>()
            .write_batch(&values, None, None)
            .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    file.close().unwrap();
    bytes
}

fn parquets() -> Files {
    let good = parquet(
        "message a { required binary text (UTF8); }",
        &[b"One.", b"Two.", b"Three."],
    );
    let flipped = |from: usize, step: usize| {
        let mut bytes = good.clone();
        (from..good.len() - 8)
            .step_by(step)
            .for_each(|at| bytes[at] ^= 0x5a);
        bytes
    };
    vec![
        ("empty.parquet", vec![]),
        ("text.parquet", b"text\nOne.\n".into()),
        ("magic.parquet", b"PAR1".into()),
        ("magic-twice.parquet", b"PAR1\0\0\0\0PAR1".into()),
        (
            "endless-footer.parquet",
            [&good[..good.len() - 8], b"\xff\xff\xff\x7fPAR1"].concat(),
        ),
        ("cut.parquet", good[..good.len() - 12].to_vec()),
        (
            "endless-list.parquet",
            include_bytes!("fuzz/seeds/parquet/endless-list.parquet").into(),
        ),
        ("flipped-pages.parquet", {
            let mut bytes = good.clone();
            (4..24).for_each(|at| bytes[at] ^= 0x5a);
            bytes
        }),
        ("flipped-footer.parquet", flipped(good.len() / 2, 3)),
        (
            "bytes.parquet",
            parquet(
                "message a { required binary text; }",
                &[b"One.", b"\xff\xfe", b"Three."],
            ),
        ),
        (
            "no-utf8.parquet",
            parquet(
                "message a { required binary text (UTF8); }",
                &[b"One.", b"\xff\xfe", b"Three."],
            ),
        ),
        (
            "group.parquet",
            parquet(
                "message a { required group text { required binary part (UTF8); } }",
                &[b"One."],
            ),
        ),
        (
            "no-text.parquet",
            parquet("message a { required binary words (UTF8); }", &[b"One."]),
        ),
        (
            "twice.parquet",
            parquet(
                "message a { required binary text (UTF8); required binary TEXT (UTF8); }",
                &[b"One."],
            ),
        ),
        (
            "empty-text.parquet",
            parquet(
                "message a { required binary text (UTF8); }",
                &[b"", b" ", b"Three.\0"],
            ),
        ),
    ]
}

/// What the library makes of each file.
fn report(place: &Place, files: &Files) -> String {
    let limits = Limits {
        article: 2 << 20,
        record: 3 << 20,
        ..Limits::default()
    };
    let mut report = String::new();
    for (name, _) in files {
        let path = place.path().join("in").join(name);
        let records = Articles::within(limits, &[path], Columns::default(), None);
        let (articles, rejected): (Vec<_>, Vec<_>) = records.partition(Result::is_ok);
        assert!(articles.len() + rejected.len() > 0, "{name} gives nothing");
        report += &format!("{name}: {} articles\n", articles.len());
        for rejected in rejected.into_iter().map(Result::unwrap_err) {
            assert!(rejected.beginning.chars().count() <= 80);
            let number = |number: Option<u64>| number.map_or("-".to_owned(), |n| n.to_string());
            let (record, line) = (number(rejected.origin.record), number(rejected.origin.line));
            report += &format!("  record {record}, line {line}: {}\n", rejected.reason);
        }
    }
    report
}

#[test]
fn every_file_gives_articles_or_a_rejection_with_its_place_and_reason() {
    let place = Place::new();
    let kinds = [
        texts(),
        tables(),
        lines(),
        pages(),
        packed(),
        workbooks(),
        parquets(),
    ];
    let files: Files = kinds.into_iter().flatten().collect();
    for (name, bytes) in &files {
        assert!(!place.holds(&format!("in/{name}")), "{name} twice");
        place.write(&format!("in/{name}"), bytes);
    }
    let report = report(&place, &files);
    insta::assert_snapshot!("nasty", report);

    let limits = ["--max-article", "2M", "--max-record", "3M"];
    let run = place.slant([&["segment", "in", "-o", "out.csv"][..], &limits].concat());
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    let count = |start: &str| {
        let counts = report
            .lines()
            .filter(|line| line.starts_with("  record ") == (start == "record"));
        match start {
            "record" => counts.count(),
            _ => counts
                .map(|line| line.rsplit(' ').nth(1).unwrap().parse::<usize>().unwrap())
                .sum(),
        }
    };
    let (articles, rejected) = (count("article"), count("record"));
    assert_eq!(rows(&place.read("out.rejected.csv")).len(), rejected);
    let told = format!("{rejected} rejected of {} records", articles + rejected);
    assert!(
        run.stderr.replace(',', "").contains(&told),
        "{told}: {}",
        run.stderr
    );
}
