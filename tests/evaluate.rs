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
    insta::assert_snapshot!(shape(&run.stdout), @r"
    slant-mini 0.5.0

    stance n accuracy macro F1 # % F1 against F1 neutral F1 favor ECE
    all # # # # to # # # # #
    swap # # # # to # # # # #

    sentiment n accuracy macro F1 # % F1 negative F1 neutral F1 positive ECE
    all # # # # to # # # # #
    plain # # # # to # # # # #
    swap # # # # to # # # # #

    stance, as against neutral favor recall precision
    against # # # # #
    neutral # # # # #
    favor # # # # #

    probability n right
    # # #

    sentiment, as negative neutral positive recall precision
    negative # # # # #
    neutral # # # # #
    positive # # # # #

    probability n right
    # # #

    swap: every target right in # % of # sentences
    ");
}

const PAIR: &str = r#"{"text": "Ann Ek beat Bo Ny.", "part": "swap", "pair": "1", "targets": [{"party": "Ann Ek", "spans": [[0, 6]], "stance": "favor"}, {"party": "Bo Ny", "spans": [[12, 17]], "stance": "against"}]}
{"text": "Bo Ny beat Ann Ek.", "part": "swap", "pair": "1", "targets": [{"party": "Bo Ny", "spans": [[0, 5]], "stance": "favor"}, {"party": "Ann Ek", "spans": [[11, 17]], "stance": "against"}]}
"#;

const NAMES: &str = r#"{"text": "Ann Ek arrived.", "part": "names", "template": "1", "targets": [{"party": "Ann Ek", "spans": [[0, 6]], "stance": "neutral"}]}
{"text": "Hamas arrived.", "part": "names", "template": "1", "targets": [{"spans": [[0, 5]], "stance": "neutral"}]}
{"text": "Ann Ek lied.", "part": "names", "template": "2", "targets": [{"party": "Ann Ek", "spans": [[0, 6]], "stance": "against"}]}
{"text": "Hamas lied.", "part": "names", "template": "2", "targets": [{"spans": [[0, 5]], "stance": "against"}]}
"#;

#[test]
fn swap_pairs_and_names_are_tests_of_their_own() {
    let place = Place::new();
    place.write("gold.jsonl", format!("{GOLD}{PAIR}{NAMES}"));
    let run = place.slant(["evaluate", "gold.jsonl", "--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let figures: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let swap = &figures["parts"]["swap"];
    assert_eq!(swap["sentences"], 3);
    assert_eq!(swap["swap"]["pairs"], 1);
    let names = &figures["parts"]["names"]["names"];
    assert_eq!(
        (names["names"].as_u64(), names["templates"].as_u64()),
        (Some(2), Some(2))
    );
    // Two means lie √2 standard deviations apart.
    let mean = |which: &str| names[which][1].as_f64().unwrap();
    let apart = (mean("highest") - mean("lowest")) / 2f64.sqrt();
    assert!((names["spread"].as_f64().unwrap() - apart).abs() < 1e-9);
    assert!(figures["parts"]["plain"].get("names").is_none());
}

#[test]
fn a_bundle_beside_itself_does_not_differ() {
    let place = Place::new();
    place.write("gold.jsonl", GOLD);
    let bundle = concat!(env!("CARGO_MANIFEST_DIR"), "/models/slant-mini");
    let run = place.slant(["evaluate", "gold.jsonl", "--baseline", bundle, "--json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let figures: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let comparison = &figures["comparison"];
    assert_eq!(comparison["baseline"], figures["bundle"]);
    for head in ["stance", "sentiment"] {
        assert_eq!(comparison[head]["difference"], 0.0);
        assert_eq!(comparison[head]["p"], 1.0);
    }
}

#[test]
fn the_page_holds_the_figures_and_needs_nothing_from_outside() {
    let place = Place::new();
    place.write("gold.jsonl", format!("{GOLD}{PAIR}{NAMES}"));
    let args = ["evaluate", "gold.jsonl", "--html", "page.html"];
    let run = place.slant(args);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let page = place.read("page.html");
    let macro_f1 = run
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("all"))
        .and_then(|line| line.split_whitespace().nth(2))
        .unwrap();
    assert!(page.contains(&format!("macro F1 {macro_f1}")), "{macro_f1}");
    for word in ["<svg", "swap pairs right", "2 names in 2 sentences"] {
        assert!(page.contains(word), "{word}");
    }
    for outside in ["http:", "https:", "src=", "<script", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
    let again = place.slant(args);
    assert_eq!(again.status, 2);
    assert!(again.stderr.contains("page.html"), "{}", again.stderr);
    let forced = place.slant(["evaluate", "gold.jsonl", "--html", "page.html", "--force"]);
    assert_eq!(forced.status, 0, "{}", forced.stderr);
}

/// A text with its numbers taken out, and then lines that repeat the one before.
fn shape(text: &str) -> String {
    let bare = |word: &str| word.trim_end_matches(['%', ';', ',', ')']).to_owned();
    let number = |word: &str| bare(word.trim_start_matches('(')).parse::<f64>().is_ok();
    let line = |line: &str| {
        let words = line.split_whitespace();
        let words: Vec<_> = words
            .map(|word| if number(word) { "#" } else { word })
            .collect();
        words.join(" ") + "\n"
    };
    let mut lines: Vec<String> = text.lines().map(line).collect();
    lines.dedup();
    lines.concat()
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
