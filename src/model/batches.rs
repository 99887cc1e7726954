//! Which windows are encoded together: a pure function over their lengths.

/// The most tokens in a batch, padding included, unless one window alone is longer.
///
/// The encoder's speed hardly depends on it between 512 and 4096; small batches keep memory low.
const BUDGET: usize = 1024;

/// Indices of `lengths` in batches of similar length, longest first.
///
/// Every index is in exactly one batch. A batch is padded to its longest member, and sorting keeps
/// the padding small.
pub(super) fn by_length(lengths: &[usize]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(lengths[index]));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for index in order {
        match batches.last_mut() {
            Some(batch) if (batch.len() + 1) * lengths[batch[0]] <= BUDGET => batch.push(index),
            _ => batches.push(vec![index]),
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
            lengths in prop::collection::vec(1usize..2000, 0..300)
        ) {
            let batches = by_length(&lengths);
            let mut seen: Vec<usize> = batches.concat();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
            for batch in batches {
                let longest = batch.iter().map(|&index| lengths[index]).max().unwrap();
                prop_assert!(batch.len() == 1 || batch.len() * longest <= BUDGET);
            }
        }
    }
}
