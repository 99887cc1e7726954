//! The files that make up a model, verified before anything is scored with them.

use std::collections::BTreeMap;
use std::fs;
use std::mem;
use std::path::{Path, PathBuf};

use rust_bert::bert::BertConfig;
use serde::Deserialize;
use tch::Tensor;

use super::label::{Calibration, Label, Sentiment, Stance};
use crate::checksum::{Checksum, sha256};
use crate::error::{Error, Result};

const CONFIG: &str = "config.json";
const WEIGHTS: &str = "model.safetensors";
const TOKENIZER: &str = "tokenizer.json";
const REFERENCE: &str = "reference.jsonl";

/// The layout of bundles that this version reads.
const FORMAT: u32 = 1;

/// The LayerNorm epsilon that rust-bert's BERT is fixed to.
pub(super) const LAYER_NORM_EPS: f64 = 1e-12;

/// A model folder whose files are the ones that its `config.json` names.
pub struct Bundle {
    folder: PathBuf,
    config: Config,
    encoder: BertConfig,
    checksum: String,
}

/// `config.json`, but for the encoder's part, which is rust-bert's to read.
#[derive(Deserialize)]
struct Config {
    format: u32,
    name: String,
    version: String,
    encoder: serde_json::Value,
    window: usize,
    sentiment: Head,
    stance: Head,
    /// The SHA-256 of each file, in hexadecimal.
    files: BTreeMap<String, String>,
}

/// One head's labels, in the order of its outputs, and the temperature fitted for it.
#[derive(Deserialize)]
struct Head {
    labels: Vec<String>,
    temperature: f64,
}

impl Bundle {
    /// Reads `config.json` in `folder` alone: [`Bundle::verify`] tells whether the files it names are
    /// there.
    ///
    /// # Errors
    /// If it is missing, or of another format.
    pub fn read(folder: &Path) -> Result<Self> {
        let refuse = |reason: String| Error::bundle(folder, reason);
        if !folder.is_dir() {
            return Err(refuse("there is no such folder".to_owned()));
        }
        let text = fs::read_to_string(folder.join(CONFIG))
            .map_err(|error| refuse(format!("cannot read {CONFIG}: {error}")))?;
        let config: Config = serde_json::from_str(&text)
            .map_err(|error| refuse(format!("{CONFIG} is not a bundle's: {error}")))?;
        if config.format != FORMAT {
            let found = config.format;
            return Err(refuse(format!(
                "{CONFIG} has format {found}; this version reads format {FORMAT}"
            )));
        }
        let epsilon = config.encoder.get("layer_norm_eps");
        if epsilon.and_then(serde_json::Value::as_f64) != Some(LAYER_NORM_EPS) {
            return Err(refuse(format!(
                "the encoder's layer_norm_eps must be {LAYER_NORM_EPS:e}"
            )));
        }
        let encoder = serde_json::from_value(config.encoder.clone())
            .map_err(|error| refuse(format!("the encoder of {CONFIG} is not a BERT's: {error}")))?;
        Ok(Self {
            folder: folder.to_owned(),
            config,
            encoder,
            checksum: sha256(text.as_bytes()),
        })
    }

    /// The bundle's name and version, as in "slant-mini 0.1.0".
    pub fn title(&self) -> String {
        format!("{} {}", self.config.name, self.config.version)
    }

    /// The SHA-256 of `config.json`, in hexadecimal: it vouches for every file that is named there.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    pub(super) fn encoder(&self) -> &BertConfig {
        &self.encoder
    }

    /// The most tokens that the encoder reads at once, the two special ones among them.
    pub(super) fn window(&self) -> Result<usize> {
        let most = usize::try_from(self.encoder.max_position_embeddings).unwrap_or(0);
        let window = self.config.window;
        if (16..=most).contains(&window) {
            Ok(window)
        } else {
            Err(self.refuse(format!(
                "its window of {window} tokens is not in 16..={most}"
            )))
        }
    }

    pub(super) fn tokenizer(&self) -> PathBuf {
        self.folder.join(TOKENIZER)
    }

    /// The sentences with known scores, if the bundle has them.
    pub(super) fn reference(&self) -> Option<PathBuf> {
        let named = self.config.files.contains_key(REFERENCE);
        named.then(|| self.folder.join(REFERENCE))
    }

    pub(super) fn sentiment(&self) -> Result<Calibration<Sentiment>> {
        self.calibration("sentiment", &self.config.sentiment)
    }

    pub(super) fn stance(&self) -> Result<Calibration<Stance>> {
        self.calibration("stance", &self.config.stance)
    }

    fn calibration<L: Label>(&self, name: &str, head: &Head) -> Result<Calibration<L>> {
        Calibration::new(&head.labels, head.temperature)
            .map_err(|reason| self.refuse(format!("the {name} head: {reason}")))
    }

    /// The weights, to be taken by name.
    pub(super) fn weights(&self) -> Result<Weights> {
        let file = self.folder.join(WEIGHTS);
        let tensors = Tensor::read_safetensors(file).map_err(|error| {
            self.refuse(format!("{WEIGHTS} is not a safetensors file: {error}"))
        })?;
        Ok(Weights {
            folder: self.folder.clone(),
            tensors: tensors.into_iter().collect(),
        })
    }

    /// Verifies the checksum of every file that `config.json` names.
    ///
    /// # Errors
    /// If one is missing, unreadable, or not the one that the checksum is of.
    pub fn verify(&self) -> Result<()> {
        for needed in [WEIGHTS, TOKENIZER] {
            if !self.config.files.contains_key(needed) {
                return Err(self.refuse(format!("{CONFIG} has no checksum of {needed}")));
            }
        }
        for (name, expected) in &self.config.files {
            let found = Checksum::of(&self.folder.join(name))
                .map_err(|error| self.refuse(format!("cannot read {name}: {error}")))?
                .sha256;
            if found != *expected {
                return Err(self.refuse(format!(
                    "{name} is damaged or another version's: its SHA-256 is {found}, \
                     {CONFIG} says {expected}; take the folder afresh"
                )));
            }
        }
        Ok(())
    }

    pub(super) fn refuse(&self, reason: String) -> Error {
        Error::bundle(&self.folder, reason)
    }
}

/// The weights of a bundle; each is taken once.
pub(super) struct Weights {
    folder: PathBuf,
    tensors: BTreeMap<String, Tensor>,
}

impl Weights {
    /// Takes all weights whose names begin with `prefix`, to be taken elsewhere.
    pub(super) fn part(&mut self, prefix: &str) -> Self {
        let tensors = mem::take(&mut self.tensors);
        let (part, rest) = tensors
            .into_iter()
            .partition(|(name, _)| name.starts_with(prefix));
        self.tensors = rest;
        Self {
            folder: self.folder.clone(),
            tensors: part,
        }
    }

    /// Takes the weight `name`, which has to be of `shape`.
    pub(super) fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let tensor = self
            .tensors
            .remove(name)
            .ok_or_else(|| self.refuse(format!("{WEIGHTS} lacks the weight `{name}`")))?;
        let found = tensor.size();
        if !found.iter().eq(shape
            .iter()
            .map(|&size| size as i64)
            .collect::<Vec<_>>()
            .iter())
        {
            return Err(self.refuse(format!(
                "the weight `{name}` has shape {found:?}, not {shape:?}"
            )));
        }
        let mut numbers = vec![0.0; tensor.numel()];
        let tensor = tensor.to_kind(tch::Kind::Float);
        tensor.copy_data(&mut numbers, tensor.numel());
        Ok(numbers)
    }

    /// Takes the weight, (outputs, inputs), and the bias, (outputs), of a linear layer.
    pub(super) fn linear(
        &mut self,
        name: &str,
        outputs: usize,
        inputs: usize,
    ) -> Result<(Vec<f32>, Vec<f32>)> {
        let weight = self.take(&format!("{name}.weight"), &[outputs, inputs])?;
        Ok((weight, self.take(&format!("{name}.bias"), &[outputs])?))
    }

    /// Refuses weights that nobody took.
    pub(super) fn finish(self) -> Result<()> {
        match self.tensors.keys().next() {
            None => Ok(()),
            Some(name) => Err(self.refuse(format!("{WEIGHTS} has an unknown weight `{name}`"))),
        }
    }

    pub(super) fn refuse(&self, reason: String) -> Error {
        Error::bundle(&self.folder, reason)
    }
}
