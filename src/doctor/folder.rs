//! A folder that files are to be written to.

use std::io;
use std::path::Path;

use serde::Serialize;
use tempfile::NamedTempFile;

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

    /// The problem of the folder `of` its name, and the `mend`, to which "written" is added.
    pub(super) fn problem(&self, of: &'static str, mend: &str) -> Option<Problem> {
        let reason = self.reason.as_ref()?;
        Some(Problem {
            of,
            fatal: false,
            problem: format!("no file can be written in {}: {reason}", self.path),
            mend: format!("{mend} written"),
        })
    }
}

/// Writes a file that is gone at once.
fn write_in(folder: &Path) -> io::Result<()> {
    let mut file = NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, b"slant")?;
    file.close()
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
        assert!(problem.problem.contains("missing"), "{}", problem.problem);
        assert_eq!(problem.mend, "make it written");
    }
}
