//! Pages of comparisons made by hand.

use super::*;
use crate::compare::{Excerpt, Moment, Settings};

const GROUPS: [&str; 3] = ["The Herald", "The Courier & Sons <b>", "صحيفة \"الشرق\""];

const PARTIES: [&str; 4] = [
    "Okafor",
    "Smith & <Sons>",
    "\"O'Brien\"",
    "The Very Long and Right Honourable Association of the Friends of the Preservation of Everything",
];

const VOICES: [VoiceScope; 3] = [VoiceScope::All, VoiceScope::Author, VoiceScope::Quoted];

/// Three groups and four parties; the more a party is down the list, the better it fares.
fn comparison() -> Comparison {
    made(&PARTIES, &GROUPS)
}

fn made<S: AsRef<str>>(parties: &[S], groups: &[S]) -> Comparison {
    let names = |names: &[S]| -> Vec<String> {
        names.iter().map(|name| name.as_ref().to_owned()).collect()
    };
    let (parties, groups) = (names(parties), names(groups));
    let mut comparison = Comparison {
        groups: Vec::new(),
        differences: Vec::new(),
        settings: settings(&parties),
        background: groups.iter().map(|group| background(group)).collect(),
        timeline: Vec::new(),
        excerpts: Vec::new(),
        remarks: vec!["40 rows name a party that <scores.csv> does not know.".to_owned()],
    };
    for (p, party) in parties.iter().enumerate() {
        for voice in VOICES {
            for (g, group) in groups.iter().enumerate() {
                let few = p == 1 && g == 2 && voice != VoiceScope::All;
                let figures = figures((party, voice, group), (p, g), few);
                comparison.groups.push(figures);
                let others = groups[g + 1..].iter();
                let others = others.map(|other| difference((party, voice), (group, other), (p, g)));
                comparison.differences.extend(others);
            }
        }
        for (g, group) in groups.iter().enumerate() {
            comparison.timeline.extend(months(party, group, (p, g)));
            comparison.excerpts.extend(excerpts(party, group));
        }
    }
    comparison
}

fn settings(parties: &[String]) -> Settings {
    Settings {
        by: "source".to_owned(),
        parties: parties.to_vec(),
        voices: VOICES.to_vec(),
        pair_by: None,
        baseline: None,
        min_articles: 10,
        resamples: 2000,
        seed: 1,
        results: vec![("scores <1>.csv".to_owned(), 12_345)],
        rows: 12_345,
        articles: 400,
        sentences: 9_000,
        labels: None,
        models: vec!["slant-mini 0.5.0 0a1b2c3d".to_owned()],
        program: "slant 0.1.0".to_owned(),
    }
}

fn figures(key: (&str, VoiceScope, &str), (p, g): (usize, usize), few: bool) -> Group {
    let mean = (p as f64 - 1.5) / 5.0 - g as f64 % 7.0 / 12.0;
    Group {
        party: key.0.to_owned(),
        voice: key.1,
        group: key.2.to_owned(),
        articles: if few { 4 } else { 40 + g as u64 },
        sentences: 120,
        mentions: 130,
        against: Some(0.35 - mean / 3.0),
        neutral: Some(0.4),
        favor: Some(0.25 + mean / 3.0),
        mean: Some(mean),
        low: (!few).then_some(mean - 0.08),
        high: (!few).then_some(mean + 0.1),
        corrected_mean: None,
        corrected_low: None,
        corrected_high: None,
    }
}

fn difference(
    (party, voice): (&str, VoiceScope),
    (a, b): (&str, &str),
    (p, g): (usize, usize),
) -> Difference {
    let by = [-0.214, -0.03, 0.12, 0.0][(p + g) % 4];
    let p = [0.0004, 0.4, 0.03, 1.0][(p + g) % 4];
    Difference {
        party: party.to_owned(),
        voice,
        a: a.to_owned(),
        b: b.to_owned(),
        difference: Some(by),
        low: Some(by - 0.09),
        high: Some(by + 0.09),
        effect: Some(2.0 * by),
        p: Some(p),
        p_adjusted: Some(p),
        events: None,
    }
}

fn background(group: &str) -> Background {
    Background {
        group: group.to_owned(),
        articles: 133,
        sentences: 3000,
        shares: [0.4, 0.4, 0.2],
        mean: -0.2,
        interval: Some((-0.25, -0.15)),
        author_share: 0.7,
    }
}

fn months(party: &str, group: &str, (p, g): (usize, usize)) -> Vec<Moment> {
    let months = (0..18).filter(|month| (month + g) % 7 != 3);
    let moment = |month: usize| Moment {
        party: party.to_owned(),
        group: group.to_owned(),
        month: format!("{}-{:02}", 2023 + month / 12, 1 + month % 12),
        articles: (5 + (month * 7 + g) % 11) as u64,
        mean: ((month * (3 + p) + g) as f64 / 3.0).sin() / 3.0,
    };
    months.map(moment).collect()
}

fn excerpts(party: &str, group: &str) -> Vec<Excerpt> {
    let text = format!("He said <script>alert(1)</script> that {party} had \"done it\" & more. ");
    let excerpt = |place: usize| Excerpt {
        party: party.to_owned(),
        group: group.to_owned(),
        in_favor: place >= 3,
        article: ["https://example.org/a?b=1&c=2", "javascript:alert(1)", "7"][place % 3]
            .to_owned(),
        title: ["A \"title\" & more", "", ""][place % 3].to_owned(),
        date: "2024-03-01".to_owned(),
        sentence: 3,
        mention: text
            .find(party)
            .map_or(0..0, |start| start..start + party.len()),
        text: text.clone(),
        link: "alias".to_owned(),
        voice: "quoted".to_owned(),
        speaker: "A <speaker>".to_owned(),
        score: if place < 3 { -0.9 } else { 0.9 },
    };
    (0..6).map(excerpt).collect()
}

/// The page's text, as a reader sees it.
fn shown(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text += piece.split_once('>').map_or(piece, |(_, after)| after);
    }
    let entities = [
        ("&#32;", " "),
        ("&nbsp;", " "),
        ("&#34;", "\""),
        ("&#60;", "<"),
        ("&#62;", ">"),
    ];
    for (entity, meant) in entities {
        text = text.replace(entity, meant);
    }
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").replace("&#39;", "'").replace("&#38;", "&")
}

/// What stands in the lists of the page from `heading` to the next, item by item.
fn items(page: &str, heading: &str) -> Vec<String> {
    let (_, rest) = page.split_once(heading).unwrap();
    let rest = rest.split("<div class=\"charts\">").next().unwrap();
    let items = rest.split("<li>").skip(1);
    items
        .map(|item| shown(item.split("</li>").next().unwrap()))
        .collect()
}

#[test]
fn a_difference_is_told_as_a_sentence_whatever_the_names() {
    let mut comparison = comparison();
    comparison
        .groups
        .retain(|group| group.voice == VoiceScope::All || group.party == PARTIES[1]);
    let page = comparison.report().unwrap();
    insta::assert_snapshot!(items(&page, "id=\"party-1\"").join("\n"), @r#"
    The Herald presents Okafor less favourably than The Courier & Sons <b> does: −0.21, 95 % interval −0.30 to −0.12; 40 and 41 articles.
    The Herald presents Okafor less favourably than صحيفة "الشرق" does: −0.21, 95 % interval −0.30 to −0.12; 40 and 42 articles.
    No difference can be told between The Courier & Sons <b> and صحيفة "الشرق": −0.03, 95 % interval −0.12 to +0.06; 41 and 42 articles.
    "#);
    insta::assert_snapshot!(items(&page, "id=\"party-2\"").join("\n"), @r#"
    The Courier & Sons <b> presents Smith & <Sons> more favourably than صحيفة "الشرق" does: +0.12, 95 % interval +0.03 to +0.21; 41 and 42 articles.
    No difference can be told between The Herald and The Courier & Sons <b>: −0.03, 95 % interval −0.12 to +0.06; 40 and 41 articles.
    No difference can be told between The Herald and صحيفة "الشرق": −0.03, 95 % interval −0.12 to +0.06; 40 and 42 articles.
    No difference can be told between The Herald and The Courier & Sons <b> in their own voice: −0.03, 95 % interval −0.12 to +0.06; 40 and 41 articles.
    No difference can be told between The Herald and The Courier & Sons <b> in their quotations: −0.03, 95 % interval −0.12 to +0.06; 40 and 41 articles.
    صحيفة "الشرق" has too few articles to say anything: 4 in its own voice, 4 in the words it quotes (it takes 10).
    "#);
}

#[test]
fn groups_that_are_no_publishers_are_spoken_of_as_their_articles() {
    let mut comparison = made(&["Okafor"], &["2024-03", ""]);
    comparison.settings.by = "month".to_owned();
    insta::assert_snapshot!(items(&comparison.report().unwrap(), "id=\"party-1\"").join("\n"), @r#"
    Articles of 2024-03 present Okafor less favourably than articles without a date do: −0.21, 95 % interval −0.30 to −0.12; 40 and 41 articles.
    In their own voice, articles of 2024-03 present Okafor less favourably than articles without a date do: −0.21, 95 % interval −0.30 to −0.12; 40 and 41 articles.
    In the words that they quote, articles of 2024-03 present Okafor less favourably than articles without a date do: −0.21, 95 % interval −0.30 to −0.12; 40 and 41 articles.
    "#);
    comparison.settings.by = "rubric <b>".to_owned();
    insta::assert_snapshot!(items(&comparison.report().unwrap(), "id=\"party-1\"")[0], @"Articles whose rubric <b> is 2024-03 present Okafor less favourably than articles without rubric <b> do: −0.21, 95 % interval −0.30 to −0.12; 40 and 41 articles.");
    comparison.settings.by = "source".to_owned();
    insta::assert_snapshot!(items(&comparison.report().unwrap(), "id=\"party-1\"")[0], @"2024-03 presents Okafor less favourably than articles without a source do: −0.21, 95 % interval −0.30 to −0.12; 40 and 41 articles.");
}

#[test]
fn nothing_from_an_article_becomes_markup_or_a_script_or_a_link_that_runs() {
    let page = comparison().report().unwrap();
    assert_eq!(page.matches("<script").count(), 1);
    assert!(!page.contains("<speaker>") && !page.contains("<Sons>") && !page.contains("Sons <b>"));
    assert!(page.contains("href=\"https://example.org/a?b=1&#38;c=2\""));
    assert!(!page.contains("href=\"javascript"));
}

#[test]
fn the_page_asks_nothing_of_any_host() {
    let page = comparison().report().unwrap();
    assert!(page.contains("content=\"default-src 'none';"));
    for request in [
        " src=", "@import", "<link", "url(http", "url(//", "<iframe", "fetch(",
    ] {
        assert!(!page.contains(request), "{request}");
    }
}

#[test]
fn the_mention_is_marked_and_a_long_sentence_is_cut_around_it() {
    let mut comparison = comparison();
    let long = format!("{}Okafor {}", "word ".repeat(2000), "漢字 ".repeat(2000));
    for excerpt in &mut comparison.excerpts {
        excerpt.mention = 10_000..10_006;
        excerpt.text.clone_from(&long);
    }
    // What cannot be marked is shown all the same.
    comparison.excerpts[0].mention = 10_010..10_011;
    let page = comparison.report().unwrap();
    let quotes: Vec<_> = page.split("<blockquote dir=\"auto\">").skip(1).collect();
    assert!(quotes[0].starts_with("word word"));
    assert!(quotes[1].starts_with("… word "));
    assert!(quotes[1].contains("word <mark>Okafor</mark> 漢字"));
    assert!(
        quotes[1]
            .split("</blockquote>")
            .next()
            .unwrap()
            .chars()
            .count()
            < 450
    );
}

#[test]
fn a_page_of_many_parties_and_groups_stays_under_three_megabytes_and_counts_what_it_leaves_out() {
    for (parties, groups) in [(20, 20), (1, 500), (200, 2), (100, 100)] {
        let names = |kind: &str, count: usize| -> Vec<String> {
            (0..count)
                .map(|number| format!("The {kind} of a length, No. {number}"))
                .collect()
        };
        let mut comparison = made(&names("Party", parties), &names("Group", groups));
        for excerpt in &mut comparison.excerpts {
            excerpt.text += &"and so on ".repeat(30);
        }
        let page = comparison.report().unwrap();
        assert!(
            page.len() < 3_000_000,
            "{parties} × {groups}: {}",
            page.len()
        );
        let says = |words: &str| page.contains(words);
        assert_eq!(
            says("is room for the parties"),
            (parties, groups) != (20, 20),
            "{parties} × {groups}"
        );
    }
}

#[test]
fn corrected_figures_stand_beside_those_of_the_model() {
    let mut comparison = comparison();
    assert!(
        !comparison
            .report()
            .unwrap()
            .contains("<th scope=\"col\">corrected")
    );
    for group in &mut comparison.groups {
        group.corrected_mean = Some(-0.5);
        group.corrected_low = Some(-0.6);
        group.corrected_high = Some(-0.4);
    }
    let page = comparison.report().unwrap();
    assert!(page.contains("<th scope=\"col\">corrected"));
    assert!(page.contains("Corrected for the model’s mistakes: −0.50 (−0.60 to −0.40) and −0.50"));
    assert_eq!(
        page.matches("class=\"dot ").count(),
        2 * comparison.groups.len()
    );
}

#[test]
fn where_nothing_can_be_compared_the_page_says_so() {
    let mut comparison = made(&["Okafor"], &["The Herald"]);
    comparison.timeline.truncate(1);
    let page = shown(&comparison.report().unwrap());
    assert!(
        page.contains("Nothing: no two groups have articles enough"),
        "{page}"
    );
    assert!(!page.contains("Month by month"));
    comparison = made(&["Okafor"], &["The Herald", "The Courier"]);
    comparison
        .differences
        .iter_mut()
        .for_each(|it| it.p_adjusted = Some(0.2));
    let page = shown(&comparison.report().unwrap());
    assert!(
        page.contains("No difference can be told in any of 3 comparisons."),
        "{page}"
    );
}

#[test]
fn what_cannot_be_known_is_left_open() {
    let mut comparison = comparison();
    for group in &mut comparison.groups {
        (group.articles, group.mean, group.low, group.high) = (0, None, None, None);
        (group.against, group.neutral, group.favor) = (None, None, None);
    }
    for it in &mut comparison.differences {
        (it.difference, it.low, it.high, it.effect) = (None, None, None, None);
        (it.p, it.p_adjusted) = (None, None);
    }
    let page = comparison.report().unwrap();
    assert!(!page.contains(">NaN") && !page.contains("NaN%") && !page.contains("class=\"dot "));
    assert!(shown(&page).contains("The Herald never names this party."));
}
