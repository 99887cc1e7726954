//! What was typed that shapes a result: what its manifest has, and what repeats the run.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, CommandFactory};
use slant::manifest::Identity;

use crate::cli::{Cli, Command, ScoreArgs};

/// What stands on the command line and shapes the result. A new option is among it without more ado.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    /// As they were typed.
    pub(crate) inputs: Vec<String>,
    /// The options that have a value, given or not, by their long names; of a switch "true".
    pub(crate) options: BTreeMap<String, String>,
    /// What was given, as it was typed or nearly so.
    given: Vec<String>,
}

/// What says where the result goes and how fast it is made, and leaves it the same.
const NOT_SHAPING: [&str; 5] = ["output", "force", "quiet", "threads", "from-manifest"];

impl Typed {
    /// What `matches` has of `command`.
    pub(crate) fn of(command: &clap::Command, matches: &ArgMatches) -> Self {
        let mut typed = Self::default();
        let Some((name, matches)) = matches.subcommand() else {
            return typed;
        };
        let command = command.find_subcommand(name);
        for argument in command.iter().flat_map(|command| command.get_arguments()) {
            typed.add(argument, matches);
        }
        typed
    }

    fn add(&mut self, argument: &Arg, matches: &ArgMatches) {
        let id = argument.get_id().as_str();
        let Ok(Some(values)) = matches.try_get_raw(id) else {
            return;
        };
        let values: Vec<_> = values.map(|value| value.to_string_lossy()).collect();
        let value = values.join(",");
        match argument.get_long() {
            None => {
                self.inputs.extend(values.iter().map(ToString::to_string));
                self.given.extend(self.inputs.first().cloned());
            }
            Some(long) if !NOT_SHAPING.contains(&long) => {
                if matches.value_source(id) == Some(ValueSource::CommandLine) {
                    self.given.push(format!("--{long}"));
                }
                if !is_switch(argument) || value == "true" {
                    self.options.insert(long.to_owned(), value);
                }
            }
            Some(_) => {}
        }
    }

    /// Refuses what was typed beside `--from-manifest`, for it would make another run.
    ///
    /// # Errors
    /// If there is such.
    pub(crate) fn refuse_more(&self) -> anyhow::Result<()> {
        match self.given.first() {
            Some(given) => anyhow::bail!(
                "{given} cannot be given with --from-manifest, which has all that shapes the result"
            ),
            None => Ok(()),
        }
    }
}

/// The command that a run of `identity` was, writing to `output`; from `args` it has what leaves the
/// result the same.
///
/// # Errors
/// If it was none of `slant score`, or of a version with other options.
pub(crate) fn repeated(
    identity: &Identity,
    output: PathBuf,
    args: &ScoreArgs,
) -> anyhow::Result<(ScoreArgs, Typed)> {
    let command = Cli::command();
    let switches: Vec<_> = command
        .find_subcommand("score")
        .into_iter()
        .flat_map(|score| score.get_arguments())
        .filter(|argument| is_switch(argument))
        .filter_map(Arg::get_long)
        .collect();
    let option = |(name, value): (&String, &String)| match switches.contains(&&name[..]) {
        true => format!("--{name}"),
        false => format!("--{name}={value}"),
    };
    let mut arguments = vec!["slant".to_owned(), identity.command.clone()];
    arguments.extend(identity.options.iter().map(option));
    let precision = identity.model.as_ref().map(|model| &model.precision);
    arguments.extend(precision.map(|precision| format!("--precision={precision}")));
    arguments.push("--".to_owned());
    arguments.extend(identity.inputs.iter().cloned());
    let arguments: Vec<_> = arguments.into_iter().map(OsString::from).collect();
    let (Command::Score(mut repeated), typed) = Cli::of(&arguments)? else {
        anyhow::bail!(
            "it is of a run of `slant {}`: give that command again",
            identity.command
        );
    };
    repeated.output.output = output;
    repeated.output.force = args.output.force;
    repeated.output.quiet = args.output.quiet;
    repeated.model.threads = args.model.threads;
    Ok((repeated, typed))
}

fn is_switch(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::SetTrue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Typed {
        let arguments: Vec<_> = line.split(' ').map(OsString::from).collect();
        Cli::of(&arguments).unwrap().1
    }

    #[test]
    fn what_is_not_given_counts_as_if_it_were_and_what_leaves_the_result_the_same_does_not_count() {
        let short = typed("slant score a.txt");
        let long = typed(
            "slant score --links all a.txt --threads 3 -q --force -o b.csv --max-article 64M",
        );
        assert_eq!(short.options, long.options);
        assert_eq!(short.inputs, long.inputs);
        assert_eq!(short.options["layout"], "long");
        assert!(!short.options.contains_key("excel"));
        let other = typed("slant score a.txt --excel --keep page,event --keep day");
        assert_eq!(other.options["excel"], "true");
        assert_eq!(other.options["keep"], "page,event,day");
    }

    #[test]
    fn only_what_shapes_the_result_is_refused_beside_a_manifest() {
        assert!(
            typed("slant score --from-manifest m.json -o a.csv -q --threads 2")
                .refuse_more()
                .is_ok()
        );
        let refused = |line| typed(line).refuse_more().unwrap_err().to_string();
        insta::assert_snapshot!(refused("slant score --from-manifest m.json --links all"), @"--links cannot be given with --from-manifest, which has all that shapes the result");
        insta::assert_snapshot!(refused("slant score --from-manifest m.json a.txt"), @"a.txt cannot be given with --from-manifest, which has all that shapes the result");
    }
}
