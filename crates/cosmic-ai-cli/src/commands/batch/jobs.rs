//! The file of requests: one JSON object a line.

use std::path::Path;

use cosmic_ai::pricing::ledger::{BodyHash, Kind};
use cosmic_ai::{Error, InvalidRequest, Problem, Request};
use serde::Deserialize as _;
use serde_json::Value;

use crate::failure::Failure;

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Job {
    /// Its line in the file, from 1.
    pub(super) line: usize,
    pub(super) request: Request,
    pub(super) label: Option<String>,
    /// Of what is asked for: a line that was changed is another job.
    pub(super) hash: String,
}

impl Job {
    /// What estimates and problems call it.
    pub(super) fn name(&self) -> String {
        format!("line {}", self.line)
    }
}

/// All requests of a file. Blank lines are passed over.
///
/// # Errors
/// When it cannot be read, and for all lines at once that are no requests.
pub(super) fn read(path: &Path) -> Result<Vec<Job>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path.display(), "cannot be read", error))?;
    let (mut jobs, mut problems) = (Vec::new(), Vec::new());
    for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if text.trim().is_empty() {
            continue;
        }
        match job(line, text) {
            Ok(job) => jobs.push(job),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(jobs) } else { Err(Error::invalid(InvalidRequest::new(problems)).into()) }
}

fn job(line: usize, text: &str) -> Result<Job, Problem> {
    let problem = |reason: String| Problem::new(format!("line {line}"), reason);
    let mut value: Value = serde_json::from_str(text).map_err(|error| problem(format!("is no JSON: {error}")))?;
    let Some(fields) = value.as_object_mut() else { return Err(problem("is no JSON object".to_owned())) };
    let label = match fields.remove("label") {
        None | Some(Value::Null) => None,
        Some(Value::String(label)) => Some(label),
        Some(other) => return Err(problem("has a label that is no text".to_owned()).given(other)),
    };
    let request = Request::deserialize(&value).map_err(|error| problem(format!("is no request: {error}")))?;
    check_fields(&request, &value)
        .map_err(|field| problem(format!("has a field that no {} request has", request.as_ref())).given(field))?;
    // Plain data: it always serialises.
    let body = serde_json::to_vec(&request).unwrap_or_default();
    let hash = BodyHash::of(Kind::from(request.as_ref()), &body).to_string();
    Ok(Job { line, request, label, hash })
}

/// A field that the request does not have is a spelling mistake that would be paid for. The name of the field, if so.
fn check_fields(request: &Request, given: &Value) -> Result<(), String> {
    let known: &[&str] = match request {
        Request::Text(_) => &["prompt", "messages", "model", "max_tokens", "media_url"],
        Request::Image(_) => &[
            "prompt",
            "model",
            "size",
            "aspect_ratio",
            "quality",
            "reference_images",
            "format",
            "folder",
            "alt_text",
            "metadata",
        ],
        Request::Video(_) => &["prompt", "model", "duration", "resolution", "reference_images", "folder", "metadata"],
        Request::Extend(_) => &["media_id", "prompt", "model", "folder", "metadata"],
        Request::Speech(_) => &["prompt", "voice", "model", "folder", "metadata"],
        // A kind that a later version adds: its fields are not known here.
        _ => return Ok(()),
    };
    let keys = given.as_object().into_iter().flat_map(serde_json::Map::keys);
    match keys.filter(|key| *key != "kind").find(|key| !known.contains(&key.as_str())) {
        Some(unknown) => Err(unknown.clone()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_every_request_is_known() {
        let whole = [
            r#"{"kind":"text","prompt":"a","messages":[],"model":"m","max_tokens":1,"media_url":"u"}"#,
            r#"{"kind":"image","prompt":"a","model":"m","size":"1x1","aspect_ratio":"1:1","quality":"hd","reference_images":["u"],"format":"svg","folder":"f","alt_text":"t","metadata":{}}"#,
            r#"{"kind":"video","prompt":"a","model":"m","duration":4,"resolution":"720p","reference_images":["u"],"folder":"f","metadata":{}}"#,
            r#"{"kind":"extend","media_id":"i","prompt":"a","model":"m","folder":"f","metadata":{}}"#,
            r#"{"kind":"speech","prompt":"a","voice":"v","model":"m","folder":"f","metadata":{}}"#,
        ];
        for text in whole {
            let given: Value = serde_json::from_str(text).unwrap();
            let job = job(1, text).unwrap();
            // Whatever the type writes is among the known fields, so a new field of a type shows here.
            assert_eq!(serde_json::to_value(&job.request).unwrap(), given, "{text}");
        }
    }

    #[test]
    fn what_is_no_request_is_told_by_line() {
        let check = |text: &str, expected: &str| {
            let problem = job(7, text).unwrap_err().to_string();
            assert!(problem.starts_with("line 7") && problem.contains(expected), "{problem}");
        };
        check("{", "is no JSON");
        check("[]", "is no JSON object");
        check(r#"{"prompt":"a"}"#, "kind");
        check(r#"{"kind":"song","prompt":"a"}"#, "song");
        check(r#"{"kind":"image","promt":"a"}"#, "prompt");
        check(r#"{"kind":"image","prompt":"a","sise":"1024x1024"}"#, "`sise` has a field that no image request has");
        check(r#"{"kind":"image","prompt":"a","label":7}"#, "label");
    }
}
