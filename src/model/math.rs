//! The floating-point steps between the linear layers, in lanes of sixteen.
//!
//! A row of states is always worked on in the same order, whatever stands above and below it, so
//! its result has the same bits in any batch.

use super::simd::{BLOCK, transposed, vectorised};

/// Numbers worked on at once; sums are kept in as many parts, whatever the processor's width.
pub(super) const LANES: usize = 16;

type Lanes = [f32; LANES];

vectorised! {
    /// x + residual, normalised, into x; both are rows as long as `norm`.
    ///
    /// J. L. Ba et al. 2016, "Layer Normalization": (x − mean) / √(variance + ε) · weight + bias.
    pub(super) fn add_and_normalise(x: &mut [f32], residual: &[f32], norm: &Norm) {
        let width = norm.weight.len();
        for (x, residual) in x.chunks_exact_mut(width).zip(residual.chunks_exact(width)) {
            for (x, residual) in x.iter_mut().zip(residual) {
                *x += residual;
            }
            let mean = sum(x, |value| value) / width as f32;
            let variance = sum(x, |value| (value - mean) * (value - mean)) / width as f32;
            let factor = 1.0 / (variance + norm.epsilon).sqrt();
            let scaling = norm.weight.iter().zip(&norm.bias);
            for (x, (weight, bias)) in x.iter_mut().zip(scaling) {
                *x = ((*x - mean) * factor).mul_add(*weight, *bias);
            }
        }
    }
}

/// The parameters of a layer normalisation.
pub(super) struct Norm {
    pub(super) weight: Vec<f32>,
    pub(super) bias: Vec<f32>,
    pub(super) epsilon: f32,
}

vectorised! {
    /// x Φ(x) with Φ the normal distribution's cumulative function, in place.
    ///
    /// D. Hendrycks, K. Gimpel 2016, "Gaussian Error Linear Units".
    pub(super) fn gelu(x: &mut [f32]) {
        for x in x {
            let half = 0.5 * *x;
            *x = half.mul_add(erf(*x * std::f32::consts::FRAC_1_SQRT_2), half);
        }
    }
}

vectorised! {
    /// The hyperbolic tangent, in place.
    pub(super) fn tanh(x: &mut [f32]) {
        for x in x {
            let decay = exp(-2.0 * x.abs());
            *x = ((1.0 - decay) / (1.0 + decay)).copysign(*x);
        }
    }
}

/// How the states of a sentence lie in memory.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Numbers a token.
    pub(super) hidden: usize,
    /// Attention heads.
    pub(super) heads: usize,
}

/// What [`attend`] works in, kept from call to call: sixteen queries of one head, one in each lane.
#[derive(Default)]
pub(super) struct AttentionScratch {
    /// The queries: an entry a dimension.
    queries: Vec<Lanes>,
    /// How much each takes of every token: an entry a token.
    weights: Vec<Lanes>,
}

/// One head of a sentence's queries, keys and values.
#[derive(Clone, Copy)]
struct Head<'q> {
    /// (tokens, 3 · hidden)
    qkv: &'q [f32],
    tokens: usize,
    hidden: usize,
    /// Its numbers of a token's query, key or value: from which on, and how many.
    place: usize,
    size: usize,
}

impl<'q> Head<'q> {
    #[inline(always)]
    fn new(qkv: &'q [f32], shape: Shape, number: usize) -> Self {
        let size = shape.hidden / shape.heads;
        Self {
            qkv,
            tokens: qkv.len() / (3 * shape.hidden),
            hidden: shape.hidden,
            place: number * size,
            size,
        }
    }

    /// Sixteen numbers, from `start` on, of the query (0), key (1) or value (2) of a token; beyond the
    /// last token stands the last again, so that the surplus can be worked on and not kept.
    #[inline(always)]
    fn lanes(self, part: usize, token: usize, start: usize) -> &'q Lanes {
        let token = token.min(self.tokens - 1);
        let place = (3 * token + part) * self.hidden + self.place + start;
        &self.qkv[place..].as_chunks().0[0]
    }

    /// The same of some tokens, `first` and the next ones.
    #[inline(always)]
    fn some_lanes(self, part: usize, first: usize, start: usize) -> [&'q Lanes; BLOCK] {
        [
            self.lanes(part, first, start),
            self.lanes(part, first + 1, start),
            self.lanes(part, first + 2, start),
            self.lanes(part, first + 3, start),
            self.lanes(part, first + 4, start),
            self.lanes(part, first + 5, start),
            self.lanes(part, first + 6, start),
            self.lanes(part, first + 7, start),
        ]
    }

    /// What sixteen tokens, `first` and the next ones, take from all.
    #[inline(always)]
    fn attend(self, first: usize, context: &mut [f32], scratch: &mut AttentionScratch) {
        let AttentionScratch { queries, weights } = scratch;
        queries.resize(self.size, [0.0; LANES]);
        for (part, queries) in queries.as_chunks_mut().0.iter_mut().enumerate() {
            for lane in (0..LANES).step_by(BLOCK) {
                let [a, b, c, d, e, f, g, h] = self.some_lanes(0, first + lane, part * LANES);
                spread([a, b, c, d], queries, lane);
                spread([e, f, g, h], queries, lane + 4);
            }
        }
        weights.resize(self.tokens, [0.0; LANES]);
        for (group, weights) in weights.chunks_mut(BLOCK).enumerate() {
            let products = self.products(queries, group * BLOCK);
            weights.copy_from_slice(&products[..weights.len()]);
        }
        let factors = softmax_lanes(weights, 1.0 / (self.size as f32).sqrt());
        for lane in (0..LANES.min(self.tokens - first)).step_by(BLOCK) {
            self.means(first, lane, (weights, &factors), context);
        }
    }

    /// The products of all queries with some keys, `first` and the next ones.
    #[inline(always)]
    fn products(self, queries: &[Lanes], first: usize) -> [Lanes; BLOCK] {
        let mut sums = [[0.0; LANES]; BLOCK];
        for (part, queries) in queries.as_chunks::<LANES>().0.iter().enumerate() {
            let keys = self.some_lanes(1, first, part * LANES);
            add_products(&mut sums, LANES, |at| &queries[at], |at, key| keys[key][at]);
        }
        sums
    }

    /// The means of all values, by the weights of the tokens in the lanes from `lane` on.
    #[inline(always)]
    fn means(
        self,
        first: usize,
        lane: usize,
        (weights, factors): (&[Lanes], &Lanes),
        context: &mut [f32],
    ) {
        let values = &self.qkv[2 * self.hidden + self.place..];
        for start in (0..self.size).step_by(LANES) {
            let mut sums = [[0.0; LANES]; BLOCK];
            add_products(
                &mut sums,
                self.tokens,
                |token| &values[token * 3 * self.hidden + start..].as_chunks().0[0],
                |token, at| weights[token][lane + at],
            );
            for (at, sums) in (lane..self.tokens - first).zip(&sums) {
                let place = (first + at) * self.hidden + self.place + start;
                let context = &mut context[place..place + LANES];
                for (context, sum) in context.iter_mut().zip(sums) {
                    *context = sum * factors[at];
                }
            }
        }
    }
}

/// `columns[k][first + i] = rows[i][k]`
#[inline(always)]
fn spread(rows: [&Lanes; 4], columns: &mut [Lanes; LANES], first: usize) {
    let [a, b, c, d] = rows.map(|row| row.as_chunks().0);
    for (at, columns) in columns.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        for (column, square) in columns
            .iter_mut()
            .zip(transposed([a[at], b[at], c[at], d[at]]))
        {
            column[first..first + 4].copy_from_slice(&square);
        }
    }
}

/// `sums[i] += Σₖ factor(k, i) · row(k)` for k below `count`.
#[inline(always)]
pub(super) fn add_products<'r>(
    sums: &mut [Lanes; BLOCK],
    count: usize,
    row: impl Fn(usize) -> &'r Lanes,
    factor: impl Fn(usize, usize) -> f32,
) {
    for k in 0..count {
        let row = row(k);
        // Written out, or the compiler keeps the sums in memory.
        add_scaled(&mut sums[0], factor(k, 0), row);
        add_scaled(&mut sums[1], factor(k, 1), row);
        add_scaled(&mut sums[2], factor(k, 2), row);
        add_scaled(&mut sums[3], factor(k, 3), row);
        add_scaled(&mut sums[4], factor(k, 4), row);
        add_scaled(&mut sums[5], factor(k, 5), row);
        add_scaled(&mut sums[6], factor(k, 6), row);
        add_scaled(&mut sums[7], factor(k, 7), row);
    }
}

#[inline(always)]
fn add_scaled(sums: &mut Lanes, factor: f32, values: &Lanes) {
    for lane in 0..LANES {
        sums[lane] = factor.mul_add(values[lane], sums[lane]);
    }
}

/// Of e^(scale · x), for each lane by itself and in place, up to the factor that makes the sum one,
/// which is given back.
#[inline(always)]
fn softmax_lanes(x: &mut [Lanes], scale: f32) -> Lanes {
    let mut highest = [f32::NEG_INFINITY; LANES];
    for x in &*x {
        for lane in 0..LANES {
            if x[lane] > highest[lane] {
                highest[lane] = x[lane];
            }
        }
    }
    let mut sums = [0.0; LANES];
    for x in x {
        for lane in 0..LANES {
            x[lane] = exp((x[lane] - highest[lane]) * scale);
            sums[lane] += x[lane];
        }
    }
    sums.map(|sum| 1.0 / sum)
}

vectorised! {
    /// softmax(QKᵀ/√d) V for every head of one sentence, into `context`, (tokens, hidden).
    ///
    /// `qkv` is (tokens, 3 · hidden): queries, keys and values side by side, in each of them the
    /// heads side by side; a head's size d is a multiple of sixteen.
    ///
    /// A. Vaswani et al. 2017, "Attention Is All You Need".
    pub(super) fn attend(qkv: &[f32], shape: Shape, context: &mut [f32], scratch: &mut AttentionScratch) {
        for number in 0..shape.heads {
            let head = Head::new(qkv, shape, number);
            for first in (0..head.tokens).step_by(LANES) {
                head.attend(first, context, scratch);
            }
        }
    }
}

vectorised! {
    /// softmax(scale · x), in place.
    pub(super) fn softmax(x: &mut [f32], scale: f32) {
        let (_, highest) = bounds(x);
        for x in x.iter_mut() {
            *x = exp((*x - highest) * scale);
        }
        let factor = 1.0 / sum(x, |value| value);
        for x in x.iter_mut() {
            *x *= factor;
        }
    }
}

/// The sum of rows times weights.
pub(super) fn weighted_sum<'r>(rows: impl Iterator<Item = (f32, &'r [f32])>, total: &mut [f32]) {
    total.fill(0.0);
    for (weight, row) in rows {
        for (total, value) in total.iter_mut().zip(row) {
            *total += weight * value;
        }
    }
}

/// The sum of products, in a fixed order.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0; LANES];
    for (a, b) in a
        .as_chunks::<LANES>()
        .0
        .iter()
        .zip(b.as_chunks::<LANES>().0)
    {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    total(sums)
}

/// The sum of f(x) over the numbers of a row, in a fixed order.
#[inline(always)]
pub(super) fn sum(row: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0.0; LANES];
    let (whole, rest) = row.as_chunks::<LANES>();
    for values in whole {
        for (sum, &value) in sums.iter_mut().zip(values) {
            *sum += f(value);
        }
    }
    for (sum, &value) in sums.iter_mut().zip(rest) {
        *sum += f(value);
    }
    total(sums)
}

/// The sum of the lanes, by halves.
#[inline(always)]
fn total(mut sums: Lanes) -> f32 {
    for half in [8, 4, 2, 1] {
        for lane in 0..half {
            sums[lane] += sums[lane + half];
        }
    }
    sums[0]
}

/// The lowest and the highest number of a row.
///
/// Compared as integers in the same order, because the compiler finds the vector instructions for
/// those.
#[inline(always)]
pub(super) fn bounds(row: &[f32]) -> (f32, f32) {
    let flip = |bits: i32| bits ^ ((bits >> 31) & i32::MAX);
    let places = || row.iter().map(|value| flip(value.to_bits() as i32));
    let low = places().fold(i32::MAX, i32::min);
    let high = places().fold(i32::MIN, i32::max);
    (
        f32::from_bits(flip(low) as u32),
        f32::from_bits(flip(high) as u32),
    )
}

/// Adding this to a number of less than 2²² rounds it to an integer, which the low bits then hold.
pub(super) const ROUNDER: f32 = 12_582_912.0;

/// eˣ for x up to 88, to 2 parts in 10⁷; zero below −87.
///
/// 2ⁿ eʳ with n = round(x / ln 2) and |r| ≤ ln 2 / 2, eʳ as a polynomial (Cephes' expf).
#[inline(always)]
fn exp(x: f32) -> f32 {
    let clamped = if x > -87.0 { x } else { -87.0 };
    let rounded = clamped.mul_add(std::f32::consts::LOG2_E, ROUNDER);
    let n = rounded - ROUNDER;
    let r = n.mul_add(2.121_944_4e-4, n.mul_add(-0.693_359_4, clamped));
    let mut p = 1.987_569_1e-4_f32;
    for term in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ] {
        p = p.mul_add(r, term);
    }
    let p = p.mul_add(r * r, r) + 1.0;
    let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(127 << 23));
    if x > -87.0 { p * power } else { 0.0 }
}

/// The error function, to 3 parts in 10⁷: a rational function, exact enough for |x| ≤ 4 and
/// constant beyond, where it is 1 to 2 parts in 10⁸ (the one that Eigen and XLA use).
#[inline(always)]
fn erf(x: f32) -> f32 {
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let mut above = -2.726_142_3e-10_f32;
    for term in [
        2.770_681_4e-8,
        -2.101_024_1e-6,
        -5.692_506_4e-5,
        -7.349_906_3e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ] {
        above = above.mul_add(square, term);
    }
    let mut below = -1.456_607_2e-5_f32;
    for term in [
        -2.133_740_6e-4,
        -1.682_827e-3,
        -7.373_329e-3,
        -1.426_473_9e-2,
    ] {
        below = below.mul_add(square, term);
    }
    x * above / below
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// erf by its series, in double precision.
    fn erf_exactly(x: f64) -> f64 {
        let mut term = x;
        let mut sum = x;
        for n in 1..200 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        sum * std::f64::consts::FRAC_2_SQRT_PI
    }

    proptest! {
        #[test]
        fn exp_is_near_the_exact_one(x in -87.0f32..88.0) {
            let exact = f64::from(x).exp();
            prop_assert!((f64::from(exp(x)) / exact - 1.0).abs() < 3e-7, "{} {exact}", exp(x));
        }

        #[test]
        fn erf_is_near_the_exact_one(x in -4.5f32..4.5) {
            let exact = erf_exactly(f64::from(x));
            prop_assert!((f64::from(erf(x)) - exact).abs() < 5e-7, "{} {exact}", erf(x));
        }

        #[test]
        fn tanh_is_near_the_exact_one(x in -30.0f32..30.0) {
            let mut found = [x];
            tanh(&mut found);
            prop_assert!((f64::from(found[0]) - f64::from(x).tanh()).abs() < 3e-7);
        }

        #[test]
        fn attention_is_softmax_of_products_times_values(
            tokens in 1usize..40,
            qkv in prop::collection::vec(-2.0f32..2.0, 40 * 3 * 64),
        ) {
            let shape = Shape { hidden: 64, heads: 2 };
            let qkv = &qkv[..tokens * 3 * 64];
            let mut context = vec![0.0; tokens * 64];
            attend(qkv, shape, &mut context, &mut AttentionScratch::default());
            let at = |token: usize, kind: usize, head: usize, d: usize| {
                f64::from(qkv[token * 192 + kind * 64 + head * 32 + d])
            };
            for (token, head) in (0..tokens).flat_map(|token| [(token, 0), (token, 1)]) {
                let weight = |other: usize| {
                    let product: f64 = (0..32).map(|d| at(token, 0, head, d) * at(other, 1, head, d)).sum();
                    (product / 32f64.sqrt()).exp()
                };
                let weights: Vec<f64> = (0..tokens).map(weight).collect();
                let total: f64 = weights.iter().sum();
                for d in 0..32 {
                    let exact: f64 = (0..tokens).map(|other| weights[other] / total * at(other, 2, head, d)).sum();
                    let found = f64::from(context[token * 64 + head * 32 + d]);
                    prop_assert!((found - exact).abs() < 1e-5, "{found} {exact}");
                }
            }
        }
    }
}
