//! `POST …/ai/text`: text in one piece, or as it is written.

mod events;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::response::sse::{KeepAlive, Sse};
use cosmic_ai::TextRequest;

use self::events::Events;
use super::call::{Accepted, count_charge, marked, to_the_end};
use crate::app::App;
use crate::error::ApiError;

/// Writes text.
pub(super) async fn generate(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let accepted = Accepted::<TextRequest>::of(&app, &slug, &headers, body).await?;
    if accepted.is_streamed { stream(&app, accepted).await } else { whole(&app, accepted).await }
}

/// Text in one piece. It goes on when its client leaves, as the service behind does: what it costs is then known.
async fn whole(app: &Arc<App>, accepted: Accepted<TextRequest>) -> Result<Response, ApiError> {
    let shared = app.clone();
    to_the_end(app, async move {
        let call = accepted.operation.call(&shared);
        let answered = accepted.client().with(call).generate_text(&accepted.request).await;
        let response = answered.map_err(|error| ApiError::of_call(&error, &shared.registry, &accepted.request))?;
        if !accepted.is_replayed {
            count_charge(&shared, &accepted.request, response.usage.as_ref());
        }
        Ok(marked(Json(response), accepted.is_replayed))
    })
    .await
}

/// Text as it is written. When its client leaves, the stream is dropped, which cancels it and settles it by policy.
async fn stream(app: &Arc<App>, accepted: Accepted<TextRequest>) -> Result<Response, ApiError> {
    let call = accepted.operation.call(app);
    let begun = accepted.client().with(call).stream_text(&accepted.request).await;
    let stream = begun.map_err(|error| ApiError::of_call(&error, &app.registry, &accepted.request))?;
    // Of the request only the model is needed, and a stream may stand open for long.
    let mut counted = TextRequest::new("");
    counted.model.clone_from(&accepted.request.model);
    let counted = (!accepted.is_replayed).then_some(counted);
    let events = Events::of(app, stream, counted, accepted.turn);
    let keep_alive = KeepAlive::new().interval(app.config.limits.keep_alive).text("keep-alive");
    Ok(marked(Sse::new(events).keep_alive(keep_alive), accepted.is_replayed))
}
