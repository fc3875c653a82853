//! Reserving a plan: its cost is held as a whole, and its parts draw on it.

use std::collections::BTreeMap;
use std::fmt;

use cosmic_ai_core::{Call, Charge, Error, ErrorKind, OperationConflict, OperationId, Outcome};

use super::Plan;
use super::estimate::PlanEstimate;
use super::fit::Advice;
use super::invalid::InvalidPlan;
use super::room::held;
use crate::ledger::{Admitted, Advanced, BodyHash, Change, Entry, Kind, Next, State};
use crate::metered::{Limits, Meter};

/// The hold of a plan, on which its parts draw: see [`Meter::reserve`].
///
/// Dropped, it gives back what its parts have not drawn, as [`release`](Self::release) does, without waiting. If the process
/// dies, the deadline of the plan gives it back. What parts have drawn stays held for them.
#[must_use = "a reservation gives its hold back when it is dropped"]
pub struct Reservation {
    meter: Meter,
    id: OperationId,
    labels: BTreeMap<String, String>,
    estimate: PlanEstimate,
    ticket: i64,
    /// Whether the hold is this value's to give back.
    is_open: bool,
}

impl Meter {
    /// Holds the most that a plan may cost, as one operation, if all budgets that count it admit that. Nobody else can spend
    /// it then; calls made with [`Reservation::call`] draw on it before they ask for more.
    ///
    /// The hold counts by the labels of `call` and of the meter, and lasts until the time limit of `call` or, if it has
    /// none, for the [life of a call](Self::with_call_life).
    ///
    /// The operation id of `call` names the plan. With the id and the plan of a reservation that still holds, it is the same
    /// reservation again, with the deadline that it had: a process that was restarted goes on with it. Whoever releases it
    /// does so for all.
    ///
    /// Items without a price or an upper bound hold nothing, where all budgets admit that.
    ///
    /// ```
    /// use cosmic_ai_core::{Call, ImageRequest, Tokens, VideoRequest};
    /// use cosmic_ai_pricing::ledger::MemoryLedger;
    /// use cosmic_ai_pricing::{Budget, Meter, Plan};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cosmic_ai_core::Error> {
    /// let meter = Meter::new(MemoryLedger::new()).with_budget(Budget::daily(Tokens(400_000)));
    /// let plan = Plan::new().with("cover", ImageRequest::new("A lake")).with("clip", VideoRequest::new("Waves"));
    /// let reserved = meter.reserve(&Call::new(), &plan).await?;
    /// let cover = reserved.call(); // for the generator of images, with the request as it is in the plan
    /// assert_eq!(cover.parent(), Some(reserved.operation_id()));
    /// assert_eq!(reserved.release().await?.output, Tokens(320_160)); // nothing was drawn
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`ErrorKind::Invalid`] for a plan that is invalid;
    /// - [`ErrorKind::Budget`] where a budget does not admit it, whose source says what would;
    /// - [`ErrorKind::Operation`] where the id belongs to another request;
    /// - [`ErrorKind::Ledger`] when the ledger cannot be asked or the plan is larger than it keeps.
    pub async fn reserve(&self, call: &Call, plan: &Plan) -> Result<Reservation, Error> {
        let reserved = self.reserve_inner(call, plan).await;
        reserved.map_err(|error| error.with_operation_id(call.operation_id()))
    }

    async fn reserve_inner(&self, call: &Call, plan: &Plan) -> Result<Reservation, Error> {
        let estimate = self.estimator().plan(plan).map_err(|invalid: InvalidPlan| Error::from(invalid))?;
        let entry = self.plan_entry(call, plan, &estimate)?;
        let (body, now) = (entry.body, entry.at);
        let limits = self.limits(&entry.labels, now);
        if !estimate.is_bounded() && limits.strict().is_some() {
            return Err(self.misfit(&limits, plan, estimate).await);
        }
        // From here on this value gives back what was entered, also if this future is dropped or the ledger's answer lost.
        let mut reservation = Reservation {
            meter: self.clone(),
            id: entry.id.clone(),
            labels: call.labels().clone(),
            estimate,
            ticket: entry.ticket,
            is_open: true,
        };
        let mut admitted = self.try_twice(entry.clone(), &limits.limits).await?;
        if let Admitted::Known(known) = &admitted
            && is_overdue(known, now)
            && self.ledger().expire(now).await?.released > 0
        {
            admitted = self.try_twice(entry, &limits.limits).await?;
        }
        match admitted {
            Admitted::New => Ok(reservation),
            Admitted::Refused(_) => {
                let estimate = reservation.estimate.clone();
                reservation.is_open = false;
                Err(self.misfit(&limits, plan, estimate).await)
            }
            Admitted::Known(known) if known.body == body && known.state == State::Reserved => {
                reservation.ticket = known.ticket;
                Ok(reservation)
            }
            Admitted::Known(known) => {
                reservation.is_open = false;
                let is_same = known.body == body;
                let conflict = if is_same { OperationConflict::InFlight } else { OperationConflict::OtherRequest };
                Err(Error::new(ErrorKind::Operation(conflict), Outcome::NotSent))
            }
        }
    }

    /// The row of a plan.
    fn plan_entry(&self, call: &Call, plan: &Plan, estimate: &PlanEstimate) -> Result<Entry, Error> {
        let body = serde_json::to_vec(plan).map_err(|error| {
            Error::new(ErrorKind::Backend { message: format!("the plan is no JSON: {error}") }, Outcome::NotSent)
        })?;
        let now = self.now();
        let mut entry = Entry::new(call.operation_id().clone(), Kind::Plan, BodyHash::of(Kind::Plan, &body));
        entry.parent = call.parent().cloned();
        entry.labels = self.labels(call).into();
        entry.state = State::Reserved;
        (entry.held, entry.expected) = (Some(held(estimate)?), estimate.total.expected);
        (entry.at, entry.deadline) = (now, self.deadline(now, call.time_limit()));
        entry.ticket = fastrand::i64(0..);
        Ok(entry)
    }

    /// The refusal of a plan, with what would make it fit beneath.
    async fn misfit(&self, limits: &Limits<'_>, plan: &Plan, estimate: PlanEstimate) -> Error {
        let fit = match self.judge(limits, plan, estimate).await {
            Ok(fit) => fit,
            Err(error) => return error,
        };
        let advice = Advice::of(&fit);
        if let Some(refusal) = fit.refusal {
            return Error::new(ErrorKind::Budget(refusal), Outcome::NotSent).with_source(advice);
        }
        // Someone gave back in between what was missing.
        let message = "it refused a plan that fits by now; try again".to_owned();
        Error::new(ErrorKind::Ledger { message }, Outcome::NotSent)
    }
}

/// Whether a reservation is past its deadline, so that its parts cannot draw on it.
fn is_overdue(entry: &Entry, now: std::time::SystemTime) -> bool {
    entry.state == State::Reserved && entry.deadline < now
}

impl Reservation {
    /// The operation id of the plan.
    pub const fn operation_id(&self) -> &OperationId {
        &self.id
    }

    /// What the plan costs, as it is priced now.
    pub const fn estimate(&self) -> &PlanEstimate {
        &self.estimate
    }

    /// A call that is a part of the plan: with a new operation id and the labels of the plan's own call.
    pub fn call(&self) -> Call {
        self.call_of(OperationId::mint())
    }

    /// The same with an operation id of your own, so that a part that was made before a restart is not paid again.
    pub fn call_of(&self, id: OperationId) -> Call {
        let call = Call::of(id).with_parent(self.id.clone());
        self.labels.iter().fold(call, |call, (name, value)| call.with_label(name, value))
    }

    /// What is held and was not drawn by parts yet, by pool. Nothing once the deadline has given it back.
    ///
    /// # Errors
    /// [`ErrorKind::Ledger`] when the ledger cannot be read.
    pub async fn left(&self) -> Result<Charge, Error> {
        let entry = self.meter.ledger().entry(&self.id).await.map_err(|error| self.with_id(error.into()))?;
        let own = entry.filter(|entry| entry.state == State::Reserved && entry.ticket == self.ticket);
        Ok(own.and_then(|entry| entry.held).unwrap_or_default())
    }

    /// Gives back what was not drawn, and says how much that was. What parts have drawn stays held for them.
    ///
    /// # Errors
    /// [`ErrorKind::Ledger`] when the ledger cannot be written in time. It is tried again while the process lives.
    pub async fn release(mut self) -> Result<Charge, Error> {
        self.is_open = false;
        match self.meter.ledger().advance(self.release_change()).await {
            Ok(Advanced::Done(entry)) => Ok(entry.held.unwrap_or_default()),
            // The deadline was faster, or another process that had resumed it.
            Ok(_) => Ok(Charge::ZERO),
            Err(error) => Err(self.with_id(error.into())),
        }
    }

    /// Leaves the plan reserved until its deadline, beyond the life of this value: for a process that goes on with it later
    /// by [`Meter::reserve`].
    pub fn keep(mut self) {
        self.is_open = false;
    }

    fn release_change(&self) -> Change {
        Change::new(self.id.clone(), Some(self.ticket), Next::Released, self.meter.now())
    }

    fn with_id(&self, error: Error) -> Error {
        error.with_operation_id(&self.id)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if self.is_open {
            self.meter.ledger().enqueue(self.release_change());
        }
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation")
            .field("operation_id", &self.id.as_str())
            .field("total", &self.estimate.total)
            .field("is_open", &self.is_open)
            .finish_non_exhaustive()
    }
}
