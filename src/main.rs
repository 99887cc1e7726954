//! The `slant` program: arguments in, exit status out. The work is the library's.

mod cli;
mod files;
mod interrupt;
mod job;
mod manual;
mod place;
mod progress;
mod table;
mod typed;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use slant::compare::{Sample, compare};
use slant::counts::Counts;
use slant::doctor::{Diagnosis, Verdict};
use slant::error::Error;
use slant::evaluate;
use slant::manifest::{Identity, Manifest, PartiesFile, Scoring};
use slant::model::{self, Model};
use slant::output::{Design, Destination, Format, Layout, RowKind, csv_table};
use slant::parties::Parties;
use slant::score::{Event, Stages, score, segment_only};
use slant::suggest::Suggestions;

use cli::{
    Cli, Command, CompareArgs, DoctorArgs, EvaluateArgs, InputArgs, ModelArgs, PartiesArgs,
    SampleArgs, ScoreArgs, SegmentArgs,
};
use job::{Job, nothing_was_read};
use place::Place;
use progress::Progress;
use typed::Typed;

fn main() {
    let status = run();
    // All is written and closed by now. An ordinary exit has libtorch take itself down, for 0.1 s.
    let flushed = io::stdout().flush();
    signal_hook::low_level::exit(if flushed.is_ok() { status } else { FAILED })
}

/// Carries out what was typed, and gives the exit status.
fn run() -> i32 {
    let (command, typed) = Cli::typed();
    let done = match command {
        Command::Score(args) => match &args.from_manifest {
            Some(manifest) => repeat(manifest, &args, &typed),
            None => run_score(&args, typed, None),
        },
        Command::Segment(args) => run_segment(&args, typed),
        Command::Parties(args) => run_parties(&args),
        Command::Evaluate(args) => run_evaluate(&args),
        Command::Doctor(args) => run_doctor(&args),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { folder } => manual::pages(folder.as_deref()),
        Command::Compare(args) => run_compare(&args),
        Command::Sample(args) => run_sample(&args),
    };
    match done {
        Ok(Outcome::Complete) => 0,
        Ok(Outcome::Partial) => 1,
        Ok(Outcome::Diagnosed(verdict)) => verdict as i32,
        Ok(Outcome::Stopped) => interrupt::STATUS,
        // Who reads the result has seen enough.
        Err(error) if is_closed_pipe(&error) => 0,
        Err(error) => {
            eprintln!("error: {error:#}");
            FAILED
        }
    }
}

/// The exit status of a command that could not be carried out.
const FAILED: i32 = 2;

const PROGRAM: &str = concat!("slant ", env!("CARGO_PKG_VERSION"));

/// How a run ended that could be made.
enum Outcome {
    Complete,
    /// Records were rejected, or files changed while they were read.
    Partial,
    Diagnosed(Verdict),
    Stopped,
}

impl Outcome {
    fn of(rejected: u64) -> Self {
        if rejected == 0 {
            Self::Complete
        } else {
            Self::Partial
        }
    }
}

fn run_score(
    args: &ScoreArgs,
    typed: Typed,
    repeats: Option<&Manifest>,
) -> anyhow::Result<Outcome> {
    check_kept(&args.input, RowKind::Score)?;
    let parties = match &args.parties {
        Some(path) => Parties::load(path)?,
        None => Parties::none(),
    };
    let layout = args.layout.of(&parties);
    let design = args
        .output
        .design(RowKind::Score, &args.input.keep, layout)?;
    let mut identity = identity("score", typed, &design);
    let place = Place::open(&args.output.output, design, args.output.force)?;
    let model = load(&args.model)?;
    identity.options.remove("precision");
    identity.model = Some(Scoring {
        bundle: model.title().to_owned(),
        sha256: model.checksum().to_owned(),
        precision: model.precision().to_string(),
    });
    let named = args.parties.as_ref().map(|path| path.display().to_string());
    identity.parties = named
        .zip(parties.checksum())
        .map(|(file, sha256)| PartiesFile {
            file,
            sha256: sha256.to_owned(),
        });
    let job = Job {
        input: &args.input,
        quiet: args.output.quiet,
        identity,
        repeats,
        parties: &parties,
        threads: model.threads().get(),
    };
    let stages = Stages {
        parties: &parties,
        links: args.links,
        model: &model,
    };
    job.carry_out(place, |articles, rows, so_far, listen| {
        score(articles, stages, rows, so_far, listen)
    })
}

/// Carries out once more the run that left the manifest at `path`.
fn repeat(path: &Path, args: &ScoreArgs, typed: &Typed) -> anyhow::Result<Outcome> {
    typed.refuse_more()?;
    let manifest = Manifest::read(path)?;
    let output = match args.output.output == Path::new("-") {
        true => path.with_file_name(&manifest.result.file),
        false => args.output.output.clone(),
    };
    let (args, typed) = typed::repeated(&manifest.identity, output, args)
        .with_context(|| format!("cannot repeat {}", path.display()))?;
    run_score(&args, typed, Some(&manifest))
}

fn run_segment(args: &SegmentArgs, typed: Typed) -> anyhow::Result<Outcome> {
    check_kept(&args.input, RowKind::Sentence)?;
    let design = args
        .output
        .design(RowKind::Sentence, &args.input.keep, Layout::Long)?;
    let job = Job {
        input: &args.input,
        quiet: args.output.quiet,
        identity: identity("segment", typed, &design),
        repeats: None,
        parties: &Parties::none(),
        threads: 1,
    };
    let place = Place::open(&args.output.output, design, args.output.force)?;
    job.carry_out(place, |articles, rows, so_far, listen| {
        segment_only(articles, rows, so_far, listen)
    })
}

fn run_parties(args: &PartiesArgs) -> anyhow::Result<Outcome> {
    let destination = Destination::open(&args.output, args.force)?;
    let mut articles = args.input.articles();
    let progress = Progress::start(&articles, args.quiet);
    let mut suggestions = Suggestions::default();
    let mut counts = Counts::default();
    for article in &mut articles {
        match article {
            Ok(article) => {
                counts.sentences += suggestions.read(&article.text);
                counts.articles += 1;
                progress.show(Event::Progress(&counts));
            }
            Err(rejected) => {
                counts.rejected += 1;
                counts.rejected_files += u64::from(rejected.origin.record.is_none());
                progress.show(Event::Rejected(&rejected));
            }
        }
    }
    progress.finish(&counts, &Parties::none(), &articles);
    if nothing_was_read(&counts) {
        anyhow::bail!("none of the input could be read; nothing was written");
    }
    write(destination, suggestions.parties_file(args.names))?;
    Ok(Outcome::of(counts.rejected))
}

fn run_evaluate(args: &EvaluateArgs) -> anyhow::Result<Outcome> {
    let (gold, rejected) = evaluate::read(&args.gold)?;
    for error in &rejected {
        eprintln!("rejected: {error}");
    }
    let page = args.html.as_deref();
    let page = page.map(|path| Destination::open(path, args.force));
    let page = page.transpose()?;
    let model = load(&args.model)?;
    let baseline = args.baseline.as_deref();
    let baseline = baseline.map(|folder| Model::load(folder, args.model.engine()));
    let baseline = baseline.transpose()?;
    let passes = 1 + u64::from(baseline.is_some());
    let bar = progress::sentences(passes * gold.len() as u64, args.quiet);
    let listen = &mut |scored| bar.inc(scored as u64);
    let evaluation = evaluate::evaluate(&gold, &model, baseline.as_ref(), listen)?;
    bar.finish_and_clear();
    if let Some(page) = page {
        write(page, &evaluation.page(&args.gold.to_string_lossy())?)?;
    }
    let text = if args.json {
        serde_json::to_string_pretty(&evaluation)? + "\n"
    } else {
        table::of(&evaluation)
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::of(rejected.len() as u64))
}

fn run_doctor(args: &DoctorArgs) -> anyhow::Result<Outcome> {
    let diagnosis = Diagnosis::make(args.model.model.as_deref(), args.model.engine());
    let text = if args.json {
        serde_json::to_string_pretty(&diagnosis)? + "\n"
    } else {
        diagnosis.to_string()
    };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Outcome::Diagnosed(diagnosis.verdict))
}

fn run_compare(args: &CompareArgs) -> anyhow::Result<Outcome> {
    let open = |path: &Path| Destination::open(path, args.force);
    let differences = args.csv.as_deref().and_then(differences_beside);
    check_apart([&args.output, &args.json, &args.csv, &differences])?;
    let page = args.output.as_deref().map(open).transpose()?;
    let json = args.json.as_deref().map(open).transpose()?;
    let groups = args.csv.as_deref().map(open).transpose()?;
    let differences = differences.as_deref().map(open).transpose()?;
    let comparison = compare(&args.scores, &args.request(), args.labels.as_deref())?;
    if let Some(json) = json {
        write(json, &(serde_json::to_string_pretty(&comparison)? + "\n"))?;
    }
    if let Some(groups) = groups {
        write(groups, &csv_table(&comparison.groups)?)?;
    }
    if let Some(differences) = differences {
        write(differences, &csv_table(&comparison.differences)?)?;
    }
    if let Some(page) = page {
        write(page, &comparison.report()?)?;
    }
    if !args.quiet {
        eprint!("{}", comparison.summary());
    }
    Ok(Outcome::Complete)
}

fn run_sample(args: &SampleArgs) -> anyhow::Result<Outcome> {
    let format = Format::of(&args.output)?;
    if !matches!(format, Format::Xlsx | Format::Csv) {
        anyhow::bail!("a sample to label is .xlsx or .csv: give it such an ending");
    }
    let destination = Destination::open(&args.output, args.force)?;
    let sample = Sample::draw(&args.scores, &args.request())?;
    match format {
        Format::Xlsx => write(destination, sample.workbook()?)?,
        _ => write(destination, sample.csv()?)?,
    }
    if !args.quiet {
        eprint!("{}", sample.summary());
    }
    Ok(Outcome::Complete)
}

/// `figures-differences.csv` beside `figures.csv`; nothing beside standard output.
fn differences_beside(csv: &Path) -> Option<PathBuf> {
    if csv == Path::new("-") {
        return None;
    }
    let mut name = csv.file_stem().unwrap_or_default().to_owned();
    name.push("-differences.");
    name.push(csv.extension().unwrap_or("csv".as_ref()));
    Some(csv.with_file_name(name))
}

/// Refuses to write two things to one place.
fn check_apart(outputs: [&Option<PathBuf>; 4]) -> anyhow::Result<()> {
    let mut outputs: Vec<&PathBuf> = outputs.into_iter().flatten().collect();
    outputs.sort();
    match outputs.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => anyhow::bail!(
            "{} is to hold two different things: give each a name of its own",
            pair[0].display()
        ),
        None => Ok(()),
    }
}

fn load(args: &ModelArgs) -> anyhow::Result<Model> {
    let folder = args.model.clone().map_or_else(model::shipped_bundle, Ok)?;
    let model = Model::load(&folder, args.engine())?;
    if let Some(remark) = model.remark() {
        eprintln!("warning: {remark}");
    }
    Ok(model)
}

/// Refuses to carry a column that would stand in the result twice.
fn check_kept(args: &InputArgs, kind: RowKind) -> anyhow::Result<()> {
    let mut kept = args.keep.iter();
    match kept.find(|name| kind.has_column(name)) {
        Some(name) => anyhow::bail!(
            "--keep {name}: the result has a column of that name already; rename yours in the input"
        ),
        None => Ok(()),
    }
}

/// What shapes the result, but for what is known only later.
fn identity(command: &str, typed: Typed, design: &Design) -> Identity {
    Identity {
        program: PROGRAM.to_owned(),
        command: command.to_owned(),
        inputs: typed.inputs,
        options: typed.options,
        format: design.format.ending().to_owned(),
        parties: None,
        model: None,
        files: Vec::new(),
    }
}

/// Writes `content` to its place, whole or not at all.
fn write(mut destination: Destination, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let name = destination.name();
    let named = |reason| Error::Write { name, reason };
    let written = io::Write::write_all(&mut destination, content.as_ref());
    written.and_then(|()| destination.finish()).map_err(named)?;
    Ok(())
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let of_cause = |cause: &(dyn std::error::Error + 'static)| {
        let reason = match cause.downcast_ref() {
            Some(Error::Write { reason, .. }) => Some(reason),
            _ => cause.downcast_ref::<io::Error>(),
        };
        reason.is_some_and(|reason| reason.kind() == io::ErrorKind::BrokenPipe)
    };
    error.chain().any(of_cause)
}
