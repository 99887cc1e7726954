//! The program under test, a folder to run it in, and its results read back.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The shipped bundle.
pub const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/slant-mini");

/// The demo collection.
pub const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/demo");

/// An empty folder that the program runs in.
pub struct Place(TempDir);

/// What a run of the program gave.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    /// Standard error, with figures of speed taken out.
    pub stderr: String,
}

/// A row of a result, by column.
pub type Row = HashMap<String, String>;

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    pub fn holds(&self, name: &str) -> bool {
        self.path().join(name).exists()
    }

    /// Runs the program in this folder.
    pub fn slant<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        self.slant_reading(arguments, b"")
    }

    /// Runs the program in this folder with `input` on its standard input.
    pub fn slant_reading<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        input: &[u8],
    ) -> Run {
        let mut child = Command::new(env!("CARGO_BIN_EXE_slant"))
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that refuses its arguments does not read.
        let _ = stdin.write_all(input);
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        Run {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: stderr
                .lines()
                .map(without_speed)
                .fold(String::new(), |text, line| text + line + "\n"),
        }
    }
}

fn without_speed(line: &str) -> &str {
    match line.rsplit_once("; ") {
        Some((before, speed)) if speed.ends_with("sentences a second") => before,
        _ => line,
    }
}

/// The rows of a CSV result.
pub fn rows(csv: &str) -> Vec<Row> {
    csv::Reader::from_reader(csv.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// The characters `start..end` of `text`, as Python slices them.
pub fn slice(text: &str, start: &str, end: &str) -> String {
    let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
    text.chars().skip(start).take(end - start).collect()
}

/// The bytes as a gzip file.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// The bytes as a Zstandard file.
pub fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}
