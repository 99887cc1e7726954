//! Rows out: what a line of the result holds, and the file it is written to.
//!
//! A [`Row`] becomes cells, a [`Layout`] puts them in lines, a writer makes a file of the lines: one
//! for each [`Format`]. A [`Sheet`] is the three together; a [`Destination`] is where the bytes go.
//! A result appears under its name only when it is whole; until then its lines are kept in a
//! [`Journal`].
//!
//! ```text
//! Row ─cells─▶ long line ─ layout ─▶ line ─ writer ─▶ CSV, TSV, JSON Lines, XLSX, Parquet
//!               │    ▲
//!               ▼    │ once the run is complete
//!              journal
//! ```
//!
//! A line is data alone, so it can be kept and written later: the same lines give the same bytes.
//! [`read_rows`] gives the rows of a result back.

mod block;
mod cell;
mod delimited;
mod destination;
mod format;
mod guard;
mod journal;
mod json_lines;
mod layout;
mod lock;
mod parquet;
mod reader;
mod rejected;
mod row;
mod rows;
mod sheet;
mod summary;
mod table;
mod writer;
mod xlsx;

pub use cell::{Cell, Decimal, Heading, Type};
pub use delimited::Dialect;
pub use destination::{Destination, followed};
pub use format::Format;
pub use guard::{guard, unguard};
pub use journal::{Journal, State};
pub use layout::Layout;
pub use reader::{Cells, number, read_rows};
pub use rejected::RejectedFile;
pub use row::{PartyRow, Row, RowKind, SentenceRow};
pub use rows::Rows;
pub use sheet::{Design, Sheet, Sink};
pub use table::csv_table;
pub use xlsx::{Form, FormCell, FormColumn};

#[cfg(test)]
mod tests;
