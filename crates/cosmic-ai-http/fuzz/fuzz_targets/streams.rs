//! Feeds arbitrary streams, arbitrarily cut, to the splitter and to the reader of texts.
//!
//! With cargo-fuzz, in `crates/cosmic-ai-http`: `cargo +nightly fuzz run streams`. Without it, on stable, in this folder:
//!
//! ```sh
//! RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
//!   -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table" \
//!   cargo run --release --target x86_64-unknown-linux-gnu -- -max_total_time=60 -max_len=400 -dict=streams.dict
//! ```

#![no_main]

#[path = "../bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|input: &[u8]| bodies::any_split_equals_the_whole(input));
