//! Processor, threads and memory.

use std::num::NonZeroUsize;
use std::thread;

use serde::Serialize;
use sysinfo::{
    CpuRefreshKind, MemoryRefreshKind, ProcessRefreshKind, ProcessesToUpdate, RefreshKind, System,
};

use super::Problem;
use crate::model::Engine;

/// What scoring takes, whatever the size of the collection (240 MB), and as much again for long
/// articles and for writing XLSX.
const MEMORY_NEEDED: u64 = 512 << 20;

/// The processor.
#[derive(Debug, Clone, Serialize)]
pub struct Processor {
    /// As it calls itself.
    pub name: Option<String>,
    /// As Rust calls it: `x86_64`, `aarch64`.
    pub architecture: &'static str,
    /// What it has of the instructions that bear on speed.
    pub features: Vec<&'static str>,
}

/// How many threads score.
#[derive(Debug, Clone, Serialize)]
pub struct Threads {
    /// As many as score.
    pub used: usize,
    /// As many as the user asked for.
    pub asked: Option<usize>,
    /// The cores of the machine, hyper-threads counted.
    pub cores: usize,
    /// The cores that this process may run on, where the system tells. A container's quota may allow
    /// fewer at once.
    pub affinity: Option<usize>,
}

/// The memory, in bytes.
#[derive(Debug, Clone, Serialize)]
pub struct Memory {
    /// All of the machine's.
    pub total: Option<u64>,
    /// What can be had without swapping, within the limit.
    pub available: Option<u64>,
    /// What a container allows, where it is less than all.
    pub limit: Option<u64>,
}

impl Processor {
    pub(super) fn here() -> Self {
        let what = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
        let name = System::new_with_specifics(what)
            .ok()
            .and_then(|system| Some(system.cpus().first()?.brand().trim().to_owned()));
        Self {
            name: name.filter(|name| !name.is_empty()),
            architecture: std::env::consts::ARCH,
            features: features(),
        }
    }
}

/// The names of those features that `$is_detected` finds.
macro_rules! detected {
    ($is_detected:ident: $($name:tt),*) => {
        [$(($name, std::arch::$is_detected!($name))),*]
            .into_iter()
            .filter_map(|(name, is_here)| is_here.then_some(name))
            .collect()
    };
}

#[cfg(target_arch = "x86_64")]
fn features() -> Vec<&'static str> {
    detected!(
        is_x86_feature_detected: "sse4.2", "avx", "avx2", "fma", "avx512f", "avx512bw", "avx512dq",
        "avx512vl", "avx512vnni", "avx512bf16"
    )
}

#[cfg(target_arch = "aarch64")]
fn features() -> Vec<&'static str> {
    detected!(is_aarch64_feature_detected: "neon", "dotprod", "i8mm", "bf16", "sve")
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn features() -> Vec<&'static str> {
    Vec::new()
}

impl Threads {
    /// The threads of `engine`.
    pub(super) fn here(engine: Engine) -> Self {
        let available = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let used = engine.threads.unwrap_or_else(available).get();
        let what = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
        let cores = System::new_with_specifics(what).map_or(0, |system| system.cpus().len());
        let affinity = affinity();
        Self {
            used,
            asked: engine.threads.map(NonZeroUsize::get),
            // Within some sandboxes the list of cores is empty.
            cores: cores.max(affinity.unwrap_or(1)),
            affinity,
        }
    }
}

#[cfg(target_os = "linux")]
fn affinity() -> Option<usize> {
    let cores = rustix::thread::sched_getaffinity(None).ok()?.count();
    usize::try_from(cores).ok()
}

#[cfg(not(target_os = "linux"))]
fn affinity() -> Option<usize> {
    None
}

impl Memory {
    pub(super) fn here() -> Self {
        let what = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
        let Ok(mut system) = System::new_with_specifics(what) else {
            return Self {
                total: None,
                available: None,
                limit: None,
            };
        };
        let total = system.total_memory();
        let limits = sysinfo::get_current_pid().ok().and_then(|own| {
            let processes = ProcessesToUpdate::Some(&[own]);
            system.refresh_processes_specifics(processes, false, ProcessRefreshKind::nothing());
            system.process(own)?.cgroup_limits()
        });
        let limits = limits.filter(|limits| limits.total_memory < total);
        let available = system.available_memory();
        let allowed = limits
            .as_ref()
            .map_or(available, |limits| limits.free_memory);
        Self {
            total: Some(total).filter(|&total| total > 0),
            available: Some(available.min(allowed)).filter(|_| total > 0),
            limit: limits.map(|limits| limits.total_memory),
        }
    }

    pub(super) fn problem(&self) -> Option<Problem> {
        let short = self.available.filter(|&bytes| bytes < MEMORY_NEEDED)?;
        let raise = match self.limit {
            Some(_) => "raise the container's limit",
            None => "close other programs",
        };
        Some(Problem {
            of: "memory",
            fatal: false,
            problem: format!(
                "{} MB can be had, and slant may need {} MB",
                short >> 20,
                MEMORY_NEEDED >> 20
            ),
            mend: format!("{raise}, or the system may end slant halfway"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_memory_is_a_problem_whose_mend_depends_on_who_keeps_it() {
        let memory = |available, limit| Memory {
            total: Some(8 << 30),
            available,
            limit,
        };
        assert_eq!(memory(Some(MEMORY_NEEDED), None).problem(), None);
        assert_eq!(memory(None, None).problem(), None);
        let short = memory(Some(100 << 20), None).problem().unwrap();
        assert_eq!(
            short.problem,
            "100 MB can be had, and slant may need 512 MB"
        );
        assert!(short.mend.contains("other programs"));
        let limited = memory(Some(100 << 20), Some(256 << 20)).problem();
        assert!(limited.unwrap().mend.contains("container"));
    }

    #[test]
    fn as_many_threads_are_used_as_are_asked_for() {
        let engine = Engine {
            threads: NonZeroUsize::new(3),
            precision: None,
        };
        let threads = Threads::here(engine);
        assert_eq!((threads.used, threads.asked), (3, Some(3)));
        let threads = Threads::here(Engine::default());
        assert!(threads.used >= 1 && threads.used <= threads.cores);
    }
}
