//! The `slant` program: arguments in, exit status out. The work is the library's.

mod cli;
mod files;
mod manual;
mod progress;
mod table;

use std::io;
use std::process::ExitCode;

use clap::Parser;
use slant::doctor::{Diagnosis, Verdict};
use slant::error::Error;
use slant::evaluate;
use slant::input::Articles;
use slant::model::{self, Model};
use slant::output::{Destination, Layout, RowKind};
use slant::parties::Parties;
use slant::score::{Counts, Event, Stages, score, segment_only};
use slant::suggest::Suggestions;

use cli::{
    Cli, Command, DoctorArgs, EvaluateArgs, InputArgs, ModelArgs, PartiesArgs, ScoreArgs,
    SegmentArgs,
};
use files::ResultFiles;
use progress::Progress;

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Score(args) => run_score(&args),
        Command::Segment(args) => run_segment(&args),
        Command::Parties(args) => run_parties(&args),
        Command::Evaluate(args) => run_evaluate(&args),
        Command::Doctor(args) => run_doctor(&args),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { folder } => manual::pages(folder.as_deref()),
    };
    match done {
        Ok(Outcome::Complete) => ExitCode::SUCCESS,
        Ok(Outcome::SomeRejected) => ExitCode::from(1),
        Ok(Outcome::Diagnosed(verdict)) => ExitCode::from(verdict as u8),
        // Who reads the result has seen enough.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// How a run ended that could be made.
enum Outcome {
    Complete,
    SomeRejected,
    Diagnosed(Verdict),
}

impl Outcome {
    fn of(rejected: u64) -> Self {
        if rejected == 0 {
            Self::Complete
        } else {
            Self::SomeRejected
        }
    }
}

fn run_score(args: &ScoreArgs) -> anyhow::Result<Outcome> {
    check_kept(&args.input, RowKind::Score)?;
    let parties = match &args.parties {
        Some(path) => Parties::load(path)?,
        None => Parties::none(),
    };
    let layout = args.layout.of(&parties);
    let design = args
        .output
        .design(RowKind::Score, &args.input.keep, layout)?;
    let mut files = ResultFiles::open(&args.output.output, &design, args.output.force)?;
    let model = load(&args.model)?;
    let mut articles = open(&args.input);
    let progress = Progress::start(&articles, args.output.quiet);
    let stages = Stages {
        parties: &parties,
        links: args.links,
        model: &model,
    };
    let listen = |event: Event<'_>| progress.show(event);
    let counts = files.fill(listen, |sheet, listen| {
        score(&mut articles, stages, sheet, listen)
    })?;
    progress.finish(&counts, &parties, &articles);
    let mut run = told(&args.input, &counts);
    run.push(("model", model.title().to_owned()));
    let named = args.parties.as_ref().map(|path| path.display().to_string());
    run.extend(named.map(|parties| ("parties", parties)));
    finish(files, &counts, &articles, run)
}

fn run_segment(args: &SegmentArgs) -> anyhow::Result<Outcome> {
    check_kept(&args.input, RowKind::Sentence)?;
    let design = args
        .output
        .design(RowKind::Sentence, &args.input.keep, Layout::Long)?;
    let mut files = ResultFiles::open(&args.output.output, &design, args.output.force)?;
    let mut articles = open(&args.input);
    let progress = Progress::start(&articles, args.output.quiet);
    let listen = |event: Event<'_>| progress.show(event);
    let counts = files.fill(listen, |sheet, listen| {
        segment_only(&mut articles, sheet, listen)
    })?;
    progress.finish(&counts, &Parties::none(), &articles);
    let run = told(&args.input, &counts);
    finish(files, &counts, &articles, run)
}

fn run_parties(args: &PartiesArgs) -> anyhow::Result<Outcome> {
    let destination = Destination::open(&args.output, args.force)?;
    let mut articles = open(&args.input);
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
    write(destination, &suggestions.parties_file(args.names))?;
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
    io::Write::write_all(&mut io::stdout(), text.as_bytes())?;
    Ok(Outcome::of(rejected.len() as u64))
}

fn run_doctor(args: &DoctorArgs) -> anyhow::Result<Outcome> {
    let diagnosis = Diagnosis::make(args.model.model.as_deref(), args.model.engine());
    let text = if args.json {
        serde_json::to_string_pretty(&diagnosis)? + "\n"
    } else {
        diagnosis.to_string()
    };
    io::Write::write_all(&mut io::stdout(), text.as_bytes())?;
    Ok(Outcome::Diagnosed(diagnosis.verdict))
}

fn open(args: &InputArgs) -> Articles {
    Articles::within(args.limits(), &args.inputs, args.columns(), args.format)
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

/// Puts the result in its place, unless not one input could be opened or a record is unaccounted for.
fn finish(
    files: ResultFiles,
    counts: &Counts,
    articles: &Articles,
    run: Vec<(&str, String)>,
) -> anyhow::Result<Outcome> {
    let read = articles.records_read();
    if read != counts.articles + counts.rejected {
        let Counts {
            articles, rejected, ..
        } = counts;
        anyhow::bail!(
            "{read} records went in, but {articles} articles and {rejected} rejected records came out: \
             this is a fault of slant; {}",
            files.unfinished()
        );
    }
    if nothing_was_read(counts) {
        files.discard();
        anyhow::bail!("none of the input could be read; nothing was written");
    }
    files.finish(run)?;
    Ok(Outcome::of(counts.rejected))
}

/// Whether not one input could be opened.
fn nothing_was_read(counts: &Counts) -> bool {
    counts.articles == 0 && counts.rejected > 0 && counts.rejected == counts.rejected_files
}

/// What a result says of the run that made it: nothing that another run of the same would not say.
fn told(input: &InputArgs, counts: &Counts) -> Vec<(&'static str, String)> {
    let inputs: Vec<_> = input
        .inputs
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    vec![
        ("program", format!("slant {}", env!("CARGO_PKG_VERSION"))),
        ("input", inputs.join(" ")),
        ("articles", counts.articles.to_string()),
        ("sentences", counts.sentences.to_string()),
        ("rows", counts.rows.to_string()),
        ("rejected", counts.rejected.to_string()),
    ]
}

/// Writes `text` to its place, whole or not at all.
fn write(mut destination: Destination, text: &str) -> anyhow::Result<()> {
    let name = destination.name();
    let named = |reason| Error::Write { name, reason };
    let written = io::Write::write_all(&mut destination, text.as_bytes());
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
