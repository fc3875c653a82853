//! A ledger in the plainest words: a list of entries that is added up anew for every question.

use std::collections::BTreeMap;
use std::time::SystemTime;

use cosmic_ai_core::{Charge, OperationId, Pool, Tokens};
use cosmic_ai_pricing::ledger::{Basis, Change, Counter, Entry, MOST_TOKENS, Next, State};

/// A limit on one pool.
#[derive(Debug, Clone)]
pub(super) struct Most {
    pub(super) counter: Counter,
    pub(super) pool: Pool,
    pub(super) tokens: u64,
}

/// What the model says to an admission.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It is entered.
    New,
    /// It was entered by this very admission before.
    SameAgain,
    /// Its id was entered before.
    Known(Box<Entry>),
    /// The limit at this place is over.
    Refused(usize, Vec<Charge>),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) entries: BTreeMap<OperationId, Entry>,
    /// Settled, and pruned since.
    pub(super) pruned: Vec<Entry>,
}

fn is_open(entry: &Entry) -> bool {
    !matches!(entry.state, State::Settled | State::Released)
}

/// What of a charge counts in a pool. In money, a token of either pool is a millionth.
pub(super) fn amount(pool: Pool, charge: Charge) -> u64 {
    match pool {
        Pool::Input => charge.input.get(),
        Pool::Output => charge.output.get(),
        _ => charge.input.get() + charge.output.get(),
    }
}

/// One charge less or more than another, pool by pool.
fn by_pool(one: Charge, other: Charge, what: impl Fn(u64, u64) -> u64) -> Charge {
    let pool = |one: Tokens, other: Tokens| Tokens(what(one.get(), other.get()));
    Charge::new(pool(one.input, other.input), pool(one.output, other.output))
}

impl Model {
    /// What is held and what is spent in a counter.
    pub(super) fn standing(&self, counter: &Counter) -> (Charge, Charge) {
        let (mut held, mut spent) = (Charge::ZERO, Charge::ZERO);
        for entry in self.entries.values().chain(&self.pruned) {
            let value = entry.labels.get(&counter.scope.name).cloned().unwrap_or_default();
            let is_of_scope = counter.scope.name.is_empty() || value == counter.scope.value;
            let is_in_time = entry.at >= counter.from && counter.until.is_none_or(|until| entry.at < until);
            if !is_of_scope || !is_in_time {
                continue;
            }
            if is_open(entry) {
                held = by_pool(held, entry.held.unwrap_or_default(), |sum, more| sum + more);
            } else if entry.state == State::Settled {
                spent = by_pool(spent, entry.charge.unwrap_or_default(), |sum, more| sum + more);
            }
        }
        (held, spent)
    }

    pub(super) fn committed(&self, counter: &Counter) -> Charge {
        let (held, spent) = self.standing(counter);
        by_pool(held, spent, |held, spent| held + spent)
    }

    pub(super) fn admit(&mut self, mut entry: Entry, limits: &[Most]) -> Said {
        match self.entries.get(&entry.id) {
            Some(known) if known.body != entry.body => return Said::Known(Box::new(known.clone())),
            Some(known) if known.ticket == entry.ticket && known.state == entry.state => return Said::SameAgain,
            Some(known) if known.state != State::Released => return Said::Known(Box::new(known.clone())),
            _ => {}
        }
        let mut after = self.clone();
        entry.drawn = Charge::ZERO;
        let parent = entry.parent.as_ref().and_then(|parent| after.entries.get_mut(parent));
        if let Some(parent) = parent.filter(|parent| parent.state == State::Reserved && entry.at < parent.deadline)
            && let (Some(held), Some(left)) = (entry.held, parent.held)
        {
            entry.drawn = by_pool(held, left, u64::min);
            parent.held = Some(by_pool(left, entry.drawn, |left, drawn| left - drawn));
        }
        after.entries.insert(entry.id.clone(), entry);
        let committed = |model: &Self| limits.iter().map(|limit| model.committed(&limit.counter)).collect::<Vec<_>>();
        let (before, now) = (committed(self), committed(&after));
        let over = limits.iter().zip(before.iter().zip(&now)).position(|(limit, (before, now))| {
            let [before, now] = [*before, *now].map(|charge| amount(limit.pool, charge));
            now > before && now > limit.tokens
        });
        if let Some(place) = over {
            return Said::Refused(place, before);
        }
        *self = after;
        Said::New
    }

    /// Makes a change, and says whether it was done; `None` if there is no such operation.
    pub(super) fn advance(&mut self, change: &Change) -> Option<bool> {
        let entry = self.entries.get_mut(&change.id)?;
        let may = match (entry.state, &change.to) {
            (State::Sent | State::Unknown, _) => true,
            (state, to) => state == State::Reserved && *to == Next::Released,
        };
        if !may || change.ticket.is_some_and(|ticket| ticket != entry.ticket) {
            return Some(false);
        }
        let mut back = Charge::ZERO;
        match &change.to {
            Next::Settled { charge, basis, result } => {
                let most = Charge::new(Tokens(MOST_TOKENS), Tokens(MOST_TOKENS));
                let kept = charge.map(|charge| by_pool(charge, most, u64::min));
                let basis = if kept == *charge { *basis } else { Basis::Estimated };
                (entry.state, entry.charge, entry.basis) = (State::Settled, kept, Some(basis));
                entry.result = result.clone().or(entry.result.take());
            }
            Next::Released => {
                // No more than it still has: a plan within a plan may have given some of it to its own parts.
                back = by_pool(entry.drawn, entry.held.unwrap_or_default(), u64::min);
                (entry.state, entry.drawn) = (State::Released, Charge::ZERO);
            }
            Next::Unknown { at_least, result } => {
                entry.state = State::Unknown;
                entry.held = Some(by_pool(entry.held.unwrap_or_default(), *at_least, u64::max));
                entry.result = result.clone().or(entry.result.take());
            }
            other => panic!("the model knows no {other:?}"),
        }
        entry.closed_at = (!is_open(entry)).then_some(change.at);
        let at = entry.at;
        let parent = entry.parent.clone().and_then(|parent| self.entries.get_mut(&parent));
        // A plan that was reserved again since has lent nothing.
        if let Some(parent) = parent.filter(|parent| parent.state == State::Reserved && parent.at <= at) {
            parent.held = parent.held.map(|left| by_pool(left, back, |left, back| left + back));
        }
        Some(true)
    }

    /// Takes what is overdue for lost: how many are released, how many unknown.
    pub(super) fn expire(&mut self, now: SystemTime) -> (u64, u64) {
        let overdue: Vec<Entry> = self.entries.values().filter(|entry| entry.deadline < now).cloned().collect();
        let of = |state| overdue.iter().filter(move |entry| entry.state == state);
        let unknown = Next::Unknown { at_least: Charge::ZERO, result: None };
        for entry in of(State::Sent) {
            self.advance(&Change::new(entry.id.clone(), None, unknown.clone(), now));
        }
        for entry in of(State::Reserved) {
            self.advance(&Change::new(entry.id.clone(), None, Next::Released, now));
        }
        (of(State::Reserved).count() as u64, of(State::Sent).count() as u64)
    }

    /// Forgets what is closed: how many that were settled, how many that were released.
    pub(super) fn prune(&mut self, before: SystemTime) -> (u64, u64) {
        let (mut settled, mut released) = (0, 0);
        let (pruned, kept) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|(_, entry): &(_, Entry)| entry.at < before && !is_open(entry));
        self.entries = kept;
        for entry in pruned.into_values() {
            if entry.state == State::Settled {
                settled += 1;
                self.pruned.push(entry);
            } else {
                released += 1;
            }
        }
        (settled, released)
    }
}
