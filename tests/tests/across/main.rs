//! Tests that need several crates at once: prices against what the mock makes, a whole job from JSON to files, and the
//! examples over HTTP.

#[cfg(test)]
mod over_http;
#[cfg(test)]
mod prices;
#[cfg(test)]
mod spending;
#[cfg(test)]
mod whole_job;
