//! Plain text: the whole file is one article.

use std::io::Read;

use super::columns::Columns;
use super::encoding::Stream;
use super::files::InputFile;
use super::limits::Limits;
use super::{Article, Rejected, check_text};

/// The article that `file` is. It has none of the columns to keep, so those are empty.
pub(super) fn read(
    file: &InputFile,
    mut stream: Stream,
    columns: &Columns,
    limits: Limits,
) -> Result<Article, Rejected> {
    let mut bytes = Vec::new();
    let rejected = |reason| file.rejected_record(1, None, reason);
    stream
        .by_ref()
        .take(limits.article + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| rejected(format!("it cannot be read to its end: {error}")))?;
    let beginning: Vec<u8> = bytes
        .iter()
        .copied()
        .take(Rejected::BEGINNING_BYTES)
        .collect();
    let rejected = |reason| rejected(reason).beginning_with(&beginning);
    limits
        .check_article(bytes.len() as u64)
        .map_err(|reason| rejected(format!("the text {reason}")))?;
    let encoding = stream.charset().of_record([&bytes[..]]);
    let text = encoding
        .decode(bytes)
        .map_err(|reason| rejected(format!("the text {reason}")))?;
    check_text(&text, limits).map_err(rejected)?;
    Ok(Article {
        id: file.name.clone(),
        source: file.folder.clone(),
        date: String::new(),
        title: String::new(),
        text,
        kept: vec![String::new(); columns.keep.len()],
        origin: file.origin(1, None),
    })
}
