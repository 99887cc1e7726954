//! Which files an INPUT means.
//!
//! A folder means every file of a known kind below it, in the byte order of their paths, so that
//! the same folder gives the same order on every machine. Hidden files are passed over; symbolic
//! links in a folder are not followed, for they may lead in a circle or read an article twice.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use walkdir::{DirEntry, WalkDir};

use super::format::Format;
use super::{Origin, Rejected};

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
            reason,
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
    pub fn of(inputs: &[PathBuf], stdin_format: Option<Format>) -> Self {
        let mut listing = Self::default();
        let mut stdin_taken = false;
        for input in inputs {
            if input.as_os_str() == "-" {
                listing.add_standard_input(stdin_format, stdin_taken);
                stdin_taken = true;
            } else if input.is_dir() {
                listing.add_folder(input);
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
                bytes: None,
            })
        });
    }

    fn add_folder(&mut self, folder: &Path) {
        let hidden = |entry: &DirEntry| entry.file_name().as_encoded_bytes().starts_with(b".");
        let mut found = Vec::new();
        let entries = WalkDir::new(folder).min_depth(1).into_iter();
        for entry in entries.filter_entry(|entry| !hidden(entry)) {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => found.extend(self.file_below(folder, &entry)),
                Err(error) => found.push(unreadable_entry(folder, error)),
            }
        }
        if found.is_empty() {
            let reason = format!(
                "the folder has no file that can be read; the kinds are {}",
                Format::endings()
            );
            found.push((Vec::new(), Err(whole(&shown(folder), reason))));
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
                name: slashed(&below.with_extension("")),
                folder: below
                    .parent()
                    .and_then(Path::file_name)
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                format: Some(format),
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
        name: path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default(),
        folder: String::new(),
        format: Some(format),
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

fn whole(file: &str, reason: String) -> Rejected {
    Rejected {
        origin: Origin {
            file: file.into(),
            record: None,
            line: None,
        },
        reason,
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
        let kinds = "the kinds are .txt, .csv, .tsv, .jsonl, .ndjson";
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
    fn standard_input_is_read_once_and_its_size_is_not_known() {
        let inputs = [PathBuf::from("-"), PathBuf::from("-")];
        let listing = Listing::of(&inputs, Some(Format::Csv));
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
