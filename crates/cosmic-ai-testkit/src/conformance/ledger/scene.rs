//! What the checks of ledgers say: operations, limits, and what is expected of them.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cosmic_ai_core::{Charge, OperationId, Tokens};
use cosmic_ai_pricing::ledger::{
    Admission, Admitted, Advanced, Basis, BodyHash, Change, Counter, CounterScope, Entry, EntryQuery, Kind, Ledger,
    LedgerError, Limit, Next, Refusal, State,
};

use super::super::report::{Flaw, Verdict, ensure};

/// The first minute of a day in UTC, 2026-11-21.
pub(super) fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 20_778)
}

/// So many minutes after [`start`].
pub(super) fn minute(minutes: u64) -> SystemTime {
    start() + Duration::from_mins(minutes)
}

/// So many days after [`start`].
pub(super) fn day(days: u64) -> SystemTime {
    start() + Duration::from_hours(24 * days)
}

pub(super) fn charge(input: u64, output: u64) -> Charge {
    Charge::new(Tokens(input), Tokens(output))
}

pub(super) fn id(text: &str) -> OperationId {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// An operation that is about to be sent at [`start`], with a hold, ticket 1 and half an hour until its deadline.
pub(super) fn sent(name: &str, input: u64, output: u64) -> Entry {
    let mut entry = Entry::new(id(name), Kind::Text, BodyHash::of(Kind::Text, name.as_bytes()));
    (entry.held, entry.ticket) = (Some(charge(input, output)), 1);
    (entry.at, entry.deadline) = (start(), minute(30));
    entry
}

/// A plan that holds so much.
pub(super) fn plan(name: &str, input: u64, output: u64) -> Entry {
    with(sent(name, input, output), |plan| (plan.kind, plan.state) = (Kind::Plan, State::Reserved))
}

/// A part of an operation, that holds so much.
pub(super) fn part(name: &str, parent: &str, input: u64, output: u64) -> Entry {
    with(sent(name, input, output), |part| part.parent = Some(id(parent)))
}

pub(super) fn with<R>(mut entry: Entry, change: impl FnOnce(&mut Entry) -> R) -> Entry {
    change(&mut entry);
    entry
}

pub(super) fn labelled(entry: Entry, name: &str, value: &str) -> Entry {
    with(entry, |entry| entry.labels.insert(name.to_owned(), value.to_owned()))
}

/// All operations there are.
pub(super) fn everything() -> Counter {
    of(CounterScope::everything())
}

/// A scope's operations of all times.
pub(super) fn of(scope: CounterScope) -> Counter {
    Counter::new(scope, SystemTime::UNIX_EPOCH, None)
}

/// At most so many tokens of both pools.
pub(super) fn at_most(counter: Counter, total: u64) -> Limit {
    let mut limit = Limit::new(counter);
    limit.total = Some(Tokens(total));
    limit
}

pub(super) fn settled(input: u64, output: u64) -> Next {
    Next::Settled { charge: Some(charge(input, output)), basis: Basis::Reported, result: None }
}

pub(super) fn unknown(input: u64, output: u64) -> Next {
    Next::Unknown { at_least: charge(input, output), result: None }
}

/// A change of the attempt with ticket 1, a minute after [`start`].
pub(super) fn change(name: &str, to: Next) -> Change {
    Change::new(id(name), Some(1), to, minute(1))
}

/// A handle on a ledger, with what the checks ask of it.
#[derive(Debug, Clone)]
pub(super) struct Desk(pub(super) Arc<dyn Ledger>);

impl Deref for Desk {
    type Target = dyn Ledger;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl Desk {
    pub(super) async fn ask(&self, entry: Entry, limits: &[Limit]) -> Result<Admitted, LedgerError> {
        self.0.admit(Admission::new(entry, limits.to_vec())).await
    }

    /// Enters an operation that must be admitted.
    pub(super) async fn enter(&self, entry: Entry, limits: &[Limit]) -> Verdict {
        let name = entry.id.clone();
        let answer = self.ask(entry, limits).await?;
        ensure!(answer == Admitted::New, "{name} should be admitted, the answer is {answer:?}");
        Ok(())
    }

    /// Asks for an operation that must be refused.
    pub(super) async fn refused(&self, entry: Entry, limits: &[Limit]) -> Result<Refusal, Flaw> {
        let name = entry.id.clone();
        match self.ask(entry, limits).await? {
            Admitted::Refused(refusal) => Ok(refusal),
            other => Err(format!("{name} should be refused, the answer is {other:?}").into()),
        }
    }

    /// Makes a change that must be made, and that answers with the entry as it then is.
    pub(super) async fn done(&self, change: Change) -> Result<Entry, Flaw> {
        let name = change.id.clone();
        let said = match self.0.advance(change.clone()).await? {
            Advanced::Done(entry) => *entry,
            other => return Err(format!("{change:?} should be done, the answer is {other:?}").into()),
        };
        let kept = self.get(name.as_str()).await?;
        ensure!(said == kept, "the answer to {change:?} is {said:?}, what is kept is {kept:?}");
        Ok(said)
    }

    /// The entry of an operation that must be there.
    pub(super) async fn get(&self, name: &str) -> Result<Entry, Flaw> {
        let entry = self.0.entry(&id(name)).await?;
        entry.ok_or_else(|| format!("{name} was entered, and there is no entry of it").into())
    }

    /// Everything there is, in order.
    pub(super) async fn all(&self) -> Result<Vec<Entry>, LedgerError> {
        self.0.entries(&EntryQuery::all()).await
    }

    /// Checks what is held and what is spent, input and output.
    pub(super) async fn stands(&self, counter: &Counter, held: (u64, u64), spent: (u64, u64)) -> Verdict {
        let standing = self.0.standing(counter).await?;
        let is_so = standing.held == charge(held.0, held.1) && standing.spent == charge(spent.0, spent.1);
        let scope = &counter.scope;
        ensure!(is_so, "for {scope}, held should be {held:?} and spent {spent:?} (input, output); it is {standing:?}");
        Ok(())
    }
}
