//! Tests that need several crates at once: prices against what the mock makes, a whole job from JSON to files, the
//! conformance suite over everything that is a backend, and the examples over HTTP.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod mocks;
#[cfg(test)]
mod over_http;
#[cfg(test)]
mod prices;
#[cfg(test)]
mod spending;
#[cfg(test)]
mod whole_job;
