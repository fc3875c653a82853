//! Plans that are reserved, made part by part, resumed and released.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use cosmic_ai_core::{
    Call, Charge, ErrorKind, ExtensionRequest, ImageGenerator, ImageRequest, OperationConflict, OperationId,
    SpeechGenerator, SpeechRequest, TextGenerator, TextRequest, Tokens, VideoGenerator, VideoRequest,
};
use cosmic_ai_mock::MockBackend;
use cosmic_ai_pricing::ledger::{Ledger, MemoryLedger, State};
use cosmic_ai_pricing::{Budget, Meter, Metered, Plan, Scope};

use super::hanging::Hanging;
use super::{Still, article, exact, most};

#[tokio::test]
async fn open_items_hold_nothing_where_budgets_allow_them() {
    let plan = Plan::new().with("cover", ImageRequest::new("x")).with("essay", TextRequest::new("a").with_model("o1"));
    let budget = Budget::daily(Tokens(40_000)).allow_unpriced();
    let meter = Meter::new(MemoryLedger::new()).with_budget(budget);
    assert!(meter.fit(&Call::new(), &plan).await.unwrap().fits());
    let reserved = meter.reserve(&Call::new(), &plan).await.unwrap();
    assert_eq!(reserved.left().await.unwrap(), most(&Plan::new().with("cover", ImageRequest::new("x"))));
}

#[tokio::test]
async fn an_article_is_reserved_made_and_released() {
    let plan = article();
    let (meter, ledger) = exact(&plan);
    let meter = Arc::new(meter);
    let studio = Metered::new(MockBackend::new(), meter.clone());
    let call = Call::new().with_label("project", "spring");
    let reserved = meter.reserve(&call, &plan).await.unwrap();
    assert_eq!(reserved.left().await.unwrap(), most(&plan));

    let competitor = studio.generate_image(&Call::new(), &ImageRequest::new("Mine")).await.unwrap_err();
    assert!(matches!(competitor.kind(), ErrorKind::Budget(_)), "{competitor}");

    let part = reserved.call();
    assert_eq!((part.parent(), part.labels()), (Some(call.operation_id()), call.labels()));
    studio.generate_image(&part, &ImageRequest::new("A lighthouse at dusk")).await.unwrap();
    let clip = studio.generate_video(&reserved.call(), &VideoRequest::new("Waves break on the rocks")).await.unwrap();
    let mut last = clip.media.id;
    for _ in 0..3 {
        let extension = ExtensionRequest::new(last, "The lamp lights up");
        last = studio.extend_video(&reserved.call(), &extension).await.unwrap().media.id;
    }
    let speech = SpeechRequest::new("Nobody had lit the lamp for forty years.");
    let before = reserved.left().await.unwrap();
    assert_eq!(before, most(&Plan::new().with("narration", speech.clone())));
    studio.generate_speech(&reserved.call(), &speech).await.unwrap();
    assert_eq!(reserved.left().await.unwrap(), Charge::ZERO);
    assert_eq!(reserved.release().await.unwrap(), Charge::ZERO);

    let whole = ledger.reconcile().await.unwrap();
    assert!(whole.is_whole(), "{whole:?}");
    let standing = &meter.standings(&Call::new()).await.unwrap()[0];
    assert_eq!(standing.held.total, Some(Tokens::ZERO));
    let (limit, spent) = (standing.limits.total.unwrap().get(), standing.spent.total.unwrap().get());
    assert_eq!(standing.left.total, Some(Tokens(limit - spent)), "the rest is free again");
}

#[tokio::test]
async fn what_parts_did_not_draw_is_free_after_the_release() {
    let plan = article();
    let (meter, ledger) = exact(&plan);
    let studio = Metered::new(MockBackend::new(), meter);
    let reserved = studio.meter().reserve(&Call::new(), &plan).await.unwrap();
    studio.generate_image(&reserved.call(), &ImageRequest::new("A lighthouse at dusk")).await.unwrap();
    let rest = reserved.left().await.unwrap();
    assert_eq!(rest.output, Tokens(most(&plan).output.get() - 32_160));
    assert_eq!(reserved.release().await.unwrap(), rest);
    studio.generate_video(&Call::new(), &VideoRequest::new("Mine")).await.unwrap();
    assert!(ledger.reconcile().await.unwrap().is_whole());
}

#[tokio::test]
async fn a_part_that_is_refused_gives_back_what_it_drew() {
    let plan = Plan::new().with("ending", ExtensionRequest::new("missing", "The lamp lights up"));
    let (meter, ledger) = exact(&plan);
    let studio = Metered::new(MockBackend::new(), meter);
    let reserved = studio.meter().reserve(&Call::new(), &plan).await.unwrap();
    let missing = ExtensionRequest::new("missing", "The lamp lights up");
    studio.extend_video(&reserved.call(), &missing).await.unwrap_err();
    assert_eq!(reserved.left().await.unwrap(), most(&plan));
    drop(reserved);
    assert!(ledger.reconcile().await.unwrap().is_whole());
}

async fn standing_of(ledger: &MemoryLedger, id: &OperationId) -> State {
    ledger.entry(id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_process_that_restarts_goes_on_with_its_reservation() {
    let plan = article();
    let (meter, ledger) = exact(&plan);
    let call = Call::of("job-7".parse().unwrap());
    meter.reserve(&call, &plan).await.unwrap().keep();
    assert_eq!(standing_of(&ledger, call.operation_id()).await, State::Reserved);
    let again = meter.reserve(&call, &plan).await.unwrap();
    assert_eq!(again.left().await.unwrap(), most(&plan));
    let part: OperationId = "job-7-cover".parse().unwrap();
    assert_eq!(again.call_of(part.clone()).operation_id(), &part);
    let other = Plan::new().with("cover", ImageRequest::new("Another"));
    let error = meter.reserve(&call, &other).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Operation(OperationConflict::OtherRequest)), "{error}");
    assert_eq!(error.operation_id(), Some(call.operation_id()));
    assert_eq!(again.left().await.unwrap(), most(&plan), "the other plan touched nothing");
    drop(again);
    assert_eq!(standing_of(&ledger, call.operation_id()).await, State::Released);
    meter.reserve(&call, &plan).await.unwrap().release().await.unwrap();
}

#[tokio::test]
async fn a_deadline_gives_back_what_was_kept() {
    let plan = article();
    let clock = Still::at("2026-11-22T09:00:00Z");
    let ledger = Arc::new(MemoryLedger::new());
    let meter = Meter::new(ledger.clone()).with_clock(clock.clone()).with_budget(Budget::daily(most(&plan).total()));
    let call = Call::of("job-8".parse().unwrap()).with_time_limit(Duration::from_mins(5));
    meter.reserve(&call, &plan).await.unwrap().keep();
    let error = meter.reserve(&Call::new(), &plan).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Budget(_)), "{error}");
    clock.forward(Duration::from_mins(7));
    assert!(meter.fit(&Call::new(), &plan).await.unwrap().fits());
    // The plan itself is reserved anew once it was lost.
    let again = meter.reserve(&call, &plan).await.unwrap();
    assert_eq!(again.left().await.unwrap(), most(&plan));
    again.keep();
    clock.forward(Duration::from_mins(7));
    let again = meter.reserve(&call, &plan).await.unwrap();
    assert_eq!(again.left().await.unwrap(), most(&plan));
    drop(again);
    assert!(ledger.reconcile().await.unwrap().is_whole());
}

#[tokio::test]
async fn a_plan_counts_by_the_labels_of_its_call_and_the_meter() {
    let plan = article();
    let budget = Budget::daily(Tokens(1)).for_scope(Scope::project("spring"));
    let meter = Meter::new(MemoryLedger::new()).with_budget(budget);
    drop(meter.reserve(&Call::new(), &plan).await.unwrap());
    let error = meter.reserve(&Call::new().with_label("project", "spring"), &plan).await.unwrap_err();
    let ErrorKind::Budget(refusal) = error.kind() else { panic!("{error}") };
    assert_eq!(refusal.budget, "1 tokens a day for project spring");
    assert_eq!(error.source().unwrap().to_string(), "no change of model or size makes it fit");
    let labelled = meter.with_label("project", "spring");
    assert!(!labelled.fit(&Call::new(), &plan).await.unwrap().fits());
}

#[tokio::test]
async fn a_text_of_a_plan_is_paid_from_its_hold() {
    let ask = TextRequest::new("Name a lighthouse").with_max_tokens(50);
    let plan = Plan::new().with("name", ask.clone());
    let (meter, ledger) = exact(&plan);
    let studio = Metered::new(MockBackend::new(), meter);
    let reserved = studio.meter().reserve(&Call::new(), &plan).await.unwrap();
    studio.generate_text(&reserved.call(), &ask).await.unwrap();
    assert_eq!(reserved.left().await.unwrap(), Charge::ZERO);
    drop(reserved);
    assert!(ledger.reconcile().await.unwrap().is_whole());
}

#[tokio::test]
async fn of_many_who_reserve_at_once_one_has_it() {
    let plan = article();
    let (meter, ledger) = exact(&plan);
    let meter = Arc::new(meter);
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (meter, plan) = (meter.clone(), plan.clone());
        racers.spawn(async move { meter.reserve(&Call::new(), &plan).await });
    }
    let results = racers.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    drop(results);
    assert_eq!(meter.standings(&Call::new()).await.unwrap()[0].held.total, Some(Tokens::ZERO));
    assert!(ledger.reconcile().await.unwrap().is_whole());
}

#[tokio::test]
async fn a_reservation_that_is_given_up_while_it_is_entered_holds_nothing() {
    let plan = article();
    let ledger = Arc::new(Hanging::default());
    let meter = Meter::new(ledger.clone()).with_budget(Budget::daily(most(&plan).total()));
    let call = Call::new();
    tokio::select! {
        biased;
        reserved = meter.reserve(&call, &plan) => panic!("the ledger never answers: {reserved:?}"),
        () = tokio::task::yield_now() => {}
    }
    assert_eq!(standing_of(&ledger.0, call.operation_id()).await, State::Released);
    assert!(ledger.0.reconcile().await.unwrap().is_whole());
}
