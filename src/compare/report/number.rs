//! Numbers as the page shows them: two decimals, for no more is known.

/// A score or a difference in a sentence: `+0.21`, `−0.21`, `0.00`.
pub(super) fn signed(value: &f64) -> String {
    match decimal(value) {
        shown if shown == "0.00" => shown,
        shown => match shown.strip_prefix('-') {
            Some(size) => format!("−{size}"),
            None => format!("+{shown}"),
        },
    }
}

/// A number in a table, as a spreadsheet takes it: `-0.21`.
pub(super) fn decimal(value: &f64) -> String {
    let shown = format!("{value:.2}");
    match shown.as_str() {
        "-0.00" => "0.00".to_owned(),
        _ => shown,
    }
}

/// A share in percent, without the sign.
pub(super) fn percent(share: &f64) -> String {
    format!("{:.0}", 100.0 * share)
}

/// A p-value: `0.034`, `<0.001`.
pub(super) fn probability(p: &f64) -> String {
    match *p {
        p if p < 0.001 => "<0.001".to_owned(),
        p => format!("{p:.3}"),
    }
}

/// A number in a table; nothing where it is not known.
pub(super) fn decimal_cell(value: &Option<f64>) -> String {
    value.as_ref().map_or_else(String::new, decimal)
}

/// A share in a table.
pub(super) fn percent_cell(share: &Option<f64>) -> String {
    share.as_ref().map_or_else(String::new, percent)
}

/// A p-value in a table.
pub(super) fn probability_cell(p: &Option<f64>) -> String {
    p.as_ref().map_or_else(String::new, probability)
}

/// `count` things: `1 article`, `2,000 articles`.
pub(super) fn counted(count: &u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{} {many}", grouped(count)),
    }
}

/// A count with its thousands apart: `1,234,567`.
pub(super) fn grouped(count: &u64) -> String {
    let digits = count.to_string();
    let mut shown = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_rounds_to_nothing_has_no_sign() {
        assert_eq!(
            [0.214, -0.215, -0.004, 0.004].map(|it| signed(&it)),
            ["+0.21", "−0.21", "0.00", "0.00"]
        );
        assert_eq!([-0.214, -0.004].map(|it| decimal(&it)), ["-0.21", "0.00"]);
        assert_eq!(
            [0.0004, 0.0499].map(|it| probability(&it)),
            ["<0.001", "0.050"]
        );
    }

    #[test]
    fn thousands_stand_apart() {
        let shown = [0, 999, 1000, 1_234_567].map(|count| grouped(&count));
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
    }
}
