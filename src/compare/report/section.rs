//! All that the page says of one party.

use super::super::{Comparison, Group};
use super::excerpt::{self, Sides};
use super::plot::Plot;
use super::shown::Shown;
use super::statement::{Sparse, Statement};
use super::timeline::Timeline;

/// How many sentences of a kind a section has.
const STATEMENTS: usize = 12;

pub(super) struct Section<'c> {
    pub(super) party: &'c str,
    pub(super) claims: Vec<Statement<'c>>,
    /// The differences that may be chance, and those that no test was possible of.
    pub(super) others: Vec<Statement<'c>>,
    pub(super) sparse: Vec<Sparse<'c>>,
    pub(super) dots: Plot<'c>,
    pub(super) bars: Plot<'c>,
    pub(super) figures: Vec<&'c Group>,
    pub(super) timeline: Option<Timeline<'c>>,
    pub(super) excerpts: Vec<Sides<'c>>,
}

impl<'c> Section<'c> {
    /// A section for each party that is shown.
    pub(super) fn all(comparison: &'c Comparison, shown: &Shown<'c>) -> Vec<Self> {
        let mut timelines = Timeline::all(comparison, shown);
        let mut excerpts = excerpt::all(comparison, shown);
        let parties = shown.parties.iter();
        let sections = parties.map(|&party| {
            let statements = comparison.differences.iter();
            let statements = statements.filter(|difference| difference.party == party);
            let statements = statements.filter_map(|difference| Statement::of(difference, shown));
            let (claims, others) = statements.partition(Statement::is_claim);
            Self {
                party,
                claims,
                others,
                sparse: Sparse::of(shown, party),
                dots: Plot::dots(shown, party),
                bars: Plot::bars(shown, party),
                figures: shown.of_party(party).collect(),
                timeline: timelines.remove(party),
                excerpts: excerpts.remove(party).unwrap_or_default(),
            }
        });
        sections.collect()
    }

    /// The first claims, and how many more there are.
    pub(super) fn first_claims(&self) -> (&[Statement<'c>], usize) {
        first(&self.claims)
    }

    /// The first of the other statements, and how many more there are.
    pub(super) fn first_others(&self) -> (&[Statement<'c>], usize) {
        first(&self.others)
    }

    /// How many sentences say that nothing can be said.
    pub(super) fn cannot_tell(&self) -> usize {
        self.others.len() + self.sparse.len()
    }
}

fn first<'s, 'c>(statements: &'s [Statement<'c>]) -> (&'s [Statement<'c>], usize) {
    let first = statements.len().min(STATEMENTS);
    (&statements[..first], statements.len() - first)
}
