//! Rows as Parquet: text coded by dictionary, numbers as numbers, row groups, Zstandard.
//!
//! The columns are written as they are, without Arrow between: Arrow's crates would add to every
//! build and would give the same file.

use std::io::{self, Write};
use std::mem;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type as Schema, TypePtr};

use super::cell::{Cell, Heading, Type};
use super::writer::{About, Writer};

/// How many rows a row group has: as few as still code well, for they are held in memory.
const ROWS_IN_GROUP: usize = 65_536;

/// How much text a row group has at most, in bytes.
const TEXT_IN_GROUP: usize = 64 << 20;

pub(super) struct Parquet<W: Write + Send> {
    state: State<W>,
    schema: TypePtr,
    columns: Vec<Values>,
    rows: usize,
    text: usize,
}

/// Nothing is written before the first row group: a run that cannot read anything writes nothing.
enum State<W: Write + Send> {
    Waiting(W),
    Begun(SerializedFileWriter<W>),
    Failed,
}

/// The cells of one column that are not written yet.
struct Values {
    /// For each row 1 if it has a value, or 0; none if every row must have one.
    levels: Option<Vec<i16>>,
    values: Typed,
}

enum Typed {
    Text(Vec<ByteArray>),
    Counts(Vec<i64>),
    Decimals(Vec<f64>),
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(sink: W, headings: &[Heading]) -> io::Result<Self> {
        let fields = headings.iter().map(field).collect::<Result<_, _>>();
        let schema = fields.and_then(|fields| {
            Schema::group_type_builder("rows")
                .with_fields(fields)
                .build()
        });
        Ok(Self {
            state: State::Waiting(sink),
            schema: Arc::new(schema.map_err(io_error)?),
            columns: headings.iter().map(Values::new).collect(),
            rows: 0,
            text: 0,
        })
    }

    fn begun(&mut self) -> io::Result<&mut SerializedFileWriter<W>> {
        self.state = match mem::replace(&mut self.state, State::Failed) {
            State::Waiting(sink) => {
                let schema = Arc::clone(&self.schema);
                let writer = SerializedFileWriter::new(sink, schema, properties()?);
                State::Begun(writer.map_err(io_error)?)
            }
            state => state,
        };
        match &mut self.state {
            State::Begun(writer) => Ok(writer),
            _ => Err(io::Error::other("an earlier write has failed")),
        }
    }

    fn write_group(&mut self) -> io::Result<()> {
        let mut columns = mem::take(&mut self.columns);
        let mut group = self.begun()?.next_row_group().map_err(io_error)?;
        for column in &mut columns {
            let Some(mut writer) = group.next_column().map_err(io_error)? else {
                return Err(io::Error::other("there are more columns than headings"));
            };
            column.write(&mut writer).map_err(io_error)?;
            writer.close().map_err(io_error)?;
        }
        group.close().map_err(io_error)?;
        self.columns = columns;
        self.rows = 0;
        self.text = 0;
        Ok(())
    }
}

impl<W: Write + Send> Writer<W> for Parquet<W> {
    fn write(&mut self, line: &[Cell<'_>]) -> io::Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(line) {
            column.push(cell)?;
            if let Cell::Text(words) = cell {
                self.text += words.len();
            }
        }
        self.rows += 1;
        if self.rows == ROWS_IN_GROUP || self.text >= TEXT_IN_GROUP {
            self.write_group()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>, about: &About) -> io::Result<W> {
        if self.rows > 0 {
            self.write_group()?;
        }
        let writer = self.begun()?;
        for (name, value) in &about.run {
            writer.append_key_value_metadata(KeyValue::new(format!("slant:{name}"), value.clone()));
        }
        match self.state {
            State::Begun(writer) => writer.into_inner().map_err(io_error),
            _ => Err(io::Error::other("an earlier write has failed")),
        }
    }
}

impl Values {
    fn new(heading: &Heading) -> Self {
        Self {
            levels: (!heading.always).then(Vec::new),
            values: match heading.holds {
                Type::Text | Type::Label | Type::Date => Typed::Text(Vec::new()),
                Type::Count => Typed::Counts(Vec::new()),
                Type::Probability | Type::Score => Typed::Decimals(Vec::new()),
            },
        }
    }

    fn push(&mut self, cell: &Cell<'_>) -> io::Result<()> {
        match (&mut self.values, cell) {
            (_, Cell::Empty) if self.levels.is_some() => {}
            (Typed::Text(texts), Cell::Text(words)) => {
                texts.push(ByteArray::from(words.as_bytes().to_vec()));
            }
            (Typed::Counts(counts), Cell::Count(count)) => {
                counts.push(i64::try_from(*count).map_err(io::Error::other)?);
            }
            (Typed::Decimals(decimals), Cell::Decimal(decimal)) => decimals.push(decimal.value()),
            (_, cell) => {
                return Err(io::Error::other(format!(
                    "`{cell}` is not of its column's type"
                )));
            }
        }
        if let Some(levels) = &mut self.levels {
            levels.push(i16::from(*cell != Cell::Empty));
        }
        Ok(())
    }

    /// Writes the cells and forgets them.
    fn write(&mut self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = self.levels.as_mut().map(mem::take);
        let levels = levels.as_deref();
        match &mut self.values {
            Typed::Text(values) => {
                let values = mem::take(values);
                writer
                    .typed::<ByteArrayType>()
                    .write_batch(&values, levels, None)?
            }
            Typed::Counts(values) => {
                let values = mem::take(values);
                writer
                    .typed::<Int64Type>()
                    .write_batch(&values, levels, None)?
            }
            Typed::Decimals(values) => {
                let values = mem::take(values);
                writer
                    .typed::<DoubleType>()
                    .write_batch(&values, levels, None)?
            }
        };
        Ok(())
    }
}

fn field(heading: &Heading) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match heading.holds {
        Type::Text | Type::Label | Type::Date => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Type::Count => (Physical::INT64, None),
        Type::Probability | Type::Score => (Physical::DOUBLE, None),
    };
    let repetition = match heading.always {
        true => Repetition::REQUIRED,
        false => Repetition::OPTIONAL,
    };
    Schema::primitive_type_builder(&heading.name, physical)
        .with_logical_type(logical)
        .with_repetition(repetition)
        .build()
        .map(Arc::new)
}

fn properties() -> io::Result<WriterPropertiesPtr> {
    let level = ZstdLevel::try_new(3).map_err(io_error)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(format!("slant {}", env!("CARGO_PKG_VERSION")));
    Ok(Arc::new(properties.build()))
}

/// The sink's own error where there is one, whose kind tells a closed pipe from a full disk.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
