//! How much of anything an input may hold before it is refused.
//!
//! The defaults are far beyond what articles need; they keep a broken or hostile file from taking
//! the memory or the time of a run.

/// The limits of what is read. What exceeds one is rejected and says which option raises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of an article's text, or of the page that it is taken from.
    pub article: u64,
    /// The bytes of a table's record, or a line of JSON.
    pub record: u64,
    /// How many times its own size a compressed file may come to.
    pub expansion: u64,
    /// How many elements of a page may stand in each other.
    pub depth: usize,
    /// The files of all inputs together.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            article: 64 << 20,
            record: 256 << 20,
            // Deflate reaches 1,032, on nothing but repetition; 86 MB of news came to 3.
            expansion: 200,
            // Browsers stop at 512.
            depth: 1_000,
            files: 1_000_000,
        }
    }
}

impl Limits {
    /// What a compressed file may come to whatever its size: short repetitive ones are harmless.
    const HARMLESS: u64 = 16 << 20;

    /// Whether a text of `bytes` is too long, said as what it is.
    pub(super) fn check_article(&self, bytes: u64) -> Result<(), String> {
        match bytes > self.article {
            true => Err(format!(
                "is longer than {}; split it, or raise --max-article",
                size(self.article)
            )),
            false => Ok(()),
        }
    }

    /// Why a record is too long.
    pub(super) fn record_too_long(&self) -> String {
        format!(
            "the record is longer than {}; a quotation mark may be unclosed, else raise --max-record",
            size(self.record)
        )
    }

    /// Whether `out` bytes are too many to have come of `compressed` bytes.
    pub(super) fn check_expansion(&self, compressed: u64, out: u64) -> Result<(), String> {
        let most = compressed
            .saturating_mul(self.expansion)
            .max(Self::HARMLESS);
        match out > most {
            true => Err(format!(
                "it comes to more than {} times its size when unpacked; if that is right, raise --max-expansion",
                self.expansion
            )),
            false => Ok(()),
        }
    }
}

/// A size as it is typed on the command line: `64M`, `100K`, `1G` or bytes.
pub fn parse_size(typed: &str) -> Result<u64, String> {
    let typed = typed.trim();
    let digits = typed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match typed[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "K" | "KB" => 10,
        "M" | "MB" => 20,
        "G" | "GB" => 30,
        _ => return Err("give a number of bytes, or one with K, M or G after it".to_owned()),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "give a whole number, such as 64M".to_owned())?;
    match number.checked_mul(1 << shift) {
        Some(0) | None => Err("that is out of range".to_owned()),
        Some(bytes) => Ok(bytes),
    }
}

/// A size for people.
fn size(bytes: u64) -> String {
    for (shift, unit) in [(30, "GB"), (20, "MB"), (10, "KB")] {
        if bytes >= 1 << shift && bytes.is_multiple_of(1 << shift) {
            return format!("{} {unit}", bytes >> shift);
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_said_in_units() {
        assert_eq!(parse_size("64M"), Ok(64 << 20));
        assert_eq!(parse_size("1gb"), Ok(1 << 30));
        assert_eq!(parse_size("17"), Ok(17));
        for wrong in ["", "M", "0", "-1", "1.5M", "1T", "99999999999G"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
        assert_eq!(size(64 << 20), "64 MB");
        assert_eq!(size(1000), "1000 bytes");
    }
}
