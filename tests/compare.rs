//! `slant compare` from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::{DEMO, Place};

const HEADER: &str = "article,source,date,title,sentence,start,end,text,sentiment,sentiment_score,\
    sentiment_negative,sentiment_neutral,sentiment_positive,party,mention,mention_start,mention_end,link,\
    stance,stance_score,stance_against,stance_neutral,stance_favor,voice,speaker,note,event\n";

/// A row of a result.
struct Row<'r> {
    article: u32,
    source: &'r str,
    date: &'r str,
    sentence: u32,
    party: &'r str,
    score: f64,
    voice: &'r str,
}

impl Row<'_> {
    fn line(&self) -> String {
        let Self {
            article,
            source,
            date,
            sentence,
            party,
            score,
            voice,
        } = self;
        let stance = match score {
            score if *score < -0.3 => "against",
            score if *score > 0.3 => "favor",
            _ => "neutral",
        };
        format!(
            "{source}-{article},{source},{date},Title,{sentence},0,9,{party} did.,neutral,0.1000,0.1,0.7,0.2,\
             {party},{party},0,5,alias,{stance},{score:.4},0.1,0.8,0.1,{voice},,,{article}\n"
        )
    }
}

/// Articles of two rows each: those of the Herald against Okafor, those of the Courier in favor.
fn scores(articles: u32) -> String {
    let mut csv = HEADER.to_owned();
    for article in 1..=articles {
        for (source, mean) in [("Herald", -0.4), ("Courier", 0.4)] {
            for sentence in 1..=2 {
                let row = Row {
                    article,
                    source,
                    date: if article % 2 == 0 {
                        "2024-03-01"
                    } else {
                        "2024-04-01"
                    },
                    sentence,
                    party: "Okafor",
                    score: mean + f64::from(article % 5) * 0.1,
                    voice: if sentence == 1 { "author" } else { "quoted" },
                };
                csv += &row.line();
            }
        }
    }
    csv
}

fn json(place: &Place, arguments: &[&str]) -> serde_json::Value {
    let mut all = vec!["compare", "scores.csv", "-q", "--json", "-"];
    all.extend(arguments);
    let run = place.slant(all);
    assert_eq!(run.status, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

/// What is said of a collection that cannot be compared as asked.
fn told(csv: &str, arguments: &[&str]) -> (i32, String) {
    let place = Place::new();
    place.write("scores.csv", csv);
    let mut all = vec!["compare", "scores.csv", "--json", "figures.json"];
    all.extend(arguments);
    let run = place.slant(all);
    (run.status, run.stderr)
}

#[test]
fn means_are_those_of_the_rows_and_a_clear_difference_is_found() {
    let place = Place::new();
    place.write("scores.csv", scores(20));
    let figures = json(&place, &[]);
    let group = |voice: &str, group: &str| {
        let groups = figures["groups"].as_array().unwrap();
        groups
            .iter()
            .find(|one| one["voice"] == voice && one["group"] == group)
            .unwrap()
    };
    let herald = group("all", "Herald");
    assert_eq!(
        (
            &herald["articles"],
            &herald["sentences"],
            &herald["mentions"]
        ),
        (&20.into(), &40.into(), &40.into())
    );
    assert!((herald["mean"].as_f64().unwrap() + 0.2).abs() < 1e-9);
    assert!(herald["low"].as_f64().unwrap() < -0.2 && herald["high"].as_f64().unwrap() > -0.2);
    assert!(herald["corrected_mean"].is_null());
    assert_eq!(group("quoted", "Courier")["mentions"], 20);
    let difference = &figures["differences"][0];
    assert_eq!(
        (&difference["a"], &difference["b"]),
        (&"Courier".into(), &"Herald".into())
    );
    assert!((difference["difference"].as_f64().unwrap() - 0.8).abs() < 1e-9);
    assert!(difference["p_adjusted"].as_f64().unwrap() < 0.01);
    assert!(difference["p_adjusted"].as_f64() >= difference["p"].as_f64());
    // The same rows give the same figures.
    assert_eq!(figures, json(&place, &[]));
    let paired = json(&place, &["--pair-by", "event", "--baseline", "Courier"]);
    let difference = &paired["differences"][0];
    assert_eq!(
        (&difference["a"], &difference["events"]),
        (&"Herald".into(), &20.into())
    );
}

#[test]
fn results_of_every_kind_give_the_same_figures() {
    let place = Place::new();
    place.write("scores.csv", scores(8));
    let figures = json(&place, &[]);
    let halves = scores(8);
    let lines: Vec<&str> = halves.lines().skip(1).collect();
    place.write("a.csv", format!("{HEADER}{}\n", lines[..16].join("\n")));
    place.write(
        "b.csv",
        format!("{HEADER}{}\n", lines[16..].join("\n")).replace(',', ";"),
    );
    let run = place.slant(["compare", "a.csv", "b.csv", "-q", "--json", "-"]);
    let joined: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(joined["groups"], figures["groups"]);
    assert_eq!(joined["differences"], figures["differences"]);
}

#[test]
fn a_result_given_twice_changes_no_figure() {
    let place = Place::new();
    place.write("scores.csv", scores(8));
    place.write("copy.csv", scores(8));
    let figures = json(&place, &[]);
    let run = place.slant(["compare", "scores.csv", "copy.csv", "--json", "-"]);
    let doubled: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(doubled["groups"], figures["groups"]);
    assert_eq!(doubled["differences"], figures["differences"]);
    assert!(
        run.stderr.contains(
            "Rows that stand twice, with the same article, sentence and party, and are counted once: 32."
        ),
        "{}",
        run.stderr
    );
}

#[test]
fn articles_that_share_an_id_and_parties_of_one_result_alone_are_told() {
    let place = Place::new();
    place.write("a.csv", scores(8));
    place.write(
        "b.csv",
        scores(8)
            .replace(" did.", " did it again.")
            .replace("Okafor", "Solís"),
    );
    let run = place.slant(["compare", "a.csv", "b.csv", "--json", "-"]);
    let said = run.stderr;
    assert!(
        said.contains("Ids that stand for several articles of one source, which are taken as one article each: 16;"),
        "{said}"
    );
    assert!(
        said.contains("2 of 2 parties are not named in every result, such as Okafor in b.csv"),
        "{said}"
    );
}

#[test]
fn rows_come_from_standard_input_too() {
    let place = Place::new();
    place.write("scores.csv", scores(8));
    let figures = json(&place, &[]);
    let run = place.slant_reading(["compare", "-", "-q", "--json", "-"], scores(8).as_bytes());
    let found: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found["groups"], figures["groups"]);
    let run = place.slant_reading(["compare", "-", "--json", "-"], b"party\nHamas\n");
    insta::assert_snapshot!(run.stderr, @"error: standard input: it is no whole result of slant score: it has no column `article`");
}

#[test]
fn the_csv_has_the_groups_and_the_differences_beside_them() {
    let place = Place::new();
    place.write("scores.csv", scores(8));
    let run = place.slant([
        "compare",
        "scores.csv",
        "-q",
        "--csv",
        "figures.csv",
        "--voice",
        "all",
    ]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let first = |name: &str| place.read(name).lines().next().unwrap().to_owned();
    insta::assert_snapshot!(first("figures.csv"), @"party,voice,group,articles,sentences,mentions,against,neutral,favor,mean,low,high,corrected_mean,corrected_low,corrected_high");
    insta::assert_snapshot!(first("figures-differences.csv"), @"party,voice,a,b,difference,low,high,effect,p,p_adjusted");
    let again = place.slant(["compare", "scores.csv", "-q", "--csv", "figures.csv"]);
    assert_eq!(again.status, 2);
    assert!(
        again.stderr.contains("figures.csv exists already"),
        "{}",
        again.stderr
    );
    let bare = place.slant([
        "compare",
        "scores.csv",
        "-q",
        "--voice",
        "all",
        "--csv",
        "-",
    ]);
    assert_eq!(bare.stdout, place.read("figures.csv"));
    let twice = place.slant(["compare", "scores.csv", "--csv", "x", "-o", "x"]);
    insta::assert_snapshot!(twice.stderr, @"error: x is to hold two different things: give each a name of its own");
}

#[test]
fn months_group_what_has_a_date() {
    let place = Place::new();
    place.write("scores.csv", scores(12));
    let figures = json(&place, &["--by", "month", "--voice", "all"]);
    let groups = figures["groups"].as_array().unwrap();
    let names: Vec<_> = groups
        .iter()
        .map(|group| group["group"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["2024-03", "2024-04"]);
}

#[test]
fn what_cannot_be_compared_is_said_in_a_sentence_and_no_number_is_invented() {
    let one_source = scores(6)
        .lines()
        .filter(|line| !line.contains("Courier"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let (status, said) = told(&one_source, &[]);
    assert_eq!(status, 0);
    assert!(said.contains("All rows are of one source"), "{said}");

    let (status, said) = told(&scores(1), &[]);
    assert_eq!(status, 0);
    assert!(said.contains("Okafor is named in fewer than 5 articles, too few for a claim, by: Courier (1), Herald (1)."), "{said}");

    let (status, said) = told(&scores(6).replace("2024-", "n.d. "), &["--by", "month"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said, @"error: no row has a value to group by month: a date has to begin as 2024-03");

    let (status, said) = told(&scores(6), &["--party", "Hamas"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said, @"error: no row names the party `Hamas`; write it as in the column `party`");

    let (status, said) = told(&scores(6), &["--baseline", "Ledger"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said, @"error: no row has the group `Ledger`; there are Courier, Herald");

    let (status, said) = told(&scores(6), &["--by", "outlet"]);
    assert_eq!(status, 2);
    assert!(
        said.contains(
            "scores.csv: it has no column `outlet`; carry it into the result with --keep outlet"
        ),
        "{said}"
    );

    let (status, said) = told(&scores(6).replace("0.1000", "a lot"), &[]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said, @"error: scores.csv, line 2: its sentiment_score is `a lot`, no number from -1 to 1");

    let (status, said) = told(&scores(6).replace(",neutral,0.1000", ",so-so,0.1000"), &[]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said, @"error: scores.csv, line 2: its sentiment is `so-so`, none of negative, neutral, positive");

    let half = scores(6);
    let (status, said) = told(&half[..half.len() - 60], &[]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said, @"error: scores.csv, line 25: it has 14 cells and the header 27: is the file cut off?");

    let (status, said) = told(&scores(6).replace(",party,", ",stance:Okafor,"), &[]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said, @"error: scores.csv: it has a row a sentence; score again with --layout long");

    let (status, said) = told("article,text\n1,Hello.\n", &[]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(said, @"error: scores.csv: it is no result of slant score: it has no column `party`");
}

#[test]
fn scores_that_are_all_the_same_get_no_interval() {
    let mut csv = HEADER.to_owned();
    for (source, article) in ["Herald", "Courier"]
        .into_iter()
        .flat_map(|source| (1..9).map(move |at| (source, at)))
    {
        let row = Row {
            article,
            source,
            date: "",
            sentence: 1,
            party: "Okafor",
            score: 0.2,
            voice: "author",
        };
        csv += &row.line();
    }
    let place = Place::new();
    place.write("scores.csv", &csv);
    let figures = json(&place, &[]);
    let group = &figures["groups"][0];
    assert!(group["low"].is_null() && group["mean"] == 0.2, "{group}");
    assert!(figures["differences"][0]["p"].is_null());
    let (_, said) = told(&csv, &[]);
    assert!(
        said.contains("The articles of Courier all give Okafor the same score"),
        "{said}"
    );
}

#[test]
fn labels_made_by_hand_correct_the_means() {
    let place = Place::new();
    place.write("scores.csv", scores(20));
    let mut labels = "article,source,sentence,party,label,weight\n".to_owned();
    for article in 1..=10 {
        for source in ["Herald", "Courier"] {
            let label = if source == "Herald" {
                "against"
            } else {
                "neutral"
            };
            labels += &format!("{source}-{article},{source},1,Okafor,{label},2\n");
        }
    }
    labels += "Herald-11,Herald,1,Okafor,,2\nNobody-1,Herald,1,Okafor,favor,2\n";
    place.write("hand.csv", &labels);
    let figures = json(&place, &["--labels", "hand.csv", "--voice", "all"]);
    let groups = figures["groups"].as_array().unwrap();
    let herald = groups
        .iter()
        .find(|group| group["group"] == "Herald")
        .unwrap();
    assert!(
        herald["corrected_mean"].as_f64().unwrap() < -0.8,
        "{herald}"
    );
    let (_, said) = told(&scores(20), &[]);
    assert!(!said.contains("label"), "{said}");

    let run = place.slant([
        "compare",
        "scores.csv",
        "--json",
        "a.json",
        "--labels",
        "hand.csv",
    ]);
    assert!(
        run.stderr
            .contains("1 of 21 labels in hand.csv belong to no row that was read, or to one with another text: row 23."),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("Rows of hand.csv that have no label, and were left out: 1."),
        "{}",
        run.stderr
    );

    place.write("bad.csv", labels.replace("neutral", "so-so"));
    let run = place.slant([
        "compare",
        "scores.csv",
        "--json",
        "b.json",
        "--labels",
        "bad.csv",
    ]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @"error: bad.csv, line 3: the label `so-so` is none of against, neutral and favor");

    place.write(
        "other.csv",
        "article,source,sentence,party,label\nx,y,1,Okafor,favor\n",
    );
    let run = place.slant([
        "compare",
        "scores.csv",
        "--json",
        "c.json",
        "--labels",
        "other.csv",
    ]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @"error: other.csv: none of its labels belongs to a row of the results; was it drawn from others?");
}

#[test]
fn the_model_that_scored_the_rows_is_told() {
    let place = Place::new();
    let run = place.slant([
        "score",
        DEMO,
        "--parties",
        &format!("{DEMO}/parties.toml"),
        "-q",
        "-o",
        "scores.csv",
    ]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let figures = json(&place, &["--party", "Milena Adeyemi"]);
    let model = figures["settings"]["models"][0].as_str().unwrap();
    assert!(model.starts_with("slant-mini 0."), "{model}");
    assert_eq!(figures["settings"]["articles"], 24);
}
