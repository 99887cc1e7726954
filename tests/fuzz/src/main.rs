//! Lets libFuzzer try one of slant's laws on whatever bytes it finds: `scripts/fuzz`.

#![no_main]

mod laws;

use std::env;
use std::sync::LazyLock;

use laws::{LAWS, Law};
use libfuzzer_sys::fuzz_target;

/// The law that is tried.
static LAW: LazyLock<Law> = LazyLock::new(|| {
    let wanted = env::var("SLANT_LAW").expect("SLANT_LAW names a law");
    let known = LAWS.into_iter().find(|(name, _)| *name == wanted);
    known.expect("SLANT_LAW names a law that there is").1
});

fuzz_target!(|bytes: &[u8]| LAW(bytes));
