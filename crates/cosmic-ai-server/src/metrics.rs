//! What a server counts, for Prometheus.

/// What a server counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics;
