//! Token states to logits: one head for the sentence, one for every target.
//!
//! With h the states of the window's tokens, s their mean and t the mean over a target's tokens:
//!
//! ```text
//! a         = softmax((W_q t + b_q) · (W_k h + b_k)ᵀ / √d) h      what the sentence says of the target
//! stance    = W_o tanh(W_d [t ‖ s ‖ a] + b_d) + b_o
//! sentiment = W_o tanh(W_d s + b_d) + b_o
//! ```

use tch::nn::{self, Linear, Module, Path};
use tch::{Kind, Tensor};

use super::tokens::Window;
use crate::error::{Error, Result};

/// The logits of one window, a head's outputs in its own order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Logits {
    pub(super) sentiment: [f64; 3],
    /// One for each target; without meaning where the target has no token in the window.
    pub(super) stances: Vec<[f64; 3]>,
}

pub(super) struct Heads {
    query: Linear,
    key: Linear,
    stance: Head,
    sentiment: Head,
    /// The √d that attention is scaled by.
    scale: f64,
}

/// dense → tanh → output
struct Head {
    dense: Linear,
    output: Linear,
}

impl Head {
    /// A head of (n, `width`) features with (n, 3) logits.
    fn new(path: &Path<'_>, width: i64, hidden: i64) -> Self {
        Self {
            dense: linear(path / "dense", width, hidden),
            output: linear(path / "output", hidden, 3),
        }
    }

    fn forward(&self, features: &Tensor) -> Tensor {
        self.output.forward(&self.dense.forward(features).tanh())
    }
}

impl Heads {
    /// Heads whose weights are still to be filled, under `stance.` and `sentiment.` of `root`.
    pub(super) fn new(root: &Path<'_>, hidden: i64) -> Self {
        let stance = root / "stance";
        Self {
            query: linear(&stance / "query", hidden, hidden),
            key: linear(&stance / "key", hidden, hidden),
            stance: Head::new(&stance, 3 * hidden, hidden),
            sentiment: Head::new(&(root / "sentiment"), hidden, hidden),
            scale: (hidden as f64).sqrt(),
        }
    }

    /// The logits of `window`, whose token states `states` are, (tokens, hidden).
    pub(super) fn forward(&self, states: &Tensor, window: &Window) -> Result<Logits> {
        let content = window.content();
        let length = content.len() as i64;
        let states = states.narrow(0, content.start as i64, length);
        let sentence = states.mean_dim([0i64].as_slice(), true, None::<Kind>);
        let sentiment = rows(&self.sentiment.forward(&sentence))?;
        let stances = if window.mentions.is_empty() {
            Vec::new()
        } else {
            rows(&self.stances(&states, &sentence, window))?
        };
        Ok(Logits {
            sentiment: sentiment[0],
            stances,
        })
    }

    /// The stance logits, (targets, 3).
    fn stances(&self, states: &Tensor, sentence: &Tensor, window: &Window) -> Tensor {
        let targets = mention_weights(window).matmul(states);
        let keys = self.key.forward(states);
        let attention = self.query.forward(&targets).matmul(&keys.tr()) / self.scale;
        let attended = attention.softmax(-1, None::<Kind>).matmul(states);
        let sentence = sentence.expand_as(&targets);
        self.stance
            .forward(&Tensor::cat(&[targets, sentence, attended], 1))
    }
}

fn linear(path: Path<'_>, inputs: i64, outputs: i64) -> Linear {
    nn::linear(path, inputs, outputs, nn::LinearConfig::default())
}

/// (targets, tokens): in each row 1/n on the n tokens that name the target, elsewhere 0.
fn mention_weights(window: &Window) -> Tensor {
    let content = window.content();
    let width = content.len();
    let mut weights = vec![0f32; window.mentions.len() * width];
    for (row, positions) in window.mentions.iter().enumerate() {
        for position in positions {
            weights[row * width + position - content.start] = 1.0 / positions.len() as f32;
        }
    }
    Tensor::from_slice(&weights).view([window.mentions.len() as i64, width as i64])
}

/// The rows of an (n, 3) tensor.
fn rows(logits: &Tensor) -> Result<Vec<[f64; 3]>> {
    let flat: Vec<f32> = logits
        .contiguous()
        .view([-1])
        .try_into()
        .map_err(|error: tch::TchError| Error::Encoder(error.to_string()))?;
    let (rows, _) = flat.as_chunks::<3>();
    Ok(rows.iter().map(|row| row.map(f64::from)).collect())
}
