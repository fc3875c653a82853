//! What a request is said to cost before it is sent.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod pricing {
    mod compare;
    #[cfg(feature = "bpe")]
    mod exact;
    mod fit;
    mod media;
    mod plan;
    mod properties;
    mod rate;
    mod report;
    mod shown;
    mod standing;
    mod text;
}
