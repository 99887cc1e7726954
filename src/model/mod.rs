//! From text to probabilities: the only folder that knows tokens and tensors.
//!
//! The contract is narrow and plain on both sides: a [`Query`] is a sentence and the places in it
//! that name each target; a [`Scored`] has the sentence's sentiment and the stance toward each
//! target. Inside, a query goes through these steps, one file each:
//!
//! ```text
//! Query ─ tokens ─▶ Window ─ batches ─▶ tokens on end ─ encoder ─▶ (tokens, hidden) ─ heads ─▶ logits
//!          scorer: the chain, with the memory it works in        linear, math: what layers are made of
//!          bundle: files, labels, temperatures                   simd: the processor
//!          cache: what was scored before                         precision: bytes or floats
//!          reference: what the bundle is known to say           libtorch: which one is loaded
//! ```
//!
//! A sentence is encoded once, whatever the number of its targets; targets enter only where token
//! states are pooled. So the sentiment does not depend on the targets, nor a stance on the others.
//! A sentence's probabilities have the same bits alone, in any batch and on any number of threads.

mod batches;
mod bundle;
mod cache;
mod encoder;
mod heads;
mod label;
mod libtorch;
mod linear;
mod math;
mod precision;
mod reference;
mod scorer;
mod simd;
mod tokens;

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

pub use bundle::Bundle;
pub use label::{Label, Probabilities, Sentiment, Stance};
pub use libtorch::Libtorch;
pub use precision::Precision;
pub use reference::{Agreement, Reference};
pub use scorer::Scorer;

use crate::error::{Error, Result};
use crate::span::ByteSpan;
use cache::Cache;
use encoder::Encoder;
use heads::Heads;
use tokens::Tokens;

/// A sentence, and whom to score in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query<'t> {
    /// The sentence.
    pub text: &'t str,
    /// Each target's mentions, in bytes of `text`; none is empty.
    pub targets: Vec<Vec<ByteSpan>>,
}

/// What the model says of one query.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The sentiment of the sentence as a whole.
    pub sentiment: Probabilities<Sentiment>,
    /// The stance toward each target, in the order asked.
    pub stances: Vec<Probabilities<Stance>>,
    /// Whether the sentence exceeds the model's length and was read in overlapping windows.
    pub windowed: bool,
}

/// How a model is run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Engine {
    /// How many threads score; all that the process may use, unless given.
    pub threads: Option<NonZeroUsize>,
    /// What linear layers are multiplied in; the faster that is exact enough, unless given.
    pub precision: Option<Precision>,
}

/// A loaded bundle.
pub struct Model {
    title: String,
    checksum: String,
    tokens: Tokens,
    encoder: Encoder,
    heads: Heads,
    sentiment: label::Calibration<Sentiment>,
    stance: label::Calibration<Stance>,
    precision: Precision,
    threads: NonZeroUsize,
    cache: Cache,
    remark: Option<String>,
}

/// Where the bundle that ships with the program stands, in the program's folder or one above: in the
/// repository, and in a release.
const SHIPPED: [&str; 2] = ["models/slant-mini", "share/slant/models/slant-mini"];

/// The folder of the bundle that ships with the program.
///
/// # Errors
/// If there is no such folder.
pub fn shipped_bundle() -> Result<PathBuf> {
    let program = std::env::current_exe().and_then(|program| program.canonicalize());
    let program = program.unwrap_or_default();
    let folders = program.ancestors().skip(1);
    let mut bundles = folders.flat_map(|folder| SHIPPED.map(|bundle| folder.join(bundle)));
    bundles
        .find(|bundle| bundle.is_dir())
        .ok_or(Error::NoBundle)
}

impl Model {
    /// Loads the bundle in `folder`.
    ///
    /// In bytes, the model is tried on reference sentences of the bundle; where it strays from what
    /// is known of them, it is loaded in floats instead, unless `engine` asks for bytes.
    ///
    /// # Errors
    /// If a file is missing or not the one that `config.json` has the checksum of, weights or labels
    /// are not the ones this version knows, or bytes were asked for and stray.
    pub fn load(folder: &Path, engine: Engine) -> Result<Self> {
        let bundle = Bundle::read(folder)?;
        let precision = engine.precision.unwrap_or_else(Precision::here);
        let model = Self::of(&bundle, engine, precision)?;
        if precision == Precision::F32 {
            return Ok(model);
        }
        match reference::strays(&bundle, &model)? {
            None => Ok(model),
            Some(far) if engine.precision.is_some() => Err(bundle.refuse(far)),
            Some(far) => Ok(Self {
                remark: Some(format!("{far}; scoring in f32 instead, which is slower")),
                ..Self::of(&bundle, engine, Precision::F32)?
            }),
        }
    }

    fn of(bundle: &Bundle, engine: Engine, precision: Precision) -> Result<Self> {
        // libtorch only reads the weights; its other threads would wait for more work in a busy loop.
        tch::set_num_threads(1);
        let hidden = usize::try_from(bundle.encoder().hidden_size).unwrap_or(0);
        let (tokens, (encoder, heads)) = thread::scope(|scope| {
            let verified = scope.spawn(|| {
                bundle.verify()?;
                Tokens::load(bundle)
            });
            let layers = bundle.weights().and_then(|mut weights| {
                let encoder = Encoder::new(&mut weights, bundle.encoder(), precision)?;
                let heads = Heads::new(&mut weights, hidden, precision)?;
                weights.finish()?;
                Ok((encoder, heads))
            });
            let tokens = verified.join().unwrap_or_else(|panic| resume_unwind(panic));
            // First the former: of a damaged file it says that it is damaged.
            Ok((tokens?, layers?))
        })?;
        let available = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Ok(Self {
            title: bundle.title(),
            checksum: bundle.checksum().to_owned(),
            tokens,
            encoder,
            heads,
            sentiment: bundle.sentiment()?,
            stance: bundle.stance()?,
            precision,
            threads: engine.threads.unwrap_or_else(available),
            cache: Cache::new(),
            remark: None,
        })
    }

    /// What the linear layers are multiplied in.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// What the user should know of how the model was loaded.
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    /// How many threads score.
    pub fn threads(&self) -> NonZeroUsize {
        self.threads
    }

    /// The bundle's name and version, as in "slant-mini 0.1.0".
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The bundle's checksum: the SHA-256 of its `config.json`, which has those of its other files.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// How many queries so far were a repetition, and answered without the encoder.
    pub fn repeated(&self) -> u64 {
        self.cache.hits()
    }

    /// Scores `queries`, shared out among the model's threads; the result has one item for each, in
    /// the same order.
    ///
    /// # Errors
    /// If a target has no mention that covers a token.
    pub fn score(&self, queries: &[Query<'_>]) -> Result<Vec<Scored>> {
        let share = queries.len().div_ceil(self.threads.get()).max(1);
        thread::scope(|scope| {
            let work = |queries| scope.spawn(move || Scorer::new(self).score(queries));
            let workers: Vec<_> = queries.chunks(share).map(work).collect();
            let mut scored = Vec::with_capacity(queries.len());
            for worker in workers {
                scored.extend(worker.join().unwrap_or_else(|panic| resume_unwind(panic))?);
            }
            Ok(scored)
        })
    }
}
