//! The transformer: token ids to token states.

use rust_bert::bert::{BertConfig, BertEmbeddings, BertModel};
use tch::nn::Path;
use tch::{Kind, Tensor};

use super::tokens::Window;
use crate::error::{Error, Result};

/// BERT without its pooler.
///
/// J. Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language
/// Understanding".
pub(super) struct Encoder {
    bert: BertModel<BertEmbeddings>,
}

impl Encoder {
    /// An encoder whose weights are still to be filled, under `bert.` of `root`.
    pub(super) fn new(root: &Path<'_>, config: &BertConfig) -> Self {
        Self {
            bert: BertModel::new_with_optional_pooler(root / "bert", config, false),
        }
    }

    /// The token states of each window, (tokens, hidden) without padding, in the order of `batch`.
    ///
    /// Windows are padded to the longest; the mask keeps the padding out of all attention, so a
    /// window's states do not depend on its neighbours.
    pub(super) fn forward(&self, batch: &[&Window]) -> Result<Vec<Tensor>> {
        let width = batch
            .iter()
            .map(|window| window.ids.len())
            .max()
            .unwrap_or(0);
        let mut ids = vec![0i64; batch.len() * width];
        let mut mask = vec![0i64; batch.len() * width];
        for (row, window) in batch.iter().enumerate() {
            for (column, &id) in window.ids.iter().enumerate() {
                ids[row * width + column] = i64::from(id);
                mask[row * width + column] = 1;
            }
        }
        let shape = [batch.len() as i64, width as i64];
        let ids = Tensor::from_slice(&ids).view(shape);
        let mask = Tensor::from_slice(&mask).view(shape);
        let output = self
            .bert
            .forward_t(Some(&ids), Some(&mask), None, None, None, None, None, false)
            .map_err(|error| Error::Encoder(error.to_string()))?;
        let states = output.hidden_state.to_kind(Kind::Float);
        let own = |(row, window): (usize, &&Window)| {
            states.get(row as i64).narrow(0, 0, window.ids.len() as i64)
        };
        Ok(batch.iter().enumerate().map(own).collect())
    }
}
