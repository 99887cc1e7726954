//! What a figure allows to say, as the parts of an English sentence that holds for any name.

use super::super::{Difference, Group, VoiceScope};
use super::shown::Shown;

/// Under what adjusted p a difference is claimed.
const CLAIMED: f64 = 0.05;

/// What the groups are groups of, which decides how a sentence names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By<'c> {
    /// Publishers: "The Herald presents".
    Source,
    /// "Articles of 2024-03 present".
    Month,
    /// "Articles whose rubric is Sport present".
    Column(&'c str),
}

impl<'c> By<'c> {
    pub(super) fn of(column: &'c str) -> Self {
        match column {
            "source" => Self::Source,
            "month" => Self::Month,
            other => Self::Column(other),
        }
    }

    /// Whether a group is spoken of in the singular; articles without a source are many.
    pub(super) fn is_one(self, group: &str) -> bool {
        self == Self::Source && !group.is_empty()
    }
}

/// A difference between two groups in words.
pub(super) struct Statement<'c> {
    pub(super) difference: &'c Difference,
    /// The figures of the one group and of the other.
    pub(super) a: &'c Group,
    pub(super) b: &'c Group,
    pub(super) verdict: Verdict,
    /// By how much they differ; nothing where that is not known.
    pub(super) by: f64,
}

/// What a difference amounts to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    /// One group presents the party less favourably, or more.
    Differs { less: bool },
    /// The difference may be chance.
    CannotTell,
    /// There are enough articles, but no test was possible.
    Untested,
}

impl<'c> Statement<'c> {
    /// What `difference` amounts to; nothing where a group has too few articles, which is said of the
    /// group, or is not shown.
    pub(super) fn of(difference: &'c Difference, shown: &Shown<'c>) -> Option<Self> {
        let group = |name| shown.figure(&difference.party, difference.voice, name);
        let (a, b) = (group(&difference.a)?, group(&difference.b)?);
        if a.articles.min(b.articles) < shown.min_articles {
            return None;
        }
        let verdict = match (difference.difference, difference.p_adjusted) {
            (Some(by), Some(p)) if p < CLAIMED => Verdict::Differs { less: by < 0.0 },
            (Some(_), Some(_)) => Verdict::CannotTell,
            _ => Verdict::Untested,
        };
        Some(Self {
            difference,
            a,
            b,
            verdict,
            by: difference.difference.unwrap_or(0.0),
        })
    }

    pub(super) fn is_claim(&self) -> bool {
        matches!(self.verdict, Verdict::Differs { .. })
    }

    pub(super) fn voice(&self) -> VoiceScope {
        self.difference.voice
    }

    /// The interval of the difference.
    pub(super) fn interval(&self) -> Option<(f64, f64)> {
        self.difference.low.zip(self.difference.high)
    }

    /// The corrected means of both groups, where labels allow them.
    pub(super) fn corrected(&self) -> Option<[Corrected; 2]> {
        let of = |group: &Group| {
            let mean = group.corrected_mean?;
            let interval = group.corrected_low.zip(group.corrected_high)?;
            Some(Corrected { mean, interval })
        };
        Some([of(self.a)?, of(self.b)?])
    }
}

/// A mean without the model's mistakes.
pub(super) struct Corrected {
    pub(super) mean: f64,
    pub(super) interval: (f64, f64),
}

/// A group with too few articles of a party to say anything, and how many it has in which voice.
pub(super) struct Sparse<'c> {
    pub(super) group: &'c str,
    pub(super) voices: Vec<(VoiceScope, u64)>,
}

impl<'c> Sparse<'c> {
    /// The groups that name `party` in too few articles.
    pub(super) fn of(shown: &Shown<'c>, party: &str) -> Vec<Self> {
        let groups = shown.groups.iter().map(|&group| {
            let figures = shown.voices.iter().filter_map(|voice| {
                let articles = shown.figure(party, *voice, group)?.articles;
                (articles < shown.min_articles).then_some((*voice, articles))
            });
            Self {
                group,
                voices: figures.collect(),
            }
        });
        groups.filter(|sparse| !sparse.voices.is_empty()).collect()
    }

    /// Whether it never names the party.
    pub(super) fn is_silent(&self) -> bool {
        self.voices.contains(&(VoiceScope::All, 0))
    }
}
