//! Backends for tests: canaries for keys, pauses of a millisecond, limits that no healthy exchange meets.

use std::time::Duration;

use cosmic_ai_core::Modality;
use cosmic_ai_http::{Environment, HttpBackend, HttpBackendBuilder, RetryPolicy, Timeouts};
use cosmic_ai_testkit::stub::CosmicStub;

use super::spans;

pub(super) const BUCKET: &str = "test-bucket";
pub(super) const WRITE_KEY: &str = "CANARY-WRITE-7f3a91c2";
pub(super) const READ_KEY: &str = "CANARY-READ-b20c44d8";

pub(super) const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A builder for the API at `origin`, such as `http://127.0.0.1:4010`.
pub(super) fn builder(origin: &str) -> HttpBackendBuilder {
    spans::route();
    let base = format!("{origin}/v3");
    HttpBackend::builder(BUCKET, WRITE_KEY)
        .with_read_key(READ_KEY)
        .with_environment(Environment::custom(&base, &base))
        .with_retry(quick())
        .with_timeouts(patient())
}

pub(super) fn backend(origin: &str) -> HttpBackend {
    builder(origin).build().unwrap()
}

/// A backend of a stub API, which has keys of its own.
pub(super) fn of_stub(stub: &CosmicStub) -> HttpBackendBuilder {
    spans::route();
    HttpBackend::builder(stub.bucket(), stub.write_key())
        .with_read_key(stub.read_key())
        .with_environment(Environment::custom(stub.base_url(), stub.base_url()))
}

/// Three attempts without noticeable pauses.
pub(super) fn quick() -> RetryPolicy {
    RetryPolicy::default().with_attempts(3).with_pauses(ms(1), ms(2))
}

/// Limits that a busy machine does not meet either.
pub(super) const fn patient() -> Timeouts {
    Timeouts::of(Modality::Text)
        .with_connect(Duration::from_secs(10))
        .with_first_byte(Duration::from_secs(10))
        .with_idle(Duration::from_secs(10))
        .with_total(Duration::from_secs(20))
}
