//! Descriptions of models, prices and usage.

use cosmic_ai::{ExtensionRequest, ImageRequest, SpeechRequest, TextRequest, VideoRequest};
use serde_json::json;

use super::operation::{Access, Operation};
use super::schemas::Schemas;
use super::shapes::{Comparisons, Estimate, UsageReport};
use crate::routes::{ModelList, OneModel};

pub(super) fn models(schemas: &mut Schemas) -> Operation {
    Operation::new("catalogue", "listModels", "Lists models", Access::Open)
        .about("Whether each figure is documented or assumed, where it comes from and when that was read stands beside it.")
        .in_query(
            "modality",
            "Only models of this modality. `audio` is `speech`.",
            &json!({ "enum": ["text", "image", "video", "speech", "audio"] }),
        )
        .in_query("provider", "Only models of this provider.", &json!({ "type": "string" }))
        .giving(200, "The models, in the order of the API's page.", &schemas.answer::<ModelList>())
        .refusing(&[400])
}

pub(super) fn model(schemas: &mut Schemas) -> Operation {
    Operation::new("catalogue", "getModel", "Shows a model", Access::Open)
        .in_path("id", "The model's id, an alias, or its name.")
        .giving(200, "The model.", &schemas.answer::<OneModel>())
        .refusing(&[404])
}

pub(super) fn estimate(schemas: &mut Schemas) -> Operation {
    let requests = [
        schemas.request::<TextRequest>(),
        schemas.request::<ImageRequest>(),
        schemas.request::<VideoRequest>(),
        schemas.request::<ExtensionRequest>(),
        schemas.request::<SpeechRequest>(),
    ];
    let kinds = json!({ "enum": ["text", "image", "video", "extend", "audio", "speech"] });
    let schema = json!({ "allOf": [
        { "anyOf": requests },
        { "type": "object", "properties": { "kind": kinds } },
    ]});
    let examples = [
        ("text", json!({ "prompt": "Name three colours of the sea", "max_tokens": 100 })),
        ("image", json!({ "kind": "image", "prompt": "A mountain lake at dawn" })),
        ("video", json!({ "prompt": "Waves roll onto a beach", "duration": 4 })),
    ];
    let (one, compared) = (schemas.answer::<Estimate>(), schemas.answer::<Comparisons>());
    Operation::new("catalogue", "estimate", "Prices a request without sending it", Access::Open)
        .about(
            "Takes the body of any call that generates. Which call it is for is said by `kind`, in the query or in the body, \
             or read off fields that only one call has.",
        )
        .in_query("kind", "Which call the body is for.", &kinds)
        .in_query("compare", "Whether to price it on all models that can take it.", &json!({ "type": "boolean" }))
        .taking("application/json", &schema, &examples)
        .giving(200, "The price, or the prices compared.", &json!({ "anyOf": [one, compared] }))
        .refusing(&[400, 408, 413, 415])
}

pub(super) fn usage(schemas: &mut Schemas) -> Operation {
    let moment = json!({ "type": "string", "examples": ["2026-11-30", "2026-11-30T08:00:00Z"] });
    Operation::new("catalogue", "getUsage", "Reports what calls cost", Access::Read)
        .about("Of the calls of one bucket: the one that is named, or else the one that the key is of.")
        .in_query("bucket", "The bucket.", &json!({ "type": "string" }))
        .in_query(
            "by",
            "What rows are told apart by, with commas between: `model`, `modality`, `kind`, `state`, `day`, `month`, \
             `label:NAME`.",
            &json!({ "type": "string", "examples": ["model,day", "label:user"] }),
        )
        .in_query("since", "From when on, inclusive: a date, in UTC, or a time in RFC 3339.", &moment)
        .in_query("until", "Until when, exclusive.", &moment)
        .giving(200, "The report.", &schemas.answer::<UsageReport>())
        .refusing(&[400, 401, 404, 503])
}
