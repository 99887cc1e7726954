//! Where a result goes: standard output, or a file that gets its name only when it is whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A place for a result, opened before any work starts.
pub enum Destination {
    /// Standard output.
    Standard(io::Stdout),
    /// A device or a named pipe, written to as it is: renaming would put a file in its place.
    Device(File, PathBuf),
    /// A file.
    File(Unfinished),
}

/// A file that is written under another name until it is whole; dropped before, it leaves nothing.
pub struct Unfinished {
    file: File,
    /// The name with `.partial` after it, in the same folder, so that renaming cannot fail halfway.
    partial: PathBuf,
    path: PathBuf,
    finished: bool,
}

impl Destination {
    /// Opens the destination that the user calls `path`; `-` is standard output.
    ///
    /// A symbolic link is [followed]: it stays, and the file that it leads to is written.
    ///
    /// # Errors
    /// If the file exists already and `replace` is not given, or its folder cannot be written to.
    pub fn open(path: &Path, replace: bool) -> Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::Standard(io::stdout()));
        }
        let unwritable = |reason| Error::Write {
            name: path.display().to_string(),
            reason,
        };
        match path.metadata() {
            Ok(there) if there.is_dir() => {
                return Err(unwritable(io::ErrorKind::IsADirectory.into()));
            }
            Ok(there) if !there.is_file() => {
                let device = File::options().write(true).open(path).map_err(unwritable)?;
                return Ok(Self::Device(device, path.to_owned()));
            }
            Ok(_) if !replace => {
                return Err(Error::Exists {
                    path: path.to_owned(),
                });
            }
            _ => {}
        }
        let path = followed(path);
        let partial = beside(&path, ".partial");
        let file = File::create(&partial).map_err(unwritable)?;
        Ok(Self::File(Unfinished {
            file,
            partial,
            path,
            finished: false,
        }))
    }

    /// The name for messages.
    pub fn name(&self) -> String {
        match self {
            Self::Standard(_) => "standard output".to_owned(),
            Self::Device(_, path) => path.display().to_string(),
            Self::File(file) => file.path.display().to_string(),
        }
    }

    /// Gives a whole file its name, for good: after that a loss of power does not take it away.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        if let Self::File(file) = &mut self {
            file.file.sync_all()?;
            fs::rename(&file.partial, &file.path)?;
            file.finished = true;
            sync_folder(&file.path)?;
        }
        Ok(())
    }
}

/// Where the file is that `path` leads to, there or not: `path` itself, unless that is a symbolic link.
pub fn followed(path: &Path) -> PathBuf {
    /// As many links on end as Linux follows.
    const LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Ok(target) = fs::read_link(&path) else {
            break;
        };
        path = folder(&path).join(target);
    }
    path
}

/// The folder that `path` is in.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// `path` with `ending` after its name.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(ending);
    PathBuf::from(beside)
}

/// Makes the names in the folder of `path` last: a file is safe, but its name is its folder's.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    // Only Unix opens folders as files.
    match cfg!(unix) {
        true => File::open(folder(path))?.sync_all(),
        false => Ok(()),
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(stdout) => stdout.write(bytes),
            Self::Device(device, _) => device.write(bytes),
            Self::File(file) => file.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(stdout) => stdout.flush(),
            Self::Device(device, _) => device.flush(),
            Self::File(file) => file.file.flush(),
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.finished {
            // The run has failed already; a leftover is the lesser harm.
            let _ = fs::remove_file(&self.partial);
        }
    }
}
