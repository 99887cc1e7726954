//! The transformer: token ids to token states.

use std::panic::resume_unwind;
use std::thread;

use super::bundle::Weights;
use super::linear::{Linear, Rows};
use super::math::{self, AttentionScratch, Norm, Shape};
use super::precision::Precision;
use super::simd::PANEL;
use super::tokens::Window;
use crate::error::Result;
use rust_bert::bert::BertConfig;

/// BERT without its pooler.
///
/// J. Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language
/// Understanding".
pub(super) struct Encoder {
    embeddings: Embeddings,
    layers: Vec<Layer>,
    shape: Shape,
    intermediate: usize,
}

struct Embeddings {
    words: Vec<f32>,
    /// Of the positions, that of the first token type already added.
    places: Vec<f32>,
    norm: Norm,
}

struct Layer {
    /// Queries, keys and values side by side.
    qkv: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    intermediate: Linear,
    output: Linear,
    output_norm: Norm,
}

/// What the encoder works in, kept from batch to batch.
pub(super) struct Scratch {
    /// (tokens, hidden): the states, layer after layer.
    states: Vec<f32>,
    input: Rows,
    qkv: Vec<f32>,
    context: Vec<f32>,
    attended: Rows,
    between: Rows,
    attention: AttentionScratch,
}

impl Scratch {
    pub(super) fn new(precision: Precision) -> Self {
        Self {
            states: Vec::new(),
            input: Rows::new(precision),
            qkv: Vec::new(),
            context: Vec::new(),
            attended: Rows::new(precision),
            between: Rows::new(precision),
            attention: AttentionScratch::default(),
        }
    }
}

impl Encoder {
    /// The encoder whose weights stand under `bert.` of `weights`.
    ///
    /// # Errors
    /// If one is missing or of another shape, or the sizes are not multiples of what the kernels
    /// work in.
    pub(super) fn new(
        weights: &mut Weights,
        config: &BertConfig,
        precision: Precision,
    ) -> Result<Self> {
        let size = |number: i64| usize::try_from(number).unwrap_or(0);
        let hidden = size(config.hidden_size);
        let intermediate = size(config.intermediate_size);
        let heads = size(config.num_attention_heads).max(1);
        let sizes = [
            ("hidden_size", hidden, PANEL),
            ("intermediate_size", intermediate, PANEL),
        ];
        for (name, size, unit) in
            sizes
                .into_iter()
                .chain([("the size of a head", hidden / heads, math::LANES)])
        {
            if size == 0 || !size.is_multiple_of(unit) {
                return Err(weights.refuse(format!("{name} is {size}, not a multiple of {unit}")));
            }
        }
        let mut of_embeddings = weights.part("bert.embeddings.");
        thread::scope(|scope| {
            let embeddings =
                scope.spawn(move || Embeddings::new(&mut of_embeddings, config, hidden));
            let layers = (0..config.num_hidden_layers)
                .map(|number| Layer::new(weights, number, hidden, intermediate, precision))
                .collect::<Result<_>>()?;
            Ok(Self {
                embeddings: embeddings
                    .join()
                    .unwrap_or_else(|panic| resume_unwind(panic))?,
                layers,
                shape: Shape { hidden, heads },
                intermediate,
            })
        })
    }

    /// Numbers in a token's state.
    pub(super) fn hidden(&self) -> usize {
        self.shape.hidden
    }

    /// The states of all tokens of `batch`, (tokens, hidden), one window after another.
    ///
    /// A window's states do not depend on what else is in the batch.
    pub(super) fn forward<'s>(&self, batch: &[Window], scratch: &'s mut Scratch) -> &'s [f32] {
        let Scratch {
            states,
            input,
            qkv,
            context,
            attended,
            between,
            attention,
        } = scratch;
        let hidden = self.shape.hidden;
        self.embeddings.write(batch, states);
        input.clear(hidden);
        input.push(states);
        for layer in &self.layers {
            layer.qkv.write(input, qkv);
            context.resize(states.len(), 0.0);
            self.attend(batch, qkv, context, attention);
            attended.clear(hidden);
            attended.push(context);
            let norm = &layer.attention_norm;
            layer
                .attention_output
                .apply(attended, settle(states, norm, input));

            between.clear(self.intermediate);
            layer.intermediate.apply(input, |_, rows| {
                math::gelu(rows);
                between.push(rows);
            });
            layer
                .output
                .apply(between, settle(states, &layer.output_norm, input));
        }
        states
    }

    /// Attention of every window to itself.
    fn attend(
        &self,
        batch: &[Window],
        qkv: &[f32],
        context: &mut [f32],
        scratch: &mut AttentionScratch,
    ) {
        let mut first = 0;
        for window in batch {
            let numbers = window.ids.len() * self.shape.hidden;
            let (qkv, context) = (
                &qkv[3 * first..][..3 * numbers],
                &mut context[first..][..numbers],
            );
            math::attend(qkv, self.shape, context, scratch);
            first += numbers;
        }
    }
}

/// What is done with a sublayer's rows: they are added to the states they came from, normalised,
/// and are the states and the next input from then on.
fn settle<'s>(
    states: &'s mut [f32],
    norm: &'s Norm,
    input: &'s mut Rows,
) -> impl FnMut(usize, &mut [f32]) + 's {
    let width = norm.weight.len();
    input.clear(width);
    move |first, rows| {
        let states = &mut states[first * width..][..rows.len()];
        math::add_and_normalise(states, rows, norm);
        input.push(states);
    }
}

impl Embeddings {
    fn new(weights: &mut Weights, config: &BertConfig, hidden: usize) -> Result<Self> {
        let mut table = |name: &str, rows: i64| {
            let rows = usize::try_from(rows).unwrap_or(0);
            weights.take(&format!("bert.embeddings.{name}.weight"), &[rows, hidden])
        };
        let words = table("word_embeddings", config.vocab_size)?;
        let mut places = table("position_embeddings", config.max_position_embeddings)?;
        let kinds = table("token_type_embeddings", config.type_vocab_size)?;
        for place in places.chunks_exact_mut(hidden) {
            for (place, kind) in place.iter_mut().zip(&kinds) {
                *place += kind;
            }
        }
        let norm = norm(weights, "bert.embeddings.LayerNorm", hidden)?;
        Ok(Self {
            words,
            places,
            norm,
        })
    }

    /// Writes the sums of word, place and token type of every token, normalised.
    fn write(&self, batch: &[Window], states: &mut Vec<f32>) {
        let hidden = self.norm.weight.len();
        states.clear();
        for window in batch {
            let first = states.len();
            for &id in &window.ids {
                states.extend_from_slice(&self.words[id as usize * hidden..][..hidden]);
            }
            math::add_and_normalise(&mut states[first..], &self.places, &self.norm);
        }
    }
}

impl Layer {
    fn new(
        weights: &mut Weights,
        number: i64,
        hidden: usize,
        intermediate: usize,
        precision: Precision,
    ) -> Result<Self> {
        let name = |part: &str| format!("bert.encoder.layer.{number}.{part}");
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for part in ["query", "key", "value"] {
            let (more, biases) =
                weights.linear(&name(&format!("attention.self.{part}")), hidden, hidden)?;
            weight.extend(more);
            bias.extend(biases);
        }
        let mut linear = |part: &str, outputs, inputs| -> Result<Linear> {
            let (weight, bias) = weights.linear(&name(part), outputs, inputs)?;
            Ok(Linear::new(precision, &weight, &bias))
        };
        Ok(Self {
            qkv: Linear::new(precision, &weight, &bias),
            attention_output: linear("attention.output.dense", hidden, hidden)?,
            intermediate: linear("intermediate.dense", intermediate, hidden)?,
            output: linear("output.dense", hidden, intermediate)?,
            attention_norm: norm(weights, &name("attention.output.LayerNorm"), hidden)?,
            output_norm: norm(weights, &name("output.LayerNorm"), hidden)?,
        })
    }
}

fn norm(weights: &mut Weights, name: &str, hidden: usize) -> Result<Norm> {
    Ok(Norm {
        weight: weights.take(&format!("{name}.weight"), &[hidden])?,
        bias: weights.take(&format!("{name}.bias"), &[hidden])?,
        epsilon: super::bundle::LAYER_NORM_EPS as f32,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rust_bert::bert::{BertEmbeddings, BertModel};
    use tch::nn::VarStore;
    use tch::{Device, Tensor};

    use super::super::{Bundle, Query, Tokens};
    use super::*;

    const TEXTS: [&str; 3] = [
        "Yes.",
        "The minister, who had denied everything, resigned on Tuesday.",
        "“We’re listening,” said Ms. Harris; 4,000 people — most of them from the coast — did not \
         believe her, and neither did the paper that had printed the letters, the bills and the \
         photographs of the yacht.",
    ];

    /// The states that rust-bert finds for each window, one by one.
    fn expected(bundle: &Bundle, folder: &Path, windows: &[Window]) -> Vec<f32> {
        let mut tensors = VarStore::new(Device::Cpu);
        let root = &tensors.root() / "bert";
        let bert =
            BertModel::<BertEmbeddings>::new_with_optional_pooler(root, bundle.encoder(), false);
        tensors
            .load_partial(folder.join("model.safetensors"))
            .unwrap();
        tensors.float();
        tensors.freeze();
        let states = |window: &Window| -> Vec<f32> {
            let ids: Vec<i64> = window.ids.iter().map(|&id| i64::from(id)).collect();
            let ids = Tensor::from_slice(&ids).unsqueeze(0);
            let output = bert.forward_t(Some(&ids), None, None, None, None, None, None, false);
            output.unwrap().hidden_state.view([-1]).try_into().unwrap()
        };
        windows.iter().flat_map(states).collect()
    }

    #[test]
    fn floats_give_the_states_that_rust_bert_gives_and_bytes_are_near() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/slant-mini");
        let bundle = Bundle::read(&folder).unwrap();
        let tokens = Tokens::load(&bundle).unwrap();
        let query = |text| Query {
            text,
            targets: Vec::new(),
        };
        let windows = TEXTS.map(|text| tokens.windows(&query(text)).unwrap().remove(0));
        let expected = expected(&bundle, &folder, &windows);
        for (precision, bound) in [(Precision::F32, 1e-4), (Precision::Int8, 0.5)] {
            let mut weights = bundle.weights().unwrap();
            let encoder = Encoder::new(&mut weights, bundle.encoder(), precision).unwrap();
            let mut scratch = Scratch::new(precision);
            let found = encoder.forward(&windows, &mut scratch);
            assert_eq!(found.len(), expected.len());
            let strays = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
            let most = strays.fold(0.0, f32::max);
            assert!(most < bound, "{precision}: {most}");
        }
    }
}
