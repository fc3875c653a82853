//! A look-up allocates nothing, whatever it is asked.

use std::hint::black_box;

use cosmic_ai_core::{Modality, Registry, TextRequest};

fn allocations(work: impl FnOnce()) -> u64 {
    allocation_counter::measure(work).count_total
}

#[test]
fn finding_a_model_does_not_allocate() {
    let overlaid = Registry::built_in().with_overlay("[[text]]\nid = \"gpt-5\"\ntier = \"Budget\"", "o.toml").unwrap();
    let long = "claude-opus-4-8".repeat(20);
    for registry in [Registry::built_in(), &overlaid] {
        for name in ["claude-opus-4-8", "claude-opus-4.8", "CLAUDE Opus 4.8", "no such model", "", long.as_str()] {
            assert_eq!(allocations(|| _ = black_box(registry.find(name))), 0, "{name}");
        }
        assert_eq!(allocations(|| _ = black_box(registry.default_model(Modality::Speech))), 0);
    }
    assert_ne!(allocations(|| drop(long.clone())), 0, "the counter counts");
}

#[test]
fn judging_a_good_request_does_not_allocate() {
    let request = TextRequest::new("Hi").with_model("Claude Opus 4.8").with_media_url("https://example.com:80/a");
    let extension = cosmic_ai_core::ExtensionRequest::new("id", "On");
    assert_eq!(allocations(|| assert!(Registry::built_in().check(&request).is_ok())), 0);
    assert_eq!(allocations(|| assert!(Registry::built_in().check(&extension).is_ok())), 0);
    assert_eq!(allocations(|| assert!(Registry::built_in().canonical(&extension).is_ok())), 0);
}
