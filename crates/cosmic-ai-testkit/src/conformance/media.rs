//! Rules for everything that is stored.

use std::collections::BTreeSet;

use cosmic_ai_core::{Call, Error, Media, OPERATION_ID_KEY, Registry, RequestRef, Usage};
use serde_json::{Value, json};

use super::report::{Flaw, Verdict, ensure};
use super::together::{self, CALLS};

/// The key and value that requests of the checks bring as metadata.
pub(super) const OWN_KEY: &str = "conformance";

pub(super) fn own_metadata() -> Value {
    json!({ OWN_KEY: "kept" })
}

/// It has an id, an address and a type of the kind.
pub(super) fn is_described(media: &Media, kind: &str) -> Verdict {
    ensure!(!media.id.as_str().is_empty(), "the id is empty");
    let url = &media.url;
    ensure!(url.starts_with("http://") || url.starts_with("https://"), "the url is not http or https: {url:?}");
    let content_type = &media.content_type;
    ensure!(content_type.starts_with(kind), "the type is {content_type:?}, not {kind}…");
    ensure!(media.size != Some(0), "the size is 0");
    Ok(())
}

/// It carries the id of its operation and the user's metadata.
pub(super) fn carries_metadata(media: &Media, call: &Call) -> Verdict {
    let own = media.metadata_value(OWN_KEY);
    ensure!(own == Some(&json!("kept")), "the user's metadata {} came back as {own:?}", own_metadata());
    let id = media.metadata_value(OPERATION_ID_KEY);
    let asked = call.operation_id();
    ensure!(id == Some(&json!(asked)), "metadata.{OPERATION_ID_KEY} is {id:?}, not {asked}");
    Ok(())
}

/// The charge is known, and is the fixed price where there is one.
pub(super) fn is_priced<'r>(registry: &Registry, request: impl Into<RequestRef<'r>>, usage: Option<&Usage>) -> Verdict {
    let request = request.into();
    let cost = registry.cost(request, usage);
    let Some(charge) = cost.charge() else {
        return Err(format!("the charge of usage {usage:?} is {cost}").into());
    };
    ensure!(charge.total().get() > 0, "the charge of usage {usage:?} is nothing");
    if matches!(request, RequestRef::Video(_) | RequestRef::Extend(_) | RequestRef::Image(_))
        && let Some(price) = registry.cost(request, None).charge()
    {
        ensure!(charge.output == price.output, "usage {usage:?} is charged {charge}, its price is {price}");
    }
    Ok(())
}

/// Calls side by side all succeed, with media of their own.
pub(super) async fn are_distinct<F>(calls: impl IntoIterator<Item = F>) -> Verdict
where
    F: Future<Output = Result<Media, Error>>,
{
    let media = together::all(calls).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let ids: BTreeSet<&str> = media.iter().map(|media| media.id.as_str()).collect();
    ensure!(ids.len() == media.len(), "{} calls made {} different media", media.len(), ids.len());
    Ok(())
}

/// Calls side by side each get what belongs to them. `generate` makes a medium with metadata.
pub(super) async fn are_kept_apart<F>(generate: impl Fn(Call, Value) -> F) -> Verdict
where
    F: Future<Output = Result<Media, Error>>,
{
    let calls: Vec<Call> = (0..CALLS).map(|_| Call::new()).collect();
    let numbered = calls.iter().enumerate();
    let media = together::all(numbered.map(|(number, call)| generate(call.clone(), json!({ OWN_KEY: number })))).await;
    for (number, (call, media)) in calls.iter().zip(media).enumerate() {
        let media = media?;
        let own = media.metadata_value(OWN_KEY);
        ensure!(own == Some(&json!(number)), "call {number} of {CALLS} has the metadata of {own:?}");
        let id = media.metadata_value(OPERATION_ID_KEY);
        ensure!(id == Some(&json!(call.operation_id())), "call {number} of {CALLS} has the operation id {id:?}");
    }
    Ok(())
}

/// What a service may leave out, or the reason to skip a check.
pub(super) fn reported<T>(value: Option<T>, what: &str) -> Result<T, Flaw> {
    value.ok_or_else(|| Flaw::Skipped(format!("the backend does not report {what}")))
}
