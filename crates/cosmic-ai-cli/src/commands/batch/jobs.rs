//! The file of requests: one JSON object a line.

use std::path::Path;

use cosmic_ai::pricing::ledger::{Admission, BodyHash, Entry, Kind, Ledger as _, LedgerError, MemoryLedger};
use cosmic_ai::{Error, InvalidRequest, ModelId, OperationId, Problem, Request};
use serde::Deserialize as _;
use serde_json::Value;

use crate::failure::Failure;
use crate::session::LABEL;

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
        name(self.line)
    }

    /// Whether what it makes can be looked for: a text leaves nothing behind.
    pub(super) const fn leaves_medium(&self) -> bool {
        !matches!(self.request, Request::Text(_))
    }
}

fn name(line: usize) -> String {
    format!("line {line}")
}

/// All requests of a file. Blank lines are passed over. `label` is what `--label` gives the lines that have none.
///
/// # Errors
/// When it cannot be read, and for all lines at once that are no requests or have what no ledger keeps.
pub(super) async fn read(path: &Path, label: Option<&String>) -> Result<Vec<Job>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path.display(), "cannot be read", error))?;
    let (mut jobs, mut problems) = (Vec::new(), of_ledger("--label", label, None).await);
    for (line, text) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if text.trim().is_empty() {
            continue;
        }
        match job(line, text) {
            Ok(job) => {
                let label = format!("{}.label", job.name());
                problems.extend(of_ledger(&label, job.label.as_ref(), job.request.as_ref().model()).await);
                jobs.push(job);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(jobs) } else { Err(Error::invalid(InvalidRequest::new(problems)).into()) }
}

/// What no ledger keeps, by the ledgers' own rule: asked of one that is thrown away, so that it is known before the first line is
/// paid for and not when the turn of this one comes.
async fn of_ledger(field: &str, label: Option<&String>, model: Option<&ModelId>) -> Vec<Problem> {
    let mut entry = Entry::new(OperationId::mint(), Kind::Text, BodyHash::default());
    entry.labels = label.map(|label| (LABEL.to_owned(), label.clone())).into_iter().collect();
    entry.model = model.cloned();
    let Err(LedgerError::Invalid(invalid)) = MemoryLedger::new().admit(Admission::new(entry, Vec::new())).await else {
        return Vec::new();
    };
    let named = |mut problem: Problem| {
        problem.field = match problem.field.strip_prefix("labels") {
            Some(_) => field.to_owned().into(),
            None => format!("{}{}", field.trim_end_matches(LABEL), problem.field).into(),
        };
        problem
    };
    invalid.problems.into_iter().map(named).collect()
}

fn job(line: usize, text: &str) -> Result<Job, Problem> {
    let problem = |reason: String| Problem::new(name(line), reason);
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
    check_sources(line, &request)?;
    // Plain data: it always serialises.
    let body = serde_json::to_vec(&request).unwrap_or_default();
    let hash = BodyHash::of(Kind::from(request.as_ref()), &body).to_string();
    Ok(Job { line, request, label, hash })
}

/// A file of this machine is no source that the service could fetch, and a batch stores none.
fn check_sources(line: usize, request: &Request) -> Result<(), Problem> {
    let references = |urls: &[String]| {
        let named = |(place, url): (usize, &String)| (format!("reference_images[{place}]"), url.clone());
        urls.iter().enumerate().map(named).collect()
    };
    let sources: Vec<(String, String)> = match request {
        Request::Text(request) => request.media_url.iter().map(|url| ("media_url".to_owned(), url.clone())).collect(),
        Request::Image(request) => references(&request.reference_images),
        Request::Video(request) => references(&request.reference_images),
        _ => Vec::new(),
    };
    match sources.into_iter().find(|(_, source)| !source.trim().is_empty() && !source.contains("://")) {
        None => Ok(()),
        Some((field, source)) => {
            let reason = "is no URL, and a batch uploads no files: store it first with `cosmic-ai media upload`";
            Err(Problem::new(format!("{}.{field}", name(line)), reason).given(source))
        }
    }
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
            r#"{"kind":"text","prompt":"a","messages":[],"model":"m","max_tokens":1,"media_url":"http://h/u"}"#,
            r#"{"kind":"image","prompt":"a","model":"m","size":"1x1","aspect_ratio":"1:1","quality":"hd","reference_images":["http://h/u"],"format":"svg","folder":"f","alt_text":"t","metadata":{}}"#,
            r#"{"kind":"video","prompt":"a","model":"m","duration":4,"resolution":"720p","reference_images":["http://h/u"],"folder":"f","metadata":{}}"#,
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
