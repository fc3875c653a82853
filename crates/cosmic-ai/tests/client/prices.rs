//! Prices before sending, and charges after.

use cosmic_ai::mock::MockBackend;
use cosmic_ai::{
    Charge, Client, Cost, ErrorKind, ImageRequest, ImageSize, Outcome, Registry, SpeechRequest, TextRequest, Tokens,
    Usage, VideoRequest,
};

#[test]
fn an_estimate_needs_no_backend() {
    let client = Client::new(cosmic_ai::Generators::new());
    let estimate =
        client.estimate(&TextRequest::new("Write a product description for a coffee mug").with_max_tokens(500));
    assert_eq!(estimate.unwrap().to_string(), "at most 1,120 tokens deducted (claude-opus-4-8, Standard 2.0x)");
}

#[test]
fn an_invalid_request_has_no_price() {
    let client = Client::new(MockBackend::new());
    let error = client.estimate(&ImageRequest::new("A").with_size(ImageSize::new(1, 1))).unwrap_err();
    let ErrorKind::Invalid(invalid) = error.kind() else { panic!("{error:?}") };
    assert_eq!(invalid.problems[0].field, "size");
    assert_eq!((error.outcome(), error.operation_id()), (Outcome::NotSent, None));
}

#[tokio::test]
async fn the_charge_of_a_call_is_that_of_its_usage() {
    let client = Client::new(MockBackend::new());
    let ask = TextRequest::new("Hello").with_max_tokens(50);
    let usage = client.generate_text(&ask).await.unwrap().usage;
    let charge = Charge::new(Tokens(6), Tokens(100)); // 1 token and its framing of 2 make 3; Claude Opus 4.8 is Standard, 2.0x
    assert_eq!(client.cost(&ask, usage.as_ref()), Cost::Known(charge));
    assert!(matches!(client.cost(&ask, None), Cost::Unknown { .. }));

    let film = VideoRequest::new("A kite");
    let usage = client.generate_video(&film).await.unwrap().usage;
    assert_eq!(client.cost(&film, usage.as_ref()), Cost::Known(Charge::new(Tokens::ZERO, Tokens(288_000))));

    let draw = ImageRequest::new("A lake");
    let usage = client.generate_image(&draw).await.unwrap().usage;
    assert_eq!(usage, None);
    assert_eq!(client.cost(&draw, None), Cost::Known(Charge::new(Tokens::ZERO, Tokens(32_160))));

    let say = SpeechRequest::new("word ".repeat(300));
    let usage = client.generate_speech(&say).await.unwrap().usage;
    assert_eq!(client.cost(&say, usage.as_ref()), Cost::Known(Charge::new(Tokens(375), Tokens(7_200))));
}

#[test]
fn the_clients_own_registry_prices() {
    let overlay = "[[text]]\nid = \"claude-opus-4-8\"\ntier = \"Premium\"";
    let registry = Registry::built_in().with_overlay(overlay, "own.toml").unwrap();
    let client = Client::builder(MockBackend::new()).with_registry(registry).build();
    let ask = TextRequest::new("Hello").with_max_tokens(100);
    let cost = client.cost(&ask, Some(&Usage::new(10_u32, 100_u32)));
    assert_eq!(cost.charge(), Some(Charge::new(Tokens(40), Tokens(400))));
    assert_eq!(client.estimate(&ask).unwrap().most().unwrap().output, Tokens(400));
}

#[tokio::test]
async fn what_is_priced_by_an_overlay_is_what_is_made_by_a_backend_without_it() {
    let overlay = r#"
        [[image]]
        id = "dall-e-3"
        default = true
        [[video]]
        id = "veo-3.1-fast-generate-preview"
        default_duration = 4
    "#;
    let registry = Registry::built_in().with_overlay(overlay, "overlay.toml").unwrap();
    let client = Client::builder(MockBackend::new()).with_registry(registry).build();

    let draw = ImageRequest::new("A lake");
    client.generate_image(&draw).await.unwrap();
    assert_eq!(client.estimate(&draw).unwrap().deducted_tokens.expected, Some(Tokens(4_800)));

    let film = VideoRequest::new("A kite");
    let most = client.estimate(&film).unwrap().most().unwrap();
    let clip = client.generate_video(&film).await.unwrap();
    let charge = client.cost(&film, clip.usage.as_ref()).charge().unwrap();
    assert_eq!(charge.output, Tokens(144_000));
    assert!(charge.total() <= most.total());
    assert_eq!(clip.media.metadata["duration"], 4);
}
