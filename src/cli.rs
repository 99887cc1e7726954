//! The command line: what can be typed, and what it says of itself.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{ArgGroup, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use slant::compare::{Request, SampleRequest, VoiceScope};
use slant::input::{self, Articles, Columns, Limits, parse_size};
use slant::mention::Links;
use slant::model::{Engine, Precision};
use slant::output::{Design, Dialect, Format, Layout, RowKind};
use slant::parties::Parties;

use crate::typed::Typed;

/// Sentiment of every sentence, and stance toward every party named in it.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, after_help = EXIT_STATUS)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_STATUS: &str = "\
Exit status: 0 all done; 1 done, but records were rejected or a file changed while it was read, as
standard error says; 2 could not run; 130 stopped by Ctrl-C or SIGTERM.

A run of score or segment that was stopped, however that came, goes on when the same command is
given again.";

impl Cli {
    /// The command as it was typed; help and mistakes end the program here.
    pub(crate) fn typed() -> (Command, Typed) {
        Self::of(&std::env::args_os().collect::<Vec<_>>()).unwrap_or_else(|error| error.exit())
    }

    /// The command that `arguments` are, the program's name being the first.
    pub(crate) fn of(arguments: &[OsString]) -> Result<(Command, Typed), clap::Error> {
        let mut command = Self::command();
        let mut matches = command.try_get_matches_from_mut(arguments)?;
        let typed = Typed::of(&command, &matches);
        Ok((Self::from_arg_matches_mut(&mut matches)?.command, typed))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Score articles: one row per sentence and party
    Score(ScoreArgs),
    /// Cut articles into sentences: one row per sentence
    Segment(SegmentArgs),
    /// Suggest a parties file: the names that most articles bring, with their short forms
    Parties(PartiesArgs),
    /// Say how good the model is on labelled sentences
    Evaluate(EvaluateArgs),
    /// Compare how sources present the parties, from the rows of score
    Compare(CompareArgs),
    /// Draw rows to label by hand, for compare --labels
    Sample(SampleArgs),
    /// Say what this machine has, what is missing, and the mend
    Doctor(DoctorArgs),
    /// Print what lets a shell complete slant's commands and options
    #[command(hide = true)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, or write those of all commands to a folder
    #[command(hide = true)]
    Man {
        /// The folder, which has to be there
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
#[command(mut_arg("inputs", |inputs| inputs.required(false).required_unless_present("from_manifest")))]
pub(crate) struct ScoreArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    /// Whom to look for: a TOML or CSV file of names and aliases [without it, only sentiment]
    #[arg(long, value_name = "FILE")]
    pub(crate) parties: Option<PathBuf>,

    /// What to take for a mention beside aliases: alias (nothing), title ("the secretary of state",
    /// "Mr. Blinken"), or all (pronouns too)
    #[arg(long, value_name = "LINKS", default_value = "all")]
    pub(crate) links: Links,

    #[command(flatten)]
    pub(crate) output: OutputArgs,

    /// One row per sentence and party, or one per sentence with columns for each party
    #[arg(long, value_enum, default_value = "long")]
    pub(crate) layout: LayoutArg,

    #[command(flatten)]
    pub(crate) model: ModelArgs,

    /// Repeat the run that left this manifest, instead of INPUT and options [its result: the same
    /// name beside the manifest, unless -o gives another]
    #[arg(long, value_name = "FILE")]
    pub(crate) from_manifest: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SegmentArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PartiesArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,

    /// The TOML file to write; - is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,

    /// How many names to suggest
    #[arg(short = 'n', long, value_name = "N", default_value_t = 40)]
    pub(crate) names: usize,

    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// Show no progress and no summary; rejected records are still listed
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// Labelled sentences, as JSON Lines: {"text", "sentiment", "targets": [{"spans", "stance"}]}
    #[arg(value_name = "GOLD.jsonl")]
    pub(crate) gold: PathBuf,

    /// Print the figures as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Also write them as an HTML page, with plots
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,

    /// Replace the page if it exists
    #[arg(long, requires = "html")]
    pub(crate) force: bool,

    /// Another model's folder, to compare with on the same sentences
    #[arg(long, value_name = "DIR")]
    pub(crate) baseline: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) model: ModelArgs,

    /// Show no progress
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
#[command(after_help = DOCTOR_STATUS)]
pub(crate) struct DoctorArgs {
    /// Print what was found as JSON
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) model: ModelArgs,
}

const DOCTOR_STATUS: &str = "\
Exit status: 0 all is well; 1 something is amiss, but slant runs; 2 it cannot score.";

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("outputs").required(true).multiple(true).args(["output", "csv", "json"]))]
pub(crate) struct CompareArgs {
    /// Results of score: .csv, .tsv, .jsonl (each also .gz or .zst), .parquet or .xlsx; several are taken
    /// as one; - is standard input, as CSV
    #[arg(required = true, value_name = "SCORES")]
    pub(crate) scores: Vec<PathBuf>,

    /// The column to group by, be it one of --keep; month is the month of the date
    #[arg(long, value_name = "COLUMN", default_value = "source")]
    pub(crate) by: String,

    /// Write the report, an HTML page; - is standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Write the figures of groups as CSV, and the differences beside them as NAME-differences.csv; - is
    /// standard output, for the groups alone
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,

    /// Write all figures as JSON; - is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// Compare this party only; may be given again [default: all]
    #[arg(long, value_name = "NAME")]
    party: Vec<String>,

    /// Count these rows only: those in the author's own voice, in quotations, or all, among them those of
    /// mixed voice; may be given again [default: each of the three]
    #[arg(long, value_name = "VOICE", value_enum)]
    voice: Vec<VoiceArg>,

    /// The column of an event: compare groups on the events that both have
    #[arg(long, value_name = "COLUMN")]
    pair_by: Option<String>,

    /// Compare all groups with this one [default: every two]
    #[arg(long, value_name = "GROUP")]
    baseline: Option<String>,

    /// Claim nothing of fewer articles
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(2..))]
    min_articles: u64,

    /// Correct the means by labels made by hand: a table that slant sample drew, filled in
    #[arg(long, value_name = "FILE")]
    pub(crate) labels: Option<PathBuf>,

    /// The seed of what is drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Replace the files if they exist
    #[arg(long)]
    pub(crate) force: bool,

    /// Show no summary
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

/// What `--voice` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum VoiceArg {
    Author,
    Quoted,
    All,
}

impl CompareArgs {
    pub(crate) fn request(&self) -> Request {
        let asked = |arg: VoiceArg| self.voice.is_empty() || self.voice.contains(&arg);
        let voices = [
            (VoiceArg::All, VoiceScope::All),
            (VoiceArg::Author, VoiceScope::Author),
            (VoiceArg::Quoted, VoiceScope::Quoted),
        ];
        let voices = voices.into_iter().filter(|(arg, _)| asked(*arg));
        Request {
            by: self.by.clone(),
            parties: self.party.clone(),
            voices: voices.map(|(_, voice)| voice).collect(),
            pair_by: self.pair_by.clone(),
            baseline: self.baseline.clone(),
            min_articles: self.min_articles,
            seed: self.seed,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct SampleArgs {
    /// Results of score: .csv, .tsv, .jsonl, .parquet or .xlsx; several are taken as one
    #[arg(required = true, value_name = "SCORES")]
    pub(crate) scores: Vec<PathBuf>,

    /// The file to write, without the model's answers: .xlsx, with a list to choose from, or .csv
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,

    /// How many rows to draw
    #[arg(short = 'n', long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rows: u32,

    /// The column that compare is to group by: each group, party and label of the model gets a share
    #[arg(long, value_name = "COLUMN", default_value = "source")]
    by: String,

    /// The seed of the draw
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// Show no summary
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl SampleArgs {
    pub(crate) fn request(&self) -> SampleRequest {
        SampleRequest {
            by: self.by.clone(),
            rows: self.rows as usize,
            seed: self.seed,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Files (.txt, .csv, .tsv, .jsonl, .html, .parquet, .xlsx, each also .gz or .zst), folders, and
    /// patterns such as 'news/*/2020-*.txt'; - is standard input
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,

    /// The column of the article's text [default: text, body, content or article]
    #[arg(long, value_name = "NAME")]
    text_column: Option<String>,

    /// The column of the article's id [default: id or url]
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,

    /// The column of who published it [default: source, outlet or publisher]
    #[arg(long, value_name = "NAME")]
    source_column: Option<String>,

    /// The column of its date [default: date or published]
    #[arg(long, value_name = "NAME")]
    date_column: Option<String>,

    /// The column of its title [default: title or headline]
    #[arg(long, value_name = "NAME")]
    title_column: Option<String>,

    /// Further columns to carry into the result, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) keep: Vec<String>,

    /// How to read standard input: text, csv, tsv, jsonl, html, parquet or xlsx [default: told from
    /// its beginning]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<input::Format>,

    #[command(flatten)]
    limits: LimitArgs,
}

impl InputArgs {
    /// The articles that are meant.
    pub(crate) fn articles(&self) -> Articles {
        Articles::within(self.limits(), &self.inputs, self.columns(), self.format)
    }

    fn limits(&self) -> Limits {
        Limits {
            article: self.limits.max_article,
            record: self.limits.max_record,
            expansion: self.limits.max_expansion,
            depth: self.limits.max_depth,
            files: self.limits.max_files,
        }
    }

    fn columns(&self) -> Columns {
        Columns {
            text: self.text_column.clone(),
            id: self.id_column.clone(),
            source: self.source_column.clone(),
            date: self.date_column.clone(),
            title: self.title_column.clone(),
            keep: self.keep.clone(),
        }
    }
}

/// What is beyond them is rejected.
#[derive(Debug, Args)]
struct LimitArgs {
    /// The longest article
    #[arg(long, help_heading = "Limits", value_name = "SIZE", default_value = "64M", value_parser = parse_size)]
    max_article: u64,

    /// The longest record of a table, or line of JSON
    #[arg(long, help_heading = "Limits", value_name = "SIZE", default_value = "256M", value_parser = parse_size)]
    max_record: u64,

    /// How many times its size a compressed file may come to
    #[arg(long, help_heading = "Limits", value_name = "N", default_value = "200", value_parser = clap::value_parser!(u64).range(1..))]
    max_expansion: u64,

    /// How many elements of a web page may stand in each other
    #[arg(
        long,
        help_heading = "Limits",
        value_name = "N",
        default_value = "1000"
    )]
    max_depth: usize,

    /// How many files may be read
    #[arg(
        long,
        help_heading = "Limits",
        value_name = "N",
        default_value = "1000000"
    )]
    max_files: usize,
}

/// How `--layout` is typed. Its values have no help of their own, or all help would be set wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LayoutArg {
    Long,
    Wide,
}

impl LayoutArg {
    pub(crate) fn of(self, parties: &Parties) -> Layout {
        match self {
            Self::Long => Layout::Long,
            Self::Wide => Layout::Wide(parties.iter().map(|party| party.name.clone()).collect()),
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// The file to write: .csv, .tsv, .jsonl, .xlsx or .parquet; - is standard output, as CSV
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,

    /// CSV that Excel opens as it is: with a byte order mark, and text that looks like a number or a
    /// date kept as text
    #[arg(long)]
    excel: bool,

    /// What separates the fields of CSV: comma, semicolon, tab, or a character [default: comma;
    /// semicolon with --decimal-comma]
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter)]
    delimiter: Option<u8>,

    /// Write decimals as 0,8157
    #[arg(long)]
    decimal_comma: bool,

    /// Leave text that a spreadsheet would run as a formula as it is, without an apostrophe before it
    #[arg(long)]
    raw_text: bool,

    /// Replace the file if it exists, and start afresh if a run was stopped
    #[arg(long)]
    pub(crate) force: bool,

    /// Show no progress and no summary; rejected records are still listed
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

impl OutputArgs {
    /// What the result is to look like: the file's ending and the options, checked against each other.
    pub(crate) fn design(
        &self,
        kind: RowKind,
        kept: &[String],
        layout: Layout,
    ) -> anyhow::Result<Design> {
        let format = Format::of(&self.output)?;
        let only = |given: bool, flag: &str, formats: &[Format], kinds: &str| match given
            && !formats.contains(&format)
        {
            true => anyhow::bail!(
                "{flag} is for {kinds} alone: leave it out, or give the result such an ending"
            ),
            false => Ok(()),
        };
        only(self.excel, "--excel", &[Format::Csv], ".csv")?;
        only(
            self.delimiter.is_some(),
            "--delimiter",
            &[Format::Csv],
            ".csv",
        )?;
        only(
            self.decimal_comma,
            "--decimal-comma",
            &[Format::Csv, Format::Tsv],
            ".csv and .tsv",
        )?;
        let usual = match (format, self.decimal_comma) {
            (Format::Tsv, _) => b'\t',
            (_, true) => b';',
            (_, false) => b',',
        };
        Ok(Design {
            format,
            kind,
            kept: kept.to_vec(),
            layout,
            dialect: Dialect {
                delimiter: self.delimiter.unwrap_or(usual),
                decimal_comma: self.decimal_comma,
                excel: self.excel,
                raw_text: self.raw_text,
            },
        })
    }
}

fn parse_delimiter(typed: &str) -> Result<u8, String> {
    match (typed, typed.as_bytes()) {
        ("comma", _) => Ok(b','),
        ("semicolon", _) => Ok(b';'),
        ("tab" | "\\t", _) => Ok(b'\t'),
        (_, [byte]) if byte.is_ascii_punctuation() && !b"\".-'".contains(byte) => Ok(*byte),
        _ => Err("give comma, semicolon, tab, or a single punctuation mark".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    /// The model's folder [default: models/slant-mini, which comes with the program]
    #[arg(long, value_name = "DIR")]
    pub(crate) model: Option<PathBuf>,

    /// How many threads to use [default: as many as the process may have cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,

    /// The numbers to multiply in: bytes, floats, or whichever is faster and exact enough
    #[arg(long, value_enum, default_value_t)]
    precision: PrecisionChoice,
}

/// What `--precision` takes.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum PrecisionChoice {
    #[default]
    Auto,
    Int8,
    F32,
}

impl ModelArgs {
    /// How to run the model.
    pub(crate) fn engine(&self) -> Engine {
        Engine {
            threads: self
                .threads
                .and_then(|count| NonZeroUsize::new(count.into())),
            precision: match self.precision {
                PrecisionChoice::Auto => None,
                PrecisionChoice::Int8 => Some(Precision::Int8),
                PrecisionChoice::F32 => Some(Precision::F32),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
