//! An application's own unit tests on the mock: no keys, no network, no cost, no waiting, the same result every time.
//!
//! `article.rs` is a part of an application, as it would be without this project's mock; `tests.rs` has it meet budgets,
//! limits, refusals and broken connections, each in a few lines.
//!
//! `cargo run --example unit_test_with_mock`, and its tests with `cargo test --example unit_test_with_mock`.

mod article;
#[cfg(test)]
mod tests;

use cosmic_ai::mock::MockBackend;
use cosmic_ai::pricing::ledger::MemoryLedger;
use cosmic_ai::pricing::{Budget, Meter};
use cosmic_ai::{Client, Error, Tokens};

#[tokio::main]
async fn main() -> Result<(), Error> {
    // Enough for the text and a square cover; not for a wide one, nor for the narration besides.
    let meter = Meter::new(MemoryLedger::new()).with_budget(Budget::once(Tokens(9_000)));
    let client = Client::builder(MockBackend::new()).with_meter(meter).build();
    let article = article::publish(&client, "lighthouses", |words| print!("{words}")).await?;
    let words = article.body.split_whitespace().count();
    println!("\n\n{words} words, finished: {}, spent: {}", article.is_finished, article.spent);
    for (what, id) in [("cover", article.cover), ("narration", article.narration)] {
        println!("{what}: {}", id.map_or("none".to_owned(), |id| id.to_string()));
    }
    for note in article.notes {
        println!("- {note}");
    }
    Ok(())
}
