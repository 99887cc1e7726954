//! A parties file suggested from a collection: the names that it brings most often, with their short
//! forms and acronyms, their kinds guessed.
//!
//! Within an article the cast of [`mention`] tells that "Johnson" is Boris Johnson; across
//! articles the fullest name counts, and a family name alone goes to whoever bears it most often.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;

use crate::mention::{self, Links, Referent, is_organisation, is_people, is_place, is_thing};
use crate::parties::{Kind, Parties, Pronouns};
use crate::segment::segment;
use crate::speech;
use crate::word::is_capitals;

/// A form counts as an alias if it is at least this share of its group’s mentions.
const ALIAS_SHARE: f64 = 0.01;

/// How much more often a family name must be one person’s than all others’, to be theirs alone.
const SURNAME_SHARE: u64 = 3;

/// The names of a collection, as far as it has been read.
#[derive(Default)]
pub struct Suggestions {
    groups: BTreeMap<String, Group>,
    /// Acronyms that brackets gave to a name, and how often.
    acronyms: HashMap<String, HashMap<String, u64>>,
    articles: u64,
}

/// Everything that goes by one name.
#[derive(Debug, Clone, Default)]
struct Group {
    mentions: u64,
    /// The articles that name it, by their numbers.
    articles: BTreeSet<u64>,
    /// How the name stands in the text, each with its count.
    forms: BTreeMap<String, u64>,
    kinds: [u64; 3],
    /// The mentions that could tell of a kind: no acronyms.
    telling: u64,
    he: u64,
    she: u64,
    /// The first sentence that names it.
    example: String,
}

impl Group {
    fn kind(&self) -> Option<Kind> {
        let kinds = [Kind::Person, Kind::Organisation, Kind::Place];
        let known: u64 = self.kinds.iter().sum();
        if known == 0 && self.forms.keys().all(|form| is_capitals(form)) {
            return Some(Kind::Organisation);
        }
        let best = (0..3).max_by_key(|&kind| (self.kinds[kind], 3 - kind))?;
        (self.kinds[best] * 2 > known && known * 4 > self.telling).then_some(kinds[best])
    }

    fn pronouns(&self) -> Option<Pronouns> {
        match self.kind()? {
            Kind::Person if self.he > 4 * self.she => Some(Pronouns::He),
            Kind::Person if self.she > 4 * self.he => Some(Pronouns::She),
            _ => None,
        }
    }

    fn join(&mut self, other: Self) {
        self.mentions += other.mentions;
        self.articles.extend(other.articles);
        for (form, times) in other.forms {
            *self.forms.entry(form).or_default() += times;
        }
        for (kind, times) in self.kinds.iter_mut().zip(other.kinds) {
            *kind += times;
        }
        self.telling += other.telling;
        self.he += other.he;
        self.she += other.she;
    }
}

impl Suggestions {
    /// Takes in the names of an article’s text; how many sentences it has.
    pub fn read(&mut self, text: &str) -> u64 {
        self.articles += 1;
        let sentences = segment(text);
        let quotations = speech::read(text, &sentences).quotations;
        let linked = mention::link(text, &sentences, &quotations, &Parties::none(), Links::All);
        for referent in &linked.referents {
            let name = plain(&referent.name);
            // “((WN)) How rare is it …” marks who asks in an interview.
            let is_mark = text[..referent.span.start].ends_with("((");
            if name.chars().count() < 2 || is_nobody(&name) || is_mark {
                continue;
            }
            let group = self.groups.entry(name.clone()).or_default();
            group.articles.insert(self.articles);
            count(group, referent, text);
            if group.example.is_empty() {
                let sentence = sentences
                    .iter()
                    .find(|sentence| sentence.overlaps(&referent.span));
                group.example =
                    sentence.map_or(String::new(), |sentence| shortened(sentence.of(text)));
            }
            if let Some(acronym) = acronym_behind(text, referent.span.end, &name) {
                *self
                    .acronyms
                    .entry(acronym)
                    .or_default()
                    .entry(name)
                    .or_default() += 1;
            }
        }
        sentences.len() as u64
    }

    /// The `most` names that are named in most articles, as a parties file in TOML with comments.
    pub fn parties_file(self, most: usize) -> String {
        let articles = self.articles;
        let mut groups: Vec<(String, Group)> = self.joined().into_iter().collect();
        groups.sort_by(|(name, group), (other_name, other)| {
            let rank = |group: &Group| (group.articles.len(), group.mentions);
            rank(other)
                .cmp(&rank(group))
                .then_with(|| name.cmp(other_name))
        });
        groups.truncate(most);
        let aliases: Vec<Vec<String>> = groups
            .iter()
            .map(|(name, group)| aliases(name, group))
            .collect();
        let mut file = format!(
            "# The {} names that most of {articles} articles bring, suggested by slant parties. Strike out whom\n\
             # you do not ask about, and read the aliases: one that others share needs an exclude phrase.\n",
            groups.len()
        );
        for (index, (name, group)) in groups.iter().enumerate() {
            let own = unshared(index, &groups, &aliases);
            write_party(&mut file, name, group, &own);
        }
        file
    }

    /// The groups, short names and acronyms put to the full names that they stand for.
    fn joined(mut self) -> BTreeMap<String, Group> {
        for (acronym, names) in std::mem::take(&mut self.acronyms) {
            let Some((name, _)) = names
                .into_iter()
                .max_by_key(|(name, times)| (*times, name.clone()))
            else {
                continue;
            };
            self.join(&acronym, &name);
        }
        for (short, long) in [
            ("US", "United States"),
            ("U.S.", "United States"),
            ("USA", "United States"),
            ("United States of America", "United States"),
            ("UK", "United Kingdom"),
            ("U.K.", "United Kingdom"),
            ("EU", "European Union"),
            ("UN", "United Nations"),
            ("U.N.", "United Nations"),
        ] {
            self.join(short, long);
        }
        let names: Vec<String> = self.groups.keys().cloned().collect();
        for name in &names {
            if let Some(owner) = self.owner(name) {
                self.join(name, &owner);
            }
        }
        self.groups
    }

    /// Puts the group of `from` to that of `to`, if there are both.
    fn join(&mut self, from: &str, to: &str) {
        if from != to
            && self.groups.contains_key(to)
            && let Some(group) = self.groups.remove(from)
        {
            self.groups.entry(to.to_owned()).or_default().join(group);
        }
    }

    /// The fuller name that `name` is short for: “Trump” for Donald Trump, “Donald J. Trump” too.
    fn owner(&self, name: &str) -> Option<String> {
        let words: Vec<&str> = name.split_whitespace().collect();
        let (first, last) = (words.first()?, words.last()?);
        let group = self.groups.get(name)?;
        let lower = last.to_lowercase();
        if is_organisation(&lower) || is_place(&lower) || is_thing(&lower) {
            return None;
        }
        let mut bearers: Vec<(&String, u64)> = Vec::new();
        for (other, bearer) in self
            .groups
            .range::<String, _>(..)
            .filter(|(other, _)| *other != name)
        {
            let known: Vec<&str> = other.split_whitespace().collect();
            let is_bearer = matches!(bearer.kind(), Some(Kind::Person) | None)
                && known.len() > 1
                && known.last() == Some(last);
            let is_fuller = match words.len() {
                1 => known.len() == 2 || known.len() == 3,
                // Middle names and initials: the shorter of the two is the usual one.
                _ => {
                    known.first() == Some(first)
                        && known.len() < words.len()
                        && group.kind() != Some(Kind::Organisation)
                }
            };
            if is_bearer && is_fuller {
                bearers.push((other, bearer.mentions));
            }
        }
        bearers.sort_by_key(|(_, mentions)| std::cmp::Reverse(*mentions));
        let others: u64 = bearers.iter().skip(1).map(|(_, mentions)| mentions).sum();
        let (owner, mentions) = bearers.first()?;
        (*mentions >= SURNAME_SHARE * others).then(|| (*owner).clone())
    }
}

/// Adds a place to its group.
fn count(group: &mut Group, referent: &Referent, text: &str) {
    group.mentions += 1;
    if referent.is_name {
        *group
            .forms
            .entry(plain(referent.span.of(text)))
            .or_default() += 1;
    }
    // Capitals tell of no kind: “US” is a country, “WHO” an organisation.
    let is_acronym = is_capitals(referent.span.of(text));
    group.telling += u64::from(!is_acronym);
    match referent.kind.filter(|_| !is_acronym) {
        Some(Kind::Person) => group.kinds[0] += 1,
        Some(Kind::Organisation) => group.kinds[1] += 1,
        // “Civic Accord” has the word of a thing and is no place.
        Some(Kind::Place) if names_place(&referent.name) => group.kinds[2] += 1,
        _ => {}
    }
    group.he += u64::from(referent.pronouns == Some(Pronouns::He));
    group.she += u64::from(referent.pronouns == Some(Pronouns::She));
}

/// Whether the name has the name of a country or a city in it.
fn names_place(name: &str) -> bool {
    name.split_whitespace()
        .any(|word| is_place(&word.to_lowercase()))
}

/// A name with single blanks, without an article before it.
fn plain(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    name.strip_prefix("The ").unwrap_or(&name).to_owned()
}

/// Whether the name is no party: a people or a faith as an adjective, a letter, a number.
fn is_nobody(name: &str) -> bool {
    let lower = name.to_lowercase();
    is_people(&lower)
        || is_thing(&lower)
        || !name.chars().any(char::is_lowercase) && name.chars().count() < 2
}

/// The first words of a sentence, for a comment.
fn shortened(sentence: &str) -> String {
    const LONGEST: usize = 140;
    let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    match sentence.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", sentence[..end].trim_end()),
        None => sentence,
    }
}

/// The acronym in brackets behind a name that ends at byte `end`: “World Health Organization (WHO)”.
fn acronym_behind(text: &str, end: usize, name: &str) -> Option<String> {
    let (acronym, _) = text[end..].strip_prefix(" (")?.split_once(')')?;
    let is_acronym = is_capitals(acronym)
        && (2..=8).contains(&acronym.chars().count())
        && acronym.chars().all(char::is_alphanumeric);
    let is_long = name.split_whitespace().count() > 1;
    (is_acronym && is_long && acronym.chars().next() == name.chars().next())
        .then(|| acronym.to_owned())
}

/// The forms by which a party is to be found beside its name, the most frequent first. One that holds
/// another is found by that.
fn aliases(name: &str, group: &Group) -> Vec<String> {
    let least = (group.mentions as f64 * ALIAS_SHARE).max(2.0);
    let mut forms: Vec<(&String, u64)> = group
        .forms
        .iter()
        .map(|(form, times)| (form, *times))
        .filter(|(form, times)| *form != name && *times as f64 >= least && form.chars().count() > 1)
        .collect();
    forms.sort_by_key(|(form, times)| (form.split_whitespace().count(), std::cmp::Reverse(*times)));
    let mut aliases: Vec<String> = Vec::new();
    for (form, _) in forms {
        let holds = |alias: &String| contains_words(form, alias);
        let is_surname_or_plain = group.kind() != Some(Kind::Person)
            || name.ends_with(form.as_str())
            || form.contains(' ');
        if is_surname_or_plain && !aliases.iter().any(holds) && !contains_words(form, name) {
            aliases.push(form.clone());
        }
    }
    aliases
}

fn contains_words(form: &str, part: &str) -> bool {
    format!(" {form} ").contains(&format!(" {part} "))
}

/// The aliases of a group that mean no other group, unless that is far less frequent.
fn unshared(index: usize, groups: &[(String, Group)], aliases: &[Vec<String>]) -> Vec<String> {
    let is_free = |alias: &&String| {
        groups
            .iter()
            .zip(aliases)
            .enumerate()
            .all(|(other, ((name, _), forms))| {
                let lower = alias.to_lowercase();
                let shares = name.to_lowercase() == lower
                    || forms.iter().any(|form| form.to_lowercase() == lower);
                other == index || !shares || name.to_lowercase() != lower && other > index
            })
    };
    aliases[index].iter().filter(is_free).cloned().collect()
}

fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Appends a party to the file.
fn write_party(file: &mut String, name: &str, group: &Group, aliases: &[String]) {
    let quoted = |word: &String| toml::Value::String(word.clone()).to_string();
    let mut lines = format!(
        "\n# {} in {}: {}\n[[party]]\nname = {}\n",
        counted(group.mentions, "mention"),
        counted(group.articles.len() as u64, "article"),
        group.example,
        quoted(&name.to_owned())
    );
    if let Some(kind) = group.kind() {
        let kind = match kind {
            Kind::Person => "person",
            Kind::Organisation => "organisation",
            Kind::Place => "place",
            Kind::Group => "group",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "kind = \"{kind}\"");
    }
    if !aliases.is_empty() {
        let aliases: Vec<_> = aliases.iter().map(quoted).collect();
        let _ = writeln!(lines, "aliases = [{}]", aliases.join(", "));
    }
    match group.pronouns() {
        Some(Pronouns::He) => lines.push_str("pronouns = \"he\"\n"),
        Some(Pronouns::She) => lines.push_str("pronouns = \"she\"\n"),
        _ => {}
    }
    file.push_str(&lines);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(texts: &[&str]) -> String {
        let mut suggestions = Suggestions::default();
        for text in texts {
            suggestions.read(text);
        }
        suggestions.parties_file(10)
    }

    #[test]
    fn short_forms_and_acronyms_go_to_the_full_name() {
        let file = suggested(&[
            "President Maria Lopez met the World Health Organization (WHO) in Geneva. Lopez thanked the WHO.",
            "Lopez spoke. The WHO listened. Later Lopez left with the WHO.",
        ]);
        insta::assert_snapshot!(file, @r#"
        # The 3 names that most of 2 articles bring, suggested by slant parties. Strike out whom
        # you do not ask about, and read the aliases: one that others share needs an exclude phrase.

        # 5 mentions in 2 articles: President Maria Lopez met the World Health Organization (WHO) in Geneva.
        [[party]]
        name = "World Health Organization"
        kind = "organisation"
        aliases = ["WHO"]

        # 4 mentions in 2 articles: President Maria Lopez met the World Health Organization (WHO) in Geneva.
        [[party]]
        name = "Maria Lopez"
        kind = "person"
        aliases = ["Lopez"]
        pronouns = "she"

        # 1 mention in 1 article: President Maria Lopez met the World Health Organization (WHO) in Geneva.
        [[party]]
        name = "Geneva"
        kind = "place"
        "#);
    }

    #[test]
    fn a_family_name_of_two_goes_to_neither() {
        let file = suggested(&[
            "Maria Lopez met Juan Lopez. Maria Lopez left. Juan Lopez slept.",
            "Everybody praised Lopez. Then Lopez left.",
        ]);
        assert!(file.contains("name = \"Lopez\""), "{file}");
        assert!(!file.contains("aliases ="), "{file}");
    }

    #[test]
    fn the_file_is_one_that_score_takes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("parties.toml");
        let file = suggested(&[
            "Maria \"Mia\" Lopez met Mr. O'Neill of Lopez & Sons. The U.S. and US troops met NATO.",
            "Anna Lopez and Maria Lopez met the Bank of Japan; Lopez and O'Neill paid the Bank.",
        ]);
        std::fs::write(&path, &file).unwrap();
        let parties = Parties::load(&path)
            .map_err(|error| format!("{error}\n{file}"))
            .unwrap();
        assert!(parties.len() > 3);
    }
}
