//! Enclosures: stretches that keep a sentence whole whatever terminators they hold, such as
//! `the play “Who? Me?” was` or `taught science (He was an engineer. Once.) at school`.

use std::ops::Range;

use super::{CLOSERS, TERMINATORS};

/// The longest enclosure, in bytes. Beyond it an opening mark is taken for one that is never closed.
const LONGEST: usize = 300;

/// The parentheses that open in mid-sentence, and the quotations that are part of one.
pub(super) fn enclosures(content: &str) -> Vec<Range<usize>> {
    let mut enclosures = Vec::new();
    let mut at = 0;
    while let Some(found) = content[at..].find(['(', '[', '"', '“']) {
        let open = at + found;
        let opening = content[open..].chars().next().unwrap_or_default();
        at = open + opening.len_utf8();
        let close = match opening {
            '(' => ')',
            '[' => ']',
            '“' => '”',
            same => same,
        };
        let is_bracket = matches!(opening, '(' | '[');
        let before = &content[..open];
        if is_bracket && starts_afresh(before) || !is_bracket && !is_embedded(before) {
            continue;
        }
        let window = content.floor_char_boundary((at + LONGEST).min(content.len()));
        let Some(length) = content[at..window].find(close) else {
            continue;
        };
        let end = at + length + close.len_utf8();
        if is_bracket || goes_on(&content[end..]) {
            enclosures.push(open..end);
            at = end;
        }
    }
    enclosures
}

/// Whether a sentence has ended before, or none has begun.
fn starts_afresh(before: &str) -> bool {
    let before = before.trim_end().trim_end_matches(CLOSERS);
    before.is_empty() || before.ends_with(TERMINATORS)
}

/// Whether a quotation that opens here is introduced by no comma and no colon.
fn is_embedded(before: &str) -> bool {
    let word = before.strip_suffix(' ');
    word.is_some_and(|word| word.ends_with(char::is_alphanumeric))
}

/// Whether the sentence goes on after the quotation.
fn goes_on(after: &str) -> bool {
    let word = after.strip_prefix(' ');
    word.is_some_and(|word| word.starts_with(char::is_lowercase))
}
