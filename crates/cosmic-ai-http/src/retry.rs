//! What is sent again, when, and how often all calls of a backend together may do so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use cosmic_ai_core::Error;

/// What one resend takes from the quota, and what a call that succeeds at once gives back.
const RESEND_COST: u32 = 10;
const SUCCESS_GAIN: u32 = 1;

/// What is sent again on its own, and when.
///
/// Only what cannot have been billed is ever sent again ([`Error::is_resendable`]): a request that did not leave, status
/// 429, and status 503 with `Retry-After` for text. That such answers are unbilled is assumed. A policy can only be more
/// careful than that, never less.
///
/// Pauses grow from `base` by doubling up to `longest`, each drawn at random between zero and that bound, so that many
/// clients do not come back at once. A `Retry-After` is waited out in full; if it is longer than `longest_wait`, or than
/// what is left of the call's time, the error is returned at once. Resends of all calls share a quota of
/// `quota` resends that refills by one for every ten calls that succeed at once.
///
/// | | default |
/// |---|---|
/// | attempts, the first included | 4 |
/// | base | 500 ms |
/// | longest | 20 s |
/// | longest wait | 60 s |
/// | quota | 20 resends |
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    attempts: u32,
    base: Duration,
    longest: Duration,
    longest_wait: Duration,
    quota: Arc<Quota>,
}

impl RetryPolicy {
    /// Nothing is sent again.
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// Sets how often a request is sent at most, the first time included; at least 1.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the bound of the first pause and that of all pauses.
    #[must_use]
    pub fn with_pauses(mut self, base: Duration, longest: Duration) -> Self {
        (self.base, self.longest) = (base, longest);
        self
    }

    /// Sets how long a `Retry-After` is waited out at most.
    #[must_use]
    pub fn with_longest_wait(mut self, longest: Duration) -> Self {
        self.longest_wait = longest;
        self
    }

    /// Sets how many resends all calls together may make before calls that succeed have to refill the quota.
    #[must_use]
    pub fn with_quota(mut self, resends: u32) -> Self {
        self.quota = Arc::new(Quota::of(resends));
        self
    }

    /// The pause before a resend, or `None` if the error is to be returned: after `attempt` attempts, with `left` of the
    /// call's time. Takes from the quota.
    pub(crate) fn pause(&self, attempt: u32, error: &Error, left: Duration) -> Option<Duration> {
        if attempt >= self.attempts || !error.is_resendable() {
            return None;
        }
        let pause = match error.retry_after() {
            Some(wait) if wait > self.longest_wait => return None,
            Some(wait) => wait.saturating_add(jitter(self.base)),
            None => jitter(self.base.saturating_mul(1 << (attempt - 1).min(16)).min(self.longest)),
        };
        (pause < left && self.quota.take()).then_some(pause)
    }

    /// A call has succeeded at its first attempt.
    pub(crate) fn refill(&self) {
        self.quota.give();
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(500),
            longest: Duration::from_secs(20),
            longest_wait: Duration::from_mins(1),
            quota: Arc::new(Quota::of(20)),
        }
    }
}

/// A time between zero and `bound`.
fn jitter(bound: Duration) -> Duration {
    bound.mul_f64(fastrand::f64())
}

/// How many resends are left to all calls together, in tenths.
#[derive(Debug)]
struct Quota {
    left: AtomicU32,
    most: u32,
}

impl Quota {
    const fn of(resends: u32) -> Self {
        let most = resends.saturating_mul(RESEND_COST);
        Self { left: AtomicU32::new(most), most }
    }

    fn take(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(RESEND_COST)).is_ok()
    }

    fn give(&self) {
        let more = |left: u32| (left < self.most).then(|| left.saturating_add(SUCCESS_GAIN).min(self.most));
        // Full already: nothing to give.
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// Reads a `Retry-After`: seconds or an HTTP date, a date in the past being no pause. `None` for anything else.
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are an eternity, not rubbish.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use cosmic_ai_core::{ErrorKind, Outcome, Rejection};

    use super::*;

    const PLENTY: Duration = Duration::from_mins(10);

    fn rate_limited() -> Error {
        Error::new(ErrorKind::RateLimited(Rejection::new("slow down")), Outcome::Refused)
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_date_and_rubbish_is_none() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let check = |value: &str, expected: Option<u64>| {
            assert_eq!(retry_after(value, now), expected.map(Duration::from_secs), "{value:?}");
        };
        check("0", Some(0));
        check(" 120 ", Some(120));
        check("Sun, 06 Nov 1994 08:49:47 GMT", Some(10));
        check("Sun, 06 Nov 1994 08:49:27 GMT", Some(0));
        check("99999999999999999999999", Some(u64::from(u32::MAX)));
        for rubbish in ["", "soon", "-1", "1.5", "+3", "1e3", "12 s"] {
            check(rubbish, None);
        }
    }

    #[test]
    fn only_resendable_errors_are_sent_again_and_only_so_often() {
        let policy = RetryPolicy::default().with_attempts(3);
        assert!(policy.pause(1, &rate_limited(), PLENTY).is_some());
        assert!(policy.pause(2, &rate_limited(), PLENTY).is_some());
        assert_eq!(policy.pause(3, &rate_limited(), PLENTY), None);
        let unknown = Error::new(ErrorKind::Interrupted { message: String::new() }, Outcome::UNKNOWN);
        assert_eq!(policy.pause(1, &unknown, PLENTY), None);
        assert_eq!(RetryPolicy::never().pause(1, &rate_limited(), PLENTY), None);
    }

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let policy = RetryPolicy::default().with_attempts(40).with_quota(1_000);
        for attempt in 1..40 {
            let bound = Duration::from_millis(500).saturating_mul(1 << (attempt - 1).min(16)).min(policy.longest);
            assert!(policy.pause(attempt, &rate_limited(), PLENTY).is_some_and(|pause| pause <= bound));
        }
    }

    #[test]
    fn a_retry_after_is_waited_out_unless_it_is_too_long() {
        let policy = RetryPolicy::default();
        let after = |seconds| rate_limited().with_retry_after(Duration::from_secs(seconds));
        assert!(policy.pause(1, &after(7), PLENTY).is_some_and(|pause| pause >= Duration::from_secs(7)));
        assert_eq!(policy.pause(1, &after(61), PLENTY), None);
        assert_eq!(policy.pause(1, &after(7), Duration::from_secs(5)), None);
    }

    #[test]
    fn the_quota_is_shared_and_refilled_by_success() {
        let policy = RetryPolicy::default().with_quota(2);
        let other = policy.clone();
        assert!(policy.pause(1, &rate_limited(), PLENTY).is_some());
        assert!(other.pause(1, &rate_limited(), PLENTY).is_some());
        assert_eq!(policy.pause(1, &rate_limited(), PLENTY), None);
        (0..10).for_each(|_| other.refill());
        assert!(policy.pause(1, &rate_limited(), PLENTY).is_some());
    }
}
