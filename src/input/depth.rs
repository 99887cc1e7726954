//! How deep a web page is, counted before it is parsed.
//!
//! A parser's time grows with the square of the depth, so a page of a few megabytes can hold it up
//! for hours. Elements that have no end tag, or close each other without one, do not count, nor
//! does what only looks like a tag, in scripts and comments.

/// Elements that cannot pile up: they are void, or the next of their kind closes them.
const FLAT: [&str; 32] = [
    "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html",
    "img", "input", "li", "link", "meta", "optgroup", "option", "p", "param", "rp", "rt", "source",
    "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
];

/// Elements whose content is no markup.
const RAW: [&str; 8] = [
    "iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp",
];

/// Elements of drawings and formulas, in which `<x/>` is the whole element; elsewhere it opens one.
const FOREIGN: [&str; 2] = ["math", "svg"];

/// Elements that end a drawing or formula by being there.
const BREAKING_OUT: [&str; 12] = [
    "blockquote",
    "b",
    "code",
    "div",
    "em",
    "i",
    "ol",
    "span",
    "strong",
    "table",
    "u",
    "ul",
];

/// How many elements of `page` stand in each other at most.
pub(super) fn of(page: &str) -> usize {
    let (mut open, mut deepest, mut foreign) = (0usize, 0, 0usize);
    let mut rest = page.as_bytes();
    while let Some(at) = memchr(b'<', rest) {
        rest = &rest[at + 1..];
        if rest.starts_with(b"!--") {
            rest = behind(rest, b"-->");
            continue;
        }
        let closes = rest.first() == Some(&b'/');
        let after = &rest[usize::from(closes)..];
        let name = name(after);
        let is = |names: &[&str]| {
            names
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        };
        if name.is_empty() || is(&FLAT) {
            continue;
        }
        if closes {
            open = open.saturating_sub(1);
            foreign = foreign.saturating_sub(usize::from(is(&FOREIGN)));
            continue;
        }
        if is(&RAW) && foreign == 0 {
            let end = [b"</", name].concat();
            rest = behind(after, &end);
            continue;
        }
        foreign = if is(&BREAKING_OUT) {
            0
        } else {
            foreign + usize::from(is(&FOREIGN))
        };
        if foreign > 0 && is_whole(after) {
            foreign -= usize::from(is(&FOREIGN));
            continue;
        }
        open += 1;
        deepest = deepest.max(open);
    }
    deepest
}

fn memchr(byte: u8, bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|other| *other == byte)
}

/// The name that a tag begins with; empty if it is none.
fn name(tag: &[u8]) -> &[u8] {
    const LONGEST: usize = 16;
    let ends = |byte: &u8| !byte.is_ascii_alphanumeric();
    let end = tag.iter().take(LONGEST).position(ends);
    match tag.first() {
        Some(first) if first.is_ascii_alphabetic() => &tag[..end.unwrap_or(tag.len().min(LONGEST))],
        _ => &[],
    }
}

/// Whether a tag closes itself.
fn is_whole(tag: &[u8]) -> bool {
    memchr(b'>', tag).is_some_and(|end| end > 0 && tag[end - 1] == b'/')
}

/// What comes after the first `end`, in capitals or not; nothing without one.
fn behind<'b>(bytes: &'b [u8], end: &[u8]) -> &'b [u8] {
    let found = bytes
        .windows(end.len())
        .position(|window| window.eq_ignore_ascii_case(end));
    found.map_or(&[], |at| &bytes[at + end.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_counted_where_they_stand_in_each_other() {
        assert_eq!(of("<div><p>a<p>b<p>c<b>d</b></div><i>"), 2);
        assert_eq!(of("1 < 2</b></b><ul><li>a<li>b</ul>"), 1);
        assert_eq!(of(&"<div>".repeat(3_000)), 3_000);
        assert_eq!(of(""), 0);
        assert_eq!(of("<"), 0);
    }

    #[test]
    fn what_only_looks_like_a_tag_does_not_count() {
        assert_eq!(
            of(&format!(
                "<script>{}</SCRIPT><b>",
                "if(a<b&&c<d)".repeat(2_000)
            )),
            1
        );
        assert_eq!(of("<!-- <b><b><b> --><i>x</i><!-- <b>"), 1);
        assert_eq!(of(&format!("<title>{}</title>", "<b>".repeat(100))), 0);
    }

    #[test]
    fn the_parts_of_a_drawing_close_themselves_and_nothing_else_does() {
        assert_eq!(
            of(&format!("<svg>{}</svg>", "<path d=''/>".repeat(2_000))),
            1
        );
        assert_eq!(of(&"<div/>".repeat(2_000)), 2_000);
        assert_eq!(
            of(&format!("<svg><div/>{}", "<section/>".repeat(2_000))),
            2_002
        );
    }
}
