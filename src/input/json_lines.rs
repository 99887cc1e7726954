//! JSON Lines: one object a line, one article an object.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::columns::{Columns, Header, Kind};
use super::encoding::{Charset, Stream};
use super::files::InputFile;
use super::limits::Limits;
use super::{Article, Rejected};

/// The records of a file, read line by line. Blank lines are no records.
pub(super) struct JsonLines {
    file: InputFile,
    charset: Charset,
    lines: BufReader<Stream>,
    bytes: Vec<u8>,
    columns: Arc<Columns>,
    limits: Limits,
    line: u64,
    record: u64,
    broken: bool,
}

impl JsonLines {
    /// The records of `stream`.
    pub fn open(file: InputFile, stream: Stream, columns: Arc<Columns>, limits: Limits) -> Self {
        Self {
            file,
            charset: stream.charset(),
            lines: BufReader::new(stream),
            bytes: Vec::new(),
            columns,
            limits,
            line: 0,
            record: 0,
            broken: false,
        }
    }

    fn rejected(&self, reason: String) -> Rejected {
        self.file
            .rejected_record(self.record, Some(self.line), reason)
    }

    fn article(&mut self) -> Result<Article, Rejected> {
        let line = std::mem::take(&mut self.bytes);
        let article = self.article_of(&line);
        article.map_err(|rejected| rejected.beginning_with(&line))
    }

    fn article_of(&self, line: &[u8]) -> Result<Article, Rejected> {
        let encoding = self.charset.of_record([line]);
        let line = encoding
            .decode(line.to_vec())
            .map_err(|reason| self.rejected(format!("the line {reason}")))?;
        // Raw values keep a number as it is written: 1.10, and ids of twenty digits.
        let Object(mut fields) =
            serde_json::from_str(&line).map_err(|error| self.rejected(no_object(&error)))?;
        fields.sort_by(|(one, _), (other, _)| one.cmp(other));
        let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
        let header = Header::new(Kind::Object, names.iter().map(String::as_str));
        let places = self
            .columns
            .places(&header)
            .map_err(|reason| self.rejected(reason))?;
        let value = |at: usize| {
            string(values[at]).map_err(|reason| format!("the field `{}` {reason}", names[at]))
        };
        places.article(
            &self.file,
            (self.record, Some(self.line)),
            value,
            self.limits,
        )
    }
}

impl Iterator for JsonLines {
    type Item = Result<Article, Rejected>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        loop {
            self.bytes.clear();
            let most = self.limits.record + 1;
            let mut line = self.lines.by_ref().take(most);
            let read = line.read_until(b'\n', &mut self.bytes);
            if let Ok(0) = read {
                return None;
            }
            self.line += 1;
            if self.bytes.len() as u64 == most && !self.bytes.ends_with(b"\n") {
                self.broken = true;
                self.record += 1;
                let rejected = self.rejected(self.limits.record_too_long());
                return Some(Err(rejected.beginning_with(&self.bytes)));
            }
            if let Err(error) = read {
                self.broken = true;
                self.record += 1;
                let reason = format!("the file cannot be read from here on: {error}");
                return Some(Err(self.rejected(reason)));
            }
            if !self.bytes.trim_ascii().is_empty() {
                self.record += 1;
                return Some(self.article());
            }
        }
    }
}

/// The fields of an object as they are written, one that is there twice too: which of the two is
/// meant would be a guess.
struct Object<'l>(Vec<(String, &'l RawValue)>);

impl<'l> Deserialize<'l> for Object<'l> {
    fn deserialize<D: Deserializer<'l>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'l> Visitor<'l> for Fields {
            type Value = Object<'l>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'l>>(self, mut map: M) -> Result<Object<'l>, M::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// A value as a string: strings by what they say, numbers and truth values as they are written.
fn string(value: &RawValue) -> Result<String, String> {
    let json = value.get();
    match json.as_bytes().first() {
        Some(b'"') => {
            serde_json::from_str(json).map_err(|error| format!("is no string: {}", message(&error)))
        }
        Some(b'n') => Ok(String::new()),
        Some(b'[') => Err("is a list; give a string".to_owned()),
        Some(b'{') => Err("is an object; give a string".to_owned()),
        _ => Ok(json.to_owned()),
    }
}

/// Why a line is no object.
fn no_object(error: &serde_json::Error) -> String {
    let mend = "write each record as {…} on a line of its own";
    if error.is_data() {
        return format!("the line is not a JSON object; {mend}");
    }
    let (message, byte) = (message(error), error.column());
    format!("the line is not JSON: {message} at byte {byte}; {mend}")
}

/// What the parser says without its place, for it counts the one line it sees as line 1.
fn message(error: &serde_json::Error) -> String {
    let place = format!(" at line {} column {}", error.line(), error.column());
    error.to_string().replace(&place, "")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read, read_with};
    use super::*;

    #[test]
    fn values_are_strings_as_they_are_written() {
        let line = r#"{"text": "A\n\"é\" \ud83c\udf89", "id": 12345678901234567890123, "date": null, "title": true, "source": 1.10, "other": {"a": [1]}}"#;
        let (found, _) = read("a.jsonl", line.as_bytes());
        let article = &found[0];
        assert_eq!(article.text, "A\n\"é\" 🎉");
        assert_eq!(article.id, "12345678901234567890123");
        assert_eq!(article.date, "");
        assert_eq!(article.title, "true");
        assert_eq!(article.source, "1.10");
    }

    #[test]
    fn blank_lines_are_no_records_but_count_as_lines() {
        let (found, rejected) = read("a.ndjson", b"{\"text\":\"a\"}\r\n\r\n  \n{\"text\":\"b\"}");
        assert!(rejected.is_empty());
        let places: Vec<_> = found
            .iter()
            .map(|article| (&article.id[..], article.origin.line))
            .collect();
        assert_eq!(places, [("a:1", Some(1)), ("a:2", Some(4))]);
    }

    #[test]
    fn a_bad_line_is_rejected_with_its_place_and_the_run_goes_on() {
        let lines = [
            r#"{"text": "a" "id": 1}"#,
            r#"[1, 2]"#,
            r#"{"body": ["a"]}"#,
            r#"{"title": {}, "text": "a"}"#,
            r#"{"id": 1, "lead": "a"}"#,
            r#"{}"#,
            r#"{"text": null}"#,
            r#"{"text": "\ud800"}"#,
            r#"{"text": "one", "x": 1, "x": 2, "text": "two"}"#,
            r#"{"text": "good"}"#,
        ];
        let (found, rejected) = read("a.jsonl", lines.join("\n").as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].origin.record, Some(10));
        let reasons: Vec<_> = rejected
            .iter()
            .map(|message| message.split_once("): ").unwrap().1)
            .collect();
        let mend = "write each record as {…} on a line of its own";
        assert_eq!(
            reasons,
            [
                &format!("the line is not JSON: expected `,` or `}}` at byte 14; {mend}"),
                &format!("the line is not a JSON object; {mend}"),
                "the field `body` is a list; give a string",
                "the field `title` is an object; give a string",
                "there is no field for the text (text, body, content, article); \
                 the fields are: id, lead; say which with --text-column",
                "there is no field for the text (text, body, content, article); \
                 the fields are: none; say which with --text-column",
                "the text is empty",
                "the field `text` is no string: unexpected end of hex escape",
                "2 fields are named `text`; rename all but one, or name another with --text-column",
            ]
        );
        assert!(rejected[0].starts_with("a.jsonl, record 1 (line 1): "));
    }

    #[test]
    fn a_field_given_by_name_must_be_there() {
        let columns = Columns {
            date: Some("day".to_owned()),
            ..Columns::default()
        };
        let (found, rejected) = read_with(
            "a.jsonl",
            b"{\"text\": \"a\", \"day\": null}\n{\"text\": \"b\", \"date\": \"2020\"}\n",
            columns,
        );
        assert_eq!(found.len(), 1);
        assert_eq!(
            rejected,
            [
                "a.jsonl, record 2 (line 2): there is no field `day`; the fields are: date, text; \
              give --date-column one of these"
            ]
        );
    }

    #[test]
    fn a_line_in_windows_1252_is_read() {
        let (found, _) = read("a.jsonl", b"{\"text\": \"It\x92s a caf\xE9\"}\n");
        assert_eq!(found[0].text, "It’s a café");
    }
}
