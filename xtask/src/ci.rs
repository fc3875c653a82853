//! `cargo xtask ci`: every check that a change must pass, the same here as on the machine that decides.
//!
//! In reading order: `plan` picks steps and runs them, `steps` is the list. Then those that are more than one command:
//! `page`, `lint`, `ledgers`, `disk`, `spending`, `server`, `openapi`, `clients`, `examples`, `media`, `terminal`, `package`, `consumers`.

mod clients;
mod consumers;
mod disk;
mod examples;
mod ledgers;
mod lint;
mod media;
mod openapi;
mod package;
mod page;
mod plan;
mod server;
mod spending;
mod steps;
mod terminal;

pub(crate) use self::plan::Plan;

/// What `ci --help` says.
pub(crate) fn help() -> String {
    let steps: Vec<String> = steps::STEPS.iter().map(|step| format!("  {:<11}{}", step.name, step.about)).collect();
    let steps = steps.join("\n");
    format!(
        "Runs every check, or only the named steps, and stops at the first that fails.\n\n\
         Usage: cargo xtask ci [STEP…] [--keep-going]\n\n\
         Steps:\n{steps}\n\n\
         Options:\n  --keep-going  runs the other steps too when one fails\n  -h, --help    shows this text\n"
    )
}
