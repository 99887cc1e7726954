//! `slant sample` from outside, and its way back through `slant compare --labels`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::collections::HashMap;
use std::io::Read;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::Workbook;

use program::{Place, Run, rows};

const HEADER: &str = "article,source,date,title,sentence,start,end,text,sentiment,sentiment_score,\
    sentiment_negative,sentiment_neutral,sentiment_positive,party,mention,mention_start,mention_end,link,\
    stance,stance_score,stance_against,stance_neutral,stance_favor,voice,speaker,note\n";

/// A result of 30 articles of 3 sentences for each of two sources. Every third row is against; one
/// row names no party.
fn scores() -> String {
    let mut csv = HEADER.to_owned();
    for article in 0..30 {
        for source in ["Herald", "Courier"] {
            for sentence in 1..=3 {
                let party = ["Okafor", "=Müller"][(article + sentence) % 2];
                let (stance, score) =
                    [("against", -0.8766), ("neutral", 0.0123), ("favor", 0.8345)]
                        [(article * 2 + sentence) % 3];
                csv += &format!(
                    "{article:03},{source},2024-03-01,Title,{sentence},100,130,“Élan” of {party} and more,negative,\
                     -0.4567,0.5,0.4,0.1,{party},{party},110,116,alias,{stance},{score:.4},0.2,0.3,0.5,author,,\n"
                );
            }
        }
    }
    csv + "999,Herald,2024-03-01,Title,1,0,7,Nothing,neutral,0.1000,0.1,0.7,0.2,,,,,,,,,,,author,,\n"
}

/// Draws from [`scores`].
fn sampled(arguments: &[&str]) -> (Place, Run) {
    let place = Place::new();
    place.write("scores.csv", scores());
    let run = place.slant([&["sample", "scores.csv"], arguments].concat());
    (place, run)
}

/// The parts of a workbook, put together.
fn parts(place: &Place, name: &str) -> String {
    let file = std::fs::File::open(place.path().join(name)).unwrap();
    let mut book = zip::ZipArchive::new(file).unwrap();
    let mut text = String::new();
    for at in 0..book.len() {
        book.by_index(at)
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
    }
    text
}

#[test]
fn a_sample_has_what_a_labeller_needs_and_not_the_models_answers() {
    let (place, run) = sampled(&["-n", "40", "-o", "to-label.csv"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    insta::assert_snapshot!(run.stderr, @"40 of 180 rows that name a party, from 12 strata by source, party and label");
    let csv = place.read("to-label.csv");
    assert_eq!(
        csv.lines().next().unwrap(),
        "article,source,sentence,party,text,mention,label,weight"
    );
    assert_eq!(csv.lines().count(), 41);
    for answer in [
        "against", "neutral", "favor", "0.8766", "0.8345", "-0.4567", "negative",
    ] {
        assert!(!csv.contains(answer), "{answer}");
    }
    assert!(rows(&csv).iter().all(|row| row["label"].is_empty()));
}

#[test]
fn the_weights_of_what_is_drawn_of_a_stratum_add_up_to_its_rows() {
    let (place, _) = sampled(&["-n", "50", "-o", "to-label.csv"]);
    let key = |row: &HashMap<String, String>| {
        ["article", "source", "sentence"].map(|name| row[name].clone())
    };
    let stratum =
        |row: &HashMap<String, String>| ["source", "party", "stance"].map(|name| row[name].clone());
    let all: Vec<_> = rows(&scores())
        .into_iter()
        .filter(|row| !row["party"].is_empty())
        .collect();
    let strata: HashMap<_, _> = all.iter().map(|row| (key(row), stratum(row))).collect();
    let mut sizes: HashMap<_, f64> = HashMap::new();
    for row in &all {
        *sizes.entry(stratum(row)).or_default() += 1.0;
    }
    for row in rows(&place.read("to-label.csv")) {
        *sizes.get_mut(&strata[&key(&row)]).unwrap() -= row["weight"].parse::<f64>().unwrap();
    }
    assert_eq!(sizes.len(), 12);
    assert!(sizes.values().all(|rest| rest.abs() < 1e-9), "{sizes:?}");
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_one_other_rows() {
    for name in ["a.csv", "a.xlsx"] {
        let bytes = |seed: &str| {
            let (place, _) = sampled(&["-n", "40", "-o", name, "--seed", seed, "-q"]);
            std::fs::read(place.path().join(name)).unwrap()
        };
        assert_eq!(bytes("1"), bytes("1"));
        assert_ne!(bytes("1"), bytes("2"));
    }
}

#[test]
fn the_workbook_offers_the_labels_marks_the_mention_and_hides_what_would_sway() {
    let (place, run) = sampled(&["-n", "40", "-o", "to-label.xlsx"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let parts = parts(&place, "to-label.xlsx");
    assert!(parts.contains("<formula1>\"against,neutral,favor\"</formula1>"));
    assert!(parts.contains("sqref=\"G2:G41\""));
    assert!(parts.contains("state=\"frozen\""));
    // Who reads a sentence need not know whose it is, nor what it stands for.
    for hidden in [r#"min="1" max="3""#, r#"min="8" max="8""#] {
        let column = format!(r#"<col {hidden} width="20.7109375" hidden="1""#);
        assert!(parts.contains(&column), "{column}");
    }
    assert_eq!(parts.matches("hidden=\"1\"").count(), 2);
    assert!(parts.contains("<r><rPr><b/>"));
    assert!(parts.contains("does the party stand in a worse light (against)"));
    for answer in ["stance_score", "0.8766", "0.8345", "<v>against</v>"] {
        assert!(!parts.contains(answer), "{answer}");
    }
}

/// Fills in each label of the sample as the model has it, but that what it calls favor is neutral,
/// and saves the rows as a new workbook, as another program would.
fn fill_in(place: &Place, name: &str, filled: &str) {
    let truth: HashMap<_, _> = rows(&scores())
        .into_iter()
        .map(|row| {
            let key = format!("{} {} {}", row["article"], row["source"], row["sentence"]);
            (key, row["stance"].replace("favor", "Neutral"))
        })
        .collect();
    let mut book: Xlsx<_> = calamine::open_workbook(place.path().join(name)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let mut copy = Workbook::new();
    let sheet = copy.add_worksheet();
    for (row, cells) in (0..).zip(range.rows()) {
        for (column, cell) in (0..).zip(cells) {
            let key = format!("{} {} {}", cells[0], cells[1], cells[2]);
            match (column, cell) {
                (6, _) if row > 0 => sheet.write(row, column, &truth[&key][..]).unwrap(),
                (_, Data::Float(number)) => sheet.write(row, column, *number).unwrap(),
                (_, other) => sheet.write(row, column, other.to_string()).unwrap(),
            };
        }
    }
    copy.save(place.path().join(filled)).unwrap();
}

#[test]
fn labels_filled_in_a_workbook_correct_the_means_of_compare() {
    let (place, _) = sampled(&["-n", "150", "-o", "to-label.xlsx"]);
    fill_in(&place, "to-label.xlsx", "labelled.xlsx");
    let run = place.slant([
        "compare",
        "scores.csv",
        "--labels",
        "labelled.xlsx",
        "--json",
        "-",
        "--voice",
        "all",
        "-q",
    ]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let figures: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let groups = figures["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 4);
    for group in groups {
        // A third of the rows is against, and nothing in favor.
        let corrected = group["corrected_mean"].as_f64().unwrap();
        assert!((corrected + 1.0 / 3.0).abs() < 0.12, "{group}");
        assert!(group["mean"].as_f64().unwrap() > -0.1, "{group}");
    }
}

#[test]
fn a_label_that_is_none_is_refused_with_its_row() {
    let (place, _) = sampled(&["-n", "20", "-o", "to-label.csv", "-q"]);
    let mut lines: Vec<String> = place
        .read("to-label.csv")
        .lines()
        .map(str::to_owned)
        .collect();
    let (before, weight) = lines[3].rsplit_once(",,").unwrap();
    lines[3] = format!("{before},agains,{weight}");
    place.write("labelled.csv", lines.join("\n") + "\n");
    let run = place.slant([
        "compare",
        "scores.csv",
        "--labels",
        "labelled.csv",
        "--json",
        "-",
    ]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @"error: labelled.csv, line 4: the label `agains` is none of against, neutral and favor");
}

#[test]
fn all_rows_are_drawn_where_more_were_asked_for_and_that_is_said() {
    let (place, run) = sampled(&["-n", "5000", "-o", "to-label.csv"]);
    assert_eq!(run.status, 0);
    insta::assert_snapshot!(run.stderr, @"all 180 rows that name a party");
    assert!(
        rows(&place.read("to-label.csv"))
            .iter()
            .all(|row| row["weight"] == "1.0")
    );
}

#[test]
fn where_there_is_no_room_for_each_stratum_coarser_ones_are_drawn() {
    let (_, run) = sampled(&["-n", "5", "-o", "to-label.csv"]);
    insta::assert_snapshot!(run.stderr, @"5 of 180 rows that name a party, from 4 strata by source and party");
}

#[test]
fn what_cannot_be_sampled_is_refused_and_nothing_is_written() {
    let told = |csv: &str, output: &str, more: &[&str]| {
        let place = Place::new();
        place.write("scores.csv", csv);
        place.write("there.csv", "mine");
        let run = place.slant([&["sample", "scores.csv", "-o", output], more].concat());
        assert_eq!(run.status, 2);
        assert!(!place.holds("new.csv"));
        assert_eq!(place.read("there.csv"), "mine");
        run.stderr
    };
    let scores = scores();
    insta::assert_snapshot!(told(&scores, "there.csv", &[]), @"error: there.csv exists already: give --force to replace it, or another name");
    insta::assert_snapshot!(told(&scores, "new.parquet", &[]), @"error: a sample to label is .xlsx or .csv: give it such an ending");
    insta::assert_snapshot!(told(&scores, "new.csv", &["--by", "rubric"]), @"error: scores.csv: it has no column `rubric`; carry it into the result with --keep rubric");
    insta::assert_snapshot!(told("article,source,text\n1,Herald,Text\n", "new.csv", &[]), @"error: scores.csv: it is no result of slant score: it has no column `party`");
    let without = format!("{HEADER}{}", scores.lines().last().unwrap());
    insta::assert_snapshot!(told(&without, "new.csv", &[]), @"error: no row names a party, so there is nothing to label");
}
