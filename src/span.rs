//! Places in a text, in the two units that must never be confused.
//!
//! Inside the program every place is a [`ByteSpan`], because that is how Rust slices text. What the
//! user reads is a [`CharSpan`], counted in Unicode characters as Python and R count them.
//! [`CharCounter`] turns the first into the second in one walk over the text.

use std::ops::Range;

/// A half-open range of bytes of a text; both ends lie on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSpan {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl ByteSpan {
    /// The span from `start` up to, but not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// The part of `text` that the span covers.
    pub fn of<'t>(&self, text: &'t str) -> &'t str {
        &text[self.start..self.end]
    }

    /// How many bytes the span covers.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether the span covers nothing.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether the two spans share at least one byte.
    pub fn overlaps(&self, other: &ByteSpan) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The same span, counted from a point `offset` bytes earlier.
    pub fn shifted(&self, offset: usize) -> Self {
        Self::new(self.start + offset, self.end + offset)
    }
}

impl From<Range<usize>> for ByteSpan {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A half-open range counted in Unicode characters (code points).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CharSpan {
    /// The first character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

/// Turns byte offsets of one text into character offsets.
///
/// Offsets asked in ascending order cost one walk over the text altogether; an earlier one starts
/// the walk afresh.
pub struct CharCounter<'t> {
    text: &'t str,
    bytes: usize,
    chars: usize,
}

impl<'t> CharCounter<'t> {
    /// A counter at the start of `text`.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: 0,
            chars: 0,
        }
    }

    /// The number of characters before byte `offset`, which lies on a character boundary.
    pub fn chars_before(&mut self, offset: usize) -> usize {
        if offset < self.bytes {
            (self.bytes, self.chars) = (0, 0);
        }
        self.chars += self.text[self.bytes..offset].chars().count();
        self.bytes = offset;
        self.chars
    }

    /// The same place in characters.
    pub fn span(&mut self, span: ByteSpan) -> CharSpan {
        CharSpan {
            start: self.chars_before(span.start),
            end: self.chars_before(span.end),
        }
    }
}

/// The byte span of a place given in characters, or nothing if it runs past the end of `text` or
/// ends before it starts.
pub fn byte_span(text: &str, span: CharSpan) -> Option<ByteSpan> {
    let offset = |chars: usize| {
        text.char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .nth(chars)
    };
    (span.start <= span.end)
        .then(|| Some(ByteSpan::new(offset(span.start)?, offset(span.end)?)))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_not_bytes() {
        let text = "né 漢字 👩‍🚀!";
        let mut counter = CharCounter::new(text);
        for (chars, (bytes, _)) in text.char_indices().enumerate() {
            assert_eq!(counter.chars_before(bytes), chars);
        }
        assert_eq!(counter.chars_before(1), 1);
    }

    #[test]
    fn a_place_in_characters_comes_back_as_the_same_bytes() {
        let text = "“Né”";
        let span = byte_span(text, CharSpan { start: 1, end: 3 }).unwrap();
        assert_eq!(span.of(text), "Né");
        assert_eq!(
            CharCounter::new(text).span(span),
            CharSpan { start: 1, end: 3 }
        );
        assert_eq!(byte_span(text, CharSpan { start: 1, end: 5 }), None);
        assert_eq!(byte_span(text, CharSpan { start: 2, end: 1 }), None);
    }
}
