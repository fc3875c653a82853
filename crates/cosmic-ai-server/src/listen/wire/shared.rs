//! What the wire, the service and the task of one connection tell each other.

use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use tokio::net::TcpStream;

/// The state of one connection.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// Requests that became calls of the service.
    pub(super) begun: AtomicUsize,
    /// Those of them whose answers are written or given up.
    pub(super) ended: AtomicUsize,
    /// The status to refuse with at the end; 0 is none.
    pub(super) refusal: AtomicU16,
    /// Whether the last request was refused and had a body, of which nobody may have read the rest.
    left_body: AtomicBool,
    /// The stream, when hyper is done with it.
    pub(super) stream: Mutex<Option<TcpStream>>,
}

/// A request under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay(Arc<Shared>);

impl Shared {
    pub(crate) fn begin(self: &Arc<Self>) -> UnderWay {
        self.begun.fetch_add(1, Relaxed);
        self.left_body.store(false, Relaxed);
        UnderWay(self.clone())
    }

    /// What the connection is to be refused with, though hyper is done with it.
    pub(crate) fn refusal(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.refusal.load(Relaxed)).ok()
    }

    /// Whether there may be a rest of a body that nobody reads.
    pub(crate) fn has_left_body(&self) -> bool {
        self.left_body.load(Relaxed)
    }

    pub(crate) fn take_stream(&self) -> Option<TcpStream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl UnderWay {
    /// Remembers that the request was refused, though it has a body.
    pub(crate) fn leave_body(&self) {
        self.0.left_body.store(true, Relaxed);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Relaxed);
    }
}
