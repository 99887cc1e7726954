//! Linear layers, y = x Wᵀ + b, in bytes or in 32-bit floats.
//!
//! In bytes, each row of x has a range of its own and each output of W a scale of its own, so a
//! row's result is the same in any batch. A scale for the whole of W costs two points of macro-F1,
//! one for each output none.

use super::math::{self, LANES, ROUNDER};
use super::precision::Precision;
use super::simd::{BLOCK, Instructions, PANEL, vectorised};

/// A linear layer.
pub(super) enum Linear {
    /// Eight-bit integers.
    Int8(Int8),
    /// 32-bit floats.
    F32(F32),
}

/// Rows of numbers, kept as the layers of a precision read them.
pub(super) struct Rows {
    width: usize,
    kept: Kept,
}

enum Kept {
    Int8 { bytes: Vec<u8>, ranges: Vec<Range> },
    F32(Vec<f32>),
}

/// What the bytes of a row stand for: `scale · (byte − zero)`.
#[derive(Debug, Clone, Copy)]
struct Range {
    scale: f32,
    zero: f32,
}

impl Rows {
    pub(super) fn new(precision: Precision) -> Self {
        let kept = match precision {
            Precision::Int8 => Kept::Int8 {
                bytes: Vec::new(),
                ranges: Vec::new(),
            },
            Precision::F32 => Kept::F32(Vec::new()),
        };
        Self { width: 0, kept }
    }

    /// Forgets all rows; the next ones have `width` numbers, a multiple of four.
    pub(super) fn clear(&mut self, width: usize) {
        self.width = width;
        match &mut self.kept {
            Kept::Int8 { bytes, ranges } => {
                bytes.clear();
                ranges.clear();
            }
            Kept::F32(values) => values.clear(),
        }
    }

    fn count(&self) -> usize {
        match &self.kept {
            Kept::Int8 { ranges, .. } => ranges.len(),
            Kept::F32(values) => values.len() / self.width,
        }
    }

    /// Adds one or more rows.
    pub(super) fn push(&mut self, rows: &[f32]) {
        match &mut self.kept {
            Kept::Int8 { bytes, ranges } => quantise(rows, self.width, bytes, ranges),
            Kept::F32(values) => values.extend_from_slice(rows),
        }
    }
}

impl Linear {
    /// A layer of `weight`, (outputs, inputs), and `bias`, (outputs); inputs are a multiple of four
    /// and outputs of [`PANEL`].
    pub(super) fn new(precision: Precision, weight: &[f32], bias: &[f32]) -> Self {
        match precision {
            Precision::Int8 => Self::Int8(Int8::new(weight, bias)),
            Precision::F32 => Self::F32(F32::new(weight, bias)),
        }
    }

    /// Multiplies `input` and hands over finished rows, some at a time while they are in the cache,
    /// with the number of the first.
    pub(super) fn apply(&self, input: &Rows, mut finish: impl FnMut(usize, &mut [f32])) {
        let (count, outputs) = (input.count(), self.outputs());
        let mut output = vec![0.0; BLOCK.min(count) * outputs];
        for first in (0..count).step_by(BLOCK) {
            let output = &mut output[..BLOCK.min(count - first) * outputs];
            self.multiply(input, first, output);
            finish(first, output);
        }
    }

    /// Multiplies `input` into `output`, (rows, outputs).
    pub(super) fn write(&self, input: &Rows, output: &mut Vec<f32>) {
        let outputs = self.outputs();
        output.resize(input.count() * outputs, 0.0);
        for (block, output) in output.chunks_mut(BLOCK * outputs).enumerate() {
            self.multiply(input, block * BLOCK, output);
        }
    }

    fn outputs(&self) -> usize {
        match self {
            Self::Int8(layer) => layer.bias.len() * PANEL,
            Self::F32(layer) => layer.bias.len() * LANES,
        }
    }

    /// The outputs for the rows from `first` on, as many as `output` has room for and at most
    /// [`BLOCK`].
    fn multiply(&self, input: &Rows, first: usize, output: &mut [f32]) {
        let (count, width) = (output.len() / self.outputs(), input.width);
        match (self, &input.kept) {
            (Self::Int8(layer), Kept::Int8 { bytes, ranges }) => {
                let bytes = &bytes[first * width..][..count * width];
                multiply_bytes(layer, bytes, &ranges[first..][..count], output);
            }
            (Self::F32(layer), Kept::F32(values)) => {
                multiply_floats(
                    layer,
                    &values[first * width..][..count * width],
                    count,
                    output,
                );
            }
            _ => unreachable!("rows are made for the precision of the layers"),
        }
    }
}

/// A layer in bytes.
pub(super) struct Int8 {
    /// For every [`PANEL`] outputs their weights, in the order `[inputs / 4][PANEL][4]`.
    panels: Vec<i8>,
    /// Of the same outputs, what their weights are multiplied by.
    scales: Vec<[f32; PANEL]>,
    /// The sums of their weights, scaled: what a row's zero adds to the output.
    sums: Vec<[f32; PANEL]>,
    bias: Vec<[f32; PANEL]>,
}

impl Int8 {
    fn new(weight: &[f32], bias: &[f32]) -> Self {
        let inputs = weight.len() / bias.len();
        let bias = bias.as_chunks().0.to_vec();
        let mut layer = Self {
            panels: vec![0; weight.len()],
            scales: vec![[0.0; PANEL]; bias.len()],
            sums: vec![[0.0; PANEL]; bias.len()],
            bias,
        };
        for (output, row) in weight.chunks_exact(inputs).enumerate() {
            let highest = row.iter().fold(0f32, |highest, w| highest.max(w.abs()));
            let scale = if highest > 0.0 { highest / 127.0 } else { 1.0 };
            let (panel, column) = (output / PANEL, output % PANEL);
            layer.scales[panel][column] = scale;
            let weights = &mut layer.panels[panel * PANEL * inputs..][..PANEL * inputs];
            let mut sum = 0;
            for (input, weight) in row.iter().enumerate() {
                let rounded = (weight / scale + ROUNDER - ROUNDER) as i8;
                weights[input / 4 * 4 * PANEL + column * 4 + input % 4] = rounded;
                sum += i32::from(rounded);
            }
            layer.sums[panel][column] = scale * sum as f32;
        }
        layer
    }
}

vectorised! {
    /// The layer's outputs for at most [`BLOCK`] rows.
    fn multiply_bytes(layer: &Int8, bytes: &[u8], ranges: &[Range], output: &mut [f32]) {
        match ranges.len() {
            1 => multiply_rows::<I, 1>(layer, bytes, ranges, output),
            2 => multiply_rows::<I, 2>(layer, bytes, ranges, output),
            3 => multiply_rows::<I, 3>(layer, bytes, ranges, output),
            4 => multiply_rows::<I, 4>(layer, bytes, ranges, output),
            5 => multiply_rows::<I, 5>(layer, bytes, ranges, output),
            6 => multiply_rows::<I, 6>(layer, bytes, ranges, output),
            7 => multiply_rows::<I, 7>(layer, bytes, ranges, output),
            _ => multiply_rows::<I, BLOCK>(layer, bytes, ranges, output),
        }
    }
}

#[inline(always)]
fn multiply_rows<I: Instructions, const R: usize>(
    layer: &Int8,
    bytes: &[u8],
    ranges: &[Range],
    output: &mut [f32],
) {
    let (width, panels) = (bytes.len() / R, layer.bias.len());
    let output = output.as_chunks_mut::<PANEL>().0;
    for (panel, weights) in layer.panels.chunks_exact(PANEL * width).enumerate() {
        let products = I::product::<R>(bytes, width, weights);
        let (scales, sums, bias) = (&layer.scales[panel], &layer.sums[panel], &layer.bias[panel]);
        for (r, (products, range)) in products.iter().zip(ranges).enumerate() {
            let output = &mut output[r * panels + panel];
            let zero = -range.scale * range.zero;
            for column in 0..PANEL {
                let start = zero.mul_add(sums[column], bias[column]);
                let scale = range.scale * scales[column];
                output[column] = (products[column] as f32).mul_add(scale, start);
            }
        }
    }
}

vectorised! {
    /// Adds rows of `width` numbers as bytes, each over a range from its lowest to its highest
    /// number; zero is always in it and exact.
    fn quantise(rows: &[f32], width: usize, bytes: &mut Vec<u8>, ranges: &mut Vec<Range>) {
        for row in rows.chunks_exact(width) {
            let (low, high) = math::bounds(row);
            let (low, high) = (low.min(0.0), high.max(0.0));
            let scale = if high > low { (high - low) / 255.0 } else { 1.0 };
            let zero = -low / scale + ROUNDER - ROUNDER;
            let factor = 1.0 / scale;
            let byte = |value: f32| {
                let place = value.mul_add(factor, zero).clamp(0.0, 255.0);
                (place + ROUNDER).to_bits() as u8
            };
            let start = bytes.len();
            bytes.resize(start + width, 0);
            for (place, value) in bytes[start..].iter_mut().zip(row) {
                *place = byte(*value);
            }
            ranges.push(Range { scale, zero });
        }
    }
}

/// A layer in 32-bit floats.
pub(super) struct F32 {
    /// For every sixteen outputs their weights, an entry an input.
    panels: Vec<[f32; LANES]>,
    bias: Vec<[f32; LANES]>,
}

impl F32 {
    fn new(weight: &[f32], bias: &[f32]) -> Self {
        let inputs = weight.len() / bias.len();
        let mut panels = vec![[0.0; LANES]; weight.len() / LANES];
        for (output, row) in weight.chunks_exact(inputs).enumerate() {
            let panel = &mut panels[output / LANES * inputs..][..inputs];
            for (lanes, weight) in panel.iter_mut().zip(row) {
                lanes[output % LANES] = *weight;
            }
        }
        let bias = bias.as_chunks().0.to_vec();
        Self { panels, bias }
    }
}

vectorised! {
    /// The layer's outputs for `count` rows, at most [`BLOCK`].
    fn multiply_floats(layer: &F32, rows: &[f32], count: usize, output: &mut [f32]) {
        let width = rows.len() / count;
        // In place of rows that are not there stands the last one, and is not kept.
        let rows: [&[f32]; BLOCK] =
            std::array::from_fn(|at| &rows[at.min(count - 1) * width..][..width]);
        let output = output.as_chunks_mut::<LANES>().0;
        for (panel, weights) in layer.panels.chunks_exact(width).enumerate() {
            let mut products = [[0.0; LANES]; BLOCK];
            math::add_products(&mut products, width, |at| &weights[at], |at, row| rows[row][at]);
            for (row, products) in products.iter().take(count).enumerate() {
                let output = &mut output[row * layer.bias.len() + panel];
                for lane in 0..LANES {
                    output[lane] = products[lane] + layer.bias[panel][lane];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn product(
        precision: Precision,
        x: &[f32],
        width: usize,
        weight: &[f32],
        bias: &[f32],
    ) -> Vec<f32> {
        let mut rows = Rows::new(precision);
        rows.clear(width);
        rows.push(x);
        let mut output = Vec::new();
        Linear::new(precision, weight, bias).apply(&rows, |first, rows| {
            assert_eq!(first * bias.len(), output.len());
            output.extend_from_slice(rows);
        });
        output
    }

    proptest! {
        #[test]
        fn bytes_and_floats_multiply_alike(
            rows in 1usize..20,
            groups in 1usize..20,
            numbers in prop::collection::vec(-3.0f32..5.0, 20 * 80),
            weights in prop::collection::vec(-0.2f32..0.2, 64 * 80),
        ) {
            let width = 4 * groups;
            let x = &numbers[..rows * width];
            let weight = &weights[..64 * width];
            let bias = &numbers[..64];
            let bytes = product(Precision::Int8, x, width, weight, bias);
            let floats = product(Precision::F32, x, width, weight, bias);
            // Half a step of a row's range and of an output's scale, for each of its inputs.
            let bound = width as f32 * (8.0 / 255.0 / 2.0 * 0.2 + 0.2 / 127.0 / 2.0 * 5.0);
            for (byte, float) in bytes.iter().zip(&floats) {
                prop_assert!((byte - float).abs() <= bound, "{byte} {float}");
            }
            let row = rows - 1;
            let alone = product(Precision::Int8, &x[row * width..], width, weight, bias);
            prop_assert_eq!(&bytes[row * 64..], &alone[..]);
        }
    }

    #[test]
    fn a_row_of_zeros_gives_the_bias() {
        let bias: Vec<f32> = (0..32).map(|at| at as f32).collect();
        let found = product(Precision::Int8, &[0.0; 8], 8, &[0.5; 256], &bias);
        assert_eq!(found, bias);
    }
}
