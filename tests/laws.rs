//! What the fuzzer starts from, and what it once found, keeps the laws that it tries: `scripts/fuzz`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

#[path = "fuzz/src/laws/mod.rs"]
mod laws;

use std::fs;
use std::path::Path;

use laws::LAWS;

#[test]
fn every_law_holds_on_the_seeds_of_the_fuzzer() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds");
    for (name, law) in LAWS {
        let files = fs::read_dir(seeds.join(name)).unwrap();
        let mut tried = 0;
        for file in files {
            let path = file.unwrap().path();
            println!("{}", path.display());
            law(&fs::read(path).unwrap());
            tried += 1;
        }
        assert!(tried > 0, "{name} has no seeds");
    }
    let folders = fs::read_dir(seeds).unwrap().count();
    assert_eq!(folders, LAWS.len(), "a folder of seeds belongs to no law");
}
