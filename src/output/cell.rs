//! What a result is made of, whatever file it is written to: cells with a type, under headings.

use std::borrow::Cow;
use std::fmt;

/// One cell of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing is known; an empty text is no text.
    Empty,
    /// Words, as they stand in the input.
    Text(Cow<'a, str>),
    /// How many, or where.
    Count(u64),
    /// A probability or a score.
    Decimal(Decimal),
}

impl<'a> Cell<'a> {
    /// The cell that holds `words`.
    pub fn text(words: &'a str) -> Self {
        if words.is_empty() {
            Self::Empty
        } else {
            Self::Text(Cow::Borrowed(words))
        }
    }

    /// The cell without what it borrows.
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Empty => Cell::Empty,
            Self::Text(words) => Cell::Text(Cow::Owned(words.into_owned())),
            Self::Count(count) => Cell::Count(count),
            Self::Decimal(decimal) => Cell::Decimal(decimal),
        }
    }
}

/// As in plain CSV.
impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => Ok(()),
            Self::Text(words) => f.write_str(words),
            Self::Count(count) => write!(f, "{count}"),
            Self::Decimal(decimal) => write!(f, "{decimal}"),
        }
    }
}

/// A number of four decimals, kept as it is shown, so that every format has the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal {
    ten_thousandths: i64,
}

impl Decimal {
    /// The number of four decimals that is nearest to `value`.
    pub fn nearest(value: f64) -> Self {
        Self {
            ten_thousandths: (value * 10_000.0).round() as i64,
        }
    }

    /// The floating-point number that is nearest to it: the one that its four decimals are read as.
    pub fn value(self) -> f64 {
        self.ten_thousandths as f64 / 10_000.0
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.ten_thousandths < 0 { "-" } else { "" };
        let size = self.ten_thousandths.unsigned_abs();
        write!(f, "{sign}{}.{:04}", size / 10_000, size % 10_000)
    }
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text of any length.
    Text,
    /// One of a few words.
    Label,
    /// A date as the input has it, mostly.
    Date,
    /// A whole number from 0.
    Count,
    /// A number of four decimals in 0..=1.
    Probability,
    /// A number of four decimals in -1..=1, with 0 in the middle.
    Score,
}

impl Type {
    /// The cell of this type that [`Cell`]'s `Display` wrote as `written`; none if it wrote no such.
    pub fn read(self, written: &str) -> Option<Cell<'_>> {
        if written.is_empty() {
            return Some(Cell::Empty);
        }
        match self {
            Self::Text | Self::Label | Self::Date => Some(Cell::text(written)),
            Self::Count => written.parse().ok().map(Cell::Count),
            Self::Probability | Self::Score => {
                let value: f64 = written.parse().ok()?;
                Some(Cell::Decimal(Decimal::nearest(value)))
            }
        }
    }
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its name, which no other column has.
    pub name: String,
    /// What its cells hold.
    pub holds: Type,
    /// Whether no cell of it is ever empty.
    pub always: bool,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_that_rounds_to_zero_has_no_sign() {
        let shown = |value| Decimal::nearest(value).to_string();
        assert_eq!(shown(-0.00004), "0.0000");
        assert_eq!(shown(-0.00006), "-0.0001");
        assert_eq!(shown(-1.0), "-1.0000");
        assert_eq!(shown(0.12344), "0.1234");
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back_as_the_same_cell(ten_thousandths in -10_000i64..=10_000, count in any::<u64>(), words in "\\PC*") {
            let cells = [
                (Type::Score, Cell::Decimal(Decimal { ten_thousandths })),
                (Type::Count, Cell::Count(count)),
                (Type::Text, Cell::text(&words)),
            ];
            for (holds, cell) in cells {
                let shown = cell.to_string();
                prop_assert_eq!(holds.read(&shown), Some(cell.clone()));
            }
            let decimal = Decimal { ten_thousandths };
            prop_assert_eq!(decimal.to_string().parse::<f64>().unwrap(), decimal.value());
        }
    }
}
