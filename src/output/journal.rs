//! The rows of a run under way, kept so that a run that is stopped at any instant can go on.
//!
//! While a run goes on its result is a journal: the rows as data, whatever the format. The file that
//! was asked for is made from it at the end, so it has the same bytes however often the run was
//! stopped. The first block says what the run is; each further one has rows, the records rejected
//! between them, and, if it ends with a whole record, the [`State`] of the run there. To resume is to
//! cut the journal after the last such block.

use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::block::{Blocks, MAGIC, Tail};
use super::cell::{Cell, Heading};
use super::destination::{beside, sync_folder};
use super::lock::Lock;
use super::row::{Row, RowKind};
use super::rows::Rows;
use crate::counts::Counts;
use crate::error::{Error, Result};
use crate::input::{Article, RecordSum, Rejected};

/// How long work may be done before it is safe on the disk.
const INTERVAL: Duration = Duration::from_secs(2);

/// How many bytes of rows a block has, about: so much is held in memory.
const BLOCK: usize = 1 << 20;

/// How many rejected records a block has at most.
const REJECTED: usize = 1000;

/// What the run is.
const HEAD: u8 = b'h';
/// Rows that end within an article.
const PART: u8 = b'p';
/// Rows that end with a whole record, and the state of the run there.
const WHOLE: u8 = b'w';

/// How far a run has come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// What it has done.
    pub counts: Counts,
    /// How long it has worked, in seconds, over all times that it was started.
    pub seconds: f64,
    /// The sum of the records it has taken.
    pub records: String,
    /// When it came to the end of the input, if it has.
    pub ended: Option<String>,
}

/// What a block has beside its rows, in one line of JSON before them.
#[derive(Serialize, Deserialize)]
struct Aside {
    rejected: Vec<Rejected>,
    state: Option<State>,
}

/// The journal of a result: the file `NAME.journal` beside it, locked while it is open.
pub struct Journal {
    path: PathBuf,
    file: File,
    lock: Lock,
    headings: Vec<Heading>,
    kind: RowKind,
    tail: Tail,
    head: Option<String>,
    /// Whether there is nothing in it yet that is of use.
    is_new: bool,
    /// At the last block that ended with a whole record.
    state: State,
    records: RecordSum,
    rows: csv::Writer<Vec<u8>>,
    rejected: Vec<Rejected>,
    /// Since when the run works, and what it had worked before.
    working: (Instant, f64),
    synced: Instant,
}

impl Journal {
    /// Where the journal of `result` is.
    pub fn path_beside(result: &Path) -> PathBuf {
        beside(result, ".journal")
    }

    /// Opens the journal of `result`, whose rows are of `kind` with the `kept` columns; an empty one is
    /// made if there is none. Until it is [begun](Self::begin) or [resumed](Self::resume) its file stays
    /// as it is.
    ///
    /// # Errors
    /// If another run has it open, it is not a journal, or the disk fails.
    pub fn open(result: &Path, kind: RowKind, kept: &[String]) -> Result<Self> {
        let path = Self::path_beside(result);
        let (file, lock) = Lock::on(&path, result)?;
        let now = Instant::now();
        let mut journal = Self {
            path,
            file,
            lock,
            headings: kind.headings(kept),
            kind,
            tail: Tail::start(),
            head: None,
            is_new: false,
            state: State::default(),
            records: RecordSum::default(),
            rows: rows(),
            rejected: Vec::new(),
            working: (now, 0.0),
            synced: now,
        };
        journal.read_back()?;
        Ok(journal)
    }

    /// Reads what is whole in the file: the head, and the last state.
    fn read_back(&mut self) -> Result<()> {
        let mut magic = Vec::new();
        let mut beginning = (&self.file).take(MAGIC.len() as u64);
        let read = beginning.read_to_end(&mut magic);
        read.map_err(Error::read(&self.path))?;
        if magic != MAGIC {
            self.is_new = MAGIC.starts_with(&magic);
            return match self.is_new {
                true => Ok(()),
                false => Err(self.refuse(
                    "is no journal of this version of slant: move it away to start afresh",
                )),
            };
        }
        let mut blocks = Blocks::of(&self.file).map_err(Error::read(&self.path))?;
        let mut last = None;
        while let Some(block) = blocks.next().map_err(Error::read(&self.path))? {
            match block.mark {
                HEAD => {
                    self.tail = Tail::after(&block);
                    self.head = String::from_utf8(block.content).ok();
                }
                WHOLE => {
                    self.tail = Tail::after(&block);
                    last = Some(block.content);
                }
                _ => {}
            }
        }
        self.is_new = self.head.is_none();
        if let Some(content) = last {
            let (aside, _) = taken_apart(&content).ok_or_else(|| self.refuse(DAMAGED))?;
            self.state = aside.state.ok_or_else(|| self.refuse(DAMAGED))?;
        }
        Ok(())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the run is, as [`begin`](Self::begin) was told; none of a run that is not begun.
    pub fn head(&self) -> Option<&str> {
        self.head.as_deref()
    }

    /// How far the run has come.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Begins a run from nothing, which is what `head` says.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn begin(&mut self, head: String) -> Result<()> {
        self.tail = Tail::start();
        self.state = State::default();
        let path = self.path.clone();
        let mut write = || {
            self.file.set_len(0)?;
            self.file.rewind()?;
            self.file.write_all(MAGIC)?;
            self.tail.write(&mut self.file, HEAD, head.as_bytes())?;
            self.file.sync_all()?;
            sync_folder(&path)
        };
        write().map_err(self.write_error())?;
        self.head = Some(head);
        self.is_new = false;
        self.work();
        Ok(())
    }

    /// Goes on with the run: cuts off what is not whole, and takes from `articles` those that it has
    /// taken before.
    ///
    /// # Errors
    /// If those are other ones, or the disk fails.
    pub fn resume(
        &mut self,
        articles: &mut dyn Iterator<Item = std::result::Result<Article, Rejected>>,
    ) -> Result<()> {
        let taken = self.state.counts.articles + self.state.counts.rejected;
        for _ in 0..taken {
            match articles.next() {
                Some(record) => self.records.add(&record),
                None => return Err(self.changed()),
            }
        }
        let is_longer = self.state.ended.is_some() && articles.next().is_some();
        if is_longer || (taken > 0 && self.records.sum() != self.state.records) {
            return Err(self.changed());
        }
        let tail = &self.tail;
        tail.cut(&mut self.file).map_err(self.write_error())?;
        self.work();
        Ok(())
    }

    fn work(&mut self) {
        self.working = (Instant::now(), self.state.seconds);
        self.synced = Instant::now();
    }

    /// The input has come to its end, at the wall clock's `time`: nothing more is added.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn end(&mut self, time: String) -> Result<()> {
        if self.state.ended.is_none() {
            let counts = self.state.counts.clone();
            self.write_state(&counts, Some(time))?;
            self.sync()?;
        }
        Ok(())
    }

    /// Gives all rows and rejected records again, in their order.
    ///
    /// # Errors
    /// If `row` or `reject` fails, or the journal cannot be read.
    pub fn replay(
        &self,
        mut row: impl FnMut(&[Cell<'_>]) -> Result<()>,
        mut reject: impl FnMut(&Rejected) -> Result<()>,
    ) -> Result<()> {
        let unreadable = || Error::read(&self.path);
        let mut blocks = Blocks::of(&self.file).map_err(unreadable())?;
        let mut end = 0;
        while let Some(block) = blocks.next().map_err(unreadable())? {
            end = block.end;
            if block.mark == HEAD {
                continue;
            }
            let (aside, rows) = taken_apart(&block.content).ok_or_else(|| self.refuse(DAMAGED))?;
            let mut rows = csv::ReaderBuilder::new()
                .has_headers(false)
                .from_reader(rows);
            for line in rows.records() {
                let line = line.ok().ok_or_else(|| self.refuse(DAMAGED))?;
                let cells = self.headings.iter().zip(&line);
                let cells: Option<Vec<_>> =
                    cells.map(|(head, cell)| head.holds.read(cell)).collect();
                row(&cells.ok_or_else(|| self.refuse(DAMAGED))?)?;
            }
            aside.rejected.iter().try_for_each(&mut reject)?;
        }
        match self.tail.is_at(end) {
            true => Ok(()),
            false => Err(self.refuse(DAMAGED)),
        }
    }

    /// Removes it: its result is complete.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn remove(self) -> Result<()> {
        let removed = match self.lock.is_in_place(&self.path) {
            true => fs::remove_file(&self.path).and_then(|()| sync_folder(&self.path)),
            false => Ok(()),
        };
        removed.map_err(self.write_error())
    }

    /// How many articles are safe on the disk, if the run fails now.
    pub fn safe(&self) -> Option<u64> {
        let is_safe = self.lock.is_in_place(&self.path) && self.file.sync_data().is_ok();
        is_safe.then_some(self.state.counts.articles)
    }

    fn write_block(&mut self, mark: u8, state: Option<State>) -> Result<()> {
        let aside = Aside {
            rejected: std::mem::take(&mut self.rejected),
            state,
        };
        let rows = std::mem::replace(&mut self.rows, rows());
        let write = || {
            let mut content = serde_json::to_vec(&aside)?;
            content.push(b'\n');
            content.extend(rows.into_inner().map_err(|error| error.into_error())?);
            self.tail.write(&mut self.file, mark, &content)
        };
        write().map_err(self.write_error())?;
        if let Some(state) = aside.state {
            self.state = state;
        }
        Ok(())
    }

    fn write_state(&mut self, counts: &Counts, ended: Option<String>) -> Result<()> {
        let (since, before) = self.working;
        let state = State {
            counts: counts.clone(),
            seconds: before + since.elapsed().as_secs_f64(),
            records: self.records.sum(),
            ended,
        };
        self.write_block(WHOLE, Some(state))
    }

    /// Writes a block if there is enough for one, or it is time.
    fn settle(&mut self, counts: &Counts) -> Result<()> {
        let is_time = self.synced.elapsed() >= INTERVAL;
        if is_time || self.rows.get_ref().len() >= BLOCK || self.rejected.len() >= REJECTED {
            self.write_state(counts, None)?;
        }
        match is_time {
            true => self.sync(),
            false => Ok(()),
        }
    }

    fn sync(&mut self) -> Result<()> {
        self.file.sync_data().map_err(self.write_error())?;
        self.synced = Instant::now();
        match self.lock.is_in_place(&self.path) {
            true => Ok(()),
            false => Err(self.refuse("was moved or deleted while slant was writing it")),
        }
    }

    fn write_error(&self) -> impl FnOnce(io::Error) -> Error + use<> {
        let name = self.path.display().to_string();
        |reason| Error::Write { name, reason }
    }

    fn refuse(&self, reason: &'static str) -> Error {
        Error::Journal {
            path: self.path.clone(),
            reason,
        }
    }

    fn changed(&self) -> Error {
        Error::Changed {
            path: self.path.clone(),
            what: "the records of the input are not what they were".to_owned(),
        }
    }
}

const DAMAGED: &str = "is damaged: move it away to start afresh";

impl Rows for Journal {
    fn write(&mut self, row: &Row<'_>) -> Result<()> {
        let cells = row.cells(self.kind);
        let line = cells.iter().map(Cell::to_string);
        // Into memory: that cannot fail.
        let _ = self.rows.write_record(line);
        match self.rows.get_ref().len() >= 2 * BLOCK {
            true => self.write_block(PART, None),
            false => Ok(()),
        }
    }

    fn reject(&mut self, rejected: &Rejected, counts: &Counts) -> Result<()> {
        self.records.add_rejected(rejected);
        self.rejected.push(rejected.clone());
        self.settle(counts)
    }

    fn end(&mut self, article: &Article, counts: &Counts) -> Result<()> {
        self.records.add_article(article);
        self.settle(counts)
    }

    fn flush(&mut self, counts: &Counts) -> Result<()> {
        if self.state.ended.is_some() {
            return Ok(());
        }
        self.write_state(counts, None)?;
        self.sync()
    }
}

/// A journal that was never begun leaves no file.
impl Drop for Journal {
    fn drop(&mut self) {
        if self.is_new && self.lock.is_in_place(&self.path) {
            // The run has failed already; a leftover is the lesser harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn rows() -> csv::Writer<Vec<u8>> {
    csv::Writer::from_writer(Vec::new())
}

fn taken_apart(content: &[u8]) -> Option<(Aside, &[u8])> {
    let end = content.iter().position(|&byte| byte == b'\n')?;
    Some((
        serde_json::from_slice(&content[..end]).ok()?,
        &content[end + 1..],
    ))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tempfile::TempDir;

    use super::*;
    use crate::input::Origin;
    use crate::score::segment_only;

    type Record = std::result::Result<Article, Rejected>;

    fn origin(number: u64) -> Origin {
        Origin {
            file: Arc::from("a.csv"),
            record: Some(number),
            line: None,
        }
    }

    fn article(number: u64) -> Record {
        Ok(Article {
            id: format!("a{number}"),
            source: "=\"Herald\",\r\n".to_owned(),
            date: String::new(),
            title: "\r".to_owned(),
            text: format!("The {number}th came. “Who?” 🎉"),
            kept: vec!["00123".to_owned(), String::new()],
            origin: origin(number),
        })
    }

    fn rejected(number: u64) -> Record {
        Err(Rejected {
            origin: origin(number),
            reason: "the text is empty".to_owned(),
            beginning: "\"x\",\n".to_owned(),
        })
    }

    fn records() -> Vec<Record> {
        vec![article(1), rejected(2), article(3), article(4)]
    }

    fn open(folder: &TempDir) -> Journal {
        let kept = ["page".to_owned(), "day".to_owned()];
        Journal::open(&folder.path().join("out.csv"), RowKind::Sentence, &kept).unwrap()
    }

    /// Takes the records that `journal` has not taken yet, writing a block after each.
    fn go_on(journal: &mut Journal) {
        let mut records = records().into_iter();
        if journal.head().is_none() {
            journal.begin("head".to_owned()).unwrap();
        } else {
            journal.resume(&mut records).unwrap();
        }
        for record in records {
            let counts = journal.state().counts.clone();
            segment_only([record].into_iter(), journal, counts, &mut |_| {}).unwrap();
        }
        journal.end("now".to_owned()).unwrap();
    }

    /// All that it gives again.
    fn replayed(journal: &Journal) -> (Vec<Vec<Cell<'static>>>, Vec<Rejected>) {
        let (mut lines, mut list) = (Vec::new(), Vec::new());
        let owned = |line: &[Cell<'_>]| line.iter().cloned().map(Cell::into_owned).collect();
        journal
            .replay(
                |line| {
                    lines.push(owned(line));
                    Ok(())
                },
                |rejected| {
                    list.push(rejected.clone());
                    Ok(())
                },
            )
            .unwrap();
        (lines, list)
    }

    #[test]
    fn a_journal_cut_at_any_byte_goes_on_to_the_same_rows() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(&folder);
        go_on(&mut journal);
        let whole = replayed(&journal);
        let counts = journal.state().counts.clone();
        assert_eq!((whole.0.len(), whole.1.len()), (9, 1));
        assert_eq!((counts.articles, counts.rejected, counts.rows), (3, 1, 9));
        let path = journal.path().to_owned();
        drop(journal);
        let bytes = fs::read(&path).unwrap();
        for size in 0..bytes.len() {
            // Power that is lost leaves zeros where bytes should be, too.
            let zeros = match size % 8 == 0 && size >= MAGIC.len() {
                true => 100,
                false => 0,
            };
            fs::write(&path, [&bytes[..size], &vec![0; zeros]].concat()).unwrap();
            let mut journal = open(&folder);
            go_on(&mut journal);
            assert_eq!(replayed(&journal), whole, "cut at {size}");
            assert_eq!(journal.state().counts, counts);
        }
    }

    #[test]
    fn records_that_are_not_what_they_were_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(&folder);
        go_on(&mut journal);
        drop(journal);
        let resumed = |change: fn(&mut Vec<Record>)| {
            let mut records = records();
            change(&mut records);
            open(&folder).resume(&mut records.into_iter())
        };
        assert!(resumed(|_| {}).is_ok());
        let refused = resumed(|records| records[3] = article(5)).unwrap_err();
        assert!(refused.to_string().ends_with(
            "cannot go on: the records of the input are not what they were; undo that, or give --force to start afresh"
        ));
        assert!(resumed(|records| records.swap(0, 2)).is_err());
        assert!(resumed(|records| drop(records.pop())).is_err());
        assert!(resumed(|records| records.push(article(5))).is_err());
    }

    #[test]
    fn a_journal_that_was_never_begun_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let journal = open(&folder);
        let path = journal.path().to_owned();
        assert!(path.exists());
        drop(journal);
        assert!(!path.exists());
    }

    #[test]
    fn an_article_of_many_blocks_is_taken_back_whole() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = open(&folder);
        journal.begin("head".to_owned()).unwrap();
        let mut long = article(1).unwrap();
        // Pages that Zstandard cannot make small are not needed: blocks are counted before it.
        long.kept[0] = "page ".repeat(1 << 18);
        let row = Row {
            sentence: crate::output::SentenceRow {
                article: &long,
                number: 1,
                text: &long.text,
                span: crate::span::CharSpan { start: 0, end: 1 },
            },
            sentiment: None,
            party: None,
            voice: None,
            speaker: "",
            note: "",
        };
        for _ in 0..5 {
            journal.write(&row).unwrap();
        }
        let size = journal.file.metadata().unwrap().len();
        assert!(size > 500, "parts of it are written: {size}");
        drop(journal);
        let mut journal = open(&folder);
        assert_eq!(journal.state().counts.articles, 0);
        go_on(&mut journal);
        assert_eq!(replayed(&journal).0.len(), 9);
    }
}
