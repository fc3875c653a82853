//! The project's own commands: `cargo xtask <command>`.
//!
//! In reading order: `codegen`, `import`, `semver`, `tidy`, `ci`, `postgres`, `race`, `crash` and `trial` are the commands; `root`, `metadata`
//! and `program` are what they share: where the workspace is, which crates it has, and how other programs are run.

mod ci;
mod codegen;
mod crash;
mod import;
mod metadata;
mod postgres;
mod program;
mod race;
mod root;
mod semver;
mod tidy;
mod trial;

use std::process::ExitCode;

const HELP: &str = "\
The project's own commands.

Usage: cargo xtask <command>

Commands:
  ci [STEP…]        runs every check, or only the named steps; `ci --help` lists them
  codegen           writes what is generated from crates/cosmic-ai-core/registry/*.toml, and the server's openapi.json
  codegen --check   writes nothing; shows what is stale and fails if anything is
  import PAGE.md    holds the API's page against these files, and edits them with `--apply`; `import --help` says more
  semver            holds the public API of what is published against xtask/public-api, and fails if it differs
  semver --write    writes what differs into xtask/public-api
  tidy              checks rules of the house that no compiler checks
  postgres          starts an empty PostgreSQL server to test against, until Enter or Ctrl-C
  race [OPTION…]    lets processes race for budgets on one ledger, and checks what is left; `race --help` says more
  trial …           puts a real server under load, kills it, or measures it; `trial --help` says more
  crash [OPTION…]   kills a process that spends at every edge, and checks what is left; `crash --help` says more

Options:
  -h, --help        shows this text
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["ci", "-h" | "--help"] => return help(&ci::help()),
        ["ci", rest @ ..] => match ci::Plan::parse(rest) {
            Ok(plan) => plan.run(),
            Err(unknown) => return misused(&unknown, &ci::help()),
        },
        ["race", "-h" | "--help"] => return help(race::HELP),
        ["race", rest @ ..] => match race::Options::parse("race", rest) {
            Ok(options) => race::run(&options),
            Err(wrong) => return misused(&wrong, race::HELP),
        },
        ["crash", "-h" | "--help"] => return help(&crash::help()),
        ["crash", rest @ ..] => match race::Options::parse("crash", rest) {
            Ok(options) => crash::run(&options),
            Err(wrong) => return misused(&wrong, &crash::help()),
        },
        ["trial", "-h" | "--help"] | ["trial"] => return help(trial::HELP),
        ["trial", rest @ ..] => trial::run(rest),
        ["import", "-h" | "--help"] => return help(import::HELP),
        ["import", rest @ ..] => match import::Options::parse(rest) {
            Ok(options) => return imported(&options),
            Err(wrong) => return misused(&wrong, import::HELP),
        },
        ["codegen"] => codegen::write(),
        ["codegen", "--check"] => codegen::check(),
        ["semver"] => semver::check(),
        ["semver", "--write"] => semver::write(),
        ["tidy"] => tidy::run(),
        ["postgres"] => postgres::serve(),
        [] | ["-h" | "--help" | "help"] | [_, "-h" | "--help"] => return help(HELP),
        unknown => return misused(&format!("unknown command `{}`", unknown.join(" ")), HELP),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `import` says by its status what it found, so that a failure has to have one of its own.
fn imported(options: &import::Options) -> ExitCode {
    import::run(options).map_or_else(
        |error| {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        },
        ExitCode::from,
    )
}

fn help(text: &str) -> ExitCode {
    print!("{text}");
    ExitCode::SUCCESS
}

fn misused(error: &str, help: &str) -> ExitCode {
    eprint!("error: {error}\n\n{help}");
    ExitCode::from(2)
}
