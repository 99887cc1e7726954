//! What slant promises of any bytes, as functions that panic where it is not so.
//!
//! The fuzzer tries them on bytes of its own making, `tests/laws.rs` on the seeds it starts from and on
//! what it once found.

#![allow(clippy::unwrap_used, reason = "a law that cannot be tried is broken")]

mod files;
mod growth;
mod records;
mod texts;
mod values;

/// Panics where slant does not keep its word on these bytes.
pub type Law = fn(&[u8]);

/// All laws by name; `seeds/NAME` holds what the fuzzer starts from.
pub const LAWS: [(&str, Law); 14] = [
    ("text", files::text),
    ("table", files::table),
    ("jsonl", files::json_lines),
    ("html", files::html),
    ("parquet", files::parquet),
    ("xlsx", files::xlsx),
    ("packed", files::packed),
    ("records", records::come_back),
    ("parties", values::parties),
    ("values", values::values),
    ("segment", texts::segment),
    ("linking", texts::linking),
    ("voice", texts::voice),
    ("growth", growth::growth),
];
