//! Rows out: what a line of the result holds, and the file it is written to.
//!
//! A [`Sheet`] turns rows into lines and knows the columns; a [`Destination`] is where the bytes
//! go. A result appears under its name only when it is whole.

mod destination;
mod row;
mod sheet;

pub use destination::Destination;
pub use row::{PartyRow, Row, RowKind, SentenceRow};
pub use sheet::Sheet;
