//! Calls that generate.

use serde_json::json;

use crate::fixture::Fixture;

#[tokio::test]
async fn text_comes_in_one_piece_with_its_usage() {
    let fixture = Fixture::start().await;
    let (status, answer) = fixture.ask("ai/text", &json!({ "prompt": "Name a colour", "max_tokens": 20 })).await;
    assert_eq!(status, 200, "{answer}");
    assert!(!answer["text"].as_str().unwrap().is_empty());
    assert!(answer["usage"]["output_tokens"].as_u64().unwrap() <= 20);
    fixture.server.stop().await.unwrap();
}
