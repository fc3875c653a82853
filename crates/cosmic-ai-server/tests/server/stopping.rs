//! A stop finishes what is under way while there is time, and settles the rest; the next start puts in order what is left.

use std::time::Duration;

use cosmic_ai::Modality;
use cosmic_ai::mock::{Answer, Latency, When};
use cosmic_ai::pricing::ledger::Ledger as _;
use cosmic_ai::pricing::ledger::{EntryQuery, SqliteLedger, State};
use cosmic_ai_server::Backend;
use reqwest::Response;
use serde_json::json;

use crate::fixture::{Fixture, answer};
use crate::generating::mock;

/// Waits until a call is entered in the ledger.
async fn sent(fixture: &Fixture, calls: usize) {
    while fixture.server.ledger().entries(&EntryQuery::all()).await.unwrap().len() < calls {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn states(folder: &std::path::Path) -> Vec<State> {
    let ledger = SqliteLedger::open(folder.join("spend.db")).unwrap();
    ledger.entries(&EntryQuery::all()).await.unwrap().iter().map(|entry| entry.state).collect()
}

#[tokio::test]
async fn a_stop_waits_for_what_is_under_way() {
    let backend = mock(|mock| mock.with_latency(Latency::fixed(Duration::from_millis(300))));
    let fixture = Fixture::with(backend, |config| config).await;
    let asked = tokio::spawn(fixture.call("ai/image", &json!({ "prompt": "A kite" })).send());
    sent(&fixture, 1).await;
    let (server, folder) = fixture.into_parts();
    server.stop().await.unwrap();
    let response: Response = asked.await.unwrap().unwrap();
    assert_eq!(answer(response).await.0, 200);
    assert_eq!(states(folder.path()).await, [State::Settled]);
}

#[tokio::test]
async fn a_stop_without_time_cuts_and_the_next_start_puts_it_in_order() {
    let backend = mock(|mock| {
        mock.with_latency_of(Modality::Text, Latency::realistic())
            .with_latency_of(Modality::Video, Latency::fixed(Duration::from_mins(10)))
            .on(When::text(), Answer::text("word ".repeat(5_000)).in_fragments(5_000))
    });
    let fixture = Fixture::with(backend, |mut config| {
        config.limits.grace = Duration::from_millis(50);
        config
    })
    .await;
    let mut stream = fixture.call("ai/text", &json!({ "prompt": "Talk", "stream": true })).send().await.unwrap();
    assert!(stream.chunk().await.unwrap().unwrap().starts_with(b"data: "));
    let film = tokio::spawn(fixture.call("ai/video", &json!({ "prompt": "A kite" })).send());
    sent(&fixture, 2).await;
    let (server, folder) = fixture.into_parts();
    server.stop().await.unwrap();

    let mut rest = Vec::new();
    while let Some(chunk) = stream.chunk().await.unwrap() {
        rest.extend_from_slice(&chunk);
    }
    let rest = String::from_utf8(rest).unwrap();
    assert!(rest.ends_with("data: {\"error\":{\"message\":\"the server is stopping\"}}\n\n"), "{rest}");
    let (status, refusal) = answer(film.await.unwrap().unwrap()).await;
    assert_eq!((status, &refusal["message"]), (503, &json!("the server is stopping")));
    assert_eq!(states(folder.path()).await, [State::Settled, State::Unknown], "the clip may be in the library");

    // The mock stores a medium when it is asked for, and its answer is what takes long: so it is found.
    let fixture = Fixture::in_folder(folder, Backend::mock()).await;
    assert_eq!(fixture.server.recovery().settled, 1, "{}", fixture.server.recovery());
    assert_eq!(fixture.list("query={\"type\":\"video/mp4\"}").await.1["total"], 1);
}

#[tokio::test]
async fn what_made_nothing_is_released_behind_an_embedded_backend() {
    // A call that never gets as far as its medium.
    let backend = mock(|mock| mock.fault(When::video(), cosmic_ai::mock::Fault::stall()));
    let fixture = Fixture::with(backend, |mut config| {
        config.limits.grace = Duration::from_millis(50);
        config
    })
    .await;
    let film = tokio::spawn(fixture.call("ai/video", &json!({ "prompt": "A kite" })).send());
    sent(&fixture, 1).await;
    let (server, folder) = fixture.into_parts();
    server.stop().await.unwrap();
    assert_eq!(answer(film.await.unwrap().unwrap()).await.0, 503);
    let fixture = Fixture::in_folder(folder, Backend::mock()).await;
    let recovery = fixture.server.recovery();
    assert_eq!(recovery.settled + recovery.released, 1, "{recovery}");
    let entries = fixture.server.ledger().entries(&EntryQuery::all()).await.unwrap();
    assert!(matches!(entries[0].state, State::Settled | State::Released), "{entries:?}");
    assert!(fixture.server.ledger().reconcile().await.unwrap().is_whole());
}
