//! The libtorch that the program runs on: which it is, and where it was found.

use std::fs;
use std::path::{Path, PathBuf};

/// The libtorch that this process has loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Libtorch {
    /// The library; unknown where the system has no list of what is loaded.
    pub path: Option<PathBuf>,
    /// The version that the files beside it name, if there are any.
    pub version: Option<String>,
}

impl Libtorch {
    /// The version that slant is made for.
    pub const EXPECTED: &str = env!("SLANT_LIBTORCH");

    /// What is loaded. There is always one: without it the program does not start.
    pub fn loaded() -> Self {
        let path = fs::read_to_string("/proc/self/maps")
            .ok()
            .and_then(|maps| mapped(&maps));
        let folder = path.as_deref().and_then(Path::parent);
        Self {
            version: folder.and_then(version),
            path,
        }
    }
}

/// The library among the files of `maps`, as /proc/self/maps lists them.
fn mapped(maps: &str) -> Option<PathBuf> {
    let mut files = maps.lines().filter_map(|line| line.split_once('/'));
    files.find_map(|(_, path)| {
        let path = Path::new("/").join(path);
        path.ends_with("libtorch_cpu.so").then_some(path)
    })
}

/// The version of the libtorch whose libraries are in `folder`: as a release of slant, a zip of
/// libtorch's own, or a header tells.
fn version(folder: &Path) -> Option<String> {
    let parent = folder.parent()?;
    let named = [folder, parent]
        .into_iter()
        .find_map(|folder| fs::read_to_string(folder.join("build-version")).ok());
    let version = named.or_else(|| {
        let header = parent.join("include/torch/csrc/api/include/torch/version.h");
        let text = fs::read_to_string(header).ok()?;
        let (_, after) = text.split_once("\n  \"")?;
        Some(after.split_once('"')?.0.to_owned())
    })?;
    Some(version.trim().split('+').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_found_in_a_folder_with_blanks_and_no_other_file_is_taken_for_it() {
        let maps = "\
7f00-7f01 r--p 00000000 fe:00 7 /lib/x86_64-linux-gnu/libc.so.6
7f01-7f02 rw-p 00000000 00:00 0
7f02-7f03 r--p 00000000 fe:00 8 /opt/my libtorch_cpu.so.d/libc10.so
7f03-7f04 r--p 00000000 fe:00 9 /opt/my libs/libtorch_cpu.so
";
        let found = mapped(maps);
        assert_eq!(found.unwrap(), Path::new("/opt/my libs/libtorch_cpu.so"));
        assert_eq!(mapped("7f01-7f02 rw-p 00000000 00:00 0 [heap]\n"), None);
    }

    #[test]
    fn the_version_is_read_from_a_release_a_zip_or_a_header() {
        let home = tempfile::tempdir().unwrap();
        let libraries = home.path().join("lib");
        let headers = home.path().join("include/torch/csrc/api/include/torch");
        fs::create_dir_all(&libraries).unwrap();
        fs::create_dir_all(&headers).unwrap();
        assert_eq!(version(&libraries), None);
        let write = |path: PathBuf, text: &str| fs::write(path, text).unwrap();
        write(
            headers.join("version.h"),
            "#define TORCH_VERSION \\\n  \"2.4.0+cpu\"\n",
        );
        assert_eq!(version(&libraries).as_deref(), Some("2.4.0"));
        write(home.path().join("build-version"), "2.4.1+cpu\n");
        assert_eq!(version(&libraries).as_deref(), Some("2.4.1"));
        write(libraries.join("build-version"), "2.4.2\n");
        assert_eq!(version(&libraries).as_deref(), Some("2.4.2"));
    }
}
