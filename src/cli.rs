//! The command line: what can be typed, and what it says of itself.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use slant::input::{Columns, Format};
use slant::mention::Links;

/// Sentiment of every sentence, and stance toward every party named in it.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, after_help = EXIT_STATUS)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_STATUS: &str = "\
Exit status: 0 all done; 1 done, but some records were rejected and are listed on standard error;
2 could not run.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Score articles: one CSV row per sentence and party
    Score(ScoreArgs),
    /// Cut articles into sentences: one CSV row per sentence
    Segment(SegmentArgs),
    /// Suggest a parties file: the names that most articles bring, with their short forms
    Parties(PartiesArgs),
    /// Say how good the model is on labelled sentences
    Evaluate(EvaluateArgs),
}

#[derive(Debug, Args)]
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

    #[command(flatten)]
    pub(crate) model: ModelArgs,
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
pub(crate) struct InputArgs {
    /// Files (.txt, .csv, .tsv, .jsonl) and folders; - is standard input
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

    /// How to read standard input: text, csv, tsv or jsonl [default: told from its beginning]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
}

impl InputArgs {
    pub(crate) fn columns(&self) -> Columns {
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

#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// The CSV file to write; - is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,

    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,

    /// Show no progress and no summary; rejected records are still listed
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ModelArgs {
    /// The model's folder [default: models/slant-mini, which comes with the program]
    #[arg(long, value_name = "DIR")]
    pub(crate) model: Option<PathBuf>,

    /// How many threads to use [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
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
