//! Ctrl-C, and being told to end.

use std::sync::{Mutex, OnceLock, PoisonError};

use crate::failure::Failure;
use cosmic_ai::{OperationId, Outcome};

/// Hears when the run is to end: by Ctrl-C, by a signal to terminate, or because its terminal was closed. From when it is made,
/// whether or not it is awaited.
#[derive(Debug)]
pub(crate) struct Ear {
    #[cfg(unix)]
    signals: [Option<tokio::signal::unix::Signal>; 2],
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
}

impl Ear {
    /// Begins to listen. What cannot be listened for ends the program in the system's own way.
    #[cfg(unix)]
    pub(crate) fn open() -> Self {
        static SECOND: std::sync::Once = std::sync::Once::new();
        let mut ear = Self::listening();
        if !is_kept_at_hang_up() {
            ear.hang_up = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok();
        }
        SECOND.call_once(end_at_second);
        ear
    }

    /// Listens to what a person or a supervisor sends.
    #[cfg(unix)]
    fn listening() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self {
            signals: [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok()),
            hang_up: None,
        }
    }

    #[cfg(not(unix))]
    pub(crate) const fn open() -> Self {
        Self {}
    }

    /// Waits until the run is to end.
    #[cfg(unix)]
    pub(crate) async fn hears(&mut self) {
        let [interrupt, terminate] = &mut self.signals;
        tokio::select! {
            () = next(interrupt) => {}
            () = next(terminate) => {}
            () = next(&mut self.hang_up) => {}
        }
    }

    #[cfg(not(unix))]
    pub(crate) async fn hears(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
async fn next(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Whether whoever began the run has it go on when its terminal is closed, as `nohup` does: then it is not listened for. Only Linux
/// tells.
#[cfg(unix)]
fn is_kept_at_hang_up() -> bool {
    // Asked once: afterwards it is this program that listens.
    static KEPT: std::sync::LazyLock<bool> = std::sync::LazyLock::new(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        // The first signal of the mask is the one to hang up.
        ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
    });
    *KEPT
}

/// Ends the process at the second signal, whatever it is doing: the run hears of the first only when it waits, which it does not while
/// it writes to a pipe that nobody reads.
///
/// A thread of its own counts them, since every other may be blocked. A terminal that is closed may say so twice, by its shell and by
/// the system, and is not counted: what is under way is still to be entered in the ledger.
#[cfg(unix)]
fn end_at_second() {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            let mut ear = Ear::listening();
            ear.hears().await;
            ear.hears().await;
            std::process::exit(crate::failure::code::INTERRUPTED.into());
        });
    });
}

/// How far work has come, for what is said of it if it is interrupted: nothing was sent, until it says otherwise.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    told: Mutex<Option<(String, Outcome)>>,
    operation: OnceLock<OperationId>,
}

impl Progress {
    /// From now on, an interruption is told in these words, which follow `interrupted`.
    pub(crate) fn reached(&self, words: impl Into<String>, outcome: Outcome) {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = Some((words.into(), outcome));
    }

    /// The work is part of this operation.
    pub(crate) fn is_of(&self, operation: &OperationId) {
        // There is one at most.
        let _ = self.operation.set(operation.clone());
    }

    fn interrupted(&self) -> Failure {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (words, outcome) = told.unwrap_or_else(|| (": nothing was sent".to_owned(), Outcome::NotSent));
        Failure::Interrupted {
            message: format!("interrupted{words}"),
            outcome,
            operation: self.operation.get().cloned(),
        }
    }
}

/// Does work that sends nothing, unless it is interrupted.
pub(crate) async fn or_interrupted<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    or_told(&Progress::default(), work).await
}

/// Does work unless it is interrupted, which is then told as far as the work has come.
pub(crate) async fn or_told<T>(
    progress: &Progress,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    // Before the work begins: what it sends at once may be under way when the signal comes.
    let mut ear = Ear::open();
    tokio::select! {
        biased;
        done = work => done,
        () = ear.hears() => Err(progress.interrupted()),
    }
}
