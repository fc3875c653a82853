//! Refusals: the answers that routes have in common.

use serde_json::{Map, Value, json};

use super::schemas::Schemas;
use super::shapes::Refusal;

/// Each status with the name and the meaning of its answer.
const REFUSALS: [(u16, &str, &str); 19] = [
    (400, "BadRequest", "Something is wrong with the request. The message names field, value and what is allowed."),
    (401, "Unauthorized", "There is no key, or it is not one of this bucket."),
    (402, "PaymentRequired", "A budget or the account is used up. Tells model, tier and multiplier."),
    (
        403,
        "Forbidden",
        "The key does not allow this. Or a web page asks that may not, where the keys are the local ones, known to everyone.",
    ),
    (404, "NotFound", "There is no such bucket, medium, model or route; or nothing was found."),
    (408, "RequestTimeout", "The request did not come in time."),
    (409, "Conflict", "The request of this Idempotency-Key is under way, or its answer is not known or not kept."),
    (412, "PreconditionFailed", "The file is another than the one asked for."),
    (413, "ContentTooLarge", "The body is too large, or of too many values."),
    (415, "UnsupportedMediaType", "The body is of another type, or encoded otherwise, than this route takes."),
    (416, "RangeNotSatisfiable", "The file has none of the bytes asked for."),
    (422, "UnprocessableContent", "The Idempotency-Key belongs to a request to another route or with another body."),
    (429, "TooManyRequests", "Too many calls. `Retry-After` tells when to come again."),
    (431, "HeadersTooLarge", "The head of the request is too large."),
    (500, "InternalServerError", "The server failed. Its log has the cause under the request id."),
    (502, "BadGateway", "The service behind this server cannot be reached, or its answer was lost."),
    (503, "ServiceUnavailable", "The server is stopping, or cannot write its ledger or its folder."),
    (504, "GatewayTimeout", "The service behind this server took too long."),
    (507, "InsufficientStorage", "There is no room for the file."),
];

/// What any route may answer with.
pub(super) fn of_every_route() -> Value {
    json!({ "default": { "$ref": "#/components/responses/Refusal" } })
}

/// The answer of a status.
pub(super) fn reference(status: u16) -> Value {
    let name = REFUSALS.iter().find(|(of, ..)| *of == status).map_or("Refusal", |(_, name, _)| name);
    json!({ "$ref": format!("#/components/responses/{name}") })
}

/// All of them, by their names.
pub(super) fn responses(schemas: &mut Schemas) -> Map<String, Value> {
    let schema = schemas.answer::<Refusal>();
    let of = |what: &str| json!({ "description": what, "content": { "application/json": { "schema": schema } } });
    let mut all: Map<String, Value> = REFUSALS.iter().map(|(_, name, what)| ((*name).to_owned(), of(what))).collect();
    all.insert("Refusal".to_owned(), of("A refusal. Whatever happens, the body is JSON."));
    let pause = json!({
        "Retry-After": { "description": "When to come again, in seconds.", "schema": { "type": "integer", "minimum": 1 } },
    });
    for name in ["TooManyRequests", "ServiceUnavailable", "Conflict"] {
        if let Some(Value::Object(answer)) = all.get_mut(name) {
            answer.insert("headers".to_owned(), pause.clone());
        }
    }
    all
}
