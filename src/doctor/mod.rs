//! What this machine has, what is missing for slant to run on it, and the mend of each problem.
//!
//! A [`Diagnosis`] is made even where nothing else works: without a bundle, or with a damaged one.
//! Shown, it is a line for each thing with its problems below; serialised, it has this shape, to
//! which later versions add and of which they take nothing away:
//!
//! ```json
//! {
//!   "verdict": "well",                      // or "amiss": slant runs; or "unable": it does not
//!   "problems": [{"of": "bundle", "fatal": true, "problem": "…", "mend": "…"}],
//!   "program": {"version": "…", "path": "…"},
//!   "libtorch": {"version": "…", "expected": "…", "path": "…"},
//!   "processor": {"name": "…", "architecture": "x86_64", "features": ["avx2"]},
//!   "precision": {"auto": "int8", "reason": "…"},
//!   "threads": {"used": 2, "asked": null, "cores": 4, "affinity": 2},
//!   "memory": {"total": 1, "available": 1, "limit": null},                            // bytes
//!   "bundle": {"folder": "…", "title": "…", "checksums_right": true},
//!   "self_test": {"precision": "int8", "sentences": 200, "seconds": 0.2, "sentences_per_second": 900,
//!                 "mean_stray": 0.005, "most_stray": 0.1, "bound": 0.02, "same_labels": 0.99},
//!   "temporary": {"path": "…", "writable": true},
//!   "working": {"path": "…", "writable": true}
//! }
//! ```
//!
//! What is not known is null; so are `bundle` and `self_test` where there is none.

mod bundle;
mod folder;
mod lines;
mod machine;

use std::env;
use std::path::Path;

use serde::Serialize;

pub use bundle::{BundleFound, SelfTest};
pub use folder::Folder;
pub use machine::{Memory, Processor, Threads};

use crate::model::{Engine, Libtorch, Precision};

/// What was found of a machine.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnosis {
    /// What all problems come to.
    pub verdict: Verdict,
    /// What is wrong, in the order of the things below.
    pub problems: Vec<Problem>,
    /// The program that runs.
    pub program: Program,
    /// The libtorch that it runs on.
    pub libtorch: LibtorchFound,
    /// The processor.
    pub processor: Processor,
    /// What linear layers are multiplied in unless the user asks for another.
    pub precision: PrecisionHere,
    /// How many threads score.
    pub threads: Threads,
    /// The memory.
    pub memory: Memory,
    /// The bundle, if there is one.
    pub bundle: Option<BundleFound>,
    /// What came of scoring the bundle's reference sentences, if that was possible.
    pub self_test: Option<SelfTest>,
    /// The folder of temporary files.
    pub temporary: Folder,
    /// The folder that the program was started in.
    pub working: Folder,
}

/// What all problems of a machine come to; the numbers are the program's exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// There is no problem.
    Well = 0,
    /// There is a problem, but slant runs.
    Amiss = 1,
    /// Nothing can be scored.
    Unable = 2,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The thing that it is about: a field of [`Diagnosis`].
    pub of: &'static str,
    /// Whether nothing can be scored because of it.
    pub fatal: bool,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub mend: String,
}

/// The program.
#[derive(Debug, Clone, Serialize)]
pub struct Program {
    /// Its version.
    pub version: &'static str,
    /// Where it stands.
    pub path: Option<String>,
}

/// The libtorch that is loaded.
#[derive(Debug, Clone, Serialize)]
pub struct LibtorchFound {
    /// Its version, where the files beside it tell.
    pub version: Option<String>,
    /// The version that slant is made for.
    pub expected: &'static str,
    /// Where it was loaded from.
    pub path: Option<String>,
}

/// What `--precision auto` comes to.
#[derive(Debug, Clone, Serialize)]
pub struct PrecisionHere {
    /// `int8` or `f32`.
    pub auto: String,
    /// Why.
    pub reason: &'static str,
}

impl Diagnosis {
    /// Examines this machine, and the bundle in `folder`: the one that ships with the program, unless
    /// given.
    pub fn make(folder: Option<&Path>, engine: Engine) -> Self {
        let libtorch = LibtorchFound::here();
        let memory = Memory::here();
        let model = bundle::examine(folder, engine);
        let temporary = Folder::examine(&env::temp_dir());
        let working = Folder::examine(Path::new("."));
        let mut problems = Vec::new();
        problems.extend(libtorch.problem());
        problems.extend(memory.problem());
        problems.extend(model.problem);
        problems
            .extend(temporary.problem("temporary", "set TMPDIR to a folder that can be written"));
        problems.extend(working.problem(
            "working",
            "go to another, or give -o a path that can be written",
        ));
        Self {
            verdict: Verdict::of(&problems),
            problems,
            program: Program::here(),
            libtorch,
            processor: Processor::here(),
            precision: PrecisionHere::here(),
            threads: Threads::here(engine),
            memory,
            bundle: model.bundle,
            self_test: model.self_test,
            temporary,
            working,
        }
    }
}

impl Verdict {
    fn of(problems: &[Problem]) -> Self {
        match problems {
            [] => Self::Well,
            some if some.iter().any(|problem| problem.fatal) => Self::Unable,
            _ => Self::Amiss,
        }
    }
}

impl Program {
    fn here() -> Self {
        let path = env::current_exe().ok();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            path: path.map(|path| path.display().to_string()),
        }
    }
}

impl LibtorchFound {
    fn here() -> Self {
        let Libtorch { version, path } = Libtorch::loaded();
        Self {
            version,
            expected: Libtorch::EXPECTED,
            path: path.map(|path| path.display().to_string()),
        }
    }

    fn problem(&self) -> Option<Problem> {
        let Self {
            version, expected, ..
        } = self;
        let other = version.as_ref().filter(|version| version != expected)?;
        Some(Problem {
            of: "libtorch",
            fatal: false,
            problem: format!("libtorch is {other}, and slant is made for {expected}"),
            mend: format!(
                "take the libtorch that comes with slant: unset LD_LIBRARY_PATH, or build with libtorch {expected}"
            ),
        })
    }
}

impl PrecisionHere {
    fn here() -> Self {
        Self {
            auto: Precision::here().to_string(),
            reason: Precision::reason(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(fatal: bool) -> Problem {
        Problem {
            of: "bundle",
            fatal,
            problem: String::new(),
            mend: String::new(),
        }
    }

    #[test]
    fn one_fatal_problem_makes_a_machine_unable_whatever_the_others() {
        assert_eq!(Verdict::of(&[]), Verdict::Well);
        assert_eq!(Verdict::of(&[problem(false)]), Verdict::Amiss);
        assert_eq!(
            Verdict::of(&[problem(false), problem(true), problem(false)]),
            Verdict::Unable
        );
    }

    #[test]
    fn a_libtorch_of_another_version_is_a_problem_and_one_of_unknown_version_is_none() {
        let found = |version: Option<&str>| LibtorchFound {
            version: version.map(str::to_owned),
            expected: "2.4.0",
            path: None,
        };
        assert_eq!(found(Some("2.4.0")).problem(), None);
        assert_eq!(found(None).problem(), None);
        let problem = found(Some("2.5.1")).problem().unwrap().problem;
        assert_eq!(problem, "libtorch is 2.5.1, and slant is made for 2.4.0");
    }
}
