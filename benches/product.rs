//! What the processor's byte product allows: the kernel alone at the encoder's four shapes, as
//! `cargo bench --bench product`. An element is a multiplication or an addition.

#![allow(missing_docs, reason = "criterion's macros make public items")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// The kernel's own file: it is no part of the library's interface.
#[path = "../src/model"]
mod model {
    #[allow(dead_code, reason = "only the product is measured")]
    pub(crate) mod simd;

    use std::hint::black_box;

    use simd::{BLOCK, PANEL, vectorised};

    vectorised! {
        /// All products of blocks of rows with panels of weights, each made in full.
        pub(super) fn multiply(rows: &[u8], width: usize, panels: &[i8]) {
            for block in rows.chunks_exact(BLOCK * width) {
                for panel in panels.chunks_exact(PANEL * width) {
                    black_box(I::product::<BLOCK>(block, width, panel));
                }
            }
        }
    }
}

/// As many as are encoded together.
const ROWS: usize = 256;

fn products(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("product");
    for (inputs, outputs) in [(384, 1152), (384, 384), (384, 1536), (1536, 384)] {
        let rows = vec![3; ROWS * inputs];
        let panels = vec![2; outputs * inputs];
        group.throughput(Throughput::Elements((2 * ROWS * inputs * outputs) as u64));
        group.bench_function(format!("{ROWS} x {inputs} x {outputs}"), |bencher| {
            bencher.iter(|| model::multiply(black_box(&rows), inputs, black_box(&panels)));
        });
    }
}

criterion_group!(benches, products);
criterion_main!(benches);
