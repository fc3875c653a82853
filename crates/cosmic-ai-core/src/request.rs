//! One type for the requests of all modalities: for estimates, plans and batches.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::image::ImageRequest;
use crate::model::{Modality, ModelId};
use crate::speech::SpeechRequest;
use crate::text::TextRequest;
use crate::video::{ExtensionRequest, VideoRequest};

/// A request of any modality, told apart in JSON by its `kind`: `text`, `image`, `video`, `extend` or `speech`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Request {
    /// Text.
    Text(TextRequest),
    /// An image.
    Image(ImageRequest),
    /// A clip.
    Video(VideoRequest),
    /// The continuation of a clip.
    Extend(ExtensionRequest),
    /// Speech.
    Speech(SpeechRequest),
}

impl Request {
    /// The request, borrowed.
    pub const fn as_ref(&self) -> RequestRef<'_> {
        match self {
            Self::Text(request) => RequestRef::Text(request),
            Self::Image(request) => RequestRef::Image(request),
            Self::Video(request) => RequestRef::Video(request),
            Self::Extend(request) => RequestRef::Extend(request),
            Self::Speech(request) => RequestRef::Speech(request),
        }
    }
}

/// A borrowed request of any modality. Every `&TextRequest`, `&ImageRequest` and so on converts into it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum RequestRef<'a> {
    /// Text.
    Text(&'a TextRequest),
    /// An image.
    Image(&'a ImageRequest),
    /// A clip.
    Video(&'a VideoRequest),
    /// The continuation of a clip.
    Extend(&'a ExtensionRequest),
    /// Speech.
    Speech(&'a SpeechRequest),
}

impl<'a> RequestRef<'a> {
    /// What is asked for.
    pub const fn modality(self) -> Modality {
        match self {
            Self::Text(_) => Modality::Text,
            Self::Image(_) => Modality::Image,
            Self::Video(_) | Self::Extend(_) => Modality::Video,
            Self::Speech(_) => Modality::Speech,
        }
    }

    /// The model that the request names, as it names it.
    pub const fn model(self) -> Option<&'a ModelId> {
        match self {
            Self::Text(request) => request.model.as_ref(),
            Self::Image(request) => request.model.as_ref(),
            Self::Video(request) => request.model.as_ref(),
            Self::Extend(request) => request.model.as_ref(),
            Self::Speech(request) => request.model.as_ref(),
        }
    }

    /// The request as an owned one.
    pub fn to_owned(self) -> Request {
        match self {
            Self::Text(request) => Request::Text(request.clone()),
            Self::Image(request) => Request::Image(request.clone()),
            Self::Video(request) => Request::Video(request.clone()),
            Self::Extend(request) => Request::Extend(request.clone()),
            Self::Speech(request) => Request::Speech(request.clone()),
        }
    }
}

impl fmt::Display for RequestRef<'_> {
    /// The name of the call: `text`, `image`, `video`, `extend` or `speech`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Extend(_) => "extend",
            other => other.modality().as_str(),
        })
    }
}

/// Conversions from one modality's request to the type that unites them, owned and borrowed.
macro_rules! unite {
    ($($request:ident => $variant:ident),*) => {$(
        impl From<$request> for Request {
            fn from(request: $request) -> Self {
                Self::$variant(request)
            }
        }

        impl<'a> From<&'a $request> for RequestRef<'a> {
            fn from(request: &'a $request) -> Self {
                Self::$variant(request)
            }
        }
    )*};
}

unite!(
    TextRequest => Text,
    ImageRequest => Image,
    VideoRequest => Video,
    ExtensionRequest => Extend,
    SpeechRequest => Speech
);

impl<'a> From<&'a Request> for RequestRef<'a> {
    fn from(request: &'a Request) -> Self {
        request.as_ref()
    }
}
