//! Laws of the readers: a file gives articles or rejections, in order, each with its place.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use slant::input::{Article, Articles, Columns, Limits, Rejected};
use tempfile::TempPath;

/// Small enough that the fuzzer comes by them.
const LIMITS: Limits = Limits {
    article: 16 << 10,
    record: 32 << 10,
    expansion: 200,
    depth: 200,
    files: 10,
};

/// Beyond this a record may be too long.
const SHORT: usize = 16 << 10;

type Record = Result<Article, Rejected>;

/// A file, in memory where the system has a folder there, whose name ends in `ending`.
pub fn file(ending: &str, bytes: &[u8]) -> TempPath {
    let memory = Path::new("/dev/shm");
    let folder = match memory.is_dir() {
        true => memory.to_owned(),
        false => std::env::temp_dir(),
    };
    let mut name = tempfile::Builder::new();
    let path = name.suffix(ending).tempfile_in(folder).unwrap();
    let path = path.into_temp_path();
    fs::write(&path, bytes).unwrap();
    path
}

/// What comes out of a file that holds `bytes`, once it has been held to the law.
pub fn read(ending: &str, bytes: &[u8]) -> Vec<Record> {
    read_within(LIMITS, ending, bytes)
}

/// The same of a file that is long for these laws.
pub fn read_within(limits: Limits, ending: &str, bytes: &[u8]) -> Vec<Record> {
    let path = file(ending, bytes);
    let columns = Columns::default();
    let mut articles = Articles::within(limits, &[PathBuf::from(&*path)], columns, None);
    let records: Vec<Record> = articles.by_ref().collect();
    assert_eq!(articles.records_read(), records.len() as u64);
    let mut last = (0, 0);
    for record in &records {
        let origin = match record {
            Ok(article) => {
                check_article(article, limits);
                &article.origin
            }
            Err(rejected) => {
                check_rejected(rejected);
                &rejected.origin
            }
        };
        let Some(number) = origin.record else {
            assert_eq!(records.len(), 1, "a whole file is refused once: {record:?}");
            continue;
        };
        assert_eq!(number, last.0 + 1, "records are counted from 1: {record:?}");
        let line = origin.line.unwrap_or(last.1);
        assert!(line >= last.1, "lines go down: {record:?}");
        last = (number, line);
    }
    records
}

fn check_article(article: &Article, limits: Limits) {
    assert!(!article.text.trim().is_empty());
    assert!(article.text.len() as u64 <= limits.article);
    let cells = [
        &article.id,
        &article.source,
        &article.date,
        &article.title,
        &article.text,
    ];
    assert!(cells.iter().all(|cell| !cell.contains('\0')), "{article:?}");
    assert!(!article.id.is_empty());
}

fn check_rejected(rejected: &Rejected) {
    assert!(!rejected.reason.is_empty());
    assert!(
        rejected.reason.len() < 5_000,
        "{} bytes",
        rejected.reason.len()
    );
    assert!(!rejected.reason.contains(char::is_control), "{rejected:?}");
    assert!(rejected.beginning.chars().count() <= 80);
    assert!(!rejected.beginning.contains(char::is_control));
}

/// Reads the file plainly and, now and then, packed; the outcome is the same.
fn read_both(ending: &str, bytes: &[u8]) -> Vec<Record> {
    let records = read(ending, bytes);
    let packed = match bytes.len() % 4 {
        0 => read(&format!("{ending}.gz"), &gzip(bytes)),
        1 => read(
            &format!("{ending}.zst"),
            &zstd::encode_all(bytes, 1).unwrap(),
        ),
        _ => return records,
    };
    // What is empty is so in another place, and what is packed twice is not unpacked twice.
    if !bytes.is_empty() && !is_packed(bytes) {
        assert_eq!(outcomes(&packed), outcomes(&records));
    }
    records
}

/// A record's text and title, or its reason and beginning.
type Outcome<'r> = Result<(&'r str, &'r str), (&'r str, &'r str)>;

/// The records without the names of their files.
fn outcomes(records: &[Record]) -> Vec<Outcome<'_>> {
    records.iter().map(outcome).collect()
}

fn outcome(record: &Record) -> Outcome<'_> {
    match record {
        Ok(article) => Ok((&article.text, &article.title)),
        Err(rejected) => Err((&rejected.reason, &rejected.beginning)),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// Whether the bytes begin like a packed file.
fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1F\x8B") || bytes.starts_with(b"\x28\xB5\x2F\xFD")
}

/// The bytes without the mark that UTF-8 may begin with.
fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// Whether the bytes are UTF-8 without anything that makes them something else.
fn is_plain(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) && !is_packed(bytes)
}

/// A text file is one article, whose text is what the file holds.
pub fn text(bytes: &[u8]) {
    let records = read_both(".txt", bytes);
    assert_eq!(records.len(), 1);
    if let (Ok(article), true) = (&records[0], is_plain(bytes)) {
        assert_eq!(article.text.as_bytes(), unmarked(bytes));
    }
}

/// Every line of a table without quotation marks is a record.
pub fn table(bytes: &[u8]) {
    for ending in [".csv", ".tsv"] {
        let records = read_both(ending, bytes);
        let is_whole =
            |record: &Record| matches!(record, Err(rejected) if rejected.origin.record.is_none());
        let is_refused = unmarked(bytes).is_empty() || records.first().is_some_and(is_whole);
        if !is_refused && is_plain(bytes) && !bytes.contains(&b'"') && bytes.len() < SHORT {
            let lines = unmarked(bytes).split(|byte| matches!(byte, b'\n' | b'\r'));
            let lines = lines.filter(|line| !line.is_empty()).count();
            // The first is the header.
            assert_eq!(records.len() + 1, lines);
        }
    }
}

/// Every line that is not blank is a record, and the text of an article stands in its line.
pub fn json_lines(bytes: &[u8]) {
    let records = read_both(".jsonl", bytes);
    if !is_plain(bytes) || bytes.len() >= SHORT || unmarked(bytes).is_empty() {
        return;
    }
    let lines = unmarked(bytes).split(|byte| *byte == b'\n');
    let lines: Vec<&[u8]> = lines.filter(|line| !line.trim_ascii().is_empty()).collect();
    assert_eq!(records.len(), lines.len());
    for (record, line) in records.iter().zip(lines) {
        let Ok(article) = record else { continue };
        let object: serde_json::Value = match serde_json::from_slice(line) {
            Ok(object) => object,
            // What slant does not look into: a number too large for any type, a value too deep.
            Err(error) if is_limit(&error) => continue,
            Err(error) => panic!("{error}: {article:?}"),
        };
        let mut values = object.as_object().unwrap().values();
        assert!(values.any(|value| match value {
            serde_json::Value::String(words) => *words == article.text,
            serde_json::Value::Number(_) | serde_json::Value::Bool(_) => true,
            _ => false,
        }));
    }
}

fn is_limit(error: &serde_json::Error) -> bool {
    let error = error.to_string();
    error.starts_with("number out of range") || error.starts_with("recursion limit exceeded")
}

/// A page is one article.
pub fn html(bytes: &[u8]) {
    assert_eq!(read_both(".html", bytes).len(), 1);
}

/// Rows come in order; what the file does not hold to is told.
pub fn parquet(bytes: &[u8]) {
    read_both(".parquet", bytes);
}

/// The bytes are a workbook, or the parts of one: a line `== NAME` goes before each.
pub fn xlsx(bytes: &[u8]) {
    match bytes.starts_with(b"PK") {
        true => read_both(".xlsx", bytes),
        false => read_both(".xlsx", &workbook(bytes)),
    };
}

/// What a workbook must have, where the bytes do not give it.
const PARTS: [(&str, &str); 3] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
    ),
    (
        "xl/workbook.xml",
        concat!(
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" "#,
            r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">"#,
            r#"<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#
        ),
    ),
    (
        "xl/_rels/workbook.xml.rels",
        concat!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
            r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/"#,
            r#"relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
        ),
    ),
];

fn workbook(bytes: &[u8]) -> Vec<u8> {
    let given = String::from_utf8_lossy(bytes);
    let given: Vec<(&str, &str)> = given
        .split("== ")
        .filter_map(|part| part.split_once('\n'))
        .collect();
    let missing = PARTS
        .into_iter()
        .filter(|(name, _)| !given.iter().any(|(other, _)| other == name));
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, part) in missing.chain(given.iter().copied()) {
        // A name that is there already or too long is left out.
        if archive.start_file(name, stored).is_ok() {
            archive.write_all(part.as_bytes()).unwrap();
        }
    }
    archive.finish().unwrap().into_inner()
}

/// The bytes are a packed table, page or text as they are, sound or not.
pub fn packed(bytes: &[u8]) {
    let (kind, bytes) = bytes.split_first().unwrap_or((&0, &[]));
    let endings = [
        ".csv.gz",
        ".csv.zst",
        ".txt.gz",
        ".txt.zst",
        ".jsonl.gz",
        ".parquet.zst",
        ".xlsx.gz",
    ];
    read(endings[usize::from(*kind) % endings.len()], bytes);
}
