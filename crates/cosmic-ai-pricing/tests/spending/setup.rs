//! A metered backend over a ledger in memory, at a time that a test sets.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use cosmic_ai_core::{Amount, BudgetRefusal, Call, Charge, Error, ErrorKind, OperationId, TextRequest, Tokens};
use cosmic_ai_pricing::ledger::{Counter, CounterScope, Entry, Ledger, MemoryLedger, Standing};
use cosmic_ai_pricing::{Clock, Meter, Metered};

use super::backend::{Act, Backend};

/// A clock that stands still until it is told otherwise.
#[derive(Debug, Clone)]
pub(crate) struct TestClock(Arc<Mutex<SystemTime>>);

impl TestClock {
    pub(crate) fn at(text: &str) -> Self {
        Self(Arc::new(Mutex::new(time(text))))
    }

    pub(crate) fn set(&self, text: &str) {
        *self.0.lock().unwrap() = time(text);
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap()
    }
}

pub(crate) fn time(text: &str) -> SystemTime {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

/// A backend, metered.
pub(crate) struct Setup {
    pub(crate) backend: Arc<Backend>,
    pub(crate) ledger: Arc<MemoryLedger>,
    pub(crate) clock: TestClock,
    pub(crate) metered: Metered<Arc<Backend>>,
}

impl Setup {
    pub(crate) fn new(acts: impl IntoIterator<Item = Act>, configure: impl FnOnce(Meter) -> Meter) -> Self {
        let backend = Arc::new(Backend::new(acts));
        let ledger = Arc::new(MemoryLedger::new());
        let clock = TestClock::at("2026-11-22T10:00:00Z");
        let meter = configure(Meter::new(ledger.clone()).with_clock(clock.clone()));
        Self { metered: Metered::new(backend.clone(), meter), backend, ledger, clock }
    }

    pub(crate) async fn entry(&self, id: &OperationId) -> Entry {
        self.ledger.entry(id).await.unwrap().expect("the operation is in the ledger")
    }

    /// What all operations of all time come to.
    pub(crate) async fn standing(&self) -> Standing {
        let all = Counter::new(CounterScope::everything(), SystemTime::UNIX_EPOCH, None);
        assert!(self.ledger.reconcile().await.unwrap().is_whole());
        self.ledger.standing(&all).await.unwrap()
    }
}

pub(crate) fn call(id: &str) -> Call {
    Call::of(id.parse().unwrap())
}

/// A text that holds 28 + 100 output and (11 + 16) x 2 input tokens: 254 in all.
pub(crate) fn ask() -> TextRequest {
    TextRequest::new("Write words").with_max_tokens(100)
}

/// What [`ask`] holds.
pub(crate) const HELD: Charge = Charge::new(Tokens(54), Tokens(200));
/// What it costs, when it is answered with 10 input and 20 output tokens.
pub(crate) const COST: Charge = Charge::new(Tokens(20), Tokens(40));

#[track_caller]
pub(crate) fn refusal(error: &Error) -> BudgetRefusal {
    match error.kind() {
        ErrorKind::Budget(refusal) => refusal.clone(),
        other => panic!("not refused by a budget: {other:?}"),
    }
}

pub(crate) const fn tokens(tokens: u64) -> Amount {
    Amount::Tokens(Tokens(tokens))
}
