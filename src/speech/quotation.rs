//! Quotations: what stands between quotation marks.
//!
//! Double marks, curly, straight or low, are read first; single ones only where they open like one
//! and close like one, so that apostrophes ("’90s", "farmers’ vote") and primes (6′ 2″) are none.
//! A quotation runs on over paragraphs that each begin with a mark, as print has it.

use super::verb::verb;
use crate::span::ByteSpan;
use crate::word::{is_apostrophe, is_capitalised};

/// A stretch between quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotation {
    /// Where it stands, with its marks.
    pub span: ByteSpan,
    /// What sort of quotation it is.
    pub kind: QuotationKind,
    /// Whether it goes on from the one before, whose paragraph ended without a closing mark.
    pub continues: bool,
}

/// What sort of quotation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotationKind {
    /// Somebody’s words.
    Speech,
    /// One to three words that the sentence holds at arm’s length.
    Scare,
    /// The title of a work.
    Title,
}

/// The quotations of a text whose paragraphs are `blocks`, in order, none within another.
pub(super) fn quotations(text: &str, blocks: &[ByteSpan]) -> Vec<Quotation> {
    let mut found: Vec<Quotation> = Vec::new();
    let mut continues = false;
    for (index, block) in blocks.iter().enumerate() {
        let content = block.of(text);
        let next = blocks.get(index + 1).map_or("", |next| next.of(text));
        let first = found.len();
        let runs_on = read_block(content, next, &mut |start, end, kind| {
            found.push(Quotation {
                span: ByteSpan::new(start, end).shifted(block.start),
                kind,
                continues: false,
            });
        });
        if continues && let Some(quotation) = found.get_mut(first) {
            quotation.continues = true;
            quotation.kind = QuotationKind::Speech;
        }
        continues = runs_on;
    }
    found
}

/// After how many marks of a kind that nothing closes the others in a paragraph are not tried: each try
/// reads to the paragraph’s end.
const TRIES: usize = 8;

/// How many marks like `mark` nothing closed.
fn tries(unclosed: &mut Vec<(char, usize)>, mark: char) -> &mut usize {
    let known = unclosed.iter().position(|(known, _)| *known == mark);
    let index = known.unwrap_or_else(|| {
        unclosed.push((mark, 0));
        unclosed.len() - 1
    });
    &mut unclosed[index].1
}

/// Hands the quotations of one paragraph to `take`; whether the last runs on in `next`.
fn read_block(
    content: &str,
    next: &str,
    take: &mut impl FnMut(usize, usize, QuotationKind),
) -> bool {
    let mut at = 0;
    let end = content.trim_end().len();
    let last_curly = content.rfind('”').unwrap_or(0);
    let mut unclosed: Vec<(char, usize)> = Vec::new();
    while let Some((open, mark)) = next_opening(content, at) {
        let inner = open + mark.len();
        let tried = tries(
            &mut unclosed,
            content[open..].chars().next().unwrap_or_default(),
        );
        let closed = match mark {
            _ if *tried >= TRIES => None,
            Opening::Single(c) => closing_single(content, inner, c),
            Opening::Typed => closing_typed(content, inner),
            Opening::Double(c) => closing_double(content, inner, c, last_curly),
        };
        *tried += usize::from(closed.is_none());
        match closed {
            Some(end) => {
                take(open, end, kind(content, open, end, mark));
                at = end;
            }
            None if mark.is_double() && opens_alike(next, content, open) && inner < end => {
                take(open, end, QuotationKind::Speech);
                return true;
            }
            None => at = inner,
        }
    }
    false
}

#[derive(Clone, Copy)]
enum Opening {
    Double(char),
    /// Two apostrophes or backticks, as typewriters have it.
    Typed,
    Single(char),
}

impl Opening {
    fn len(self) -> usize {
        match self {
            Self::Double(c) | Self::Single(c) => c.len_utf8(),
            Self::Typed => 2,
        }
    }

    fn is_double(self) -> bool {
        !matches!(self, Self::Single(_))
    }
}

/// Whether the paragraph `next` opens with the mark at byte `open` of `content`.
fn opens_alike(next: &str, content: &str, open: usize) -> bool {
    let mark = content[open..].chars().next();
    mark.is_some() && next.trim_start().chars().next() == mark
}

/// The next mark from byte `from` on that can open a quotation.
fn next_opening(content: &str, from: usize) -> Option<(usize, Opening)> {
    let marks = content[from..].char_indices();
    marks.map(|(at, c)| (from + at, c)).find_map(|(at, c)| {
        let (before, after) = (&content[..at], &content[at + c.len_utf8()..]);
        let opening = match c {
            '\'' | '`' if after.starts_with(c) && opens(before, &after[1..]) => {
                Some(Opening::Typed)
            }
            '“' | '„' | '«' => Some(Opening::Double(c)),
            // A closing mark in the place of an opening one.
            '”' if opens(before, after) && after.starts_with(char::is_alphanumeric) => {
                Some(Opening::Double('“'))
            }
            '"' if opens(before, after) => Some(Opening::Double(c)),
            '‘' if !is_elision(after) && opens(before, after) => Some(Opening::Single(c)),
            '\'' if !is_elision(after) && opens(before, after) => Some(Opening::Single(c)),
            _ => None,
        };
        opening.map(|opening| (at, opening))
    })
}

/// Whether a mark between the two stands as an opening one does.
fn opens(before: &str, after: &str) -> bool {
    let may_precede = |c: char| c.is_whitespace() || "([{—–-/“‘\"'…*_>:".contains(c);
    before.chars().next_back().is_none_or(may_precede)
        && after
            .chars()
            .next()
            .is_some_and(|c| !c.is_whitespace() && !",;:)".contains(c))
}

/// Whether a mark between the two stands as a closing one does.
fn closes(before: &str, after: &str) -> bool {
    before
        .chars()
        .next_back()
        .is_some_and(|c| !c.is_whitespace())
        && after.chars().next().is_none_or(|c| !c.is_alphanumeric())
}

/// What an apostrophe at the beginning of a word stands for: ’em, ’til, ’90s.
fn is_elision(after: &str) -> bool {
    const WORDS: &[&str] = &[
        "em", "til", "tis", "twas", "n", "cause", "round", "bout", "nuff",
    ];
    let length = after
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(after.len());
    let word = &after[..length];
    let is_years = word.strip_suffix('s').unwrap_or(word).len() == 2
        && word.starts_with(|c: char| c.is_ascii_digit());
    is_years || WORDS.iter().any(|elided| word.eq_ignore_ascii_case(elided))
}

/// Where the quotation ends, its mark included, that a double `opening` before byte `from` opened.
fn closing_double(content: &str, from: usize, opening: char, last_curly: usize) -> Option<usize> {
    let mut depth = 1_usize;
    let mut inner = 0_usize;
    for (at, c) in content[from..].char_indices().map(|(at, c)| (from + at, c)) {
        let (before, after) = (&content[..at], &content[at + c.len_utf8()..]);
        let end = at + c.len_utf8();
        match (opening, c) {
            ('“', '“') | ('«', '«') => depth += 1,
            ('“' | '„', '”') | ('„', '“') | ('«', '»') => {
                depth -= 1;
                if depth == 0 {
                    return Some(end);
                }
            }
            ('"', '“') => inner += 1,
            ('"', '”') if inner > 0 => inner -= 1,
            ('"', '"' | '”') => {
                if closes(before, after) && !is_prime(before, after) {
                    return Some(end);
                }
                // One more opens: the first was never closed.
                if opens(before, after) {
                    return None;
                }
                if !after.starts_with(char::is_alphanumeric)
                    || !before.ends_with(char::is_alphanumeric)
                {
                    return Some(end);
                }
            }
            // A straight mark may close a curly one that no curly one closes.
            ('“', '"') if depth == 1 && closes(before, after) && last_curly < end => {
                return Some(end);
            }
            _ => {}
        }
    }
    // One mark too many was opened inside: the first that closes ends the quotation.
    (opening == '“' && depth > 1)
        .then(|| content[from..].find('”'))
        .flatten()
        .map(|at| from + at + '”'.len_utf8())
}

/// Where the quotation ends, its marks included, that two apostrophes opened before byte `from`.
fn closing_typed(content: &str, from: usize) -> Option<usize> {
    let mut marks = content[from..].match_indices("''").map(|(at, _)| from + at);
    marks
        .find(|&at| closes(&content[..at], &content[at + 2..]))
        .map(|at| at + 2)
}

/// Whether the straight mark between the two is a prime, with the mark that closes still to come.
fn is_prime(before: &str, after: &str) -> bool {
    let next = after.find('"').map(|at| (&after[..at], &after[at + 1..]));
    before.ends_with(|c: char| c.is_ascii_digit())
        && next.is_some_and(|(before, after)| closes(before, after) && !opens(before, after))
}

/// Within how many bytes another mark tells a possessive from the end of a quotation.
const NEAR: usize = 1000;

/// Where the quotation ends, its mark included, that a single `opening` before byte `from` opened.
fn closing_single(content: &str, from: usize, opening: char) -> Option<usize> {
    let closing = if opening == '‘' { '’' } else { '\'' };
    let mut candidates = content[from..]
        .match_indices(|c: char| c == closing || c == '\'' && is_apostrophe(c))
        .map(|(at, mark)| (from + at, from + at + mark.len()))
        .filter(|&(at, end)| closes(&content[..at], &content[end..]))
        .peekable();
    while let Some((at, end)) = candidates.next() {
        // “the farmers’ vote”: a possessive, if a later mark can close.
        let is_possessive = content[..at].ends_with('s') && content[end..].starts_with(' ');
        let near = &content[..content.floor_char_boundary(content.len().min(end + NEAR))];
        let next_opens = next_opening(near, end).map_or(content.len(), |(open, _)| open);
        let another = candidates
            .peek()
            .is_some_and(|&(later, _)| later < next_opens);
        if !(is_possessive && another) {
            return Some(end);
        }
    }
    None
}

/// What the quotation `open..end` of `content` is.
fn kind(content: &str, open: usize, end: usize, mark: Opening) -> QuotationKind {
    let quoted = &content[open..end];
    let inner = quoted.trim_matches(|c: char| "“”„«»\"‘’'".contains(c));
    let words: Vec<&str> = inner.split_whitespace().collect();
    let is_embedded = content[..open]
        .strip_suffix(|c: char| c.is_whitespace() || c == '-')
        .is_some_and(|before| before.ends_with(|c: char| c.is_alphanumeric() || c == '’'));
    let is_sentence = inner.ends_with(['!', '?', '…']);
    if is_embedded && words.len() <= 3 && !is_sentence {
        return QuotationKind::Scare;
    }
    // A single mark hardly holds one word that is said.
    if words.len() <= 2 && !mark.is_double() && !inner.ends_with(['.', ',', '!', '?']) {
        return QuotationKind::Scare;
    }
    let is_small = |word: &&str| word.len() <= 4 && !is_capitalised(word);
    // “his show, ‘Politicking’, …” and a heading that is all quoted.
    let is_named = is_embedded
        || words.len() <= 3 && content[..open].trim_end().ends_with(',') && !is_said(content, open)
        || open == 0 && end == content.len() && !mark.is_double();
    let is_title = is_named
        && words.iter().all(|word| {
            is_small(word) || is_capitalised(word) || word.starts_with(|c: char| c.is_ascii_digit())
        })
        && words
            .iter()
            .filter(|word| is_capitalised(word) || word.starts_with(|c: char| c.is_ascii_digit()))
            .count()
            >= if is_embedded { 2 } else { 1 }
        && !is_sentence;
    if is_title {
        QuotationKind::Title
    } else {
        QuotationKind::Speech
    }
}

/// Whether the words before byte `open`, up to their comma, end with a verb of saying.
fn is_said(content: &str, open: usize) -> bool {
    let before = content[..open].trim_end().trim_end_matches(',');
    let word = before
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("");
    verb(&word.to_lowercase()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::blocks;

    fn quoted(text: &str) -> Vec<(&str, QuotationKind)> {
        let found = quotations(text, &blocks(text));
        found
            .iter()
            .map(|quotation| (quotation.span.of(text), quotation.kind))
            .collect()
    }

    fn spoken(text: &str) -> Vec<&str> {
        let all = quoted(text).into_iter();
        all.filter(|(_, kind)| *kind == QuotationKind::Speech)
            .map(|(words, _)| words)
            .collect()
    }

    #[test]
    fn marks_of_every_kind_hold_a_quotation() {
        for quotation in [
            "“We will act now,”",
            "\"We will act now,\"",
            "‘We will act now,’",
            "'We will act now,'",
            "''We will act now,''",
            "«We will act now»",
            "„We will act now“",
        ] {
            assert_eq!(
                spoken(&format!("{quotation} Lee said. He left.")),
                [quotation]
            );
        }
    }

    #[test]
    fn apostrophes_elisions_and_primes_are_no_quotations() {
        for text in [
            "The farmers’ vote and the ’90s, rock ‘n’ roll and ’em all: it’s Lee's.",
            "The farmers' vote and the '90s, rock 'n' roll and 'em all: it's Lee's.",
            "He is 6' 2\" tall, she is 5'10\" and 5′ 10″.",
            "A stray \" here and a stray ” there.",
        ] {
            assert_eq!(quoted(text), [], "{text}");
        }
    }

    #[test]
    fn a_quotation_within_a_quotation_is_part_of_it() {
        for text in [
            "“She said, ‘Never again,’ and left,” Lee said.",
            "\"She said, 'Never again,' and left,\" Lee said.",
            "‘She said, “Never again,” and left,’ Lee said.",
            "“She said “never again” and left,” Lee said.",
        ] {
            assert_eq!(spoken(text).len(), 1, "{text}");
            assert!(spoken(text)[0].contains("and left"), "{text}");
        }
    }

    #[test]
    fn a_quotation_runs_on_over_paragraphs_that_open_with_a_mark() {
        let text =
            "“It is late.\n\n“We must go.\n\n“Now.” Lee left.\n\n“Never closed.\n\nAnother day.";
        assert_eq!(spoken(text), ["“It is late.", "“We must go.", "“Now.”"]);
        let continues: Vec<_> = quotations(text, &blocks(text))
            .iter()
            .map(|q| q.continues)
            .collect();
        assert_eq!(continues, [false, true, true]);
    }

    #[test]
    fn a_few_words_at_arms_length_and_titles_of_works_are_no_speech() {
        let text = "The so-called “deep state” read “The Art of War” and heard “Never!” and \"No,\" she said.";
        use QuotationKind::{Scare, Speech, Title};
        assert_eq!(
            quoted(text),
            [
                ("“deep state”", Scare),
                ("“The Art of War”", Title),
                ("“Never!”", Speech),
                ("\"No,\"", Scare)
            ]
        );
        assert_eq!(quoted("\"No,\" she said."), [("\"No,\"", Speech)]);
    }

    #[test]
    fn a_mark_with_nothing_behind_it_opens_no_quotation() {
        let text = "Lee wrote: “\n\n“We will act.” And left.";
        let blocks = crate::segment::blocks(text);
        let found = quotations(text, &blocks);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].span.of(text), "“We will act.”");
        assert!(!found[0].continues);
    }

    #[test]
    fn a_megabyte_of_marks_that_are_never_closed_is_read_to_its_end() {
        // In quadratic time this would not come back for minutes.
        for unit in [
            "“",
            "\"a ",
            "'a ",
            "‘a ",
            "''a ",
            "«",
            "“a\" ",
            "“a ‘b ",
            "'s ",
            "„ ",
        ] {
            let text = unit.repeat(1_000_000 / unit.len());
            quotations(&text, &blocks(&text));
        }
    }
}
