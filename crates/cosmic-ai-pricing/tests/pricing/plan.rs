//! Plans: priced, judged and reserved as a whole.

mod fit;
mod hanging;
mod properties;
mod reservation;

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use cosmic_ai_core::{
    Call, Charge, ClipSeconds, Currency, ErrorKind, ExtensionRequest, ImageRequest, Registry, Request, SpeechRequest,
    TextRequest, Tokens, VideoRequest,
};
use cosmic_ai_pricing::ledger::MemoryLedger;
use cosmic_ai_pricing::{Budget, Clock, Estimator, Meter, Plan, Rate};

/// A clock that stands still until it is moved.
#[derive(Debug, Clone)]
pub(super) struct Still(Arc<Mutex<SystemTime>>);

impl Still {
    pub(super) fn at(stamp: &str) -> Self {
        let stamp: jiff::Timestamp = stamp.parse().unwrap();
        Self(Arc::new(Mutex::new(stamp.into())))
    }

    pub(super) fn forward(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for Still {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap()
    }
}

/// An article: a cover, a clip that is continued three times, and its narration.
fn article() -> Plan {
    let plan = Plan::new()
        .with("cover", ImageRequest::new("A lighthouse at dusk"))
        .with("clip", VideoRequest::new("Waves break on the rocks"));
    let plan = ["one", "two", "three"]
        .into_iter()
        .fold(plan, |plan, name| plan.with(name, ExtensionRequest::new("the clip before", "The lamp lights up")));
    plan.with("narration", SpeechRequest::new("Nobody had lit the lamp for forty years."))
}

fn estimator() -> Estimator<'static> {
    Estimator::new(Registry::built_in())
}

fn most(plan: &Plan) -> Charge {
    estimator().plan(plan).unwrap().total.most.unwrap()
}

/// A meter on a ledger that it shares, with a budget of all that `plan` may cost.
fn exact(plan: &Plan) -> (Meter, Arc<MemoryLedger>) {
    let ledger = Arc::new(MemoryLedger::new());
    (Meter::new(ledger.clone()).with_budget(Budget::daily(most(plan).total())), ledger)
}

fn plan_of(requests: &[Request]) -> Plan {
    requests
        .iter()
        .enumerate()
        .fold(Plan::new(), |plan, (place, request)| plan.with(place.to_string(), request.clone()))
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn an_article_is_priced_by_item_modality_and_model() {
    let rate = Rate::new(Currency::USD, "our plan").with_input(1_000_000).with_output(5_000_000);
    let found = estimator().with_rate(&rate).plan(&article()).unwrap();
    assert_eq!(
        found.items.iter().map(|item| item.name.as_str()).collect::<Vec<_>>().join(" "),
        "cover clip one two three narration"
    );
    let shown = found.to_string();
    let expected = "1,187,770 expected, at most 1,187,948 tokens deducted in 6 calls (5.938988 USD)\n\
                    image: 32,160 expected, at most 32,196 tokens deducted in 1 call (0.160836 USD)\n\
                    video: 1,152,000 expected, at most 1,152,142 tokens deducted in 4 calls (5.760142 USD)\n\
                    speech: 3,610 expected, at most 3,610 tokens deducted in 1 call (0.01801 USD)";
    assert_eq!(shown, expected);
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["by_modality"]["video"]["calls"], 4);
    assert_eq!(json["by_model"]["veo-3.1-fast-generate-preview"]["most"]["output"], 1_152_000);
    assert_eq!(json["total"]["deducted_tokens"]["expected"], 1_187_770);
    assert_eq!(json["items"][1]["estimate"]["model"], "veo-3.1-fast-generate-preview");
}

#[test]
fn a_plan_survives_json() {
    let plan = article().with("text", TextRequest::new("Hi").with_max_tokens(5));
    let json = serde_json::to_string(&plan).unwrap();
    assert!(json.starts_with(r#"{"items":[{"name":"cover","request":{"kind":"image","prompt":"#), "{json}");
    assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan);
}

#[test]
fn all_that_is_wrong_with_a_plan_is_said_at_once() {
    let plan = article()
        .with("cover", ImageRequest::new("Another"))
        .with(" ", ImageRequest::new("x"))
        .with("big", ImageRequest::new("x").with_model("dall-e-3").with_size("512x512".parse().unwrap()))
        .with("long", VideoRequest::new("").with_duration(ClipSeconds::new(60)));
    let error = estimator().plan(&plan).unwrap_err();
    let names: Vec<_> = error.items.iter().map(|item| (item.name.as_str(), item.problems.problems.len())).collect();
    assert_eq!(names, [("cover", 1), (" ", 1), ("big", 1), ("long", 2)]);
    let shown = error.to_string();
    assert!(shown.starts_with("invalid plan: item `cover`: name `cover` is the name of an earlier item too; item ` `: name must not be blank; item `big`: size `512x512` is not a size of dall-e-3"), "{shown}");
    let error = block_on(Meter::new(MemoryLedger::new()).fit(&Call::new(), &plan)).unwrap_err();
    let ErrorKind::Invalid(invalid) = error.kind() else { panic!("{error}") };
    assert!(invalid.problems.iter().any(|problem| problem.field == "long.duration"), "{invalid}");
}

#[test]
fn a_total_with_an_unknown_part_is_unknown_and_says_which() {
    let registry = Registry::built_in().clone().allow_unknown();
    let plan = article()
        .with("riddle", TextRequest::new("Hi").with_model("llama-3"))
        .with("essay", TextRequest::new("Hi").with_model("o1"));
    let found = Estimator::new(&registry).plan(&plan).unwrap();
    assert_eq!((found.total.expected, found.total.most), (None, None));
    assert!(found.total.least.output > Tokens::ZERO, "a lower bound is known all the same");
    assert_eq!((found.unpriced.join(","), found.unbounded.join(",")), ("riddle".to_owned(), "essay".to_owned()));
    let shown = found.to_string();
    assert!(shown.starts_with("price unknown in 8 calls\n"), "{shown}");
    assert!(shown.ends_with("\nof unknown price: riddle\nwithout an upper bound: essay"), "{shown}");
    assert!(found.by_modality.values().filter(|total| total.expected.is_some()).count() == 3);
}
