//! A run that is stopped goes on, and leaves what a run leaves that was never stopped.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(unix)]

mod program;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use program::{Place, Run};

/// How many records of the input a run takes before it is stopped; it has kept some of them by then.
const BEFORE: usize = 220;

/// Articles of two sentences and a column of 10,000 letters, with a bad record among eleven: so the
/// rows of some dozens are kept at once, without waiting.
fn records() -> Vec<String> {
    let mut state = 1_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    let record = |index: usize| match index % 11 {
        7 => format!("{{\"id\": {index}, \"text\": \"\"}}\n"),
        _ => {
            let page: String = (0..10_000).map(|_| letter()).collect();
            let text = format!("Hamas left the {index}th talks. Israel stayed.");
            format!("{{\"id\": {index}, \"text\": \"{text}\", \"page\": \"{page}\"}}\n")
        }
    };
    (0..300).map(record).collect()
}

const SEGMENT: [&str; 5] = ["segment", "-", "--keep", "page", "-o"];
const SCORE: [&str; 9] = [
    "score",
    "-",
    "--keep",
    "page",
    "--threads",
    "1",
    "--parties",
    "parties.toml",
    "-o",
];

fn place() -> Place {
    let place = Place::new();
    place.write(
        "parties.toml",
        "[[party]]\nname = \"Hamas\"\n[[party]]\nname = \"Israel\"\n",
    );
    place
}

/// A run that has taken [`BEFORE`] records, has kept some, and waits for more.
struct Waiting {
    child: Child,
    stdin: ChildStdin,
}

impl Waiting {
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_slant"))
            .args(arguments)
            .current_dir(place.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let result = arguments.iter().skip_while(|word| **word != "-o").nth(1);
        let journal = place.path().join(format!("{}.journal", result.unwrap()));
        stdin
            .write_all(records()[..BEFORE].concat().as_bytes())
            .unwrap();
        while !fs::metadata(&journal).is_ok_and(|there| there.len() > 100_000) {
            assert!(child.try_wait().unwrap().is_none(), "the run has ended");
            sleep(Duration::from_millis(5));
        }
        Self { child, stdin }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends it a signal, and waits until it has heard.
    fn signal(&mut self, signal: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(sent.unwrap().success());
        let mut heard = BufReader::new(self.child.stderr.as_mut().unwrap()).lines();
        assert!(heard.any(|line| line.unwrap().starts_with("stopping once")));
    }

    /// Gives it the rest of the input.
    fn finish(mut self) -> (i32, String) {
        // A run that has failed does not read.
        let _ = self
            .stdin
            .write_all(records()[BEFORE..].concat().as_bytes());
        drop(self.stdin);
        let mut messages = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut messages)
            .unwrap();
        let messages = messages
            .lines()
            .filter(|line| !line.starts_with("rejected: "));
        let messages = messages.collect::<Vec<_>>().join("\n");
        (self.child.wait().unwrap().code().unwrap(), messages)
    }
}

/// Gives a command all of the input.
fn whole(place: &Place, arguments: &[&str]) -> Run {
    place.slant_reading(arguments, records().concat().as_bytes())
}

/// The bytes of the result and of its list of rejected records.
fn left(place: &Place, result: &str) -> (Vec<u8>, String) {
    let stem = result.split('.').next().unwrap();
    let bytes = fs::read(place.path().join(result)).unwrap();
    assert!(place.holds(&format!("{stem}.manifest.json")));
    assert!(!place.holds(&format!("{result}.journal")));
    assert!(!place.holds(&format!("{result}.partial")));
    (bytes, place.read(&format!("{stem}.rejected.csv")))
}

fn killed_and_undisturbed(command: &[&str], result: &str, more: &[&str]) {
    let arguments = [command, &[result], more].concat();
    let undisturbed = place();
    let run = whole(&undisturbed, &arguments);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let killed = place();
    Waiting::start(&killed, &arguments).kill();
    assert!(!killed.holds(result));
    let run = whole(&killed, &arguments);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(run.stderr.contains("goes on after "), "{}", run.stderr);
    assert!(
        left(&killed, result) == left(&undisturbed, result),
        "{result}"
    );
}

#[test]
fn sentences_that_were_killed_halfway_end_in_the_same_bytes_in_every_format() {
    for format in ["csv", "tsv", "jsonl", "xlsx", "parquet"] {
        killed_and_undisturbed(&SEGMENT, &format!("out.{format}"), &[]);
    }
}

#[test]
fn scores_that_were_killed_halfway_end_in_the_same_bytes() {
    killed_and_undisturbed(&SCORE, "out.xlsx", &[]);
    killed_and_undisturbed(&SCORE, "out.csv", &["--layout", "wide"]);
}

#[test]
fn a_run_that_was_killed_again_and_again_ends_in_the_same_bytes() {
    let place = place();
    let arguments = [&SEGMENT[..], &["out.csv"]].concat();
    for _ in 0..3 {
        Waiting::start(&place, &arguments).kill();
    }
    whole(&place, &arguments);
    let undisturbed = Place::new();
    whole(&undisturbed, &arguments);
    assert!(left(&place, "out.csv") == left(&undisturbed, "out.csv"));
}

#[test]
fn a_signal_finishes_what_is_under_way_and_says_how_to_go_on() {
    for signal in ["INT", "TERM"] {
        let place = place();
        let arguments = [&SCORE[..], &["out.csv"]].concat();
        let mut waiting = Waiting::start(&place, &arguments);
        waiting.signal(signal);
        let (status, messages) = waiting.finish();
        assert_eq!(status, 130, "{messages}");
        let safe = messages.strip_prefix("stopped: ");
        let safe = safe.and_then(|told| {
            told.strip_suffix(" are safe in out.csv.journal; the same command goes on")
        });
        let run = whole(&place, &arguments);
        let goes_on = format!("goes on after {} and ", safe.unwrap());
        assert!(run.stderr.contains(&goes_on), "{}", run.stderr);
        assert_eq!(program::rows(&place.read("out.csv")).len(), 546);
    }
}

#[test]
fn a_second_signal_stops_at_once() {
    let place = place();
    let mut waiting = Waiting::start(&place, &[&SEGMENT[..], &["out.csv"]].concat());
    waiting.signal("INT");
    let id = waiting.child.id().to_string();
    Command::new("kill")
        .args(["-s", "INT", &id])
        .status()
        .unwrap();
    assert_eq!(waiting.child.wait().unwrap().code(), Some(130));
    assert!(place.holds("out.csv.journal"));
}

#[test]
fn another_run_on_the_same_result_is_refused_while_one_is_under_way() {
    let place = place();
    let arguments = [&SEGMENT[..], &["out.csv"]].concat();
    let waiting = Waiting::start(&place, &arguments);
    for more in [&[][..], &["--force"]] {
        let refused = whole(&place, &[&arguments, more].concat());
        assert_eq!(refused.status, 2);
        insta::allow_duplicates! {
            insta::assert_snapshot!(refused.stderr, @"error: another slant is writing out.csv: wait until it is done, or give another name");
        }
    }
    assert_eq!(waiting.finish().0, 1);
    left(&place, "out.csv");
}

#[test]
fn another_standard_input_is_refused() {
    let place = place();
    let arguments = [&SEGMENT[..], &["out.csv"]].concat();
    Waiting::start(&place, &arguments).kill();
    let other = records().concat().replace("1th talks", "1th truce");
    let refused = place.slant_reading(&arguments, other.as_bytes());
    assert_eq!(refused.status, 2);
    insta::assert_snapshot!(refused.stderr, @"error: out.csv.journal cannot go on: the records of the input are not what they were; undo that, or give --force to start afresh");
    whole(&place, &arguments);
    let refused = place.slant_reading(&arguments, other.as_bytes());
    insta::assert_snapshot!(refused.stderr, @"error: out.csv is of another run: the records of the input are not what they were; give --force to replace it, or another name");
    let finished = whole(&place, &arguments);
    assert_eq!(finished.status, 1);
    insta::assert_snapshot!(finished.stderr, @"out.csv was finished before, nothing was changed: 273 articles, 546 sentences; 27 rejected of 300 records");
}

/// A folder with two articles and a run of them that was stopped in its last step.
fn stopped() -> (Place, Vec<&'static str>) {
    let place = place();
    place.write("in/a.txt", "Hamas left.");
    place.write("in/b.txt", "Israel stayed.");
    let arguments = ["score", "in", "--parties", "parties.toml", "-o", "out.csv"];
    // A folder where the result is to be written first.
    fs::create_dir(place.path().join("out.csv.partial")).unwrap();
    let run = place.slant(arguments);
    assert_eq!(run.status, 2);
    insta::allow_duplicates! {
        insta::assert_snapshot!(last(&run), @"error: 2 articles are safe in out.csv.journal; the same command goes on: cannot write out.csv: Is a directory (os error 21)");
    }
    fs::remove_dir(place.path().join("out.csv.partial")).unwrap();
    (place, arguments.to_vec())
}

fn last(run: &Run) -> &str {
    run.stderr.lines().last().unwrap()
}

#[test]
fn what_has_changed_since_is_refused_by_name_and_force_starts_afresh() {
    let (place, arguments) = stopped();
    let refused = |place: &Place, more: &[&str]| {
        let run = place.slant([&arguments, more].concat());
        assert_eq!(run.status, 2);
        assert!(!place.holds("out.csv") && place.holds("out.csv.journal"));
        run.stderr
    };
    insta::assert_snapshot!(refused(&place, &["--links", "title"]), @"error: out.csv.journal cannot go on: --links was all and is title; undo that, or give --force to start afresh");
    insta::assert_snapshot!(refused(&place, &["--precision", "f32"]), @"error: out.csv.journal cannot go on: --precision came to int8 and comes to f32; undo that, or give --force to start afresh");
    insta::assert_snapshot!(refused(&place, &["more"]), @"error: out.csv.journal cannot go on: INPUT was in and is in more; undo that, or give --force to start afresh");
    place.write("in/c.txt", "Nobody came.");
    insta::assert_snapshot!(refused(&place, &[]), @"error: out.csv.journal cannot go on: the input in/c.txt is new; undo that, or give --force to start afresh");
    fs::remove_file(place.path().join("in/c.txt")).unwrap();
    place.write("in/b.txt", "Israel slept.");
    insta::assert_snapshot!(refused(&place, &[]), @"error: out.csv.journal cannot go on: the input in/b.txt has changed since; undo that, or give --force to start afresh");
    place.write("in/b.txt", "Israel stayed.");
    let parties = place.read("parties.toml");
    place.write(
        "parties.toml",
        format!("{parties}aliases = [\"Jerusalem\"]\n"),
    );
    insta::assert_snapshot!(refused(&place, &[]), @"error: out.csv.journal cannot go on: the parties file parties.toml has changed since; undo that, or give --force to start afresh");
    let forced = place.slant([&arguments[..], &["--force"]].concat());
    assert_eq!(forced.status, 0, "{}", forced.stderr);
    assert!(!forced.stderr.contains("goes on"));
    assert!(!place.holds("out.csv.journal"));
}

#[test]
fn another_bundle_is_refused() {
    let (place, arguments) = stopped();
    let bundle = place.path().join("bundle");
    fs::create_dir(&bundle).unwrap();
    for file in fs::read_dir(program::BUNDLE).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), bundle.join(file.file_name())).unwrap();
    }
    let with = [&arguments[..], &["--model", "bundle"]].concat();
    let config = fs::read_to_string(bundle.join("config.json")).unwrap();
    fs::write(bundle.join("config.json"), format!("{config}\n")).unwrap();
    let refused = place.slant(&with);
    assert!(
        last(&refused).contains("cannot go on: the model was slant-mini"),
        "{}",
        refused.stderr
    );
    fs::write(bundle.join("config.json"), config).unwrap();
    assert_eq!(
        place.slant(&with).status,
        0,
        "the same bundle in another place"
    );
}

#[test]
fn a_finished_run_that_is_given_again_changes_nothing() {
    let (place, arguments) = stopped();
    assert_eq!(place.slant(&arguments).status, 0);
    let times = || {
        ["out.csv", "out.manifest.json"].map(|name| {
            fs::metadata(place.path().join(name))
                .unwrap()
                .modified()
                .unwrap()
        })
    };
    let before = times();
    let again = place.slant(&arguments);
    assert_eq!(again.status, 0);
    insta::assert_snapshot!(again.stderr, @"out.csv was finished before, nothing was changed: 2 articles, 2 sentences; 0 rejected of 2 records");
    assert_eq!(times(), before);
    assert!(!place.holds("out.csv.journal"));

    let other = place.slant([&arguments[..], &["--raw-text"]].concat());
    insta::assert_snapshot!(last(&other), @"error: out.csv is of another run: --raw-text was not given and is given; give --force to replace it, or another name");
    let result = place.read("out.csv");
    place.write("out.csv", result.replace("Hamas", "hamas"));
    let edited = place.slant(&arguments);
    assert_eq!(edited.status, 2);
    insta::assert_snapshot!(last(&edited), @"error: out.csv was edited since slant wrote it: give --force to replace it, or another name");

    fs::remove_file(place.path().join("out.csv")).unwrap();
    assert_eq!(place.slant(&arguments).status, 0);
    assert_eq!(
        place.read("out.csv"),
        result,
        "a result that was deleted is made again"
    );
}

#[test]
fn a_run_that_was_stopped_between_its_last_steps_completes_them() {
    let place = place();
    let arguments = [&SEGMENT[..], &["out.csv"]].concat();
    for (blocked, is_there) in [
        ("out.csv.partial", false),
        ("out.rejected.csv.partial", false),
        ("out.manifest.json.partial", true),
    ] {
        let waiting = Waiting::start(&place, &arguments);
        fs::create_dir(place.path().join(blocked)).unwrap();
        let (status, messages) = waiting.finish();
        assert_eq!(status, 2);
        assert!(
            messages.contains("273 articles are safe in out.csv.journal"),
            "{messages}"
        );
        assert_eq!(place.holds("out.csv"), is_there, "{blocked}");
        fs::remove_dir(place.path().join(blocked)).unwrap();
        let run = whole(&place, &arguments);
        assert_eq!(run.status, 1, "{}", run.stderr);
        left(&place, "out.csv");
        for name in ["out.csv", "out.rejected.csv", "out.manifest.json"] {
            fs::remove_file(place.path().join(name)).unwrap();
        }
    }
}

#[test]
fn a_result_that_somebody_else_makes_meanwhile_stays_as_it_is() {
    let place = place();
    let arguments = [&SEGMENT[..], &["out.csv"]].concat();
    let waiting = Waiting::start(&place, &arguments);
    place.write("out.csv", "precious");
    let (status, messages) = waiting.finish();
    assert_eq!(status, 2);
    insta::assert_snapshot!(messages.lines().last().unwrap(), @"error: 273 articles are safe in out.csv.journal; the same command goes on: out.csv was made while the run was under way: move it away, and give the same command again");
    assert_eq!(place.read("out.csv"), "precious");
    fs::rename(place.path().join("out.csv"), place.path().join("mine.csv")).unwrap();
    assert_eq!(whole(&place, &arguments).status, 1);
    left(&place, "out.csv");
}

#[test]
fn a_folder_that_is_deleted_meanwhile_is_an_error_and_an_old_result_none() {
    let place = place();
    place.write("old/out.csv", "old");
    let arguments = [&SEGMENT[..], &["old/out.csv", "--force"]].concat();
    let waiting = Waiting::start(&place, &arguments);
    fs::remove_file(place.path().join("old/out.csv")).unwrap();
    assert_eq!(waiting.finish().0, 1);
    assert!(place.holds("old/out.csv"));

    let waiting = Waiting::start(&place, &arguments);
    fs::remove_dir_all(place.path().join("old")).unwrap();
    let (status, messages) = waiting.finish();
    assert_eq!(status, 2);
    insta::assert_snapshot!(messages.lines().last().unwrap(), @"error: old/out.csv.journal is gone, and with it what was done; the same command begins afresh: old/out.csv.journal was moved or deleted while slant was writing it");
}

#[test]
fn a_run_with_force_that_was_stopped_goes_on_without_it() {
    let place = place();
    place.write("out.csv", "old");
    let arguments = [&SEGMENT[..], &["out.csv"]].concat();
    Waiting::start(&place, &[&arguments[..], &["--force"]].concat()).kill();
    assert_eq!(place.read("out.csv"), "old");
    let run = whole(&place, &arguments);
    assert!(run.stderr.contains("goes on after"), "{}", run.stderr);
    assert_eq!(program::rows(&left_csv(&place)).len(), 546);
}

fn left_csv(place: &Place) -> String {
    String::from_utf8(left(place, "out.csv").0).unwrap()
}

#[test]
fn what_is_no_journal_is_left_alone() {
    let place = place();
    place.write("a.txt", "One.");
    place.write("out.csv.journal", "Dear diary");
    let run = place.slant(["segment", "a.txt", "-o", "out.csv"]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @"error: out.csv.journal is no journal of this version of slant: move it away to start afresh");
    assert_eq!(place.read("out.csv.journal"), "Dear diary");
}

#[test]
fn a_folder_that_cannot_be_written_to_is_refused_before_any_work() {
    use std::os::unix::fs::PermissionsExt;
    let place = place();
    place.write("a.txt", "One.");
    let folder = place.path().join("closed");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    // Nothing is closed to root, but for what the system itself keeps.
    let closed = match fs::write(folder.join("tried"), "") {
        Ok(()) => "/sys",
        Err(_) => "closed",
    };
    let run = place.slant(["segment", "a.txt", "-o", &format!("{closed}/out.csv")]);
    assert_eq!(run.status, 2);
    assert!(
        run.stderr
            .contains(&format!("cannot write {closed}/out.csv")),
        "{}",
        run.stderr
    );
}

#[test]
fn a_symbolic_link_stays_and_the_file_that_it_leads_to_is_written() {
    let place = place();
    place.write("a.txt", "One.");
    place.write("far/there.csv", "old");
    std::os::unix::fs::symlink("far/there.csv", place.path().join("out.csv")).unwrap();
    let run = place.slant(["segment", "a.txt", "-o", "out.csv", "--force"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(place.path().join("out.csv").is_symlink());
    assert_eq!(program::rows(&place.read("far/there.csv")).len(), 1);
    assert!(place.holds("far/there.manifest.json"));
}

#[test]
fn a_file_that_changes_while_it_is_read_is_named() {
    let place = place();
    place.write("a.csv", "text,page\nHamas left.,1\n");
    place.write("b.csv", "text,page\nIsrael stayed.,2\n");
    let arguments = [
        "segment", "-", "a.csv", "b.csv", "--keep", "page", "-o", "out.csv",
    ];
    let waiting = Waiting::start(&place, &arguments);
    place.write("b.csv", "text,page\nIsrael stayed away.,2\n");
    let (status, messages) = waiting.finish();
    assert_eq!(status, 1);
    let (named, _) = messages.split_once(" is not what it was").unwrap();
    assert_eq!(named.lines().last(), Some("changed: b.csv"));
    let manifest: serde_json::Value =
        serde_json::from_str(&place.read("out.manifest.json")).unwrap();
    assert_eq!(manifest["changed_files"], serde_json::json!(["b.csv"]));
    assert!(place.read("out.csv").contains("Israel stayed away."));
}

#[test]
fn a_manifest_repeats_its_run() {
    let place = place();
    place.write("a.csv", "text,page,body\n=Hamas left.,7,x\n,8,x\n");
    let run = place.slant([
        "score",
        "a.csv",
        "--parties",
        "parties.toml",
        "--keep",
        "page",
        "--raw-text",
        "--text-column",
        "text",
        "--layout",
        "wide",
        "-o",
        "out.csv",
    ]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let again = place.slant([
        "score",
        "--from-manifest",
        "out.manifest.json",
        "-o",
        "again.csv",
    ]);
    assert_eq!(again.status, 1, "{}", again.stderr);
    assert_eq!(last(&again), "the result is the same, byte for byte");
    assert_eq!(place.read("again.csv"), place.read("out.csv"));
    assert_eq!(
        place.read("again.rejected.csv"),
        place.read("out.rejected.csv")
    );
    let there = place.slant(["score", "--from-manifest", "out.manifest.json"]);
    assert_eq!(there.status, 1);
    insta::assert_snapshot!(there.stderr, @"out.csv was finished before, nothing was changed: 1 article, 1 sentence; 1 rejected of 2 records");

    let refused = |place: &Place| {
        let run = place.slant([
            "score",
            "--from-manifest",
            "out.manifest.json",
            "-o",
            "new.csv",
        ]);
        assert_eq!(run.status, 2);
        assert!(!place.holds("new.csv") && !place.holds("new.csv.journal"));
        run.stderr
    };
    let parties = place.read("parties.toml");
    place.write(
        "parties.toml",
        format!("{parties}aliases = [\"Jerusalem\"]\n"),
    );
    insta::assert_snapshot!(refused(&place), @"error: the run cannot be repeated: the parties file parties.toml has changed since; undo that, or give INPUT and options instead of --from-manifest");
    place.write("parties.toml", parties);
    place.write("a.csv", "text,page,body\n=Hamas stayed.,7,x\n,8,x\n");
    insta::assert_snapshot!(refused(&place), @"error: the run cannot be repeated: the input a.csv has changed since; undo that, or give INPUT and options instead of --from-manifest");
}

#[test]
fn the_manifest_tells_what_ran_and_what_came_of_it() {
    let place = place();
    place.write(
        "a.csv",
        "text,page\nHamas left. Hamas House stayed.,7\n,8\n",
    );
    place.slant([
        "score",
        "a.csv",
        "--parties",
        "parties.toml",
        "--keep",
        "page",
        "-o",
        "out.csv",
    ]);
    let mut manifest: serde_json::Value =
        serde_json::from_str(&place.read("out.manifest.json")).unwrap();
    let read = |manifest: &mut serde_json::Value, name: &str| {
        manifest.as_object_mut().unwrap().remove(name).unwrap()
    };
    let bundle = read(&mut manifest, "model");
    assert!(
        bundle["bundle"]
            .as_str()
            .unwrap()
            .starts_with("slant-mini ")
    );
    assert_eq!(bundle["sha256"].as_str().unwrap().len(), 64);
    let machine = read(&mut manifest, "machine");
    assert!(machine["threads"].as_u64() > Some(0));
    assert!(read(&mut manifest, "started").as_str() <= read(&mut manifest, "ended").as_str());
    for number in ["seconds", "sentences_per_second"] {
        assert!(read(&mut manifest, number).is_number());
    }
    let result = read(&mut manifest, "result");
    assert_eq!(result["bytes"], place.read("out.csv").len());
    insta::assert_snapshot!(serde_json::to_string_pretty(&manifest).unwrap(), @r#"
    {
      "changed_files": [],
      "command": "score",
      "counts": {
        "articles": 1,
        "parties": [
          {
            "excluded": 0,
            "mentions": {
              "alias": 2,
              "pronoun": 0,
              "title": 0
            },
            "near": [],
            "party": "Hamas"
          },
          {
            "excluded": 0,
            "mentions": {
              "alias": 0,
              "pronoun": 0,
              "title": 0
            },
            "near": [],
            "party": "Israel"
          }
        ],
        "records": 2,
        "rejected": 1,
        "rows": 2,
        "sentences": 2,
        "windowed": 0
      },
      "files": [
        {
          "bytes": 47,
          "file": "a.csv",
          "sha256": "18dd08581d2cdadb5a4874c6e2829d74c3d3746104fc1b67f9627c9dd748d998"
        }
      ],
      "format": "csv",
      "inputs": [
        "a.csv"
      ],
      "manifest": 1,
      "options": {
        "keep": "page",
        "layout": "long",
        "links": "all",
        "max-article": "64M",
        "max-depth": "1000",
        "max-expansion": "200",
        "max-files": "1000000",
        "max-record": "256M",
        "parties": "parties.toml"
      },
      "parties": {
        "file": "parties.toml",
        "sha256": "5ea48175a0b7399105c736e5afbafed794c9da808cbf3638f7c722cf70dd9e2b"
      },
      "program": "slant 0.1.0",
      "records_sha256": "aa241a5e95cce3663af0b51369facfaf6ea0d8df0ee85d95688214997785faf0"
    }
    "#);
}
