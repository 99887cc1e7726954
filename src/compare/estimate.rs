//! Means over the rows of a group, with standard errors that know that an article agrees with itself.
//!
//! A mean over rows is a ratio of two sums over articles, so its variance is that of the linearised
//! ratio (W. G. Cochran 1977, "Sampling Techniques", ch. 9): with k articles of nᵢ rows whose scores
//! add up to sᵢ,
//!
//! ```text
//! m = Σ sᵢ / Σ nᵢ       V = k / (k − 1) · Σ (sᵢ − m nᵢ)² / (Σ nᵢ)²
//! ```
//!
//! Labels made by hand correct a mean for the model's mistakes by prediction-powered inference
//! (Angelopoulos et al. 2023, "Prediction-powered inference", Science 382), tuned to the least variance
//! (Angelopoulos, Duchi, Zrnic 2023, "PPI++"): with y the labelled and f the model's score, each
//! labelled row weighted by one over its chance to be in the sample,
//!
//! ```text
//! θ = λ m + mean_w(y − λ f)      λ = Σ aᵢ bᵢ / Σ bᵢ², in 0..=1
//! ```
//!
//! where aᵢ and bᵢ are what article i adds to mean_w(y) and to mean_w(f) − m. The variance is that of
//! Σ (aᵢ − λ bᵢ), over all articles of the group.

/// What an article says of a party, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Unit {
    /// Its rows.
    pub rows: f64,
    /// The sum of their scores.
    pub sum: f64,
    /// The weights of its labelled rows.
    pub weight: f64,
    /// The sum of weight times labelled score.
    pub truth: f64,
    /// The sum of weight times the model's score, over the labelled rows.
    pub model: f64,
}

/// A figure and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Its standard error; zero where nothing varies.
    pub error: f64,
    /// The same as leaving out one article after another tells it, which is more where a few articles
    /// have most rows (the jackknife: B. Efron, C. Stein 1981).
    pub cautious_error: f64,
    /// The degrees of freedom of either: one less than as many articles of one size as would say as
    /// much.
    pub freedom: f64,
}

impl Estimate {
    /// The difference from another group's figure.
    pub(super) fn less(self, other: Self) -> Self {
        let shares = [self, other].map(|one| one.error.powi(4) / one.freedom);
        let error = self.error.hypot(other.error);
        Self {
            value: self.value - other.value,
            error,
            cautious_error: self.cautious_error.hypot(other.cautious_error),
            // F. E. Satterthwaite 1946, "An approximate distribution of estimates of variance components".
            freedom: (error.powi(4) / (shares[0] + shares[1])).max(1.0),
        }
    }

    /// How far it lies from `value`, in its own standard errors.
    pub(super) fn distance_from(self, value: f64) -> f64 {
        match self.value == value {
            true => 0.0,
            false => (self.value - value) / self.error,
        }
    }
}

/// The sums over articles that a mean and its standard error are made of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    units: f64,
    rows: f64,
    sum: f64,
    rows_squared: f64,
    sum_squared: f64,
    product: f64,
}

impl Sums {
    pub(super) fn add(&mut self, unit: &Unit) {
        self.units += 1.0;
        self.rows += unit.rows;
        self.sum += unit.sum;
        self.rows_squared += unit.rows * unit.rows;
        self.sum_squared += unit.sum * unit.sum;
        self.product += unit.rows * unit.sum;
    }

    pub(super) fn of<'u>(units: impl IntoIterator<Item = &'u Unit>) -> Self {
        let mut sums = Self::default();
        units.into_iter().for_each(|unit| sums.add(unit));
        sums
    }

    /// The sums over the articles that `part` leaves.
    pub(super) fn without(&self, part: &Self) -> Self {
        Self {
            units: self.units - part.units,
            rows: self.rows - part.rows,
            sum: self.sum - part.sum,
            rows_squared: self.rows_squared - part.rows_squared,
            sum_squared: self.sum_squared - part.sum_squared,
            product: self.product - part.product,
        }
    }

    /// The mean; none without rows, or of a single article, which says nothing of others.
    pub(super) fn estimate(&self) -> Option<Estimate> {
        if self.rows == 0.0 || self.units < 2.0 {
            return None;
        }
        let value = self.sum / self.rows;
        let squares =
            self.sum_squared - 2.0 * value * self.product + value * value * self.rows_squared;
        // Rounding alone must not look like variation.
        let noise = 1e-12 * (self.sum_squared + value * value * self.rows_squared);
        let squares = if squares > noise { squares } else { 0.0 };
        let factor = self.units / (self.units - 1.0);
        let error = (factor * squares).sqrt() / self.rows;
        Some(Estimate {
            value,
            error,
            cautious_error: error,
            freedom: (self.rows * self.rows / self.rows_squared - 1.0).max(1.0),
        })
    }
}

/// The mean over the rows of `units`; none without rows or of a single article.
pub fn mean(units: &[Unit]) -> Option<Estimate> {
    let sums = Sums::of(units);
    let found = sums.estimate()?;
    let without = |unit: &Unit| (sums.sum - unit.sum) / (sums.rows - unit.rows).max(1.0);
    let squares: f64 = units
        .iter()
        .map(|unit| (without(unit) - found.value).powi(2))
        .sum();
    let jackknife = ((sums.units - 1.0) / sums.units * squares).sqrt();
    Some(Estimate {
        cautious_error: jackknife.max(found.error),
        ..found
    })
}

/// The mean corrected by labels; none without labelled rows or of a single article.
pub fn corrected(units: &[Unit]) -> Option<Estimate> {
    let total = |of: fn(&Unit) -> f64| units.iter().map(of).sum::<f64>();
    let (rows, weight) = (total(|unit| unit.rows), total(|unit| unit.weight));
    if rows == 0.0 || weight == 0.0 || units.len() < 2 {
        return None;
    }
    let mean = total(|unit| unit.sum) / rows;
    let truth = total(|unit| unit.truth) / weight;
    let model = total(|unit| unit.model) / weight;
    let parts = units.iter().map(|unit| {
        let of_truth = (unit.truth - truth * unit.weight) / weight;
        let of_model = (unit.model - model * unit.weight) / weight;
        (of_truth, of_model - (unit.sum - mean * unit.rows) / rows)
    });
    let (product, square) = parts.clone().fold((0.0, 0.0), |(product, square), (a, b)| {
        (product + a * b, square + b * b)
    });
    let lambda = if square > 0.0 {
        (product / square).clamp(0.0, 1.0)
    } else {
        1.0
    };
    let squares: f64 = parts.map(|(a, b)| (a - lambda * b).powi(2)).sum();
    let count = units.len() as f64;
    let weights_squared = total(|unit| unit.weight * unit.weight);
    let error = (count / (count - 1.0) * squares).sqrt();
    Some(Estimate {
        value: lambda * mean + truth - lambda * model,
        error,
        cautious_error: error,
        freedom: (weight * weight / weights_squared - 1.0).max(1.0),
    })
}

/// The difference in standard deviations of an article's mean, corrected for few articles (L. V. Hedges
/// 1981, "Distribution theory for Glass's estimator of effect size"); none where nothing varies.
pub fn effect(a: &[f64], b: &[f64]) -> Option<f64> {
    let (count_a, count_b) = (a.len() as f64, b.len() as f64);
    let freedom = count_a + count_b - 2.0;
    if a.is_empty() || b.is_empty() || freedom < 1.0 {
        return None;
    }
    let (mean_a, squares_a) = moments(a);
    let (mean_b, squares_b) = moments(b);
    let deviation = ((squares_a + squares_b) / freedom).sqrt();
    let correction = 1.0 - 3.0 / (4.0 * freedom - 1.0);
    (deviation > 1e-9).then(|| correction * (mean_a - mean_b) / deviation)
}

/// The same of differences within events: their mean in their standard deviations.
pub fn paired_effect(differences: &[f64]) -> Option<f64> {
    let freedom = differences.len() as f64 - 1.0;
    if freedom < 1.0 {
        return None;
    }
    let (mean, squares) = moments(differences);
    let deviation = (squares / freedom).sqrt();
    let correction = 1.0 - 3.0 / (4.0 * freedom - 1.0);
    (deviation > 1e-9).then(|| correction * mean / deviation)
}

/// The mean, and the sum of squared distances from it.
fn moments(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, squares)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::super::{adjusted, generator, paired_test, test};
    use super::*;

    /// Articles with the rows of each, and what other implementations find of them.
    #[derive(Deserialize)]
    struct Reference {
        a: Vec<Vec<Row>>,
        b: Vec<Vec<Row>>,
        p: Vec<f64>,
        mean: [f64; 2],
        effect: f64,
        adjusted: Vec<f64>,
        corrected: f64,
        few: [Vec<Vec<Row>>; 2],
        few_p: f64,
        differences: Vec<f64>,
        differences_p: f64,
    }

    #[derive(Deserialize)]
    struct Row {
        score: f64,
        label: Option<f64>,
    }

    fn units(articles: &[Vec<Row>]) -> Vec<Unit> {
        let unit = |rows: &Vec<Row>| {
            let labelled = rows.iter().filter_map(|row| Some((row.label?, row.score)));
            Unit {
                rows: rows.len() as f64,
                sum: rows.iter().map(|row| row.score).sum(),
                weight: labelled.clone().count() as f64,
                truth: labelled.clone().map(|(label, _)| label).sum(),
                model: labelled.map(|(_, score)| score).sum(),
            }
        };
        articles.iter().map(unit).collect()
    }

    fn means(units: &[Unit]) -> Vec<f64> {
        units.iter().map(|unit| unit.sum / unit.rows).collect()
    }

    /// `scripts/reference_statistics.py` asked statsmodels, scipy and ppi-python.
    #[test]
    fn figures_are_those_of_other_implementations() {
        let text = include_str!("../../tests/reference/statistics.json");
        let reference: Reference = serde_json::from_str(text).unwrap();
        let (a, b) = (units(&reference.a), units(&reference.b));
        let near = |found: f64, expected: f64| {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        };
        let found = mean(&a).unwrap();
        near(found.value, reference.mean[0]);
        near(found.error, reference.mean[1]);
        near(effect(&means(&a), &means(&b)).unwrap(), reference.effect);
        near(corrected(&a).unwrap().value, reference.corrected);
        for (found, expected) in adjusted(&reference.p).into_iter().zip(reference.adjusted) {
            near(found, expected);
        }
        let few = reference.few.map(|articles| units(&articles));
        let few_p = test([&few[0], &few[1]], &mut generator(1, &[]));
        near(few_p.unwrap(), reference.few_p);
        let differences = reference.differences.into_iter().map(|sum| Unit {
            rows: 1.0,
            sum,
            ..Unit::default()
        });
        let differences: Vec<Unit> = differences.collect();
        let differences_p = paired_test(&differences, &mut generator(1, &[]));
        near(differences_p.unwrap(), reference.differences_p);
    }

    #[test]
    fn what_does_not_vary_has_no_error_and_one_article_no_estimate() {
        let unit = Unit {
            rows: 3.0,
            sum: 0.6000000000000001,
            ..Unit::default()
        };
        assert_eq!(mean(&[unit; 7]).map(|found| found.error), Some(0.0));
        assert_eq!(mean(&[unit]), None);
        assert_eq!(corrected(&[unit; 7]), None);
        assert_eq!(effect(&[0.2, 0.2], &[0.2]), None);
    }
}
