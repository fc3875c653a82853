//! Generated files as the media library describes them.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The id of a medium. Opaque: the API's examples are not even hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct MediaId(String);

impl MediaId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for MediaId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl From<String> for MediaId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl From<&MediaId> for MediaId {
    fn from(id: &MediaId) -> Self {
        id.clone()
    }
}

impl AsRef<str> for MediaId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MediaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// One file of the media library.
///
/// Only id, URL and type are sure to be there; whatever else a service leaves out reads as `None`, and so does a detail
/// of another shape than the documented one, which is not kept. What a service adds is kept in `extra`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Media {
    /// The id, by which the library finds the file again.
    pub id: MediaId,
    /// The name it is stored under, such as `veo-….mp4`.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name it was given.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub original_name: Option<String>,
    /// Size in bytes.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The media type, such as `image/png`.
    #[serde(rename = "type")]
    pub content_type: String,
    /// The bucket it is in.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// When it was stored, as the service writes it: RFC 3339 in UTC.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// Who stored it, if the service says.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// When it was changed last, as the service writes it: RFC 3339 in UTC.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    /// Who changed it last, if the service says.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub modified_by: Option<String>,
    /// The folder; `None`, written as `null`, at the top.
    #[serde(default, deserialize_with = "crate::wire::lenient")]
    pub folder: Option<String>,
    /// Where its bytes are.
    pub url: String,
    /// Where a resizing image service has it.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub imgix_url: Option<String>,
    /// Width in pixels, of images.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height in pixels, of images.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Alternative text; for generated media the prompt, for speech its beginning.
    #[serde(default, deserialize_with = "crate::wire::lenient", skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
    /// What was stored with it: the user's own keys and those of the generator, which win.
    #[serde(default, deserialize_with = "crate::wire::lenient_or_default", skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Fields that this version does not know.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Media {
    /// A medium with nothing but what every medium has.
    pub fn new(id: impl Into<MediaId>, url: impl Into<String>, content_type: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            name: None,
            original_name: None,
            size: None,
            content_type: content_type.into(),
            bucket: None,
            created_at: None,
            created_by: None,
            modified_at: None,
            modified_by: None,
            folder: None,
            url: url.into(),
            imgix_url: None,
            width: None,
            height: None,
            alt_text: None,
            metadata: Map::new(),
            extra: Map::new(),
        }
    }

    /// The value that the generator or the user stored under `key`.
    pub fn metadata_value(&self, key: &str) -> Option<&Value> {
        self.metadata.get(key)
    }
}
