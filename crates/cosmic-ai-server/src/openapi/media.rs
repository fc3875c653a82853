//! Descriptions of the media library.

use serde_json::{Value, json};

use super::operation::{Access, Operation};
use super::schemas::Schemas;
use super::shapes::{Done, MediaList, OneMedium, SomeOfMedium};

pub(super) fn list(schemas: &mut Schemas) -> Operation {
    Operation::new("media", "listMedia", "Lists media", Access::Read)
        .about("Nothing found is a 404. One medium is found by its id in `query` and a `limit` of 1.")
        .in_path("slug", "The bucket.")
        .in_query(
            "query",
            "A JSON object of what media must have: fields by value or by operators such as `$in`, also `metadata.campaign`.",
            &json!({ "type": "string", "contentMediaType": "application/json" }),
        )
        .in_query("props", PROPS, &json!({ "type": "string" }))
        .in_query(
            "limit",
            "How many to answer at most.",
            &json!({ "type": "integer", "minimum": 1, "maximum": 1000, "default": 1000 }),
        )
        .in_query("skip", "How many to pass over.", &json!({ "type": "integer", "minimum": 0, "default": 0 }))
        .in_query(
            "sort",
            "In which order.",
            &json!({
                "enum": ["created_at", "-created_at", "modified_at", "-modified_at", "random"],
                "default": "-created_at",
            }),
        )
        .in_query(
            "use_cache",
            "Taken and without meaning: nothing is cached.",
            &json!({ "type": "boolean" }),
        )
        .giving(200, "Media that match.", &schemas.answer::<MediaList>())
        .refusing(&[400, 401, 404])
}

pub(super) fn upload(schemas: &mut Schemas) -> Operation {
    let schema = json!({
        "type": "object",
        "required": ["media"],
        "properties": {
            "media": { "description": "The file, with its name.", "contentMediaType": "application/octet-stream" },
            "folder": { "type": "string", "description": "The folder; without one it is at the top." },
            "metadata": {
                "type": "string",
                "contentMediaType": "application/json",
                "description": "A JSON object to store with it.",
            },
            "alt_text": { "type": "string", "description": "The alternative text." },
            "write_key": {
                "type": "string",
                "description": "The write key, in place of the Authorization header. Before a file of more than 64 MiB.",
            },
            "trigger_webhook": { "type": "string", "description": "Taken and without meaning: there are no webhooks." },
        },
    });
    Operation::new("media", "uploadMedium", "Stores a file", Access::WriteOrInBody)
        .about("Parts may come in any order; texts have at most 64 KiB. What is refused leaves nothing behind.")
        .in_path("slug", "The bucket.")
        .taking("multipart/form-data", &schema, &[])
        .giving(200, "The medium.", &schemas.answer::<OneMedium>())
        .refusing(&[400, 401, 403, 404, 408, 413, 415, 503, 507])
}

pub(super) fn one(schemas: &mut Schemas) -> Operation {
    of_one("getMedium", "Shows a medium", Access::Read)
        .in_query("props", PROPS, &json!({ "type": "string" }))
        .giving(200, "The medium.", &schemas.answer::<SomeOfMedium>())
        .refusing(&[400, 401, 404])
}

pub(super) fn change(schemas: &mut Schemas) -> Operation {
    let schema = json!({
        "type": "object",
        "minProperties": 1,
        "additionalProperties": false,
        "properties": {
            "folder": { "type": ["string", "null"], "description": "The folder; null or empty puts it at the top." },
            "alt_text": { "type": ["string", "null"], "description": "The alternative text; null or empty takes it away." },
            "metadata": {
                "type": ["object", "null"],
                "description": "Takes the place of all that is stored with it, but for what a clip needs to be extended and \
                                what ties it to the call that made it.",
            },
            "write_key": { "type": "string", "description": "The write key, in place of the Authorization header." },
            "trigger_webhook": { "description": "Taken and without meaning: there are no webhooks." },
        },
    });
    let examples = [
        ("moved", json!({ "folder": "posters" })),
        ("described", json!({ "alt_text": "A harbour in the rain", "metadata": { "campaign": "spring" } })),
    ];
    of_one("changeMedium", "Changes what is said of a medium", Access::WriteOrInBody)
        .taking("application/json", &schema, &examples)
        .giving(200, "The medium as it is now.", &schemas.answer::<OneMedium>())
        .refusing(&[400, 401, 403, 404, 408, 413, 415])
}

pub(super) fn remove(schemas: &mut Schemas) -> Operation {
    of_one("deleteMedium", "Deletes a medium", Access::Write)
        .giving(200, "It is gone.", &schemas.answer::<Done>())
        .refusing(&[401, 403, 404])
}

pub(super) fn file() -> Operation {
    let header = json!({ "type": "string" });
    let bytes = || json!({ "*/*": { "schema": {} } });
    Operation::new("media", "getFile", "Sends a file", Access::Open)
        .about(
            "The bytes of a medium, at its `url`. Whoever knows the name may have it. What a browser could run, such as SVG \
             or HTML, is sent to be kept and not to be shown. HEAD is answered too.",
        )
        .in_path("name", "The name of the medium.")
        .in_query("download", "Has a browser keep the file, whatever it is.", &json!({ "type": "string" }))
        .in_header("Range", "A part of the file. Several parts are answered with the whole.", &header)
        .in_header("If-Range", "The ETag or the date of the file that the part is to be of.", &header)
        .in_header("If-None-Match", "ETags of files that the client has.", &header)
        .in_header("If-Match", "ETags of files that the client wants.", &header)
        .in_header("If-Modified-Since", "When the client got the file.", &header)
        .giving_content(200, "The file.", bytes())
        .giving_content(206, "The part asked for.", bytes())
        .giving_content(304, "The client has it.", Value::Null)
        .refusing(&[400, 404, 412, 416])
}

const PROPS: &str =
    "The properties to answer, with commas between them and dots between levels: `id,url,metadata.campaign`.";

fn of_one(id: &str, summary: &str, access: Access) -> Operation {
    Operation::new("media", id, summary, access).in_path("slug", "The bucket.").in_path("id", "The id of the medium.")
}
