//! Stops: whether a full stop, question or exclamation mark or ellipsis ends its sentence.

use std::ops::Range;

use sentencex::languages::Language;

use super::{BULLETS, CLOSERS, ENGLISH, QUOTES, TERMINATORS, first_word, last_word};

/// How many bytes of text before and after a stop may bear on it.
const BEFORE: usize = 200;
const AFTER: usize = 120;

const OPENERS: &[char] = &['"', '“', '‘', '\'', '«', '„', '(', '[', '{', '¿', '¡', '`'];
const DASHES: &[char] = &['-', '–', '—'];

/// The verbs by which a quotation is attributed, in the forms of news.
#[rustfmt::skip]
const CUES: &[&str] = &[
    "added", "announced", "answered", "argued", "asked", "asks", "claimed", "concluded",
    "continued", "cried", "declared", "demanded", "exclaimed", "insisted", "joked", "posted",
    "quipped", "recalled", "remarked", "replied", "responded", "said", "says", "screamed",
    "shouted", "told", "tweeted", "warned", "whispered", "wondered", "writes", "wrote", "yelled",
];

/// What may stand uncapitalised between the first name of an attribution and its verb.
const LINKS: &[&str] = &[
    "al", "also", "and", "de", "for", "had", "later", "of", "the", "then", "van",
];

/// Words that sentencex knows only as the states, months and titles they abbreviate with a capital.
const PLAIN_WORDS: &[&str] = &[
    "May", "art", "id", "ill", "mass", "may", "me", "miss", "no", "ok", "pa",
];

/// A run of terminators, with what a reader sees around it.
pub(super) struct Stop<'t> {
    /// What the sentence has said so far, up to [`BEFORE`] bytes of it.
    head: &'t str,
    mark: &'t str,
    /// The closing quotes, brackets and references that belong to the mark.
    closed: &'t str,
    /// Where the sentence ends, if it ends here.
    pub(super) end: usize,
    is_spaced: bool,
    /// What follows, up to [`AFTER`] bytes of it, without leading white space.
    next: &'t str,
}

impl<'t> Stop<'t> {
    /// The stop at `mark` of a sentence that began at `start`, not after the mark.
    pub(super) fn at(content: &'t str, start: usize, mark: Range<usize>) -> Self {
        let from = content.floor_char_boundary(mark.start.saturating_sub(BEFORE));
        let reach = |from: usize| content.ceil_char_boundary((from + AFTER).min(content.len()));
        let end = mark.end + closed(&content[mark.end..reach(mark.end)]);
        let tail = &content[end..reach(end)];
        Self {
            head: &content[from.max(start)..mark.start],
            mark: &content[mark.clone()],
            closed: &content[mark.end..end],
            end,
            is_spaced: tail.starts_with(char::is_whitespace),
            next: tail.trim_start(),
        }
    }

    pub(super) fn ends_sentence(&self) -> bool {
        if self.next.is_empty() || self.is_label() || !(self.is_spaced || self.lacks_space()) {
            return false;
        }
        if !self.next_can_start() || self.is_attributed() {
            return false;
        }
        if self.is_omission() {
            return self.omission_ends();
        }
        match self.mark {
            "." if self.is_plain_word() => true,
            "." if self.is_title() || self.is_initial() || self.is_clock() => false,
            _ => self.is_judged_final(),
        }
    }

    /// What the mark may abbreviate: the `Gov` of `“Gov.` and `then-Gov.`. A word with quotes of its
    /// own is quoted, not abbreviated: `an "F." Smith`.
    fn word(&self) -> &'t str {
        let token = last_word(self.head);
        let is_opening = |c: char| OPENERS.contains(&c) || "_*>".contains(c);
        let word = if self.closed.contains(QUOTES) {
            token
        } else {
            token.trim_start_matches(is_opening)
        };
        word.rsplit(DASHES).next().unwrap_or(word)
    }

    /// Whether all there is before the mark is the label of a list item.
    fn is_label(&self) -> bool {
        let label = self.head.trim_start_matches(BULLETS).trim();
        let is_number = (1..=3).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_digit());
        is_number || label.len() == 1 && label.starts_with(|c: char| c.is_ascii_lowercase())
    }

    /// Whether a space is missing here (`Hello world.Today`), rather than the mark standing inside a
    /// name, an address or a number. Scripts with full stops of their own need none.
    fn lacks_space(&self) -> bool {
        if !matches!(self.mark, "." | "!" | "?") {
            return !self.mark.is_ascii() && self.mark != "…";
        }
        let before = last_word(self.head);
        let after = first_word(self.next.trim_start_matches(OPENERS));
        let is_address = |word: &str| word.contains(['@', '/', '_']) || word.starts_with("www");
        let is_over = |c: char| c.is_lowercase() || c.is_ascii_digit();
        let mut next = after.chars();
        (!self.closed.is_empty() || before.len() > 1 && before.ends_with(is_over))
            && next.next().is_some_and(char::is_uppercase)
            && next.next().is_none_or(char::is_lowercase)
            && !is_address(before)
            && !is_address(after)
    }

    /// Whether what follows can begin a sentence, by its first characters.
    fn next_can_start(&self) -> bool {
        let is_opening = |c: char| OPENERS.contains(&c) || DASHES.contains(&c) || c.is_whitespace();
        let word = self.next.trim_start_matches(is_opening);
        let opening = &self.next[..self.next.len() - word.len()];
        match word.chars().next() {
            None => false,
            // A name that ends in a mark goes on: "his last album was Why? and it sold".
            Some(c) if c.is_lowercase() => {
                let is_name = last_word(self.head).starts_with(char::is_uppercase);
                self.closed.is_empty() && (self.mark.starts_with('.') || !is_name)
            }
            // A quotation whose beginning was left out: "[...] The rest.
            Some('.' | '…') => opening.len() > 1 && opening.ends_with('['),
            Some(c) if c.is_ascii_punctuation() => "$#@&<*=_".contains(c),
            Some(c) => !CLOSERS.contains(&c),
        }
    }

    /// Whether what follows says who said the quotation that ends here: `“Never!” Smith shouted.`
    /// A full stop before the closing quote ends the sentence in print, so that after one only the
    /// bare `Smith said.` is taken.
    fn is_attributed(&self) -> bool {
        if !self.closed.contains(QUOTES) || ENGLISH.next_word_is_sentence_starter(self.next) {
            return false;
        }
        if self.next.starts_with(DASHES) {
            return true;
        }
        let mut is_aside = false;
        for (place, token) in self.next.split_whitespace().take(12).enumerate() {
            let word = token.trim_end_matches(|c: char| !c.is_alphanumeric());
            if place > 0 && !is_aside && CUES.contains(&word) {
                return self.mark != "." || token.ends_with(TERMINATORS);
            }
            let is_link = place > 0 && (LINKS.contains(&word) || word.ends_with("ly"));
            if !is_aside && !is_link && !token.starts_with(char::is_uppercase) {
                return false;
            }
            // “Why now?” Smith, a lawyer from Ohio, asked.
            is_aside ^= token.ends_with(',');
        }
        false
    }

    /// Whether the mark stands for words left out: `[...]`, `(…)`.
    fn is_omission(&self) -> bool {
        self.head.ends_with(['[', '(']) && self.mark != "." && self.closed.starts_with([']', ')'])
    }

    /// Whether a sentence ends where words were left out: one ended before the gap, or one begins
    /// after it for certain.
    fn omission_ends(&self) -> bool {
        let before = self.head.trim_end_matches(['[', '(', ' ']);
        before.trim_end_matches(CLOSERS).ends_with(TERMINATORS) || opens_sentence(self.next)
    }

    /// Whether the word before is a common one, written small: `told me. Smith left`, not `no. 10`.
    fn is_plain_word(&self) -> bool {
        PLAIN_WORDS.contains(&self.word()) && !self.next.starts_with(|c: char| c.is_ascii_digit())
    }

    /// Whether the word before is a capitalised abbreviation with a name behind it. sentencex reads
    /// some as degrees and measures, `Ms. Harris` as M.S. and `Ft. Worth` as feet.
    fn is_title(&self) -> bool {
        let word = self.word();
        let rest = word
            .strip_prefix(|c: char| c.is_ascii_uppercase())
            .unwrap_or("");
        !rest.is_empty()
            && rest.bytes().all(|b| b.is_ascii_lowercase())
            && ENGLISH.is_abbreviation_for(word, ".")
            && !opens_sentence(self.next.trim_start_matches(OPENERS))
    }

    /// Whether the letter before abbreviates a name that goes on small: `E. coli`, `ESBL-E. coli`.
    fn is_initial(&self) -> bool {
        let before = self.head.strip_suffix(|c: char| c.is_ascii_uppercase());
        before.is_some_and(|before| !before.ends_with(char::is_alphanumeric))
            && self.next.starts_with(char::is_lowercase)
    }

    /// Whether a time of day goes on with its zone or its day: `4 a.m. EST`, `4 p.m. Friday`,
    /// `4 p.m. Nov. 14`.
    fn is_clock(&self) -> bool {
        #[rustfmt::skip]
        const NAMES: &[&str] = &[
            "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
            "Eastern", "Central", "Mountain", "Pacific",
        ];
        let time = last_word(self.head);
        let mut words = self.next.split_whitespace();
        let (next, after) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let next = next.trim_matches(|c: char| !c.is_alphanumeric());
        let is_zone = (2..=4).contains(&next.len()) && next.bytes().all(|b| b.is_ascii_uppercase());
        let is_date = after.starts_with(|c: char| c.is_ascii_digit());
        ["a.m", "p.m"]
            .iter()
            .any(|half| time.eq_ignore_ascii_case(half))
            && (is_zone || is_date || NAMES.contains(&next))
    }

    /// Whether sentencex holds the sentence to be over, once what its rules do not know is put into
    /// what they do: `…` is three dots, `.?` asks, and `It’s` or `I` opens a sentence as `The` does.
    fn is_judged_final(&self) -> bool {
        let mark = match self.mark {
            "…" => "...",
            mark if mark.ends_with(['!', '?']) => "?",
            mark => mark,
        };
        let next = self.next.trim_start_matches(OPENERS);
        let next = if mark == "." && opens_sentence(next) {
            "The"
        } else {
            next
        };
        let word = self.word();
        let before = &self.head[..self.head.len() - word.len()];
        let context = format!("{before} {word}{mark} {next}");
        let start = self.head.len() + 1;
        let boundary = ENGLISH.find_boundary(&context, start, start + mark.len());
        boundary.is_some()
    }
}

/// Whether `next` begins with a word that hardly stands capitalised inside a sentence.
fn opens_sentence(next: &str) -> bool {
    let length = next
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(next.len());
    let (word, behind) = next.split_at(length);
    ENGLISH.next_word_is_sentence_starter(next)
        || ENGLISH.get_sentence_starters().contains(word)
        || word == "I" && !behind.starts_with('.')
}

/// The length of the closing quotes, brackets and references (`[12]`) directly after a terminator.
/// A reference, and a quote that can only close, are also taken after a space.
fn closed(after: &str) -> usize {
    let mut rest = after.trim_start_matches(CLOSERS);
    loop {
        let spaced = rest.trim_start();
        let reference = || {
            let number = spaced.strip_prefix('[')?;
            let digits = number.trim_start_matches(|c: char| c.is_ascii_digit());
            let is_number = digits.len() < number.len();
            digits.strip_prefix(']').filter(|_| is_number)
        };
        match spaced.strip_prefix('”').or_else(reference) {
            Some(behind) => rest = behind.trim_start_matches(CLOSERS),
            None => return after.len() - rest.len(),
        }
    }
}
