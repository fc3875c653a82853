//! The schemas of what the media library is asked and answers, as the server describes it.
//!
//! The core has types for it that say what is meant, and not how it is written: that is for each library to do.

use cosmic_ai::Media;
use serde_json::{Map, Value, json};

use super::{DEFINITIONS, of};

const ROUTE: &str = "/paths/~1v3~1buckets~1{slug}~1media";
const MEDIA: &str = "Media";

/// The answer with one medium, which may come from a service that writes less of it than ours does.
pub(super) fn one_medium(mut schema: Value) -> Result<Value, String> {
    put(&mut schema, "/$defs", MEDIA, medium())?;
    read_leniently(schema)
}

/// The answer with some media. Of each it may have but some properties, which are what they are in a medium.
pub(super) fn media_list(mut schema: Value) -> Result<Value, String> {
    let mut some = medium();
    some.as_object_mut().map(|fields| fields.remove("required"));
    put(&mut schema, "", "$defs", json!({ MEDIA: some }))?;
    put(&mut schema, "/properties/media", "items", json!({ "$ref": format!("{DEFINITIONS}{MEDIA}") }))?;
    read_leniently(schema)
}

/// The parameters of a list, each as the value that it is before it becomes part of an address.
pub(super) fn media_query(document: &Value) -> Result<Value, String> {
    let parameters = at(document, &format!("{ROUTE}/get/parameters"))?.as_array();
    let mut properties = Map::new();
    for parameter in parameters.into_iter().flatten().filter(|parameter| parameter["in"] == "query") {
        let name = parameter["name"].as_str().ok_or("a parameter has no name")?;
        let mut schema = parameter["schema"].clone();
        put(&mut schema, "", "description", parameter["description"].clone())?;
        properties.insert(name.to_owned(), schema);
    }
    Ok(json!({
        "title": "MediaQuery",
        "description": "Which media to list: the parameters of the address, each as the value that it is before it is encoded.",
        "type": "object",
        "properties": properties,
    }))
}

/// The body that asks for a change.
pub(super) fn media_change(document: &Value) -> Result<Value, String> {
    let body = format!("{ROUTE}~1{{id}}/patch/requestBody/content/application~1json/schema");
    let mut schema = at(document, &body)?.clone();
    put(&mut schema, "", "title", json!("MediaChange"))?;
    let description = "What to change of a stored file. What is left out stays as it is.";
    put(&mut schema, "", "description", json!(description))?;
    Ok(schema)
}

/// The schema of an answer to which any service may add.
pub(super) fn read_leniently(mut schema: Value) -> Result<Value, String> {
    let fields = schema.as_object_mut().ok_or("a schema is no object")?;
    fields.remove("additionalProperties");
    Ok(schema)
}

/// A medium, as it is defined in another schema.
fn medium() -> Value {
    let mut schema = of::<Media>("media");
    if let Value::Object(fields) = &mut schema {
        fields.retain(|key, _| !key.starts_with('$'));
    }
    schema
}

fn at<'a>(document: &'a Value, pointer: &str) -> Result<&'a Value, String> {
    document.pointer(pointer).ok_or_else(|| format!("the API's description has no {pointer}"))
}

fn put(schema: &mut Value, pointer: &str, key: &str, value: Value) -> Result<(), String> {
    let fields = schema.pointer_mut(pointer).and_then(Value::as_object_mut);
    fields.ok_or_else(|| format!("a schema has no {pointer}"))?.insert(key.to_owned(), value);
    Ok(())
}
