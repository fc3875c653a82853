//! Gates: the server waits at one until the test opens it.

use std::sync::Arc;

use tokio::sync::watch;

/// Holds a server back until the test opens it. Clones are the same gate.
///
/// It makes orders certain that sleeping would only make likely: the rest of an answer is sent *after* the client has
/// read its beginning.
#[derive(Debug, Clone)]
pub struct Gate {
    state: Arc<watch::Sender<State>>,
}

#[derive(Debug, Default, Clone, Copy)]
struct State {
    is_open: bool,
    is_reached: bool,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the server go on, now or when it comes here. Stays open.
    pub fn open(&self) {
        self.state.send_modify(|state| state.is_open = true);
    }

    /// Waits until the server stands at the gate, or has passed it.
    pub async fn reached(&self) {
        // The sender is held by this very gate, so it does not end before.
        let _ = self.state.subscribe().wait_for(|state| state.is_reached).await;
    }

    pub(crate) async fn pass(&self) {
        self.state.send_modify(|state| state.is_reached = true);
        let _ = self.state.subscribe().wait_for(|state| state.is_open).await;
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self { state: Arc::new(watch::Sender::new(State::default())) }
    }
}
