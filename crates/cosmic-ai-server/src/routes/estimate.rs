//! `POST /v3/estimate`: what any body of an AI call would cost. Nothing is sent, and no key is needed.

mod kind;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use cosmic_ai::pricing::{Comparisons, Estimator};
use cosmic_ai::{ExtensionRequest, ImageRequest, Request, SpeechRequest, TextRequest, VideoRequest};
use serde_json::json;

use self::kind::Kind;
use super::parameters::Parameters;
use crate::app::App;
use crate::body;
use crate::error::ApiError;

/// Prices a body.
pub(super) async fn price(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let parameters = Parameters::of(&uri)?;
    parameters.only(&["kind", "compare"])?;
    let named = parameters.choice("kind", &Kind::NAMES)?;
    let compares = parameters.flag("compare")?;
    let mut body = body::json_object(&headers, body, &app.config.limits).await?;
    let kind = Kind::of(&mut body, named, &app.registry)?;
    // What the calls take besides the request itself.
    body.remove("write_key");
    body.remove("stream");
    let request = match kind {
        Kind::Text => Request::from(body::read::<TextRequest>(body)?),
        Kind::Image => Request::from(body::read::<ImageRequest>(body)?),
        Kind::Video => Request::from(body::read::<VideoRequest>(body)?),
        Kind::Extend => Request::from(body::read::<ExtensionRequest>(body)?),
        Kind::Speech => Request::from(body::read::<SpeechRequest>(body)?),
    };
    let estimator = Estimator::new(&app.registry);
    if !compares {
        let estimate = estimator.estimate(&request).map_err(|problems| ApiError::from(&problems))?;
        return Ok(Json(estimate).into_response());
    }
    let Comparisons { models, left_out, .. } =
        estimator.compare(&request).map_err(|problems| ApiError::from(&problems))?;
    Ok(Json(json!({ "comparisons": models, "left_out": left_out })).into_response())
}
