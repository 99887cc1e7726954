//! What the program says of itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

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
    insta::assert_snapshot!("slant-doctor", help(&["doctor"]));
}
