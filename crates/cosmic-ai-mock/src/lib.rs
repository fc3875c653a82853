//! A backend without a service: deterministic text, pictures, films and speech, priced like the real thing.
//!
//! [`MockBackend`] implements every generator and a media library in memory. The same request and seed give the same
//! bytes on every machine, and the media are real: PNG and SVG of the size asked for, MP4 with H.264 and AAC of the
//! duration asked for, MP3 as long as the text takes to speak. Usage, metadata and names are as the Cosmic AI API
//! documents them, so that what an application does with them can be tested without keys, network or cost.
//!
//! ```
//! use cosmic_ai_core::{Call, ImageGenerator, ImageRequest, MediaLibrary};
//! use cosmic_ai_mock::MockBackend;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), cosmic_ai_core::Error> {
//! let backend = MockBackend::new();
//! let image = backend.generate_image(&Call::new(), &ImageRequest::new("A red bicycle")).await?;
//! let bytes = backend.open(&image.media).await?.collect().await?;
//! assert_eq!(image.media.size, Some(bytes.len() as u64));
//! # Ok(())
//! # }
//! ```
//!
//! # In unit tests
//! What a test needs besides, the builder adds and the backend tells:
//! - [rules](MockBackendBuilder::on): [`When`] this is asked, [`Answer`] that, so often, in this order; the rest is
//!   generated, or fails in a [`strict`](MockBackendBuilder::strict) mock;
//! - [recorded calls](MockBackend::calls) with their cost, and assertions that show what differs;
//! - [faults](Fault): any error with any outcome, at the third call or one in ten, broken and stalled streams, answers
//!   that are lost though they are paid;
//! - [latency](Latency) as of the service, which a paused clock skips;
//! - an [account](Account) whose tokens are used up some time.
//!
//! ```
//! use std::time::Duration;
//! use cosmic_ai_core::{Call, TextGenerator, TextRequest, Tokens};
//! use cosmic_ai_mock::{Answer, Fault, MockBackend, When};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), cosmic_ai_core::Error> {
//! let mock = MockBackend::builder()
//!     .on(When::text().containing("mug"), Answer::text("A fine mug").times(1))
//!     .fault(When::text(), Fault::rate_limited(Duration::from_secs(2)).nth(1))
//!     .build();
//! let request = TextRequest::new("Describe a mug");
//! assert!(mock.generate_text(&Call::new(), &request).await.unwrap_err().is_resendable());
//! assert_eq!(mock.generate_text(&Call::new(), &request).await?.text, "A fine mug");
//!
//! mock.assert_all_used();
//! mock.calls().answered().assert_called_once_with(request);
//! mock.calls().assert_spent(Tokens(18)); // (6 input + 3 output) × 2.0; the refusal cost nothing
//! # Ok(())
//! # }
//! ```
//!
//! # Speed
//! A clip of 8 seconds takes a few milliseconds to render in an optimised build. In your own debug builds, optimise this
//! one crate so that tests stay fast: `[profile.dev.package.cosmic-ai-mock] opt-level = 3`, and the same for `png`,
//! `fdeflate` and `crc32fast`.

mod account;
mod again;
mod backend;
pub mod cassette;
mod fault;
mod generate;
mod latency;
mod library;
#[cfg(feature = "mockall")]
pub mod mocks;
mod recorder;
mod script;

pub use self::account::Account;
pub use self::backend::{MockBackend, MockBackendBuilder};
pub use self::fault::Fault;
pub use self::latency::Latency;
pub use self::library::MemoryLibrary;
pub use self::recorder::{CallState, Calls, RecordedCall};
pub use self::script::{Answer, When};

/// The examples of the README, run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctests;
