//! Rules of keeping: what goes in comes out.

use std::time::Duration;

use cosmic_ai_core::ModelId;
use cosmic_ai_pricing::ledger::{
    Basis, BodyHash, Change, CounterScope, Entry, Kind, LedgerError, MOST_TOKENS, Next, State,
};
use serde_json::{Value, json};

use super::super::report::{Flaw, Verdict, ensure};
use super::scene::{Desk, at_most, change, charge, everything, id, minute, of, plan, sent, settled, unknown, with};
use super::{Handles, Run};

pub(super) async fn run<M, F>(run: &mut Run<'_, M>)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    run.one("ledger/entries-come-back-as-they-went-in", round_trip).await;
    run.one("ledger/odd-labels-count-and-come-back", odd_labels).await;
    run.one("ledger/what-cannot-be-kept-is-refused", refused).await;
    run.one("ledger/the-largest-amounts-are-kept", largest).await;
    run.one("ledger/amounts-beyond-the-most-change-nothing", beyond).await;
    run.one("ledger/a-charge-beyond-the-most-is-kept-as-the-most", clamped).await;
}

/// Texts that a careless store changes or trips over.
const ODD: [&str; 8] = [
    "Zoë 好 😀 é",
    "it's \"quoted\" \\ and `ticked`",
    "'; DROP TABLE entries; --",
    "{\"json\": [1]}",
    "100%_of$1?:name",
    " blanks around ",
    "\u{202e}turned\u{feff}",
    "null",
];

fn full() -> Entry {
    let mut entry = sent(&"!~{\"'}".repeat(22)[..128], 11, 12);
    entry.parent = Some(id(&"p".repeat(128)));
    (entry.kind, entry.model) = (Kind::Extend, Some(ModelId::from("vendor/modèle:1 \"x\"")));
    entry.labels =
        ODD.iter().zip(ODD.iter().rev()).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    entry.expected = Some(charge(0, MOST_TOKENS));
    entry.body = BodyHash(std::array::from_fn(|place| if place % 2 == 0 { 0xff } else { 0 }));
    entry.at = minute(7) + Duration::from_millis(1);
    entry.deadline = minute(70) + Duration::from_millis(999);
    entry.ticket = i64::MIN;
    entry
}

async fn round_trip(desk: Desk) -> Verdict {
    let mut entry = full();
    desk.enter(entry.clone(), &[]).await?;
    same(&desk, &entry).await?;
    let result = json!({"text": ODD.concat(), "deep": [[[null, true, -1, 1.5, u64::MAX]]], "": {}});
    for (to, at) in [
        (Next::Unknown { at_least: charge(1, 13), result: Some(result.clone()) }, minute(8)),
        (Next::Settled { charge: None, basis: Basis::Decided, result: None }, minute(9)),
    ] {
        let change = Change::new(entry.id.clone(), Some(entry.ticket), to, at);
        desk.done(change).await?;
    }
    (entry.state, entry.basis, entry.closed_at) = (State::Settled, Some(Basis::Decided), Some(minute(9)));
    (entry.held, entry.result) = (Some(charge(11, 13)), Some(result));
    same(&desk, &entry).await?;
    // The other extreme: nothing that can be left out is there.
    let least = with(sent("x", 0, 0), |entry| (entry.held, entry.ticket) = (None, i64::MAX));
    desk.enter(least.clone(), &[]).await?;
    same(&desk, &least).await?;
    for kind in [Kind::Text, Kind::Image, Kind::Video, Kind::Extend, Kind::Speech, Kind::Plan] {
        let entry = with(sent(kind.as_str(), 1, 1), |entry| entry.kind = kind);
        desk.enter(entry.clone(), &[]).await?;
        same(&desk, &entry).await?;
    }
    null_result(&desk).await
}

/// A result of JSON `null` is not made into something else.
async fn null_result(desk: &Desk) -> Verdict {
    desk.enter(sent("null", 1, 1), &[]).await?;
    let to = Next::Settled { charge: None, basis: Basis::Reported, result: Some(Value::Null) };
    let entry = desk.done(change("null", to)).await?;
    ensure!(entry.result == Some(Value::Null), "its result is null, it came back as {:?}", entry.result);
    Ok(())
}

/// The entry as it is told alone and in the list.
async fn same(desk: &Desk, expected: &Entry) -> Verdict {
    let kept = desk.get(expected.id.as_str()).await?;
    ensure!(kept == *expected, "kept should be {expected:?}, it is {kept:?}");
    let listed = desk.all().await?.into_iter().find(|entry| entry.id == expected.id);
    ensure!(listed.as_ref() == Some(expected), "listed should be {expected:?}, it is {listed:?}");
    Ok(())
}

async fn odd_labels(desk: Desk) -> Verdict {
    for (name, value) in ODD.iter().zip(ODD.iter().rev()) {
        let counter = of(CounterScope::label(*name, *value));
        let entry = |ticket| {
            with(sent(&format!("{ticket}-{}", BodyHash::of(Kind::Text, name.as_bytes())), 3, 4), |entry| {
                entry.labels.insert((*name).to_owned(), (*value).to_owned());
            })
        };
        // Added up from entries, and kept.
        desk.enter(entry(1), &[]).await?;
        desk.stands(&counter, (3, 4), (0, 0)).await?;
        desk.enter(entry(2), &[at_most(counter.clone(), 14)]).await?;
        desk.stands(&counter, (6, 8), (0, 0)).await?;
        desk.refused(entry(3), &[at_most(counter.clone(), 14)]).await?;
    }
    Ok(())
}

/// The same on every ledger, whatever is beneath it: so that none takes what another one trips over.
async fn refused(desk: Desk) -> Verdict {
    let labelled = |name: &str, value: &str| {
        with(sent("labelled", 1, 1), |entry| drop(entry.labels.insert(name.to_owned(), value.to_owned())))
    };
    let mut many = sent("many", 1, 1);
    many.labels = (0..33).map(|number| (format!("label-{number}"), "x".to_owned())).collect();
    let refused = [
        sent("summary:0", 1, 1),
        labelled("", "x"),
        labelled("user", "a\0b"),
        labelled("us\ner", "x"),
        labelled("user", &"x".repeat(257)),
        labelled(&"x".repeat(65), "x"),
        many,
        with(sent("model", 1, 1), |entry| entry.model = Some(ModelId::from("a\0b"))),
    ];
    for entry in refused {
        let answer = desk.ask(entry.clone(), &[at_most(everything(), 100)]).await;
        ensure!(matches!(answer, Err(LedgerError::Invalid(_))), "{entry:?} cannot be kept, the answer is {answer:?}");
    }
    desk.enter(labelled(&"x".repeat(64), &"x".repeat(256)), &[at_most(everything(), 2)]).await
}

/// What was paid is never lost to an absurd figure.
async fn clamped(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), u64::MAX)];
    for name in ["settled", "unknown"] {
        desk.enter(sent(name, 5, 5), &limits).await?;
    }
    let entry = desk.done(change("settled", settled(u64::MAX, 7))).await?;
    ensure!(entry.charge == Some(charge(MOST_TOKENS, 7)), "the most is kept of it, it is {:?}", entry.charge);
    ensure!(entry.basis == Some(Basis::Estimated), "it is no longer as reported, it is {:?}", entry.basis);
    let entry = desk.done(change("unknown", unknown(7, u64::MAX))).await?;
    ensure!(entry.held == Some(charge(7, MOST_TOKENS)), "the most is held of it, it is {:?}", entry.held);
    desk.stands(&everything(), (7, MOST_TOKENS), (MOST_TOKENS, 7)).await
}

async fn largest(desk: Desk) -> Verdict {
    for name in ["one", "two"] {
        desk.enter(sent(name, MOST_TOKENS, MOST_TOKENS), &[at_most(everything(), u64::MAX)]).await?;
        same(&desk, &sent(name, MOST_TOKENS, MOST_TOKENS)).await?;
    }
    desk.stands(&everything(), (2 * MOST_TOKENS, 2 * MOST_TOKENS), (0, 0)).await?;
    desk.done(change("one", settled(MOST_TOKENS, MOST_TOKENS))).await?;
    desk.stands(&everything(), (MOST_TOKENS, MOST_TOKENS), (MOST_TOKENS, MOST_TOKENS)).await
}

async fn beyond(desk: Desk) -> Verdict {
    let limits = [at_most(everything(), u64::MAX)];
    desk.enter(plan("plan", 5, 5), &limits).await?;
    desk.enter(sent("kept", 5, 5), &limits).await?;
    let before = desk.all().await?;
    for amount in [MOST_TOKENS + 1, i64::MAX.unsigned_abs(), i64::MAX.unsigned_abs() + 1, u64::MAX] {
        for (input, output) in [(amount, 0), (0, amount)] {
            let entry = with(sent("beyond", input, output), |entry| entry.parent = Some(id("plan")));
            overflows(&desk.ask(entry, &limits).await)?;
            let expected = with(sent("beyond", 1, 1), |entry| entry.expected = Some(charge(input, output)));
            overflows(&desk.ask(expected, &limits).await)?;
        }
    }
    let after = desk.all().await?;
    ensure!(after == before, "what is too large was said to fail; there was {before:?} and then {after:?}");
    desk.stands(&everything(), (10, 10), (0, 0)).await?;
    desk.done(change("kept", settled(1, 1))).await?;
    Ok(())
}

fn overflows<T: std::fmt::Debug>(answer: &Result<T, LedgerError>) -> Result<(), Flaw> {
    ensure!(matches!(answer, Err(LedgerError::Overflow)), "it is more than is kept, the answer is {answer:?}");
    Ok(())
}
