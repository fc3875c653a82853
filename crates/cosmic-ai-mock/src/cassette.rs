//! Record a backend once, replay it in every test: [`Recording`] writes a cassette, [`Replay`] gives its answers.
//!
//! ```
//! use cosmic_ai_core::{Call, ImageGenerator, ImageRequest, MediaLibrary};
//! use cosmic_ai_mock::MockBackend;
//! use cosmic_ai_mock::cassette::{Recording, Replay};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let temporary = tempfile::tempdir()?;
//! # let folder = temporary.path().join("bicycle");
//! // Once, with the backend that the answers are to come from. Here it is the mock.
//! let recording = Recording::new(MockBackend::new(), &folder)?;
//! let request = ImageRequest::new("A red bicycle");
//! let made = recording.generate_image(&Call::new(), &request).await?;
//! recording.finish()?;
//!
//! // In every test: what was not recorded is refused, and the error says what differs.
//! let replay = Replay::open(&folder)?;
//! let error = replay.generate_image(&Call::new(), &ImageRequest::new("A blue bicycle")).await.unwrap_err();
//! assert!(error.to_string().ends_with(r#"/prompt: recorded "A red bicycle", asked "A blue bicycle""#));
//!
//! // What was gives the same answer and the same bytes, once.
//! let again = replay.generate_image(&Call::new(), &request).await?;
//! assert_eq!(again.media.id, made.media.id);
//! assert_eq!(replay.open(&again.media).await?.collect().await?.len() as u64, made.media.size.unwrap());
//! assert!(replay.unused().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # The folder
//! `cassette.json` has one interaction after the other: `kind` (`text`, `stream`, `image`, `video`, `extend`, `speech` or
//! `put`), the `request`, and one of `answer`, `error` and `events`. Keys are in a fixed order and each event of a stream is a
//! line, so that a change reads well in git. Media lie beside it, named by what is in them:
//!
//! ```json
//! {
//!   "format": "cosmic-ai-cassette",
//!   "version": 1,
//!   "interactions": [
//!     {
//!       "kind": "stream",
//!       "request": {
//!         "max_tokens": 8,
//!         "prompt": "Name a colour"
//!       },
//!       "events": [
//!         { "after_ms": 412, "delta": "Dark " },
//!         { "after_ms": 35, "delta": "red." },
//!         { "after_ms": 1, "usage": { "input_tokens": 5, "output_tokens": 4 } },
//!         { "after_ms": 0, "end": { "model": "gpt-5" } }
//!       ]
//!     }
//!   ]
//! }
//! ```
//!
//! A `.gitattributes` says `* -text`: a medium whose line ends git converts is no longer what its name says, and is refused.
//!
//! What the service answered is kept as it was, its ids and times included. Ids of operations differ at each run: the
//! placeholder `{operation id}` stands for that of the call. Requests contain no keys; [`Redaction`] hides what else a
//! repository should not have, and says what it does not reach: the bytes of media, for one. Errors are kept with all that they say, to the millisecond; the errors beneath them as text.

mod error;
mod failure;
mod file;
mod interaction;
mod operation;
mod print;
mod recording;
mod redaction;
mod replay;
mod upload;

pub use self::error::CassetteError;
pub use self::recording::{Recording, RecordingBuilder};
pub use self::redaction::Redaction;
pub use self::replay::{Order, Replay, ReplayBuilder};
