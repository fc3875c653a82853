//! Ctrl-C, and being told to end.

use crate::failure::Failure;
use cosmic_ai::Outcome;

/// Waits until the run is to end: by Ctrl-C, or by a signal to terminate.
pub(crate) async fn asked_for() {
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // It cannot be listened for: then the system's own way to end a program holds.
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let terminated = async {
            match signal(SignalKind::terminate()) {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = ctrl_c => {}
            () = terminated => {}
        }
    }
    #[cfg(not(unix))]
    ctrl_c.await;
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
