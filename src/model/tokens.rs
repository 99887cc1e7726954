//! Text to tokens, cut into windows where a sentence exceeds the encoder's length.

use std::ops::Range;

use tokenizers::Tokenizer;

use super::{Bundle, Query};
use crate::error::{Error, Result};
use crate::span::ByteSpan;

/// The bundle's tokenizer, and how many tokens the encoder reads at once.
pub(super) struct Tokens {
    tokenizer: Tokenizer,
    /// The two special tokens among them.
    window: usize,
    /// `[CLS]` and `[SEP]`, which the encoder wants around every window.
    specials: [u32; 2],
}

/// A stretch of tokens that the encoder reads at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    /// Token ids from `[CLS]` to `[SEP]`.
    pub(super) ids: Vec<u32>,
    /// For each target of the query, the positions in `ids` that its mentions cover.
    pub(super) mentions: Vec<Vec<usize>>,
}

impl Window {
    /// The positions in `ids` of the sentence's own tokens. A text without any, such as a lone
    /// control character, is read from the special tokens instead.
    pub(super) fn content(&self) -> Range<usize> {
        match self.ids.len() {
            2 => 0..2,
            length => 1..length - 1,
        }
    }
}

impl Tokens {
    pub(super) fn load(bundle: &Bundle) -> Result<Self> {
        let path = bundle.tokenizer();
        let refuse = |reason: String| {
            Error::bundle(
                path.parent().unwrap_or(&path),
                format!("tokenizer.json: {reason}"),
            )
        };
        let tokenizer = Tokenizer::from_file(&path).map_err(|error| refuse(error.to_string()))?;
        if tokenizer.get_truncation().is_some() || tokenizer.get_padding().is_some() {
            return Err(refuse(
                "it cuts or pads, which slant does itself".to_owned(),
            ));
        }
        let special = |token: &str| {
            let id = tokenizer.token_to_id(token);
            id.ok_or_else(|| refuse(format!("there is no {token} token")))
        };
        let specials = [special("[CLS]")?, special("[SEP]")?];
        Ok(Self {
            specials,
            window: bundle.window()?,
            tokenizer,
        })
    }

    /// The windows that `query` is read in: one, unless it is too long.
    pub(super) fn windows(&self, query: &Query<'_>) -> Result<Vec<Window>> {
        let encoding = self
            .tokenizer
            .encode(query.text, false)
            .map_err(|error| Error::Encoder(error.to_string()))?;
        let places: Vec<ByteSpan> = encoding
            .get_offsets()
            .iter()
            .map(|&(start, end)| ByteSpan::new(start, end))
            .collect();
        let cut = |range: Range<usize>| {
            let [first, last] = self.specials;
            let content = &encoding.get_ids()[range.clone()];
            let covered = |spans: &Vec<ByteSpan>| {
                let names = |at: &usize| spans.iter().any(|span| span.overlaps(&places[*at]));
                let positions = range.clone().filter(names);
                positions.map(|at| at - range.start + 1).collect()
            };
            Window {
                ids: [&[first], content, &[last]].concat(),
                mentions: query.targets.iter().map(covered).collect(),
            }
        };
        Ok(window_ranges(places.len(), self.window - 2)
            .map(cut)
            .collect())
    }
}

/// Ranges of at most `size` tokens that cover `count` tokens, each half over the one before.
///
/// Half a window of overlap gives every token a quarter window of context on each side in one of
/// them, the ends of the text aside.
fn window_ranges(count: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    let step = size / 2;
    let windows = 1 + count.saturating_sub(size).div_ceil(step);
    (0..windows).map(move |index| {
        let start = index * step;
        start..count.min(start + size)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_that_fits_is_one_window() {
        for count in [0, 1, 8] {
            assert!(window_ranges(count, 8).eq(std::iter::once(0..count)));
        }
        assert!(window_ranges(9, 8).eq([0..8, 4..9]));
    }

    proptest! {
        #[test]
        fn windows_cover_every_token_and_overlap_by_half(count in 0usize..5000, size in 2usize..600) {
            let ranges: Vec<_> = window_ranges(count, size).collect();
            prop_assert_eq!(ranges[0].start, 0);
            prop_assert_eq!(ranges[ranges.len() - 1].end, count);
            for pair in ranges.windows(2) {
                prop_assert_eq!(pair[0].len(), size);
                prop_assert_eq!(pair[1].start, pair[0].start + size / 2);
                prop_assert!(pair[1].end > pair[0].end);
            }
        }
    }
}
