//! Answers that are lost on the way back: told, held, and found later.

use std::time::Duration;

use cosmic_ai::pricing::ledger::{Kind, State};
use cosmic_ai_server::LedgerPlace;
use serde_json::json;

use super::{assert_keeps_keys, entries, gateway, gateway_to, service, states};
use crate::fixture::answer;

#[tokio::test]
async fn a_lost_medium_is_held_and_found_later() {
    let service = service().await;
    let fixture = gateway(&service).await;
    service.lose_answers(1);
    let body = json!({ "prompt": "A kite", "duration": 4 });
    let (status, lost) = fixture.ask("ai/video", &body).await;
    assert_eq!((status, &lost["outcome"]), (502, &json!("unknown")), "{lost}");
    assert_keeps_keys(&lost);
    let [entry] = entries(&fixture).await.try_into().unwrap();
    assert_eq!((entry.state, entry.kind), (State::Unknown, Kind::Video));
    let held = entry.held.unwrap().total();
    assert_eq!(entry.standing().held.total(), held);
    // The service has it all the same.
    let (status, found) = fixture.list("").await;
    assert_eq!((status, found["total"].as_u64()), (200, Some(1)), "{found}");

    // The gateway looks for what is lost once a minute.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
    for _ in 0..1_000 {
        if states(&fixture).await == [State::Settled] {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let [entry] = entries(&fixture).await.try_into().unwrap();
    assert_eq!((entry.state, entry.standing().held.total().get()), (State::Settled, 0));
    assert_eq!(entry.charge.unwrap().output.get(), 144_000);
    fixture.server.stop().await.unwrap();
}

#[tokio::test]
async fn what_another_server_lost_is_its_own_to_find() {
    let service = service().await;
    let folder = tempfile::tempdir().unwrap();
    let place = LedgerPlace::Sqlite(folder.path().join("spend.db"));
    let sharing = || gateway_to(&service, |config| config.with_ledger(place.clone()));
    let body = json!({ "prompt": "A kite", "duration": 4 });
    service.lose_answers(2);
    let first = sharing().await;
    assert_eq!(first.ask("ai/video", &body).await.0, 502);
    first.server.stop().await.unwrap();
    let second = sharing().await;
    assert_eq!(second.ask("ai/video", &body).await.0, 502);
    assert_eq!(states(&second).await, [State::Unknown; 2]);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
    // Oldest first: the first server's would have come before.
    for _ in 0..1_000 {
        if states(&second).await[1] == State::Settled {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(states(&second).await, [State::Unknown, State::Settled]);
}

#[tokio::test]
async fn a_lost_answer_is_not_paid_again_under_its_key() {
    let service = service().await;
    let fixture = gateway(&service).await;
    service.lose_answers(1);
    let body = json!({ "prompt": "A kite" });
    let send = || fixture.call("ai/image", &body).header("idempotency-key", "k").send();
    assert_eq!(answer(send().await.unwrap()).await.0, 502);
    let (status, again) = answer(send().await.unwrap()).await;
    assert_eq!(service.requests().iter().filter(|request| request.method == "POST").count(), 1);
    assert_eq!((status, &again["code"]), (409, &json!("OUTCOME_UNKNOWN")), "{again}");
}

#[tokio::test]
async fn a_lost_text_is_settled_by_what_was_held_for_it() {
    let service = service().await;
    let fixture = gateway(&service).await;
    service.lose_answers(1);
    let (status, lost) = fixture.ask("ai/text", &json!({ "prompt": "Hello", "max_tokens": 30 })).await;
    assert_eq!((status, &lost["outcome"]), (502, &json!("unknown")), "{lost}");
    // No library would find it.
    let [entry] = entries(&fixture).await.try_into().unwrap();
    assert_eq!(entry.state, State::Settled);
    assert_eq!(entry.charge.unwrap().total(), entry.held.unwrap().total());
}
