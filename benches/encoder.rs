//! What a score is made of inside the model: text to tokens, one layer of the encoder, and all of them,
//! as `cargo bench --bench encoder`. One thread, a sentence by itself.

#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use slant::{checksum, span};

#[allow(dead_code, reason = "the model's files use a part of it")]
#[path = "../src/error.rs"]
mod error;

/// The model's own files: tokens and layers are no part of the library's interface.
#[allow(
    dead_code,
    unused_imports,
    reason = "the heads, what else is not measured, and tests use the rest"
)]
#[path = "../src/model"]
mod model {
    pub(crate) mod bundle;
    mod encoder;
    mod label;
    mod linear;
    mod math;
    pub(crate) mod precision;
    pub(crate) mod simd;
    mod tokens;

    pub(crate) use bundle::Bundle;
    pub(crate) use slant::model::Query;

    use encoder::{Encoder, Scratch};
    use precision::Precision;
    use tokens::{Tokens, Window};

    /// Text to token states.
    pub(crate) struct Reader {
        tokens: Tokens,
        encoder: Encoder,
        scratch: Scratch,
        windows: Vec<Window>,
    }

    impl Reader {
        /// With the first `layers` layers, or all.
        pub(crate) fn new(bundle: &Bundle, layers: Option<i64>, precision: Precision) -> Self {
            let mut config = bundle.encoder().clone();
            config.num_hidden_layers = layers.unwrap_or(config.num_hidden_layers);
            let mut weights = bundle.weights().unwrap();
            Self {
                tokens: Tokens::load(bundle).unwrap(),
                encoder: Encoder::new(&mut weights, &config, precision).unwrap(),
                scratch: Scratch::new(precision),
                windows: Vec::new(),
            }
        }

        /// Cuts `text` into tokens; how many windows they make.
        pub(crate) fn cut(&mut self, text: &str) -> usize {
            let query = Query {
                text,
                targets: Vec::new(),
            };
            self.windows = self.tokens.windows(&query).unwrap();
            self.windows.len()
        }

        /// Encodes what was cut last; the first of its states.
        pub(crate) fn encode(&mut self) -> f32 {
            self.encoder.forward(&self.windows, &mut self.scratch)[0]
        }
    }
}

use model::precision::Precision;
use model::{Bundle, Reader};

/// A sentence of `words` words.
fn sentence(words: usize) -> String {
    let words: Vec<_> = "the minister said that talks failed"
        .split(' ')
        .cycle()
        .take(words)
        .collect();
    words.join(" ")
}

fn bundle() -> Bundle {
    Bundle::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models/slant-mini")).unwrap()
}

fn tokens(criterion: &mut Criterion) {
    let mut reader = Reader::new(&bundle(), Some(0), Precision::F32);
    let mut group = criterion.benchmark_group("tokens");
    for words in [10, 20, 40, 160] {
        let text = sentence(words);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("words", words), |bencher| {
            bencher.iter(|| reader.cut(black_box(&text)));
        });
    }
}

fn layers(criterion: &mut Criterion) {
    let bundle = bundle();
    for precision in [Precision::Int8, Precision::F32] {
        for (name, layers) in [("one layer", Some(1)), ("all layers", None)] {
            let mut reader = Reader::new(&bundle, layers, precision);
            let mut group = criterion.benchmark_group(format!("{name}, {precision}"));
            for words in [10, 20, 40, 160] {
                reader.cut(&sentence(words));
                group.bench_function(BenchmarkId::new("words", words), |bencher| {
                    bencher.iter(|| reader.encode());
                });
            }
        }
    }
}

criterion_group!(benches, tokens, layers);
criterion_main!(benches);
