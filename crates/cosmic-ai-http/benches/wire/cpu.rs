//! CPU time, the clients taking turns.

use cpu_time::ThreadTime;
use tokio::runtime::Runtime;

use crate::clients::{Client, Limit, Ours, Plain};
use crate::server::{Arrival, Server};
use crate::{FRAGMENTS, Result, calls, check, median, runtime};

const ROUNDS: usize = 21;

pub(crate) fn measure(server: &Server) -> Result<()> {
    println!("\nCPU time, medians of {ROUNDS} rounds; spread: (max − min) / median of the ratio");
    println!("| | ours | plain | bare socket | ours ÷ plain | spread | bare socket ÷ plain |");
    println!("|---|---|---|---|---|---|---|");
    row("call, µs", Arrival::Whole, 200, server)?;
    row("packed, ns/fragment", Arrival::Packed, 40, server)?;
    row("coalesced, ns/fragment", Arrival::Coalesced, 20, server)?;
    row("each, ns/fragment", Arrival::Each, 10, server)
}

/// Measures batches of `count` calls.
fn row(name: &str, arrival: Arrival, count: usize, server: &Server) -> Result<()> {
    let base_url = arrival.base_url(server.port);
    let runtime = runtime()?;
    let (ours, plain, limit) = (Ours::new(&base_url)?, Plain::new(&base_url)?, Limit::new(&base_url)?);
    runtime.block_on(async {
        check(&ours, arrival).await?;
        check(&plain, arrival).await?;
        check(&limit, arrival).await
    })?;
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let round = [
            batch(&runtime, &ours, arrival, count)?,
            batch(&runtime, &plain, arrival, count)?,
            batch(&runtime, &limit, arrival, count)?,
        ];
        for (times, time) in times.iter_mut().zip(round) {
            times.push(time);
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
fn batch<C: Client>(runtime: &Runtime, client: &C, arrival: Arrival, count: usize) -> Result<f64> {
    let began = ThreadTime::now();
    runtime.block_on(calls(client, arrival, count))?;
    let taken = began.elapsed().as_secs_f64() / count as f64;
    Ok(if arrival == Arrival::Whole { taken * 1e6 } else { taken * 1e9 / FRAGMENTS as f64 })
}
