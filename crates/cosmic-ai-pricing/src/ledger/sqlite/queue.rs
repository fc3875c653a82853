//! What a writer is to do, in order, and who waits for it. Nothing here touches the file.
//!
//! A task stays in the queue until it is durable. So what fails is tried again in its order, and whoever's patience ends
//! can be told so while the writer is stuck in the system.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_channel::oneshot;

use super::super::LedgerError;
use super::work::{Reply, Work};

/// The most commands of one transaction.
const MOST: usize = 256;

type Sender = oneshot::Sender<Result<Reply, LedgerError>>;
pub(super) type Receiver = oneshot::Receiver<Result<Reply, LedgerError>>;

#[derive(Debug)]
struct Task {
    work: Work,
    waiter: Option<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    sender: Sender,
    /// `None` for a patience without end.
    until: Option<Instant>,
}

#[derive(Debug)]
pub(super) struct Queue {
    patience: Duration,
    state: Mutex<State>,
    /// There is something to do, or the queue is closed.
    work: Condvar,
    /// There is someone to be watched over, or the writer has ended.
    watch: Condvar,
    /// The writer has ended.
    end: Condvar,
}

#[derive(Debug, Default)]
struct State {
    tasks: VecDeque<Task>,
    /// How many of the first tasks the writer is at.
    taken: usize,
    /// How many tasks are to be taken one by one, because one among them fails for good.
    singly: usize,
    /// Why the writer could not do the first tasks.
    failure: Option<String>,
    is_closed: bool,
    has_ended: bool,
    /// Whether the watch waits for a first waiter, rather than for a time.
    is_watch_idle: bool,
}

impl Queue {
    pub(super) fn new(patience: Duration) -> Self {
        let [work, watch, end] = [(); 3].map(|()| Condvar::new());
        Self { patience, state: Mutex::default(), work, watch, end }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a task that nobody waits for.
    pub(super) fn push(&self, work: Work) {
        let mut state = self.state();
        if state.has_ended {
            return;
        }
        state.tasks.push_back(Task { work, waiter: None });
        drop(state);
        self.work.notify_one();
    }

    /// Adds a task. Its answer comes when it is durable, or when patience ends.
    pub(super) fn ask(&self, work: Work) -> Receiver {
        let (sender, receiver) = oneshot::channel();
        let until = Instant::now().checked_add(self.patience);
        let mut state = self.state();
        if state.has_ended {
            // Without its sender, the receiver says so.
            return receiver;
        }
        state.tasks.push_back(Task { work, waiter: Some(Waiter { sender, until }) });
        let is_watch_idle = until.is_some() && std::mem::take(&mut state.is_watch_idle);
        drop(state);
        self.work.notify_one();
        if is_watch_idle {
            self.watch.notify_one();
        }
        receiver
    }

    /// Waits until there is something to do. `false` once there never will be.
    pub(super) fn wait(&self) -> bool {
        let state = self.state();
        let is_idle = |state: &mut State| state.tasks.is_empty() && !state.is_closed;
        let state = self.work.wait_while(state, is_idle).unwrap_or_else(PoisonError::into_inner);
        !state.tasks.is_empty()
    }

    /// The first tasks, as many as go into one transaction. They stay in the queue.
    pub(super) fn take(&self) -> Vec<Work> {
        let mut state = self.state();
        let most = if state.singly > 0 { 1 } else { MOST };
        let is_chore = |task: &Task| matches!(task.work, Work::Chore(_));
        let together = state.tasks.iter().take(most).take_while(|task| !is_chore(task)).count();
        // A chore has a transaction of its own.
        state.taken = together.max(1).min(state.tasks.len());
        state.tasks.iter().take(state.taken).map(|task| task.work.clone()).collect()
    }

    /// What was taken is durable.
    pub(super) fn done(&self, replies: Vec<Result<Reply, LedgerError>>) {
        let mut state = self.state();
        let taken = std::mem::take(&mut state.taken);
        state.failure = None;
        state.singly = state.singly.saturating_sub(taken);
        let tasks: Vec<Task> = state.tasks.drain(..taken).collect();
        drop(state);
        // Not while the state is held: this wakes whoever waits, with code of theirs.
        for (task, reply) in tasks.into_iter().zip(replies) {
            if let Some(waiter) = task.waiter {
                // Whoever dropped the future does not want to know.
                let _ = waiter.sender.send(reply);
            }
        }
    }

    /// What was taken could not be done, and stays where it is for another time; unless nobody waits for it any longer.
    pub(super) fn give_back(&self, failure: String) {
        let mut state = self.state();
        state.taken = 0;
        state.failure = Some(failure);
        state.tasks.retain(|task| task.waiter.is_some() || task.work.outlives_patience());
    }

    /// One among what was taken fails for good: from now on one by one, to find out which.
    pub(super) fn separate(&self) {
        let mut state = self.state();
        state.singly = std::mem::take(&mut state.taken);
    }

    /// Tells those whose patience has ended, until the writer has. Runs in a thread of its own.
    pub(super) fn watch(&self) {
        let mut state = self.state();
        while !state.has_ended {
            let now = Instant::now();
            let told = state.lose_patience(now);
            if !told.is_empty() {
                let message = state.failure.clone().unwrap_or_else(|| "others are writing".to_owned());
                drop(state);
                let message = format!("not written within {:?}: {message}", self.patience);
                for waiter in told {
                    let _ = waiter.sender.send(Err(LedgerError::unavailable(&message)));
                }
                state = self.state();
                continue;
            }
            let next = state.tasks.iter().find_map(|task| task.waiter.as_ref()?.until);
            state.is_watch_idle = next.is_none();
            state = match next {
                None => self.watch.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(next) => {
                    let left = next.saturating_duration_since(now);
                    self.watch.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }

    /// Nothing more will come. The writer ends when everything is done, and the watch with it.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.work.notify_one();
    }

    /// Waits until everything is done, but no longer than patience lasts: a writer that is stuck goes on by itself.
    pub(super) fn wait_for_end(&self) {
        let has_ended = self.end.wait_timeout_while(self.state(), self.patience, |state| !state.has_ended);
        drop(has_ended.unwrap_or_else(PoisonError::into_inner));
    }

    /// The writer has ended: with everything done, or in a panic that nobody foresaw.
    fn end(&self) {
        let mut state = self.state();
        state.has_ended = true;
        let lost = std::mem::take(&mut state.tasks);
        drop(state);
        self.end.notify_all();
        self.watch.notify_all();
        if !lost.is_empty() {
            tracing::error!(tasks = lost.len(), "the writer of a ledger ended before its work did");
        }
    }
}

/// Says that the writer has ended, when it is dropped.
#[derive(Debug)]
pub(super) struct Ending<'q>(pub(super) &'q Queue);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl State {
    /// Those whose patience has ended. Their tasks go with them, except for changes, and what the writer is at.
    fn lose_patience(&mut self, now: Instant) -> Vec<Waiter> {
        let is_over = |waiter: &mut Waiter| waiter.until.is_some_and(|until| until <= now);
        let told: Vec<Waiter> = self.tasks.iter_mut().filter_map(|task| task.waiter.take_if(is_over)).collect();
        if !told.is_empty() {
            let taken = self.taken;
            let mut place = 0;
            self.tasks.retain(|task| {
                place += 1;
                place <= taken || task.waiter.is_some() || task.work.outlives_patience()
            });
        }
        told
    }
}
