//! A comparison as one HTML page that opens offline: the answer in sentences, then what it rests on.
//!
//! ```text
//! Comparison ─ shown ─▶ parties and groups ─▶ statements, plots, timeline, excerpts ─▶ templates ─▶ page
//! ```
//!
//! The page asks nothing of any host. Its charts are SVG whose places across are shares of the width,
//! so that they fit a phone and keep the size of their letters. It stays under 3 MB, whatever is
//! compared: what it leaves out it counts.

mod excerpt;
mod number;
mod plot;
mod section;
mod shown;
mod statement;
mod timeline;

use std::collections::HashSet;

use askama::Template;

use super::{Background, Comparison, Difference, Group, VoiceScope};
use number::counted;
use plot::Scale;
use section::Section;
use shown::Shown;
use statement::{By, Statement, Verdict};

/// How many of the largest differences the page begins with.
const FIRST: usize = 8;

/// How many remarks are in sight at once.
const REMARKS: usize = 4;

/// How many of the results that were read are named.
const FILES: usize = 20;

/// The longest name of a group in a plot, in characters.
const LABEL: usize = 38;

/// How many differences the table has.
const DIFFERENCES: usize = 500;

#[derive(Template)]
#[template(path = "compare/report/page.html", whitespace = "minimize")]
struct Page<'c> {
    comparison: &'c Comparison,
    by: By<'c>,
    shown: Shown<'c>,
    /// Of all scores.
    scale: Scale,
    /// How far from the middle the bars of shares go.
    reach: f64,
    sections: Vec<Section<'c>>,
    claims: Vec<Statement<'c>>,
    /// How many comparisons had articles enough for a test.
    tested: usize,
    is_corrected: bool,
}

impl Comparison {
    /// The page.
    ///
    /// # Errors
    /// None that is known: the template writes into memory.
    pub fn report(&self) -> askama::Result<String> {
        let shown = Shown::of(self);
        let scale = Scale::holding(shown.figures().flat_map(ends));
        let claims: Vec<_> = self
            .differences
            .iter()
            .filter_map(|difference| Statement::of(difference, &shown))
            .filter(Statement::is_claim)
            .collect();
        let figures: Vec<_> = shown.figures().collect();
        let page = Page {
            comparison: self,
            by: By::of(&self.settings.by),
            sections: Section::all(self, &shown),
            tested: self.differences.iter().filter(|it| it.p.is_some()).count(),
            is_corrected: figures.iter().any(|group| group.corrected_mean.is_some()),
            claims,
            reach: plot::reach_of_bars(&figures),
            scale,
            shown,
        };
        page.render()
    }
}

/// All that a plot of the group has to hold.
fn ends(group: &Group) -> impl Iterator<Item = f64> {
    let ends = [
        group.mean,
        group.low,
        group.high,
        group.corrected_mean,
        group.corrected_low,
        group.corrected_high,
    ];
    ends.into_iter().flatten()
}

impl<'c> Page<'c> {
    /// The claims that the page begins with: of each pair of groups the first, which is of the most
    /// rows, the largest differences before the others.
    fn first(&self) -> Vec<&Statement<'c>> {
        let mut seen = HashSet::new();
        let claims = self.claims.iter();
        let mut first: Vec<_> = claims
            .filter(|it| seen.insert((&it.difference.party, &it.difference.a, &it.difference.b)))
            .collect();
        first.sort_by(|one, other| other.by.abs().total_cmp(&one.by.abs()));
        first.truncate(FIRST);
        first
    }

    /// The first remarks, and the others.
    fn remarks(&self) -> (&'c [String], &'c [String]) {
        let all = &self.comparison.remarks;
        all.split_at(all.len().min(REMARKS))
    }

    fn claims_left_out(&self) -> usize {
        self.claims.len() - self.first().len()
    }

    /// The parties and groups that there is no room for, in words; empty if there are none.
    fn left_out(&self) -> String {
        let [parties, groups] = [self.shown.parties_left_out, self.shown.groups_left_out];
        let parties = (parties > 0).then(|| counted(&(parties as u64), "party", "parties"));
        let groups = (groups > 0).then(|| counted(&(groups as u64), "group", "groups"));
        let both: Vec<_> = parties.into_iter().chain(groups).collect();
        both.join(" and ")
    }

    /// The voice of the overview: all rows, where those were asked for.
    fn widest(&self) -> VoiceScope {
        let voices = &self.comparison.settings.voices;
        voices.iter().min().copied().unwrap_or(VoiceScope::All)
    }

    /// The differences of the table: the clearest first, then those that could not be tested.
    fn differences(&self) -> Vec<&'c Difference> {
        let mut found: Vec<_> = self.comparison.differences.iter().collect();
        let rank = |it: &Difference| (it.p_adjusted.unwrap_or(2.0), it.p.unwrap_or(2.0));
        found.sort_by(|one, other| {
            let ((a, b), (c, d)) = (rank(one), rank(other));
            a.total_cmp(&c).then(b.total_cmp(&d))
        });
        found.truncate(DIFFERENCES);
        found
    }

    /// How many differences the table leaves out.
    fn differences_left_out(&self) -> usize {
        self.comparison
            .differences
            .len()
            .saturating_sub(DIFFERENCES)
    }

    /// What is compared, in a line.
    fn title(&self) -> String {
        let parties = counted(
            &(self.comparison.settings.parties.len() as u64),
            "party",
            "parties",
        );
        let groups = (self.shown.groups.len() + self.shown.groups_left_out) as u64;
        match self.by {
            By::Source => format!(
                "How {} present {parties}",
                counted(&groups, "source", "sources")
            ),
            By::Month => format!("{parties}, month by month"),
            By::Column(column) => format!("How articles present {parties}, by {column}"),
        }
    }

    /// The mean of the overview, with its interval if it has one.
    fn glance(&self, party: &str, group: &str) -> Option<(f64, Option<(f64, f64)>)> {
        let it = self.shown.figure(party, self.widest(), group)?;
        Some((it.mean?, it.low.zip(it.high)))
    }

    /// A group's name as a plot has room for it.
    fn label(group: &str) -> String {
        match group {
            "" => "(none)".to_owned(),
            group if Self::is_cut(group) => group.chars().take(LABEL).chain(['…']).collect(),
            group => group.to_owned(),
        }
    }

    fn is_cut(group: &str) -> bool {
        group.chars().count() > LABEL
    }

    /// The background of the groups that are shown.
    fn background(&self) -> impl Iterator<Item = &'c Background> {
        let all = self.comparison.background.iter();
        all.filter(|it| self.shown.groups.contains(&it.group.as_str()))
    }

    /// The first of the results that were read.
    fn results(&self) -> &'c [(String, u64)] {
        let all = &self.comparison.settings.results;
        &all[..all.len().min(FILES)]
    }

    fn results_left_out(&self) -> usize {
        self.comparison.settings.results.len() - self.results().len()
    }

    fn is_paired(&self) -> bool {
        self.comparison.settings.pair_by.is_some()
    }
}

#[cfg(test)]
mod tests;
