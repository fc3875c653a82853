//! The rules of every ledger, once: what an admission, a change and a deadline do to entries and totals.
//!
//! A [`Book`] is pure. The ledger in memory is one; the others load into one what a batch of commands touches, apply the
//! batch, and store what has changed.

use std::collections::HashMap;
use std::time::SystemTime;

use cosmic_ai_core::{Charge, OperationId, Tokens};

use super::admission::{Admission, Admitted, Refusal};
use super::change::{Advanced, Change, Next};
use super::counter::{Counter, CounterScope, value_of};
use super::entry::{Basis, Entry, Standing, State};
use super::{LedgerError, MOST_TOKENS};

/// Entries and totals, and which of them were changed since they were loaded.
#[derive(Debug, Default)]
pub(crate) struct Book {
    entries: HashMap<OperationId, Row>,
    totals: Vec<Total>,
    /// Where they are, by the name and then the value of their scopes: so the totals of an entry are found by its labels.
    places: HashMap<String, HashMap<String, Vec<usize>>>,
}

/// An entry, and whether it was changed.
#[derive(Debug)]
struct Row {
    entry: Entry,
    #[cfg_attr(
        not(any(feature = "sqlite", feature = "postgres")),
        expect(dead_code, reason = "memory stores nothing")
    )]
    is_changed: bool,
}

/// The running total of a counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Total {
    pub(crate) counter: Counter,
    pub(crate) standing: Standing,
    pub(crate) is_changed: bool,
}

impl Book {
    /// Takes in an entry as it is stored.
    pub(crate) fn load_entry(&mut self, entry: Entry) {
        self.entries.insert(entry.id.clone(), Row { entry, is_changed: false });
    }

    /// Takes in a total as it is stored.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn load_total(&mut self, counter: Counter, standing: Standing) {
        self.insert_total(Total { counter, standing, is_changed: false });
    }

    /// Takes in the total of a counter that was not kept yet: the sum of its entries as they are stored.
    pub(crate) fn add_total(&mut self, counter: Counter, standing: Standing) {
        self.insert_total(Total { counter, standing, is_changed: true });
    }

    fn insert_total(&mut self, total: Total) {
        let CounterScope { name, value } = total.counter.scope.clone();
        self.places.entry(name).or_default().entry(value).or_default().push(self.totals.len());
        self.totals.push(total);
    }

    pub(crate) fn entry(&self, id: &OperationId) -> Option<&Entry> {
        self.entries.get(id).map(|row| &row.entry)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().map(|row| &row.entry)
    }

    /// Forgets an entry; its totals keep what it added.
    pub(crate) fn remove_entry(&mut self, id: &OperationId) -> Option<Entry> {
        self.entries.remove(id).map(|row| row.entry)
    }

    pub(crate) fn total(&self, counter: &Counter) -> Option<Standing> {
        self.totals.get(self.place(counter)?).map(|total| total.standing)
    }

    pub(crate) fn totals(&self) -> impl Iterator<Item = &Total> {
        self.totals.iter()
    }

    /// Forgets the totals of windows that ended before `time`. They are added up again if anyone asks.
    pub(crate) fn remove_totals_before(&mut self, time: SystemTime) {
        let kept = std::mem::take(&mut self.totals).into_iter();
        self.places.clear();
        for total in kept.filter(|total| total.counter.until.is_none_or(|until| until > time)) {
            self.insert_total(total);
        }
    }

    /// The entries that were changed since they were loaded, by id: whoever stores them takes locks in one order.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn changed_entries(&self) -> impl Iterator<Item = &Entry> {
        let mut changed: Vec<&Entry> =
            self.entries.values().filter(|row| row.is_changed).map(|row| &row.entry).collect();
        changed.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        changed.into_iter()
    }

    /// The totals that were changed since they were loaded.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn changed_totals(&self) -> impl Iterator<Item = &Total> {
        self.totals().filter(|total| total.is_changed)
    }

    /// Where the total of a counter is.
    fn place(&self, counter: &Counter) -> Option<usize> {
        let of_scope = self.places.get(&counter.scope.name)?.get(&counter.scope.value)?;
        of_scope.iter().copied().find(|place| self.totals.get(*place).is_some_and(|total| total.counter == *counter))
    }

    /// Admits an operation if all its limits hold. The totals of its limits' counters must be there. What is refused or
    /// fails changes nothing.
    pub(crate) fn admit(&mut self, admission: &Admission) -> Result<Admitted, LedgerError> {
        let Admission { entry, limits } = admission;
        let before = self.entry(&entry.id).cloned();
        if let Some(known) = &before {
            if known.ticket == entry.ticket && known.body == entry.body && known.state == entry.state {
                // The same admission again, after its answer was lost on the way. What has moved on since is not new.
                return Ok(Admitted::New);
            }
            if known.state != State::Released || known.body != entry.body {
                return Ok(Admitted::Known(Box::new(known.clone())));
            }
        }
        let parent = entry.parent.as_ref().and_then(|id| self.entry(id)).cloned();
        let places: Vec<Option<usize>> = limits.iter().map(|limit| self.place(&limit.counter)).collect();
        let committed = self.committed(&places)?;
        let broken = self.enter(entry.clone(), parent.as_ref()).and_then(|()| {
            let changes = limits.iter().zip(committed.iter().zip(self.committed(&places)?)).enumerate();
            Ok(changes
                .into_iter()
                .find_map(|(place, (limit, (before, after)))| Some((place, limit.broken(*before, after)?))))
        });
        if matches!(broken, Ok(None)) {
            return Ok(Admitted::New);
        }
        self.take_back(&entry.id, before)?;
        if let Some(parent) = parent {
            self.put(parent)?;
        }
        let refused = |(limit, pool)| Admitted::Refused(Refusal { limit, pool, committed });
        broken.map(|broken| broken.map_or(Admitted::New, refused))
    }

    /// Enters an operation, drawing on its parent.
    fn enter(&mut self, mut entry: Entry, parent: Option<&Entry>) -> Result<(), LedgerError> {
        entry.drawn = Charge::ZERO;
        // The parent first: what it gives up makes room.
        if let Some(lessened) = parent.and_then(|parent| draw(parent, &mut entry)) {
            self.put(lessened)?;
        }
        self.put(entry)
    }

    /// Moves an operation on, if it stands where the change may come from.
    pub(crate) fn advance(&mut self, change: &Change) -> Result<Advanced, LedgerError> {
        let Some(entry) = self.entry(&change.id) else { return Ok(Advanced::Missing) };
        let is_meant = change.ticket.is_none_or(|ticket| ticket == entry.ticket);
        if !is_meant || !change.to.may_follow(entry.state) {
            return Ok(Advanced::Stale(Box::new(entry.clone())));
        }
        let mut entry = entry.clone();
        let closes = match &change.to {
            Next::Settled { charge, basis, result } => {
                // What is paid is never lost to an absurd figure: the most that can be kept is.
                let kept = charge.map(at_most);
                let basis = if kept == *charge { *basis } else { Basis::Estimated };
                (entry.state, entry.charge, entry.basis) = (State::Settled, kept, Some(basis));
                if result.is_some() {
                    entry.result.clone_from(result);
                }
                true
            }
            Next::Released => {
                entry.state = State::Released;
                self.give_back(&mut entry)?;
                true
            }
            Next::Unknown { at_least, result } => {
                entry.state = State::Unknown;
                entry.held = Some(entry.held.unwrap_or_default().max_by_pool(at_most(*at_least)));
                if result.is_some() {
                    entry.result.clone_from(result);
                }
                false
            }
        };
        entry.closed_at = closes.then_some(change.at);
        self.put(entry.clone())?;
        Ok(Advanced::Done(Box::new(entry)))
    }

    /// What was drawn and is still there goes back to the parent, if that still waits for its parts. A plan within a plan
    /// may have passed some of it on: that is not held twice.
    fn give_back(&mut self, entry: &mut Entry) -> Result<(), LedgerError> {
        let drawn = std::mem::take(&mut entry.drawn).min_by_pool(entry.held.unwrap_or_default());
        let parent = entry.parent.as_ref().and_then(|id| self.entry(id));
        // A plan that was released and reserved again since has not lent this.
        let has_lent = |parent: &&Entry| parent.state == State::Reserved && parent.at <= entry.at;
        let Some(parent) = parent.filter(has_lent) else { return Ok(()) };
        let Some(left) = parent.held else { return Ok(()) };
        let held = Some(left.checked_add(drawn).ok_or(LedgerError::Overflow)?);
        self.put(Entry { held, ..parent.clone() })
    }

    /// The one place where totals change: by the difference between an entry as it was and as it is. All of them or none.
    fn put(&mut self, entry: Entry) -> Result<(), LedgerError> {
        let is_kept = |charge: Charge| charge.input.get() <= MOST_TOKENS && charge.output.get() <= MOST_TOKENS;
        if ![entry.held, entry.expected, entry.charge].into_iter().flatten().all(is_kept) {
            return Err(LedgerError::Overflow);
        }
        let was = self.entry(&entry.id).map(|was| (was.at, was.standing()));
        let difference = Difference { was, now: (entry.at, entry.standing()) };
        let counting = self.places.iter().filter_map(|(name, values)| values.get(value_of(name, &entry.labels)));
        let places: Vec<usize> = counting.flatten().copied().collect();
        for total in places.iter().filter_map(|place| self.totals.get(*place)) {
            difference.applied_to(total)?;
        }
        for place in places {
            if let Some(total) = self.totals.get_mut(place) {
                let standing = difference.applied_to(total)?;
                total.is_changed |= standing != total.standing;
                total.standing = standing;
            }
        }
        self.entries.insert(entry.id.clone(), Row { entry, is_changed: true });
        Ok(())
    }

    /// Undoes the entry of an operation that is refused after all. Before, there was none, or a released one.
    fn take_back(&mut self, id: &OperationId, before: Option<Entry>) -> Result<(), LedgerError> {
        // By its own labels, which may be others than those of the entry before.
        if let Some(mut entry) = self.entry(id).cloned() {
            entry.state = State::Released;
            self.put(entry)?;
        }
        if let Some(before) = before {
            return self.put(before);
        }
        self.entries.remove(id);
        Ok(())
    }

    /// What the totals at these places come to, held and spent together.
    fn committed(&self, places: &[Option<usize>]) -> Result<Vec<Charge>, LedgerError> {
        let committed = |place: &Option<usize>| {
            let standing = place.and_then(|place| self.totals.get(place)).map(|total| total.standing);
            standing.unwrap_or_default().committed().ok_or(LedgerError::Overflow)
        };
        places.iter().map(committed).collect()
    }
}

/// What becomes of an operation whose deadline has passed.
pub(crate) fn overdue(entry: &Entry, now: SystemTime) -> Option<Change> {
    let to = match entry.state {
        State::Reserved => Next::Released,
        State::Sent => Next::Unknown { at_least: Charge::ZERO, result: None },
        _ => return None,
    };
    (entry.deadline < now).then(|| Change::new(entry.id.clone(), Some(entry.ticket), to, now))
}

/// A charge as far as an entry can keep it.
fn at_most(charge: Charge) -> Charge {
    charge.min_by_pool(Charge::new(Tokens(MOST_TOKENS), Tokens(MOST_TOKENS)))
}

/// Draws what the parent has left for the hold of a part. The parent as it is then, if it gave anything.
fn draw(parent: &Entry, entry: &mut Entry) -> Option<Entry> {
    let (Some(held), Some(left)) = (entry.held, parent.held) else { return None };
    if parent.state != State::Reserved || parent.deadline <= entry.at {
        return None;
    }
    entry.drawn = held.min_by_pool(left);
    let input = left.input.checked_sub(entry.drawn.input)?;
    let output = left.output.checked_sub(entry.drawn.output)?;
    Some(Entry { held: Some(Charge::new(input, output)), ..parent.clone() })
}

/// How an entry changes the totals that count it.
struct Difference {
    was: Option<(SystemTime, Standing)>,
    now: (SystemTime, Standing),
}

impl Difference {
    fn applied_to(&self, total: &Total) -> Result<Standing, LedgerError> {
        let counted = |(at, standing): (SystemTime, Standing)| {
            if total.counter.holds(at) { standing } else { Standing::default() }
        };
        let (was, now) = (self.was.map(counted).unwrap_or_default(), counted(self.now));
        Ok(Standing {
            held: moved(total.standing.held, was.held, now.held)?,
            spent: moved(total.standing.spent, was.spent, now.spent)?,
        })
    }
}

fn moved(total: Charge, was: Charge, now: Charge) -> Result<Charge, LedgerError> {
    let pool = |total: Tokens, was: Tokens, now: Tokens| {
        let sum = total.checked_add(now).filter(|sum| i64::try_from(sum.get()).is_ok()).ok_or(LedgerError::Overflow)?;
        // A total that has drifted below its entries stops nobody from settling; reconciling finds it.
        Ok(sum.checked_sub(was).unwrap_or_default())
    };
    Ok(Charge::new(pool(total.input, was.input, now.input)?, pool(total.output, was.output, now.output)?))
}
