//! What comes back for text.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::model::ModelId;
use crate::usage::{Reported, Usage};

/// A generated answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct TextResponse {
    /// The answer.
    pub text: String,
    /// The tokens used, before the tier multiplier; `None` if the service did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The model that answered, if the service says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<ModelId>,
    /// Fields that this version does not know, and the `usage` where it could not be read.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl<'de> Deserialize<'de> for TextResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            text: String,
            #[serde(default)]
            usage: Reported,
            #[serde(default, deserialize_with = "crate::wire::lenient")]
            model: Option<ModelId>,
            #[serde(flatten)]
            extra: Map<String, Value>,
        }
        let Wire { text, usage, model, mut extra } = Wire::deserialize(deserializer)?;
        Ok(Self { text, usage: usage.read_or_kept(&mut extra), model, extra })
    }
}

impl TextResponse {
    /// An answer with nothing but its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Adds the tokens used.
    #[must_use]
    pub fn with_usage(mut self, usage: Usage) -> Self {
        self.extra.remove("usage");
        self.usage = Some(usage);
        self
    }

    /// Adds the model that answered.
    #[must_use]
    pub fn with_model(mut self, model: impl Into<ModelId>) -> Self {
        self.model = Some(model.into());
        self
    }
}
