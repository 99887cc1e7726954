//! What the reader must know before believing a figure.

use super::collection::Collection;
use super::figures::Figures;
use super::labels::Labels;
use super::{Group, Request, VoiceScope};

/// How many names a remark lists.
const LISTED: usize = 10;

/// The remarks on a comparison, a sentence each.
pub(super) fn of(
    collection: &Collection,
    figures: &Figures,
    request: &Request,
    labels: Option<&Labels>,
) -> Vec<String> {
    let mut remarks = Vec::new();
    if collection.named_groups() == 1 {
        remarks.push(format!(
            "All rows are of one {}, so there is nothing to compare it with.",
            request.by
        ));
    }
    if collection.ungrouped > 0 {
        remarks.push(format!(
            "{} of {} rows have no {}; they are shown by themselves and compared with nothing.",
            collection.ungrouped, collection.rows, request.by
        ));
    }
    remarks.extend(of_rows(collection));
    remarks.extend(few(figures, request));
    remarks.extend(alike(figures, request));
    if let Some(labels) = labels {
        remarks.extend(of_labels(labels, figures, request));
    }
    remarks
}

/// Several models, rows that stand twice, ids that articles share, and parties that not all results
/// know.
fn of_rows(collection: &Collection) -> Vec<String> {
    let mut remarks = Vec::new();
    if collection.models.len() > 1 {
        let models: Vec<_> = collection.models.iter().cloned().collect();
        remarks.push(format!(
            "The rows were scored by different models, so a difference may be theirs: {}.",
            models.join("; ")
        ));
    }
    if collection.repeated > 0 {
        remarks.push(format!(
            "Rows that stand twice, with the same article, sentence and party, and are counted once: {}.",
            collection.repeated
        ));
    }
    if collection.shared_ids() > 0 {
        remarks.push(format!(
            "Ids that stand for several articles of one source, which are taken as one article each: {}; \
             give every article an id of its own and score again to count them apart.",
            collection.shared_ids()
        ));
    }
    let lacking = (0..collection.parties.len() as u32).filter_map(|party| {
        let at = collection
            .named
            .iter()
            .position(|named| !named.contains(&party))?;
        Some((collection.parties.of(party), &collection.results[at].0))
    });
    let lacking: Vec<_> = lacking.collect();
    if let Some((party, result)) = lacking.first() {
        remarks.push(format!(
            "{} of {} parties are not named in every result, such as {party} in {result}: make sure that \
             all were scored with the same parties file.",
            lacking.len(),
            collection.parties.len()
        ));
    }
    remarks
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
            named(&groups)
        )
    });
    told.collect()
}

/// Names in a sentence, the first ones if there are many.
fn named(names: &[String]) -> String {
    match names.len().checked_sub(LISTED) {
        None | Some(0 | 1) => names.join(", "),
        Some(others) => format!("{} and {others} others", names[..LISTED].join(", ")),
    }
}

/// The groups whose articles are enough, but say all the same.
fn alike(figures: &Figures, request: &Request) -> Vec<String> {
    let shown = request.voices.first().copied().unwrap_or(VoiceScope::All);
    let is_alike = |group: &&Group| {
        group.voice == shown
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

/// The first rows by number: `rows 2, 3 and 7 more`.
fn listed(rows: &[u64]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<_> = rows.iter().take(SHOWN).map(u64::to_string).collect();
    let unit = if rows.len() == 1 { "row" } else { "rows" };
    match rows.len().saturating_sub(SHOWN) {
        0 => format!("{unit} {}", shown.join(", ")),
        more => format!("{unit} {} and {more} more", shown.join(", ")),
    }
}

fn of_labels(labels: &Labels, figures: &Figures, request: &Request) -> Vec<String> {
    let mut remarks = Vec::new();
    let unused = labels.unused();
    if !unused.is_empty() {
        remarks.push(format!(
            "{} of {} labels in {} belong to no row that was read, or to one with another text: {}.",
            unused.len(),
            unused.len() as u64 + labels.used,
            labels.file(),
            listed(&unused)
        ));
    }
    if labels.blank > 0 {
        remarks.push(format!(
            "Rows of {} that have no label, and were left out: {}.",
            labels.file(),
            labels.blank
        ));
    }
    if !labels.are_weighted {
        remarks.push(format!(
            "{} has no column `weight`: each of its rows is taken to have had the same chance to be in it.",
            labels.file()
        ));
    }
    let shown = request.voices.first().copied().unwrap_or(VoiceScope::All);
    let counted = figures.groups.iter().zip(&figures.labelled);
    let few = counted.filter(|(group, labelled)| {
        group.mentions > 0 && group.voice == shown && **labelled < request.min_articles
    });
    let few: Vec<String> = few
        .map(|(group, labelled)| format!("{} in {} ({labelled})", group.party, group.group))
        .collect();
    if !few.is_empty() {
        remarks.push(format!(
            "Labels in fewer than {} articles correct nothing: {}.",
            request.min_articles,
            named(&few)
        ));
    }
    remarks
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
