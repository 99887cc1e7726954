//! Whatever is repeated, reading it takes no time worth a mention: the fuzzer stops at what does.

use slant::input::Limits;

use super::texts::Page;
use super::{files, values};

/// As long as a very long article.
const BYTES: usize = 64 << 10;

/// The first byte says what is read, behind it stands how that begins, and after a `|` what is repeated.
pub fn growth(bytes: &[u8]) {
    let Some((kind, bytes)) = bytes.split_first() else {
        return;
    };
    let bar = bytes.iter().position(|byte| *byte == b'|');
    let (begin, unit) = bytes.split_at(bar.unwrap_or(0));
    let unit = unit.strip_prefix(b"|").unwrap_or(unit);
    if unit.is_empty() || bytes.len() > 500 {
        return;
    }
    let mut long = begin.to_vec();
    while long.len() < BYTES {
        long.extend(unit);
    }
    match kind {
        b'h' => read(".html", &long),
        b'c' => read(".csv", &long),
        b'j' => read(".jsonl", &long),
        b'p' => values::parties(&long),
        _ => Page::of(&long).check(),
    }
}

fn read(ending: &str, bytes: &[u8]) {
    files::read_within(Limits::default(), ending, bytes);
}
