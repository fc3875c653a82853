//! Limits of a body that never makes anyone wait.

use std::task::Waker;

use cosmic_ai_core::Modality;

use super::*;
use crate::config::Timeouts;

/// Always there, never done.
struct Endless;

impl Stream for Endless {
    type Item = reqwest::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(Ok(Bytes::from_static(b"0123456789"))))
    }
}

fn endless(total: Duration) -> BodyStream {
    let limits = Limits { stages: Timeouts::of(Modality::Text), total, started: Instant::now() };
    BodyStream { body: Box::pin(Endless), limits, alarm: None, waiting: false, is_late: false, room: None, limit: 0 }
}

/// How many bytes come before the error.
fn read(mut body: BodyStream) -> (usize, Error) {
    let mut bytes = 0;
    loop {
        match Pin::new(&mut body).poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(Ok(chunk))) => bytes += chunk.len(),
            Poll::Ready(Some(Err(error))) => return (bytes, error),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_endless_body_ends_with_the_whole_time_though_nobody_waits() {
    let (bytes, error) = read(endless(Duration::from_millis(20)));
    assert!(bytes > 0);
    assert!(matches!(error.kind(), ErrorKind::Timeout { stage: TimeoutStage::Total, .. }), "{error:?}");
    assert_eq!(error.outcome(), Outcome::UNKNOWN);
}

#[test]
fn an_endless_body_ends_at_its_limit() {
    let (bytes, error) = read(endless(FOREVER).with_limit(25));
    assert_eq!(bytes, 20);
    assert_eq!(error.to_string(), "answer not understood: a streamed answer of more than 25 bytes");
    assert_eq!(error.outcome(), Outcome::UNKNOWN);
}
