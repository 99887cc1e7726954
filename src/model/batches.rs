//! Which windows are encoded together: a pure function over their lengths.

use std::ops::Range;

use super::precision::Precision;

/// The most tokens encoded together, unless one window alone is longer.
const BUDGET: usize = 256;

/// Stretches of `lengths` that are encoded together, in order; every index is in exactly one.
///
/// Their tokens are put one after another without padding. In bytes a row does not depend on the
/// others, and a batch reads the weights from the cache once for all of them. libtorch's products
/// may differ in the last bit with the number of rows, so in floats a window is always alone.
pub(super) fn together(lengths: &[usize], precision: Precision) -> Vec<Range<usize>> {
    let budget = match precision {
        Precision::Int8 => BUDGET,
        Precision::F32 => 0,
    };
    let mut batches: Vec<Range<usize>> = Vec::new();
    let mut tokens = 0;
    for (index, length) in lengths.iter().enumerate() {
        tokens += length;
        match batches.last_mut() {
            Some(batch) if tokens <= budget => batch.end = index + 1,
            _ => {
                batches.push(index..index + 1);
                tokens = *length;
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_window_is_in_one_batch_within_the_budget(
            lengths in prop::collection::vec(1usize..500, 0..300)
        ) {
            let batches = together(&lengths, Precision::Int8);
            let indices: Vec<usize> = batches.iter().cloned().flatten().collect();
            prop_assert_eq!(indices, (0..lengths.len()).collect::<Vec<_>>());
            for batch in batches {
                let tokens: usize = lengths[batch.clone()].iter().sum();
                prop_assert!(batch.len() == 1 || tokens <= BUDGET);
            }
            prop_assert_eq!(together(&lengths, Precision::F32).len(), lengths.len());
        }
    }
}
