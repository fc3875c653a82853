//! What the service refuses or fails at, as the gateway says it.

use std::time::Duration;

use cosmic_ai::pricing::ledger::State;
use cosmic_ai_server::Backend;
use cosmic_ai_testkit::server::{FaultServer, RefusedPort, Reply, Script, Turn};
use serde_json::{Value, json};

use super::{OWN_READ_KEY, OWN_WRITE_KEY, assert_keeps_keys, states, to};
use crate::fixture::{Fixture, answer};

/// What comes of a clip whose request meets this fault: status, answer, pause, and what the ledger has of it.
async fn met(turn: impl Into<Turn>) -> (u16, Value, Option<String>, Vec<State>) {
    let server = FaultServer::start(Script::new().then(turn)).await;
    let met = met_at(&server.url()).await;
    assert_eq!((server.requests().len(), server.unexpected_requests()), (1, 0));
    met
}

async fn met_at(origin: &str) -> (u16, Value, Option<String>, Vec<State>) {
    let fixture = Fixture::with(Backend::http(to(&format!("{origin}/v3")).build().unwrap()), |config| config).await;
    let response = fixture.call("ai/video", &json!({ "prompt": "A kite" })).send().await.unwrap();
    let pause = response.headers().get("retry-after").map(|pause| pause.to_str().unwrap().to_owned());
    let (status, answer) = answer(response).await;
    assert_eq!(answer["status"], status);
    assert!(!answer["message"].as_str().unwrap().is_empty(), "{answer}");
    assert_keeps_keys(&answer);
    (status, answer, pause, states(&fixture).await)
}

fn says(status: u16) -> Reply {
    // As a careless service would.
    let message = format!("no: key {OWN_WRITE_KEY} or {OWN_READ_KEY}");
    Reply::json(status, json!({ "status": status, "message": message }))
}

#[tokio::test]
async fn the_gateways_own_keys_are_its_own_affair() {
    for status in [401, 403] {
        let (as_told, answer, _, ledger) = met(says(status)).await;
        assert_eq!(as_told, 502, "{answer}");
        assert!(answer["message"].as_str().unwrap().contains("does not accept its keys"), "{answer}");
        assert_eq!((answer.get("outcome"), ledger), (None, vec![State::Released]));
    }
}

#[tokio::test]
async fn refusals_of_the_service_are_passed_on_and_cost_nothing() {
    let policy = json!({ "message": "No videos generated" });
    for (reply, expected) in [
        (says(400), 400),
        (says(402), 402),
        (says(404), 404),
        (says(413), 413),
        (says(422), 422),
        (says(429), 429),
        (Reply::json(500, policy), 400),
    ] {
        let (status, answer, pause, ledger) = met(reply).await;
        assert_eq!((status, ledger), (expected, vec![State::Released]), "{answer}");
        // Who is to come again later is told when, also where the service does not say it.
        assert_eq!(pause.as_deref(), (status == 429).then_some("5"), "{answer}");
        assert!(answer.get("outcome").is_none(), "{answer}");
    }
    let (_, _, pause, _) = met(says(429).header("retry-after", "7")).await;
    assert_eq!(pause.as_deref(), Some("7"));
}

#[tokio::test]
async fn what_may_have_been_billed_is_told_and_stays_held() {
    let medium = json!({ "media": { "id": "m1", "url": "http://127.0.0.1/a", "type": "video/mp4" } });
    let cases: [(Turn, u16); 10] = [
        (says(500).into(), 500),
        (says(502).into(), 502),
        (says(503).header("retry-after", "7").into(), 503),
        (says(504).into(), 504),
        (says(599).into(), 599),
        (Turn::new().read_request().reset(), 502),
        (Turn::new().read_request().close(), 502),
        (Reply::json(200, &medium).truncated_after(20).into(), 502),
        (Reply::json(200, "{\"media\": 7}").into(), 502),
        (Reply::html(200, "<h1>Welcome</h1>").into(), 502),
    ];
    for (turn, expected) in cases {
        let (status, answer, _, ledger) = met(turn).await;
        assert_eq!((status, &answer["outcome"]), (expected, &json!("unknown")), "{answer}");
        assert_eq!(ledger, [State::Unknown], "{answer}");
    }
}

#[tokio::test]
async fn a_service_that_takes_too_long_is_504_and_one_that_is_not_there_502() {
    let server = FaultServer::start(Script::new().then(Turn::new().read_request().hold())).await;
    let impatient = |config: cosmic_ai_server::Config| {
        let mut limits = cosmic_ai_server::Limits::default();
        limits.call_time = Duration::from_millis(300);
        config.with_limits(limits)
    };
    let backend = Backend::http(to(&format!("{}/v3", server.url())).build().unwrap());
    let fixture = Fixture::with(backend, impatient).await;
    let (status, late) = fixture.ask("ai/video", &json!({ "prompt": "A kite" })).await;
    assert_eq!((status, &late["outcome"]), (504, &json!("unknown")), "{late}");
    assert_eq!(states(&fixture).await, [State::Unknown]);

    let nobody = RefusedPort::reserve().unwrap();
    let (status, answer, _, ledger) = met_at(&nobody.url()).await;
    assert_eq!((status, answer.get("outcome"), ledger), (502, None, vec![State::Released]), "{answer}");
}

#[tokio::test]
async fn a_stream_that_breaks_ends_with_an_error_event() {
    let sse = Reply::text_stream(["One ", "two ", "three"], (10, 20)).without_end();
    let server = FaultServer::start(Script::new().then(sse.reply())).await;
    let backend = Backend::http(to(&format!("{}/v3", server.url())).build().unwrap());
    let fixture = Fixture::with(backend, |config| config).await;
    let body = json!({ "prompt": "Count", "stream": true });
    let text = fixture.call("ai/text", &body).send().await.unwrap().text().await.unwrap();
    let events: Vec<Value> = text
        .split_terminator("\n\n")
        .map(|event| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap())
        .collect();
    let fragments: String = events.iter().filter_map(|event| event["text"].as_str()).collect();
    assert_eq!(fragments, "One two three");
    assert!(events.last().unwrap()["error"]["message"].is_string(), "{text}");
    assert!(events.iter().all(|event| event["event"] != "end"), "{text}");
}
