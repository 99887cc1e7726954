//! slant scores article collections: the sentiment of every sentence, and the stance toward every
//! party named in it.

pub mod error;
pub mod input;
pub mod mention;
pub mod model;
pub mod output;
pub mod parties;
pub mod segment;
pub mod span;
