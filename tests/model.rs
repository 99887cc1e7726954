//! The shipped bundle: that it is what it was trained to be, and that no other is taken for it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod program;

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use program::{BUNDLE, Place};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use slant::model::{Bundle, Engine, Label, Model, Precision, Probabilities, Query, Reference};
use slant::span::ByteSpan;

fn references() -> Vec<Reference> {
    Reference::all(&Bundle::read(Path::new(BUNDLE)).unwrap()).unwrap()
}

fn load(engine: Engine) -> Model {
    Model::load(Path::new(BUNDLE), engine).unwrap()
}

fn in_precision(precision: Precision) -> Model {
    load(Engine {
        precision: Some(precision),
        ..Engine::default()
    })
}

fn values<L: Label>(probabilities: &Probabilities<L>) -> [f64; 3] {
    L::ALL.map(|label| probabilities.of(label))
}

fn assert_near(found: [f64; 3], expected: [f64; 3], bound: f64, text: &str) {
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() <= bound,
            "{found} is not {expected}: {text}"
        );
    }
}

#[test]
fn the_program_scores_as_the_training_script_does() {
    let references = references();
    assert!(references.len() >= 200);
    let queries: Vec<_> = references.iter().map(Reference::query).collect();
    let model = in_precision(Precision::F32);
    for (reference, scored) in references.iter().zip(model.score(&queries).unwrap()) {
        assert_near(
            values(&scored.sentiment),
            reference.sentiment,
            1e-3,
            &reference.text,
        );
        assert_eq!(scored.stances.len(), reference.stances.len());
        for (found, expected) in scored.stances.iter().zip(&reference.stances) {
            assert_near(values(found), *expected, 1e-3, &reference.text);
        }
    }
}

#[test]
fn bytes_stray_little_from_what_the_training_script_found() {
    let references = references();
    let queries: Vec<_> = references.iter().map(Reference::query).collect();
    let scored = in_precision(Precision::Int8).score(&queries).unwrap();
    let mut strays = Vec::new();
    for (reference, scored) in references.iter().zip(scored) {
        let mut compare = |found: [f64; 3], expected: [f64; 3]| {
            strays.extend(found.iter().zip(expected).map(|(a, b)| (a - b).abs()));
        };
        compare(values(&scored.sentiment), reference.sentiment);
        for (found, expected) in scored.stances.iter().zip(&reference.stances) {
            compare(values(found), *expected);
        }
    }
    let mean = strays.iter().sum::<f64>() / strays.len() as f64;
    assert!(mean < 0.01, "{mean}");
}

#[test]
fn a_sentence_scores_the_same_bits_alone_in_any_batch_and_on_any_number_of_threads() {
    let references = references();
    let queries: Vec<_> = references.iter().map(Reference::query).collect();
    for precision in [Precision::Int8, Precision::F32] {
        let models = [1, 2, 3].map(|threads| {
            load(Engine {
                threads: NonZeroUsize::new(threads),
                precision: Some(precision),
            })
        });
        let alone = |query| {
            models[0]
                .score(std::slice::from_ref(query))
                .unwrap()
                .remove(0)
        };
        let alone: Vec<_> = queries.iter().map(alone).collect();
        let all = (0..queries.len()).collect::<Vec<_>>();
        let some = prop::sample::subsequence(all, 2..=queries.len());
        let config = ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(8)
        };
        proptest!(config, |(chosen in some.prop_shuffle(), model in 0..models.len())| {
            let batch: Vec<_> = chosen.iter().map(|&index| queries[index].clone()).collect();
            let found = models[model].score(&batch).unwrap();
            let expected: Vec<_> = chosen.iter().map(|&index| alone[index].clone()).collect();
            prop_assert_eq!(found, expected);
        });
    }
}

#[test]
fn a_stance_does_not_depend_on_who_else_is_asked_about() {
    let references = references();
    for precision in [Precision::Int8, Precision::F32] {
        let model = in_precision(precision);
        for query in references
            .iter()
            .map(Reference::query)
            .filter(|query| query.targets.len() > 1)
        {
            let together = model.score(std::slice::from_ref(&query)).unwrap().remove(0);
            for (target, stance) in query.targets.iter().zip(together.stances) {
                let alone = Query {
                    text: query.text,
                    targets: vec![target.clone()],
                };
                let alone = model.score(&[alone]).unwrap().remove(0);
                assert_eq!(alone.stances, [stance], "{}", query.text);
                assert_eq!(alone.sentiment, together.sentiment);
            }
        }
    }
}

#[test]
fn no_queries_and_texts_without_words_are_answered() {
    let model = load(Engine::default());
    assert!(model.score(&[]).unwrap().is_empty());
    for text in ["", "\u{200d}", "\0", "🎉", "…"] {
        let query = Query {
            text,
            targets: Vec::new(),
        };
        let scored = model.score(&[query]).unwrap();
        assert!(scored[0].sentiment.score().is_finite(), "{text:?}");
    }
}

#[test]
fn a_target_without_a_token_is_an_error_and_not_a_guess() {
    let model = load(Engine::default());
    let query = Query {
        text: "Nobody here.",
        targets: vec![vec![ByteSpan::new(6, 7)]],
    };
    assert!(model.score(&[query]).is_err());
}

#[test]
fn a_bundle_whose_bytes_stray_is_scored_in_floats_and_says_so_or_refused_where_bytes_are_asked_for()
{
    let place = Place::new();
    for name in ["model.safetensors", "tokenizer.json"] {
        fs::copy(Path::new(BUNDLE).join(name), place.path().join(name)).unwrap();
    }
    let known = fs::read_to_string(Path::new(BUNDLE).join("reference.jsonl")).unwrap();
    let mut other = String::new();
    for line in known.lines() {
        let mut reference: serde_json::Value = serde_json::from_str(line).unwrap();
        reference["sentiment"].as_array_mut().unwrap().reverse();
        other += &(reference.to_string() + "\n");
    }
    place.write("reference.jsonl", &other);
    let config = fs::read_to_string(Path::new(BUNDLE).join("config.json")).unwrap();
    let config = config.replace(&sha256(known.as_bytes()), &sha256(other.as_bytes()));
    place.write("config.json", config);

    let model = Model::load(place.path(), Engine::default()).unwrap();
    assert_eq!(model.precision(), Precision::F32);
    if Precision::here() == Precision::Int8 {
        let remark = model.remark().unwrap();
        assert!(remark.contains("in int8, probabilities stray"), "{remark}");
    }
    let engine = Engine {
        precision: Some(Precision::Int8),
        ..Engine::default()
    };
    let error = Model::load(place.path(), engine).err().unwrap().to_string();
    assert!(error.contains("in int8, probabilities stray"), "{error}");
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A copy of the bundle whose config has `from` replaced by `to`, and what loading it says.
fn refused(from: &str, to: &str) -> String {
    let place = Place::new();
    for name in ["model.safetensors", "tokenizer.json", "reference.jsonl"] {
        fs::copy(Path::new(BUNDLE).join(name), place.path().join(name)).unwrap();
    }
    let config = fs::read_to_string(Path::new(BUNDLE).join("config.json")).unwrap();
    let changed = config.replacen(from, to, 1);
    assert_ne!(config, changed, "{from} is not in config.json");
    place.write("config.json", changed);
    refusal(&place)
}

fn refusal(place: &Place) -> String {
    let error = Model::load(place.path(), Engine::default())
        .err()
        .unwrap()
        .to_string();
    error.replace(place.path().to_str().unwrap(), "BUNDLE")
}

#[test]
fn a_bundle_of_another_make_is_refused_by_name() {
    insta::assert_snapshot!(refused("\"format\": 1", "\"format\": 2"), @"the model in BUNDLE cannot be used: config.json has format 2; this version reads format 1");
    insta::assert_snapshot!(refused("\"against\"", "\"anti\""), @r#"the model in BUNDLE cannot be used: the stance head: its labels are ["anti", "neutral", "favor"]; this version knows ["against", "neutral", "favor"]"#);
    insta::assert_snapshot!(refused("\"num_hidden_layers\": 6", "\"num_hidden_layers\": 7"), @"the model in BUNDLE cannot be used: model.safetensors lacks the weight `bert.encoder.layer.6.attention.self.query.weight`");
    insta::assert_snapshot!(refused("\"num_hidden_layers\": 6", "\"num_hidden_layers\": 5"), @"the model in BUNDLE cannot be used: model.safetensors has an unknown weight `bert.encoder.layer.5.attention.output.LayerNorm.bias`");
    insta::assert_snapshot!(refused("\"intermediate_size\": 1536", "\"intermediate_size\": 1535"), @"the model in BUNDLE cannot be used: intermediate_size is 1535, not a multiple of 32");
    insta::assert_snapshot!(refused("\"intermediate_size\": 1536", "\"intermediate_size\": 1504"), @"the model in BUNDLE cannot be used: the weight `bert.encoder.layer.0.intermediate.dense.weight` has shape [1536, 384], not [1504, 384]");
    insta::assert_snapshot!(refused("\"window\": 256", "\"window\": 1000"), @"the model in BUNDLE cannot be used: its window of 1000 tokens is not in 16..=256");
}

#[test]
fn a_damaged_or_missing_file_is_refused_by_name() {
    let place = Place::new();
    insta::assert_snapshot!(refusal(&place), @"the model in BUNDLE cannot be used: cannot read config.json: No such file or directory (os error 2)");
    for name in ["config.json", "tokenizer.json", "reference.jsonl"] {
        fs::copy(Path::new(BUNDLE).join(name), place.path().join(name)).unwrap();
    }
    insta::assert_snapshot!(refusal(&place), @"the model in BUNDLE cannot be used: cannot read model.safetensors: No such file or directory (os error 2)");
    let mut weights = fs::read(Path::new(BUNDLE).join("model.safetensors")).unwrap();
    let middle = weights.len() / 2;
    weights[middle] ^= 1;
    place.write("model.safetensors", weights);
    let message = refusal(&place);
    assert!(
        message.contains("model.safetensors is damaged"),
        "{message}"
    );
}
