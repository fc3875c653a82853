//! A body as a request: whatever does not fit is named by its field, all of it at once.

use cosmic_ai::{InvalidRequest, Problem, Registry, RequestRef};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::{field, ignored};
use crate::error::ApiError;
use crate::nearest::nearest;

/// A body as a request, or everything that is wrong with it.
///
/// A field that does not fit is replaced, so that those after it are read as well, and the registry is asked for the rest. A
/// request of which all fields fit is the registry's to judge later. Fields that it does not have are ignored, and named beside
/// the answer.
pub(crate) fn read<R>(body: Map<String, Value>, registry: &Registry) -> Result<R, ApiError>
where
    R: DeserializeOwned,
    for<'r> &'r R: Into<RequestRef<'r>>,
{
    ignored::note::<R>(&body);
    let mut body = Value::Object(body);
    let mut problems: Vec<Problem> = Vec::new();
    let request: Option<R> = loop {
        let error = match serde_path_to_error::deserialize(&body) {
            Ok(request) => break Some(request),
            Err(error) => error,
        };
        let problem = field::problem(&error, &body);
        let name = root(&problem.field).to_owned();
        let is_new = problems.iter().all(|known| root(&known.field) != name);
        problems.push(problem);
        match &mut body {
            Value::Object(fields) if is_new => replace(fields, &name),
            _ => break None,
        }
    };
    let Some(request) = request else { return Err(refusal(problems)) };
    if problems.is_empty() {
        return Ok(request);
    }
    // What a model takes cannot be told without the model.
    if problems.iter().all(|problem| problem.field != "model")
        && let Err(invalid) = registry.check(&request)
    {
        for theirs in invalid.problems {
            match problems.iter_mut().find(|ours| root(&ours.field) == root(&theirs.field)) {
                None => problems.push(theirs),
                Some(ours) if ours.allowed.is_empty() && ours.field == theirs.field => {
                    let given = ours.given.as_deref().unwrap_or_default();
                    ours.nearest = nearest(given, theirs.allowed.iter().map(String::as_str)).map(str::to_owned);
                    ours.allowed = theirs.allowed;
                }
                Some(_) => {}
            }
        }
    }
    Err(refusal(problems))
}

fn refusal(problems: Vec<Problem>) -> ApiError {
    ApiError::from(&InvalidRequest::new(problems))
}

/// The field of the body itself: `messages` of `messages[2].role`.
fn root(field: &str) -> &str {
    field.split(['.', '[']).next().unwrap_or(field)
}

/// Puts something in place of a field that no other field takes offence at. Of sizes and such it is what can be written and no
/// model makes, so that the registry says what can be had.
fn replace(body: &mut Map<String, Value>, name: &str) {
    let stand_in = match name {
        "prompt" | "media_id" => json!("-"),
        "messages" => json!([{ "role": "user", "content": "-" }]),
        "size" => json!("1x1"),
        "aspect_ratio" => json!("1:65535"),
        "duration" => json!(0),
        "resolution" => json!("1p"),
        _ => {
            body.remove(name);
            return;
        }
    };
    body.insert(name.to_owned(), stand_in);
}

#[cfg(test)]
mod tests {
    use cosmic_ai::{ExtensionRequest, ImageRequest, TextRequest, VideoRequest};

    use super::*;

    /// The problems without their reasons.
    fn problems<R>(body: Value) -> Vec<Value>
    where
        R: DeserializeOwned + std::fmt::Debug,
        for<'r> &'r R: Into<RequestRef<'r>>,
    {
        let Value::Object(body) = body else { panic!("{body}") };
        let mut refusal = read::<R>(body, Registry::built_in()).unwrap_err().to_value();
        let problems = refusal["problems"].as_array_mut().unwrap();
        for problem in problems.iter_mut() {
            assert!(problem.as_object_mut().unwrap().remove("reason").is_some());
        }
        std::mem::take(problems)
    }

    fn problem(field: &str, given: impl Into<Option<&'static str>>, allowed: &[&str]) -> Value {
        json!({ "field": field, "given": given.into(), "allowed": allowed, "nearest": null })
    }

    #[test]
    fn every_problem_is_told_with_what_is_allowed() {
        let image = json!({ "prompt": 5, "quality": "hq", "size": "large", "folder": ["a"], "model": "dall-e-3" });
        assert_eq!(
            problems::<ImageRequest>(image),
            [
                problem("folder", "a list", &["a text"]),
                problem("prompt", "5", &["a text"]),
                problem("quality", "hq", &["standard", "hd"]),
                problem("size", "large", &["1024x1024", "1792x1024", "1024x1792"]),
            ]
        );
        let video = json!({ "prompt": "A kite", "resolution": "4k", "duration": "long", "reference_images": ["a"] });
        let told = problems::<VideoRequest>(video);
        let about =
            |field: &str| told.iter().find(|problem| problem["field"] == field).unwrap_or_else(|| panic!("{told:?}"));
        assert_eq!(*about("resolution"), problem("resolution", "4k", &["720p", "1080p"]));
        assert_eq!(*about("duration"), problem("duration", "long", &["4", "6", "8"]));
        assert_eq!(*about("reference_images[0]"), problem("reference_images[0]", "a", &["http://…", "https://…"]));
    }

    #[test]
    fn what_stands_in_for_a_field_is_no_problem_of_its_own() {
        let text = json!({ "messages": [{ "role": "person", "content": "a" }], "max_tokens": -1 });
        assert_eq!(
            problems::<TextRequest>(text),
            [
                problem("max_tokens", "-1", &["a whole number from 1 to 4294967295"]),
                problem("messages[0].role", "person", &["user", "assistant"]),
            ]
        );
        assert_eq!(problems::<ExtensionRequest>(json!({ "prompt": "b" })), [problem("media_id", None, &[])]);
        let other = json!({ "prompt": "A kite", "model": 5, "size": "1x1" });
        assert_eq!(problems::<ImageRequest>(other), [problem("model", "5", &["a text"])]);
    }
}
