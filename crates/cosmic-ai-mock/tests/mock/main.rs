//! The mock as its users see it: through the traits, with decoders that are not ours.

#[cfg(test)]
mod account;
#[cfg(test)]
mod cassette;
#[cfg(test)]
mod clips;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod images;
#[cfg(test)]
mod latency;
#[cfg(test)]
mod library;
#[cfg(all(test, feature = "mockall"))]
mod mocks;
#[cfg(test)]
mod names;
#[cfg(test)]
mod recorder;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod script;
/// The decoder of the unit tests, here on what came through the public interface.
#[cfg(test)]
#[path = "../../src/generate/decoded.rs"]
mod sound;
#[cfg(test)]
mod speech;
#[cfg(test)]
mod text;
