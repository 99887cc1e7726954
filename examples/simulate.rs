//! Do the intervals of `slant compare` hold the truth, and do its tests cry wolf?
//!
//! `cargo run --release --example simulate [COLLECTIONS]` makes collections with known means and prints,
//! as the table of `src/compare/README.md`, how often the figures are right. Articles have 1 to 40
//! rows, most of them few; scores lie in three clumps near −0.9, 0 and 0.9; two rows of an article
//! correlate by 0.3. The functions are the ones that `slant compare` calls.

#![allow(clippy::unwrap_used, reason = "a check that cannot go on has failed")]

use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use slant::compare::{Bootstrap, Interval, Unit, adjusted, generator, test};

/// The chances of against, neutral and favor.
type Shares = [f64; 3];

/// How often a row takes the article's tone; two rows correlate by its square.
const TONE: f64 = 0.55;

const EVEN: Shares = [0.2, 0.55, 0.25];
const SKEWED: Shares = [0.45, 0.5, 0.05];

fn main() {
    let collections: u64 = std::env::args()
        .nth(1)
        .map_or(1000, |count| count.parse().unwrap());
    println!(
        "| articles a group | mean | difference | false alarms | false alarms in a family of 12 |"
    );
    println!("|--:|--:|--:|--:|--:|");
    for articles in [5, 10, 30, 100, 300] {
        let mut tally = [0u64; 4];
        for number in 0..collections {
            let mut draw = generator(number, &["plain", &articles.to_string()]);
            for (count, right) in tally.iter_mut().zip(plain(articles, &mut draw)) {
                *count += u64::from(right);
            }
        }
        let shares =
            tally.map(|count| format!("{:.1} %", 100.0 * count as f64 / collections as f64));
        println!("| {articles} | {} |", shares.join(" | "));
    }
    println!("\n| articles | labels | corrected | raw |\n|--:|--:|--:|--:|");
    for (articles, labels) in [(30, 60), (100, 60), (100, 200), (300, 200)] {
        let mut tally = [0u64; 2];
        for number in 0..collections {
            let mut draw = generator(
                number,
                &["labels", &articles.to_string(), &labels.to_string()],
            );
            for (count, right) in tally.iter_mut().zip(labelled(articles, labels, &mut draw)) {
                *count += u64::from(right);
            }
        }
        let [fixed, raw] =
            tally.map(|count| format!("{:.1} %", 100.0 * count as f64 / collections as f64));
        println!("| {articles} | {labels} | {fixed} | {raw} |");
    }
}

/// Whether the intervals of a mean and of a difference hold the truth, and whether a test, and any of a
/// family of tests, finds a difference where there is none.
fn plain(articles: usize, draw: &mut ChaCha8Rng) -> [bool; 4] {
    let a = group(articles, SKEWED, draw);
    let b = group(2 * articles, EVEN, draw);
    let [of_a, of_b] = [&a, &b].map(|units| Bootstrap::of_mean(units, draw).unwrap());
    let same = group(2 * articles, SKEWED, draw);
    let alarm = test([&a, &same], draw).is_some_and(|p| p < 0.05);
    let family: Vec<f64> = (0..4)
        .flat_map(|_| {
            let groups = [0, 1, 2].map(|at| group(articles * (1 + at % 2), SKEWED, draw));
            [(0, 1), (0, 2), (1, 2)]
                .map(|(a, b)| test([&groups[a], &groups[b]], draw).unwrap_or(1.0))
        })
        .collect();
    [
        holds(of_a.interval(), truth(SKEWED)),
        holds(of_a.difference_interval(&of_b), truth(SKEWED) - truth(EVEN)),
        alarm,
        adjusted(&family).iter().any(|p| *p < 0.05),
    ]
}

/// No interval is given where nothing varies; that is no claim, and so not wrong.
fn holds(found: Option<Interval>, truth: f64) -> bool {
    found.is_none_or(|found| found.low <= truth && truth <= found.high)
}

/// The mean of all scores that shares stand for.
fn truth(shares: Shares) -> f64 {
    CLUMPS
        .iter()
        .zip(shares)
        .map(|(clump, share)| clump * share)
        .sum()
}

const CLUMPS: [f64; 3] = [-0.9, 0.0, 0.9];

/// Articles of uneven length that agree with themselves.
fn group(articles: usize, shares: Shares, draw: &mut ChaCha8Rng) -> Vec<Unit> {
    let one = |_| {
        let rows = labels(shares, draw);
        Unit {
            rows: rows.len() as f64,
            sum: rows
                .iter()
                .map(|label| CLUMPS[*label] + draw.random_range(-0.1..0.1))
                .sum(),
            ..Unit::default()
        }
    };
    (0..articles).map(one).collect()
}

/// The labels of an article's rows.
fn labels(shares: Shares, draw: &mut ChaCha8Rng) -> Vec<usize> {
    // The sum of twelve numbers in 0..1 is near normal.
    let normal: f64 = (0..12).map(|_| draw.random::<f64>()).sum::<f64>() - 6.0;
    let rows = (1.2 + normal).exp().clamp(1.0, 40.0) as usize;
    let tone = label(shares, draw);
    let row = |_| match draw.random_bool(TONE) {
        true => tone,
        false => label(shares, draw),
    };
    (0..rows).map(row).collect()
}

fn label(shares: Shares, draw: &mut ChaCha8Rng) -> usize {
    let place: f64 = draw.random();
    match () {
        () if place < shares[0] => 0,
        () if place < shares[0] + shares[1] => 1,
        () => 2,
    }
}

/// Whether the corrected and the raw interval hold the true mean label, where the model takes a third of
/// what is against for neutral and a tenth of what is neutral for favor.
fn labelled(articles: usize, count: usize, draw: &mut ChaCha8Rng) -> [bool; 2] {
    let mut units = Vec::new();
    // For each label of the model: article, true label and the model's score of its rows.
    let mut strata: [Vec<(usize, usize, f64)>; 3] = Default::default();
    for article in 0..articles {
        let mut unit = Unit::default();
        for truth in labels(SKEWED, draw) {
            let said = match (truth, draw.random::<f64>()) {
                (0, chance) if chance < 0.33 => 1,
                (1, chance) if chance < 0.1 => 2,
                _ => truth,
            };
            let score = CLUMPS[said] + draw.random_range(-0.1..0.1);
            unit.rows += 1.0;
            unit.sum += score;
            strata[said].push((article, truth, score));
        }
        units.push(unit);
    }
    for rows in &mut strata {
        rows.shuffle(draw);
        let drawn = rows.len().min(count / 3);
        for (article, truth, score) in &rows[..drawn] {
            let weight = rows.len() as f64 / drawn as f64;
            let unit = &mut units[*article];
            unit.weight += weight;
            unit.truth += weight * (*truth as f64 - 1.0);
            unit.model += weight * score;
        }
    }
    let truth = SKEWED[2] - SKEWED[0];
    [Bootstrap::of_corrected, Bootstrap::of_mean]
        .map(|bootstrap| holds(bootstrap(&units, draw).unwrap().interval(), truth))
}
