//! Words: a text cut into words and marks, as a reader of names and verbs needs it.
//!
//! A word keeps its inner apostrophes, hyphens and stops ("O’Neill", "Israel-Hamas", "U.S."), and
//! the stop of an abbreviation or an initial ("Mr.", "J."). A possessive is a token of its own, so
//! that "Blinken’s" holds the name as it stands elsewhere. White space is left out; every other
//! character is in exactly one token.

use crate::span::ByteSpan;

/// A word, a possessive or a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: ByteSpan,
    /// What it is.
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters and digits, and what joins them.
    Word,
    /// `’s`, or the apostrophe of "Hamas’".
    Possessive,
    /// Any other character.
    Mark,
}

/// What is written with a stop after it, in lower case.
#[rustfmt::skip]
const ABBREVIATIONS: &[&str] = &[
    "adm", "atty", "bros", "capt", "cmdr", "co", "col", "corp", "cpl", "cpt", "det", "dr", "esq",
    "fr", "gen", "gov", "hon", "inc", "jr", "lt", "ltd", "maj", "messrs", "mr", "mrs", "ms", "msgr",
    "mt", "pfc", "pres", "prof", "pvt", "rep", "reps", "rev", "sen", "sens", "sgt", "sr", "st",
    "supt", "vs",
];

/// The tokens of the part `within` of `text`, in order.
pub fn tokens(text: &str, within: ByteSpan) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = within.start;
    while let Some(c) = text[at..within.end].chars().next() {
        let end = at + c.len_utf8();
        if c.is_whitespace() {
            at = end;
            continue;
        }
        let (end, kind) = if c.is_alphanumeric() {
            (word_end(&text[..within.end], at), TokenKind::Word)
        } else {
            (end, TokenKind::Mark)
        };
        found.push(Token {
            span: ByteSpan::new(at, end),
            kind,
        });
        at = end;
        if kind == TokenKind::Word
            && let Some(length) = possessive(&text[at..within.end], &text[..at])
        {
            found.push(Token {
                span: ByteSpan::new(at, at + length),
                kind: TokenKind::Possessive,
            });
            at += length;
        }
    }
    found
}

/// Whether `word` begins with a capital letter.
pub fn is_capitalised(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// Whether `word` is of capitals throughout, two letters at least: `USAID`, `U.S.`, `MR.`.
pub fn is_capitals(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic());
    letters.clone().count() > 1 && letters.clone().all(char::is_uppercase)
}

/// Whether the character is an apostrophe, or a quotation mark that can be one.
pub fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '`' | '´')
}

/// Where the word that begins at byte `start` of `text` ends.
fn word_end(text: &str, start: usize) -> usize {
    let mut end = start;
    loop {
        let rest = &text[end..];
        end += rest
            .find(|c: char| !(c.is_alphanumeric() || is_combining(c)))
            .unwrap_or(rest.len());
        let mut after = text[end..].chars();
        let (joint, next) = (after.next(), after.next());
        let Some(joint) = joint else { return end };
        let joins = next.is_some_and(char::is_alphanumeric)
            && match joint {
                '.' => is_initials(&text[start..end]) || is_number_before(text, end),
                ',' | ':' => {
                    is_number_before(text, end) && next.is_some_and(|c| c.is_ascii_digit())
                }
                '-' | '\u{2010}' | '\u{2011}' | '&' | '/' | '@' | '_' => true,
                c => is_apostrophe(c) && possessive(&text[end..], &text[..end]).is_none(),
            };
        if joins {
            end += joint.len_utf8();
        } else if joint == '.' && takes_stop(&text[start..end]) {
            return end + 1;
        } else {
            return end;
        }
    }
}

/// Joiners and accents that are no letters of their own.
fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{fe0f}')
}

fn is_number_before(text: &str, end: usize) -> bool {
    text[..end].ends_with(|c: char| c.is_ascii_digit())
}

/// Single letters with stops between them, so far: `U`, `U.S`.
fn is_initials(word: &str) -> bool {
    word.split('.').all(|part| {
        let mut letters = part.chars();
        letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
    })
}

fn takes_stop(word: &str) -> bool {
    let is_letter =
        is_initials(word) && (word.contains('.') || is_capitalised(word) && word != "I");
    is_letter || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// The length of the possessive that `rest` begins with, if the word before it ends there.
fn possessive(rest: &str, before: &str) -> Option<usize> {
    let mut after = rest.chars();
    let apostrophe = after.next().filter(|&c| is_apostrophe(c))?;
    let ends = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    match after.next() {
        Some('s' | 'S') if ends(after.next()) => Some(apostrophe.len_utf8() + 1),
        // “the ‘Hamas’ of” closes a quotation: only the straight and the curly one are both.
        next if ends(next) && before.ends_with('s') && matches!(apostrophe, '\'' | '’') => {
            Some(apostrophe.len_utf8())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        let all = tokens(text, ByteSpan::new(0, text.len()));
        all.iter().map(|token| token.span.of(text)).collect()
    }

    #[test]
    fn names_abbreviations_and_possessives_are_kept_apart() {
        assert_eq!(
            cut("Mr. O’Neill’s Israel-Hamas talks in the U.S., J. Doe said at 3:30."),
            [
                "Mr.",
                "O’Neill",
                "’s",
                "Israel-Hamas",
                "talks",
                "in",
                "the",
                "U.S.",
                ",",
                "J.",
                "Doe",
                "said",
                "at",
                "3:30",
                "."
            ]
        );
        assert_eq!(
            cut("Hamas’ reply didn't."),
            ["Hamas", "’", "reply", "didn't", "."]
        );
    }

    proptest! {
        #[test]
        fn tokens_are_ordered_and_hold_every_character_that_is_not_blank(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "Mr.", "U.S.", "a", "B", "’", "'", "s", " ", "\n", "-", ".", ",", "9", "é", "e\u{301}",
                "👩‍🚀", "漢", "\u{200d}", "“", "&",
            ]), 0..40)
        ) {
            let text: String = pieces.concat();
            let mut covered = 0;
            for token in tokens(&text, ByteSpan::new(0, text.len())) {
                prop_assert!(text[covered..token.span.start].trim().is_empty());
                prop_assert!(!token.span.is_empty());
                covered = token.span.end;
            }
            prop_assert!(text[covered..].trim().is_empty());
        }
    }
}
