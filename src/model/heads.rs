//! Token states to logits: one head for the sentence, one for every target.
//!
//! With h the states of the window's tokens, s their mean and t the mean over a target's tokens:
//!
//! ```text
//! a         = softmax((W_q t + b_q) · (W_k h + b_k)ᵀ / √d) h      what the sentence says of the target
//! stance    = W_o tanh(W_d [t ‖ s ‖ a] + b_d) + b_o
//! sentiment = W_o tanh(W_d s + b_d) + b_o
//! ```

use super::bundle::Weights;
use super::linear::{Linear, Rows};
use super::math;
use super::precision::Precision;
use super::tokens::Window;
use crate::error::Result;

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
    hidden: usize,
}

/// dense → tanh → output
struct Head {
    dense: Linear,
    /// (3, hidden)
    output: Vec<f32>,
    bias: Vec<f32>,
    /// Features that the dense layer takes.
    features: usize,
}

/// What the heads work in, kept from window to window.
pub(super) struct Scratch {
    rows: Rows,
    keys: Vec<f32>,
    queries: Vec<f32>,
    attention: Vec<f32>,
    targets: Vec<f32>,
    features: Vec<f32>,
    inner: Vec<f32>,
}

impl Scratch {
    pub(super) fn new(precision: Precision) -> Self {
        Self {
            rows: Rows::new(precision),
            keys: Vec::new(),
            queries: Vec::new(),
            attention: Vec::new(),
            targets: Vec::new(),
            features: Vec::new(),
            inner: Vec::new(),
        }
    }
}

impl Head {
    /// The head whose weights stand under `name`, of `features` inputs.
    fn new(
        weights: &mut Weights,
        name: &str,
        features: usize,
        hidden: usize,
        precision: Precision,
    ) -> Result<Self> {
        let (dense, dense_bias) = weights.linear(&format!("{name}.dense"), hidden, features)?;
        let (output, bias) = weights.linear(&format!("{name}.output"), 3, hidden)?;
        Ok(Self {
            dense: Linear::new(precision, &dense, &dense_bias),
            output,
            bias,
            features,
        })
    }

    /// The logits of rows of features.
    fn forward(&self, features: &[f32], rows: &mut Rows, inner: &mut Vec<f32>) -> Vec<[f64; 3]> {
        project(&self.dense, features, self.features, rows, inner);
        math::tanh(inner);
        let width = self.output.len() / 3;
        let logit = |inner: &[f32], label: usize| {
            let weights = &self.output[label * width..][..width];
            f64::from(math::dot(weights, inner) + self.bias[label])
        };
        let of_row = |inner| std::array::from_fn(|label| logit(inner, label));
        inner.chunks_exact(width).map(of_row).collect()
    }
}

impl Heads {
    /// The heads whose weights stand under `stance.` and `sentiment.` of `weights`.
    ///
    /// # Errors
    /// If one is missing or of another shape.
    pub(super) fn new(weights: &mut Weights, hidden: usize, precision: Precision) -> Result<Self> {
        let mut linear = |name| -> Result<Linear> {
            let (weight, bias) = weights.linear(name, hidden, hidden)?;
            Ok(Linear::new(precision, &weight, &bias))
        };
        Ok(Self {
            query: linear("stance.query")?,
            key: linear("stance.key")?,
            stance: Head::new(weights, "stance", 3 * hidden, hidden, precision)?,
            sentiment: Head::new(weights, "sentiment", hidden, hidden, precision)?,
            hidden,
        })
    }

    /// The logits of `window`, whose token states `states` are, (tokens, hidden).
    ///
    /// All targets go through a layer together, so its weights are read once; a row does not depend
    /// on the others.
    pub(super) fn forward(&self, states: &[f32], window: &Window, scratch: &mut Scratch) -> Logits {
        let hidden = self.hidden;
        let Scratch {
            rows,
            keys,
            queries,
            attention,
            targets,
            features,
            inner,
        } = scratch;
        let content = window.content();
        let own = &states[content.start * hidden..content.end * hidden];
        let mut sentence = vec![0.0; hidden];
        mean(own.chunks_exact(hidden), &mut sentence);
        let sentiment = self.sentiment.forward(&sentence, rows, inner)[0];
        if window.mentions.is_empty() {
            return Logits {
                sentiment,
                stances: Vec::new(),
            };
        }

        targets.resize(window.mentions.len() * hidden, 0.0);
        for (target, mention) in targets.chunks_exact_mut(hidden).zip(&window.mentions) {
            mean(
                mention
                    .iter()
                    .map(|&token| &states[token * hidden..][..hidden]),
                target,
            );
        }
        project(&self.key, own, hidden, rows, keys);
        project(&self.query, targets, hidden, rows, queries);
        features.clear();
        for (target, query) in targets
            .chunks_exact(hidden)
            .zip(queries.chunks_exact(hidden))
        {
            attention.clear();
            attention.extend(keys.chunks_exact(hidden).map(|key| math::dot(query, key)));
            math::softmax(attention, 1.0 / (hidden as f32).sqrt());
            features.extend_from_slice(target);
            features.extend_from_slice(&sentence);
            let attended = features.len();
            features.resize(attended + hidden, 0.0);
            let weighted = attention.iter().copied().zip(own.chunks_exact(hidden));
            math::weighted_sum(weighted, &mut features[attended..]);
        }
        let stances = self.stance.forward(features, rows, inner);
        Logits { sentiment, stances }
    }
}

/// The outputs of `layer` for rows of `width` numbers.
fn project(layer: &Linear, input: &[f32], width: usize, rows: &mut Rows, output: &mut Vec<f32>) {
    rows.clear(width);
    rows.push(input);
    layer.write(rows, output);
}

/// The mean of rows; zero without any.
fn mean<'r>(rows: impl ExactSizeIterator<Item = &'r [f32]>, mean: &mut [f32]) {
    let share = 1.0 / rows.len().max(1) as f32;
    math::weighted_sum(rows.map(|row| (share, row)), mean);
}
