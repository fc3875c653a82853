//! Any sequence of commands leaves a ledger as it leaves a list that is added up anew each time.

use std::time::{Duration, SystemTime};

use cosmic_ai_core::{Charge, Currency, Money, OperationId, Pool, Tokens};
use cosmic_ai_pricing::Rate;
#[cfg(feature = "sqlite")]
use cosmic_ai_pricing::ledger::SqliteLedger;
use cosmic_ai_pricing::ledger::{
    Admission, Admitted, Advanced, Basis, BodyHash, Change, Counter, CounterScope, Entry, EntryQuery, Kind, Ledger,
    Limit, MemoryLedger, Next, State,
};
use proptest::prelude::*;
use serde_json::json;
use tokio::runtime::Builder;

use super::model::{Model, Most, Said, amount};

/// A command to a ledger.
#[derive(Debug, Clone)]
enum Step {
    Admit(Box<Entry>, Vec<Most>),
    Advance(Change),
    Enqueue(Change),
    Expire(SystemTime),
    Prune(SystemTime),
}

/// So many minutes after a midnight.
fn minute(minutes: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 20_000) + Duration::from_mins(minutes)
}

fn charges(most: u64) -> impl Strategy<Value = Charge> {
    (0..=most, 0..=most).prop_map(|(input, output)| Charge::new(Tokens(input), Tokens(output)))
}

fn times() -> impl Strategy<Value = SystemTime> {
    (0_u64..240).prop_map(minute)
}

/// Few operations, so that commands meet.
fn ids() -> impl Strategy<Value = OperationId> {
    (0_u8..8).prop_map(|number| format!("operation-{number}").parse().unwrap())
}

/// What limits count: scopes with and without a value, windows that overlap, and one of a quarter of an hour.
fn counters() -> Vec<Counter> {
    let user = |value| CounterScope::label("user", value);
    [
        (CounterScope::everything(), 0, None),
        (CounterScope::everything(), 0, Some(120)),
        (CounterScope::everything(), 120, Some(240)),
        (CounterScope::everything(), 60, Some(75)),
        (user("ada"), 0, None),
        (user("bob"), 0, Some(120)),
        (user(""), 0, Some(300)),
        (CounterScope::label("project", "spring"), 30, None),
    ]
    .map(|(scope, from, until)| Counter::new(scope, minute(from), until.map(minute)))
    .into()
}

fn limits() -> impl Strategy<Value = Vec<Most>> {
    let pools = prop::sample::select(vec![Pool::Input, Pool::Output, Pool::Total, Pool::Money]);
    let limit = (prop::sample::select(counters()), pools, 0_u64..160);
    prop::collection::vec(limit.prop_map(|(counter, pool, tokens)| Most { counter, pool, tokens }), 0..4)
}

fn limit(Most { counter, pool, tokens }: &Most) -> Limit {
    let mut limit = Limit::new(counter.clone());
    match pool {
        Pool::Input => limit.input = Some(Tokens(*tokens)),
        Pool::Output => limit.output = Some(Tokens(*tokens)),
        Pool::Total => limit.total = Some(Tokens(*tokens)),
        _ => {
            let rate = Rate::new(Currency::EUR, "a test").with_input(1_000_000).with_output(1_000_000);
            limit.money = Some((Money::from_micros(*tokens, Currency::EUR), rate));
        }
    }
    limit
}

fn entries() -> impl Strategy<Value = Entry> {
    let users = prop::sample::select(vec![None, Some(""), Some("ada"), Some("bob")]);
    let asked = (ids(), prop::bool::weighted(0.3), prop::bool::weighted(0.1), 1_i64..4);
    let held = prop::option::weighted(0.9, charges(50));
    let parent = prop::option::of(ids());
    let more = (held, parent, users, any::<bool>(), times(), 0_u64..120);
    (asked, more).prop_map(|((id, is_plan, is_other, ticket), (held, parent, user, is_spring, at, deadline))| {
        let kind = if is_plan { Kind::Plan } else { Kind::Text };
        let mut entry = Entry::new(id, kind, BodyHash::of(Kind::Text, &[u8::from(is_other)]));
        entry.state = if is_plan { State::Reserved } else { State::Sent };
        (entry.held, entry.parent, entry.ticket) = (held, parent, ticket);
        (entry.at, entry.deadline) = (at, at + Duration::from_mins(deadline));
        let labels = user.map(|user| ("user", user)).into_iter().chain(is_spring.then_some(("project", "spring")));
        entry.labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        entry
    })
}

fn changes() -> impl Strategy<Value = Change> {
    let results = || prop::option::of(Just(json!({"text": "it's"})));
    let bases = prop::sample::select(vec![Basis::Reported, Basis::Estimated]);
    let next = prop_oneof![
        (prop::option::weighted(0.9, charges(60)), bases, results())
            .prop_map(|(charge, basis, result)| Next::Settled { charge, basis, result }),
        Just(Next::Released),
        (charges(60), results()).prop_map(|(at_least, result)| Next::Unknown { at_least, result }),
    ];
    (ids(), prop::option::of(1_i64..4), next, times()).prop_map(|(id, ticket, to, at)| Change::new(id, ticket, to, at))
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (entries(), limits()).prop_map(|(entry, limits)| Step::Admit(Box::new(entry), limits)),
        4 => changes().prop_map(Step::Advance),
        2 => changes().prop_map(Step::Enqueue),
        1 => times().prop_map(Step::Expire),
        1 => times().prop_map(Step::Prune),
    ];
    prop::collection::vec(step, 1..most)
}

/// Does the same to a ledger and to a model, and compares what they answer.
async fn take(ledger: &dyn Ledger, model: &mut Model, step: &Step) {
    match step {
        Step::Admit(entry, limits) => admit(ledger, model, entry, limits).await,
        Step::Advance(change) => {
            let answer = ledger.advance(change.clone()).await.unwrap();
            let is_done = model.advance(change);
            let said = match &answer {
                Advanced::Done(entry) => Some((true, entry)),
                Advanced::Stale(entry) => Some((false, entry)),
                _ => None,
            };
            assert_eq!(said.map(|(is_done, _)| is_done), is_done, "{answer:?}");
            if let Some((_, entry)) = said {
                assert_eq!(Some(&**entry), model.entries.get(&change.id));
            }
        }
        Step::Enqueue(change) => {
            ledger.enqueue(change.clone());
            ledger.flush().await.unwrap();
            model.advance(change);
        }
        Step::Expire(now) => {
            let expired = ledger.expire(*now).await.unwrap();
            assert_eq!((expired.released, expired.unknown), model.expire(*now));
        }
        Step::Prune(before) => {
            let pruned = ledger.prune(*before).await.unwrap();
            assert_eq!((pruned.summarised, pruned.removed), model.prune(*before));
        }
    }
}

async fn admit(ledger: &dyn Ledger, model: &mut Model, entry: &Entry, limits: &[Most]) {
    let before: Vec<Charge> = limits.iter().map(|limit| model.committed(&limit.counter)).collect();
    let admission = Admission::new(entry.clone(), limits.iter().map(limit).collect());
    let answer = ledger.admit(admission).await.unwrap();
    let said = model.admit(entry.clone(), limits);
    match (&answer, &said) {
        (Admitted::New, Said::SameAgain) => {}
        (Admitted::New, Said::New) => {
            for (limit, before) in limits.iter().zip(before) {
                let committed = ledger.standing(&limit.counter).await.unwrap().committed().unwrap();
                let [before, after] = [before, committed].map(|charge| amount(limit.pool, charge));
                assert!(after <= limit.tokens || after <= before, "{limit:?} was at {before} and is at {after}");
            }
        }
        (Admitted::Known(known), Said::Known(expected)) => assert_eq!(known, expected),
        (Admitted::Refused(refusal), Said::Refused(place, committed)) => {
            let pool = limits.get(*place).map(|limit| limit.pool);
            assert_eq!((refusal.limit, Some(refusal.pool)), (*place, pool));
            assert_eq!(refusal.committed, *committed);
        }
        _ => panic!("the ledger says {answer:?}, the model {said:?}"),
    }
}

/// The ledger holds what the model holds, and its totals are the sums.
async fn compare(ledger: &dyn Ledger, model: &Model) {
    let all = ledger.entries(&EntryQuery::all()).await.unwrap();
    assert!(all.is_sorted_by_key(|entry| (entry.at, entry.id.clone())), "{all:?}");
    let (summaries, found): (Vec<Entry>, Vec<Entry>) =
        all.into_iter().partition(|entry| entry.id.as_str().starts_with("summary:"));
    let mut expected: Vec<&Entry> = model.entries.values().collect();
    expected.sort_by_key(|entry| (entry.at, &entry.id));
    assert_eq!(found.iter().collect::<Vec<_>>(), expected);

    let spent = |entries: &[Entry]| {
        let charges = entries.iter().filter_map(|entry| entry.charge);
        charges.fold(Charge::ZERO, |sum, charge| sum.checked_add(charge).unwrap())
    };
    assert_eq!(summaries.iter().map(|entry| entry.calls).sum::<u64>(), model.pruned.len() as u64);
    assert_eq!(spent(&summaries), spent(&model.pruned));

    for counter in counters() {
        let standing = ledger.standing(&counter).await.unwrap();
        assert_eq!((standing.held, standing.spent), model.standing(&counter), "{counter:?}");
    }
    let found = ledger.reconcile().await.unwrap();
    assert!(found.is_whole(), "{found:?}");
    assert_eq!(found.entries, (model.entries.len() + summaries.len()) as u64);
}

async fn agree(ledger: &dyn Ledger, steps: &[Step]) {
    let mut model = Model::default();
    for step in steps {
        let mut step = step.clone();
        match &mut step {
            // Of plans within plans that expire together, the order decides what the outer one gets back.
            Step::Admit(entry, _) if entry.state == State::Reserved => entry.parent = None,
            _ => {}
        }
        take(ledger, &mut model, &step).await;
        compare(ledger, &model).await;
    }
}

/// All under one limit, and no charge over its hold: then nothing ever breaks the limit.
async fn keeps(ledger: &dyn Ledger, steps: &[Step], most: u64) {
    let counter = Counter::new(CounterScope::everything(), minute(0), None);
    let limits = vec![limit(&Most { counter: counter.clone(), pool: Pool::Total, tokens: most })];
    for step in steps {
        match step.clone() {
            Step::Admit(mut entry, _) => {
                entry.held = entry.held.or(Some(Charge::ZERO));
                ledger.admit(Admission::new(*entry, limits.clone())).await.map(drop).unwrap();
            }
            Step::Advance(change) | Step::Enqueue(change) => {
                let held = ledger.entry(&change.id).await.unwrap().and_then(|entry| entry.held);
                ledger.advance(within(change, held.unwrap_or_default())).await.map(drop).unwrap();
            }
            Step::Expire(now) => ledger.expire(now).await.map(drop).unwrap(),
            Step::Prune(before) => ledger.prune(before).await.map(drop).unwrap(),
        }
        let committed = ledger.standing(&counter).await.unwrap().committed().unwrap();
        assert!(committed.total() <= Tokens(most), "{committed} is committed of {most}");
    }
}

fn within(change: Change, held: Charge) -> Change {
    let cut = |charge: Charge| Charge::new(charge.input.min(held.input), charge.output.min(held.output));
    let to = match change.to {
        Next::Settled { charge, basis, result } => Next::Settled { charge: charge.map(cut), basis, result },
        Next::Unknown { result, .. } => Next::Unknown { at_least: Charge::ZERO, result },
        to => to,
    };
    Change::new(change.id, change.ticket, to, change.at)
}

fn block_on(future: impl Future<Output = ()>) {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(future);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn memory_agrees_with_the_model(steps in steps(60)) {
        block_on(agree(&MemoryLedger::new(), &steps));
    }

    #[test]
    fn memory_never_exceeds_a_limit(steps in steps(60), most in 0_u64..200) {
        block_on(keeps(&MemoryLedger::new(), &steps, most));
    }
}

#[cfg(feature = "sqlite")]
proptest! {
    // Each case is a file of its own that is synced at every step.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn sqlite_agrees_with_the_model(steps in steps(40)) {
        let folder = tempfile::tempdir().unwrap();
        block_on(agree(&SqliteLedger::open(folder.path().join("ledger")).unwrap(), &steps));
    }
}

#[cfg(feature = "postgres-tests")]
proptest! {
    // Each case is a schema of its own.
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn postgres_agrees_with_the_model(steps in steps(40)) {
        block_on(async {
            let ledger = super::conformance::postgres::fresh(1).await.unwrap().remove(0);
            agree(&ledger, &steps).await;
        });
    }
}
