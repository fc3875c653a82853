//! A ledger that is broken in one way.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use cosmic_ai_core::{Charge, OperationId, Tokens};
use cosmic_ai_pricing::ledger::{
    Admission, Admitted, Advanced, BodyHash, Change, Counter, Entry, EntryQuery, Expired, Ledger, LedgerError,
    MOST_TOKENS, MemoryLedger, Next, Pruned, Reconciliation, Standing, State,
};

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    KeepsHoldsOnSettling,
    CountsTwice,
    IgnoresTheLastLimit,
    SettlesTwice,
    LosesWhatIsEnqueued,
    AppliesWhatIsEnqueuedOnFlush,
    KnowsTheSameAttempt,
    AdmitsAnotherBody,
    SkipsOneBetweenPages,
    OrdersByIdAlone,
    ListsAllStates,
    ExpiresAtTheDeadline,
    ReleasesWhatWasSent,
    ExpiresWhatIsNotDue,
    PruningLosesSpending,
    PruningClosesTheOpen,
    HoldsWhatItRefuses,
    BlamesTheFirstLimit,
    IgnoresTickets,
    CutsChargesToTheHold,
    FreesTheUnknown,
    IgnoresAtLeast,
    ForgetsPlans,
    ChargesTheFree,
    StandsAtNothingUntilAsked,
    LowersLabels,
    ForgetsResults,
    CutsAmounts,
    LooksBeforeItLeaps,
    DropsWithTheFuture,
}

/// The ledger in memory, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Broken {
    fault: Fault,
    ledger: MemoryLedger,
    asked: Mutex<BTreeSet<Counter>>,
    waiting: Mutex<Vec<Change>>,
    is_pruned: AtomicBool,
}

/// The name of what a fault adds to the ledger; it is in no list.
const GHOST: &str = "ghost:";

impl Broken {
    pub(crate) fn new(fault: Fault) -> Self {
        let (asked, waiting) = (Mutex::default(), Mutex::default());
        Self { fault, ledger: MemoryLedger::new(), asked, waiting, is_pruned: AtomicBool::new(false) }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    /// What is held or charged for an operation once more, for ever.
    async fn haunt(&self, entry: &Entry) {
        let mut ghost = entry.clone();
        ghost.id = format!("{GHOST}{}", BodyHash::of(entry.kind, entry.id.as_str().as_bytes())).parse().unwrap();
        (ghost.parent, ghost.state) = (None, State::Sent);
        if self.is(Fault::CountsTwice) {
            ghost.held = entry.charge;
        }
        let _ = self.ledger.admit(Admission::new(ghost, Vec::new())).await;
    }

    /// An admission as this ledger reads it.
    fn read(&self, admission: &mut Admission) {
        let Admission { entry, limits, .. } = admission;
        match self.fault {
            Fault::IgnoresTheLastLimit if limits.len() > 1 => drop(limits.pop()),
            Fault::ForgetsPlans => entry.parent = None,
            Fault::ChargesTheFree if entry.held.is_none_or(|held| held == Charge::ZERO) => {
                entry.held = Some(Charge::new(Tokens(1), Tokens::ZERO));
            }
            Fault::LowersLabels => {
                for value in entry.labels.values_mut() {
                    *value = value.to_lowercase();
                }
            }
            Fault::CutsAmounts => entry.held = entry.held.map(cut),
            _ => {}
        }
    }

    /// Whether all limits on both pools would hold now.
    async fn fits(&self, admission: &Admission) -> Result<bool, LedgerError> {
        for limit in &admission.limits {
            let before = self.ledger.standing(&limit.counter).await?.committed().unwrap();
            let after = before.checked_add(admission.entry.held.unwrap_or_default());
            if after.is_none_or(|after| limit.broken(before, after).is_some()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn cut(charge: Charge) -> Charge {
    let pool = |tokens: Tokens| tokens.min(Tokens(MOST_TOKENS));
    Charge::new(pool(charge.input), pool(charge.output))
}

#[async_trait]
impl Ledger for Broken {
    async fn admit(&self, mut admission: Admission) -> Result<Admitted, LedgerError> {
        self.read(&mut admission);
        self.asked.lock().unwrap().extend(admission.limits.iter().map(|limit| limit.counter.clone()));
        let known = self.ledger.entry(&admission.entry.id).await?;
        match (self.fault, known) {
            (Fault::KnowsTheSameAttempt, Some(known)) if known.state != State::Released => {
                return Ok(Admitted::Known(Box::new(known)));
            }
            (Fault::AdmitsAnotherBody, Some(known)) => admission.entry.body = known.body,
            (Fault::LooksBeforeItLeaps, None) if self.fits(&admission).await? => {
                tokio::task::yield_now().await;
                admission.limits.clear();
            }
            (Fault::DropsWithTheFuture, _) => tokio::task::yield_now().await,
            _ => {}
        }
        let answer = self.ledger.admit(admission.clone()).await?;
        match answer {
            Admitted::Refused(mut refusal) if self.is(Fault::BlamesTheFirstLimit) => {
                refusal.limit = 0;
                Ok(Admitted::Refused(refusal))
            }
            Admitted::Refused(_) if self.is(Fault::HoldsWhatItRefuses) => {
                self.ledger.admit(Admission::new(admission.entry, Vec::new())).await?;
                Ok(answer)
            }
            _ => Ok(answer),
        }
    }

    async fn advance(&self, mut change: Change) -> Result<Advanced, LedgerError> {
        let before = self.ledger.entry(&change.id).await?;
        match (self.fault, &mut change.to) {
            (Fault::IgnoresTickets, _) => change.ticket = None,
            (Fault::CutsChargesToTheHold, Next::Settled { charge: Some(spent), .. }) => {
                let held = before.as_ref().and_then(|entry| entry.held).unwrap_or_default();
                *spent = Charge::new(spent.input.min(held.input), spent.output.min(held.output));
            }
            (Fault::CutsAmounts, Next::Settled { charge: Some(spent), .. } | Next::Unknown { at_least: spent, .. }) => {
                *spent = cut(*spent);
            }
            (Fault::FreesTheUnknown, Next::Unknown { .. }) => change.to = Next::Released,
            (Fault::IgnoresAtLeast, Next::Unknown { at_least, .. }) => *at_least = Charge::ZERO,
            (Fault::ForgetsResults, Next::Settled { result, .. } | Next::Unknown { result, .. }) => *result = None,
            _ => {}
        }
        let is_settlement = matches!(change.to, Next::Settled { .. });
        let answer = self.ledger.advance(change).await?;
        match (self.fault, answer) {
            (Fault::KeepsHoldsOnSettling | Fault::CountsTwice, Advanced::Done(entry)) if is_settlement => {
                self.haunt(&entry).await;
                Ok(Advanced::Done(entry))
            }
            (Fault::SettlesTwice, Advanced::Stale(entry)) if is_settlement => Ok(Advanced::Done(entry)),
            (_, answer) => Ok(answer),
        }
    }

    fn enqueue(&self, change: Change) {
        match self.fault {
            Fault::LosesWhatIsEnqueued => {}
            Fault::AppliesWhatIsEnqueuedOnFlush => self.waiting.lock().unwrap().push(change),
            _ => self.ledger.enqueue(change),
        }
    }

    async fn flush(&self) -> Result<(), LedgerError> {
        for change in self.waiting.lock().unwrap().drain(..) {
            self.ledger.enqueue(change);
        }
        self.ledger.flush().await
    }

    async fn expire(&self, now: SystemTime) -> Result<Expired, LedgerError> {
        let now = match self.fault {
            Fault::ExpiresAtTheDeadline => now + Duration::from_millis(1),
            Fault::ExpiresWhatIsNotDue => now + Duration::from_hours(24),
            _ => now,
        };
        let sent = self.ledger.entries(&EntryQuery::all().with_states([State::Sent])).await?;
        let expired = self.ledger.expire(now).await?;
        if self.is(Fault::ReleasesWhatWasSent) {
            for entry in sent.iter().filter(|entry| entry.deadline < now) {
                self.ledger.advance(Change::new(entry.id.clone(), None, Next::Released, now)).await?;
            }
        }
        Ok(expired)
    }

    async fn entry(&self, id: &OperationId) -> Result<Option<Entry>, LedgerError> {
        self.ledger.entry(id).await
    }

    async fn entries(&self, query: &EntryQuery) -> Result<Vec<Entry>, LedgerError> {
        let mut query = query.clone();
        if self.is(Fault::ListsAllStates) {
            query.states.clear();
        }
        let mut entries = self.ledger.entries(&query).await?;
        entries.retain(|entry| !entry.id.as_str().starts_with(GHOST));
        if self.is(Fault::OrdersByIdAlone) {
            entries.sort_by(|one, other| one.id.cmp(&other.id));
        }
        if self.is(Fault::SkipsOneBetweenPages) && query.after.is_some() && !entries.is_empty() {
            entries.remove(0);
        }
        Ok(entries)
    }

    async fn standing(&self, counter: &Counter) -> Result<Standing, LedgerError> {
        let mut standing = self.ledger.standing(counter).await?;
        if self.is(Fault::StandsAtNothingUntilAsked) && !self.asked.lock().unwrap().contains(counter) {
            standing = Standing::default();
        }
        if self.is_pruned.load(Ordering::SeqCst) {
            standing.spent = Charge::ZERO;
        }
        Ok(standing)
    }

    async fn reconcile(&self) -> Result<Reconciliation, LedgerError> {
        self.ledger.reconcile().await
    }

    async fn prune(&self, before: SystemTime) -> Result<Pruned, LedgerError> {
        if self.is(Fault::PruningClosesTheOpen) {
            for entry in self.ledger.entries(&EntryQuery::all().with_until(before)).await? {
                self.ledger.enqueue(Change::new(entry.id, None, Next::Released, before));
            }
        }
        self.is_pruned.store(self.is(Fault::PruningLosesSpending), Ordering::SeqCst);
        self.ledger.prune(before).await
    }
}
