//! Calls that are dropped: holds that were never released on cancel starved others; spend that was not recorded leaked.

use cosmic_ai_core::{Charge, ImageGenerator, ImageRequest, TextGenerator, Tokens, VideoGenerator, VideoRequest};
use cosmic_ai_pricing::ledger::{Basis, Ledger, State};
use cosmic_ai_pricing::{Budget, Meter, Metered};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use super::backend::{Act, Backend};
use super::ledger_down::{Broken, Fault};
use super::setup::{HELD, Setup, ask, call};

/// Polls a future once, finds it pending, and drops it.
async fn cancel<T>(future: impl Future<Output = T>) {
    let mut future = pin!(future);
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn a_cancel_before_it_is_sent_releases_the_hold() {
    // A ledger that takes the admission but never answers: the call is dropped while it waits.
    let (backend, ledger) = (Arc::new(Backend::new([])), Broken::new(Fault::Stalls));
    let meter = Meter::new(ledger.clone()).with_budget(Budget::monthly(Tokens(1_000)));
    let metered = Metered::new(backend.clone(), meter);
    cancel(metered.generate_text(&call("waiting"), &ask())).await;
    let entry = ledger.ledger.entry(&"waiting".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(entry.state, State::Released);
    assert_eq!(backend.sent(), 0);
    assert!(ledger.ledger.reconcile().await.unwrap().is_whole());
}

#[tokio::test]
async fn a_cancelled_text_in_one_piece_settles_its_hold_as_an_estimate() {
    let setup = Setup::new([Act::Hang], |meter| meter);
    cancel(setup.metered.generate_text(&call("text"), &ask())).await;
    let entry = setup.entry(&"text".parse().unwrap()).await;
    assert_eq!((entry.state, entry.basis, entry.charge), (State::Settled, Some(Basis::Estimated), Some(HELD)));
}

#[tokio::test]
async fn a_cancelled_stream_before_its_first_part_settles_its_input() {
    let setup = Setup::new([Act::Hang], |meter| meter);
    cancel(setup.metered.stream_text(&call("text"), &ask())).await;
    let entry = setup.entry(&"text".parse().unwrap()).await;
    assert_eq!(entry.charge, Some(Charge::new(HELD.input, Tokens(0))));
    assert_eq!((entry.state, entry.basis), (State::Settled, Some(Basis::Estimated)));
}

#[tokio::test]
async fn a_cancelled_medium_stays_held_and_is_listed_as_unresolved() {
    let setup = Setup::new([Act::Hang, Act::Hang], |meter| meter);
    cancel(setup.metered.generate_video(&call("clip"), &VideoRequest::new("Waves"))).await;
    cancel(setup.metered.generate_image(&call("image"), &ImageRequest::new("A lake"))).await;
    let unresolved = setup.metered.meter().unresolved().await.unwrap();
    let states: Vec<_> = unresolved.iter().map(|entry| (entry.id.as_str(), entry.state)).collect();
    assert_eq!(states.len(), 2);
    assert!(states.contains(&("clip", State::Unknown)) && states.contains(&("image", State::Unknown)));
    assert!(setup.standing().await.held.output >= Tokens(288_000 + 32_160));
}

#[tokio::test]
async fn a_backend_that_panics_leaves_no_hold_behind() {
    #[derive(Debug)]
    struct Panics;
    #[async_trait::async_trait]
    impl ImageGenerator for Panics {
        async fn generate_image(
            &self,
            _: &cosmic_ai_core::Call,
            _: &ImageRequest,
        ) -> Result<cosmic_ai_core::ImageResponse, cosmic_ai_core::Error> {
            panic!("a backend of someone else's")
        }
    }
    let ledger = Arc::new(cosmic_ai_pricing::ledger::MemoryLedger::new());
    let metered = Metered::new(Panics, Meter::new(ledger.clone()));
    let task = tokio::spawn(async move { metered.generate_image(&call("image"), &ImageRequest::new("A lake")).await });
    assert!(task.await.unwrap_err().is_panic());
    // It may have been sent before the panic, so it is not released but listed.
    let entry = ledger.entry(&"image".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(entry.state, State::Unknown);
}
