//! Text that a spreadsheet would not leave alone, made harmless and back.
//!
//! A spreadsheet runs a cell of a CSV file as a formula if it begins with `=`, `+`, `-` or `@`, and
//! some look behind blanks, tabs and line ends at its start, or take the full-width forms for the
//! same (OWASP, "CSV Injection"). An apostrophe before such a text stops that. Numbers are never
//! touched, be they written as text: `-5` is no formula.
//!
//! The apostrophe comes off again without doubt: a text that has one already gets another.

use std::borrow::Cow;

/// `text` with an apostrophe before it if a spreadsheet would run it as a formula.
pub fn guard(text: &str) -> Cow<'_, str> {
    let is_plain = !text.starts_with('\'') && is_number(text);
    if begins_formula(unquoted(text)) && !is_plain {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that [`guard`] made `guarded` of.
pub fn unguard(guarded: &str) -> &str {
    match guarded.strip_prefix('\'') {
        Some(text) if begins_formula(unquoted(text)) => text,
        _ => guarded,
    }
}

fn unquoted(text: &str) -> &str {
    text.trim_start_matches('\'')
}

fn begins_formula(text: &str) -> bool {
    let behind_blanks = text.trim_start_matches(|c: char| c.is_whitespace() || c < ' ');
    text.starts_with(['\t', '\r', '\n'])
        || behind_blanks.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Whether `text` is a number as such, so that it can stand for nothing but itself.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    text.len() - digits.len() <= 1
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.replacen(',', ".", 1).parse::<f64>().is_ok()
}

/// Whether Excel would take the text for a number, a date or a truth value, and show another:
/// `00123` as 123, `9.10` as 9.1, `1E5` as 100000, `3-4` as a day in March or April.
///
/// What it takes depends on the country, so any short text with a digit in it counts.
pub(super) fn is_mistakable(text: &str) -> bool {
    const LONGEST: usize = 40;
    let is_word = |word: &&str| text.trim().eq_ignore_ascii_case(word);
    text.len() <= LONGEST
        && (text.contains(|c: char| c.is_ascii_digit()) || ["true", "false"].iter().any(is_word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_gets_an_apostrophe_and_nothing_else_does() {
        for formula in [
            "=1+1",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\rx",
            "\nx",
            " =1+1",
            "\u{a0}=1",
            "＝1+1",
            "＋1-2",
            "－x",
            "＠x",
            "- a list item",
            "'=1",
            "'-5",
            "''@x",
            "+-1",
            "-",
            "-inf",
        ] {
            assert_eq!(guard(formula), format!("'{formula}"));
        }
        for plain in [
            "", "-5", "+5", "-0.8157", "-1,5", "1E5", "-1e-5", "'", "'tis", "“=”", "a=b", "–",
            "1=1",
        ] {
            assert_eq!(guard(plain), plain);
        }
    }

    #[test]
    fn what_excel_would_show_otherwise_is_known() {
        for text in [
            "00123",
            "9.10",
            "1E5",
            "3-4",
            "12:30",
            "2019-03-01",
            "TRUE",
            "false",
            "7",
        ] {
            assert!(is_mistakable(text), "{text}");
        }
        for text in [
            "",
            "herald-flood",
            "true story",
            "In 2019 the prime minister spoke of it at length.",
        ] {
            assert!(!is_mistakable(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_apostrophe_comes_off_again(text in "['=+@\\-\t\r ＝＠a5.,]{0,6}|\\PC{0,10}") {
            let guarded = guard(&text);
            prop_assert_eq!(unguard(&guarded), &text);
            prop_assert!(is_number(&guarded) || !begins_formula(&guarded));
        }
    }
}
