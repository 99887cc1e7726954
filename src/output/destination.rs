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

/// A file that is written under another name until it is whole.
///
/// Dropped before, it leaves what is written so far under that other name, unless that is of no use.
pub struct Unfinished {
    file: File,
    /// The name with `.partial` after it, in the same folder, so that renaming cannot fail halfway.
    partial: PathBuf,
    path: PathBuf,
    /// Whether what is written so far is of use without the rest.
    worth_keeping: bool,
    finished: bool,
}

impl Destination {
    /// Opens the destination that the user calls `path`; `-` is standard output.
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
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let file = File::create(&partial).map_err(unwritable)?;
        Ok(Self::File(Unfinished {
            file,
            partial,
            path: path.to_owned(),
            worth_keeping: true,
            finished: false,
        }))
    }

    /// Keeps nothing of the file if it does not come to its end.
    pub fn whole_or_nothing(mut self) -> Self {
        if let Self::File(file) = &mut self {
            file.worth_keeping = false;
        }
        self
    }

    /// The name for messages.
    pub fn name(&self) -> String {
        match self {
            Self::Standard(_) => "standard output".to_owned(),
            Self::Device(_, path) => path.display().to_string(),
            Self::File(file) => file.path.display().to_string(),
        }
    }

    /// What a failure leaves behind.
    pub fn unfinished(&self) -> String {
        match self {
            Self::Standard(_) | Self::Device(..) => {
                format!("the rows on {} break off", self.name())
            }
            Self::File(file) if file.worth_keeping => {
                format!("the rows so far are in {}", file.partial.display())
            }
            Self::File(file) => format!("nothing was written to {}", file.path.display()),
        }
    }

    /// Gives a whole file its name.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        if let Self::File(file) = &mut self {
            file.file.sync_all()?;
            fs::rename(&file.partial, &file.path)?;
            file.finished = true;
        }
        Ok(())
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
        let is_empty = || self.file.metadata().is_ok_and(|file| file.len() == 0);
        if !self.finished && (!self.worth_keeping || is_empty()) {
            // The run has failed already; a leftover is the lesser harm.
            let _ = fs::remove_file(&self.partial);
        }
    }
}
