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
//! # Speed
//! A clip of 8 seconds takes a few milliseconds to render in an optimised build. In your own debug builds, optimise this
//! one crate so that tests stay fast: `[profile.dev.package.cosmic-ai-mock] opt-level = 3`, and the same for `png`,
//! `fdeflate` and `crc32fast`.

mod backend;
mod generate;
mod library;

pub use self::backend::{MockBackend, MockBackendBuilder};
pub use self::library::MemoryLibrary;

/// The examples of the README, run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctests;
