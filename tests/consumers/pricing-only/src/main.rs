//! A program that only wants to know what things cost: no backend is compiled in.

use cosmic_ai::pricing::Estimator;
use cosmic_ai::{ClipSeconds, InvalidRequest, Registry, Tokens, VideoRequest};

fn main() -> Result<(), InvalidRequest> {
    let film = VideoRequest::new("A mug that turns").with_duration(ClipSeconds::FOUR);
    let estimate = Estimator::new(Registry::built_in()).estimate(&film)?;
    assert_eq!(estimate.deducted_tokens.expected, Some(Tokens(144_000)));
    println!("pricing-only: {estimate}");
    Ok(())
}
