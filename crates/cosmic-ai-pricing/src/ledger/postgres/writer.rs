//! The task that writes: it takes all that is queued, applies it in one transaction, and answers once that is durable.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::fault::Fault;
use super::line::Line;
use crate::ledger::LedgerError;
use crate::ledger::batch::{Answer, Command};
use crate::ledger::failpoint::reached;

/// The most commands of one transaction: others wait while it is open.
const BATCH: usize = 256;

/// What is queued.
#[derive(Debug)]
pub(super) enum Job {
    /// A command, and whom to tell.
    Do(Command, Option<oneshot::Sender<Result<Answer, LedgerError>>>, Instant),
    /// Tell when all before is durable.
    Flush(oneshot::Sender<()>),
}

/// Why nothing is written at present, for those who give up waiting.
#[derive(Debug, Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<Option<LedgerError>>>);

impl Trouble {
    pub(super) fn set(&self, error: Option<LedgerError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// What to say after waiting for so long.
    pub(super) fn after(&self, patience: Duration) -> LedgerError {
        let trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        trouble.unwrap_or_else(|| LedgerError::unavailable(format!("not written within {patience:?}")))
    }
}

/// Writes until the queue is closed and empty.
pub(super) async fn run(mut queue: mpsc::UnboundedReceiver<Job>, mut line: Line) {
    let mut writer = Writer { pending: VecDeque::new(), apart: 0 };
    loop {
        if writer.pending.is_empty() {
            match queue.recv().await {
                Some(job) => writer.pending.push_back(job),
                None => break,
            }
        }
        while writer.pending.len() < BATCH {
            match queue.try_recv() {
                Ok(job) => writer.pending.push_back(job),
                Err(_) => break,
            }
        }
        writer.write(&mut line).await;
    }
    line.close().await;
}

/// What was taken from the queue and is not answered.
struct Writer {
    pending: VecDeque<Job>,
    /// How many from the front go one by one: together they could not be applied, and one of them is to blame.
    apart: usize,
}

impl Writer {
    async fn write(&mut self, line: &mut Line) {
        self.abandon_late(line);
        let count = if self.apart > 0 { 1 } else { self.pending.len() };
        let commands: Vec<&Command> = self.pending.iter().take(count).filter_map(Job::command).collect();
        match line.write(&commands).await {
            Ok(answers) => {
                self.answer(count, answers);
                reached("ledger/answered");
            }
            Err(Fault::Wrong(error)) if commands.len() <= 1 => {
                tracing::error!(%error, "a change cannot be recorded in the ledger");
                self.answer(count, vec![Err(error)]);
            }
            Err(Fault::Wrong(_)) => self.apart = count,
            Err(Fault::Busy(error) | Fault::Lost(error)) => line.pause(&error).await,
        }
    }

    /// Takes back admissions that nobody waits for any more. Changes stay: they tell of money that was spent.
    fn abandon_late(&mut self, line: &Line) {
        let now = Instant::now();
        for job in std::mem::take(&mut self.pending) {
            match job {
                Job::Do(Command::Admit(_), answer, until) if until <= now => {
                    tell(answer, Err(line.trouble()));
                    self.apart = self.apart.saturating_sub(1);
                }
                job => self.pending.push_back(job),
            }
        }
    }

    fn answer(&mut self, count: usize, answers: Vec<Result<Answer, LedgerError>>) {
        self.apart = self.apart.saturating_sub(count);
        let mut answers = answers.into_iter();
        for job in self.pending.drain(..count.min(self.pending.len())) {
            match job {
                Job::Flush(done) => drop(done.send(())),
                Job::Do(_, to, _) => {
                    if let Some(answer) = answers.next() {
                        tell(to, answer);
                    }
                }
            }
        }
    }
}

impl Job {
    fn command(&self) -> Option<&Command> {
        match self {
            Self::Do(command, ..) => Some(command),
            Self::Flush(_) => None,
        }
    }
}

/// Whoever asked may have gone.
fn tell(to: Option<oneshot::Sender<Result<Answer, LedgerError>>>, answer: Result<Answer, LedgerError>) {
    if let (None, Err(error)) = (&to, &answer) {
        tracing::error!(%error, "a change that was enqueued is not in the ledger");
    }
    if let Some(to) = to {
        drop(to.send(answer));
    }
}
