//! Sentences: where each one begins and ends in an article's text.
//!
//! [`segment`] works from large to small. Blank lines part paragraphs; a line end inside one is either
//! the author's (headline, byline, list item, speaker) or a hard wrap, told apart by the shape of the
//! lines (`line`); a list or a change of speaker inside a line is cut (`item`); what remains is
//! split at full stops, question and exclamation marks and ellipses (`stop`), save for those inside
//! a parenthesis or a quotation that is part of a larger sentence (`enclosure`). Other quotations are
//! split inside, and an attribution (“…,” he said) stays with the quoted sentence it follows.
//!
//! Promised for every text, sense or rubbish: the sentences come in order, do not overlap, begin and
//! end on non-blank characters, and hold every non-blank character exactly once. Time is linear in the
//! text, because each decision reads a bounded window around the place it is about.
//!
//! Left to others: whether a full stop ends an abbreviation, an initial or a sentence is the judgement
//! of sentencex, which carries the word lists. Its own splitter is not used: it never splits inside a
//! quotation, and its time is quadratic in the opening quotes that are never closed (200 kB of them
//! took 2.9 s, 2 ms here). `scripts/measure_segmentation.py` measures the whole from outside.

mod enclosure;
mod item;
mod line;
mod stop;

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use sentencex::languages::{English, Language};

use crate::span::ByteSpan;
use enclosure::enclosures;
use item::items;
pub(crate) use line::blocks;
use stop::Stop;

const TERMINATORS: &[char] = &['.', '!', '?', '…'];
const CLOSERS: &[char] = &['"', '”', '’', '\'', '»', ')', ']', '}', '*'];
const QUOTES: &[char] = &['"', '“', '”', '‘', '’', '\'', '«', '»'];
const BULLETS: &[char] = &['•', '◦', '▪', '●', '■', '‣', '⁃', '►', '➤'];

/// The judge of abbreviations, initials and ellipses.
const ENGLISH: English = English {};

/// What sentencex takes for a terminator, and the ellipsis of one character, which it passes over.
static MARK: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!("{}|…+", ENGLISH.get_sentence_break_regex())));

/// The sentences of `text`, in order.
#[must_use]
pub fn segment(text: &str) -> Vec<ByteSpan> {
    let mut sentences = Vec::new();
    for block in blocks(text) {
        for item in items(text, block) {
            sentences.extend(split(text, item));
        }
    }
    sentences
}

/// The sentences of one item.
fn split(text: &str, item: ByteSpan) -> Vec<ByteSpan> {
    let content = item.of(text);
    let mut sentences = Vec::new();
    let mut start = 0;
    for end in ends(content).into_iter().chain([content.len()]) {
        let sentence = &content[start..end];
        let from = end - sentence.trim_start().len();
        let until = start + sentence.trim_end().len();
        if from < until {
            sentences.push(ByteSpan::new(from, until).shifted(item.start));
        }
        start = end;
    }
    sentences
}

/// Where the sentences of `content` end, but for the last.
fn ends(content: &str) -> Vec<usize> {
    let mut enclosures = enclosures(content).into_iter().peekable();
    let mut ends = Vec::new();
    let mut start = 0;
    for mark in MARK.find_iter(content) {
        // Marks taken into the sentence before, as the dots of "[...]" behind a full stop are.
        if mark.start() < start {
            continue;
        }
        let stop = Stop::at(content, start, mark.range());
        while enclosures.next_if(|inner| inner.end < stop.end).is_some() {}
        let holds = |inner: &Range<usize>| inner.start < mark.start() && stop.end < inner.end;
        if !enclosures.peek().is_some_and(holds) && stop.ends_sentence() {
            ends.push(stop.end);
            start = stop.end;
        }
    }
    ends
}

fn first_word(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or("")
}

fn last_word(text: &str) -> &str {
    text.rsplit(char::is_whitespace).next().unwrap_or("")
}

#[expect(clippy::expect_used, reason = "the tests compile every pattern")]
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("the patterns of this module are well-formed")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    /// Stand-ins that make control characters visible in the case files.
    const PICTURES: &[(char, &str)] = &[('␀', "\0"), ('␉', "\t"), ('␍', "\r"), ('⏎', "\n")];

    /// One case: a text, the sentences expected, and the line of the file where it begins.
    struct Case {
        line: usize,
        text: String,
        sentences: Vec<String>,
    }

    /// The cases of a file, which are parted by `===` and hold a text, `---` and one sentence a line.
    /// Lines before the text that begin with `#` are comments.
    fn cases(source: &str) -> Vec<Case> {
        let mut cases = Vec::new();
        let mut line = 1;
        for part in source.split_inclusive("\n===\n") {
            let body = part.strip_suffix("===\n").unwrap_or(part);
            let comments = body
                .split_inclusive('\n')
                .take_while(|l| l.starts_with('#'));
            let comment: usize = comments.map(str::len).sum();
            let (text, expected) = body[comment..].split_once("\n---\n").expect("a line `---`");
            let real = |text: &str| {
                let replace = |t: String, &(picture, real): &(char, &str)| t.replace(picture, real);
                PICTURES.iter().fold(text.to_string(), replace)
            };
            cases.push(Case {
                line: line + body[..comment].lines().count(),
                text: real(text),
                sentences: expected
                    .lines()
                    .filter(|l| !l.is_empty())
                    .map(real)
                    .collect(),
            });
            line += part.matches('\n').count();
        }
        cases
    }

    #[test]
    fn every_case_in_the_case_files_is_split_as_expected() {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases"));
        let mut count = 0;
        let mut failures = Vec::new();
        for file in fs::read_dir(folder).unwrap() {
            let file = file.unwrap().path();
            // Git may check text files out with "\r\n"; in a case that is written "␍" and a line end.
            let source = fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
            for case in cases(&source) {
                let found: Vec<_> = segment(&case.text)
                    .iter()
                    .map(|s| s.of(&case.text))
                    .collect();
                if found != case.sentences {
                    let (file, line) = (file.display(), case.line);
                    let expected = case.sentences;
                    failures.push(format!(
                        "{file}:{line}\n  {expected:?}, but got\n  {found:?}"
                    ));
                }
                count += 1;
            }
        }
        assert!(failures.is_empty(), "\n{}", failures.join("\n"));
        assert!(
            count >= 80,
            "only {count} cases found in {}",
            folder.display()
        );
    }

    #[test]
    fn a_megabyte_of_marks_that_are_never_closed_is_read_to_its_end() {
        // In quadratic time this would not come back for minutes.
        for unit in [
            "(",
            "“",
            "\"",
            "x.",
            "1. A ",
            "At 5 a.m. A ",
            ".\"",
            "Q -- ",
        ] {
            let text = unit.repeat(1_000_000 / unit.len());
            let last = segment(&text).last().map(|sentence| sentence.end);
            assert_eq!(last, Some(text.trim_end().len()), "{unit:?}");
        }
    }

    /// Text of what sentences are made of and broken by.
    fn rubbish() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "[a-zA-Z]{1,8}",
            2 => Just(" ".to_string()),
            2 => prop::sample::select(vec![
                ".", "!", "?", "…", "...", ". . .", "\"", "'", "“", "”", "‘", "’", "(", ")", "[",
                "]", "\n", "\n\n", "\r\n", "\t", "-", "--", "—", "•", ":", ",", "1. ", "2) ", "[3]",
                "Mr. ", "U.S. ", "a.m. ", "Q ", "MR. X: ", "\0", "\u{301}", "\u{200d}", "\u{feff}",
                "👩‍🚀", "שלום", "漢字。", "é", "ß", "İ", "\u{a0}", "\u{2028}",
            ]).prop_map(str::to_string),
            1 => any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn sentences_are_ordered_and_trimmed_and_cover_every_character_once(text in rubbish()) {
            let mut covered = 0;
            for sentence in segment(&text) {
                prop_assert!(text[covered..sentence.start].trim().is_empty());
                let content = sentence.of(&text);
                prop_assert!(!content.is_empty());
                prop_assert_eq!(content, content.trim());
                covered = sentence.end;
            }
            prop_assert!(text[covered..].trim().is_empty());
        }

        #[test]
        fn a_sentence_alone_in_a_paragraph_is_not_changed_by_the_paragraphs_around_it(
            text in rubbish(),
        ) {
            let with_neighbours = format!("The cat sat.\n\n{text}\n\nThe dog lay.");
            let inner = segment(&with_neighbours);
            prop_assert_eq!(inner.first().map(|s| s.of(&with_neighbours)), Some("The cat sat."));
            prop_assert_eq!(inner.last().map(|s| s.of(&with_neighbours)), Some("The dog lay."));
        }
    }
}
