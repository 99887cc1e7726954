//! What shells and `man` are told of the command line.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::Outcome;
use crate::cli::Cli;

/// Prints what lets `shell` complete commands and options.
pub(crate) fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    // Made whole first: the crate panics where it cannot write, as on a closed pipe.
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "slant", &mut text);
    io::stdout().write_all(&text)?;
    Ok(Outcome::Complete)
}

/// Prints the manual page of the program, or writes it with one for each command to `folder`.
pub(crate) fn pages(folder: Option<&Path>) -> anyhow::Result<Outcome> {
    let program = Cli::command().disable_help_subcommand(true);
    match folder {
        Some(folder) => clap_mangen::generate_to(program, folder)
            .with_context(|| format!("cannot write manual pages to {}", folder.display()))?,
        None => Man::new(program).render(&mut io::stdout())?,
    }
    Ok(Outcome::Complete)
}
