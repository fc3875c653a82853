//! The calls that generate.

use cosmic_ai_core::{Call, Error, ErrorKind, Media, OPERATION_ID_KEY, OperationId, Outcome, Rejection, Unsupported};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Settings;
use super::answer::Answer;
use super::library::present;
use crate::server::SeenRequest;

/// What ids of operations begin with that the client did not send. They are not shown.
pub(super) const OWN_ID: &str = "stub-";

/// Has the generators answer a call.
pub(super) async fn generate(
    settings: &Settings,
    kind: &str,
    request: &SeenRequest,
    origin: &str,
) -> Result<Answer, Error> {
    let mut body = request.json();
    if !settings.may_write(request, body.get("write_key").and_then(Value::as_str)) {
        return Ok(Answer::unauthorized());
    }
    let call = call_of(&mut body);
    let is_stream = body.get("stream").and_then(Value::as_bool).unwrap_or(false);
    let generators = &settings.generators;
    match kind {
        "text" => {
            let (generator, request) = (slot(generators.text.as_deref(), "text")?, read(body)?);
            if is_stream {
                return generator.stream_text(&call, &request).await.map(Answer::Stream);
            }
            Ok(Answer::json(200, &generator.generate_text(&call, &request).await?))
        }
        "image" => {
            let (generator, request) = (slot(generators.image.as_deref(), "image")?, read(body)?);
            let mut response = generator.generate_image(&call, &request).await?;
            show(&mut response.media, origin);
            Ok(Answer::json(200, &response))
        }
        "video" => {
            let (generator, request) = (slot(generators.video.as_deref(), "video")?, read(body)?);
            let mut response = generator.generate_video(&call, &request).await?;
            show(&mut response.media, origin);
            Ok(Answer::json(200, &response))
        }
        "video/extend" => {
            let (generator, request) = (slot(generators.video.as_deref(), "video/extend")?, read(body)?);
            let mut response = generator.extend_video(&call, &request).await?;
            show(&mut response.media, origin);
            Ok(Answer::json(200, &response))
        }
        "audio" => {
            let (generator, request) = (slot(generators.speech.as_deref(), "audio")?, read(body)?);
            let mut response = generator.generate_speech(&call, &request).await?;
            show(&mut response.media, origin);
            Ok(Answer::json(200, &response))
        }
        other => Ok(Answer::failed(404, format!("No route POST ai/{other}"))),
    }
}

fn show(media: &mut Media, origin: &str) {
    *media = present(media.clone(), origin);
}

/// The generator of a slot.
fn slot<'g, T: ?Sized>(generator: Option<&'g T>, name: &'static str) -> Result<&'g T, Error> {
    let unsupported = || ErrorKind::Unsupported(Unsupported::new(name, "the test API was started without it"));
    generator.ok_or_else(|| Error::new(unsupported(), Outcome::Refused))
}

/// The request in a body.
fn read<T: DeserializeOwned>(body: Value) -> Result<T, Error> {
    serde_json::from_value(body).map_err(|error| {
        let rejection = Rejection::new(format!("Invalid request body: {error}"));
        Error::new(ErrorKind::Refused(rejection), Outcome::Refused)
    })
}

/// The call, by the operation id in the metadata, which is taken out: for the generators it is not the user's.
fn call_of(body: &mut Value) -> Call {
    let metadata = body.get_mut("metadata").and_then(Value::as_object_mut);
    let id = metadata.and_then(|metadata| metadata.remove(OPERATION_ID_KEY));
    let id = id.as_ref().and_then(Value::as_str).map(str::to_owned);
    let id = id.unwrap_or_else(|| format!("{OWN_ID}{}", OperationId::mint()));
    id.parse().map_or_else(|_| Call::new(), Call::of)
}
