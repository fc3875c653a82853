//! The public behaviour of the core: traits, requests, responses, streams, overlays, errors.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests fail like tests")]
#![allow(clippy::unnecessary_wraps, reason = "helpers make items of streams, which are results")]

mod core {
    mod errors;
    mod look_ups;
    mod overlay;
    mod overlay_errors;
    mod requests;
    mod responses;
    mod schema_examples;
    mod schema_files;
    mod schema_page;
    mod schema_properties;
    mod schemas;
    mod sizes;
    mod stream;
    mod stream_properties;
    mod traits;
}
