//! Instructions in user space, counted by valgrind: the difference between many calls and few, so that setting up does not
//! count.

use std::env;
use std::process::Command;

use crate::server::{Arrival, Server};
use crate::{FRAGMENTS, Result};

pub(crate) fn measure(server: &Server) -> Result<()> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("valgrind is not installed, so instructions are not counted");
        return Ok(());
    }
    println!("\nInstructions in user space");
    println!("| | ours | plain | bare socket | ours ÷ plain | bare socket ÷ plain |\n|---|---|---|---|---|---|");
    row("call", Arrival::Whole, [500, 1_500], 1, server)?;
    row("packed, a fragment", Arrival::Packed, [20, 60], FRAGMENTS, server)?;
    row("coalesced, a fragment", Arrival::Coalesced, [20, 60], FRAGMENTS, server)
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn row(name: &str, arrival: Arrival, [few, many]: [usize; 2], parts: usize, server: &Server) -> Result<()> {
    let mut taken = [0.0; 3];
    for (taken, client) in taken.iter_mut().zip(["ours", "plain", "limit"]) {
        let more = count(client, arrival, many, server)?.saturating_sub(count(client, arrival, few, server)?);
        *taken = more as f64 / ((many - few) * parts) as f64;
    }
    let [ours, plain, limit] = taken;
    println!("| {name} | {ours:.0} | {plain:.0} | {limit:.0} | {:.3} | {:.3} |", ours / plain, limit / plain);
    Ok(())
}

/// All the instructions of a process that makes so many calls.
fn count(client: &str, arrival: Arrival, calls: usize, server: &Server) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe()?)
        .args(["--calls", client, arrival.name(), &calls.to_string(), &server.port.to_string()])
        .output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    let counted = report.lines().find_map(|line| line.split_once("Collected : ")).ok_or_else(|| report.clone())?;
    Ok(counted.1.trim().parse()?)
}
