//! Servers that share a ledger in PostgreSQL: one budget, and each call paid once, whichever of them it comes to.

use cosmic_ai::Tokens;
use cosmic_ai::pricing::Budget;
use cosmic_ai_server::{Backend, BucketConfig, Config, LedgerPlace};
use serde_json::json;

use crate::fixture::{BUCKET, Fixture, READ_KEY, WRITE_KEY, answer};

/// A server over the database, which is empty before the test; its bucket fits two images.
async fn server() -> Fixture {
    let url = std::env::var("COSMIC_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    let url = url.expect("COSMIC_TEST_POSTGRES_URL names no server: run `cargo xtask ci ledgers`");
    let budget = Budget::once(Tokens(70_000));
    let change = move |mut config: Config| {
        config.buckets.clear();
        let bucket = BucketConfig::new(BUCKET, WRITE_KEY, READ_KEY).with_budget(budget);
        config.with_bucket(bucket).with_ledger(LedgerPlace::Postgres(url.into()))
    };
    Fixture::with(Backend::mock(), change).await
}

#[tokio::test]
async fn servers_on_one_ledger_share_budgets_and_answers() {
    let (one, other) = (server().await, server().await);
    let body = json!({ "prompt": "A kite" });
    let keyed = |server: &Fixture| server.call("ai/image", &body).header("idempotency-key", "order-1").send();
    let first = answer(keyed(&one).await.unwrap()).await;
    assert_eq!(first.0, 200, "{}", first.1);
    let again = keyed(&other).await.unwrap();
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    let again = answer(again).await;
    assert_eq!((again.0, &again.1["media"]["id"]), (200, &first.1["media"]["id"]));

    assert_eq!(other.ask("ai/image", &json!({ "prompt": "A second kite" })).await.0, 200);
    let (status, refusal) = one.ask("ai/image", &json!({ "prompt": "A third kite" })).await;
    assert_eq!(status, 402, "{refusal}");
    let (one, other) = (one.into_parts(), other.into_parts());
    one.0.stop().await.unwrap();
    other.0.stop().await.unwrap();
}
