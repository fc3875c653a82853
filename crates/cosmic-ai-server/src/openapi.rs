//! The description of the API in `OpenAPI` 3.1, made of the table of routes and the schemas of the types themselves.
//!
//! In reading order: `operation` is how a route is described, `generating`, `media`, `catalogue` and `service` describe them,
//! `shapes` are answers that no other type describes, `schemas` collects all schemas, `refusals` are answers of every route.

mod catalogue;
mod generating;
mod media;
mod operation;
mod refusals;
mod schemas;
mod service;
mod shapes;

use serde_json::{Map, Value, json};

use self::operation::Operation;
use self::schemas::Schemas;
use crate::routes::Endpoint;

/// The description of the API in `OpenAPI` 3.1, as `/openapi.json` serves it.
///
/// ```
/// let document = cosmic_ai_server::document();
/// assert_eq!(document["openapi"], "3.1.0");
/// assert!(document["paths"]["/v3/buckets/{slug}/ai/text"]["post"].is_object());
/// ```
pub fn document() -> Value {
    let mut schemas = Schemas::new();
    let mut paths = Map::new();
    for endpoint in Endpoint::ALL {
        let path = paths.entry(endpoint.path()).or_insert_with(|| json!({}));
        let operation = describe(*endpoint, &mut schemas).into_value();
        if let Value::Object(path) = path {
            path.insert(endpoint.method().to_ascii_lowercase(), operation);
        }
    }
    let responses = refusals::responses(&mut schemas);
    json!({
        "openapi": "3.1.0",
        "x-generated-by": "cargo xtask codegen; do not edit",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Cosmic AI API, served locally",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Text, images, video and speech with the price known before a request is sent.",
            "description": "The wire API of Cosmic's AI calls and media library, and beside it models, prices and usage. \
                            Every refusal is JSON with `status` and `message`.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "The server that serves this document." }],
        "tags": [
            { "name": "generating", "description": "Calls that generate. They cost tokens, and budgets hold." },
            { "name": "media", "description": "The media library, where what was generated is kept." },
            { "name": "catalogue", "description": "Models and prices, and what was spent. Not part of Cosmic's API." },
            { "name": "service", "description": "How the server is. Not part of Cosmic's API." },
        ],
        "paths": paths,
        "components": {
            "schemas": schemas.into_definitions(),
            "responses": responses,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The write key of the bucket. For what only reads, the read key is enough.",
                },
                "read_key": {
                    "type": "apiKey",
                    "in": "query",
                    "name": "read_key",
                    "description": "The read key of the bucket, or its write key.",
                },
            },
        },
    })
}

fn describe(endpoint: Endpoint, schemas: &mut Schemas) -> Operation {
    match endpoint {
        Endpoint::GenerateText => generating::text(schemas),
        Endpoint::GenerateImage => generating::image(schemas),
        Endpoint::GenerateVideo => generating::video(schemas),
        Endpoint::ExtendVideo => generating::extension(schemas),
        Endpoint::GenerateSpeech => generating::speech(schemas),
        Endpoint::ListMedia => media::list(schemas),
        Endpoint::UploadMedium => media::upload(schemas),
        Endpoint::GetMedium => media::one(schemas),
        Endpoint::ChangeMedium => media::change(schemas),
        Endpoint::DeleteMedium => media::remove(schemas),
        Endpoint::GetFile => media::file(),
        Endpoint::ListModels => catalogue::models(schemas),
        Endpoint::GetModel => catalogue::model(schemas),
        Endpoint::Estimate => catalogue::estimate(schemas),
        Endpoint::Usage => catalogue::usage(schemas),
        Endpoint::Health => service::health(schemas),
        Endpoint::Readiness => service::readiness(schemas),
        Endpoint::Metrics => service::metrics(),
        Endpoint::OpenApi => service::openapi(),
    }
}

#[cfg(test)]
mod tests;
