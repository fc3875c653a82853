//! The server's log, on standard error: a line for each request and what went wrong.

use tracing::Level;

use crate::output::Output;

/// Has the log written: requests and what is worse, with `-v` more. With `--quiet` only what is wrong, and so with `--json`, whose
/// standard error is for programs.
pub(super) fn open(output: Output) {
    let level = match (output.verbose, output.quiet || output.json) {
        (true, _) => Level::DEBUG,
        (false, true) => Level::WARN,
        (false, false) => Level::INFO,
    };
    // Whoever set one before us, a test for instance, keeps it.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(output.colours)
        .with_target(false)
        .try_init();
}
