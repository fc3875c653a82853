//! Which properties of media are asked for: `props=id,url,metadata.campaign`.

use cosmic_ai::{Media, Problem};
use serde_json::{Map, Value, json};

use super::super::parameters::{Parameters, problem};
use crate::error::ApiError;

/// How many properties may be named.
const MOST: usize = 100;

/// The paths of properties.
pub(super) type Props = Vec<Vec<String>>;

/// Reads the parameter; `None` is all of them.
pub(super) fn read(parameters: &Parameters) -> Result<Option<Props>, ApiError> {
    let text = parameters.get("props")?.unwrap_or_default();
    let named = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let paths: Props = named
        .map(|name| {
            let path: Vec<String> = name.split('.').map(ToOwned::to_owned).collect();
            if path.iter().any(String::is_empty) {
                let wrong = Problem::new("props", "is not a list of names with dots between the levels").given(name);
                return Err(problem(wrong.allowed(["id,url,metadata.campaign"])));
            }
            Ok(path)
        })
        .collect::<Result<_, _>>()?;
    if paths.len() > MOST {
        return Err(problem(Problem::new("props", format!("has more than {MOST} names"))));
    }
    Ok(Some(paths).filter(|paths| !paths.is_empty()))
}

/// The properties of a medium that are asked for. What it does not have is left out.
pub(super) fn of(media: &Media, props: Option<&Props>) -> Value {
    let whole = json!(media);
    let Some(props) = props else { return whole };
    let mut picked = Map::new();
    for path in props {
        copy(&whole, path, &mut picked);
    }
    Value::Object(picked)
}

/// Copies what is at a path to the same path.
fn copy(from: &Value, path: &[String], to: &mut Map<String, Value>) {
    let Some((name, rest)) = path.split_first() else { return };
    let Some(value) = from.get(name) else { return };
    if rest.is_empty() {
        to.insert(name.clone(), value.clone());
        return;
    }
    // Nothing is made on the way to what is not there.
    if rest.iter().try_fold(value, |value, name| value.get(name)).is_none() {
        return;
    }
    let inner = to.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        copy(value, rest, inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_is_shown() {
        let mut media = Media::new("a", "http://b/c", "image/png");
        media.metadata.insert("campaign".to_owned(), json!({ "name": "spring", "year": 2026 }));
        media.metadata.insert("other".to_owned(), json!(1));
        for (props, expected) in [
            ("id", json!({ "id": "a" })),
            ("id, url,", json!({ "id": "a", "url": "http://b/c" })),
            ("metadata.other,id", json!({ "id": "a", "metadata": { "other": 1 } })),
            (
                "metadata.campaign.name,metadata.other",
                json!({ "metadata": { "campaign": { "name": "spring" }, "other": 1 } }),
            ),
            ("metadata.other,metadata", json!({ "metadata": media.metadata })),
            ("metadata,metadata.other", json!({ "metadata": media.metadata })),
            ("metadata.none.such,width,id", json!({ "id": "a" })),
            ("folder", json!({ "folder": null })),
            ("", json!(media)),
        ] {
            let parameters = Parameters::of(&format!("/?props={}", props.replace(' ', "+")).parse().unwrap()).unwrap();
            assert_eq!(of(&media, read(&parameters).unwrap().as_ref()), expected, "{props}");
        }
    }
}
