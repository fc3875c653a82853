//! A server on trial: `serve` runs one for other programs to drive, the rest drive one themselves and print a line of what they
//! saw. `cargo xtask ci clients` and `cargo xtask trial` run it.

mod arguments;
mod child;
mod kill;
mod latency;
mod paced;
mod serve;
mod streams;
mod wire;

use arguments::Arguments;

const HELP: &str = "\
server-trial serve    [--data DIR] [--port N] [--bucket SLUG] [--write-key K] [--read-key K] [--budget TOKENS]
                      [--memory-ledger] [--paced] [--slow-ms N] [--faults]
server-trial streams  [--count N] [--seconds N] [--at-most-kib N]
server-trial latency  [--rate N] [--seconds N] [--rounds N] [--memory-ledger] [--at-most-ms N]
server-trial kill     [--times N] [--seed N] [--verbose] [--sabotage crash|stream|file|upload|deletion|replay]
";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let arguments = Arguments::read(words)?;
    match command.as_str() {
        "serve" => serve::run(&arguments).await,
        "streams" => streams::run(&arguments).await,
        "latency" => latency::run(&arguments).await,
        "kill" => kill::run(&arguments).await,
        "bare" => latency::bare().await,
        _ => anyhow::bail!("usage:\n{HELP}"),
    }
}
