//! Resident memory of open streams on which nothing comes, each client in a process of its own.

use std::process::Command;
use std::{env, fs};

use crate::clients::Client;
use crate::server::{Arrival, Server};
use crate::{Result, median, runtime};

const STREAMS: usize = 500;
const ROUNDS: usize = 3;

pub(crate) fn measure(server: &Server) -> Result<()> {
    println!("\nResident memory of {STREAMS} open idle streams, KiB a stream, medians of {ROUNDS} processes");
    println!("| ours | plain | bare socket |\n|---|---|---|");
    let mut taken = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (taken, client) in taken.iter_mut().zip(["ours", "plain", "limit"]) {
            let mut command = Command::new(env::current_exe()?);
            command.args(["--idle", client, &STREAMS.to_string(), &server.port.to_string()]);
            let output = command.output()?;
            let text = String::from_utf8(output.stdout)?;
            taken.push(text.trim().parse().map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned())?);
        }
    }
    let [ours, plain, limit] = taken.map(median);
    println!("| {ours:.1} | {plain:.1} | {limit:.1} |");
    Ok(())
}

/// Opens streams, holds them, and prints what each has added to the resident memory, in KiB.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
pub(crate) fn hold<C: Client>(count: usize, port: u16) -> Result<()> {
    runtime()?.block_on(async {
        // What only the first call needs is there before.
        C::new(&Arrival::Whole.base_url(port))?.whole().await?;
        let client = C::new(&Arrival::Idle.base_url(port))?;
        let mut open = Vec::with_capacity(count);
        open.push(client.open().await?);
        let before = resident_kib()?;
        for _ in 1..count {
            open.push(client.open().await?);
        }
        let taken = resident_kib()?.saturating_sub(before);
        println!("{}", taken as f64 / (count - 1) as f64);
        drop(open);
        Ok(())
    })
}

fn resident_kib() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
