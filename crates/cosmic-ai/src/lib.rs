//! Generate text, images, video and speech, with the price known before the request is sent.
//!
//! ```
//! # #[cfg(all(feature = "mock", feature = "pricing"))]
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), cosmic_ai::Error> {
//! use cosmic_ai::mock::MockBackend;
//! use cosmic_ai::{Client, TextEvent, TextRequest};
//!
//! let client = Client::new(MockBackend::new());
//! let ask = TextRequest::new("Write a product description for a coffee mug").with_max_tokens(500);
//! assert_eq!(
//!     client.estimate(&ask)?.to_string(),
//!     "at most 1,120 tokens deducted (claude-opus-4-8, Standard 2.0x)"
//! );
//!
//! let mut stream = client.stream_text(&ask).await?;
//! while let Some(event) = stream.next().await {
//!     match event? {
//!         TextEvent::Delta(text) => print!("{text}"),
//!         TextEvent::End(answer) => println!("\n{}", client.cost(&ask, answer.usage.as_ref())),
//!         _ => {}
//!     }
//! }
//! # Ok(())
//! # }
//! # #[cfg(not(all(feature = "mock", feature = "pricing")))]
//! # fn main() {}
//! ```
//!
//! # Features
//! All of them add; none changes what another does.
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `http` | yes | the module [`http`]: the backend for the Cosmic AI API |
//! | `pricing` | yes | [`Client::estimate`], budgets and ledgers ([`ClientBuilder::with_meter`]) and the module [`pricing`] |
//! | `bpe` | no | exact token counts for `OpenAI`'s text models: `Estimator::with_exact_counts`; adds about 30 MB to a binary |
//! | `sqlite` | no | budgets that the processes of a machine share: `pricing::ledger::SqliteLedger` |
//! | `postgres` | no | budgets that a fleet shares: `pricing::ledger::PostgresLedger` |
//! | `mock` | no | the module [`mock`]: a backend without keys or network, with real media |
//! | `mockall` | no | mocks of every trait for `mockall`: the module `mock::mocks` |
//!
//! # Where things are
//! [`Client`] is the entrance. Requests, responses, errors and the traits that a backend implements are at the top of
//! this crate; [`registry`] says what each model takes and costs, [`cost`] computes charges.

mod client;

pub use cosmic_ai_core::{
    Amount, Asked, AspectRatio, BudgetRefusal, ByteStream, Call, Canonical, Charge, ClipSeconds, Cost, Currency, Error,
    ErrorKind, ExtensionRequest, Folder, Generators, ImageFormat, ImageGenerator, ImageQuality, ImageRequest,
    ImageResponse, ImageSize, InvalidOverlay, InvalidRequest, LargestFit, Media, MediaChange, MediaId, MediaLibrary,
    MediaPage, MediaQuery, Message, Modality, Model, ModelId, Money, Multiplier, OPERATION_ID_KEY, OperationConflict,
    OperationId, Outcome, PIECE_CHARACTERS, ParseError, Pieces, Pool, Problem, Progress, Provider, Reconciled,
    Registry, Rejection, Request, RequestRef, Resolution, Role, Search, SpeechGenerator, SpeechRequest, SpeechResponse,
    TextEvent, TextGenerator, TextHandlers, TextRequest, TextResponse, TextStream, TimeoutStage, Tokens, TokensUsedUp,
    Unsupported, Upload, Usage, VideoGenerator, VideoRequest, VideoResponse, Voice, cost, models, registry,
    split_speech,
};
/// The backend for the Cosmic AI API over HTTP.
#[cfg(feature = "http")]
pub use cosmic_ai_http as http;
/// A backend without keys or network: deterministic, with real media, priced like the real thing.
#[cfg(feature = "mock")]
pub use cosmic_ai_mock as mock;
/// The price of a request before it is sent.
#[cfg(feature = "pricing")]
pub use cosmic_ai_pricing as pricing;

pub use self::client::{Client, ClientBuilder, ClientCall};

/// The examples of the README, run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctests;
