//! How often a call and a fragment of a streamed text allocate, next to plain `reqwest`. Counts are exact, and those of
//! this crate are bounded here.
//!
//! A program of its own beside `wire`: an allocator that counts takes time itself, most where most is allocated.

#[expect(dead_code, reason = "only `wire` holds streams open and compares with a bare socket")]
#[path = "wire/clients.rs"]
mod clients;
#[expect(dead_code, reason = "only `wire` finds arrivals by name")]
#[path = "wire/server.rs"]
mod server;

use std::env;
use std::error::Error;

use self::clients::{Client, Ours, Plain};
use self::server::{Arrival, Server};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const FRAGMENTS: usize = 1_000;
const CALLS: usize = 100;
const STREAMS: usize = 10;

fn main() -> Result<()> {
    if env::args().any(|argument| argument == "--serve") {
        return server::serve();
    }
    let server = Server::start()?;
    println!("| allocations | ours | plain |\n|---|---|---|");
    let rows = [
        ("a call", Arrival::Whole, 90.0),
        ("a fragment, packed", Arrival::Packed, 1.2),
        ("a fragment, coalesced", Arrival::Coalesced, 1.2),
    ];
    for (name, arrival, most) in rows {
        let (ours, plain) = (count::<Ours>(arrival, &server)?, count::<Plain>(arrival, &server)?);
        println!("| {name} | {ours:.2} | {plain:.2} |");
        assert!(ours <= most, "at most {most} allocations for {name}");
    }
    Ok(())
}

/// Allocations of a call, or of a fragment.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn count<C: Client>(arrival: Arrival, server: &Server) -> Result<f64> {
    let client = C::new(&arrival.base_url(server.port))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let calls = async |count: usize| -> Result<usize> {
        let mut parts = 0;
        for _ in 0..count {
            if arrival == Arrival::Whole {
                assert_eq!(client.whole().await?, server::WHOLE_BYTES);
                parts += 1;
            } else {
                client.stream(|text| parts += usize::from(!text.is_empty())).await?;
            }
        }
        Ok(parts)
    };
    // The connection is there before.
    runtime.block_on(calls(2))?;
    let mut parts = Ok(0);
    let runs = if arrival == Arrival::Whole { CALLS } else { STREAMS };
    let counted = allocation_counter::measure(|| parts = runtime.block_on(calls(runs)));
    let parts = parts?;
    assert!(arrival == Arrival::Whole || parts == STREAMS * FRAGMENTS, "fragments are missing");
    Ok(counted.count_total as f64 / parts as f64)
}
