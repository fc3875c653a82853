//! The price of a request before it is sent.
//!
//! [`Estimator`] prices any request by a [`Registry`](cosmic_ai_core::Registry): low, expected and high, input, output
//! and deducted tokens, with every assumption in words. The high figure is an upper bound, fit to be held back before
//! sending. Texts are counted by script in [`tokenizer`], without a vocabulary.

mod estimate;
pub mod tokenizer;

pub use self::estimate::{Assumption, Estimate, Estimator, TokenRange};

/// The examples of the README, run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctests;
