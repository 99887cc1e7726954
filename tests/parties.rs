//! `slant parties` from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::{DEMO, Place, rows};

#[test]
fn a_suggested_file_names_the_demos_parties_and_score_takes_it() {
    let place = Place::new();
    let run = place.slant(["parties", DEMO, "-n", "12", "-o", "suggested.toml"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let suggested = place.read("suggested.toml");
    for party in [
        "Milena Adeyemi",
        "Anselm Barakat",
        "Lantern Party",
        "Civic Accord",
    ] {
        assert!(
            suggested.contains(&format!("name = \"{party}\"")),
            "{party}:\n{suggested}"
        );
    }
    place.write("a.txt", "Milena Adeyemi left. Then Adeyemi slept.");
    let run = place.slant(["score", "a.txt", "--parties", "suggested.toml"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let parties: Vec<_> = rows(&run.stdout)
        .iter()
        .map(|row| row["party"].clone())
        .collect();
    assert_eq!(parties, ["Milena Adeyemi", "Milena Adeyemi"]);
}

#[test]
fn an_existing_file_is_replaced_only_by_force_and_bad_records_are_listed() {
    let place = Place::new();
    place.write("a.jsonl", "{\"text\": \"Milena Adeyemi left.\"}\n{broken\n");
    place.write("p.toml", "precious");
    let refused = place.slant(["parties", "a.jsonl", "-o", "p.toml"]);
    assert_eq!(refused.status, 2);
    assert_eq!(place.read("p.toml"), "precious");
    let forced = place.slant(["parties", "a.jsonl", "-o", "p.toml", "--force"]);
    assert_eq!(forced.status, 1, "{}", forced.stderr);
    assert!(
        forced.stderr.contains("a.jsonl, record 2 (line 2)"),
        "{}",
        forced.stderr
    );
    assert!(place.read("p.toml").contains("name = \"Milena Adeyemi\""));
}
