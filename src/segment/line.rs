//! Lines: which line ends are the author's, and which only wrap a text to a width.
//!
//! The evidence is in the text itself. A line that begins in the middle of a sentence was wrapped, and
//! the line before it shows how wide; where the next word would still have fitted, the author ended
//! the line. A text without such lines is not wrapped, and every line end in it counts.

use std::sync::LazyLock;

use regex::Regex;

use super::{BULLETS, CLOSERS, TERMINATORS, first_word, last_word, pattern};
use crate::span::ByteSpan;

const LINE_ENDS: &[char] = &[
    '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}',
];

/// Nobody wraps wider, in characters: it is a long line that was broken once.
const WIDEST_WRAP: usize = 120;

/// The longest item, in characters, of a list that has no marks.
const PLAIN_ITEM: usize = 40;

/// `- Taxes`, `1. Taxes`, `(a) Taxes`.
static ITEM: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:[-–—*+]|\d{1,3}[.)]|\(?[a-z0-9]\)|[a-z]\.)\s+\S"));

/// `MR. EARNEST: Welcome`, `THE PRESIDENT:`, `Q: Why?`, `Q    Why?`.
static SPEAKER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:\p{Lu}[\p{Lu}.'’-]+(?:\s\p{Lu}[\p{Lu}.'’-]+){0,4}:|[QA]:|Q\s+\S)")
});

/// `By Jane Doe and John Roe, Reuters`: nothing but names.
static BYLINE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[Bb]y(?:\s+(?:and|\p{Lu}[\p{L}.'’-]*),?)+$"));

/// One line without the white space around it.
struct Line<'t> {
    text: &'t str,
    start: usize,
    /// Its length in characters, by which a wrap shows.
    width: usize,
}

impl Line<'_> {
    fn end(&self) -> usize {
        self.start + self.text.len()
    }

    fn is_ended(&self) -> bool {
        let inner = self.text.trim_end_matches(CLOSERS);
        inner.ends_with(TERMINATORS) || inner.ends_with(':')
    }

    /// Whether the text of this line goes on in `next`: it breaks off at a word that ends no headline
    /// and no sentence, or `next` does not begin as a line would.
    fn runs_into(&self, next: &Line) -> bool {
        const UNFINISHED: &[&str] = &[
            "a", "an", "the", "of", "and", "or", "to", "in", "at", "by", "for", "from", "with",
            "as", "that", "which", "than", "his", "her", "its", "their", "Mr.", "Mrs.", "Ms.",
            "Dr.", "Sen.", "Rep.", "Gov.",
        ];
        let first = first_word(next.text);
        let is_address = first.contains(['@', '/']) || first.starts_with("www.");
        let is_middle = first.starts_with(char::is_lowercase) && !is_address;
        let is_tail =
            first.starts_with([',', ';', ')', ']', '”']) || first.starts_with(TERMINATORS);
        is_middle || is_tail || UNFINISHED.contains(&last_word(self.text))
    }

    /// Whether this line can be one of a text wrapped at `wrap` characters and the first word of `next`
    /// would not have fitted on it. A tenth of slack allows for wraps that hyphenate or balance.
    fn is_full(&self, next: &Line, wrap: usize) -> bool {
        let needed = self.width + 1 + first_word(next.text).chars().count();
        let slack = wrap / 10;
        needed > wrap - slack && self.width <= wrap + slack
    }

    fn starts_item(&self) -> bool {
        self.text.starts_with(BULLETS) || ITEM.is_match(self.text)
    }
}

/// The stretches of `text` in which a line end is no more than white space.
pub(crate) fn blocks(text: &str) -> Vec<ByteSpan> {
    let lines = lines(text);
    let paragraphs = || {
        let between = lines.split(|line| line.text.is_empty());
        between.filter(|paragraph| !paragraph.is_empty())
    };
    let usual_wrap = paragraphs()
        .filter_map(wrap)
        .filter(|&width| width <= WIDEST_WRAP)
        .max();
    let mut blocks = Vec::new();
    for paragraph in paragraphs() {
        let wrap = wrap(paragraph).or(usual_wrap);
        let is_list = is_plain_list(paragraph);
        let mut start = paragraph[0].start;
        for pair in paragraph.windows(2) {
            if is_list || is_end_meant(&pair[0], &pair[1], wrap) {
                blocks.push(ByteSpan::new(start, pair[0].end()));
                start = pair[1].start;
            }
        }
        blocks.push(ByteSpan::new(start, paragraph[paragraph.len() - 1].end()));
    }
    blocks
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (end, mark) in text.match_indices(LINE_ENDS).chain([(text.len(), "")]) {
        let raw = &text[start..end];
        // "\r\n" is one line end: the nothing between its halves is no blank line.
        let is_within_crlf = raw.is_empty() && mark == "\n" && text[..end].ends_with('\r');
        if !is_within_crlf {
            lines.push(Line {
                text: raw.trim(),
                start: start + (raw.len() - raw.trim_start().len()),
                width: raw.trim().chars().count(),
            });
        }
        start = end + mark.len();
    }
    lines
}

/// The width at which a paragraph is wrapped, shown by the lines that break off in mid-sentence.
fn wrap(paragraph: &[Line]) -> Option<usize> {
    paragraph
        .windows(2)
        .filter(|pair| pair[0].runs_into(&pair[1]) && !pair[1].starts_item())
        .map(|pair| pair[0].width)
        .max()
}

/// Whether the lines are the items of a list without marks: several, short, none of them ended.
fn is_plain_list(paragraph: &[Line]) -> bool {
    let is_item = |line: &Line| line.width < PLAIN_ITEM && !line.is_ended();
    paragraph.len() > 2 && paragraph.iter().all(is_item)
}

/// Whether the author ended line `a` before `b`, rather than a wrap at `wrap` characters.
fn is_end_meant(a: &Line, b: &Line, wrap: Option<usize>) -> bool {
    if b.text.starts_with(BULLETS) || SPEAKER.is_match(b.text) || BYLINE.is_match(b.text) {
        return true;
    }
    let is_full = wrap.is_some_and(|wrap| a.is_full(b, wrap));
    if b.starts_item() {
        // A wrap can bring "- " or "12. " to the head of a line, but no list follows half a sentence.
        return !is_full || a.is_ended();
    }
    !is_full && !a.runs_into(b)
}
