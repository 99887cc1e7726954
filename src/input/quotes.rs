//! Watches the quotation marks of a table while it is read.
//!
//! The parser of `csv` takes what it gets: an unclosed quotation mark makes the rest of the file one
//! field, and after `"a "b" c"` it drops marks. Both would change a text, or swallow the records
//! after it, without a word. So the bytes on their way to the parser are followed through the states
//! of RFC 4180, and for each record it is noted on which lines it stands and what is wrong with it.
//! What the fields hold is the parser's business alone.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read};

/// Where a record stands and whether its quotation marks are in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// The line it begins on, from 1.
    pub first_line: u64,
    /// The line it ends on.
    pub last_line: u64,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

/// What can be wrong with the quotation marks of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The mark that opens on this line is still open at the end of the file.
    Unclosed(u64),
    /// On this line a closing mark is followed by something else than the end of its field.
    Stray(u64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Unclosed(line) => write!(
                f,
                "the quotation mark that opens a field on line {line} is never closed, so everything \
                 after it belongs to this record; close it, or write it twice if it is part of the text"
            ),
            Fault::Stray(line) => write!(
                f,
                "something follows a closing quotation mark on line {line}; a quotation mark inside a \
                 quoted field is written twice, and one before it may be unclosed"
            ),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    BetweenRecords,
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

/// A reader that passes on the bytes of `source` and keeps the [`Span`] of every record in them.
pub(super) struct Watched<R> {
    source: R,
    delimiter: u8,
    state: State,
    line: u64,
    after_return: bool,
    opened: u64,
    /// The bytes of the record so far, and how many it may have.
    length: u64,
    longest: u64,
    current: Span,
    ended: VecDeque<Span>,
}

/// That a record is longer than it may be.
#[derive(Debug, thiserror::Error)]
#[error("the record is too long")]
pub(super) struct TooLong;

impl<R: Read> Watched<R> {
    /// Watches `source`, whose fields end at `delimiter` and whose records have at most `longest`
    /// bytes.
    pub fn new(source: R, delimiter: u8, longest: u64) -> Self {
        Self {
            source,
            delimiter,
            state: State::BetweenRecords,
            line: 1,
            after_return: false,
            opened: 1,
            length: 0,
            longest,
            current: Span::at(1),
            ended: VecDeque::new(),
        }
    }

    /// The span of the record that the parser has just read, asked for once after each record.
    pub fn next_record(&mut self) -> Span {
        self.ended.pop_front().unwrap_or(self.current)
    }

    fn see(&mut self, byte: u8) {
        use State::{BetweenRecords, FieldStart, Plain, QuoteInQuoted, Quoted};
        let line_end = matches!(byte, b'\r' | b'\n');
        self.length += 1;
        if self.state == BetweenRecords && !line_end {
            self.length = 1;
            self.current = Span::at(self.line);
            self.state = FieldStart;
        }
        self.state = match (self.state, byte) {
            (BetweenRecords, _) => BetweenRecords,
            (Quoted, b'"') => QuoteInQuoted,
            (Quoted, _) | (QuoteInQuoted, b'"') => Quoted,
            (FieldStart, b'"') => {
                self.opened = self.line;
                Quoted
            }
            _ if line_end => {
                self.end_record();
                BetweenRecords
            }
            (_, byte) if byte == self.delimiter => FieldStart,
            (QuoteInQuoted, _) => {
                self.current.fault.get_or_insert(Fault::Stray(self.line));
                Plain
            }
            _ => Plain,
        };
        self.line += u64::from(byte == b'\r' || byte == b'\n' && !self.after_return);
        self.after_return = byte == b'\r';
    }

    fn see_the_end(&mut self) {
        if self.state == State::Quoted {
            self.current.fault = Some(Fault::Unclosed(self.opened));
        }
        if self.state != State::BetweenRecords {
            self.end_record();
            self.state = State::BetweenRecords;
        }
    }

    fn end_record(&mut self) {
        self.current.last_line = self.line;
        self.ended.push_back(self.current);
    }
}

impl Span {
    fn at(line: u64) -> Self {
        Self {
            first_line: line,
            last_line: line,
            fault: None,
        }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        buffer[..read].iter().for_each(|byte| self.see(*byte));
        if read == 0 && !buffer.is_empty() {
            self.see_the_end();
        }
        match self.state != State::BetweenRecords && self.length > self.longest {
            true => Err(io::Error::other(TooLong)),
            false => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spans(table: &[u8]) -> Vec<Span> {
        let mut watched = Watched::new(table, b',', u64::MAX);
        io::copy(&mut watched, &mut io::sink()).unwrap();
        watched.ended.into()
    }

    #[test]
    fn lines_are_counted_alike_for_every_kind_of_line_end() {
        for end in ["\n", "\r\n", "\r"] {
            let table = ["", "a,b", "\"1", "2\",x", "", "y,z"].join(end);
            let lines: Vec<_> = spans(table.as_bytes())
                .iter()
                .map(|span| (span.first_line, span.last_line))
                .collect();
            assert_eq!(lines, [(2, 2), (3, 4), (6, 6)]);
        }
    }

    #[test]
    fn an_unclosed_mark_is_found_at_the_end_with_the_line_it_opens_on() {
        let spans = spans(b"a,b\n1,\n2,\"x\n3,y\n");
        assert_eq!(spans[2].fault, Some(Fault::Unclosed(3)));
        assert_eq!(spans.len(), 3);
    }

    #[test]
    fn a_mark_inside_a_quoted_field_must_be_doubled() {
        assert_eq!(spans(b"\"a \"\"b\"\" c\",\"\"\n")[0].fault, None);
        assert_eq!(spans(b"1,\"a \"b\" c\"\n")[0].fault, Some(Fault::Stray(1)));
    }

    #[test]
    fn a_mark_inside_a_plain_field_is_a_character_like_any_other() {
        assert_eq!(spans(b"a 5\" pipe,b\n")[0].fault, None);
    }

    proptest! {
        #[test]
        fn the_parser_and_the_watch_see_the_same_records(
            pieces in prop::collection::vec(prop::sample::select(vec!["\"", ",", "\n", "\r", "\r\n", "a", "é"]), 0..60),
        ) {
            let table = pieces.concat();
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .buffer_capacity(7)
                .from_reader(Watched::new(table.as_bytes(), b',', u64::MAX));
            let mut record = csv::ByteRecord::new();
            while reader.read_byte_record(&mut record).unwrap() {
                prop_assert!(reader.get_mut().ended.pop_front().is_some());
            }
            prop_assert!(reader.get_mut().ended.is_empty());
        }
    }
}
