//! Which windows are encoded together: a pure function over their lengths.

use std::ops::Range;

/// The most tokens encoded together, unless one window alone is longer.
const BUDGET: usize = 256;

/// Stretches of `lengths` that are encoded together, in order; every index is in exactly one.
///
/// Their tokens are put one after another without padding, and no row depends on the others; a
/// batch reads the weights from the cache once for all of them.
pub(super) fn together(lengths: &[usize]) -> Vec<Range<usize>> {
    let mut batches: Vec<Range<usize>> = Vec::new();
    let mut tokens = 0;
    for (index, length) in lengths.iter().enumerate() {
        tokens += length;
        match batches.last_mut() {
            Some(batch) if tokens <= BUDGET => batch.end = index + 1,
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
            let batches = together(&lengths);
            let indices: Vec<usize> = batches.iter().cloned().flatten().collect();
            prop_assert_eq!(indices, (0..lengths.len()).collect::<Vec<_>>());
            for batch in batches {
                let tokens: usize = lengths[batch.clone()].iter().sum();
                prop_assert!(batch.len() == 1 || tokens <= BUDGET);
            }
        }
    }
}
