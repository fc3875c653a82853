//! Ctrl-C, and being told to end.

use crate::failure::Failure;
use cosmic_ai::Outcome;

/// Hears when the run is to end: by Ctrl-C, or by a signal to terminate. From when it is made, whether or not it is awaited.
#[derive(Debug)]
pub(crate) struct Ear {
    #[cfg(unix)]
    signals: [Option<tokio::signal::unix::Signal>; 2],
}

impl Ear {
    /// Begins to listen. What cannot be listened for ends the program in the system's own way.
    #[cfg(unix)]
    pub(crate) fn open() -> Self {
        static SECOND: std::sync::Once = std::sync::Once::new();
        let ear = Self::listening();
        SECOND.call_once(end_at_second);
        ear
    }

    #[cfg(unix)]
    fn listening() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self { signals: [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok()) }
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

/// Ends the process at the second signal, whatever it is doing: the run hears of the first only when it waits, which it does not while
/// it writes to a pipe that nobody reads.
///
/// A thread of its own counts them, since every other may be blocked.
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

/// Waits until the run is to end.
pub(crate) async fn asked_for() {
    Ear::open().hears().await;
}

/// Does work that costs nothing, unless it is interrupted.
pub(crate) async fn or_interrupted<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        done = work => done,
        () = asked_for() => Err(Failure::Interrupted {
            message: "interrupted: nothing was sent".to_owned(),
            outcome: Outcome::NotSent,
            operation: None,
        }),
    }
}
