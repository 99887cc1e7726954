//! The bundle, and whether what it says is what it is known to say.

use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::Problem;
use crate::contain::contained;
use crate::error::{Error, Result};
use crate::model::{self, Agreement, Bundle, Engine, Model, Reference};

/// A bundle's folder.
#[derive(Debug, Clone, Serialize)]
pub struct BundleFound {
    /// Where it is.
    pub folder: String,
    /// Its name and version, as in "slant-mini 0.1.0", if it says so.
    pub title: Option<String>,
    /// Whether its files are those that it has the checksums of.
    pub checksums_right: bool,
}

/// What came of scoring all reference sentences of a bundle.
#[derive(Debug, Clone, Serialize)]
pub struct SelfTest {
    /// What the linear layers were multiplied in.
    pub precision: String,
    /// How many sentences were scored.
    pub sentences: usize,
    /// How long that took, without loading the model.
    pub seconds: f64,
    /// The speed that comes to.
    pub sentences_per_second: f64,
    /// How near the scores are to the bundle's own.
    #[serde(flatten)]
    pub agreement: Agreement,
    /// The most that probabilities may stray in the mean.
    pub bound: f64,
}

/// What was found of a bundle, as far as it went.
#[derive(Default)]
pub(super) struct Examined {
    pub(super) bundle: Option<BundleFound>,
    pub(super) self_test: Option<SelfTest>,
    pub(super) problem: Option<Problem>,
}

/// Reads, verifies, loads and tries the bundle in `folder`, or the one that ships with the program,
/// until something is wrong.
pub(super) fn examine(folder: Option<&Path>, engine: Engine) -> Examined {
    let mut examined = Examined::default();
    // Not all of what weights and tokenizer go through is ours: what panics there is told too.
    let found = contained(|| examined.look(folder, engine));
    let found = found.unwrap_or_else(|words| Err(Error::Encoder(words)));
    if let Err(error) = found {
        examined.problem = Some(fatal(&error));
    }
    examined
}

fn fatal(error: &Error) -> Problem {
    let mend = match error {
        Error::NoBundle => {
            "put the folder models/slant-mini back from where slant came, or give --model DIR"
        }
        Error::Encoder(_) => "take slant afresh; if that does not help, report what stands here",
        _ => "take the bundle's folder afresh from where it came, or give another by --model DIR",
    };
    Problem {
        of: "bundle",
        fatal: true,
        problem: error.to_string(),
        mend: mend.to_owned(),
    }
}

impl Examined {
    fn look(&mut self, folder: Option<&Path>, engine: Engine) -> Result<()> {
        let folder = match folder {
            Some(folder) => folder.to_owned(),
            None => model::shipped_bundle()?,
        };
        let found = self.bundle.insert(BundleFound {
            folder: folder.display().to_string(),
            title: None,
            checksums_right: false,
        });
        let bundle = Bundle::read(&folder)?;
        found.title = Some(bundle.title());
        bundle.verify()?;
        found.checksums_right = true;
        let model = Model::load(&folder, engine)?;
        self.problem = model.remark().map(slow);
        self.self_test = SelfTest::run(&bundle, &model)?;
        match &self.self_test {
            Some(test) if test.agreement.is_broken() => self.problem = Some(test.problem()),
            _ => {}
        }
        Ok(())
    }
}

/// The problem of a model that scores in floats though the processor multiplies bytes.
fn slow(remark: &str) -> Problem {
    Problem {
        of: "self_test",
        fatal: false,
        problem: remark.to_owned(),
        mend: "report it with the processor's name above; scores in f32 are right".to_owned(),
    }
}

impl SelfTest {
    /// Scores the reference sentences of `bundle`, if it has any.
    fn run(bundle: &Bundle, model: &Model) -> Result<Option<Self>> {
        let references = Reference::all(bundle)?;
        if references.is_empty() {
            return Ok(None);
        }
        let queries: Vec<_> = references.iter().map(Reference::query).collect();
        // Those that were tried at load are remembered.
        let remembered = model.repeated();
        let began = Instant::now();
        let scored = model.score(&queries)?;
        let seconds = began.elapsed().as_secs_f64();
        let fresh = queries.len() as u64 - (model.repeated() - remembered);
        Ok(Some(Self {
            precision: model.precision().to_string(),
            sentences: references.len(),
            seconds,
            sentences_per_second: fresh as f64 / seconds.max(f64::EPSILON),
            agreement: Agreement::of(&references, &scored),
            bound: Agreement::BOUND,
        }))
    }

    fn problem(&self) -> Problem {
        Problem {
            of: "self_test",
            fatal: false,
            problem: format!(
                "probabilities stray from the bundle's own by {:.3} in the mean, more than {}",
                self.agreement.mean_stray, self.bound
            ),
            mend: "trust no score of this machine; report it with the processor's name above"
                .to_owned(),
        }
    }
}
