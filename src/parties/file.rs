//! Reading the parties file, and refusing one that cannot mean what it says.
//!
//! TOML and CSV become the same list of entries, each word with its line, so that both are checked
//! alike and every message can name the place.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use toml::Spanned;
use unicode_normalization::char::is_combining_mark;

use super::{Kind, Party, Pronouns, alias};
use crate::checksum::sha256;
use crate::error::{Error, Result};

/// The parties in the file at `path`, and its SHA-256.
pub(super) fn read(path: &Path) -> Result<(Vec<Party>, String)> {
    let bytes = std::fs::read(path).map_err(Error::read(path))?;
    let checksum = sha256(&bytes);
    let text = String::from_utf8(bytes)
        .map_err(|_| refusal(path, None, "the file is not UTF-8: save it as UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}');
    let is_csv = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let entries = if is_csv {
        from_csv(path, text)?
    } else {
        from_toml(path, text)?
    };
    if entries.is_empty() {
        return Err(refusal(
            path,
            None,
            "there is no party in it: a party begins with [[party]] and has a name",
        ));
    }
    check(path, &entries)?;
    let parties = entries.into_iter().map(Entry::into_party).collect();
    Ok((parties, checksum))
}

/// A party as the file has it.
struct Entry {
    name: Word,
    kind: Option<Kind>,
    aliases: Vec<Word>,
    exclude: Vec<Word>,
    pronouns: Option<Pronouns>,
}

/// A name, alias or phrase, and its line from 1.
struct Word {
    text: String,
    line: usize,
}

impl Word {
    /// Line breaks and other runs of blanks are one blank, as where a name is looked for.
    fn new(text: &str, line: usize) -> Self {
        let words: Vec<_> = text.split_whitespace().collect();
        Self {
            text: words.join(" "),
            line,
        }
    }
}

impl Entry {
    fn names(&self) -> impl Iterator<Item = &Word> {
        [&self.name].into_iter().chain(&self.aliases)
    }

    fn into_party(self) -> Party {
        let texts = |words: Vec<Word>| words.into_iter().map(|word| word.text).collect();
        Party {
            name: self.name.text,
            kind: self.kind,
            aliases: texts(self.aliases),
            exclude: texts(self.exclude),
            pronouns: self.pronouns,
        }
    }
}

fn refusal(path: &Path, line: Option<usize>, reason: impl Into<String>) -> Error {
    Error::Parties {
        path: path.to_owned(),
        line,
        reason: reason.into(),
    }
}

fn from_toml(path: &Path, text: &str) -> Result<Vec<Entry>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        party: Vec<Table>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Table {
        name: Spanned<String>,
        kind: Option<Kind>,
        #[serde(default)]
        aliases: Vec<Spanned<String>>,
        #[serde(default)]
        exclude: Vec<Spanned<String>>,
        pronouns: Option<Pronouns>,
    }

    let line_ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let line = |span: Range<usize>| line_ends.partition_point(|end| *end < span.start) + 1;
    let word = |spanned: Spanned<String>| Word::new(spanned.get_ref(), line(spanned.span()));
    let words = |spanned: Vec<Spanned<String>>| spanned.into_iter().map(word).collect();
    let file: File = toml::from_str(text)
        .map_err(|error| refusal(path, error.span().map(line), error.message()))?;
    let entries = file.party.into_iter().map(|table| Entry {
        name: word(table.name),
        kind: table.kind,
        aliases: words(table.aliases),
        exclude: words(table.exclude),
        pronouns: table.pronouns,
    });
    Ok(entries.collect())
}

/// The columns of the CSV form; `aliases` and `exclude` have `;` between their words.
const CSV_COLUMNS: [&str; 5] = ["name", "kind", "aliases", "exclude", "pronouns"];

fn from_csv(path: &Path, text: &str) -> Result<Vec<Entry>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let malformed = |error: csv::Error| {
        let line = error.position().map(|position| position.line() as usize);
        refusal(path, line, format!("not a CSV record: {error}"))
    };
    let header = reader.headers().map_err(malformed)?.clone();
    if let Some(unknown) = header.iter().find(|name| !CSV_COLUMNS.contains(name)) {
        let known = CSV_COLUMNS.join(", ");
        let reason = format!("unknown column `{unknown}`; a parties file has the columns {known}");
        return Err(refusal(path, Some(1), reason));
    }
    if !header.iter().any(|name| name == "name") {
        return Err(refusal(path, Some(1), "there is no column `name`"));
    }
    let mut entries = Vec::new();
    for record in reader.records() {
        let record = record.map_err(malformed)?;
        let line = record.position().map_or(0, |at| at.line() as usize);
        let cell = |column: &str| {
            let index = header.iter().position(|name| name == column);
            index
                .and_then(|index| record.get(index))
                .unwrap_or_default()
        };
        let word = |text: &str| Word::new(text, line);
        let words = |column: &str| match cell(column) {
            "" => Vec::new(),
            list => list.split(';').map(word).collect(),
        };
        let bad_word = |error: ValueError| refusal(path, Some(line), error.to_string());
        entries.push(Entry {
            name: word(cell("name")),
            kind: keyword(cell("kind")).map_err(bad_word)?,
            aliases: words("aliases"),
            exclude: words("exclude"),
            pronouns: keyword(cell("pronouns")).map_err(bad_word)?,
        });
    }
    Ok(entries)
}

/// One of an enum's words, as in TOML; an empty cell is none.
fn keyword<'c, T: Deserialize<'c>>(cell: &'c str) -> std::result::Result<Option<T>, ValueError> {
    let word: StrDeserializer<'c, ValueError> = cell.into_deserializer();
    (!cell.is_empty()).then(|| T::deserialize(word)).transpose()
}

/// Refuses empty words, a party that stands twice, and an alias of two parties.
fn check(path: &Path, entries: &[Entry]) -> Result<()> {
    let words = entries
        .iter()
        .map(|entry| entry.names().count() + entry.exclude.len());
    if words.sum::<usize>() > alias::MOST {
        let reason = format!("more than {} aliases: take some out", alias::MOST);
        return Err(refusal(path, None, reason));
    }
    let mut names: HashMap<&str, usize> = HashMap::new();
    // By key in any case, since an alias without capitals matches in any case.
    let mut owners: HashMap<String, Vec<(&Entry, &Word)>> = HashMap::new();
    for entry in entries {
        for word in entry.names().chain(&entry.exclude) {
            check_word(path, word)?;
        }
        if let Some(first) = names.insert(&entry.name.text, entry.name.line) {
            let reason = format!(
                "the party `{}` stands on line {first} already: join the two",
                entry.name.text
            );
            return Err(refusal(path, Some(entry.name.line), reason));
        }
        let mut seen = HashSet::new();
        for word in entry.names().filter(|word| seen.insert(&word.text)) {
            let others = owners
                .entry(alias::key(&word.text.to_lowercase()))
                .or_default();
            let rival = others.iter().find(|(owner, other)| {
                owner.name.text != entry.name.text && clash(&other.text, &word.text)
            });
            if let Some((owner, other)) = rival {
                let reason = format!(
                    "the alias `{}` of `{}` also names `{}` (line {}): an alias can mean one party only",
                    word.text, entry.name.text, owner.name.text, other.line
                );
                return Err(refusal(path, Some(word.line), reason));
            }
            others.push((entry, word));
        }
    }
    Ok(())
}

fn check_word(path: &Path, word: &Word) -> Result<()> {
    let text = &word.text;
    let reason = if text.is_empty() {
        "an empty name, alias or exclude phrase: take it out".to_owned()
    } else if text.contains(char::is_control) {
        let shown = text.replace(char::is_control, "\u{FFFD}");
        format!("`{shown}` has a control character in it: take that out")
    } else if !text.chars().any(char::is_alphanumeric) {
        format!("`{text}` has no letter or digit, so it names nobody")
    } else if alias::key(text).starts_with(is_combining_mark) {
        format!("`{text}` begins with an accent on no letter: take that out")
    } else {
        return Ok(());
    };
    Err(refusal(path, Some(word.line), reason))
}

/// Whether two aliases, equal but for their case, can match the same text.
fn clash(one: &str, other: &str) -> bool {
    !alias::is_cased(one) || !alias::is_cased(other) || alias::key(one) == alias::key(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(name: &str, text: &str) -> std::result::Result<Vec<Party>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let shown = |error: Error| error.to_string().replace(path.to_str().unwrap(), name);
        read(&path).map(|(parties, _)| parties).map_err(shown)
    }

    #[test]
    fn toml_and_csv_say_the_same() {
        let toml = load(
            "parties.toml",
            r#"
            [[party]]
            name = "Antony Blinken"
            kind = "person"
            aliases = ["Blinken", "Secretary of State"]
            exclude = ["Blinken Foundation"]
            pronouns = "he"

            [[party]]
            name = "Hamas"
            "#,
        );
        let csv = load(
            "parties.csv",
            "\u{feff}name,kind,aliases,exclude,pronouns\r\n\
             Antony Blinken,person,Blinken; Secretary of State,Blinken Foundation,he\r\n\
             Hamas,,,,\r\n",
        );
        assert_eq!(toml, csv);
        assert_eq!(toml.unwrap()[0].aliases, ["Blinken", "Secretary of State"]);
    }

    #[test]
    fn a_file_that_cannot_be_meant_is_refused_with_its_lines() {
        let refused = |name: &str, text: &str| load(name, text).unwrap_err();
        insta::assert_snapshot!(refused(
            "p.toml",
            "[[party]]\nname = \"A\"\naliases = [\"X\"]\n[[party]]\nname = \"B\"\naliases = [\n \"Y\",\n \"x\"]\n"
        ), @"p.toml, line 8: the alias `x` of `B` also names `A` (line 3): an alias can mean one party only");
        insta::assert_snapshot!(refused(
            "p.toml",
            "[[party]]\nname = \"A\"\n[[party]]\nname = \"A\"\n"
        ), @"p.toml, line 4: the party `A` stands on line 2 already: join the two");
        insta::assert_snapshot!(refused(
            "p.toml",
            "[[party]]\nname = \"A\"\naliases = [\"ok\",\n\" \"]\n"
        ), @"p.toml, line 4: an empty name, alias or exclude phrase: take it out");
        insta::assert_snapshot!(refused(
            "p.csv",
            "name,aliases\nA,X;Y\nB,Z;;W\n"
        ), @"p.csv, line 3: an empty name, alias or exclude phrase: take it out");
        insta::assert_snapshot!(refused(
            "p.csv",
            "name,aliases\nA,X;Y\nB,Y\n"
        ), @"p.csv, line 3: the alias `Y` of `B` also names `A` (line 2): an alias can mean one party only");
        insta::assert_snapshot!(refused("p.csv", "name,alias\nA,X\n"),
            @"p.csv, line 1: unknown column `alias`; a parties file has the columns name, kind, aliases, exclude, pronouns");
        insta::assert_snapshot!(refused("p.csv", "name,kind\nA,human\n"),
            @"p.csv, line 2: unknown variant `human`, expected one of `person`, `organisation`, `place`, `group`");
        insta::assert_snapshot!(refused("p.toml", "[[party]]\nname = \"A\"\nalias = [\"X\"]\n"),
            @"p.toml, line 3: unknown field `alias`, expected one of `name`, `kind`, `aliases`, `exclude`, `pronouns`");
        insta::assert_snapshot!(refused("p.toml", "[[party]\n"), @"p.toml, line 1: unclosed array table, expected `]`");
        insta::assert_snapshot!(refused("p.toml", "# nobody\n"),
            @"p.toml: there is no party in it: a party begins with [[party]] and has a name");
        insta::assert_snapshot!(refused("p.toml", "[[party]]\nname = \"!\"\n"),
            @"p.toml, line 2: `!` has no letter or digit, so it names nobody");
        insta::assert_snapshot!(refused("p.csv", "name,aliases\nA,\u{301}e\n"),
            @"p.csv, line 2: `́e` begins with an accent on no letter: take that out");
        insta::assert_snapshot!(refused("p.csv", "name,aliases\nA,B\0C\n"),
            @"p.csv, line 2: `B�C` has a control character in it: take that out");
    }

    #[test]
    fn a_name_over_two_lines_is_one_name() {
        let parties = load(
            "p.csv",
            "name,aliases\n\"Milena\r\n Adeyemi\",the\u{a0}chief\n",
        )
        .unwrap();
        assert_eq!(parties[0].name, "Milena Adeyemi");
        assert_eq!(parties[0].aliases, ["the chief"]);
    }

    #[test]
    fn two_spellings_that_differ_in_case_may_name_two_parties() {
        assert!(
            load(
                "p.toml",
                "[[party]]\nname = \"US\"\n[[party]]\nname = \"Us\"\n"
            )
            .is_ok()
        );
        assert!(
            load(
                "p.toml",
                "[[party]]\nname = \"US\"\n[[party]]\nname = \"us\"\n"
            )
            .is_err()
        );
    }

    #[test]
    fn a_party_may_have_ever_so_many_aliases_and_one_of_them_ever_so_often() {
        // With the lines before each alias counted anew this would not come back for minutes.
        let aliases: String = (0..100_000)
            .map(|n| format!("\"X{n}\",\n\"x\",\n"))
            .collect();
        let file = format!("[[party]]\nname = \"A\"\naliases = [\n{aliases}]\n");
        assert_eq!(load("p.toml", &file).unwrap()[0].aliases.len(), 200_000);
        let refused = load("p.toml", &format!("{file}[[party]]\nname = \"X99999\"\n"));
        assert_eq!(
            refused.unwrap_err(),
            "p.toml, line 200006: the alias `X99999` of `X99999` also names `A` (line 200002): an alias can mean one party only"
        );
    }
}
