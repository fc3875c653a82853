//! How many calls a bucket may make.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::StatusCode;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::config::RateLimit;
use crate::error::ApiError;

const MINUTE: Duration = Duration::from_mins(1);

/// Counts the calls of a bucket.
pub(crate) struct Rate(Option<Counting>);

struct Counting {
    limit: RateLimit,
    limiter: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

impl Rate {
    pub(crate) fn new(limit: Option<RateLimit>) -> Self {
        Self(limit.map(|limit| {
            let clock = DefaultClock::default();
            Counting { limit, limiter: RateLimiter::direct_with_clock(quota(limit), clock.clone()), clock }
        }))
    }

    /// Counts a call; 429 with when to come again, if there are too many.
    pub(crate) fn count(&self) -> Result<(), ApiError> {
        let Some(counting) = &self.0 else { return Ok(()) };
        counting.limiter.check().map_err(|early| {
            let pause = early.wait_time_from(counting.clock.now());
            let message =
                format!("this bucket may make {} calls a minute; come again later", counting.limit.per_minute);
            ApiError::new(StatusCode::TOO_MANY_REQUESTS, message).with_retry_after(pause)
        })
    }
}

fn quota(limit: RateLimit) -> Quota {
    // One call at least each nanosecond is no limit that anyone could meet.
    let each = (MINUTE / limit.per_minute.get()).max(Duration::from_nanos(1));
    Quota::with_period(each).unwrap_or(Quota::per_minute(NonZeroU32::MAX)).allow_burst(limit.burst)
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rate").field(&self.0.as_ref().map(|counting| counting.limit)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_the_next_call_is_told_when_to_come_again() {
        let calls = |count| NonZeroU32::new(count).unwrap();
        let rate = Rate::new(Some(RateLimit::per_minute(calls(6)).with_burst(calls(2))));
        rate.count().unwrap();
        rate.count().unwrap();
        let refusal = axum::response::IntoResponse::into_response(rate.count().unwrap_err());
        assert_eq!(refusal.status(), StatusCode::TOO_MANY_REQUESTS);
        let pause: u64 = refusal.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((9..=10).contains(&pause), "{pause}");
        Rate::new(None).count().unwrap();
    }
}
