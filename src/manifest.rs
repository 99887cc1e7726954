//! What made a result: the file `NAME.manifest.json` beside it.
//!
//! An [`Identity`] is all that shapes the bytes of a result. Two runs of one identity give the same
//! bytes, so a stopped run goes on only with the one that it was begun with. A [`Manifest`] is the
//! identity with what came of it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::checksum::Checksum;
use crate::counts::Counts;
use crate::error::{Error, Result};
use crate::input::Fingerprint;
use crate::mention::Link;
use crate::output::{Destination, State};
use crate::parties::Parties;

/// All that shapes the bytes of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The program and its version, as in "slant 0.1.0".
    pub program: String,
    /// The command: `score` or `segment`.
    pub command: String,
    /// The inputs as they were typed.
    pub inputs: Vec<String>,
    /// The options that shape the result, given or not, by their long names; of a switch "true". The
    /// precision stands with the model.
    pub options: BTreeMap<String, String>,
    /// What kind of file the result is.
    pub format: String,
    /// The parties file, if one was given.
    pub parties: Option<PartiesFile>,
    /// What scored, if anything did.
    pub model: Option<Scoring>,
    /// The files that the inputs come to, in the order in which they are read.
    pub files: Vec<Fingerprint>,
}

/// A parties file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartiesFile {
    /// Its name as it was typed.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// A bundle, and how it was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scoring {
    /// Its name and version, as in "slant-mini 0.1.0".
    pub bundle: String,
    /// The SHA-256 of its `config.json`, which has those of its other files.
    pub sha256: String,
    /// What its linear layers were multiplied in: `int8` or `f32`.
    pub precision: String,
}

impl Identity {
    /// What of `now` is not as it is here, told by name; nothing if all is.
    pub fn difference(&self, now: &Self) -> Option<String> {
        let was = |what: &str, was: &str, is: &str| {
            (was != is).then(|| format!("{what} was {was} and is {is}"))
        };
        was("the program", &self.program, &now.program)
            .or_else(|| was("the command", &self.command, &now.command))
            .or_else(|| was("INPUT", &self.inputs.join(" "), &now.inputs.join(" ")))
            .or_else(|| was("the format", &self.format, &now.format))
            .or_else(|| self.option_changed(now))
            .or_else(|| self.parties_changed(now))
            .or_else(|| self.model_changed(now))
            .or_else(|| files_changed(&self.files, &now.files))
    }

    /// The files that are not what they were, each of `now` or gone; a new one is not among them.
    pub fn changed_files(&self, now: &[Fingerprint]) -> Vec<String> {
        let now: HashSet<_> = now.iter().collect();
        let changed = self.files.iter().filter(|file| !now.contains(file));
        changed.map(|file| file.file.clone()).collect()
    }

    /// Whether part of the input can be read only once, so that its records alone tell what it was.
    pub fn has_a_pipe(&self) -> bool {
        self.files.iter().any(|file| file.checksum.is_none())
    }

    fn option_changed(&self, now: &Self) -> Option<String> {
        let names: BTreeSet<_> = self.options.keys().chain(now.options.keys()).collect();
        // Wherever the model lies, its checksum tells which it is.
        let mut changed = names
            .into_iter()
            .filter(|name| *name != "model" && self.options.get(*name) != now.options.get(*name));
        let name = changed.next()?;
        let told = |value: Option<&String>| match value.map(String::as_str) {
            None => "not given".to_owned(),
            Some("true") => "given".to_owned(),
            Some(value) => value.to_owned(),
        };
        let (was, is) = (self.options.get(name), now.options.get(name));
        Some(format!("--{name} was {} and is {}", told(was), told(is)))
    }

    fn parties_changed(&self, now: &Self) -> Option<String> {
        let (was, is) = (self.parties.as_ref()?, now.parties.as_ref()?);
        (was.sha256 != is.sha256).then(|| format!("the parties file {} has changed since", is.file))
    }

    fn model_changed(&self, now: &Self) -> Option<String> {
        let (was, is) = (self.model.as_ref()?, now.model.as_ref()?);
        if was.sha256 != is.sha256 {
            return Some(format!(
                "the model was {} ({}…) and is {} ({}…)",
                was.bundle,
                short(&was.sha256),
                is.bundle,
                short(&is.sha256)
            ));
        }
        (was.precision != is.precision).then(|| {
            format!(
                "--precision came to {} and comes to {}",
                was.precision, is.precision
            )
        })
    }
}

/// The first digits of a checksum: enough to tell two apart.
fn short(sha256: &str) -> &str {
    sha256.get(..8).unwrap_or(sha256)
}

fn files_changed(was: &[Fingerprint], are: &[Fingerprint]) -> Option<String> {
    let mut pairs = was.iter().zip(are);
    let before = |file: &str, files: &[Fingerprint]| files.iter().any(|known| known.file == file);
    match pairs.find(|(was, is)| was != is) {
        Some((was, is)) if was.file == is.file => {
            Some(format!("the input {} has changed since", is.file))
        }
        Some((was, _)) if !before(&was.file, are) => {
            Some(format!("the input {} is gone", was.file))
        }
        Some((_, is)) => Some(format!("the input {} is new", is.file)),
        None => match (was.get(are.len()), are.get(was.len())) {
            (Some(gone), _) => Some(format!("the input {} is gone", gone.file)),
            (_, Some(new)) => Some(format!("the input {} is new", new.file)),
            (None, None) => None,
        },
    }
}

/// What made a result, and what came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// The layout of this file: 1.
    pub manifest: u32,
    /// All that shapes the result.
    #[serde(flatten)]
    pub identity: Identity,
    /// The files that changed while they were read: their rows may be of either state.
    #[serde(default)]
    pub changed_files: Vec<String>,
    /// The result.
    pub result: ResultFile,
    /// How much went in and came out.
    pub counts: Totals,
    /// The SHA-256 of the records that were read, as [`RecordSum`](crate::input::RecordSum) sums them.
    pub records_sha256: String,
    /// When the run was begun: RFC 3339, UTC.
    pub started: String,
    /// When it came to the end of its input.
    pub ended: String,
    /// How long it worked between, not counting the time in which it was stopped.
    pub seconds: f64,
    /// How many sentences it wrote in each of these seconds.
    pub sentences_per_second: f64,
    /// The machine that it came to its end on.
    pub machine: Machine,
}

/// A result as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultFile {
    /// Its name, without its folder.
    pub file: String,
    /// What it holds.
    #[serde(flatten)]
    pub checksum: Checksum,
}

/// How much went in and came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Records read, and whole files that could not be.
    pub records: u64,
    /// Those of them that were articles.
    pub articles: u64,
    /// Those that could not be taken.
    pub rejected: u64,
    /// Sentences written.
    pub sentences: u64,
    /// Rows of the long layout.
    pub rows: u64,
    /// Sentences that were read in overlapping windows.
    pub windowed: u64,
    /// How each party was mentioned.
    pub parties: Vec<PartyTotals>,
}

/// How a party was mentioned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyTotals {
    /// Its name.
    pub party: String,
    /// Mentions by link: `alias`, `title`, `pronoun`.
    pub mentions: BTreeMap<String, u64>,
    /// Aliases that an exclude phrase kept from being mentions.
    pub excluded: u64,
    /// Names that came near and were not counted, the most frequent first.
    pub near: Vec<NearName>,
}

/// A name that comes near a party's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearName {
    /// As it stands in the text.
    pub name: String,
    /// How often.
    pub times: u64,
}

impl Totals {
    /// What `counts` come to, in the words of the manifest.
    pub fn of(counts: &Counts, parties: &Parties) -> Self {
        let parties = parties.iter().zip(&counts.parties);
        let of_party = parties.map(|(party, counts)| PartyTotals {
            party: party.name.clone(),
            mentions: Link::ALL
                .iter()
                .map(|link| (link.name().to_owned(), counts.mentions[*link as usize]))
                .collect(),
            excluded: counts.excluded,
            near: counts
                .near
                .by_frequency()
                .into_iter()
                .map(|(name, times)| NearName {
                    name: name.to_owned(),
                    times,
                })
                .collect(),
        });
        Self {
            records: counts.articles + counts.rejected,
            articles: counts.articles,
            rejected: counts.rejected,
            sentences: counts.sentences,
            rows: counts.rows,
            windowed: counts.windowed,
            parties: of_party.collect(),
        }
    }
}

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// What its processor calls itself; none if it does not say.
    pub cpu: Option<String>,
    /// The kind of processor and the system, as in "x86_64 linux".
    pub platform: String,
    /// How many threads scored.
    pub threads: usize,
}

impl Machine {
    /// This one, of which `threads` are used.
    pub fn here(threads: usize) -> Self {
        let known = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let mut lines = known.lines().filter_map(|line| line.split_once(':'));
        let named = lines.find(|(name, _)| name.trim() == "model name");
        Self {
            cpu: named.map(|(_, cpu)| cpu.trim().to_owned()),
            platform: format!("{} {}", std::env::consts::ARCH, std::env::consts::OS),
            threads,
        }
    }
}

/// What is told of a run that is complete.
#[derive(Debug)]
pub struct Completed<'a> {
    /// What shaped it.
    pub identity: Identity,
    /// The files that changed meanwhile.
    pub changed_files: Vec<String>,
    /// When it was begun.
    pub started: String,
    /// How it ended.
    pub state: &'a State,
    /// Its counts, in the words of the manifest.
    pub counts: Totals,
    /// What it ran on.
    pub machine: Machine,
}

impl Manifest {
    /// The manifest of `result`, which has this `checksum`.
    pub fn new(result: &Path, checksum: Checksum, run: Completed<'_>) -> Self {
        let rate = run.counts.sentences as f64 / run.state.seconds.max(0.001);
        Self {
            manifest: 1,
            identity: run.identity,
            changed_files: run.changed_files,
            result: ResultFile {
                file: name(result),
                checksum,
            },
            counts: run.counts,
            records_sha256: run.state.records.clone(),
            started: run.started,
            ended: run.state.ended.clone().unwrap_or_default(),
            seconds: tenths(run.state.seconds),
            sentences_per_second: tenths(rate),
            machine: run.machine,
        }
    }

    /// Where the manifest of `result` is.
    pub fn path_beside(result: &Path) -> PathBuf {
        result.with_extension("manifest.json")
    }

    /// Reads the manifest at `path`.
    ///
    /// # Errors
    /// If it cannot be read, or is not one of this version.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(Error::read(path))?;
        serde_json::from_str(&text).map_err(|error| Error::Manifest {
            path: path.to_owned(),
            reason: error.to_string(),
        })
    }

    /// The manifest beside `result`, if there is one that is of it.
    pub fn beside(result: &Path) -> Option<Self> {
        let manifest = Self::read(&Self::path_beside(result)).ok()?;
        (manifest.result.file == name(result)).then_some(manifest)
    }

    /// Writes it beside `result`.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn write(&self, result: &Path) -> Result<()> {
        let path = Self::path_beside(result);
        let mut destination = Destination::open(&path, true)?;
        let written = serde_json::to_vec_pretty(self).map_err(std::io::Error::from);
        let written = written.and_then(|mut text| {
            text.push(b'\n');
            destination.write_all(&text)?;
            destination.finish()
        });
        written.map_err(|reason| Error::Write {
            name: path.display().to_string(),
            reason,
        })
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// Rounded: more would be noise.
fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, sha256: &str) -> Fingerprint {
        Fingerprint {
            file: name.to_owned(),
            checksum: Some(Checksum {
                bytes: 1,
                sha256: sha256.to_owned(),
            }),
        }
    }

    fn identity() -> Identity {
        let options = [("links", "all"), ("layout", "long")];
        Identity {
            program: "slant 0.1.0".to_owned(),
            command: "score".to_owned(),
            inputs: vec!["news".to_owned()],
            options: options
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            format: "csv".to_owned(),
            parties: Some(PartiesFile {
                file: "parties.toml".to_owned(),
                sha256: "0".to_owned(),
            }),
            model: Some(Scoring {
                bundle: "slant-mini 0.1.0".to_owned(),
                sha256: "0123456789".to_owned(),
                precision: "int8".to_owned(),
            }),
            files: vec![file("a.txt", "0"), file("b.txt", "0")],
        }
    }

    fn told(change: impl FnOnce(&mut Identity)) -> String {
        let mut now = identity();
        change(&mut now);
        identity().difference(&now).unwrap_or_default()
    }

    #[test]
    fn what_differs_is_told_by_name() {
        assert_eq!(told(|_| {}), "");
        insta::assert_snapshot!(told(|now| now.program = "slant 0.2.0".to_owned()), @"the program was slant 0.1.0 and is slant 0.2.0");
        insta::assert_snapshot!(told(|now| now.command = "segment".to_owned()), @"the command was score and is segment");
        insta::assert_snapshot!(told(|now| now.inputs.push("more".to_owned())), @"INPUT was news and is news more");
        insta::assert_snapshot!(told(|now| { now.options.insert("links".to_owned(), "title".to_owned()); }), @"--links was all and is title");
        insta::assert_snapshot!(told(|now| { now.options.insert("excel".to_owned(), "true".to_owned()); }), @"--excel was not given and is given");
        insta::assert_snapshot!(told(|now| now.parties.as_mut().unwrap().sha256 = "1".to_owned()), @"the parties file parties.toml has changed since");
        insta::assert_snapshot!(told(|now| now.model.as_mut().unwrap().sha256 = "9876543210".to_owned()), @"the model was slant-mini 0.1.0 (01234567…) and is slant-mini 0.1.0 (98765432…)");
        insta::assert_snapshot!(told(|now| now.model.as_mut().unwrap().precision = "f32".to_owned()), @"--precision came to int8 and comes to f32");
        insta::assert_snapshot!(told(|now| now.files[1] = file("b.txt", "1")), @"the input b.txt has changed since");
        insta::assert_snapshot!(told(|now| now.files.push(file("c.txt", "1"))), @"the input c.txt is new");
        insta::assert_snapshot!(told(|now| now.files.insert(1, file("aa.txt", "1"))), @"the input aa.txt is new");
        insta::assert_snapshot!(told(|now| { now.files.remove(0); }), @"the input a.txt is gone");
        insta::assert_snapshot!(told(|now| { now.files.pop(); }), @"the input b.txt is gone");
    }
}
