//! Apache Parquet: one article a row. Only the columns that are wanted are read.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{LogicalType, TimeUnit};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, Length, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;

use super::columns::{Columns, Header, Kind, Places};
use super::files::InputFile;
use super::limits::Limits;
use super::{Article, Rejected, day};
use crate::contain::contained;

/// The records of a file, read row group by row group.
pub(super) struct Table {
    file: InputFile,
    rows: RowIter<'static>,
    /// The columns that are read, with what one of them counts in nanoseconds; others in their type.
    columns: Vec<Column>,
    places: Places,
    limits: Limits,
    record: u64,
    broken: bool,
}

#[derive(Clone)]
struct Column {
    name: String,
    is_nanoseconds: bool,
}

impl Table {
    /// Reads the schema, and refuses the whole file if that does not name the wanted columns.
    pub fn open(
        file: InputFile,
        table: File,
        columns: &Columns,
        limits: Limits,
    ) -> Result<Self, Rejected> {
        let opened = contained(|| opened(table, columns, limits));
        let (rows, columns, places) = opened
            .unwrap_or_else(|panic| Err(format!("its schema cannot be parsed: {panic}")))
            .map_err(|reason| file.rejected(reason))?;
        Ok(Self {
            file,
            rows,
            columns,
            places,
            limits,
            record: 0,
            broken: false,
        })
    }

    fn article(&self, row: &Row) -> Result<Article, Rejected> {
        let fields: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
        let value = |at: usize| {
            let column = &self.columns[at];
            let field = fields.get(at).copied().unwrap_or(&Field::Null);
            written(field, column.is_nanoseconds)
                .map_err(|reason| format!("the column `{}` {reason}", column.name))
        };
        self.places
            .article(&self.file, (self.record, None), value, self.limits)
            .map_err(|rejected| {
                let values: Vec<String> = (0..fields.len()).flat_map(value).collect();
                rejected.beginning_with(values.join(" ").as_bytes())
            })
    }
}

type Opened = (RowIter<'static>, Vec<Column>, Places);

fn opened(table: File, columns: &Columns, limits: Limits) -> Result<Opened, String> {
    let refused = |error: ParquetError| format!("it is no Parquet file that can be read: {error}");
    let size = table
        .metadata()
        .map_err(|error| refused(error.into()))?
        .len();
    let reader = SerializedFileReader::new(Whole(table)).map_err(refused)?;
    let metadata = reader.metadata();
    let unpacked: u64 = metadata
        .row_groups()
        .iter()
        .map(|group| group.total_byte_size().max(0) as u64)
        .sum();
    limits.check_expansion(size, unpacked)?;
    let schema = metadata.file_metadata().schema();
    let all: Vec<Column> = schema
        .get_fields()
        .iter()
        .map(|field| Column::of(field))
        .collect();
    let places = columns.places(&Header::new(
        Kind::Table,
        all.iter().map(|column| &column.name[..]),
    ))?;
    let (places, wanted) = places.renumbered();
    let fields = wanted
        .iter()
        .map(|at| Arc::clone(&schema.get_fields()[*at]))
        .collect();
    let projection = Type::group_type_builder(schema.name())
        .with_fields(fields)
        .build()
        .map_err(refused)?;
    let columns = wanted.iter().map(|at| all[*at].clone()).collect();
    let rows = RowIter::from_file_into(Box::new(reader))
        .project(Some(projection))
        .map_err(refused)?;
    Ok((rows, columns, places))
}

/// A file whose end is an error to who reads beyond it. The parser takes what it skips for there: a
/// page that says it has a list of two thousand million numbers kept it for an hour.
struct Whole(File);

impl Length for Whole {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl ChunkReader for Whole {
    type T = Rest;

    fn get_read(&self, start: u64) -> Result<Rest, ParquetError> {
        self.0.get_read(start).map(Rest)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.0.get_bytes(start, length)
    }
}

struct Rest(BufReader<File>);

impl Read for Rest {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 if !buffer.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
            read => Ok(read),
        }
    }
}

impl Column {
    fn of(field: &Type) -> Self {
        let logical = field.get_basic_info().logical_type_ref();
        Self {
            name: field.name().to_owned(),
            is_nanoseconds: matches!(logical, Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::NANOS),
        }
    }
}

impl Iterator for Table {
    type Item = Result<Article, Rejected>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let row = contained(|| self.rows.next());
        let reason = match row {
            Ok(None) => return None,
            Ok(Some(Ok(row))) => {
                self.record += 1;
                return Some(self.article(&row));
            }
            // It may hold the whole value.
            Ok(Some(Err(error))) => error.to_string().chars().take(120).collect(),
            Err(panic) => panic,
        };
        self.record += 1;
        self.broken = true;
        let reason = format!("the file cannot be read from here on: {reason}");
        Some(Err(self.file.rejected_record(self.record, None, reason)))
    }
}

/// A value as a string, or why it is none.
fn written(field: &Field, is_nanoseconds: bool) -> Result<String, String> {
    Ok(match field {
        Field::Null => String::new(),
        Field::Str(words) => words.clone(),
        Field::Bytes(bytes) => {
            String::from_utf8(bytes.data().to_vec()).map_err(|_| "is no UTF-8")?
        }
        Field::Date(days) => day::written_from_seconds(i64::from(*days) * 86_400),
        Field::TimestampMillis(millis) => day::written_from_seconds(millis.div_euclid(1_000)),
        Field::TimestampMicros(micros) => day::written_from_seconds(micros.div_euclid(1_000_000)),
        Field::Long(nanos) if is_nanoseconds => {
            day::written_from_seconds(nanos.div_euclid(1_000_000_000))
        }
        Field::Float(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => {
            return Err("is no single value; give a column of text".to_owned());
        }
        other => other.to_string(),
    })
}
