//! Parquet. Only the columns that are wanted are read.

use std::borrow::Cow;
use std::fs::File;
use std::sync::Arc;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::RowIter;
use parquet::schema::types::Type;

use super::{Fault, Table};
use crate::contain::contained;

pub(super) fn read(file: File, table: Table<'_>) -> Result<u64, Fault> {
    let refused =
        |reason: String| Fault::whole(format!("it is no Parquet file that can be read: {reason}"));
    let broken = |error: ParquetError| refused(error.to_string());
    let reader = contained(|| SerializedFileReader::new(file)).map_err(refused)?;
    let reader = reader.map_err(broken)?;
    let schema = reader
        .metadata()
        .file_metadata()
        .schema_descr()
        .root_schema_ptr();
    let fields = schema.get_fields();
    let names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let wanted = (table.choose)(&names).map_err(Fault::whole)?;
    let mut read: Vec<usize> = wanted.clone();
    read.sort_unstable();
    read.dedup();
    let projection = Type::group_type_builder(schema.name())
        .with_fields(read.iter().map(|at| Arc::clone(&fields[*at])).collect())
        .build()
        .map_err(broken)?;
    let mut rows = RowIter::from_file_into(Box::new(reader))
        .project(Some(projection))
        .map_err(broken)?;
    // Where each wanted column stands among those that are read.
    let places: Vec<usize> = wanted
        .iter()
        .map(|at| read.binary_search(at).unwrap_or_default())
        .collect();
    let mut count = 0;
    while let Some(row) = contained(|| rows.next()).map_err(refused)? {
        count += 1;
        let row = row.map_err(|error| Fault::at("row", count)(error.to_string()))?;
        let fields: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
        let cells: Vec<Cow<'_, str>> = places.iter().map(|at| cell(fields[*at])).collect();
        (table.take)(&cells).map_err(Fault::at("row", count))?;
    }
    Ok(count)
}

fn cell(field: &Field) -> Cow<'_, str> {
    match field {
        Field::Null => Cow::Borrowed(""),
        Field::Str(words) => Cow::Borrowed(words),
        Field::Double(number) => Cow::Owned(number.to_string()),
        other => Cow::Owned(other.to_string()),
    }
}
