//! What text is asked for with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::ModelId;
use crate::registry::described;

/// A request for text: either a single prompt or the messages of a chat.
///
/// Serialises to exactly the API's JSON body; options that are not set are not sent. Whether the answer is streamed is
/// decided by the method that takes the request, and its `stream` field is added on the wire.
///
/// ```
/// use cosmic_ai_core::{Message, TextRequest};
///
/// let request = TextRequest::new("Name three colours").with_max_tokens(50);
/// assert_eq!(serde_json::to_string(&request)?, r#"{"prompt":"Name three colours","max_tokens":50}"#);
///
/// let chat = TextRequest::chat([
///     Message::user("What is a mug?"),
///     Message::assistant("A cup with a handle."),
///     Message::user("Of what material?"),
/// ]);
/// assert_eq!(chat.messages.map(|messages| messages.len()), Some(3));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct TextRequest {
    /// A single prompt. Exactly one of `prompt` and `messages` must be set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"\S"))]
    pub prompt: Option<String>,
    /// A chat, oldest message first. Exactly one of `prompt` and `messages` must be set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<Message>>,
    /// The model; `None` is the registry's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = described::text_model)]
    pub model: Option<ModelId>,
    /// The most tokens that the answer may have, at least 1. `None` leaves it to the API, which publishes no default:
    /// the price is then bounded by the model's ceiling at best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = u32::MAX))]
    pub max_tokens: Option<u32>,
    /// The http(s) URL of one file of the bucket to look at: an image, a PDF, a spreadsheet, a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_url: Option<String>,
}

impl TextRequest {
    /// A request with a single prompt, everything else left at its default.
    pub fn new(prompt: impl Into<String>) -> Self {
        Self { prompt: Some(prompt.into()), ..Self::default() }
    }

    /// A request that continues a chat, oldest message first.
    pub fn chat(messages: impl IntoIterator<Item = Message>) -> Self {
        Self { messages: Some(messages.into_iter().collect()), ..Self::default() }
    }

    /// Asks for a model, by id, alias or display name.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<ModelId>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Bounds the answer, and so the price.
    #[must_use]
    pub fn with_max_tokens(mut self, max_tokens: u32) -> Self {
        self.max_tokens = Some(max_tokens);
        self
    }

    /// Has the model look at a file of the bucket.
    #[must_use]
    pub fn with_media_url(mut self, url: impl Into<String>) -> Self {
        self.media_url = Some(url.into());
        self
    }

    /// The texts that go to the model, in order: the prompt, or the content of each message.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let messages = self.messages.iter().flatten().map(|message| message.content.as_str());
        self.prompt.as_deref().into_iter().chain(messages)
    }
}

/// One message of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said. Must not be blank.
    #[schemars(regex(pattern = r"\S"))]
    pub content: String,
}

impl Message {
    /// A message of the user.
    pub fn user(content: impl Into<String>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// An earlier answer of the model.
    pub fn assistant(content: impl Into<String>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// The one who asks.
    User,
    /// The model.
    Assistant,
}
