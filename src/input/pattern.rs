//! Inputs that mean several files.

use std::path::{Component, Path, PathBuf};

use super::files::unreadable;

/// A name with `*`, `?`, `[` or `**` in it that is no file: `news/*/2020-*.txt`.
pub(super) struct Pattern {
    /// The folder that it begins with, before anything that can mean several.
    pub folder: PathBuf,
    whole: String,
}

impl Pattern {
    /// The pattern that `input` is; none if it is a file or folder, or has nothing special in it.
    pub fn of(input: &Path) -> Option<Self> {
        let is_special = |part: &Component<'_>| {
            let part = part.as_os_str().to_string_lossy();
            part.contains(['*', '?', '['])
        };
        let whole = input.to_str()?.to_owned();
        if input.exists() || !input.components().any(|part| is_special(&part)) {
            return None;
        }
        let plain = input.components().take_while(|part| !is_special(part));
        Some(Self {
            folder: plain.collect(),
            whole,
        })
    }

    /// What it matches, in the order of the paths.
    pub fn matches(&self) -> Result<Vec<PathBuf>, String> {
        let options = glob::MatchOptions {
            require_literal_separator: true,
            require_literal_leading_dot: true,
            ..glob::MatchOptions::new()
        };
        let found = glob::glob_with(&self.whole, options)
            .map_err(|error| format!("it is no pattern that can be understood: {error}"))?;
        let mut paths = found
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| unreadable(error.error()))?;
        paths.sort();
        // A folder is read with all that is in it, so what else matches below it is the same again.
        let mut last: Option<PathBuf> = None;
        paths.retain(|path| {
            let is_below = last.as_ref().is_some_and(|folder| path.starts_with(folder));
            if !is_below {
                last = Some(path.clone());
            }
            !is_below
        });
        Ok(paths)
    }
}
