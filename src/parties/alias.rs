//! Finding aliases in a sentence.
//!
//! Aliases and sentence are both *folded* first, so that "O'Neill" finds "O’Neill", "Secretary of
//! State" finds it across a line break, and "José" finds it whether é is one code point or two.
//! Every folded byte remembers the bytes it came from; the sentence itself is never changed.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use daachorse::DoubleArrayAhoCorasick;
use unicode_normalization::char::decompose_canonical;
use unicode_segmentation::UnicodeSegmentation;

use super::{Named, Party, PartyId};
use crate::span::ByteSpan;

/// How many aliases and exclude phrases can be searched for together.
pub(super) const MOST: usize = 1 << 24;

/// The aliases and exclude phrases of all parties, ready to be found.
pub(super) struct Aliases {
    /// Aliases with a capital letter, which match in that case only.
    cased: Patterns,
    /// The others, which match in any case.
    uncased: Patterns,
}

impl Aliases {
    pub(super) fn new(parties: &[Party]) -> Self {
        let phrases = parties.iter().enumerate().flat_map(|(index, party)| {
            let phrase = move |text, role| Phrase {
                text,
                party: PartyId(index),
                role,
            };
            let names = [&party.name].into_iter().chain(&party.aliases);
            names.map(move |text| phrase(text, Role::Alias)).chain(
                party
                    .exclude
                    .iter()
                    .map(move |text| phrase(text, Role::Exclude)),
            )
        });
        let (cased, uncased): (Vec<_>, Vec<_>) = phrases.partition(|phrase| is_cased(phrase.text));
        Self {
            cased: Patterns::new(&cased, Case::Kept),
            uncased: Patterns::new(&uncased, Case::Ignored),
        }
    }

    /// See [`Parties::named_in`](super::Parties::named_in).
    pub(super) fn find(&self, sentence: &str) -> Named {
        let words = OnceCell::new();
        let mut found = self.cased.find(sentence, &words);
        found.extend(self.uncased.find(sentence, &words));
        let (phrases, mut aliases): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|hit| hit.role == Role::Exclude);
        let excludes = Excludes::new(phrases);
        let mut kept_out: HashMap<PartyId, Apart> = HashMap::new();
        let mut excluded = Vec::new();
        aliases.retain(|alias| {
            let is_excluded = excludes.hide(alias);
            if is_excluded && kept_out.entry(alias.party).or_default().take(alias.span) {
                excluded.push(alias.party);
            }
            !is_excluded
        });
        aliases.sort_by_key(|hit| (std::cmp::Reverse(hit.span.len()), hit.span.start));

        let mut taken = Apart::default();
        aliases.retain(|hit| taken.take(hit.span));
        aliases.sort_by_key(|hit| hit.span);
        Named {
            mentions: aliases.iter().map(|hit| (hit.party, hit.span)).collect(),
            excluded,
        }
    }
}

/// Spans that do not overlap, however many.
#[derive(Default)]
struct Apart(BTreeMap<usize, usize>);

impl Apart {
    /// Adds `span` if none of these overlaps it.
    fn take(&mut self, span: ByteSpan) -> bool {
        let last = self.0.range(..span.end).next_back();
        let is_free = last.is_none_or(|(_, end)| *end <= span.start);
        if is_free {
            self.0.insert(span.start, span.end);
        }
        is_free
    }
}

/// The exclude phrases in a sentence.
struct Excludes {
    /// By party and start, each with the furthest end of those of the party up to here.
    ends: Vec<(PartyId, usize, usize)>,
}

impl Excludes {
    fn new(hits: Vec<Hit>) -> Self {
        let mut ends: Vec<_> = hits
            .iter()
            .map(|hit| (hit.party, hit.span.start, hit.span.end))
            .collect();
        ends.sort_unstable();
        for at in 1..ends.len() {
            if ends[at - 1].0 == ends[at].0 {
                ends[at].2 = ends[at].2.max(ends[at - 1].2);
            }
        }
        Self { ends }
    }

    /// Whether `alias` lies in a phrase of its party.
    fn hide(&self, alias: &Hit) -> bool {
        let key = (alias.party, alias.span.start);
        let behind = self
            .ends
            .partition_point(|(party, start, _)| (*party, *start) <= key);
        let last = self.ends[..behind].last();
        last.is_some_and(|(party, _, end)| *party == alias.party && alias.span.end <= *end)
    }
}

/// Two aliases with the same key name the same thing in some text.
pub(super) fn key(alias: &str) -> String {
    let case = if is_cased(alias) {
        Case::Kept
    } else {
        Case::Ignored
    };
    folded(alias, case)
}

/// An alias or exclude phrase as it is searched for: folded first, for invisible characters can hide a
/// blank at its end.
fn folded(text: &str, case: Case) -> String {
    Folded::new(text, case).text.trim().to_owned()
}

/// Whether the alias has a capital letter, so that its case counts.
pub(super) fn is_cased(alias: &str) -> bool {
    alias.chars().any(char::is_uppercase)
}

struct Phrase<'p> {
    text: &'p str,
    party: PartyId,
    role: Role,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Alias,
    Exclude,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Kept,
    Ignored,
}

/// A place where a phrase stands.
struct Hit {
    party: PartyId,
    role: Role,
    span: ByteSpan,
}

/// Phrases that are searched for together.
struct Patterns {
    /// Nothing, if there are no phrases.
    automaton: Option<DoubleArrayAhoCorasick<(PartyId, Role)>>,
    case: Case,
}

impl Patterns {
    fn new(phrases: &[Phrase<'_>], case: Case) -> Self {
        let owned = phrases.iter().map(|phrase| {
            let owner = (phrase.party, phrase.role);
            (folded(phrase.text, case), owner)
        });
        Self {
            // Fails only without phrases, or with more than a parties file may have.
            automaton: DoubleArrayAhoCorasick::with_values(owned).ok(),
            case,
        }
    }

    /// Where the phrases stand in `sentence`, whose `words` are found if there is need.
    fn find<'s>(&self, sentence: &'s str, words: &OnceCell<Words<'s>>) -> Vec<Hit> {
        let Some(automaton) = &self.automaton else {
            return Vec::new();
        };
        let folded = Folded::new(sentence, self.case);
        let hits = automaton.find_overlapping_iter(&folded.text);
        let hits = hits.filter_map(|hit| {
            let (party, role) = hit.value();
            let span = folded.origin(hit.start(), hit.end())?;
            Some(Hit { party, role, span })
        });
        let words = || words.get_or_init(|| Words::new(sentence));
        hits.filter(|hit| words().hold(hit.span)).collect()
    }
}

/// A text made comparable: accents split off their letters, apostrophes and hyphens of one kind,
/// runs of white space one blank, invisible characters left out.
struct Folded {
    text: String,
    /// For every byte of `text`, the bytes of the original that it came from.
    origins: Vec<ByteSpan>,
}

impl Folded {
    fn new(original: &str, case: Case) -> Self {
        let mut folded = Self {
            text: String::with_capacity(original.len()),
            origins: Vec::with_capacity(original.len()),
        };
        for (start, c) in original.char_indices() {
            let origin = ByteSpan::new(start, start + c.len_utf8());
            match c {
                _ if is_invisible(c) => {}
                '’' | '‘' | '‛' | 'ʼ' | '`' | '´' | '′' => folded.push('\'', origin),
                '\u{2010}'..='\u{2013}' => folded.push('-', origin),
                _ if c.is_whitespace() => folded.push_blank(origin),
                _ if case == Case::Ignored => c
                    .to_lowercase()
                    .for_each(|c| decompose_canonical(c, |c| folded.push(c, origin))),
                _ => decompose_canonical(c, |c| folded.push(c, origin)),
            }
        }
        folded
    }

    fn push(&mut self, c: char, origin: ByteSpan) {
        self.text.push(c);
        self.origins.resize(self.text.len(), origin);
    }

    fn push_blank(&mut self, origin: ByteSpan) {
        match self.origins.last_mut() {
            Some(last) if self.text.ends_with(' ') => last.end = origin.end,
            _ => self.push(' ', origin),
        }
    }

    /// Where the folded bytes `start..end` came from, unless they begin or end inside a character.
    fn origin(&self, start: usize, end: usize) -> Option<ByteSpan> {
        let (first, last) = (
            self.origins.get(start)?,
            self.origins.get(end.checked_sub(1)?)?,
        );
        let torn =
            |left: Option<&ByteSpan>, right: Option<&ByteSpan>| left.is_some() && left == right;
        let torn_before = start > 0 && torn(self.origins.get(start - 1), Some(first));
        let torn_after = torn(Some(last), self.origins.get(end));
        (!torn_before && !torn_after).then(|| ByteSpan::new(first.start, last.end))
    }
}

/// Where the words of a sentence begin and end, by UAX 29.
struct Words<'s> {
    sentence: &'s str,
    /// In ascending order, both ends of the sentence among them.
    boundaries: Vec<usize>,
}

impl<'s> Words<'s> {
    fn new(sentence: &'s str) -> Self {
        let boundaries = sentence
            .split_word_bound_indices()
            .map(|(at, _)| at)
            .chain([sentence.len()])
            .collect();
        Self {
            sentence,
            boundaries,
        }
    }

    /// Whether `span` begins and ends with a word.
    fn hold(&self, span: ByteSpan) -> bool {
        self.begins(span.start) && self.ends(span.end)
    }

    fn begins(&self, at: usize) -> bool {
        self.is_boundary(at) || self.sentence[..at].ends_with(joining_punctuation)
    }

    fn ends(&self, at: usize) -> bool {
        // UAX 29 takes what is invisible behind a word as part of it.
        let rest = self.sentence[at..].trim_start_matches(is_invisible);
        let at = self.sentence.len() - rest.len();
        self.is_boundary(at) || rest.starts_with(joining_punctuation) || self.is_clitic(rest, at)
    }

    fn is_boundary(&self, at: usize) -> bool {
        self.boundaries.binary_search(&at).is_ok()
    }

    /// Whether `rest`, which begins at byte `at`, opens with a possessive or a contraction: UAX 29
    /// takes "Israel's" as one word.
    fn is_clitic(&self, rest: &str, at: usize) -> bool {
        let Some(letters) = rest.strip_prefix(['\'', '’', '‘', 'ʼ', '`', '´', '′']) else {
            return false;
        };
        let apostrophe = rest.len() - letters.len();
        ["s", "S", "ll", "d", "ve", "re", "m"].iter().any(|clitic| {
            letters.starts_with(clitic) && self.is_boundary(at + apostrophe + clitic.len())
        })
    }
}

/// Soft hyphen, zero-width space, word joiner, byte order mark, and what turns the direction of
/// writing: a name that is copied from a page may bring them along.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// Punctuation that UAX 29 keeps inside a word, as in "Hamas.Israel" after a lost blank.
fn joining_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() && c != '\''
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn party(name: &str, aliases: &[&str], exclude: &[&str]) -> Party {
        Party {
            name: name.to_owned(),
            kind: None,
            aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
            exclude: exclude.iter().map(|&phrase| phrase.to_owned()).collect(),
            pronouns: None,
        }
    }

    /// The mentions in `sentence`, as `party: words`.
    fn named(parties: &[Party], sentence: &str) -> Vec<String> {
        Aliases::new(parties)
            .find(sentence)
            .mentions
            .iter()
            .map(|(id, span)| format!("{}: {}", parties[id.0].name, span.of(sentence)))
            .collect()
    }

    #[test]
    fn the_longest_alias_wins() {
        let parties = [
            party("Israel", &[], &[]),
            party("Bank of Israel", &["Israel Bank"], &[]),
            party("State Department", &["Department"], &[]),
        ];
        assert_eq!(
            named(
                &parties,
                "The Bank of Israel and Israel met the State Department."
            ),
            [
                "Bank of Israel: Bank of Israel",
                "Israel: Israel",
                "State Department: State Department"
            ]
        );
    }

    #[test]
    fn a_possessive_is_left_out_of_the_mention() {
        let parties = [party("Israel", &[], &[]), party("Hamas", &[], &[])];
        for sentence in [
            "Israel's plan and Hamas' reply.",
            "Israel’s plan and Hamas’ reply.",
            "ISRAEL? Israel'll see; Hamas’s reply",
        ] {
            assert_eq!(
                named(&parties, sentence),
                ["Israel: Israel", "Hamas: Hamas"],
                "{sentence}"
            );
        }
    }

    #[test]
    fn a_word_that_only_begins_like_an_alias_is_no_mention() {
        let parties = [
            party("Israel", &[], &[]),
            party("Democrat", &[], &[]),
            party("Neill", &[], &[]),
            party("US", &[], &[]),
        ];
        for sentence in [
            "Israelis voted for Democrats.",
            "Mr. O’Neill and Mr. O'Neill",
            "It told us about the USA and the U.S.A.",
            "Usher",
        ] {
            assert_eq!(named(&parties, sentence), [""; 0], "{sentence}");
        }
    }

    #[test]
    fn a_hyphenated_compound_names_both() {
        let parties = [party("Israel", &[], &[]), party("Hamas", &[], &[])];
        for sentence in ["the Israel-Hamas conflict", "the Israel–Hamas conflict"] {
            assert_eq!(
                named(&parties, sentence),
                ["Israel: Israel", "Hamas: Hamas"]
            );
        }
        assert_eq!(named(&parties, "anti-Israel"), ["Israel: Israel"]);
    }

    #[test]
    fn case_counts_only_where_the_alias_has_capitals() {
        let parties = [
            party("US", &[], &[]),
            party("Voters", &["voters", "élus"], &[]),
        ];
        assert_eq!(
            named(
                &parties,
                "Tell us: VOTERS, Voters, voters of the US, and ÉLUS."
            ),
            [
                "Voters: VOTERS",
                "Voters: Voters",
                "Voters: voters",
                "US: US",
                "Voters: ÉLUS"
            ]
        );
    }

    #[test]
    fn apostrophes_blanks_hyphens_and_accents_of_any_kind_match() {
        let parties = [
            party("Sean O'Neill", &[], &[]),
            party("al-Shabaab", &[], &[]),
            party("José", &[], &[]),
        ];
        assert_eq!(
            named(
                &parties,
                "Sean\r\nO’Neill, al\u{2011}Sha\u{ad}baab and Jose\u{301}; Jose."
            ),
            [
                "Sean O'Neill: Sean\r\nO’Neill",
                "al-Shabaab: al\u{2011}Sha\u{ad}baab",
                "José: Jose\u{301}"
            ]
        );
        assert_eq!(
            named(&[party("Jose", &[], &[])], "José, Jose\u{301}"),
            [""; 0]
        );
    }

    #[test]
    fn invisible_characters_around_an_alias_do_not_count() {
        let parties = [party("Hamas \u{200b}", &["\u{feff} the group"], &[])];
        assert_eq!(
            named(&parties, "Hamas and The group."),
            ["Hamas \u{200b}: Hamas", "Hamas \u{200b}: The group"]
        );
        let copied = [party("\u{202b}Israel\u{200f}", &[], &[])];
        assert_eq!(named(&copied, "Israel").len(), 1);
        for sentence in [
            "Hamas\u{feff} left.",
            "Hamas\u{2060}’s men left.",
            "\u{feff}Hamas left.",
        ] {
            assert_eq!(
                named(&parties, sentence),
                ["Hamas \u{200b}: Hamas"],
                "{sentence:?}"
            );
        }
        for sentence in ["Hamas\u{ad}ian", "x\u{feff}Hamas"] {
            assert_eq!(named(&parties, sentence), [""; 0], "{sentence:?}");
        }
    }

    #[test]
    fn an_exclude_phrase_hides_only_the_aliases_of_its_party() {
        let parties = [
            party("Antony Blinken", &["Blinken"], &["Blinken Foundation"]),
            party("Foundation", &[], &[]),
        ];
        assert_eq!(
            named(&parties, "The Blinken Foundation thanked Blinken."),
            ["Foundation: Foundation", "Antony Blinken: Blinken"]
        );
    }

    #[test]
    fn abbreviations_and_lost_blanks_end_a_mention() {
        let parties = [party("U.S.", &[], &[]), party("Hamas", &[], &[])];
        assert_eq!(
            named(
                &parties,
                "The U.S. left.Hamas.Then the U.S.-led force, _Hamas_."
            ),
            ["U.S.: U.S.", "Hamas: Hamas", "U.S.: U.S.", "Hamas: Hamas"]
        );
    }

    #[test]
    fn a_hundred_thousand_aliases_are_ready_at_once() {
        // An automaton whose states are moved about as it is built takes many seconds for these.
        let aliases: Vec<_> = (0..100_000).map(|number| format!("Name{number}")).collect();
        let aliases: Vec<_> = aliases.iter().map(String::as_str).collect();
        let parties = [party("All", &aliases, &[])];
        assert_eq!(
            named(&parties, "Name77777 met Name777777."),
            ["All: Name77777"]
        );
    }

    #[test]
    fn a_sentence_as_long_as_an_article_has_all_its_mentions() {
        // With each alias held against each other this would not come back for minutes.
        let parties = [party("Blinken", &["B"], &["B Street"])];
        let found = Aliases::new(&parties).find(&"Blinken B Street ".repeat(100_000));
        assert_eq!(found.mentions.len(), 100_000);
        assert_eq!(found.excluded.len(), 100_000);
    }

    proptest! {
        #[test]
        fn mentions_are_ordered_apart_and_fold_to_an_alias(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "Israel", "israel", "O’Neill", "Bank of Israel", "é", "e\u{301}", " ", "\n", "'s",
                    "-", ".", "👩‍🚀", "ש", "漢", "x",
                ]),
                0..30,
            )
        ) {
            let sentence: String = pieces.concat();
            let parties = [
                party("Israel", &["O'Neill"], &[]),
                party("Bank of Israel", &["é", "漢"], &["Israel Israel"]),
            ];
            let mut last = 0;
            for (id, span) in Aliases::new(&parties).find(&sentence).mentions {
                prop_assert!(span.start >= last && !span.is_empty());
                last = span.end;
                let owner = &parties[id.0];
                let words = Folded::new(span.of(&sentence), Case::Ignored).text;
                prop_assert!([&owner.name].into_iter().chain(&owner.aliases)
                    .any(|alias| Folded::new(alias, Case::Ignored).text == words));
            }
        }
    }
}
