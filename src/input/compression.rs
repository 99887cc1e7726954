//! Compressed files, unpacked as they are read.
//!
//! What a file is in is told from its first bytes, whatever its name says; a name that says
//! otherwise is refused, for the file is broken or not what it seems.

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

use super::encoding::peek;
use super::limits::Limits;

/// A way to compress files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstandard,
}

impl Compression {
    const ALL: [Self; 2] = [Self::Gzip, Self::Zstandard];

    /// The endings of its files.
    fn ending(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Zstandard => "zst",
        }
    }

    fn first_bytes(self) -> &'static [u8] {
        match self {
            Self::Gzip => b"\x1F\x8B",
            Self::Zstandard => b"\x28\xB5\x2F\xFD",
        }
    }

    /// What the ending of `path` says.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?;
        let mut all = Self::ALL.into_iter();
        all.find(|compression| ending.eq_ignore_ascii_case(compression.ending()))
    }
}

/// The bytes of a file, unpacked.
pub(super) struct Unpacked {
    pub bytes: Box<dyn Read + Send>,
    /// Whether they are not the file's own.
    pub was_packed: bool,
}

/// Unpacks `raw` if it is compressed, which its name `says` it is.
pub(super) fn unpacked(
    raw: Box<dyn Read + Send>,
    says: Option<Compression>,
    limits: Limits,
) -> io::Result<Unpacked> {
    let peeked = peek(raw)?;
    let head = peeked.get_ref().0.get_ref();
    let found = Compression::ALL
        .into_iter()
        .find(|compression| head.starts_with(compression.first_bytes()));
    match (found, says) {
        (None, None) => Ok(Unpacked {
            bytes: Box::new(peeked),
            was_packed: false,
        }),
        (None, Some(said)) if !head.is_empty() => Err(io::Error::other(format!(
            "it is not compressed as its ending .{} says",
            said.ending()
        ))),
        (None, Some(_)) => Err(io::ErrorKind::UnexpectedEof.into()),
        (Some(compression), _) => {
            let taken = Arc::<AtomicU64>::default();
            let counted = Taken {
                raw: peeked,
                bytes: Arc::clone(&taken),
            };
            let unpacking: Box<dyn Read + Send> = match compression {
                Compression::Gzip => Box::new(MultiGzDecoder::new(counted)),
                Compression::Zstandard => Box::new(zstd::Decoder::new(counted)?),
            };
            let bytes = Box::new(Bounded {
                unpacking,
                taken,
                given: 0,
                limits,
            });
            Ok(Unpacked {
                bytes,
                was_packed: true,
            })
        }
    }
}

/// Counts what is taken of a compressed file.
struct Taken<R> {
    raw: R,
    bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Taken<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Ends where more comes out than can have been put in.
struct Bounded {
    unpacking: Box<dyn Read + Send>,
    taken: Arc<AtomicU64>,
    given: u64,
    limits: Limits,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.unpacking.read(buffer)?;
        self.given += read as u64;
        self.limits
            .check_expansion(self.taken.load(Ordering::Relaxed), self.given)
            .map_err(io::Error::other)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::read;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn zstandard(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).unwrap()
    }

    #[test]
    fn compressed_files_are_unpacked_and_keep_their_names() {
        for (name, bytes) in [
            ("a.txt.gz", gzip(b"Text.")),
            ("a.TXT.ZST", zstandard(b"Text.")),
            ("a.txt", gzip(b"Text.")),
            ("a.txt.gz", [gzip(b"Te"), gzip(b"xt.")].concat()),
            ("a.txt.zst", [zstandard(b"Te"), zstandard(b"xt.")].concat()),
        ] {
            let (found, rejected) = read(name, &bytes);
            assert_eq!(rejected, [""; 0]);
            assert_eq!((&found[0].id[..], &found[0].text[..]), ("a", "Text."));
        }
    }

    #[test]
    fn what_is_not_what_its_ending_says_is_refused() {
        let (_, rejected) = read("a.csv.gz", b"text\nOne.\n");
        assert_eq!(
            rejected,
            ["a.csv.gz: it cannot be read: it is not compressed as its ending .gz says"]
        );
    }

    #[test]
    fn a_file_that_breaks_off_gives_what_was_read_and_one_rejection() {
        let table = format!(
            "text\n{}",
            "One more sentence, and another.\n".repeat(20_000)
        );
        for (name, bytes) in [
            ("a.csv.gz", gzip(table.as_bytes())),
            ("a.csv.zst", zstandard(table.as_bytes())),
        ] {
            let (found, rejected) = read(name, &bytes[..bytes.len() * 9 / 10]);
            assert!(found.len() > 100, "{name}: {}", found.len());
            assert_eq!(rejected.len(), 1, "{name}");
            assert!(
                rejected[0].contains("the file cannot be read from here on"),
                "{rejected:?}"
            );
        }
    }

    #[test]
    fn a_file_that_unpacks_without_end_is_cut_off() {
        let bomb = format!("text\n{}", "word\n".repeat(20 << 20));
        for (name, bytes) in [
            ("a.csv.gz", gzip(bomb.as_bytes())),
            ("a.csv.zst", zstandard(bomb.as_bytes())),
        ] {
            let (found, rejected) = read(name, &bytes);
            assert!(found.len() < 19 << 20, "{name}: {}", found.len());
            assert_eq!(rejected.len(), 1);
            assert!(
                rejected[0].contains("raise --max-expansion"),
                "{rejected:?}"
            );
        }
    }
}
