//! What comes back for a clip or an extension.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::media::{Media, MediaId};
use crate::usage::{Reported, Usage};

/// A generated clip, already stored in the media library.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct VideoResponse {
    /// The stored clip.
    pub media: Media,
    /// The tokens used; `None` if the service did not say. The API's examples put a clip's price under the input, its
    /// text says output: [`Registry::cost`](crate::Registry::cost) puts that right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// How long it took to generate, if the service says.
    #[serde(
        default,
        rename = "generation_time_seconds",
        serialize_with = "seconds::serialize",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<f64>")]
    pub generation_time: Option<Duration>,
    /// The clip that this one continues, if it is an extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_media_id: Option<MediaId>,
    /// Whether this clip continues another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_extension: bool,
    /// Fields that this version does not know, and the `usage` where it could not be read.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl<'de> Deserialize<'de> for VideoResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            media: Media,
            #[serde(default)]
            usage: Reported,
            #[serde(default, rename = "generation_time_seconds", deserialize_with = "seconds::deserialize")]
            generation_time: Option<Duration>,
            #[serde(default, deserialize_with = "crate::wire::lenient")]
            source_media_id: Option<MediaId>,
            #[serde(default, deserialize_with = "crate::wire::lenient_or_default")]
            is_extension: bool,
            #[serde(flatten)]
            extra: Map<String, Value>,
        }
        let Wire { media, usage, generation_time, source_media_id, is_extension, mut extra } =
            Wire::deserialize(deserializer)?;
        Ok(Self { media, usage: usage.read_or_kept(&mut extra), generation_time, source_media_id, is_extension, extra })
    }
}

impl VideoResponse {
    /// A response with nothing but the stored clip.
    pub fn new(media: Media) -> Self {
        Self {
            media,
            usage: None,
            generation_time: None,
            source_media_id: None,
            is_extension: false,
            extra: Map::new(),
        }
    }

    /// Adds the tokens used.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.extra.remove("usage");
        self.usage = Some(usage);
        self
    }

    /// Adds how long it took to generate.
    #[must_use]
    pub fn with_generation_time(mut self, time: Duration) -> Self {
        self.generation_time = Some(time);
        self
    }

    /// Marks the clip as the continuation of `source`.
    #[must_use]
    pub fn extending(mut self, source: MediaId) -> Self {
        self.source_media_id = Some(source);
        self.is_extension = true;
        self
    }
}

/// A duration as a number of seconds: whole where it is whole, as the API writes it.
pub(crate) mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};
    use serde_json::Value;

    #[expect(clippy::ref_option, reason = "the signature that serde calls")]
    pub(crate) fn serialize<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            None => serializer.serialize_none(),
            Some(time) if time.subsec_nanos() == 0 => serializer.serialize_u64(time.as_secs()),
            Some(time) => serializer.serialize_f64(time.as_secs_f64()),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        let value = Option::<Value>::deserialize(deserializer)?;
        Ok(value.as_ref().and_then(Value::as_f64).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
    }
}
