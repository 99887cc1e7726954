//! `slant doctor`: what it says of a sound machine, and of each thing that can be wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use program::{BUNDLE, Place, Run};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A copy of the bundle, in `bundle`.
fn bundle(place: &Place) -> PathBuf {
    let folder = place.path().join("bundle");
    fs::create_dir(&folder).unwrap();
    for name in [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "reference.jsonl",
    ] {
        fs::copy(Path::new(BUNDLE).join(name), folder.join(name)).unwrap();
    }
    folder
}

/// Replaces `from` by `to` in a file of the bundle, and its checksum where that is to be right.
fn change(bundle: &Path, name: &str, from: &str, to: &str, checksum_is_right: bool) {
    let path = bundle.join(name);
    let text = fs::read_to_string(&path).unwrap();
    let changed = text.replacen(from, to, 1);
    assert_ne!(text, changed, "{from} is not in {name}");
    fs::write(path, &changed).unwrap();
    if checksum_is_right {
        let path = bundle.join("config.json");
        let config = fs::read_to_string(&path).unwrap();
        let config = config.replace(&sha256(&text), &sha256(&changed));
        fs::write(path, config).unwrap();
    }
}

fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What `slant doctor` says of the bundle in `bundle`, as JSON, and its exit status.
fn diagnosis(place: &Place, bundle: &str) -> (Value, i32) {
    let run = place.slant(["doctor", "--json", "--model", bundle]);
    (serde_json::from_str(&run.stdout).unwrap(), run.status)
}

/// The line of `name` and the problems below it, with the place taken out.
fn lines_of(name: &str, run: &Run, place: &Place) -> String {
    let mut lines = run
        .stdout
        .lines()
        .skip_while(|line| !line.starts_with(name));
    let first = lines.next().unwrap();
    let below = lines.take_while(|line| line.starts_with(' '));
    let text: String = [first]
        .into_iter()
        .chain(below)
        .map(|line| line.to_owned() + "\n")
        .collect();
    text.replace(place.path().to_str().unwrap(), "PLACE")
}

#[test]
fn a_sound_machine_is_well_and_every_thing_has_its_line() {
    let place = Place::new();
    let run = place.slant(["doctor"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    let names: Vec<&str> = run
        .stdout
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    insta::assert_snapshot!(names.join(" "), @"program libtorch processor precision threads memory bundle self-test temporary working  All");
    assert!(run.stdout.ends_with("\nAll is well.\n"), "{}", run.stdout);
}

#[test]
fn the_json_has_the_documented_shape() {
    let place = Place::new();
    let (found, status) = diagnosis(&place, BUNDLE);
    assert_eq!((status, &found["verdict"]), (0, &Value::from("well")));
    let shape = |of: &Value| {
        of.as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut lines = shape(&found) + "\n";
    for (name, part) in found.as_object().unwrap() {
        if part.is_object() {
            lines += &format!("{name}: {}\n", shape(part));
        }
    }
    insta::assert_snapshot!(lines, @"
    bundle libtorch memory precision problems processor program self_test temporary threads verdict working
    bundle: checksums_right folder title
    libtorch: expected path version
    memory: available limit total
    precision: auto reason
    processor: architecture features name
    program: path version
    self_test: bound mean_stray most_stray precision same_labels seconds sentences sentences_per_second
    temporary: path writable
    threads: affinity asked cores used
    working: path writable
    ");
    assert!(found["self_test"]["sentences"].as_u64().unwrap() >= 200);
    assert!(found["self_test"]["mean_stray"].as_f64().unwrap() < 0.02);
    assert_eq!(found["libtorch"]["expected"], "2.4.0");
    assert_eq!(found["bundle"]["checksums_right"], true);
}

#[test]
fn a_missing_bundle_is_told_with_its_mend_and_all_else_is_examined() {
    let place = Place::new();
    let run = place.slant(["doctor", "--model", "nowhere"]);
    assert_eq!((run.status, run.stderr.as_str()), (2, ""));
    insta::assert_snapshot!(lines_of("bundle", &run, &place), @"
    bundle      unknown, not usable, nowhere
      problem:  the model in nowhere cannot be used: there is no such folder
         mend:  take the bundle's folder afresh from where it came, or give another by --model DIR
    ");
    insta::assert_snapshot!(lines_of("self-test", &run, &place), @"self-test   none");
    assert!(lines_of("working", &run, &place).contains("writable, PLACE"));
    assert!(
        run.stdout
            .ends_with("\nslant cannot score here: see above.\n")
    );
    let (found, status) = diagnosis(&place, "nowhere");
    assert_eq!((status, &found["verdict"]), (2, &Value::from("unable")));
    assert_eq!(found["problems"][0]["fatal"], true);
}

#[test]
fn a_damaged_bundle_is_told_by_its_file_and_keeps_its_name() {
    let place = Place::new();
    let folder = bundle(&place);
    change(&folder, "tokenizer.json", "\"the\"", "\"teh\"", false);
    let run = place.slant(["doctor", "--model", "bundle"]);
    assert_eq!((run.status, run.stderr.as_str()), (2, ""));
    let told = lines_of("bundle", &run, &place);
    assert!(
        told.contains("slant-mini") && told.contains("tokenizer.json is damaged"),
        "{told}"
    );
    let (found, _) = diagnosis(&place, "bundle");
    assert_eq!(found["bundle"]["checksums_right"], false);
    assert_eq!(found["problems"][0]["of"], "bundle");
}

#[test]
fn a_bundle_whose_words_the_encoder_does_not_have_is_told_and_no_panic_is_printed() {
    let place = Place::new();
    let folder = bundle(&place);
    change(
        &folder,
        "tokenizer.json",
        "\"the\": 376",
        "\"the\": 99999",
        true,
    );
    let run = place.slant(["doctor", "--model", "bundle", "--precision", "int8"]);
    assert_eq!((run.status, run.stderr.as_str()), (2, ""));
    let told = lines_of("bundle", &run, &place);
    assert!(
        told.contains("the encoder failed") && told.contains("out of range"),
        "{told}"
    );
}

#[test]
fn a_bundle_that_strays_runs_and_something_is_amiss() {
    let place = Place::new();
    let folder = bundle(&place);
    let known = fs::read_to_string(folder.join("reference.jsonl")).unwrap();
    let mut other = String::new();
    for line in known.lines() {
        let mut reference: Value = serde_json::from_str(line).unwrap();
        reference["sentiment"].as_array_mut().unwrap().reverse();
        other += &(reference.to_string() + "\n");
    }
    change(&folder, "reference.jsonl", &known, &other, true);
    let (found, status) = diagnosis(&place, "bundle");
    assert_eq!((status, &found["verdict"]), (1, &Value::from("amiss")));
    let problem = &found["problems"][0];
    assert_eq!(
        (&problem["of"], &problem["fatal"]),
        (&Value::from("self_test"), &Value::from(false))
    );
    assert_eq!(found["bundle"]["checksums_right"], true);
}

#[test]
fn a_folder_of_temporary_files_that_is_not_there_is_amiss() {
    let place = Place::new();
    let run = Command::new(env!("CARGO_BIN_EXE_slant"))
        .args(["doctor", "--json"])
        .env("TMPDIR", place.path().join("missing"))
        .current_dir(place.path())
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(found["temporary"]["writable"], false);
    assert_eq!(found["working"]["writable"], true);
    assert_eq!(
        found["problems"][0]["mend"],
        "set TMPDIR to a folder that can be written"
    );
}
