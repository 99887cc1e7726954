//! Tables: CSV and TSV, a header line and then one article a record.

use csv::ByteRecord;

use super::columns::{Columns, Header, Kind, Places};
use super::encoding::{Charset, Stream};
use super::files::InputFile;
use super::format::Format;
use super::limits::Limits;
use super::quotes::{Span, TooLong, Watched};
use super::{Article, Rejected};

/// The records of a table, read one by one.
pub(super) struct Table {
    file: InputFile,
    charset: Charset,
    reader: csv::Reader<Watched<Stream>>,
    row: ByteRecord,
    names: Vec<String>,
    places: Places,
    limits: Limits,
    record: u64,
}

impl Table {
    /// Reads the header, and refuses the whole file if that does not name the wanted columns.
    pub fn open(
        file: InputFile,
        stream: Stream,
        (format, limits): (Format, Limits),
        columns: &Columns,
    ) -> Result<Self, Rejected> {
        let delimiter = match format {
            Format::Tsv => b'\t',
            _ => delimiter(stream.head(), columns),
        };
        let charset = stream.charset();
        let mut reader =
            parser(delimiter).from_reader(Watched::new(stream, delimiter, limits.record));
        let names = names(&mut reader, &charset, limits).map_err(|reason| file.rejected(reason))?;
        let header = Header::new(Kind::Table, names.iter().map(String::as_str));
        let places = columns
            .places(&header)
            .map_err(|reason| file.rejected(reason))?;
        Ok(Self {
            file,
            charset,
            reader,
            row: ByteRecord::new(),
            names,
            places,
            limits,
            record: 0,
        })
    }

    fn article(&self, span: Span) -> Result<Article, Rejected> {
        let line = Some(span.first_line);
        let article = match self.misshapen(span) {
            Some(reason) => Err(self.file.rejected_record(self.record, line, reason)),
            None => self.article_on(line),
        };
        article.map_err(|rejected| {
            let fields: Vec<&[u8]> = self.row.iter().collect();
            rejected.beginning_with(&fields.join(&b' '))
        })
    }

    fn article_on(&self, line: Option<u64>) -> Result<Article, Rejected> {
        let encoding = self.charset.of_record(&self.row);
        let value = |at: usize| {
            encoding
                .decode(self.row[at].to_vec())
                .map_err(|reason| format!("the column `{}` {reason}", self.names[at]))
        };
        let place = (self.record, line);
        self.places.article(&self.file, place, value, self.limits)
    }

    /// Why the row is no record of this table, if it is none.
    fn misshapen(&self, span: Span) -> Option<String> {
        if let Some(fault) = span.fault {
            return Some(fault.to_string());
        }
        let (found, wanted) = (self.row.len(), self.names.len());
        let hint = match span.last_line > span.first_line {
            true => "; a quotation mark may be unclosed",
            false => "",
        };
        (found != wanted)
            .then(|| format!("the number of fields is {found} where the header has {wanted}{hint}"))
    }
}

impl Iterator for Table {
    type Item = Result<Article, Rejected>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.reader.read_byte_record(&mut self.row);
        self.record += 1;
        match read {
            Ok(false) => None,
            Ok(true) => {
                let span = self.reader.get_mut().next_record();
                Some(self.article(span))
            }
            Err(error) => Some(Err(self.file.rejected_record(
                self.record,
                None,
                format!(
                    "the file cannot be read from here on: {}",
                    told(&error, self.limits)
                ),
            ))),
        }
    }
}

/// The column names in the first record of a table.
fn names(
    reader: &mut csv::Reader<Watched<Stream>>,
    charset: &Charset,
    limits: Limits,
) -> Result<Vec<String>, String> {
    let mut row = ByteRecord::new();
    let read = reader
        .read_byte_record(&mut row)
        .map_err(|error| format!("it cannot be read: {}", told(&error, limits)))?;
    if !read {
        return Err("it has no header line; name the columns in its first line".to_owned());
    }
    if let Some(fault) = reader.get_mut().next_record().fault {
        return Err(format!("in the header, {fault}"));
    }
    let encoding = charset.of_record(&row);
    row.iter()
        .map(|name| encoding.decode(name.to_vec()))
        .collect::<Result<_, _>>()
        .map_err(|reason| format!("the header {reason}"))
}

fn parser(delimiter: u8) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .buffer_capacity(64 * 1024);
    builder
}

/// What went wrong while a record was read.
fn told(error: &csv::Error, limits: Limits) -> String {
    match error.kind() {
        csv::ErrorKind::Io(error) if error.get_ref().is_some_and(|cause| cause.is::<TooLong>()) => {
            limits.record_too_long()
        }
        _ => error.to_string(),
    }
}

/// What can separate the fields of a table, the likeliest first.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// What separates the fields of a table that begins with `head`: what makes of the first line a
/// header that names the text and of most records after it as many fields; in doubt what makes more
/// fields, then the likeliest.
pub(super) fn delimiter(head: &[u8], columns: &Columns) -> u8 {
    let fit = |delimiter: &u8| {
        let header = first_line(head, *delimiter);
        let alike = share_as_wide(head, *delimiter, header.len());
        (
            columns.know_the_text_of(&header),
            header.len() > 1,
            alike,
            header.len(),
        )
    };
    let mut best = (DELIMITERS[0], fit(&DELIMITERS[0]));
    for delimiter in &DELIMITERS[1..] {
        let other = fit(delimiter);
        if other > best.1 {
            best = (*delimiter, other);
        }
    }
    best.0
}

/// How many of 100 records in `head` have `width` fields.
fn share_as_wide(head: &[u8], delimiter: u8, width: usize) -> usize {
    const RECORDS: usize = 100;
    let mut reader = parser(delimiter).from_reader(head);
    let widths: Vec<usize> = reader
        .byte_records()
        .map_while(Result::ok)
        .skip(1)
        .take(RECORDS)
        .map(|record| record.len())
        .collect();
    // The last may be cut where the head ends.
    let whole = &widths[..widths
        .len()
        .saturating_sub(usize::from(widths.len() < RECORDS))];
    match whole.len() {
        0 => 100,
        count => 100 * whole.iter().filter(|found| **found == width).count() / count,
    }
}

/// The fields of the first line of `head`, for telling whether it is the header of a table.
pub(super) fn first_line(head: &[u8], delimiter: u8) -> Vec<String> {
    let mut row = ByteRecord::new();
    match parser(delimiter)
        .from_reader(head)
        .read_byte_record(&mut row)
    {
        Ok(true) => row
            .iter()
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{folder, outcome, read};
    use super::super::{Articles, Columns};
    use proptest::prelude::*;

    #[test]
    fn a_header_alone_gives_nothing_and_rejects_nothing() {
        for table in ["id,text", "id,text\n", "id,text\r\n\r\n"] {
            let (found, rejected) = read("a.csv", table.as_bytes());
            assert!(found.is_empty() && rejected.is_empty());
        }
    }

    #[test]
    fn a_record_of_another_width_is_rejected_with_the_counts() {
        let (found, rejected) = read("a.csv", b"id,text\n1,a\n2\n3,\"a\nb\",c\n4,d\n");
        assert_eq!(found.len(), 2);
        assert_eq!(
            rejected,
            [
                "a.csv, record 2 (line 3): the number of fields is 1 where the header has 2",
                "a.csv, record 3 (line 4): the number of fields is 3 where the header has 2; \
                 a quotation mark may be unclosed",
            ]
        );
    }

    #[test]
    fn an_unclosed_quotation_mark_does_not_swallow_the_records_after_it() {
        let table = b"id,text\r\n1,One.\r\n2,\"Two.\r\n3,Three.\r\n4,Four.\r\n";
        let (found, rejected) = read("a.csv", table);
        assert_eq!(found.len(), 1);
        assert_eq!(rejected.len(), 1);
        assert!(rejected[0].starts_with("a.csv, record 2 (line 3): the quotation mark that opens"));
    }

    #[test]
    fn an_unclosed_quotation_mark_that_a_later_one_closes_is_seen_too() {
        let (found, rejected) = read("a.csv", b"id,text\n1,\"One.\n2,\"Two.\"\n3,\"Three.\"\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].id, "3");
        assert!(rejected[0].starts_with("a.csv, record 1 (line 2): something follows a closing"));
        assert!(rejected[0].contains("on line 3"));
    }

    #[test]
    fn an_unclosed_quotation_mark_in_the_header_refuses_the_file() {
        let (found, rejected) = read("a.csv", b"id,\"text\n1,a\n2,b\n");
        assert!(found.is_empty());
        assert!(rejected[0].starts_with("a.csv: in the header, the quotation mark"));
    }

    #[test]
    fn the_line_of_a_record_counts_every_line_before_it() {
        let (found, _) = read("a.csv", b"\r\nid,text\r\n\r\n1,\"a\r\nb\"\r\n\r\n2,c\r\n");
        let lines: Vec<_> = found.iter().map(|article| article.origin.line).collect();
        assert_eq!(lines, [Some(4), Some(7)]);
        assert_eq!(found[1].origin.record, Some(2));
        assert_eq!(found[0].text, "a\r\nb");
    }

    #[test]
    fn semicolons_and_tabs_separate_where_the_header_has_no_comma() {
        for table in [
            "id;text\n1;a, b\n",
            "id\ttext\n1\ta, b\n",
            "\"x,y\";text\n1;a, b\n",
        ] {
            assert_eq!(read("a.csv", table.as_bytes()).0[0].text, "a, b");
        }
        assert_eq!(read("a.csv", b"id,text;\n1,a; b\n").1.len(), 1);
        assert_eq!(read("a.csv", b"text\na; b\n").0[0].text, "a; b");
        assert_eq!(read("a.tsv", b"text\tx,y\n\"a\tb\"\tc\n").0[0].text, "a\tb");
    }

    #[test]
    fn a_column_that_cannot_be_decoded_is_named() {
        let (_, rejected) = read("a.csv", b"id,Text\n1,word \x81\x8D word\n");
        assert_eq!(
            rejected,
            [
                "a.csv, record 1 (line 2): the column `Text` is neither UTF-8 nor Windows-1252; \
              save the file as UTF-8"
            ]
        );
    }

    #[test]
    fn a_file_of_blank_lines_has_no_header() {
        let (_, rejected) = read("a.csv", b"\n\n");
        assert_eq!(
            rejected,
            ["a.csv: it has no header line; name the columns in its first line"]
        );
    }

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z \",;\r\n\té“🎉]{0,12}",
            "\\PC{0,20}",
            Just(String::new())
        ]
    }

    proptest! {
        #[test]
        fn what_a_writer_writes_is_read_back_the_same(
            rows in prop::collection::vec((cell(), cell(), cell()), 0..20),
            tabs in any::<bool>(),
        ) {
            let (name, delimiter) = if tabs { ("a.tsv", b'\t') } else { ("a.csv", b',') };
            let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
            writer.write_record(["title", "text", "date"]).unwrap();
            for (title, text, date) in &rows {
                writer.write_record([title, text, date]).unwrap();
            }
            let folder = folder(&[(name, &writer.into_inner().unwrap())]);
            let articles = Articles::open(&[folder.path().join(name)], Columns::default(), None);
            let (found, rejected) = outcome(articles, folder.path());
            prop_assert_eq!(found.len() + rejected.len(), rows.len());
            for message in rejected {
                prop_assert!(message.ends_with("the text is empty"), "{}", message);
            }
            for article in found {
                let record = article.origin.record.unwrap() as usize;
                let row = (article.title, article.text, article.date);
                prop_assert_eq!(&row, &rows[record - 1]);
            }
        }
    }
}
