//! `slant evaluate` from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::Place;

const GOLD: &str = r#"{"text": "Ann Ek won, but Bo Ny lost.", "sentiment": "neutral", "part": "swap", "targets": [{"spans": [[0, 6]], "stance": "favor"}, {"spans": [[16, 21]], "stance": "against"}]}
{"text": "“Né” came.", "targets": [{"spans": [[1, 3]], "stance": "neutral"}]}

{"text": "It was a wonderful day.", "sentiment": "positive", "part": "plain"}
"#;

#[test]
fn the_figures_come_as_json() {
    let place = Place::new();
    place.write("gold.jsonl", GOLD);
    let run = place.slant(["evaluate", "gold.jsonl", "--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let figures: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(figures["stance"]["n"], 3);
    assert_eq!(figures["sentiment"]["n"], 2);
    assert_eq!(figures["parts"]["swap"]["stance"]["n"], 2);
    assert_eq!(figures["parts"]["swap"]["sentences"], 1);
    for name in ["accuracy", "macro_f1", "ece"] {
        let value = figures["stance"][name].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&value), "{name} is {value}");
    }
    for label in ["against", "neutral", "favor"] {
        assert!(figures["stance"]["f1"][label].is_number(), "{label}");
    }
}

#[test]
fn the_figures_come_as_a_table() {
    let place = Place::new();
    place.write("gold.jsonl", GOLD);
    let run = place.slant(["evaluate", "gold.jsonl"]);
    let number = |word: &&str| word.parse::<f64>().is_ok();
    let shape = |line: &str| {
        let words = line.split_whitespace();
        let words: Vec<_> = words
            .map(|word| if number(&word) { "#" } else { word })
            .collect();
        words.join(" ") + "\n"
    };
    let table: String = run.stdout.lines().map(shape).collect();
    insta::assert_snapshot!(table, @r"
    stance n accuracy macro F1 F1 against F1 neutral F1 favor ECE
    all # # # # # # #
    swap # # # # # # #

    sentiment n accuracy macro F1 F1 negative F1 neutral F1 positive ECE
    all # # # # # # #
    plain # # # # # # #
    swap # # # # # # #

    swap: every target right in # % of # sentences
    ");
}

#[test]
fn a_line_that_is_no_labelled_sentence_is_listed_and_the_others_count() {
    let place = Place::new();
    let bad = [
        "{",
        r#"{"text": "One.", "sentiment": "good"}"#,
        r#"{"text": " ", "sentiment": "neutral"}"#,
        r#"{"text": "One.", "targets": [{"spans": [[0, 9]], "stance": "favor"}]}"#,
        r#"{"text": "One.", "targets": [{"spans": [[3, 4]], "stance": "favor"}]}"#,
        r#"{"text": "One.", "targets": [{"spans": [], "stance": "favor"}]}"#,
    ];
    place.write("gold.jsonl", format!("{GOLD}{}", bad.join("\n")));
    let run = place.slant(["evaluate", "gold.jsonl", "--json"]);
    assert_eq!(run.status, 1);
    let figures: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(figures["stance"]["n"], 3);
    insta::assert_snapshot!(run.stderr, @r"
    rejected: gold.jsonl, line 5: not a labelled sentence: EOF while parsing an object at line 1 column 1
    rejected: gold.jsonl, line 6: unknown label `good`; the labels are negative, neutral, positive
    rejected: gold.jsonl, line 7: the text is empty
    rejected: gold.jsonl, line 8: the span [0, 9] is not inside the text
    rejected: gold.jsonl, line 9: the span [3, 4] holds no letter or digit
    rejected: gold.jsonl, line 10: a target has no spans
    ");
}

#[test]
fn a_file_without_a_labelled_sentence_is_refused() {
    let place = Place::new();
    for content in ["\n", "{\n"] {
        place.write("gold.jsonl", content);
        let run = place.slant(["evaluate", "gold.jsonl"]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""));
        assert!(
            run.stderr.starts_with("error: gold.jsonl, line 1: "),
            "{}",
            run.stderr
        );
    }
    assert_eq!(place.slant(["evaluate", "gone.jsonl"]).status, 2);
}
