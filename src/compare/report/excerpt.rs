//! The sentences behind a figure, cut to what a page can show, with the mention marked.

use std::collections::HashMap;

use super::super::{Comparison, Excerpt};
use super::shown::Shown;

/// How many sentences the page has room for.
const EXCERPTS: usize = 900;

/// The longest sentence that is shown whole, in characters.
const LONGEST: usize = 400;

/// What a group says of a party at its worst and at its best.
pub(super) struct Sides<'c> {
    pub(super) group: &'c str,
    pub(super) against: Vec<Quote<'c>>,
    pub(super) favor: Vec<Quote<'c>>,
}

/// A sentence, or what stands around its mention if it is long.
pub(super) struct Quote<'c> {
    pub(super) excerpt: &'c Excerpt,
    pub(super) before: &'c str,
    pub(super) mention: &'c str,
    pub(super) after: &'c str,
    pub(super) is_cut_before: bool,
    pub(super) is_cut_after: bool,
}

/// The excerpts of each party, as many of each side as there is room for.
pub(super) fn all<'c>(
    comparison: &'c Comparison,
    shown: &Shown<'c>,
) -> HashMap<&'c str, Vec<Sides<'c>>> {
    let pairs = shown.parties.len() * shown.groups.len();
    let each = (EXCERPTS / (2 * pairs).max(1)).max(1);
    let mut found: HashMap<(&str, &str, bool), Vec<Quote<'c>>> = HashMap::new();
    for excerpt in &comparison.excerpts {
        let side = (&excerpt.party[..], &excerpt.group[..], excerpt.in_favor);
        let side = found.entry(side).or_default();
        if side.len() < each {
            side.push(Quote::of(excerpt));
        }
    }
    let parties = shown.parties.iter().map(|&party| {
        let groups = shown.groups.iter().map(|&group| Sides {
            group,
            against: found.remove(&(party, group, false)).unwrap_or_default(),
            favor: found.remove(&(party, group, true)).unwrap_or_default(),
        });
        let groups = groups.filter(|sides| !sides.against.is_empty() || !sides.favor.is_empty());
        (party, groups.collect())
    });
    parties.collect()
}

impl<'c> Sides<'c> {
    /// Each side with its heading and the label that it stands for.
    pub(super) fn both(&self) -> [(&'static str, &'static str, &[Quote<'c>]); 2] {
        [
            ("Most against", "against", &self.against),
            ("Most in favor", "favor", &self.favor),
        ]
    }
}

impl<'c> Quote<'c> {
    fn of(excerpt: &'c Excerpt) -> Self {
        let text = excerpt.text.as_str();
        let range = excerpt.mention.clone();
        let (before, mention, after) = match text.get(range.clone()) {
            Some(mention) => (&text[..range.start], mention, &text[range.end..]),
            None => ("", "", text),
        };
        let (before, is_cut_before) = last_words(before, LONGEST / 2);
        let (mention, is_cut_within) = first_words(mention, LONGEST / 2);
        let room = LONGEST - before.chars().count().max(mention.chars().count());
        let (after, is_cut_after) = match is_cut_within {
            true => ("", true),
            false => first_words(after, room),
        };
        Self {
            excerpt,
            before,
            mention,
            after,
            is_cut_before,
            is_cut_after,
        }
    }

    /// The address of the article, if its id is one.
    pub(super) fn address(&self) -> Option<&'c str> {
        let id = self.excerpt.article.as_str();
        let has = |scheme: &str| {
            let start = id.get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        };
        (has("http://") || has("https://")).then_some(id)
    }

    /// What the article is called: by its title, else its id.
    pub(super) fn name(&self) -> &'c str {
        match self.excerpt.title.as_str() {
            "" => &self.excerpt.article,
            title => title,
        }
    }
}

/// The beginning of `text`, at most `longest` characters, up to a blank if there is one; whether that
/// leaves anything out.
fn first_words(text: &str, longest: usize) -> (&str, bool) {
    let Some((end, _)) = text.char_indices().nth(longest) else {
        return (text, false);
    };
    let kept = &text[..end];
    let kept = kept
        .rfind(char::is_whitespace)
        .map_or(kept, |blank| &kept[..blank]);
    (kept, true)
}

/// The end of `text`, at most `longest` characters, from a blank on if there is one; whether that leaves
/// anything out.
fn last_words(text: &str, longest: usize) -> (&str, bool) {
    let count = text.chars().count();
    if count <= longest {
        return (text, false);
    }
    let start = text.char_indices().nth(count - longest);
    let kept = start.map_or("", |(start, _)| &text[start..]);
    let kept = kept
        .split_once(char::is_whitespace)
        .map_or(kept, |(_, rest)| rest);
    (kept, true)
}
