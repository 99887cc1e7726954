//! slant scores article collections: the sentiment of every sentence, and the stance toward every
//! party named in it.
//!
//! # The way of the data
//!
//! ```text
//!  input ──Article──▶ segment ──ByteSpan──▶ speech ──Quotation──▶ mention ◀── parties
//!                                              └────▶ voice ◀────────┤
//!                                                 Query {text, targets}, one per sentence
//!                                                                    ▼
//!                                                model: tokens → batches → encoder → heads
//!                                                                    │
//!                                      Scored {sentiment, stances}, in the order asked
//!                                                                    ▼
//!  file ◀──── journal ───────── output ◀────────Row──────────────── score
//!    │
//!    └──▶ compare ──▶ figures and report
//! ```
//!
//! Arrows point one way: a stage knows the types of the stages before it and nothing after it.
//! [`score`] alone knows the whole chain. [`model`] alone knows tokens and tensors, [`output`] alone
//! knows the format of a result. An [`Article`](input::Article) owns its text; a sentence and a
//! mention are [`ByteSpan`](span::ByteSpan)s of it, and become characters only in a
//! [`Row`](output::Row). Rows are kept in a [`Journal`](output::Journal) until the run is complete; beside the
//! result stands a [`manifest`] of what made it.
//!
//! # Laws
//!
//! Each has a test that lets random data try it:
//!
//! - sentences are ordered, lie on character boundaries, and cover every non-blank character;
//! - a mention slices to what was matched, and lies in its sentence, apart from the others;
//! - quotations are in order and apart, and begin and end with their marks;
//! - a score has the same bits alone, in any batch and on any number of threads;
//! - articles in = articles out + articles rejected;
//! - a result has the same bytes however often its run was stopped.
//!
//! # Example
//!
//! ```
//! use slant::segment::segment;
//!
//! let text = "“We’re listening: tell us,” he assured. Ms. Harris agreed.";
//! let sentences: Vec<_> = segment(text).iter().map(|span| span.of(text)).collect();
//! assert_eq!(
//!     sentences,
//!     ["“We’re listening: tell us,” he assured.", "Ms. Harris agreed."]
//! );
//! ```

pub mod checksum;
pub mod compare;
mod contain;
pub mod counts;
pub mod doctor;
pub mod error;
pub mod evaluate;
mod grammar;
pub mod input;
pub mod manifest;
pub mod mention;
pub mod model;
pub mod output;
pub mod parties;
pub mod score;
pub mod segment;
pub mod span;
pub mod speech;
pub mod suggest;
pub mod voice;
mod word;
mod workers;
