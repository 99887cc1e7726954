//! `slant score` from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::{BUNDLE, DEMO, Place, rows, slice};

const PARTIES: &str = r#"
[[party]]
name = "Antony Blinken"
aliases = ["Blinken"]
exclude = ["Blinken Foundation"]
[[party]]
name = "Hamas"
[[party]]
name = "Israel"
"#;

const TEXT: &str = "🎉 Blinken praised Israel’s envoy. Nobody came.\n\n\
                    The Israel-Hamas talks failed, Blinken said; Blinken left.\n";

/// A folder with an article and a parties file.
fn place() -> Place {
    let place = Place::new();
    place.write("news.txt", TEXT);
    place.write("parties.toml", PARTIES);
    place
}

#[test]
fn there_is_a_row_for_every_sentence_and_party_and_none_is_lost() {
    let place = place();
    let run = place.slant([
        "score",
        "news.txt",
        "--parties",
        "parties.toml",
        "-o",
        "out.csv",
    ]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    insta::assert_snapshot!(run.stderr, @r"
    1 article, 3 sentences; 6 mentions; 0 rejected of 1 record
    mentions            alias     title   pronoun  excluded
    Antony Blinken          3         0         0         0
    Hamas                   1         0         0         0
    Israel                  2         0         0         0
    ");
    let rows = rows(&place.read("out.csv"));
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            let cells = [
                "article",
                "sentence",
                "start",
                "end",
                "party",
                "mention",
                "mention_start",
                "link",
            ];
            cells.map(|name| row[name].as_str()).join("|")
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    news|1|0|33|Antony Blinken|Blinken|2|alias
    news|1|0|33|Israel|Israel|18|alias
    news|2|34|46||||
    news|3|48|106|Israel|Israel|52|alias
    news|3|48|106|Hamas|Hamas|59|alias
    news|3|48|106|Antony Blinken|Blinken|79|alias
    ");
}

#[test]
fn offsets_slice_the_text_and_the_mention_exactly() {
    let place = place();
    let run = place.slant(["score", "news.txt", "--parties", "parties.toml"]);
    for row in rows(&run.stdout) {
        assert_eq!(slice(TEXT, &row["start"], &row["end"]), row["text"]);
        if !row["party"].is_empty() {
            assert_eq!(
                slice(TEXT, &row["mention_start"], &row["mention_end"]),
                row["mention"]
            );
        }
    }
}

#[test]
fn probabilities_sum_to_one_and_the_label_is_the_likeliest() {
    let place = place();
    let run = place.slant(["score", "news.txt", "--parties", "parties.toml"]);
    for row in rows(&run.stdout) {
        check_head(&row, "sentiment", ["negative", "neutral", "positive"]);
        if row["party"].is_empty() {
            assert_eq!(
                (row["stance"].as_str(), row["stance_score"].as_str()),
                ("", "")
            );
        } else {
            check_head(&row, "stance", ["against", "neutral", "favor"]);
        }
    }
}

fn check_head(row: &program::Row, head: &str, labels: [&str; 3]) {
    let probabilities = labels.map(|label| row[&format!("{head}_{label}")].parse::<f64>().unwrap());
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 2e-4);
    let best = probabilities.iter().copied().fold(0.0, f64::max);
    let label = labels.iter().position(|label| row[head] == *label).unwrap();
    assert!(best - probabilities[label] < 1e-4);
    let score: f64 = row[&format!("{head}_score")].parse().unwrap();
    assert!((score - (probabilities[2] - probabilities[0])).abs() < 2e-4);
}

#[test]
fn good_and_bad_are_told_apart_and_so_are_two_parties_in_one_sentence() {
    let place = place();
    place.write(
        "clear.txt",
        "Blinken was praised for his courage and integrity. \
         Israel was condemned for its brutal and shameful lies. \
         Blinken is admired by everyone, but Hamas is despised for its cruelty.",
    );
    let run = place.slant(["score", "clear.txt", "--parties", "parties.toml"]);
    let stances: Vec<_> = rows(&run.stdout)
        .iter()
        .map(|row| format!("{} {}: {}", row["sentence"], row["party"], row["stance"]))
        .collect();
    assert_eq!(
        stances,
        [
            "1 Antony Blinken: favor",
            "2 Israel: against",
            "3 Antony Blinken: favor",
            "3 Hamas: against"
        ]
    );
}

#[test]
fn a_stance_does_not_depend_on_who_else_is_asked_about() {
    let place = place();
    place.write("one.toml", "[[party]]\nname = \"Hamas\"\n");
    let all = place.slant(["score", "news.txt", "--parties", "parties.toml"]);
    let one = place.slant(["score", "news.txt", "--parties", "one.toml"]);
    let none = place.slant(["score", "news.txt"]);
    let of_hamas = |csv: &str| {
        let row = rows(csv).into_iter().find(|row| row["party"] == "Hamas");
        row.unwrap()["stance_score"].parse::<f64>().unwrap()
    };
    assert!((of_hamas(&all.stdout) - of_hamas(&one.stdout)).abs() < 2e-4);
    let sentiments = |csv: &str| {
        let mut scores: Vec<_> = rows(csv)
            .iter()
            .map(|row| (row["sentence"].clone(), row["sentiment_score"].clone()))
            .collect();
        scores.dedup();
        scores
    };
    assert_eq!(sentiments(&all.stdout), sentiments(&none.stdout));
}

#[test]
fn the_demo_is_linked_as_it_was_when_last_read_by_eye() {
    let place = Place::new();
    let parties = format!("{DEMO}/parties.toml");
    let run = place.slant(["score", DEMO, "--parties", &parties, "--keep", "event"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let mut links = String::from(
        "event,article,sentence,start,end,party,mention,mention_start,link,voice,speaker\n",
    );
    for row in rows(&run.stdout) {
        let cells = [
            "event",
            "article",
            "sentence",
            "start",
            "end",
            "party",
            "mention",
            "mention_start",
            "link",
            "voice",
            "speaker",
        ];
        links += &cells.map(|name| row[name].as_str()).join(",");
        links.push('\n');
    }
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/demo.csv");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(golden, &links).unwrap();
    }
    let expected = std::fs::read_to_string(golden).unwrap();
    for (found, expected) in links.lines().zip(expected.lines()) {
        assert_eq!(
            found, expected,
            "UPDATE_GOLDEN=1 takes the new links over; read them first"
        );
    }
    assert_eq!(links.lines().count(), expected.lines().count());
}

#[test]
fn the_bytes_are_the_same_on_any_number_of_threads_and_for_halves_scored_apart() {
    let place = Place::new();
    let articles = std::fs::read_to_string(format!("{DEMO}/articles.csv")).unwrap();
    let mut records = csv::Reader::from_reader(articles.as_bytes());
    let header = records.headers().unwrap().clone();
    let records: Vec<_> = records.records().map(Result::unwrap).collect();
    let (first, second) = records.split_at(records.len() / 2);
    for (name, half) in [
        ("all.csv", &records[..]),
        ("first.csv", first),
        ("second.csv", second),
    ] {
        let mut file = csv::Writer::from_writer(Vec::new());
        file.write_record(&header).unwrap();
        for record in half {
            file.write_record(record).unwrap();
        }
        place.write(name, file.into_inner().unwrap());
    }
    let parties = format!("{DEMO}/parties.toml");
    let score = |name, threads, precision| {
        let arguments = ["score", name, "--parties", &parties, "-o", "-", "-q"];
        let engine = ["--threads", threads, "--precision", precision];
        let run = place.slant(arguments.into_iter().chain(engine));
        assert_eq!(run.status, 0, "{}", run.stderr);
        run.stdout
    };
    for precision in ["int8", "f32"] {
        let whole = score("all.csv", "1", precision);
        assert_eq!(whole, score("all.csv", "2", precision));
        assert_eq!(whole, score("all.csv", "5", precision));
        let second = score("second.csv", "2", precision);
        let (_, second) = second.split_once('\n').unwrap();
        assert_eq!(whole, score("first.csv", "2", precision) + second);
    }
}

const REPORT: &str = "In an email, Secretary of State Antony Blinken acknowledged the dispute. \
    “I know that some disagree,” the secretary wrote. “We are listening. We will act.” He praised the \
    staff. Spokesperson Matthew Miller said that Blinken sought advice. A critic of the \
    US Agency for International Development (USAID) called it slow. USAID denied that.\n";

const REPORT_PARTIES: &str = r#"
[[party]]
name = "Antony Blinken"
kind = "person"
aliases = ["Blinken"]
exclude = ["Blinken Foundation"]
pronouns = "he"
[[party]]
name = "US Agency for International Development"
kind = "organisation"
"#;

/// The cells `names` of each row, one row a line.
fn cells(csv: &str, names: &[&str]) -> String {
    let rows = rows(csv);
    let lines = rows.iter().map(|row| {
        let cells: Vec<_> = names.iter().map(|name| row[*name].as_str()).collect();
        cells.join("|")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn titles_pronouns_voices_and_speakers_are_in_the_rows() {
    let place = Place::new();
    place.write("report.txt", REPORT);
    place.write("parties.toml", REPORT_PARTIES);
    let run = place.slant(["score", "report.txt", "--parties", "parties.toml"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let names = ["sentence", "party", "mention", "link", "voice", "speaker"];
    insta::assert_snapshot!(cells(&run.stdout, &names), @r"
    1|Antony Blinken|Antony Blinken|alias|mixed|Antony Blinken
    2|Antony Blinken|secretary|title|mixed|Antony Blinken
    3||||quoted|Antony Blinken
    4||||quoted|Antony Blinken
    5|Antony Blinken|He|pronoun|author|
    6|Antony Blinken|Blinken|alias|mixed|Matthew Miller
    7|US Agency for International Development|US Agency for International Development|alias|author|
    8|US Agency for International Development|USAID|title|mixed|US Agency for International Development
    ");
}

#[test]
fn links_chooses_what_is_taken_for_a_mention_beside_aliases() {
    let place = Place::new();
    place.write("report.txt", REPORT);
    place.write("parties.toml", REPORT_PARTIES);
    let found = |links: &str| {
        let run = place.slant([
            "score",
            "report.txt",
            "--parties",
            "parties.toml",
            "--links",
            links,
        ]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let rows = rows(&run.stdout);
        let mut found: Vec<_> = rows
            .into_iter()
            .map(|mut row| row.remove("link").unwrap())
            .collect();
        found.sort();
        found.dedup();
        found.join(",")
    };
    assert_eq!(found("alias"), ",alias");
    assert_eq!(found("title"), ",alias,title");
    assert_eq!(found("all"), ",alias,pronoun,title");
}

#[test]
fn the_summary_tells_of_each_party_what_was_counted_excluded_and_passed_over() {
    let place = Place::new();
    place.write(
        "report.txt",
        "Antony Blinken left. He slept. The Blinken Foundation paid. Evan Blinken sang. So did Evan Blinken.",
    );
    place.write(
        "parties.toml",
        REPORT_PARTIES.replace("aliases = [\"Blinken\"]", ""),
    );
    let run = place.slant(["score", "report.txt", "--parties", "parties.toml"]);
    insta::assert_snapshot!(run.stderr, @r"
    1 article, 5 sentences; 2 mentions; 0 rejected of 1 record
    mentions                                     alias     title   pronoun  excluded
    Antony Blinken                                   1         0         1         0
    US Agency for International Development          0         0         0         0
    not counted for Antony Blinken: Evan Blinken 2; if it is meant, add an alias
    ");
}

#[test]
fn the_bundle_is_found_from_any_folder_and_may_be_given() {
    let place = place();
    let found = place.slant(["score", "news.txt"]);
    let given = place.slant(["score", "news.txt", "--model", BUNDLE, "--threads", "1"]);
    assert_eq!((found.status, given.status), (0, 0), "{}", found.stderr);
    assert_eq!(found.stdout, given.stdout);
}

#[test]
fn an_existing_result_is_replaced_only_by_force() {
    let place = place();
    place.write("out.csv", "precious");
    let refused = place.slant(["score", "news.txt", "-o", "out.csv"]);
    assert_eq!(refused.status, 2);
    insta::assert_snapshot!(refused.stderr, @"error: out.csv exists already: give --force to replace it, or another name");
    assert_eq!(place.read("out.csv"), "precious");
    let forced = place.slant(["score", "news.txt", "-o", "out.csv", "--force"]);
    assert_eq!(forced.status, 0, "{}", forced.stderr);
    assert_eq!(rows(&place.read("out.csv")).len(), 3);
    assert!(!place.holds("out.csv.partial"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_is_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let place = place();
    let device = place.path().join("null");
    std::os::unix::fs::symlink("/dev/null", &device).unwrap();
    let run = place.slant(["segment", "news.txt", "-o", "null", "--force"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(device.metadata().unwrap().file_type().is_char_device());
    let full = place.slant(["segment", "news.txt", "-o", "/dev/full"]);
    assert_eq!(full.status, 2);
    insta::assert_snapshot!(full.stderr, @"error: the rows on /dev/full break off: cannot write the result: No space left on device (os error 28)");
}

#[test]
fn kept_columns_come_last_and_may_not_be_there_already() {
    let place = place();
    place.write(
        "a.csv",
        "id,event,text,page\nx,\"a, \"\"b\"\"\",Hamas left.,7\n",
    );
    let run = place.slant(["score", "a.csv", "--keep", "page,event"]);
    assert!(
        run.stdout
            .lines()
            .next()
            .unwrap()
            .ends_with(",note,page,event")
    );
    let rows = rows(&run.stdout);
    assert_eq!(
        (rows[0]["page"].as_str(), rows[0]["event"].as_str()),
        ("7", "a, \"b\"")
    );
    let refused = place.slant(["score", "a.csv", "--keep", "text"]);
    assert_eq!(refused.status, 2);
    insta::assert_snapshot!(refused.stderr, @"error: --keep text: the result has a column of that name already; rename yours in the input");
}

#[test]
fn standard_input_and_output_serve_in_a_pipe() {
    let place = place();
    let json = b"{\"id\": 7, \"outlet\": \"Courier\", \"body\": \"Hamas left. Israel stayed.\"}\n";
    let run = place.slant_reading(["score", "-", "--parties", "parties.toml", "-o", "-"], json);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let rows = rows(&run.stdout);
    assert_eq!(rows.len(), 2);
    assert_eq!(
        (rows[1]["article"].as_str(), rows[1]["source"].as_str()),
        ("7", "Courier")
    );
    insta::assert_snapshot!(run.stderr, @r"
    standard input was read as jsonl
    1 article, 2 sentences; 2 mentions; 0 rejected of 1 record
    mentions            alias     title   pronoun  excluded
    Antony Blinken          0         0         0         0
    Hamas                   1         0         0         0
    Israel                  1         0         0         0
    ");
}

#[test]
fn a_closed_pipe_is_no_error() {
    use std::process::{Command, Stdio};
    let place = Place::new();
    let lines = "The minister spoke again on Monday.\n\n".repeat(20_000);
    place.write("long.txt", lines);
    let mut child = Command::new(env!("CARGO_BIN_EXE_slant"))
        .args(["segment", "long.txt"])
        .current_dir(place.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_sentence_beyond_the_window_is_scored_whole_and_noted() {
    let place = place();
    let clause = "and the committee met again in the old hall by the river ".repeat(60);
    place.write(
        "long.txt",
        format!("Hamas spoke {clause} while Israel listened."),
    );
    let run = place.slant(["score", "long.txt", "--parties", "parties.toml"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let rows = rows(&run.stdout);
    let parties: Vec<_> = rows
        .iter()
        .map(|row| (row["party"].as_str(), row["note"].as_str()))
        .collect();
    assert_eq!(parties, [("Hamas", "windowed"), ("Israel", "windowed")]);
    assert!(run.stderr.contains("; 1 in windows;"), "{}", run.stderr);
}
