//! Where the events of a stream come from, for as long as someone takes them: a stream whose client neither reads nor leaves, or that
//! takes longer than a call may, is dropped all the same, which settles it and gives its turn to another.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cosmic_ai::{Error, TextEvent, TextStream};
use tokio::time::Instant;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::app::App;
use crate::gate::Turn;

/// How long nothing may be taken. A stream that is read is asked for more whenever it could say that it is alive.
const STALL: Duration = Duration::from_mins(1);

/// A stream, with what ends with it.
pub(in super::super) struct Source {
    pub(in super::super) stream: TextStream,
    /// The call's turn lasts as long as its events.
    #[expect(dead_code, reason = "held for its drop")]
    pub(in super::super) turn: Turn,
    /// A stop waits until this is dropped.
    #[expect(dead_code, reason = "held for its drop")]
    pub(in super::super) under_way: TaskTrackerToken,
}

/// A stream that does not outlive its time.
pub(super) struct Watched(Arc<Shared>);

struct Shared(Mutex<State>);

struct State {
    /// `None` once it has ended or was dropped.
    source: Option<Source>,
    /// Why it was dropped before its end.
    reason: Option<&'static str>,
    asked: Instant,
    reader: Option<Waker>,
}

impl Watched {
    pub(super) fn of(source: Source, app: &Arc<App>) -> Self {
        let state = State { source: Some(source), reason: None, asked: Instant::now(), reader: None };
        let shared = Arc::new(Shared(Mutex::new(state)));
        tokio::spawn(watch(Arc::downgrade(&shared), app.clone()));
        Self(shared)
    }

    /// The next event, or why there is none any more.
    pub(super) fn poll_next(
        &self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<Result<TextEvent, Error>>, &'static str>> {
        let mut state = self.0.state();
        state.asked = Instant::now();
        let Some(source) = &mut state.source else {
            return Poll::Ready(state.reason.take().map_or(Ok(None), Err));
        };
        let polled = futures_core::Stream::poll_next(std::pin::Pin::new(&mut source.stream), context);
        match &polled {
            Poll::Pending => match &mut state.reader {
                Some(reader) => reader.clone_from(context.waker()),
                none => *none = Some(context.waker().clone()),
            },
            Poll::Ready(Some(Ok(TextEvent::End(_)) | Err(_)) | None) => state.source = None,
            Poll::Ready(Some(Ok(_))) => {}
        }
        polled.map(Ok)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves a stream that can still be dropped.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops the stream, outside the lock, and has its reader told why.
    fn end(&self, reason: &'static str) {
        let mut state = self.state();
        let source = state.source.take();
        if source.is_some() {
            state.reason = Some(reason);
        }
        let reader = state.reader.take();
        drop(state);
        drop(source);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

/// Ends a stream that has no more time.
async fn watch(stream: std::sync::Weak<Shared>, app: Arc<App>) {
    let end = Instant::now() + app.config.limits.call_time;
    let stall = app.config.limits.keep_alive.saturating_add(STALL);
    loop {
        let Some(asked) = stream.upgrade().and_then(|shared| {
            let state = shared.state();
            state.source.as_ref().map(|_| state.asked)
        }) else {
            return;
        };
        let reason = tokio::select! {
            () = app.cutting.cancelled() => "the server is stopping",
            () = tokio::time::sleep_until(end) => "the call took too long",
            () = tokio::time::sleep_until(asked + stall) => "nothing of the answer was taken for too long",
        };
        let Some(shared) = stream.upgrade() else { return };
        let was_asked_again = shared.state().asked > asked && !app.cutting.is_cancelled() && Instant::now() < end;
        if !was_asked_again {
            return shared.end(reason);
        }
    }
}
