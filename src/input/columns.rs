//! Which column of a table, or field of an object, holds what.

use super::files::InputFile;
use super::limits::Limits;
use super::{Article, Origin, Rejected, check_no_nul, check_text};

/// The columns the user names. What is left out is recognised by the usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// The text; else `text`, `body`, `content` or `article`.
    pub text: Option<String>,
    /// The id; else `id` or `url`.
    pub id: Option<String>,
    /// The source; else `source`, `outlet` or `publisher`.
    pub source: Option<String>,
    /// The date; else `date` or `published`.
    pub date: Option<String>,
    /// The title; else `title` or `headline`.
    pub title: Option<String>,
    /// Further columns to carry along, in this order.
    pub keep: Vec<String>,
}

/// What a column can hold, and the names it is recognised by, the most telling first.
struct Role {
    name: &'static str,
    known: &'static [&'static str],
}

const TEXT: Role = Role {
    name: "text",
    known: &["text", "body", "content", "article"],
};
const ID: Role = Role {
    name: "id",
    known: &["id", "url"],
};
const SOURCE: Role = Role {
    name: "source",
    known: &["source", "outlet", "publisher"],
};
const DATE: Role = Role {
    name: "date",
    known: &["date", "published"],
};
const TITLE: Role = Role {
    name: "title",
    known: &["title", "headline"],
};

impl Columns {
    /// Where the wanted columns stand in `header`. The error names the columns there are.
    pub(super) fn places(&self, header: &Header) -> Result<Places, String> {
        let text = header.find(&TEXT, &self.text)?.ok_or_else(|| {
            format!(
                "there is no {0} for the text ({1}); the {0}s are: {2}; say which with --text-column",
                header.kind.noun(),
                TEXT.known.join(", "),
                header.list()
            )
        })?;
        let keep = self.keep.iter().map(|name| header.kept(name));
        Ok(Places {
            text,
            id: header.find(&ID, &self.id)?,
            source: header.find(&SOURCE, &self.source)?,
            date: header.find(&DATE, &self.date)?,
            title: header.find(&TITLE, &self.title)?,
            keep: keep.collect::<Result<_, _>>()?,
        })
    }

    /// Whether `names` has a column for the text.
    pub(super) fn know_the_text_of(&self, names: &[String]) -> bool {
        let header = Header::new(Kind::Table, names.iter().map(String::as_str));
        matches!(header.find(&TEXT, &self.text), Ok(Some(_)))
    }
}

/// What the names of a header are names of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The columns of a table: every record has them all.
    Table,
    /// The fields of an object: each may have others.
    Object,
}

impl Kind {
    fn noun(self) -> &'static str {
        match self {
            Kind::Table => "column",
            Kind::Object => "field",
        }
    }
}

/// The names a record's values go by.
pub(super) struct Header<'n> {
    kind: Kind,
    names: Vec<&'n str>,
}

impl<'n> Header<'n> {
    /// A header of `names`; blanks around a name do not count.
    pub fn new(kind: Kind, names: impl Iterator<Item = &'n str>) -> Self {
        Self {
            kind,
            names: names.map(str::trim).collect(),
        }
    }

    /// The place of what has `role`: of the name given, which must exist, or of a known one.
    fn find(&self, role: &Role, given: &Option<String>) -> Result<Option<usize>, String> {
        let flag = format!("--{}-column", role.name);
        if let Some(name) = given {
            return match self.given(name, &flag)? {
                Some(at) => Ok(Some(at)),
                None => Err(self.missing(name, &flag)),
            };
        }
        for known in role.known {
            let found = self.only(known, &flag, |name| name.eq_ignore_ascii_case(known))?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The place of a column to carry along. An object may lack it, a table may not.
    fn kept(&self, name: &str) -> Result<Option<usize>, String> {
        match self.given(name, "--keep")? {
            None if self.kind == Kind::Table => Err(self.missing(name, "--keep")),
            found => Ok(found),
        }
    }

    /// The place of `name` as it is written or, failing that, in capitals or not.
    fn given(&self, name: &str, flag: &str) -> Result<Option<usize>, String> {
        let name = name.trim();
        let exact = self.only(name, flag, |column| column == name)?;
        match exact {
            Some(_) => Ok(exact),
            None => {
                let lower = name.to_lowercase();
                self.only(name, flag, |column| column.to_lowercase() == lower)
            }
        }
    }

    /// The one place whose name is `same`; more than one is an error, for which is meant is a guess.
    fn only(
        &self,
        wanted: &str,
        flag: &str,
        same: impl Fn(&str) -> bool,
    ) -> Result<Option<usize>, String> {
        let mut places = (0..self.names.len()).filter(|at| same(self.names[*at]));
        let first = places.next();
        match places.count() {
            0 => Ok(first),
            more => Err(format!(
                "{} {}s are named `{wanted}`; rename all but one, or name another with {flag}",
                more + 1,
                self.kind.noun()
            )),
        }
    }

    fn missing(&self, name: &str, flag: &str) -> String {
        let noun = self.kind.noun();
        let list = self.list();
        format!("there is no {noun} `{name}`; the {noun}s are: {list}; give {flag} one of these")
    }

    /// The names there are, made fit to print for a file that is no table but endless bytes.
    fn list(&self) -> String {
        const NAMES: usize = 30;
        const CHARS: usize = 60;
        let printable = |c: char| if c.is_control() { '\u{FFFD}' } else { c };
        let short = |name: &&str| name.chars().take(CHARS).map(printable).collect::<String>();
        let names: Vec<String> = self.names.iter().take(NAMES).map(short).collect();
        match self.names.len() {
            0 => "none".to_owned(),
            n if n > NAMES => format!("{} and {} more", names.join(", "), n - NAMES),
            _ => names.join(", "),
        }
    }
}

/// Where in a record the wanted values stand.
pub(super) struct Places {
    text: usize,
    id: Option<usize>,
    source: Option<usize>,
    date: Option<usize>,
    title: Option<usize>,
    keep: Vec<Option<usize>>,
}

impl Places {
    /// The places of what a web page is known to have, and of what else is to be kept of it.
    pub fn of_page(names: &[&str], columns: &Columns) -> Result<Self, String> {
        let header = Header::new(Kind::Object, names.iter().copied());
        let at = |name: &str| names.iter().position(|known| *known == name);
        let keep = columns.keep.iter().map(|name| header.kept(name));
        Ok(Self {
            text: at("text").ok_or("the page has no text")?,
            id: at("id"),
            source: at("source"),
            date: at("date"),
            title: at("title"),
            keep: keep.collect::<Result<_, _>>()?,
        })
    }

    /// The places among the wanted columns alone, and which those are, in the order of the table.
    pub fn renumbered(self) -> (Self, Vec<usize>) {
        let roles = [Some(self.text), self.id, self.source, self.date, self.title];
        let mut wanted: Vec<usize> = roles.iter().chain(&self.keep).copied().flatten().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let new = |at: usize| wanted.iter().position(|old| *old == at).unwrap_or_default();
        let places = Self {
            text: new(self.text),
            id: self.id.map(new),
            source: self.source.map(new),
            date: self.date.map(new),
            title: self.title.map(new),
            keep: self.keep.into_iter().map(|at| at.map(new)).collect(),
        };
        (places, wanted)
    }

    /// The article of the record `number` of `file`, on `line`; `value` gives what stands at a place.
    pub fn article(
        &self,
        file: &InputFile,
        (number, line): (u64, Option<u64>),
        value: impl Fn(usize) -> Result<String, String>,
        limits: Limits,
    ) -> Result<Article, Rejected> {
        self.read(file, file.origin(number, line), value, limits)
            .map_err(|reason| file.rejected_record(number, line, reason))
    }

    fn read(
        &self,
        file: &InputFile,
        origin: Origin,
        value: impl Fn(usize) -> Result<String, String>,
        limits: Limits,
    ) -> Result<Article, String> {
        let text = value(self.text)?;
        check_text(&text, limits)?;
        let clean = |role: &str, place: Option<usize>| {
            let value = place.map(&value).transpose()?;
            check_no_nul(role, value.as_deref().unwrap_or_default())?;
            Ok::<_, String>(value)
        };
        let id = clean("id", self.id)?.filter(|id| !id.trim().is_empty());
        let kept = self.keep.iter().map(|place| clean("kept column", *place));
        Ok(Article {
            id: id
                .unwrap_or_else(|| format!("{}:{}", file.name, origin.record.unwrap_or_default())),
            source: clean("source", self.source)?.unwrap_or_else(|| file.folder.clone()),
            date: clean("date", self.date)?.unwrap_or_default(),
            title: clean("title", self.title)?.unwrap_or_default(),
            text,
            kept: kept
                .map(|kept| Ok(kept?.unwrap_or_default()))
                .collect::<Result<_, String>>()?,
            origin,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{read, read_with};
    use super::*;

    fn text_column(name: &str) -> Columns {
        Columns {
            text: Some(name.to_owned()),
            ..Columns::default()
        }
    }

    #[test]
    fn columns_are_recognised_in_capitals_between_blanks_and_in_order_of_preference() {
        let header = "article, Body ,URL,Publisher,OUTLET,published,Headline\n";
        let (found, _) = read(
            "a.csv",
            format!("{header}no,Yes.,u,p,o,2020,H\n").as_bytes(),
        );
        let article = &found[0];
        assert_eq!(article.text, "Yes.");
        assert_eq!(article.id, "u");
        assert_eq!(article.source, "o");
        assert_eq!(article.date, "2020");
        assert_eq!(article.title, "H");
    }

    #[test]
    fn what_is_absent_is_empty_and_the_id_is_made_from_the_record() {
        let (found, _) = read("export.csv", b"text,id\na,\nb,x\nc,  \n");
        let ids: Vec<_> = found.iter().map(|article| &article.id[..]).collect();
        assert_eq!(ids, ["export:1", "x", "export:3"]);
        assert_eq!((&found[0].date[..], &found[0].title[..]), ("", ""));
    }

    #[test]
    fn a_given_column_is_taken_as_written_before_capitals_are_overlooked() {
        let table = b"STORY,story,Lead\nupper,lower,lead\n";
        let text = |name| {
            read_with("a.csv", table, text_column(name)).0[0]
                .text
                .clone()
        };
        assert_eq!(text("story"), "lower");
        assert_eq!(text("STORY"), "upper");
        assert_eq!(text("LEAD"), "lead");
        let (_, rejected) = read_with("a.csv", table, text_column("Story"));
        assert!(rejected[0].contains("2 columns are named `Story`"));
    }

    #[test]
    fn a_given_column_that_is_not_there_refuses_the_file_and_names_the_columns() {
        let (found, rejected) = read_with("a.csv", b"a,text\n1,2\n", text_column("foo"));
        assert!(found.is_empty());
        assert_eq!(
            rejected,
            [
                "a.csv: there is no column `foo`; the columns are: a, text; \
              give --text-column one of these"
            ]
        );
    }

    #[test]
    fn a_text_column_that_is_there_twice_is_no_guess() {
        let (found, rejected) = read("a.csv", b"text,Text\n1,2\n");
        assert!(found.is_empty());
        assert_eq!(
            rejected,
            ["a.csv: 2 columns are named `text`; rename all but one, \
              or name another with --text-column"]
        );
    }

    #[test]
    fn kept_columns_come_in_the_order_asked_and_a_table_must_have_them() {
        let keep = |names: &[&str]| Columns {
            keep: names.iter().map(|name| name.to_string()).collect(),
            ..Columns::default()
        };
        let table = b"text,a,b\nT,1,2\n";
        let (found, _) = read_with("a.csv", table, keep(&["b", "A"]));
        assert_eq!(found[0].kept, ["2", "1"]);
        let (_, rejected) = read_with("a.csv", table, keep(&["c"]));
        assert_eq!(
            rejected,
            [
                "a.csv: there is no column `c`; the columns are: text, a, b; give --keep one of these"
            ]
        );
        let (found, _) = read_with("a.jsonl", b"{\"text\": \"T\", \"b\": 2}", keep(&["c", "b"]));
        assert_eq!(found[0].kept, ["", "2"]);
        let (found, _) = read_with("a.txt", b"T", keep(&["c"]));
        assert_eq!(found[0].kept, [""]);
    }

    #[test]
    fn a_message_about_columns_is_fit_for_a_terminal() {
        let header = format!("\u{1B}[2J{}\n", "x,".repeat(500));
        let (_, rejected) = read("a.csv", header.as_bytes());
        assert!(!rejected[0].contains('\u{1B}'));
        assert!(rejected[0].contains("and 471 more"));
    }
}
