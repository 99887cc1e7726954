//! What the program says of itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::fs;

use program::Place;

#[test]
fn the_help_of_each_command_reads_well() {
    let place = Place::new();
    let help = |arguments: &[&str]| place.slant([arguments, &["--help"]].concat()).stdout;
    insta::assert_snapshot!("slant", help(&[]));
    insta::assert_snapshot!("slant-score", help(&["score"]));
    insta::assert_snapshot!("slant-segment", help(&["segment"]));
    insta::assert_snapshot!("slant-parties", help(&["parties"]));
    insta::assert_snapshot!("slant-evaluate", help(&["evaluate"]));
    insta::assert_snapshot!("slant-compare", help(&["compare"]));
    insta::assert_snapshot!("slant-sample", help(&["sample"]));
    insta::assert_snapshot!("slant-doctor", help(&["doctor"]));
}

#[test]
fn every_shell_is_told_of_every_command_and_its_options() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = place.slant(["completions", shell]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{shell}");
        for word in [
            "score",
            "segment",
            "parties",
            "evaluate",
            "doctor",
            "text-column",
            "baseline",
        ] {
            assert!(run.stdout.contains(word), "{shell} is not told of {word}");
        }
    }
}

#[test]
fn the_program_and_every_command_have_a_manual_page() {
    let place = Place::new();
    let page = place.slant(["man"]);
    assert_eq!((page.status, page.stderr.as_str()), (0, ""));
    assert!(page.stdout.contains(".TH slant 1"), "{}", page.stdout);
    assert!(page.stdout.contains("Exit status: 0 all done"));
    fs::create_dir(place.path().join("pages")).unwrap();
    assert_eq!(place.slant(["man", "pages"]).status, 0);
    let pages = place.path().join("pages").read_dir().unwrap();
    let mut names: Vec<_> = pages
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    insta::assert_snapshot!(names.join(" "), @"slant-compare.1 slant-doctor.1 slant-evaluate.1 slant-parties.1 slant-sample.1 slant-score.1 slant-segment.1 slant.1");
    assert_eq!(place.read("pages/slant.1"), page.stdout);
    insta::assert_snapshot!(place.slant(["man", "nowhere"]).stderr, @"error: cannot write manual pages to nowhere: No such file or directory (os error 2)");
}
