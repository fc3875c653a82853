//! A text as it is given, a few words at a time: its pace, and what becomes of it on the way.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use cosmic_ai_core::cost::text_charge;
use cosmic_ai_core::{Charge, Error, Multiplier, Outcome, TextEvent, TextResponse, Tokens, Usage};
use futures_core::Stream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::patience::Patience;
use super::perform::{Taken, at_least};
use super::text::Written;
use crate::fault::{Effect, Struck};
use crate::generate::text::Draft;
use crate::latency::Pace;
use crate::recorder::Record;

/// An answer that is handed over in fragments: text, then usage, then the end.
pub(super) struct Giving {
    draft: Draft,
    /// How much was given, in bytes.
    given: usize,
    /// How many whole fragments were given.
    fragments: u32,
    /// Whether half a fragment was given after them.
    is_half_given: bool,
    usage: Usage,
    is_usage_given: bool,
    /// `None` once it was given.
    end: Option<TextResponse>,
    /// What is left to be given after the end.
    second_end: Option<TextResponse>,
    tier: Option<Multiplier>,
    struck: Option<Struck>,
    pace: Pace,
    due: Due,
    sleep: Option<Pin<Box<Sleep>>>,
    patience: Patience,
    record: Record,
    /// What the fault bills, once its place is reached.
    billed: Option<Charge>,
    is_over: bool,
}

/// When the next fragment comes.
#[derive(Debug, Clone, Copy)]
enum Due {
    AtOnce,
    At(Instant),
    /// Beyond any clock.
    Never,
}

impl Due {
    /// So long after the time that this is, or after the `start` where that is none.
    fn after(self, start: Instant, time: Duration) -> Self {
        let from = match self {
            Self::AtOnce if time.is_zero() => return Self::AtOnce,
            Self::AtOnce => start,
            Self::At(due) => due,
            Self::Never => return Self::Never,
        };
        from.checked_add(time).map_or(Self::Never, Self::At)
    }
}

/// What comes next.
enum Next {
    Event(TextEvent),
    Error(Error),
    /// Nothing before then; `None` is never.
    Wait(Option<Instant>),
}

impl Giving {
    pub(super) fn new(taken: Taken<Written>, tier: Option<Multiplier>, record: Record) -> Self {
        let Taken { made, pace, delay, struck, patience } = taken;
        let Written { draft, mut end } = made;
        let due = Due::AtOnce.after(patience.started(), delay.unwrap_or(pace.first));
        let usage = end.usage.unwrap_or_else(|| Usage::new(0_u32, draft.tokens()));
        let effect = struck.as_ref().map(|struck| &struck.fault.effect);
        let shows_usage = !matches!(effect, Some(Effect::NoUsage));
        if !shows_usage {
            end.usage = None;
        }
        let second_end = matches!(effect, Some(Effect::TwoEnds)).then(|| end.clone());
        Self {
            draft,
            given: 0,
            fragments: 0,
            is_half_given: false,
            usage,
            is_usage_given: !shows_usage,
            end: Some(end),
            second_end,
            tier,
            struck,
            pace,
            due,
            sleep: None,
            patience,
            record,
            billed: None,
            is_over: false,
        }
    }

    fn next(&mut self) -> Next {
        let is_at_end = self.given == self.draft.text().len();
        if let Some(next) = self.strike(is_at_end) {
            return next;
        }
        // An end without any text before it comes no sooner than text would.
        if !is_at_end || self.given == 0 {
            match self.due {
                Due::At(due) if due > Instant::now() => return Next::Wait(Some(due)),
                Due::Never => return Next::Wait(None),
                Due::At(_) | Due::AtOnce => {}
            }
        }
        if let Some(fragment) = self.fragment(false) {
            self.fragments += 1;
            self.due = self.due.after(self.patience.started(), self.pace.fragment);
            return Next::Event(TextEvent::Delta(fragment));
        }
        match (self.is_usage_given, self.end.take()) {
            (false, Some(end)) => {
                (self.is_usage_given, self.end) = (true, Some(end));
                Next::Event(TextEvent::Usage(self.usage))
            }
            (_, end) => Next::Event(TextEvent::End(end.unwrap_or_default())),
        }
    }

    /// What the fault does, if its place is reached.
    fn strike(&mut self, is_at_end: bool) -> Option<Next> {
        let struck = self.struck.as_ref()?;
        let is_stall = matches!(struck.fault.effect, Effect::Stall);
        if !is_stall && struck.error.is_none() {
            return None;
        }
        let (after, is_within) = (struck.fault.fragments.unwrap_or(u32::MAX), struck.fault.is_within);
        let (reports_usage, delay) = (struck.fault.reports_usage, struck.fault.delay);
        if self.fragments < after && !is_at_end {
            return None;
        }
        if is_within && !self.is_half_given {
            self.is_half_given = true;
            if let Some(fragment) = self.fragment(true) {
                return Some(Next::Event(TextEvent::Delta(fragment)));
            }
        }
        if reports_usage && !self.is_usage_given {
            self.is_usage_given = true;
            return Some(Next::Event(TextEvent::Usage(self.delivered())));
        }
        if is_stall {
            return Some(Next::Wait(None));
        }
        if self.billed.is_none() {
            // Before the wait, whoever gives it up.
            let delivered = self.charge();
            self.billed = self.struck.as_ref().and_then(|struck| struck.charge(delivered));
        }
        if let Some(delay) = delay {
            // Once: when it is over, the error has its turn.
            if let Some(struck) = &mut self.struck {
                struck.fault.delay = None;
            }
            return Some(Next::Wait(Instant::now().checked_add(delay)));
        }
        let error = self.struck.as_mut().and_then(|struck| struck.error.take())?;
        let mut error = error.with_operation_id(self.patience.call().operation_id());
        // As the caller is told: what was given in part was not refused.
        if !error.outcome().may_be_billed() && (self.given > 0 || reports_usage) {
            error = error.with_outcome(Outcome::UNKNOWN);
        }
        let charge = if reports_usage { self.charge() } else { None };
        Some(Next::Error(at_least(error, charge)))
    }

    /// The next fragment, or half of it; `None` at the end.
    fn fragment(&mut self, is_half: bool) -> Option<String> {
        let whole = self.draft.fragment_after(self.given);
        let end = if is_half { whole.floor_char_boundary(whole.len().div_ceil(2)) } else { whole.len() };
        let fragment = whole.get(..end).filter(|fragment| !fragment.is_empty())?.to_owned();
        self.given += fragment.len();
        Some(fragment)
    }

    /// The usage of what was given so far; all of it once the text is complete.
    fn delivered(&self) -> Usage {
        if self.given == self.draft.text().len() {
            return self.usage;
        }
        let output = self.draft.tokens_before(self.given).min(self.usage.output_tokens.get());
        Usage::new(self.usage.input_tokens, Tokens(output))
    }

    fn charge(&self) -> Option<Charge> {
        self.tier.and_then(|tier| text_charge(&self.delivered(), tier))
    }

    /// Bills and records what was given. Without `result`, it was dropped.
    fn close(&mut self, result: Option<Result<(), &Error>>) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        let is_refused = matches!(result, Some(Err(error)) if !error.outcome().may_be_billed());
        if !is_refused {
            self.record.bill(self.billed.or_else(|| self.charge()));
        }
        if !matches!(result, Some(Ok(()))) {
            self.record.text(self.draft.text().get(..self.given).unwrap_or_default());
        }
        if let Some(result) = result {
            self.record.settle(result.err());
        }
    }
}

impl Stream for Giving {
    type Item = Result<TextEvent, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.is_over {
            return Poll::Ready(this.second_end.take().map(|end| Ok(TextEvent::End(end))));
        }
        loop {
            if let Some(sleep) = &mut this.sleep {
                std::task::ready!(sleep.as_mut().poll(context));
                this.sleep = None;
            }
            let next = if this.patience.is_over() { Next::Error(this.patience.timeout()) } else { this.next() };
            match next {
                Next::Event(event) => {
                    if matches!(event, TextEvent::End(_)) {
                        this.close(Some(Ok(())));
                        this.patience.done();
                    }
                    return Poll::Ready(Some(Ok(event)));
                }
                Next::Error(error) => {
                    this.close(Some(Err(&error)));
                    return Poll::Ready(Some(Err(error)));
                }
                Next::Wait(due) => match this.patience.until(due) {
                    Some(until) => this.sleep = Some(Box::pin(sleep_until(until))),
                    None => return Poll::Pending,
                },
            }
        }
    }
}

impl Drop for Giving {
    fn drop(&mut self) {
        self.close(None);
    }
}
