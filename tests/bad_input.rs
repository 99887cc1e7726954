//! Whatever is put in is scored, or listed as rejected with file, place and reason.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use program::{Place, rows, slice};

/// The messages of a run, with the summary.
fn told(place: &Place, arguments: &[&str]) -> (i32, String) {
    let run = place.slant([&["segment"], arguments, &["-o", "out.csv", "--force"]].concat());
    (run.status, run.stderr)
}

#[test]
fn a_missing_file_is_named_and_the_run_goes_on() {
    let place = Place::new();
    place.write("good.txt", "One. Two.");
    let (status, messages) = told(&place, &["gone.txt", "good.txt"]);
    assert_eq!(status, 1);
    insta::assert_snapshot!(messages, @r"
    rejected: gone.txt: there is no such file or folder; check the path
    1 article, 2 sentences; 1 rejected of 2 records
    ");
    assert_eq!(rows(&place.read("out.csv")).len(), 2);
}

#[test]
fn with_nothing_to_read_nothing_is_written() {
    let place = Place::new();
    let (status, messages) = told(&place, &["gone.txt"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(messages, @r"
    rejected: gone.txt: there is no such file or folder; check the path
    0 articles, 0 sentences; 1 rejected of 1 record
    error: none of the input could be read; nothing was written
    ");
    assert!(!place.holds("out.csv") && !place.holds("out.csv.partial"));
    assert_eq!(place.slant(["segment", "gone.txt"]).stdout, "");
}

#[test]
fn an_empty_or_blank_file_is_rejected() {
    let place = Place::new();
    place.write("empty.txt", "");
    place.write("blank.txt", " \r\n\t\u{a0}\n");
    place.write("empty.csv", "");
    place.write("empty.jsonl", "");
    let (status, messages) = told(
        &place,
        &["empty.txt", "blank.txt", "empty.csv", "empty.jsonl"],
    );
    assert_eq!(status, 1);
    insta::assert_snapshot!(messages, @r"
    rejected: empty.txt, record 1: the file is empty
    rejected: blank.txt, record 1: the text is empty
    rejected: empty.csv, record 1: the file is empty
    rejected: empty.jsonl, record 1: the file is empty
    0 articles, 0 sentences; 4 rejected of 4 records
    ");
}

#[test]
fn a_missing_column_is_refused_with_the_ones_there_are() {
    let place = Place::new();
    place.write("a.csv", "id,words\n1,One.\n");
    let (status, messages) = told(&place, &["a.csv"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(messages, @r"
    rejected: a.csv: there is no column for the text (text, body, content, article); the columns are: id, words; say which with --text-column
    0 articles, 0 sentences; 1 rejected of 1 record
    error: none of the input could be read; nothing was written
    ");
    let (status, messages) = told(&place, &["a.csv", "--text-column", "wordz"]);
    assert_eq!(status, 2);
    insta::assert_snapshot!(messages, @r"
    rejected: a.csv: there is no column `wordz`; the columns are: id, words; give --text-column one of these
    0 articles, 0 sentences; 1 rejected of 1 record
    error: none of the input could be read; nothing was written
    ");
    assert_eq!(told(&place, &["a.csv", "--text-column", "words"]).0, 0);
}

#[test]
fn a_malformed_line_is_rejected_and_the_lines_after_it_are_not() {
    let place = Place::new();
    place.write("a.csv", "id,text\n1,One.\n2,Two,too,many\n3,Three.\n");
    place.write("b.jsonl", "{\"text\": \"One.\"}\n{\"text\": \"Two.\"\n{\"txt\": 3}\n\n{\"text\": \"\"}\n{\"text\": \"Five.\"}\n");
    let (status, messages) = told(&place, &["a.csv", "b.jsonl"]);
    assert_eq!(status, 1);
    insta::assert_snapshot!(messages, @r"
    rejected: a.csv, record 2 (line 3): the number of fields is 4 where the header has 2
    rejected: b.jsonl, record 2 (line 2): the line is not JSON: EOF while parsing an object at byte 0; write each record as {…} on a line of its own
    rejected: b.jsonl, record 3 (line 3): there is no field for the text (text, body, content, article); the fields are: txt; say which with --text-column
    rejected: b.jsonl, record 4 (line 5): the text is empty
    4 articles, 4 sentences; 4 rejected of 8 records
    ");
    assert_eq!(rows(&place.read("out.csv")).len(), 4);
}

#[test]
fn strange_characters_are_scored_and_their_offsets_hold() {
    let place = Place::new();
    let texts = [
        "👩‍🚀 flew. Cafe\u{301} «naïve» 漢字 came\u{301}! Then e\u{301}\u{302} stayed.",
        "שלום עולם. هذا نص عربي. Then English.",
        "\u{feff}A byte-order mark.\r\nIn the\r\nmiddle.\r\n",
        "\u{202e}Reversed\u{202c} text. \u{200b}Zero width.\u{200b} \u{fffd}",
    ];
    for (index, text) in texts.iter().enumerate() {
        place.write(&format!("in/{index}.txt"), text);
    }
    let run = place.slant(["score", "in"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for row in rows(&run.stdout) {
        let text = texts[row["article"].parse::<usize>().unwrap()].trim_start_matches('\u{feff}');
        assert_eq!(slice(text, &row["start"], &row["end"]), row["text"]);
    }
}

#[test]
fn bytes_that_are_no_text_are_rejected() {
    let place = Place::new();
    place.write("nul.txt", b"One.\0Two.");
    place.write(
        "picture.txt",
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13],
    );
    let (status, messages) = told(&place, &["nul.txt", "picture.txt"]);
    assert_eq!(status, 1);
    insta::assert_snapshot!(messages, @r"
    rejected: nul.txt, record 1: the text holds NUL bytes at character 5: is the file binary?
    rejected: picture.txt, record 1: the text holds NUL bytes at character 9: is the file binary?
    1 record read as windows-1252
    0 articles, 0 sentences; 2 rejected of 2 records
    ");
}

#[test]
fn other_encodings_are_read_right_and_said() {
    let place = Place::new();
    place.write("windows.txt", b"\x93Caf\xe9\x94 \x96 he\x92s here.");
    let utf16: Vec<u8> = "\u{feff}“Café” – he’s here."
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    place.write("utf16.txt", utf16);
    let run = place.slant(["segment", "windows.txt", "utf16.txt"]);
    let texts: Vec<_> = rows(&run.stdout)
        .iter()
        .map(|row| row["text"].clone())
        .collect();
    assert_eq!(texts, ["“Café” – he’s here."; 2]);
    insta::assert_snapshot!(run.stderr, @r"
    1 record read as windows-1252
    2 articles, 2 sentences; 0 rejected of 2 records
    ");
}

#[test]
fn a_single_line_of_five_megabytes_is_cut_into_its_sentences() {
    let place = Place::new();
    let sentence = "The committee met again in the old hall by the river. ";
    let count = 5_000_000 / sentence.len();
    place.write("long.txt", sentence.repeat(count));
    let run = place.slant(["segment", "long.txt"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(rows(&run.stdout).len(), count);
}

#[test]
fn a_broken_parties_file_stops_before_any_work() {
    let place = Place::new();
    place.write("good.txt", "One.");
    place.write(
        "parties.toml",
        "[[party]]\nname = \"A\"\naliases = [\"X\"]\n[[party]]\nname = \"B\"\naliases = [\"X\"]\n",
    );
    for parties in ["parties.toml", "gone.toml"] {
        let run = place.slant(["score", "good.txt", "--parties", parties, "-o", "out.csv"]);
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains(parties), "{}", run.stderr);
        assert!(!place.holds("out.csv") && !place.holds("out.csv.partial"));
    }
}

#[test]
fn a_result_that_cannot_be_written_stops_before_any_work() {
    let place = Place::new();
    place.write("good.txt", "One.");
    let run = place.slant(["segment", "good.txt", "-o", "no/such/folder/out.csv"]);
    assert_eq!(run.status, 2);
    insta::assert_snapshot!(run.stderr, @"error: cannot write no/such/folder/out.csv: No such file or directory (os error 2)");
}
