//! How exactly the linear layers are multiplied.

use std::fmt;

use super::simd::Isa;

/// The numbers that linear layers are multiplied in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Eight-bit integers, several times faster where the processor multiplies bytes.
    Int8,
    /// 32-bit floats.
    F32,
}

impl Precision {
    /// The faster one on this processor.
    pub fn here() -> Self {
        match Isa::here() {
            Isa::Avx512 | Isa::Avx2 => Self::Int8,
            Isa::Portable => Self::F32,
        }
    }

    /// Why [`Precision::here`] is what it is.
    pub fn reason() -> &'static str {
        match Isa::here() {
            Isa::Avx512 => "the processor multiplies bytes by AVX-512 VNNI",
            Isa::Avx2 => "the processor multiplies bytes by AVX2",
            Isa::Portable => "the processor has neither AVX-512 VNNI nor AVX2",
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Int8 => "int8",
            Self::F32 => "f32",
        })
    }
}
