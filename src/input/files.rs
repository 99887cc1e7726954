//! Which files an INPUT means.
//!
//! A folder means every file of a known kind below it, in the byte order of their paths, so that
//! the same folder gives the same order on every machine. Hidden files are passed over; symbolic
//! links in a folder are not followed, for they may lead in a circle or read an article twice, nor
//! are devices and pipes. A pattern means what it matches below the folder that it begins with.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::compression::Compression;
use super::fingerprint::Fingerprint;
use super::format::{Format, unpacked_name};
use super::limits::Limits;
use super::pattern::Pattern;
use super::{Origin, Rejected};
use crate::checksum::Checksum;

/// A file to be read.
pub(super) struct InputFile {
    /// Where it is; none for standard input.
    pub path: Option<PathBuf>,
    /// Its name in messages.
    pub shown: Arc<str>,
    /// What ids are made of: its path below the INPUT, without its ending.
    pub name: String,
    /// The folder it is in, if the INPUT is a folder of folders: the source of its articles.
    pub folder: String,
    /// How to read it; none if its first bytes must tell.
    pub format: Option<Format>,
    /// What its name says it is compressed by.
    pub compression: Option<Compression>,
    /// Its size; none if that is not known beforehand.
    pub bytes: Option<u64>,
}

impl InputFile {
    /// Where a record of this file stands.
    pub fn origin(&self, record: u64, line: Option<u64>) -> Origin {
        Origin {
            file: Arc::clone(&self.shown),
            record: Some(record),
            line,
        }
    }

    /// One record rejected.
    pub fn rejected_record(&self, record: u64, line: Option<u64>, reason: String) -> Rejected {
        Rejected {
            origin: self.origin(record, line),
            reason: printable(reason),
            beginning: String::new(),
        }
    }

    /// What tells whether it is the same another time.
    ///
    /// Only of a file in a folder: reading a pipe or a device would take its content away.
    pub fn fingerprint(&self) -> Fingerprint {
        let path = self.path.as_ref();
        let file = path.filter(|path| path.metadata().is_ok_and(|there| there.is_file()));
        Fingerprint {
            file: self.shown.to_string(),
            checksum: file.and_then(|path| Checksum::of(path).ok()),
        }
    }

    /// The whole file rejected.
    pub fn rejected(&self, reason: String) -> Rejected {
        whole(&self.shown, reason)
    }
}

/// What the inputs come to.
#[derive(Default)]
pub(super) struct Listing {
    /// The files in the order in which they are read, with a word for each that cannot be.
    pub files: Vec<Result<InputFile, Rejected>>,
    /// What stands in the folders and is not read.
    pub left_out: Vec<String>,
}

impl Listing {
    /// The files that `inputs` mean.
    ///
    /// A folder or pattern that has more files than `limits` allow is refused as a whole.
    pub fn of(inputs: &[PathBuf], stdin_format: Option<Format>, limits: Limits) -> Self {
        let mut listing = Self::default();
        let mut stdin_taken = false;
        for input in inputs {
            if input.as_os_str() == "-" {
                listing.add_standard_input(stdin_format, stdin_taken);
                stdin_taken = true;
            } else if input.is_dir() {
                let walk = WalkDir::new(input).min_depth(1);
                listing.add_found(input, input, [walk], limits);
            } else if let Some(pattern) = Pattern::of(input) {
                listing.add_pattern(input, pattern, limits);
            } else {
                listing.files.push(named_file(input));
            }
        }
        listing.left_out.sort();
        listing
    }

    fn add_standard_input(&mut self, format: Option<Format>, taken: bool) {
        let shown = "standard input";
        self.files.push(if taken {
            Err(whole(
                shown,
                "it is given twice and can be read only once".to_owned(),
            ))
        } else {
            Ok(InputFile {
                path: None,
                shown: shown.into(),
                name: "stdin".to_owned(),
                folder: String::new(),
                format,
                compression: None,
                bytes: None,
            })
        });
    }

    fn add_pattern(&mut self, input: &Path, pattern: Pattern, limits: Limits) {
        let matches = match pattern.matches() {
            Ok(matches) => matches,
            Err(reason) => return self.files.push(Err(whole(&shown(input), reason))),
        };
        let walks = matches.iter().map(WalkDir::new);
        self.add_found(input, &pattern.folder, walks, limits);
    }

    /// Adds the files that `walks` through `folder` find; they are what `input` means.
    fn add_found(
        &mut self,
        input: &Path,
        folder: &Path,
        walks: impl IntoIterator<Item = WalkDir>,
        limits: Limits,
    ) {
        let hidden = |entry: &DirEntry| {
            entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
        };
        let room = limits.files.saturating_sub(self.files.len());
        let mut found = Vec::new();
        let walks = walks.into_iter();
        let entries = walks.flat_map(|walk| walk.into_iter().filter_entry(|entry| !hidden(entry)));
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_type().is_dir() && !entry.path_is_symlink() => {}
                Ok(entry) => found.extend(self.file_below(folder, &entry)),
                Err(error) => found.push(unreadable_entry(folder, error)),
            }
            if found.len() > room {
                let reason = format!(
                    "there are more than {} files; split them into several runs, or raise --max-files",
                    limits.files
                );
                return self.files.push(Err(whole(&shown(input), reason)));
            }
        }
        if found.is_empty() {
            let what = if input == folder {
                "the folder has"
            } else {
                "the pattern matches"
            };
            let reason = format!(
                "{what} no file that can be read; the kinds are {}",
                Format::endings()
            );
            found.push((Vec::new(), Err(whole(&shown(input), reason))));
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.files.extend(found.into_iter().map(|(_, file)| file));
    }

    /// A file in a folder, after the bytes it is sorted by; nothing if it is left out.
    fn file_below(&mut self, folder: &Path, entry: &DirEntry) -> Option<Sorted> {
        let path = entry.path();
        if entry.path_is_symlink() {
            self.left_out
                .push(format!("{} (a symbolic link)", shown(path)));
            return None;
        }
        let Some(format) = Format::of(path).filter(|_| entry.file_type().is_file()) else {
            self.left_out.push(shown(path));
            return None;
        };
        let below = path.strip_prefix(folder).unwrap_or(path);
        let file = match entry.metadata() {
            Err(error) => return Some(unreadable_entry(folder, error)),
            Ok(metadata) => InputFile {
                path: Some(path.to_owned()),
                shown: shown(path).into(),
                name: slashed(&unpacked_name(below).with_extension("")),
                folder: below
                    .parent()
                    .and_then(Path::file_name)
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                format: Some(format),
                compression: Compression::of(path),
                bytes: Some(metadata.len()),
            },
        };
        Some((sort_key(below), Ok(file)))
    }
}

type Sorted = (Vec<u8>, Result<InputFile, Rejected>);

fn named_file(path: &Path) -> Result<InputFile, Rejected> {
    let metadata = path
        .metadata()
        .map_err(|error| whole(&shown(path), unreadable(&error)))?;
    let format = Format::of(path).ok_or_else(|| {
        let reason = format!(
            "it is of no kind that can be read; the kinds are {}; convert it, or pipe it in with `-` and --format",
            Format::endings()
        );
        whole(&shown(path), reason)
    })?;
    Ok(InputFile {
        path: Some(path.to_owned()),
        shown: shown(path).into(),
        name: unpacked_name(path)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default(),
        folder: String::new(),
        format: Some(format),
        compression: Compression::of(path),
        bytes: Some(metadata.len()),
    })
}

/// Why a file or folder cannot be read, with the mend.
pub(super) fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file or folder; check the path".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "reading it is not permitted; check its permissions".to_owned()
        }
        _ => format!("it cannot be read: {error}"),
    }
}

fn unreadable_entry(folder: &Path, error: walkdir::Error) -> Sorted {
    let path = error.path().unwrap_or(folder).to_owned();
    let reason = unreadable(&io::Error::from(error));
    let key = sort_key(path.strip_prefix(folder).unwrap_or(&path));
    (key, Err(whole(&shown(&path), reason)))
}

/// The reason fit for a terminal and for a cell: a parser may quote what it met.
fn printable(reason: String) -> String {
    reason.replace(char::is_control, "\u{FFFD}")
}

fn whole(file: &str, reason: String) -> Rejected {
    Rejected {
        origin: Origin {
            file: file.into(),
            record: None,
            line: None,
        },
        reason: printable(reason),
        beginning: String::new(),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// A relative path with `/` between its parts on every system.
fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn sort_key(path: &Path) -> Vec<u8> {
    let parts: Vec<_> = path.iter().map(|part| part.as_encoded_bytes()).collect();
    parts.join(&b'/')
}

#[cfg(test)]
mod tests {
    use super::super::tests::{folder, outcome, read};
    use super::super::{Article, Articles, Columns};
    use super::*;

    fn articles(inputs: &[PathBuf], folder: &Path) -> (Vec<Article>, Vec<String>) {
        outcome(Articles::open(inputs, Columns::default(), None), folder)
    }

    #[test]
    fn the_folder_above_a_file_is_its_source_in_a_folder_of_folders() {
        let folder = folder(&[
            ("left/2020/b.txt", b"B."),
            ("left/a.TXT", b"A."),
            ("loose.txt", b"L."),
            ("right/c.csv", b"text,id\nC,\nD,d\n"),
        ]);
        let (found, _) = articles(&[folder.path().to_owned()], folder.path());
        let named: Vec<_> = found.iter().map(|a| (&a.id[..], &a.source[..])).collect();
        assert_eq!(
            named,
            [
                ("left/2020/b", "2020"),
                ("left/a", "left"),
                ("loose", ""),
                ("right/c:1", "right"),
                ("d", "right"),
            ]
        );
    }

    #[test]
    fn a_source_column_goes_before_the_folder() {
        let folder = folder(&[(
            "x/a.jsonl",
            b"{\"text\":\"A\",\"source\":\"y\"}\n{\"text\":\"B\"}",
        )]);
        let (found, _) = articles(&[folder.path().to_owned()], folder.path());
        assert_eq!(found[0].source, "y");
        assert_eq!(found[1].source, "x");
    }

    #[test]
    fn a_single_file_is_known_by_its_stem_and_has_no_source() {
        let (found, _) = read("one.two.txt", b"Text.");
        assert_eq!((&found[0].id[..], &found[0].source[..]), ("one.two", ""));
        assert_eq!(
            found[0].origin.to_string().rsplit('/').next(),
            Some("one.two.txt, record 1")
        );
    }

    #[test]
    fn files_come_in_the_byte_order_of_their_paths() {
        let folder = folder(&[
            ("a/z.txt", b"1"),
            ("a.txt", b"2"),
            ("B.txt", b"3"),
            ("a-b.txt", b"4"),
        ]);
        let (found, _) = articles(&[folder.path().to_owned()], folder.path());
        let ids: Vec<_> = found.iter().map(|article| &article.id[..]).collect();
        assert_eq!(ids, ["B", "a-b", "a", "a/z"]);
    }

    #[test]
    fn other_kinds_in_a_folder_are_listed_and_hidden_files_passed_over() {
        let folder = folder(&[
            ("notes.docx", b"x"),
            ("README", b"x"),
            (".hidden.txt", b"x"),
            (".git/a.txt", b"x"),
            ("a.txt", b"A."),
        ]);
        let listed = Articles::open(&[folder.path().to_owned()], Columns::default(), None);
        let names =
            ["README", "notes.docx"].map(|name| folder.path().join(name).display().to_string());
        assert_eq!(listed.left_out(), names);
        assert_eq!(listed.count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_followed_only_where_the_user_names_it() {
        let folder = folder(&[("in/a.txt", b"A.")]);
        let link = folder.path().join("in/link.txt");
        std::os::unix::fs::symlink(folder.path().join("in/a.txt"), &link).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("in/circle")).unwrap();
        let listed = Articles::open(&[folder.path().join("in")], Columns::default(), None);
        assert_eq!(listed.left_out().len(), 2);
        assert!(listed.left_out()[1].ends_with("link.txt (a symbolic link)"));
        assert_eq!(listed.count(), 1);
        assert_eq!(articles(&[link], folder.path()).0.len(), 1);
    }

    #[test]
    fn a_folder_without_articles_and_a_file_of_another_kind_are_refused_with_the_kinds() {
        let folder = folder(&[("in/a.pdf", b"x")]);
        let inputs = [folder.path().join("in"), folder.path().join("in/a.pdf")];
        let (found, rejected) = articles(&inputs, folder.path());
        assert!(found.is_empty());
        let kinds = "the kinds are .txt, .csv, .tsv, .jsonl, .ndjson, .html, .htm, .parquet, .xlsx, \
                     each also with .gz or .zst";
        assert_eq!(
            rejected,
            [
                format!("in: the folder has no file that can be read; {kinds}"),
                format!(
                    "in/a.pdf: it is of no kind that can be read; {kinds}; \
                     convert it, or pipe it in with `-` and --format"
                ),
            ]
        );
    }

    #[test]
    fn what_a_parser_quotes_cannot_steer_the_terminal() {
        let rejected = whole("a.parquet", "there is no type `\0\u{1b}[2J`".to_owned());
        assert_eq!(rejected.reason, "there is no type `\u{FFFD}\u{FFFD}[2J`");
    }

    #[test]
    fn a_pattern_means_what_it_matches_as_a_folder_would() {
        let folder = folder(&[
            ("left/a.txt", b"A."),
            ("left/b.csv.gz", b"text\nB.\n"),
            ("left/deep/c.txt", b"C."),
            ("right/a.txt", b"D."),
            ("right/.hidden.txt", b"H."),
            ("right/notes.docx", b"x"),
        ]);
        let found = |pattern: &str| {
            let (found, rejected) = articles(&[folder.path().join(pattern)], folder.path());
            let mut ids: Vec<_> = found
                .iter()
                .map(|a| format!("{} {}", a.id, a.source))
                .collect();
            ids.extend(rejected);
            ids
        };
        assert_eq!(found("*/a.txt"), ["left/a left", "right/a right"]);
        assert_eq!(found("right/*"), ["a "]);
        assert_eq!(
            found("l*"),
            [
                "left/a left",
                "left/deep/c deep",
                "left/b.csv.gz: it cannot be read: it is not compressed as its ending .gz says"
            ]
        );
        assert_eq!(found("**/c.txt"), ["left/deep/c deep"]);
        assert_eq!(found("left/[ab].txt"), ["a "]);
        assert!(
            found("none*")[0].starts_with("none*: the pattern matches no file that can be read")
        );
        assert!(found("a[")[0].starts_with("a[: it is no pattern that can be understood"));
    }

    #[test]
    fn more_files_than_allowed_are_refused_as_a_whole() {
        let folder = folder(&[("in/a.txt", b"A."), ("in/b.txt", b"B."), ("c.txt", b"C.")]);
        let limits = Limits {
            files: 1,
            ..Limits::default()
        };
        let inputs = ["in", "c.txt"].map(|name| folder.path().join(name));
        let listing = Listing::of(&inputs, None, limits);
        assert_eq!(listing.files.len(), 2);
        let refused = listing.files[0].as_ref().err().unwrap().to_string();
        assert!(refused.ends_with(
            "in: there are more than 1 files; split them into several runs, or raise --max-files"
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_in_a_folder_is_left_out() {
        let folder = folder(&[("in/a.txt", b"A.")]);
        let pipe = folder.path().join("in/pipe.txt");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let listed = Articles::open(&[folder.path().join("in")], Columns::default(), None);
        assert!(listed.left_out()[0].ends_with("pipe.txt"));
        assert_eq!(listed.count(), 1);
    }

    #[test]
    fn standard_input_is_read_once_and_its_size_is_not_known() {
        let inputs = [PathBuf::from("-"), PathBuf::from("-")];
        let listing = Listing::of(&inputs, Some(Format::Csv), Limits::default());
        assert!(
            matches!(&listing.files[0], Ok(file) if file.bytes.is_none() && file.name == "stdin")
        );
        let rejected = listing.files[1].as_ref().err().unwrap();
        assert_eq!(
            rejected.to_string(),
            "standard input: it is given twice and can be read only once"
        );
        assert_eq!(
            Articles::open(&inputs, Columns::default(), None).total_bytes(),
            None
        );
    }
}
