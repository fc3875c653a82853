//! What a server has seen, and who waits for what.

use tokio::sync::watch;

use crate::server::SeenRequest;

/// What a server has seen by now.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) requests: Vec<SeenRequest>,
    /// Connections ever accepted.
    pub(crate) connections: usize,
    /// Connections that neither side has closed.
    pub(crate) open: usize,
    /// How often the client left while it was being answered.
    pub(crate) hang_ups: usize,
    /// Requests beyond the script.
    pub(crate) unexpected: usize,
    /// Turns of the script that were begun.
    pub(crate) turns: usize,
}

/// Shared by a server's connections and the test.
#[derive(Debug)]
pub(crate) struct Log(watch::Sender<State>);

impl Log {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(State::default()))
    }

    pub(crate) fn state(&self) -> watch::Ref<'_, State> {
        self.0.borrow()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<State> {
        self.0.subscribe()
    }

    /// Counts a connection and numbers it from 1.
    pub(crate) fn connected(&self) -> usize {
        let mut number = 0;
        self.0.send_modify(|state| {
            state.connections += 1;
            state.open += 1;
            number = state.connections;
        });
        number
    }

    pub(crate) fn disconnected(&self) {
        self.0.send_modify(|state| state.open -= 1);
    }

    pub(crate) fn hung_up(&self) {
        self.0.send_modify(|state| state.hang_ups += 1);
    }

    pub(crate) fn was_unexpected(&self) {
        self.0.send_modify(|state| state.unexpected += 1);
    }

    pub(crate) fn turn_begun(&self) {
        self.0.send_modify(|state| state.turns += 1);
    }

    /// Keeps a request whose head has come, and answers with its place.
    pub(crate) fn request(&self, request: SeenRequest) -> usize {
        let mut place = 0;
        self.0.send_modify(|state| {
            place = state.requests.len();
            state.requests.push(request);
        });
        place
    }

    /// The request at a place.
    pub(crate) fn request_at(&self, place: usize) -> Option<SeenRequest> {
        self.0.borrow().requests.get(place).cloned()
    }

    /// Adds a part of a request's body.
    pub(crate) fn body(&self, place: usize, part: &[u8]) {
        self.0.send_modify(|state| {
            if let Some(request) = state.requests.get_mut(place) {
                request.body.extend_from_slice(part);
            }
        });
    }

    pub(crate) fn completed(&self, place: usize) {
        self.0.send_modify(|state| {
            if let Some(request) = state.requests.get_mut(place) {
                request.is_complete = true;
            }
        });
    }
}
