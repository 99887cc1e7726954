//! Items: what begins anew inside a line though no terminator stands before it, a point of a list or
//! the next speaker of a transcript.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern;
use crate::span::ByteSpan;

/// A bullet, or a change of speaker (`1:07 P.M. EST MR. EARNEST: Well`). A question is known by its
/// `Q` only after a remark that broke off (`and -- Q But why?`); after a full stop it is a sentence
/// anyway.
static INNER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\s([•◦▪●■‣⁃►➤]\s?[\p{L}\p{N}“‘])",
        r"|(?:[AP]\.M\. \p{Lu}{2,4})?\s((?:\p{Lu}[\p{Lu}'’-]*\.?\s){1,3}\p{Lu}[\p{Lu}'’-]+:\s)",
        r"|(?:--|—)\s+(Q\s+[\p{Lu}“])",
    ))
});

/// The first label of a numbered list: `1.`, `1)`, `1.)`, `a.`.
static FIRST_LABEL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\d{1,2}|[a-y])(\.?\)|\.)\s"));

/// The block, cut before each item inside it.
pub(super) fn items(text: &str, block: ByteSpan) -> Vec<ByteSpan> {
    let content = block.of(text);
    let mut cuts: Vec<usize> = INNER
        .captures_iter(content)
        .filter_map(|found| Some(found.iter().skip(1).flatten().next()?.start()))
        .chain(numbered(content))
        .chain([0, content.len()])
        .collect();
    cuts.sort_unstable();
    cuts.windows(2)
        .map(|cut| ByteSpan::new(cut[0], cut[1]).shifted(block.start))
        .collect()
}

/// Where the further points begin of a list whose first label opens `content`. Each label is the
/// successor of the one before and has a capital behind it: `1. Tax 2. Spend`.
fn numbered(content: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let Some(first) = FIRST_LABEL.captures(content) else {
        return starts;
    };
    let mut at = first[0].len();
    let mut label = first[1].to_string();
    while let Some(next) = successor(&label) {
        let mark = format!(" {next}{} ", &first[2]);
        let Some(found) = content[at..].find(&mark) else {
            break;
        };
        let start = at + found + 1;
        at += found + mark.len();
        if !content[at..].starts_with(char::is_uppercase) {
            break;
        }
        starts.push(start);
        label = next;
    }
    starts
}

/// The label after `label`: 2 after 1, b after a.
fn successor(label: &str) -> Option<String> {
    match label.parse::<u32>() {
        Ok(number) => Some((number + 1).to_string()),
        Err(_) => char::from_u32(u32::from(label.chars().next()?) + 1).map(String::from),
    }
}
