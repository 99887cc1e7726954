//! A file of blocks that only ever grows, and can be cut anywhere without harm.
//!
//! ```text
//! magic │ mark 1 │ length 4 │ checksum 32 │ Zstandard │ mark 1 │ …
//! ```
//!
//! A checksum is of its block and of all blocks before it, so what is not whole, or not of this file,
//! is seen, and with it all that comes after.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};

/// What every journal begins with: the layout of the blocks and of what is in them.
pub(super) const MAGIC: &[u8] = b"slant journal 1\n";

/// The bytes of a block before its content.
const FRAME: usize = 1 + 4 + 32;

/// The level of Zstandard: of rows it makes a tenth, at several times the speed of segmenting.
const LEVEL: i32 = 1;

type Sum = [u8; 32];

/// A block read back.
pub(super) struct Block {
    pub(super) mark: u8,
    pub(super) content: Vec<u8>,
    /// The place in the file at which it ends.
    pub(super) end: u64,
    sum: Sum,
}

/// The end of a file of blocks, where it grows.
pub(super) struct Tail {
    sum: Sum,
    end: u64,
}

impl Tail {
    /// The end of a file that has no block yet.
    pub(super) fn start() -> Self {
        Self {
            sum: Sum::default(),
            end: MAGIC.len() as u64,
        }
    }

    /// The end of a file that ends with `block`.
    pub(super) fn after(block: &Block) -> Self {
        Self {
            sum: block.sum,
            end: block.end,
        }
    }

    /// Whether it is at `place` in the file.
    pub(super) fn is_at(&self, place: u64) -> bool {
        self.end == place
    }

    /// Drops what `file` has beyond this end, and writes from here on.
    pub(super) fn cut(&self, file: &mut File) -> io::Result<()> {
        file.set_len(self.end)?;
        file.seek(SeekFrom::Start(self.end)).map(drop)
    }

    /// Writes a block to the end of `file`.
    pub(super) fn write(&mut self, file: &mut File, mark: u8, content: &[u8]) -> io::Result<()> {
        let packed = zstd::bulk::compress(content, LEVEL)?;
        let length = u32::try_from(packed.len()).map_err(io::Error::other)?;
        let sum = chained(&self.sum, mark, &packed);
        let mut bytes = Vec::with_capacity(FRAME + packed.len());
        bytes.push(mark);
        bytes.extend(length.to_le_bytes());
        bytes.extend(sum);
        bytes.extend(packed);
        file.write_all(&bytes)?;
        self.sum = sum;
        self.end += bytes.len() as u64;
        Ok(())
    }
}

/// The blocks of a file, from front to back, up to the first that is not whole.
pub(super) struct Blocks<'f> {
    file: BufReader<&'f File>,
    sum: Sum,
    at: u64,
    size: u64,
}

impl<'f> Blocks<'f> {
    /// The blocks of `file`, which begins with [`MAGIC`].
    pub(super) fn of(mut file: &'f File) -> io::Result<Self> {
        let start = Tail::start();
        let size = file.metadata()?.len();
        file.seek(SeekFrom::Start(start.end))?;
        Ok(Self {
            file: BufReader::new(file),
            sum: start.sum,
            at: start.end,
            size,
        })
    }

    /// The next one; none at the end, or where a block is not whole.
    pub(super) fn next(&mut self) -> io::Result<Option<Block>> {
        let mut frame = [0; FRAME];
        let rest = self.size.saturating_sub(self.at);
        if rest < FRAME as u64 {
            return Ok(None);
        }
        self.file.read_exact(&mut frame)?;
        let [mark, a, b, c, d, sum @ ..] = frame;
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        if rest < FRAME as u64 + length {
            return Ok(None);
        }
        let mut packed = Vec::new();
        (&mut self.file).take(length).read_to_end(&mut packed)?;
        if chained(&self.sum, mark, &packed) != sum {
            return Ok(None);
        }
        self.sum = sum;
        self.at += FRAME as u64 + length;
        Ok(Some(Block {
            mark,
            content: zstd::decode_all(&packed[..])?,
            end: self.at,
            sum,
        }))
    }
}

fn chained(before: &Sum, mark: u8, packed: &[u8]) -> Sum {
    let digest = Sha256::new()
        .chain_update(before)
        .chain_update([mark])
        .chain_update(packed);
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(contents: &[Vec<u8>]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(MAGIC).unwrap();
        let mut tail = Tail::start();
        for content in contents {
            tail.write(&mut file, b'x', content).unwrap();
        }
        file
    }

    fn read(file: &File) -> Vec<(Vec<u8>, u64)> {
        let mut blocks = Blocks::of(file).unwrap();
        std::iter::from_fn(|| blocks.next().unwrap())
            .map(|block| (block.content, block.end))
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn of_a_file_cut_anywhere_the_whole_blocks_are_read(
            contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..5)
        ) {
            let file = written(&contents);
            let whole = read(&file);
            prop_assert!(whole.iter().map(|(content, _)| content).eq(&contents));
            for size in (MAGIC.len() as u64..file.metadata().unwrap().len()).rev() {
                file.set_len(size).unwrap();
                let expected = whole.iter().take_while(|(_, end)| *end <= size);
                prop_assert!(read(&file).iter().eq(expected));
            }
        }

        #[test]
        fn a_changed_byte_ends_the_file_before_its_block(
            contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..5),
            place: prop::sample::Index,
        ) {
            let mut file = written(&contents);
            let whole = read(&file);
            let size = file.metadata().unwrap().len() as usize - MAGIC.len();
            let at = (MAGIC.len() + place.index(size)) as u64;
            let mut byte = [0];
            file.seek(SeekFrom::Start(at)).unwrap();
            file.read_exact(&mut byte).unwrap();
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(&[byte[0] ^ 1]).unwrap();
            let expected = whole.iter().take_while(|(_, end)| *end <= at);
            prop_assert!(read(&file).iter().eq(expected));
        }
    }

    #[test]
    fn a_block_of_another_file_is_none_of_this() {
        let one = written(&[b"a".to_vec(), b"b".to_vec()]);
        let mut other = written(&[b"c".to_vec()]);
        let (first, second) = (read(&one)[0].1, read(&one)[1].1);
        let mut block = vec![0; (second - first) as usize];
        (&one).seek(SeekFrom::Start(first)).unwrap();
        (&one).read_exact(&mut block).unwrap();
        other.write_all(&block).unwrap();
        assert_eq!(read(&other).len(), 1);
    }
}
