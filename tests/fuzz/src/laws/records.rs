//! Nothing is lost: what is written as a table or as lines of JSON is read again as it was.

use serde_json::json;

use super::files::read;

/// The bytes are records with `\x1E` between them, each an id and a text with `\x1F` between the two.
pub fn come_back(bytes: &[u8]) {
    let bytes = String::from_utf8_lossy(bytes);
    // NUL bytes make a file binary, or UTF-16.
    if bytes.contains('\0') || bytes.len() > 12 << 10 {
        return;
    }
    let records: Vec<(&str, &str)> = bytes
        .split('\x1E')
        .map(|record| record.split_once('\x1F').unwrap_or(("", record)))
        .collect();
    for (ending, delimiter) in [(".csv", b','), (".csv", b';'), (".tsv", b'\t')] {
        check(ending, &table(&records, delimiter), &records);
    }
    check(".jsonl", lines(&records).as_bytes(), &records);
}

fn table(records: &[(&str, &str)], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(Vec::new());
    writer.write_record(["id", "text"]).unwrap();
    for (id, text) in records {
        writer.write_record([id, text]).unwrap();
    }
    writer.into_inner().unwrap()
}

fn lines(records: &[(&str, &str)]) -> String {
    let line = |(id, text): &(&str, &str)| format!("{}\n", json!({"id": id, "text": text}));
    records.iter().map(line).collect()
}

fn check(ending: &str, bytes: &[u8], records: &[(&str, &str)]) {
    let read = read(ending, bytes);
    assert_eq!(read.len(), records.len());
    for (found, (id, text)) in read.iter().zip(records) {
        match found {
            Ok(article) => {
                assert_eq!(article.text, *text);
                assert!(
                    id.trim().is_empty() || article.id == *id,
                    "{id:?}: {article:?}"
                );
            }
            Err(rejected) => assert_eq!(rejected.reason, "the text is empty"),
        }
    }
}
