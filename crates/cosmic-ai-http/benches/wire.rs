//! What a call and a fragment of a streamed text cost on this side, next to plain `reqwest` with `serde_json` and
//! `eventsource-stream`, and next to a bare socket, on a server of the loopback interface.
//!
//! ```text
//! cargo bench -p cosmic-ai-http --bench wire                        CPU time and memory, about a minute
//! cargo bench -p cosmic-ai-http --bench wire -- --instructions      exact counts, by valgrind
//! cargo bench -p cosmic-ai-http --bench wire_allocations            allocations, counted
//! ```
//!
//! The server is a process of its own, so that nothing it does is counted. The clients take turns, round by round, on a
//! runtime of one thread, and their CPU time is that thread's. Ratios are medians of the ratios of each round.

#[path = "wire/clients.rs"]
mod clients;
#[path = "wire/cpu.rs"]
mod cpu;
#[path = "wire/instructions.rs"]
mod instructions;
#[path = "wire/memory.rs"]
mod memory;
#[path = "wire/server.rs"]
mod server;

use std::env;
use std::error::Error;
use std::hint::black_box;

use self::clients::{Client, Limit, Ours, Plain};
use self::server::{Arrival, Server};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Fragments of a stream.
const FRAGMENTS: usize = 1_000;

fn main() -> Result<()> {
    // What cargo adds to the arguments of every benchmark says nothing here.
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => {
            let server = Server::start()?;
            cpu::measure(&server)?;
            memory::measure(&server)
        }
        ["--serve"] => server::serve(),
        ["--instructions"] => instructions::measure(&Server::start()?),
        ["--calls", client, what, count, port] => {
            let (arrival, count, port) = (Arrival::named(what)?, count.parse()?, port.parse()?);
            match *client {
                "ours" => call::<Ours>(arrival, count, port),
                "plain" => call::<Plain>(arrival, count, port),
                _ => call::<Limit>(arrival, count, port),
            }
        }
        ["--idle", client, count, port] => {
            let (count, port) = (count.parse()?, port.parse()?);
            match *client {
                "ours" => memory::hold::<Ours>(count, port),
                "plain" => memory::hold::<Plain>(count, port),
                _ => memory::hold::<Limit>(count, port),
            }
        }
        _ => Err("arguments: none, or --instructions".into()),
    }
}

/// A runtime as an application on one core has it.
fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Makes so many calls and nothing else, for who counts from outside.
fn call<C: Client>(arrival: Arrival, count: usize, port: u16) -> Result<()> {
    let client = C::new(&arrival.base_url(port))?;
    runtime()?.block_on(async { calls(&client, arrival, count).await })
}

/// So many calls, each checked to be complete.
async fn calls<C: Client>(client: &C, arrival: Arrival, count: usize) -> Result<()> {
    for _ in 0..count {
        if arrival == Arrival::Whole {
            assert_eq!(black_box(client.whole().await?), server::WHOLE_BYTES, "a part of the text is missing");
            continue;
        }
        let mut fragments = 0;
        client.stream(|text| fragments += usize::from(!black_box(text).is_empty())).await?;
        assert_eq!(fragments, FRAGMENTS, "fragments are missing");
    }
    Ok(())
}

/// Has every byte of the text compared once, which the measured runs have no time for.
async fn check<C: Client>(client: &C, arrival: Arrival) -> Result<()> {
    calls(client, arrival, 1).await?;
    if arrival != Arrival::Whole {
        let mut all = String::new();
        client.stream(|text| all.push_str(text)).await?;
        assert!(C::decoded(all) == server::text(FRAGMENTS), "the text is not what was sent");
    }
    Ok(())
}

/// The one in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
