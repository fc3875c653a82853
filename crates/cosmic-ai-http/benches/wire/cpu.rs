//! CPU time, the clients taking turns.

use std::process::Command;
use std::rc::Rc;

use cpu_time::ThreadTime;
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

use crate::clients::{Client, Limit, Ours, Plain};
use crate::server::{Arrival, Server};
use crate::{FRAGMENTS, Result, calls, check, median, runtime};

const ROUNDS: usize = 33;

pub(crate) fn measure(server: &Server) -> Result<()> {
    let is_pinned = pin(server.id(), "0") && pin(std::process::id(), "1");
    println!("\nServer and clients on a core each: {}", if is_pinned { "yes" } else { "no" });
    println!("CPU time, medians of {ROUNDS} rounds; spread: (max − min) / median of the ratio");
    println!("| | ours | plain | bare socket | ours ÷ plain | spread | bare socket ÷ plain |");
    println!("|---|---|---|---|---|---|---|");
    row("call after call, µs", Arrival::Whole, 1, 256, server)?;
    row("64 calls at once, µs", Arrival::Whole, 64, 1_024, server)?;
    row("packed, ns/fragment", Arrival::Packed, 1, 40, server)?;
    row("coalesced, ns/fragment", Arrival::Coalesced, 1, 20, server)?;
    row("each, ns/fragment", Arrival::Each, 1, 10, server)
}

/// Keeps a process on one core, where `taskset` is installed: where the scheduler puts two that talk to each other would
/// otherwise count more than what they do.
fn pin(process: u32, core: &str) -> bool {
    let pinned = Command::new("taskset").args(["-a", "-c", "-p", core, &process.to_string()]).output();
    pinned.is_ok_and(|output| output.status.success())
}

/// Measures batches of `count` calls, of which so many are under way at once.
fn row(name: &str, arrival: Arrival, at_once: usize, count: usize, server: &Server) -> Result<()> {
    let base_url = arrival.base_url(server.port);
    let runtime = runtime()?;
    let (ours, plain, limit) =
        (Rc::new(Ours::new(&base_url)?), Rc::new(Plain::new(&base_url)?), Rc::new(Limit::new(&base_url)?));
    runtime.block_on(async {
        check(&*ours, arrival).await?;
        check(&*plain, arrival).await?;
        check(&*limit, arrival).await
    })?;
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..ROUNDS {
        // Who comes first differs, lest that should count.
        for turn in 0..times.len() {
            let who = (round + turn) % times.len();
            let time = match who {
                0 => batch(&runtime, &ours, arrival, at_once, count)?,
                1 => batch(&runtime, &plain, arrival, at_once, count)?,
                _ => batch(&runtime, &limit, arrival, at_once, count)?,
            };
            if let Some(times) = times.get_mut(who) {
                times.push(time);
            }
        }
    }
    let [ours, plain, limit] = times;
    let ratios: Vec<f64> = ours.iter().zip(&plain).map(|(ours, plain)| ours / plain).collect();
    let bare = median(limit.iter().zip(&plain).map(|(limit, plain)| limit / plain).collect());
    let (least, most) =
        ratios.iter().fold((f64::MAX, 0_f64), |(least, most), &ratio| (least.min(ratio), most.max(ratio)));
    let ratio = median(ratios);
    let spread = (most - least) / ratio * 100.0;
    let (ours, plain, limit) = (median(ours), median(plain), median(limit));
    let decimals = usize::from(arrival == Arrival::Whole);
    println!(
        "| {name} | {ours:.decimals$} | {plain:.decimals$} | {limit:.decimals$} | {ratio:.2} | {spread:.0} % | {bare:.2} |"
    );
    Ok(())
}

/// The time of a call in µs, or of a fragment in ns.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn batch<C: Client>(runtime: &Runtime, client: &Rc<C>, arrival: Arrival, at_once: usize, count: usize) -> Result<f64> {
    let began = ThreadTime::now();
    if at_once == 1 {
        runtime.block_on(calls(&**client, arrival, count))?;
    } else {
        runtime.block_on(calls_at_once(client, arrival, at_once, count))?;
    }
    let taken = began.elapsed().as_secs_f64() / count as f64;
    Ok(if arrival == Arrival::Whole { taken * 1e6 } else { taken * 1e9 / FRAGMENTS as f64 })
}

async fn calls_at_once<C: Client>(client: &Rc<C>, arrival: Arrival, at_once: usize, count: usize) -> Result<()> {
    let tasks = LocalSet::new();
    let callers: Vec<_> = (0..at_once)
        .map(|_| {
            let client = client.clone();
            // Errors of these cannot leave the task as they are.
            tasks.spawn_local(async move { calls(&*client, arrival, count / at_once).await.map_err(|e| e.to_string()) })
        })
        .collect();
    tasks.await;
    for caller in callers {
        caller.await??;
    }
    Ok(())
}
