//! What the processor offers: the same code compiled for every instruction set, and the product of
//! bytes that no compiler finds by itself. The only file with `unsafe` code, and its macro.
//!
//! Floating-point work is plain Rust over slices, written in lanes of sixteen; [`vectorised!`]
//! compiles it once for each instruction set and calls the widest that is here. Nothing is reordered,
//! and what is fused is written as `mul_add`, which rounds once whether the processor can or not, so
//! all of them give the same bits. The integer product is exact on every path.

/// An instruction set that there is code for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Isa {
    /// AVX-512 with VNNI: x86-64 servers from 2019 and AMD desktops from 2022.
    Avx512,
    /// AVX2 with FMA: x86-64 from 2013 on.
    Avx2,
    /// Whatever the compiler's target has.
    Portable,
}

impl Isa {
    /// The widest that this processor has.
    pub(super) fn here() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vnni")
            {
                return Self::Avx512;
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self::Avx2;
            }
        }
        Self::Portable
    }
}

/// Columns of a weight matrix that are multiplied at once: two registers of sixteen sums.
pub(super) const PANEL: usize = 32;

/// Rows at once. Eight rows by two registers of sums hide the latency of the product (four already
/// do) and read a panel of weights an eighth as often.
pub(super) const BLOCK: usize = 8;

/// The part of the engine that differs between instruction sets.
pub(super) trait Instructions {
    /// `sums[r][c] = Σₖ rows[r][k] · panel[k][c]`, exactly.
    ///
    /// `rows` are R rows of `width` bytes, a multiple of four; `panel` has the weights of 32 columns
    /// in the order `[width / 4][32][4]`.
    fn product<const R: usize>(rows: &[u8], width: usize, panel: &[i8]) -> [[i32; PANEL]; R];
}

/// Compiles a function for every instruction set; its body may use `I`, the set it is compiled for.
macro_rules! vectorised {
    ($(#[$about:meta])* $seen:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) $body:block) => {
        $(#[$about])*
        $seen fn $name($($arg: $type),*) {
            #[inline(always)]
            #[allow(clippy::extra_unused_type_parameters, reason = "only the product needs it")]
            fn plain<I: $crate::model::simd::Instructions>($($arg: $type),*) $body

            #[cfg(target_arch = "x86_64")]
            {
                use $crate::model::simd::{Avx2, Avx512, Isa};

                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
                fn avx512($($arg: $type),*) {
                    plain::<Avx512>($($arg),*);
                }

                #[target_feature(enable = "avx2,fma")]
                fn avx2($($arg: $type),*) {
                    plain::<Avx2>($($arg),*);
                }

                #[allow(unsafe_code, reason = "the processor was asked for the features")]
                match Isa::here() {
                    // SAFETY: `Isa::here` found the features that the function is compiled for.
                    Isa::Avx512 => return unsafe { avx512($($arg),*) },
                    // SAFETY: as above.
                    Isa::Avx2 => return unsafe { avx2($($arg),*) },
                    Isa::Portable => {}
                }
            }
            plain::<$crate::model::simd::Portable>($($arg),*);
        }
    };
}
pub(super) use vectorised;

/// The columns of four rows. Left to itself the compiler scatters single numbers.
#[inline(always)]
pub(super) fn transposed(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
    #[cfg(target_arch = "x86_64")]
    return x86::transposed(rows);
    #[cfg(not(target_arch = "x86_64"))]
    std::array::from_fn(|k| rows.map(|row| row[k]))
}

/// Plain Rust.
pub(super) struct Portable;

impl Instructions for Portable {
    #[inline(always)]
    fn product<const R: usize>(rows: &[u8], width: usize, panel: &[i8]) -> [[i32; PANEL]; R] {
        let mut sums = [[0; PANEL]; R];
        let (groups, _) = panel.as_chunks::<{ 4 * PANEL }>();
        for (at, weights) in groups.iter().enumerate() {
            for (r, sums) in sums.iter_mut().enumerate() {
                let values = &rows[r * width + 4 * at..][..4];
                for (sum, weights) in sums.iter_mut().zip(weights.as_chunks::<4>().0) {
                    for (&value, &weight) in values.iter().zip(weights) {
                        *sum += i32::from(value) * i32::from(weight);
                    }
                }
            }
        }
        sums
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "intrinsics that read through pointers")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Instructions, PANEL};

    /// Refuses what would be read beyond its end.
    fn check<const R: usize>(rows: &[u8], width: usize, panel: &[i8]) {
        assert!(rows.len() >= R * width && panel.len() == PANEL * width && width.is_multiple_of(4));
    }

    /// By shuffles that every x86-64 has.
    #[inline(always)]
    pub(super) fn transposed(rows: [[f32; 4]; 4]) -> [[f32; 4]; 4] {
        // SAFETY: four numbers and a register are the same sixteen bytes.
        unsafe {
            let [mut a, mut b, mut c, mut d] =
                rows.map(|row| std::mem::transmute::<[f32; 4], __m128>(row));
            _MM_TRANSPOSE4_PS(&mut a, &mut b, &mut c, &mut d);
            [a, b, c, d].map(|column| std::mem::transmute::<__m128, [f32; 4]>(column))
        }
    }

    /// AVX-512 with VNNI: four products and their sum in each of sixteen lanes, an instruction.
    pub(in super::super) struct Avx512;

    impl Instructions for Avx512 {
        #[inline(always)]
        fn product<const R: usize>(rows: &[u8], width: usize, panel: &[i8]) -> [[i32; PANEL]; R] {
            check::<R>(rows, width, panel);
            // SAFETY: only called from code compiled for these features; the lengths were checked.
            unsafe { vnni(rows.as_ptr(), width, panel.as_ptr()) }
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
    unsafe fn vnni<const R: usize>(
        rows: *const u8,
        width: usize,
        panel: *const i8,
    ) -> [[i32; PANEL]; R] {
        let mut sums = [[_mm512_setzero_si512(); 2]; R];
        for at in (0..width).step_by(4) {
            // SAFETY: `at + 4 <= width`, so all reads are within R rows and one panel.
            unsafe {
                let weights = panel.add(PANEL * at).cast::<__m512i>();
                let first = _mm512_loadu_si512(weights);
                let second = _mm512_loadu_si512(weights.add(1));
                for (r, sums) in sums.iter_mut().enumerate() {
                    let four = rows.add(r * width + at).cast::<i32>().read_unaligned();
                    let four = _mm512_set1_epi32(four);
                    sums[0] = _mm512_dpbusd_epi32(sums[0], four, first);
                    sums[1] = _mm512_dpbusd_epi32(sums[1], four, second);
                }
            }
        }
        let mut result = [[0; PANEL]; R];
        for (sums, result) in sums.iter().zip(&mut result) {
            let place = result.as_mut_ptr().cast::<__m512i>();
            // SAFETY: a row of the result is two registers long.
            unsafe {
                _mm512_storeu_si512(place, sums[0]);
                _mm512_storeu_si512(place.add(1), sums[1]);
            }
        }
        result
    }

    /// AVX2, whose byte product would saturate: bytes are widened to 16 bits first, the even and
    /// the odd ones apart.
    pub(in super::super) struct Avx2;

    impl Instructions for Avx2 {
        #[inline(always)]
        fn product<const R: usize>(rows: &[u8], width: usize, panel: &[i8]) -> [[i32; PANEL]; R] {
            check::<R>(rows, width, panel);
            let mut result = [[0; PANEL]; R];
            for (column, lanes) in (0..PANEL).step_by(8).enumerate() {
                // SAFETY: only called from code compiled for AVX2; the lengths were checked.
                let sums = unsafe { widened::<R>(rows.as_ptr(), width, panel.as_ptr(), column) };
                for (sums, result) in sums.iter().zip(&mut result) {
                    result[lanes..lanes + 8].copy_from_slice(sums);
                }
            }
            result
        }
    }

    /// Eight columns of the product, the `column`-th eight of the panel.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn widened<const R: usize>(
        rows: *const u8,
        width: usize,
        panel: *const i8,
        column: usize,
    ) -> [[i32; 8]; R] {
        let mut sums = [_mm256_setzero_si256(); R];
        let low = _mm256_set1_epi16(0xff);
        for at in (0..width).step_by(4) {
            // SAFETY: `at + 4 <= width` and `column < 4`, so all reads are within the slices.
            unsafe {
                let weights = panel.add(PANEL * at).cast::<__m256i>().add(column);
                let weights = _mm256_loadu_si256(weights);
                let even = _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(weights));
                let odd = _mm256_srai_epi16::<8>(weights);
                for (r, sum) in sums.iter_mut().enumerate() {
                    let four = rows.add(r * width + at).cast::<i32>().read_unaligned();
                    let four = _mm256_set1_epi32(four);
                    let evens = _mm256_madd_epi16(_mm256_and_si256(four, low), even);
                    let odds = _mm256_madd_epi16(_mm256_srli_epi16::<8>(four), odd);
                    *sum = _mm256_add_epi32(*sum, _mm256_add_epi32(evens, odds));
                }
            }
        }
        let mut result = [[0; 8]; R];
        for (sum, result) in sums.iter().zip(&mut result) {
            // SAFETY: a row of the result is one register long.
            unsafe { _mm256_storeu_si256(result.as_mut_ptr().cast(), *sum) };
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What every instruction set that is here makes of the same product.
    #[allow(
        unsafe_code,
        reason = "calls code compiled for features that were asked for"
    )]
    fn products(rows: &[u8], width: usize, panel: &[i8]) -> Vec<[[i32; PANEL]; BLOCK]> {
        let mut found = vec![Portable::product::<BLOCK>(rows, width, panel)];
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")]
            fn avx512(rows: &[u8], width: usize, panel: &[i8]) -> [[i32; PANEL]; BLOCK] {
                Avx512::product(rows, width, panel)
            }
            #[target_feature(enable = "avx2")]
            fn avx2(rows: &[u8], width: usize, panel: &[i8]) -> [[i32; PANEL]; BLOCK] {
                Avx2::product(rows, width, panel)
            }
            if Isa::here() == Isa::Avx512 {
                // SAFETY: the processor has the features.
                found.push(unsafe { avx512(rows, width, panel) });
            }
            if Isa::here() != Isa::Portable {
                // SAFETY: as above; what has AVX-512 has AVX2.
                found.push(unsafe { avx2(rows, width, panel) });
            }
        }
        found
    }

    proptest! {
        #[test]
        fn every_instruction_set_finds_the_same_integers(
            groups in 1usize..100,
            seed in any::<[u8; 8]>(),
            extreme in any::<bool>(),
        ) {
            let width = 4 * groups;
            let mut state = u64::from_le_bytes(seed) | 1;
            let mut next = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state as u8
            };
            // Extremes are what a saturating path would get wrong.
            let rows: Vec<u8> = (0..BLOCK * width).map(|_| if extreme { 255 } else { next() }).collect();
            let panel: Vec<i8> = (0..PANEL * width)
                .map(|_| if extreme { if next() % 2 == 0 { 127 } else { -128 } } else { next() as i8 })
                .collect();
            let found = products(&rows, width, &panel);
            for r in 0..BLOCK {
                for c in 0..PANEL {
                    let terms = (0..width).map(|k| {
                        let weight = panel[k / 4 * 4 * PANEL + 4 * c + k % 4];
                        i32::from(rows[r * width + k]) * i32::from(weight)
                    });
                    let expected: i32 = terms.sum();
                    for sums in &found {
                        prop_assert_eq!(sums[r][c], expected);
                    }
                }
            }
        }
    }
}
