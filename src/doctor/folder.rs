//! A folder that files are to be written to.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::Problem;

/// A folder, and whether files can be written in it.
#[derive(Debug, Clone, Serialize)]
pub struct Folder {
    /// Where it is.
    pub path: String,
    /// Whether a file could be made and written in it just now.
    pub writable: bool,
    #[serde(skip)]
    reason: Option<String>,
}

impl Folder {
    pub(super) fn examine(path: &Path) -> Self {
        let reason = write_in(path).err().map(|error| error.to_string());
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        Self {
            path: path.display().to_string(),
            writable: reason.is_none(),
            reason,
        }
    }

    /// What is wrong with this folder, the field `of` the diagnosis.
    pub(super) fn problem(&self, of: &'static str, mend: &str) -> Option<Problem> {
        let reason = self.reason.as_ref()?;
        Some(Problem {
            of,
            fatal: false,
            problem: format!("no file can be written in {}: {reason}", self.path),
            mend: mend.to_owned(),
        })
    }
}

/// Writes a file that has no name and is gone at once.
fn write_in(folder: &Path) -> io::Result<()> {
    tempfile::tempfile_in(folder)?.write_all(b"slant")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_told_and_one_that_is_there_is_left_empty() {
        let home = tempfile::tempdir().unwrap();
        assert!(Folder::examine(home.path()).writable);
        assert_eq!(home.path().read_dir().unwrap().count(), 0);
        let missing = Folder::examine(&home.path().join("missing"));
        assert!(!missing.writable);
        let problem = missing.problem("temporary", "make it").unwrap();
        let problem_here = problem.problem.replace(&missing.path, "FOLDER");
        insta::assert_snapshot!(problem_here, @"no file can be written in FOLDER: No such file or directory (os error 2)");
        assert_eq!(problem.mend, "make it");
    }
}
