//! Faults of the connection, named without what must not be shown.

use std::error::Error as _;
use std::time::Duration;

use cosmic_ai_core::{Error, ErrorKind, Outcome, TimeoutStage};

/// A request that was not answered. Only if no connection was made is it sure that it did not leave. `connect` is how long
/// that might have taken.
pub(crate) fn unsent_or_unknown(error: reqwest::Error, connect: Duration) -> Error {
    // The URL of a read holds the read key.
    let error = error.without_url();
    if error.is_connect() && error.is_timeout() {
        let kind = ErrorKind::Timeout { stage: TimeoutStage::Connect, after: connect };
        return Error::new(kind, Outcome::NotSent).with_source(error);
    }
    if error.is_connect() {
        let message = if error.is_dns() { "the host has no address" } else { "the host cannot be reached" };
        return Error::new(ErrorKind::Connect { message: message.to_owned() }, Outcome::NotSent).with_source(error);
    }
    if error.is_builder() {
        let message = "the request cannot be built".to_owned();
        return Error::new(ErrorKind::Configuration { message }, Outcome::NotSent).with_source(error);
    }
    let message = "the connection broke before the answer began".to_owned();
    Error::new(ErrorKind::Interrupted { message }, Outcome::UNKNOWN).with_source(error)
}

/// An answer that broke off, or whose encoding is broken.
pub(crate) fn broken(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let kind = if error.is_decode() && !is_break(&error) {
        ErrorKind::Decode { message: "the body's encoding is broken".to_owned() }
    } else {
        ErrorKind::Interrupted { message: "the connection broke within the answer".to_owned() }
    };
    Error::new(kind, Outcome::UNKNOWN).with_source(error)
}

/// Whether beneath an error there is a connection that ended: decompression reports that as an error of its own.
fn is_break(error: &reqwest::Error) -> bool {
    let mut beneath = error.source();
    while let Some(source) = beneath {
        if let Some(io) = source.downcast_ref::<std::io::Error>() {
            use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
            if matches!(io.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof) {
                return true;
            }
        }
        let text = source.to_string();
        if text.contains("connection")
            || text.contains("end of file before message length")
            || text.contains("stream error")
        {
            return true;
        }
        beneath = source.source();
    }
    false
}

/// A time limit that ran out.
pub(crate) fn timed_out(stage: TimeoutStage, after: Duration, outcome: Outcome) -> Error {
    Error::new(ErrorKind::Timeout { stage, after }, outcome)
}
