//! What the reader must know before believing a figure.

use super::collection::{Collection, refuse};
use super::figures::Figures;
use super::labels::Labels;
use super::{Group, Request, VoiceScope};
use crate::error::Result;

/// How many names a remark lists.
const LISTED: usize = 10;

/// The remarks on a comparison, a sentence each.
///
/// # Errors
/// If labels were given and none belongs to a row.
pub(super) fn of(
    collection: &Collection,
    figures: &Figures,
    request: &Request,
    labels: Option<&Labels>,
) -> Result<Vec<String>> {
    let mut remarks = Vec::new();
    let groups =
        (0..collection.groups.len()).filter(|at| !collection.groups.of(*at as u32).is_empty());
    match groups.count() {
        0 => {
            return Err(refuse(format!(
                "no row has a value to group by {}{}",
                request.by,
                if request.by == "month" {
                    ": a date has to begin as 2024-03"
                } else {
                    ""
                }
            )));
        }
        1 => remarks.push(format!(
            "All rows are of one {}, so there is nothing to compare it with.",
            request.by
        )),
        _ => {}
    }
    if collection.ungrouped > 0 {
        remarks.push(format!(
            "{} of {} rows have no {}; they are shown by themselves and compared with nothing.",
            collection.ungrouped, collection.rows, request.by
        ));
    }
    if collection.repeated > 0 {
        remarks.push(format!(
            "{} rows stand twice, with the same article, sentence and party; each is counted.",
            collection.repeated
        ));
    }
    remarks.extend(few(figures, request));
    remarks.extend(alike(figures, request));
    if let Some(labels) = labels {
        remarks.extend(of_labels(labels, figures, request)?);
    }
    Ok(remarks)
}

/// For each party, the groups with too few articles for a claim.
fn few(figures: &Figures, request: &Request) -> Vec<String> {
    let shown = request.voices.first().copied().unwrap_or(VoiceScope::All);
    let few = |group: &&Group| {
        group.voice == shown && group.articles < request.min_articles && !group.group.is_empty()
    };
    let mut remarks: Vec<(String, Vec<String>)> = Vec::new();
    for group in figures.groups.iter().filter(few) {
        let told = format!("{} ({})", group.group, group.articles);
        match remarks.last_mut() {
            Some((party, groups)) if *party == group.party => groups.push(told),
            _ => remarks.push((group.party.clone(), vec![told])),
        }
    }
    let told = remarks.into_iter().map(|(party, groups)| {
        format!(
            "{party} is named in fewer than {} articles, too few for a claim, by: {}.",
            request.min_articles,
            listed(&groups)
        )
    });
    told.collect()
}

/// Names in a sentence, the first ones if there are many.
fn listed(names: &[String]) -> String {
    match names.len().checked_sub(LISTED) {
        None | Some(0 | 1) => names.join(", "),
        Some(others) => format!("{} and {others} others", names[..LISTED].join(", ")),
    }
}

/// The groups whose articles are enough, but say all the same.
fn alike(figures: &Figures, request: &Request) -> Vec<String> {
    let is_alike = |group: &&Group| {
        group.voice == VoiceScope::All
            && group.articles >= request.min_articles.max(1)
            && group.mean.is_some()
            && group.low.is_none()
    };
    let told = figures.groups.iter().filter(is_alike).map(|group| {
        format!(
            "The articles of {} all give {} the same score, which tells nothing of how scores vary: \
             there is no interval.",
            group.group, group.party
        )
    });
    told.collect()
}

fn of_labels(labels: &Labels, figures: &Figures, request: &Request) -> Result<Vec<String>> {
    if labels.used == 0 {
        return Err(refuse(format!(
            "{}: none of its labels belongs to a row of the results; was it drawn from others?",
            labels.file()
        )));
    }
    let mut remarks = Vec::new();
    if labels.unused() > 0 {
        remarks.push(format!(
            "{} of {} labels in {} belong to no row that was read.",
            labels.unused(),
            labels.unused() + labels.used,
            labels.file()
        ));
    }
    if labels.blank > 0 {
        remarks.push(format!(
            "{} rows of {} have no label and were left out.",
            labels.blank,
            labels.file()
        ));
    }
    if !labels.are_weighted {
        remarks.push(format!(
            "{} has no column `weight`: each of its rows is taken to have had the same chance to be in it.",
            labels.file()
        ));
    }
    let counted = figures.groups.iter().zip(&figures.labelled);
    let few = counted.filter(|(group, labelled)| {
        group.mentions > 0 && group.voice == VoiceScope::All && **labelled < request.min_articles
    });
    let few: Vec<String> = few
        .map(|(group, labelled)| format!("{} in {} ({labelled})", group.party, group.group))
        .collect();
    if !few.is_empty() {
        remarks.push(format!(
            "Labels in fewer than {} articles correct nothing: {}.",
            request.min_articles,
            listed(&few)
        ));
    }
    Ok(remarks)
}

impl super::Comparison {
    /// What was read and found, and the remarks: lines for a terminal.
    pub fn summary(&self) -> String {
        let settings = &self.settings;
        let told = self.differences.iter().filter_map(|one| one.p_adjusted);
        let (tested, found) = told.fold((0, 0), |(tested, found), p| {
            (tested + 1, found + u64::from(p < 0.05))
        });
        let mut lines = vec![format!(
            "{} rows, {} articles, {} sentences; {tested} comparisons, {found} with a difference \
             (adjusted p below 0.05)",
            settings.rows, settings.articles, settings.sentences
        )];
        lines.extend(self.remarks.iter().cloned());
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}
