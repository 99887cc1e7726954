//! Where the marks of the plots stand: across in percent of the width, down in pixels.

use super::super::{Group, VoiceScope};
use super::shown::Shown;

/// The height of the axis, of a group's name, of a line, and of what is between groups.
const AXIS: u32 = 24;
const NAME: u32 = 20;
const LINE: u32 = 17;
const GAP: u32 = 8;

/// Zero in the middle, and as far to both sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    reach: f64,
}

impl Scale {
    /// The closest scale of round ends that holds all `values`.
    pub(super) fn holding(values: impl Iterator<Item = f64>) -> Self {
        let size = values.fold(0.0_f64, |size, value| size.max(value.abs()));
        let ends = [0.1, 0.2, 0.4, 0.6, 0.8, 1.0];
        let reach = ends.into_iter().find(|end| size <= *end).unwrap_or(1.0);
        Self { reach }
    }

    /// Where `value` stands, in percent of the width.
    pub(super) fn at(self, value: &f64) -> String {
        across(50.0 + 50.0 * value / self.reach)
    }

    /// How far `value` is from the middle, in percent.
    pub(super) fn strength(self, value: &f64) -> u32 {
        (100.0 * value.abs() / self.reach).min(100.0) as u32
    }

    /// The values that the axis names.
    pub(super) fn ticks(self) -> [f64; 5] {
        [-1.0, -0.5, 0.0, 0.5, 1.0].map(|share| share * self.reach)
    }
}

/// A tenth of a percent is less than a pixel.
fn across(percent: f64) -> String {
    let shown = format!("{percent:.1}");
    shown.strip_suffix(".0").unwrap_or(&shown).to_owned()
}

/// Groups below each other, with a line for each voice.
pub(super) struct Plot<'c> {
    pub(super) bands: Vec<Band<'c>>,
    pub(super) height: u32,
}

/// A group in a plot.
pub(super) struct Band<'c> {
    pub(super) group: &'c str,
    pub(super) y: u32,
    pub(super) lines: Vec<Line<'c>>,
}

/// What a group says in a voice.
pub(super) struct Line<'c> {
    pub(super) y: u32,
    pub(super) figures: &'c Group,
    pub(super) is_corrected: bool,
}

impl<'c> Plot<'c> {
    /// Means with their intervals: after each line as the model has it, the corrected one if there is.
    pub(super) fn dots(shown: &Shown<'c>, party: &str) -> Self {
        Self::of(shown, party, |figures| match figures.corrected_mean {
            Some(_) => &[false, true],
            None => &[false],
        })
    }

    /// The shares of the labels.
    pub(super) fn bars(shown: &Shown<'c>, party: &str) -> Self {
        Self::of(shown, party, |_| &[false])
    }

    fn of(shown: &Shown<'c>, party: &str, kinds: impl Fn(&Group) -> &'static [bool]) -> Self {
        let mut y = AXIS;
        let mut bands = Vec::new();
        for &group in &shown.groups {
            let top = y;
            y += NAME;
            let mut lines = Vec::new();
            let voices = shown.voices.iter();
            for figures in voices.filter_map(|voice| shown.figure(party, *voice, group)) {
                for &is_corrected in kinds(figures) {
                    lines.push(Line {
                        y: y + LINE / 2,
                        figures,
                        is_corrected,
                    });
                    y += LINE;
                }
            }
            y += GAP;
            bands.push(Band {
                group,
                y: top + NAME - 6,
                lines,
            });
        }
        Self { bands, height: y }
    }
}

impl Line<'_> {
    /// What stands before the line.
    pub(super) fn label(&self) -> &'static str {
        match (self.is_corrected, self.figures.voice) {
            (true, _) => "corrected",
            (false, VoiceScope::All) => "all",
            (false, VoiceScope::Author) => "author",
            (false, VoiceScope::Quoted) => "quoted",
        }
    }

    /// The mean, and the ends of its interval.
    pub(super) fn mean(&self) -> Option<(f64, Option<(f64, f64)>)> {
        let it = self.figures;
        let (mean, low, high) = match self.is_corrected {
            true => (it.corrected_mean, it.corrected_low, it.corrected_high),
            false => (it.mean, it.low, it.high),
        };
        Some((mean?, low.zip(high)))
    }

    /// Against, neutral and favor as bars beside each other, neutral across the middle.
    pub(super) fn bars(&self, reach: f64) -> Option<[Bar; 3]> {
        let it = self.figures;
        let shares = [it.against?, it.neutral?, it.favor?];
        let middle = shares[1] / 2.0;
        let begins = [-middle - shares[0], -middle, middle];
        let bar = |place: usize| {
            let at = |value: f64| 50.0 + 50.0 * value / reach;
            Bar {
                label: ["against", "neutral", "favor"][place],
                begin: across(at(begins[place])),
                end: across(at(begins[place] + shares[place])),
                width: across(50.0 * shares[place] / reach),
                share: shares[place],
            }
        };
        Some([bar(0), bar(1), bar(2)])
    }
}

/// The share of a label, in percent of the width of the plot.
pub(super) struct Bar {
    pub(super) label: &'static str,
    pub(super) begin: String,
    pub(super) end: String,
    pub(super) width: String,
    pub(super) share: f64,
}

/// How far from the middle the bars of shares go.
pub(super) fn reach_of_bars(figures: &[&Group]) -> f64 {
    let sides = figures.iter().filter_map(|it| {
        let middle = it.neutral? / 2.0;
        Some((middle + it.against?).max(middle + it.favor?))
    });
    let size = sides.fold(0.5, f64::max);
    (size * 10.0).ceil() / 10.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_scale_has_round_ends_and_holds_what_it_was_made_for() {
        let of = |values: &[f64]| Scale::holding(values.iter().copied());
        assert_eq!(of(&[0.02, -0.13]).ticks(), [-0.2, -0.1, 0.0, 0.1, 0.2]);
        assert_eq!(of(&[]).ticks()[4], 0.1);
        assert_eq!(of(&[-1.0]).at(&-1.0), "0");
        assert_eq!(of(&[1.0]).at(&0.0), "50");
    }

    proptest! {
        #[test]
        fn no_mark_stands_outside_of_the_plot(values in prop::collection::vec(-1.0..=1.0, 1..20)) {
            let scale = Scale::holding(values.iter().copied());
            for value in values {
                let place: f64 = scale.at(&value).parse().unwrap();
                prop_assert!((0.0..=100.0).contains(&place));
                prop_assert!(scale.strength(&value) <= 100);
            }
        }
    }
}
