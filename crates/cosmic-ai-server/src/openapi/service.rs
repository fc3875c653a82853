//! Descriptions of how the server is.

use serde_json::json;

use super::operation::{Access, Operation};
use super::schemas::Schemas;
use super::shapes::Health;

pub(super) fn health(schemas: &mut Schemas) -> Operation {
    Operation::new("service", "getHealth", "Whether the process answers", Access::Open).giving(
        200,
        "It does.",
        &schemas.answer::<Health>(),
    )
}

pub(super) fn readiness(schemas: &mut Schemas) -> Operation {
    Operation::new("service", "getReadiness", "Whether calls are taken", Access::Open)
        .giving(200, "Ledger and library answer, and files can be made.", &schemas.answer::<Health>())
        .refusing(&[503])
}

pub(super) fn metrics() -> Operation {
    Operation::new("service", "getMetrics", "What was counted, for Prometheus", Access::OpenOrKey)
        .about(
            "The bearer is the key for metrics of the server's configuration. Without one they are open on the loopback \
             interface, and at any other address not there.",
        )
        .giving_content(
            200,
            "The metrics.",
            json!({ "application/openmetrics-text": { "schema": { "type": "string" } } }),
        )
        .refusing(&[401, 404])
}

pub(super) fn openapi() -> Operation {
    Operation::new("service", "getOpenApi", "This document", Access::Open).giving(
        200,
        "The description of the API.",
        &json!({ "type": "object" }),
    )
}
