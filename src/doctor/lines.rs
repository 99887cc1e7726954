//! A diagnosis for the terminal: a line for each thing, its problems and their mends below.

use std::fmt::{self, Display, Formatter};

use super::{Diagnosis, Folder, LibtorchFound, Memory, Problem, SelfTest, Threads, Verdict};

impl Display for Diagnosis {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let program = self.program.path.as_deref().unwrap_or("unknown place");
        let lines = [
            (
                "program",
                format!("slant {}, {program}", self.program.version),
            ),
            ("libtorch", libtorch(&self.libtorch)),
            ("processor", self.processor_line()),
            (
                "precision",
                format!("{}: {}", self.precision.auto, self.precision.reason),
            ),
            ("threads", threads(&self.threads)),
            ("memory", memory(&self.memory)),
            ("bundle", self.bundle_line()),
            (
                "self_test",
                self.self_test.as_ref().map_or("none".to_owned(), self_test),
            ),
            ("temporary", folder(&self.temporary)),
            ("working", folder(&self.working)),
        ];
        for (name, found) in lines {
            writeln!(out, "{:12}{found}", name.replace('_', "-"))?;
            for problem in self.problems.iter().filter(|problem| problem.of == name) {
                let Problem { problem, mend, .. } = problem;
                writeln!(
                    out,
                    "{:>10}  {problem}\n{:>10}  {mend}",
                    "problem:", "mend:"
                )?;
            }
        }
        let verdict = match self.verdict {
            Verdict::Well => "All is well.",
            Verdict::Amiss => "slant runs here, but not all is well: see above.",
            Verdict::Unable => "slant cannot score here: see above.",
        };
        writeln!(out, "\n{verdict}")
    }
}

impl Diagnosis {
    fn processor_line(&self) -> String {
        let processor = &self.processor;
        let name = processor.name.as_deref().unwrap_or("unknown");
        let features = processor.features.join(" ");
        format!("{name}, {}: {features}", processor.architecture)
    }

    fn bundle_line(&self) -> String {
        let Some(bundle) = &self.bundle else {
            return "none".to_owned();
        };
        let title = bundle.title.as_deref().unwrap_or("unknown");
        let checksums = match bundle.checksums_right {
            true => "checksums right",
            false => "not usable",
        };
        format!("{title}, {checksums}, {}", bundle.folder)
    }
}

fn libtorch(found: &LibtorchFound) -> String {
    let version = match &found.version {
        Some(version) => version.clone(),
        None => format!("of unknown version (made for {})", found.expected),
    };
    let path = found.path.as_deref().unwrap_or("unknown place");
    format!("{version}, {path}")
}

fn threads(threads: &Threads) -> String {
    let Threads {
        used,
        asked,
        cores,
        affinity,
    } = threads;
    let allowed = affinity.unwrap_or(*cores);
    let why = if asked.is_some() {
        ", as asked"
    } else if *used < allowed {
        ": a container's quota allows no more"
    } else if allowed < *cores {
        ": the process may run on no more"
    } else {
        ""
    };
    format!("{used} on {cores} cores{why}")
}

fn memory(memory: &Memory) -> String {
    let size = |bytes: Option<u64>| match bytes {
        Some(bytes) => format!("{:.1} GB", bytes as f64 / 1e9),
        None => "unknown".to_owned(),
    };
    let limit = match memory.limit {
        Some(_) => format!(", limited to {}", size(memory.limit)),
        None => String::new(),
    };
    format!(
        "{}, {} available{limit}",
        size(memory.total),
        size(memory.available)
    )
}

fn self_test(test: &SelfTest) -> String {
    format!(
        "{} sentences in {}, {:.0} a second; {:.1} % of labels as the bundle has them, stray {:.3} (allowed {})",
        test.sentences,
        test.precision,
        test.sentences_per_second,
        100.0 * test.agreement.same_labels,
        test.agreement.mean_stray,
        test.bound
    )
}

fn folder(folder: &Folder) -> String {
    let writable = if folder.writable {
        "writable"
    } else {
        "not writable"
    };
    format!("{writable}, {}", folder.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_threads_than_cores_come_with_the_reason() {
        let line = |used, asked, affinity| {
            threads(&Threads {
                used,
                asked,
                cores: 8,
                affinity,
            })
        };
        assert_eq!(line(8, None, Some(8)), "8 on 8 cores");
        assert_eq!(line(8, None, None), "8 on 8 cores");
        assert_eq!(line(2, Some(2), Some(8)), "2 on 8 cores, as asked");
        assert_eq!(
            line(2, None, Some(2)),
            "2 on 8 cores: the process may run on no more"
        );
        assert_eq!(
            line(2, None, Some(4)),
            "2 on 8 cores: a container's quota allows no more"
        );
    }
}
