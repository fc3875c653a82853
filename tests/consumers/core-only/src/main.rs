//! An application with only the core: it reads the registry, refuses a bad request, and prices a call.

use cosmic_ai_core::{Cost, ImageRequest, Registry, TextRequest, Usage};

fn main() {
    let registry = Registry::built_in();
    let ask = TextRequest::new("Hello").with_max_tokens(100);
    registry.check(&ask).expect("a sound request is accepted");
    registry.check(&ImageRequest::new("")).expect_err("an empty prompt is refused");
    let cost = registry.cost(&ask, Some(&Usage::new(10_u32, 100_u32)));
    assert!(matches!(cost, Cost::Known(_)), "{cost}");
    println!("core-only: {cost}");
}
