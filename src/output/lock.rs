//! A file that one run alone has open.

use std::fs::{File, TryLockError};
use std::path::Path;

use same_file::Handle;

use crate::error::{Error, Result};

/// The lock on a file; it ends when the file is closed, however the program ends.
pub(super) struct Lock {
    /// What tells the file from another that takes its place.
    handle: Handle,
}

impl Lock {
    /// Opens the file at `path`, which is made if there is none, and locks it on behalf of `result`.
    ///
    /// # Errors
    /// If another run has locked it, or it cannot be opened.
    pub(super) fn on(path: &Path, result: &Path) -> Result<(File, Self)> {
        let unwritable = |reason| Error::Write {
            name: result.display().to_string(),
            reason,
        };
        loop {
            let mut options = File::options();
            options.create(true).truncate(false).read(true).write(true);
            let file = options.open(path).map_err(unwritable)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::Locked {
                        path: result.to_owned(),
                    });
                }
                Err(TryLockError::Error(reason)) => return Err(unwritable(reason)),
            }
            let handle = file.try_clone().and_then(Handle::from_file);
            let lock = Self {
                handle: handle.map_err(unwritable)?,
            };
            // Another run may have completed and removed the file in between.
            if lock.is_in_place(path) {
                return Ok((file, lock));
            }
        }
    }

    /// Whether the locked file is still the one at `path`.
    pub(super) fn is_in_place(&self, path: &Path) -> bool {
        Handle::from_path(path).is_ok_and(|there| there == self.handle)
    }
}
