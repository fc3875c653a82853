//! A client with a meter: every call of it is held, settled and limited.

use cosmic_ai::mock::MockBackend;
use cosmic_ai::pricing::ledger::MemoryLedger;
use cosmic_ai::pricing::{Budget, Meter, Plan};
use cosmic_ai::{
    Call, Client, ErrorKind, ImageRequest, Outcome, Registry, SpeechRequest, TextRequest, Tokens, VideoRequest,
};
use std::sync::Arc;

fn client(tokens: u64) -> (Client, Arc<MemoryLedger>) {
    let ledger = Arc::new(MemoryLedger::new());
    let meter = Meter::new(ledger.clone()).with_budget(Budget::once(Tokens(tokens)));
    (Client::builder(MockBackend::new()).with_meter(meter).build(), ledger)
}

async fn spent(client: &Client) -> u64 {
    let standings = client.meter().unwrap().standings(&Call::new()).await.unwrap();
    assert_eq!(standings[0].held.total, Some(Tokens(0)));
    standings[0].spent.total.unwrap().get()
}

#[tokio::test]
async fn every_kind_of_call_is_settled_by_what_it_cost() {
    let (client, ledger) = client(10_000_000);
    let ask = TextRequest::new("Write words").with_max_tokens(50);
    let text = client.generate_text(&ask).await.unwrap();
    let streamed = client.stream_text(&ask).await.unwrap().collect().await.unwrap();
    let draw = ImageRequest::new("A lake");
    let image = client.generate_image(&draw).await.unwrap();
    let film = VideoRequest::new("Waves");
    let video = client.generate_video(&film).await.unwrap();
    let speak = SpeechRequest::new("Some words");
    let speech = client.generate_speech(&speak).await.unwrap();
    let costs = [
        client.cost(&ask, text.usage.as_ref()),
        client.cost(&ask, streamed.usage.as_ref()),
        client.cost(&draw, image.usage.as_ref()),
        client.cost(&film, video.usage.as_ref()),
        client.cost(&speak, speech.usage.as_ref()),
    ];
    let total: Tokens = costs.iter().map(|cost| cost.charge().unwrap().total()).sum();
    assert_eq!(spent(&client).await, total.get());
    assert!(cosmic_ai::pricing::ledger::Ledger::reconcile(&*ledger).await.unwrap().is_whole());
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_it_is_sent() {
    let (client, _) = client(100_000);
    let error = client.generate_video(VideoRequest::new("Waves")).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Budget(_)), "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(error.operation_id().is_some());
    assert_eq!(spent(&client).await, 0);
}

#[tokio::test]
async fn the_same_operation_is_paid_once() {
    let (client, _) = client(100_000);
    let call = || Call::of("order-1234".parse().unwrap());
    let first = client.with(call()).generate_image(ImageRequest::new("A lake")).await.unwrap();
    let second = client.with(call()).generate_image(ImageRequest::new("A lake")).await.unwrap();
    assert_eq!((second.media.id, spent(&client).await), (first.media.id, 32_160));
}

#[tokio::test]
async fn a_plan_is_reserved_as_a_whole_and_its_calls_draw_on_it() {
    let (client, _) = client(400_000);
    let meter = client.meter().unwrap();
    let (cover, clip) = (ImageRequest::new("A lake"), VideoRequest::new("Waves"));
    let plan = Plan::new().with("cover", cover.clone()).with("clip", clip.clone());
    let reservation = meter.reserve(&Call::new(), &plan).await.unwrap();
    // Another's clip does not fit beside it.
    client.generate_video(&clip).await.unwrap_err();
    client.with(reservation.call()).generate_image(&cover).await.unwrap();
    client.with(reservation.call()).generate_video(&clip).await.unwrap();
    reservation.release().await.unwrap();
    assert_eq!(spent(&client).await, 32_160 + 288_000);
}

#[tokio::test]
async fn the_client_and_its_meter_price_by_one_registry() {
    let overlay = "[[tier]]\nname = \"Standard\"\nmultiplier = 3";
    let registry = Registry::built_in().with_overlay(overlay, "dear.toml").unwrap();
    let ask = TextRequest::new("Write words").with_max_tokens(100);
    let most = |client: &Client| client.estimate(&ask).unwrap().deducted_tokens.high;
    let meter = || Meter::new(MemoryLedger::new());
    let by_client = Client::builder(MockBackend::new()).with_meter(meter()).with_registry(registry.clone()).build();
    let by_meter = Client::builder(MockBackend::new()).with_meter(meter().with_registry(registry)).build();
    for client in [by_client, by_meter] {
        assert_eq!(most(&client), Some(Tokens(3 * (27 + 100))));
        assert_eq!(client.meter().unwrap().estimator().estimate(&ask).unwrap().deducted_tokens.high, most(&client));
    }
}
