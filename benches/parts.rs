//! The parts of a run, one by one: `cargo bench --locked --target-dir target`.
//!
//! `scripts/bench` times the whole program beside others.

#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use slant::input::{Article, Articles, Columns};
use slant::mention::{self, Link, Links};
use slant::model::{Engine, Model, Precision, Probabilities, Query};
use slant::output::{Cell, Design, Format, PartyRow, Row, RowKind, SentenceRow, Sheet};
use slant::parties::Parties;
use slant::segment::segment;
use slant::span::{ByteSpan, CharCounter};
use slant::speech;
use slant::voice::{Voice, Voices};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The demo's articles, one text a row.
fn texts() -> Vec<String> {
    let mut reader =
        csv::Reader::from_path(Path::new(ROOT).join("data/demo/articles.csv")).unwrap();
    let column = reader
        .headers()
        .unwrap()
        .iter()
        .position(|name| name == "text")
        .unwrap();
    reader
        .records()
        .map(|record| record.unwrap()[column].to_owned())
        .collect()
}

fn model(precision: Precision) -> Model {
    let engine = Engine {
        threads: NonZeroUsize::new(1),
        precision: Some(precision),
    };
    Model::load(&Path::new(ROOT).join("models/slant-mini"), engine).unwrap()
}

fn text(criterion: &mut Criterion) {
    let texts = texts();
    let parties = Parties::load(&Path::new(ROOT).join("data/demo/parties.toml")).unwrap();
    let sentences: Vec<_> = texts.iter().map(|text| segment(text)).collect();
    let mut group = criterion.benchmark_group("text");
    group.throughput(Throughput::Bytes(
        texts.iter().map(String::len).sum::<usize>() as u64,
    ));
    group.bench_function("segment", |bencher| {
        bencher.iter(|| {
            texts
                .iter()
                .map(|text| segment(black_box(text)).len())
                .sum::<usize>()
        });
    });
    group.bench_function("link and tell voices", |bencher| {
        bencher.iter(|| {
            for (text, sentences) in texts.iter().zip(&sentences) {
                let speech = speech::read(text, sentences);
                let linked =
                    mention::link(text, sentences, &speech.quotations, &parties, Links::All);
                black_box(Voices::read(text, sentences, &speech, &linked, &parties));
            }
        });
    });
}

/// A sentence of `words` words; each run asks for another, so that none is remembered.
fn sentence(words: usize, run: u64) -> String {
    let mut text = format!("Run {run}:");
    for word in 0..words {
        text.push_str([" the", " minister", " said", " that", " talks", " failed"][word % 6]);
    }
    text + "."
}

fn score(criterion: &mut Criterion) {
    for precision in [Precision::Int8, Precision::F32] {
        let model = model(precision);
        let mut run = 0;
        let mut group = criterion.benchmark_group(format!("score, {precision}"));
        for words in [10, 20, 40, 80, 160, 400] {
            group.bench_function(BenchmarkId::new("words", words), |bencher| {
                bencher.iter(|| {
                    run += 1;
                    let text = sentence(words, run);
                    let query = Query {
                        text: &text,
                        targets: Vec::new(),
                    };
                    model.score(&[query]).unwrap()
                });
            });
        }
        for parties in [1, 2, 5, 10] {
            group.bench_function(BenchmarkId::new("parties", parties), |bencher| {
                bencher.iter(|| {
                    run += 1;
                    let text = sentence(30, run);
                    let words = text.match_indices(' ').map(|(at, _)| at + 1);
                    let targets = words.map(|at| vec![ByteSpan::new(at, at + 1)]);
                    let query = Query {
                        text: &text,
                        targets: targets.take(parties).collect(),
                    };
                    model.score(&[query]).unwrap()
                });
            });
        }
    }
}

/// The lines of a result over the demo, as if every sentence named a party.
fn lines(articles: &[Article]) -> Vec<Vec<Cell<'_>>> {
    let stance = Probabilities::from_weights([0.7, 0.2, 0.1]);
    let mut lines = Vec::new();
    for article in articles {
        let mut chars = CharCounter::new(&article.text);
        for (index, span) in segment(&article.text).into_iter().enumerate() {
            let text = span.of(&article.text);
            let span = chars.span(span);
            let row = Row {
                sentence: SentenceRow {
                    article,
                    number: index + 1,
                    text,
                    span,
                },
                sentiment: Some(Probabilities::from_weights([0.1, 0.6, 0.3])),
                party: Some(PartyRow {
                    name: "Milena Adeyemi",
                    mention: "Adeyemi",
                    span,
                    link: Link::Alias,
                    stance,
                }),
                voice: Some(Voice::Author),
                speaker: "",
                note: "",
            };
            lines.push(row.cells(RowKind::Score));
        }
    }
    lines
}

fn rows(criterion: &mut Criterion) {
    let demo = Path::new(ROOT).join("data/demo/articles.csv");
    let articles = Articles::open(&[demo], Columns::default(), None);
    let articles: Vec<_> = articles.collect::<Result<_, _>>().unwrap();
    let lines = lines(&articles);
    let mut group = criterion.benchmark_group("rows");
    group.throughput(Throughput::Elements(lines.len() as u64));
    for (name, format) in [
        ("CSV", Format::Csv),
        ("JSON Lines", Format::JsonLines),
        ("Parquet", Format::Parquet),
        ("XLSX", Format::Xlsx),
    ] {
        let design = Design {
            format,
            ..Design::csv(RowKind::Score, &[])
        };
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut sheet = Sheet::new(Vec::new(), &design, None).unwrap();
                for line in &lines {
                    sheet.write_cells(black_box(line)).unwrap();
                }
                sheet.finish(Vec::new()).unwrap().len()
            });
        });
    }
}

criterion_group!(benches, text, score, rows);
criterion_main!(benches);
