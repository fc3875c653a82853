//! Drives a server with clients that are not ours: the official JavaScript SDK under Node, and curl. First by examples of our
//! own, in `tests/clients/examples`, then by every block of code on the page that documents the API, if a copy of it is found.
//! What they made is downloaded and decoded, and in the end the checks are doubted: each is given something that it must fail.
//!
//! In reading order: `workshop` is the folder with the SDK in it, `trial` a server, `examples` runs ours, `page` those of the
//! page, `doubts` doubts.

mod doubts;
mod examples;
mod page;
mod trial;
mod workshop;

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, bail};

use self::page::Found;
use self::trial::Trial;
use self::workshop::Workshop;
use super::media;

/// How many examples there are at least, so that it does not pass by running none.
const EXAMPLES: usize = 95;

pub(super) fn run(root: &Path) -> Result<()> {
    media::are_decoders_there(root)?;
    let page = page::find(root)?;
    let workshop = Workshop::open(root)?;
    let program = crate::trial::build(root, &[])?;
    let start = Instant::now();

    let plain = Trial::start(&program, &workshop, "plain", &["--faults"])?;
    let poor = Trial::start(&program, &workshop, "poor", &["--budget", "3000"])?;
    let paced = Trial::start(&program, &workshop, "paced", &["--paced"])?;
    let environment = [
        ("COSMIC_BASE_URL", plain.base_url()),
        ("COSMIC_POOR_URL", poor.base_url()),
        ("COSMIC_PACED_URL", paced.base_url()),
    ];
    let tally = examples::run(&workshop, &environment)?;
    if tally.failed > 0 || tally.passed < EXAMPLES {
        bail!("{} examples failed and {} passed, of at least {EXAMPLES}", tally.failed, tally.passed);
    }

    let Found { blocks, answers } = match page {
        None => {
            println!("  no copy of the API's page is found: set {} to one, to run its code as well", page::VARIABLE);
            Found::default()
        }
        Some(file) => {
            println!("  {}", file.display());
            let server = Trial::start(&program, &workshop, "page", &[])?;
            let found = page::run(&workshop, &server, &std::fs::read_to_string(&file)?)?;
            server.stop()?;
            found
        }
    };

    let (decoded, faults) = media::look_at_folder(&workshop.media())?;
    if !faults.is_empty() {
        bail!("not as they were asked for:\n  {}", faults.join("\n  "));
    }
    doubts::run(&workshop, &plain, &environment)?;
    for trial in [plain, poor, paced] {
        trial.stop()?;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "clients: {} examples, {blocks} blocks and {answers} answers of the page, {decoded} media decoded, in {seconds:.0} s",
        tally.passed
    );
    Ok(())
}
