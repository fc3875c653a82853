//! How long each stage of a call may take.

use std::time::Duration;

use cosmic_ai_core::Modality;

/// How long an upload or a download may take, unless configured.
pub(super) const TRANSFER: Duration = Duration::from_mins(30);

/// Time limits of a call, stage by stage. The [`Call`](cosmic_ai_core::Call)'s own limit bounds the whole as well.
///
/// | | connect | first byte | idle | total |
/// |---|---|---|---|---|
/// | text | 10 s | 2 min | 60 s | 15 min |
/// | image | 10 s | 5 min | 60 s | 10 min |
/// | video | 10 s | 10 min | 60 s | 15 min |
/// | speech | 10 s | 10 min | 60 s | 15 min |
///
/// The connection of a media call stays open, without a byte, until the medium is ready: 30 to 180 seconds for video, so
/// the first byte is given a multiple of that.
///
/// Uploads and downloads of the media library take the limits `connect` and `idle` from here, and otherwise have their
/// own: 10 minutes to the first byte of the answer, for uploads counted from when the file has been handed over, and 30
/// minutes in all, see [`with_transfer_limit`](crate::HttpBackendBuilder::with_transfer_limit). While a file is sent,
/// `idle` is the time from one part of it to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// To make a connection. Nothing was sent when it runs out.
    pub connect: Duration,
    /// From the request to the first byte of the answer.
    pub first_byte: Duration,
    /// From one part of the answer to the next.
    pub idle: Duration,
    /// For the whole call, resends and pauses between them included.
    pub total: Duration,
}

impl Timeouts {
    /// The defaults for what is generated.
    pub const fn of(modality: Modality) -> Self {
        const fn minutes(count: u64) -> Duration {
            Duration::from_secs(count * 60)
        }
        let (first_byte, total) = match modality {
            Modality::Text => (minutes(2), minutes(15)),
            Modality::Image => (minutes(5), minutes(10)),
            _ => (minutes(10), minutes(15)),
        };
        Self { connect: Duration::from_secs(10), first_byte, idle: minutes(1), total }
    }

    /// Sets the limit to make a connection.
    #[must_use]
    pub const fn with_connect(mut self, limit: Duration) -> Self {
        self.connect = limit;
        self
    }

    /// Sets the limit from the request to the first byte of the answer.
    #[must_use]
    pub const fn with_first_byte(mut self, limit: Duration) -> Self {
        self.first_byte = limit;
        self
    }

    /// Sets the limit from one part of the answer to the next.
    #[must_use]
    pub const fn with_idle(mut self, limit: Duration) -> Self {
        self.idle = limit;
        self
    }

    /// Sets the limit for the whole call.
    #[must_use]
    pub const fn with_total(mut self, limit: Duration) -> Self {
        self.total = limit;
        self
    }
}
