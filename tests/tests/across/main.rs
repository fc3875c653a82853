//! Tests that need several crates at once: prices against what the mock makes, and a whole job from JSON to files.

#[cfg(test)]
mod prices;
#[cfg(test)]
mod whole_job;
