//! How groups present a party month by month, as small plots side by side on one scale.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use super::super::{Comparison, Moment};
use super::plot::Scale;
use super::shown::Shown;

/// How many months of parties and groups the page has room for.
const MOMENTS: usize = 12_000;

/// Paths are drawn in hundredths, which take fewer digits.
const HUNDREDTHS: f64 = 100.0;

/// A party's months.
pub(super) struct Timeline<'c> {
    pub(super) scale: Scale,
    /// From the first month to the last, those without an article among them.
    pub(super) span: i32,
    pub(super) months: Vec<&'c str>,
    pub(super) panels: Vec<Panel<'c>>,
    pub(super) groups_left_out: usize,
}

/// A group's months.
pub(super) struct Panel<'c> {
    pub(super) group: &'c str,
    /// The path through months that follow each other.
    pub(super) line: String,
    /// The months with articles enough to say something of a group.
    pub(super) many: String,
    /// The other months.
    pub(super) few: String,
    pub(super) moments: BTreeMap<&'c str, &'c Moment>,
}

impl<'c> Timeline<'c> {
    /// The timelines of the parties that have at least two months, on one scale.
    pub(super) fn all(comparison: &'c Comparison, shown: &Shown<'c>) -> HashMap<&'c str, Self> {
        let mut found: HashMap<(&str, &str), Vec<&Moment>> = HashMap::new();
        for moment in &comparison.timeline {
            if number(&moment.month).is_some() {
                let of = found.entry((&moment.party, &moment.group)).or_default();
                of.push(moment);
            }
        }
        let all = || found.values().flatten();
        let months: BTreeSet<&str> = all().map(|moment| moment.month.as_str()).collect();
        if months.len() < 2 {
            return HashMap::new();
        }
        let room = MOMENTS / (months.len() * shown.parties.len().max(1));
        let scale = Scale::holding(all().map(|moment| moment.mean));
        let months: Vec<&str> = months.into_iter().collect();
        let parties = shown.parties.iter().filter_map(|&party| {
            let groups = shown.groups.iter();
            let groups = groups.filter_map(|&group| Some((group, found.remove(&(party, group))?)));
            let groups: Vec<_> = groups.collect();
            let (groups_left_out, groups) = most(groups, room.max(1));
            let few = shown.min_articles;
            let panels = groups.into_iter();
            let panels = panels.map(|(group, moments)| Panel::of(group, moments, months[0], few));
            let panels: Vec<_> = panels.collect();
            let span = number(months.last()?)? - number(months[0])?;
            let timeline = Self {
                scale,
                span,
                months: months.clone(),
                panels,
                groups_left_out,
            };
            (!timeline.panels.is_empty()).then_some((party, timeline))
        });
        parties.collect()
    }

    pub(super) fn last(&self) -> &'c str {
        self.months.last().copied().unwrap_or_default()
    }

    /// The upper end of the plot, where more is less.
    pub(super) fn top(&self) -> f64 {
        -HUNDREDTHS * self.scale.ticks()[4]
    }

    pub(super) fn height(&self) -> f64 {
        -2.0 * self.top()
    }
}

/// The `room` groups with most articles, in their order, and how many others there are.
fn most<'c>(
    mut groups: Vec<(&'c str, Vec<&'c Moment>)>,
    room: usize,
) -> (usize, Vec<(&'c str, Vec<&'c Moment>)>) {
    let left_out = groups.len().saturating_sub(room);
    let articles = |moments: &[&Moment]| moments.iter().map(|it| it.articles).sum::<u64>();
    for _ in 0..left_out {
        let fewest = (0..groups.len()).min_by_key(|&at| articles(&groups[at].1));
        groups.remove(fewest.unwrap_or(0));
    }
    (left_out, groups)
}

impl<'c> Panel<'c> {
    fn of(group: &'c str, moments: Vec<&'c Moment>, first: &str, min_articles: u64) -> Self {
        let moments: BTreeMap<&str, &Moment> =
            moments.iter().map(|it| (it.month.as_str(), *it)).collect();
        let (mut line, mut many, mut few) = (String::new(), String::new(), String::new());
        let mut before = None;
        for (month, moment) in &moments {
            let Some((at, first)) = number(month).zip(number(first)) else {
                continue;
            };
            let x = at - first;
            // Down is more on a screen; a dot is a line of no length with round ends.
            let y = -(HUNDREDTHS * moment.mean).round();
            let step = if before == Some(x - 1) { 'L' } else { 'M' };
            let dots = match moment.articles < min_articles {
                true => &mut few,
                false => &mut many,
            };
            // Writing to a string does not fail.
            let _ = write!(line, "{step}{x} {y}");
            let _ = write!(dots, "M{x} {y}h0");
            before = Some(x);
        }
        Self {
            group,
            line,
            many,
            few,
            moments,
        }
    }

    /// The month's mean and its articles.
    pub(super) fn moment(&self, month: &str) -> Option<&'c Moment> {
        self.moments.get(month).copied()
    }
}

/// Months since the year 0 of `2024-03`.
fn number(month: &str) -> Option<i32> {
    let (year, month) = month.split_once('-')?;
    let month: i32 = month.parse().ok()?;
    let year: i32 = year.parse().ok()?;
    (1..=12).contains(&month).then_some(12 * year + month - 1)
}
