//! What a request, and all of them together, may take.

use std::num::NonZeroU32;
use std::time::Duration;

/// What a request, and all of them together, may take. Whatever exceeds it is refused in JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes of a head: request line and headers; 32 KiB, if not set.
    pub head_bytes: usize,
    /// How long a head may take to come; 10 s, if not set.
    pub head_time: Duration,
    /// The most bytes of a JSON body as it comes; 4 MiB, if not set.
    pub json_bytes: usize,
    /// The most bytes of a JSON body after its content encoding is undone; 8 MiB, if not set. Of more than 100,000 values, names of
    /// fields included, none is read.
    pub decoded_bytes: usize,
    /// The most bytes of an upload; 900 MB, if not set, as of the API.
    pub upload_bytes: u64,
    /// How long a body may pause; 20 s, if not set. An upload has to come with 1 KiB a second on average besides.
    pub body_idle: Duration,
    /// How long a JSON body may take; 60 s, if not set.
    pub body_time: Duration,
    /// How many connections there may be; 10,000, if not set. Further ones wait. Fewer, if the process may not open so many
    /// files: half of those beyond 48, which leaves one for what each connection asks for.
    /// [`raise_file_limit`](crate::raise_file_limit) gets more.
    pub connections: usize,
    /// How many calls may generate at once, open streams included; 4,096, if not set.
    pub calls: usize,
    /// How many further calls may wait for their turn; 1,024, if not set. Those beyond are refused with 429.
    pub queue: usize,
    /// How long a call may wait for its turn; 30 s, if not set. Then it is refused with 429.
    pub queue_time: Duration,
    /// How long a call may take in all; an hour, if not set.
    pub call_time: Duration,
    /// How often a silent event stream says that it is there; every 15 s, if not set.
    pub keep_alive: Duration,
    /// How long a stop waits for what is under way; 30 s, if not set. Text streams are cut then and settled by policy.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 32 << 10,
            head_time: Duration::from_secs(10),
            json_bytes: 4 << 20,
            decoded_bytes: 8 << 20,
            upload_bytes: 900_000_000,
            body_idle: Duration::from_secs(20),
            body_time: Duration::from_mins(1),
            connections: 10_000,
            calls: 4_096,
            queue: 1_024,
            queue_time: Duration::from_secs(30),
            call_time: Duration::from_hours(1),
            keep_alive: Duration::from_secs(15),
            grace: Duration::from_secs(30),
        }
    }
}

/// How many calls that generate a bucket may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// How many in a minute, evenly.
    pub per_minute: NonZeroU32,
    /// How many at once, before the even pace is asked for; the same number, if not set.
    pub burst: NonZeroU32,
}

impl RateLimit {
    /// So many calls a minute, and as many at once.
    pub const fn per_minute(calls: NonZeroU32) -> Self {
        Self { per_minute: calls, burst: calls }
    }

    /// Sets how many may come at once.
    #[must_use]
    pub const fn with_burst(mut self, calls: NonZeroU32) -> Self {
        self.burst = calls;
        self
    }
}
