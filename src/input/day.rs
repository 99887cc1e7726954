//! Days and times of binary formats, as they are written in text.

/// `2019-03-01`, or `2019-03-01T18:30:00` where the time of day is not midnight.
pub(super) fn written(
    (year, month, day): (i64, u8, u8),
    (hour, minute, second): (u8, u8, u8),
) -> String {
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second) {
        (0, 0, 0) => date,
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}"),
    }
}

/// The same of a count of seconds since 1970 began.
pub(super) fn written_from_seconds(seconds: i64) -> String {
    const DAY: i64 = 86_400;
    let time = seconds.rem_euclid(DAY);
    let clock = (
        (time / 3600) as u8,
        (time / 60 % 60) as u8,
        (time % 60) as u8,
    );
    written(civil(seconds.div_euclid(DAY)), clock)
}

/// The date of a count of days since 1970 began, in the Gregorian calendar (Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms", civil_from_days).
fn civil(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_days_and_times() {
        for (seconds, shown) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31T23:59:59"),
            (951_782_400, "2000-02-29"),
            (1_551_465_000, "2019-03-01T18:30:00"),
            (4_107_542_400, "2100-03-01"),
            (-62_135_596_800, "0001-01-01"),
        ] {
            assert_eq!(written_from_seconds(seconds), shown);
        }
    }
}
