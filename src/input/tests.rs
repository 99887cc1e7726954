//! What holds for every format, and the helpers of the formats' own tests.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tempfile::TempDir;

use super::*;

/// A folder with these files in it.
pub(super) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

/// What comes of one file with these bytes, its rejections without the folder it is in.
pub(super) fn read_with(name: &str, bytes: &[u8], columns: Columns) -> (Vec<Article>, Vec<String>) {
    let folder = folder(&[(name, bytes)]);
    outcome(
        Articles::open(&[folder.path().join(name)], columns, None),
        folder.path(),
    )
}

/// The same with every column recognised by its name.
pub(super) fn read(name: &str, bytes: &[u8]) -> (Vec<Article>, Vec<String>) {
    read_with(name, bytes, Columns::default())
}

/// Articles and rejections apart.
pub(super) fn outcome(
    articles: impl Iterator<Item = Result<Article, Rejected>>,
    folder: &Path,
) -> (Vec<Article>, Vec<String>) {
    let (good, bad): (Vec<_>, Vec<_>) = articles.partition(Result::is_ok);
    let prefix = format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR);
    let message = |rejected: Rejected| rejected.to_string().replace(&prefix, "");
    (
        good.into_iter().map(Result::unwrap).collect(),
        bad.into_iter()
            .map(Result::unwrap_err)
            .map(message)
            .collect(),
    )
}

#[test]
fn articles_can_be_read_on_another_thread() {
    fn is_send(_: impl Send) {}
    is_send(Articles::open(&[], Columns::default(), None));
}

#[test]
fn a_rejection_names_the_file_the_record_the_line_and_the_reason() {
    let (_, rejected) = read("export.csv", b"text\na\n\"b\nb\"\n\n \n");
    assert_eq!(
        rejected,
        ["export.csv, record 3 (line 6): the text is empty"]
    );
}

#[test]
fn a_text_is_kept_to_the_byte() {
    let text = "  “Né”\r\n\r\n👩‍🚀 שלום e\u{301}\n\t";
    let (articles, _) = read("a.txt", format!("\u{FEFF}{text}").as_bytes());
    assert_eq!(articles[0].text, text);
    let (articles, _) = read(
        "a.csv",
        format!("\u{FEFF}text\r\n\"{text}\"\r\n").as_bytes(),
    );
    assert_eq!(articles[0].text, text);
}

#[test]
fn blanks_and_zero_width_characters_make_no_text() {
    for blank in [
        "\n",
        " \u{A0}\u{3000}\t",
        "\u{200B}\u{FEFF}",
        "\u{FEFF}\u{FEFF}",
    ] {
        let (articles, rejected) = read("a.txt", blank.as_bytes());
        assert!(articles.is_empty());
        assert_eq!(rejected, ["a.txt, record 1: the text is empty"]);
    }
}

#[test]
fn a_text_with_nul_bytes_is_refused_with_the_place() {
    let (_, rejected) = read("a.txt", "né and\0more".as_bytes());
    assert_eq!(
        rejected,
        ["a.txt, record 1: the text holds NUL bytes at character 7: is the file binary?"]
    );
}

#[test]
fn an_empty_file_is_rejected_in_every_format() {
    for name in ["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.html"] {
        for bytes in [&b""[..], b"\xEF\xBB\xBF", b"\xFF\xFE"] {
            let (articles, rejected) = read(name, bytes);
            assert!(articles.is_empty());
            assert_eq!(rejected, [format!("{name}, record 1: the file is empty")]);
        }
    }
}

#[test]
fn a_bad_file_does_not_stop_the_run() {
    let folder = folder(&[("a.csv", b"nothing\nhere\n"), ("b.txt", b"Good.")]);
    let inputs = ["missing.csv", "a.csv", "b.txt"].map(|name| folder.path().join(name));
    let (articles, rejected) = outcome(
        Articles::open(&inputs, Columns::default(), None),
        folder.path(),
    );
    assert_eq!(articles.len(), 1);
    assert_eq!(
        rejected,
        [
            "missing.csv: there is no such file or folder; check the path",
            "a.csv: there is no column for the text (text, body, content, article); \
             the columns are: nothing; say which with --text-column",
        ]
    );
}

#[test]
fn every_byte_is_counted_once() {
    let folder = folder(&[
        ("a.csv", b"text\nOne.\n"),
        ("b.txt", b"Two."),
        ("c.jsonl", b"{\"text\": \"Three.\"}"),
    ]);
    let articles = Articles::open(&[folder.path().to_owned()], Columns::default(), None);
    let (total, read) = (articles.total_bytes(), articles.bytes_read());
    assert_eq!(articles.count(), 3);
    assert_eq!(total, Some(10 + 4 + 18));
    assert_eq!(Some(read.load(Ordering::Relaxed)), total);
}

#[test]
fn records_in_other_encodings_are_counted_by_their_encoding() {
    let folder = folder(&[("a.csv", b"id,text\n1,caf\xE9\n2,caf\xC3\xA9\n3,It\x92s\n")]);
    let mut articles = Articles::open(&[folder.path().join("a.csv")], Columns::default(), None);
    let texts: Vec<_> = articles
        .by_ref()
        .map(|article| article.unwrap().text)
        .collect();
    assert_eq!(texts, ["café", "café", "It’s"]);
    assert_eq!(
        articles.other_encodings(),
        BTreeMap::from([("windows-1252", 2)])
    );
}

#[test]
fn a_table_in_utf_16_with_tabs_is_read_like_any_other() {
    let table = "id\ttext\r\n1\t“Né”\r\n";
    let bytes: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for mark in [&b""[..], b"\xFF\xFE"] {
        let (articles, rejected) = read("unicode.csv", &[mark, &bytes].concat());
        assert_eq!(rejected, [""; 0]);
        assert_eq!(articles[0].text, "“Né”");
    }
}

#[test]
fn a_record_of_five_megabytes_on_one_line_is_one_article() {
    let text = "word ".repeat(1_000_000);
    for (name, bytes) in [
        ("a.txt", text.clone()),
        ("a.csv", format!("text\n{text}\n")),
        ("a.jsonl", format!("{{\"text\": \"{text}\"}}\n")),
    ] {
        let (articles, _) = read(name, bytes.as_bytes());
        assert_eq!(articles[0].text, text, "{name}");
    }
}

/// A file on a disk that fails behind the first records.
fn failing(record: &str) -> Stream {
    struct Failure;
    impl Read for Failure {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let records = format!("text\n{}", record.repeat(20_000));
    let raw = io::Cursor::new(records.into_bytes()).chain(Failure);
    Stream::open(Box::new(raw), Tally::default()).unwrap()
}

#[test]
fn a_file_that_cannot_be_read_to_its_end_gives_what_was_read_and_one_rejection() {
    let file = || InputFile {
        path: None,
        shown: "a".into(),
        name: "a".to_owned(),
        folder: String::new(),
        format: None,
        compression: None,
        bytes: None,
    };
    let limits = Limits::default();
    let columns = Arc::new(Columns::default());
    let table =
        table::Table::open(file(), failing("word\n"), (Format::Csv, limits), &columns).unwrap();
    let lines = json_lines::JsonLines::open(
        file(),
        failing("{\"text\": \"a\"}\n"),
        Arc::clone(&columns),
        limits,
    );
    let records: [Records; 2] = [Box::new(table), Box::new(lines.skip(1))];
    for records in records {
        let (found, rejected) = outcome(records, Path::new(""));
        assert!(found.len() > 1000);
        assert_eq!(rejected.len(), 1);
        assert!(rejected[0].ends_with("the file cannot be read from here on: the disk is gone"));
    }
    let rejected = text::read(&file(), failing("word\n"), &columns, limits).unwrap_err();
    assert!(rejected.reason.ends_with("the disk is gone"));
}

fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..8),
        prop::sample::select(vec![
            &b"text"[..],
            b"id",
            b",",
            b";",
            b"\t",
            b"\"",
            b"\n",
            b"\r\n",
            b"\r",
            b"\0",
            b"{",
            b"}",
            b"{\"text\": \"a\"}",
            b"\xEF\xBB\xBF",
            b"\xFF\xFE",
            b"\xFE\xFF",
            b"text,id\n",
            b"\xE9",
        ])
        .prop_map(<[u8]>::to_vec),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Sound files of the kinds that are more than lines, to be damaged.
fn sound() -> Vec<(&'static str, Vec<u8>)> {
    use ::parquet::data_type::{ByteArray, ByteArrayType};
    use ::parquet::file::writer::SerializedFileWriter;
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, words) in (0..).zip(["text", "One.", "Two.", "Three."]) {
        sheet.write_string(row, 0, words).unwrap();
    }
    let schema = "message a { required binary text (UTF8); optional binary id (UTF8); }";
    let schema = ::parquet::schema::parser::parse_message_type(schema).unwrap();
    let mut table = Vec::new();
    let mut file =
        SerializedFileWriter::new(&mut table, Arc::new(schema), Default::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    let values = ["One.", "Two.", "Three."].map(ByteArray::from);
    for levels in [None, Some(&[1i16, 1, 1][..])] {
        let mut column = group.next_column().unwrap().unwrap();
        let typed = column.typed::<ByteArrayType>();
        typed.write_batch(&values, levels, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    file.close().unwrap();
    let page = "<!DOCTYPE html><html><head><meta charset=utf-8><title>One</title></head><body>\
                <article><p>One sentence.</p><p>Two of them.</p></article></body></html>";
    let table_of_text = b"text,id\n\"One, and more.\",1\nTwo.,2\n";
    let gzip = {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), Default::default());
        io::Write::write_all(&mut writer, table_of_text).unwrap();
        writer.finish().unwrap()
    };
    vec![
        ("a.xlsx", book.save_to_buffer().unwrap()),
        ("a.parquet", table),
        ("a.html", page.into()),
        ("a.csv.gz", gzip),
        (
            "a.csv.zst",
            zstd::encode_all(&table_of_text[..], 1).unwrap(),
        ),
    ]
}

fn check_articles(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    for article in read(name, bytes).0 {
        prop_assert!(!article.text.trim().is_empty());
        prop_assert!(!article.text.contains('\0'));
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic_or_give_an_unfit_text(bytes in soup(), table in any::<bool>()) {
        let bytes = if table { [b"id,text\n", &bytes[..]].concat() } else { bytes };
        for name in ["a.txt", "a.csv", "a.tsv", "a.jsonl", "a.html"] {
            check_articles(name, &bytes)?;
        }
    }

    #[test]
    fn no_damage_to_a_file_makes_its_reader_panic(
        which in 0usize..5,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (name, mut bytes) = sound().swap_remove(which);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        check_articles(name, &bytes)?;
    }
}
