//! Generating text, images, video and speech: the traits, their requests and responses, what every model takes and
//! costs.
//!
//! This crate is what backends and applications agree on. It sends nothing and needs no async runtime: implement
//! [`TextGenerator`], [`ImageGenerator`], [`VideoGenerator`] or [`SpeechGenerator`] to be a backend, or take the
//! `cosmic-ai` crate to use one.
//!
//! A request goes `request → validate → estimate → reserve → backend → response → settle`. Here are its first two
//! stages ([requests](TextRequest), [`Registry::check`]), the shape of the fifth and sixth (the traits and responses)
//! and the arithmetic of the last ([`Registry::cost`]).
//!
//! Money is whole [`Tokens`]; what is not known is an [`Option`] or a variant of its own, never zero. Every
//! [`Error`] says whether its request left and whether it may have been billed ([`Outcome`]).

mod call;
pub mod cost;
mod error;
mod forward;
mod generators;
mod image;
mod library;
mod media;
mod model;
mod money;
pub mod registry;
mod request;
mod speech;
mod text;
mod tokens;
mod usage;
mod validate;
mod video;
mod wire;

pub use self::call::{Call, OPERATION_ID_KEY, OperationId, Progress};
pub use self::cost::Cost;
pub use self::error::{
    Amount, Asked, BudgetRefusal, Error, ErrorKind, InvalidOverlay, InvalidRequest, LargestFit, OperationConflict,
    Outcome, ParseError, Pool, Problem, Rejection, TimeoutStage, TokensUsedUp, Unsupported,
};
pub use self::generators::Generators;
pub use self::image::{AspectRatio, ImageFormat, ImageGenerator, ImageQuality, ImageRequest, ImageResponse, ImageSize};
pub use self::library::{
    ByteStream, Folder, MediaChange, MediaLibrary, MediaPage, MediaQuery, Reconciled, Search, Upload, reconcile,
};
pub use self::media::{Media, MediaId};
pub use self::model::{Modality, ModelId, Provider};
pub use self::money::{Currency, Money};
pub use self::registry::{Model, Registry, models};
pub use self::request::{Request, RequestRef};
pub use self::speech::{PIECE_CHARACTERS, Pieces, SpeechGenerator, SpeechRequest, SpeechResponse, Voice, split_speech};
pub use self::text::{Message, Role, TextEvent, TextGenerator, TextHandlers, TextRequest, TextResponse, TextStream};
pub use self::tokens::{Charge, Multiplier, Tokens};
pub use self::usage::Usage;
pub use self::validate::Canonical;
pub use self::video::{ClipSeconds, ExtensionRequest, Resolution, VideoGenerator, VideoRequest, VideoResponse};

/// The examples of the README, run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeDoctests;
