//! What every request passes first and every answer last: ids, log, metrics, and that a refusal is JSON whoever refused.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;

use super::outgoing::Outgoing;
use super::{cors, local};
use crate::app::App;
use crate::body::{IGNORED_FIELDS, with_ignored};
use crate::error::ApiError;

/// Names a request in answers and logs; the client's own, if it is a sane one.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The route of a request that has none.
const NO_ROUTE: &str = "none";
const MEDIA_FILES: &str = "/media/{name}";
/// How much of a foreign refusal is read for its message.
const FOREIGN_BYTES: usize = 1 << 10;

/// Routes with what every request passes.
pub(super) fn layered(router: Router, app: &Arc<App>) -> Router {
    let router = router.layer(CatchPanicLayer::custom(panicked));
    // Origins were checked before the server started.
    let router = match cors(&app.config.cors_origins) {
        Ok(Some(cors)) => router.layer(cors),
        _ => router,
    };
    let router =
        if app.config.has_local_keys() { router.layer(from_fn_with_state(app.clone(), admit)) } else { router };
    router.layer(from_fn_with_state(app.clone(), watch))
}

/// A new id of a request.
pub(super) fn mint_id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// What is left of a panic. Its words could be those of a prompt; the panic hook has printed where it was.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    ApiError::internal().into_response()
}

/// Lets in whom the local keys are for.
async fn admit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match local::admit(request.uri(), request.headers(), &app.config.cors_origins) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

async fn watch(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = id_of(request.headers());
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = matched.as_deref().unwrap_or(NO_ROUTE);
    // Only of buckets that there are: anything may stand in a path.
    let slug = request.uri().path().strip_prefix("/v3/buckets/").and_then(|path| path.split('/').next());
    let bucket = slug.and_then(|slug| app.buckets.get(slug)).cloned();
    let span = tracing::info_span!("request", request_id = %id);
    let head = head_bytes(&request);
    let (answer, ignored) = if head > app.config.limits.head_bytes {
        let message = format!("the head has {head} bytes; at most {} are read", app.config.limits.head_bytes);
        (ApiError::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, message).into_response(), None)
    } else {
        with_ignored(next.run(request).instrument(span.clone())).await
    };
    let mut answer = in_json(answer).await;
    let (status, seconds) = (answer.status().as_u16(), begun.elapsed().as_secs_f64());
    app.metrics.answered(&method, route, status, seconds);
    let bucket = bucket.as_ref().map_or("", |bucket| bucket.slug.as_str());
    let ms = format_args!("{:.1}", seconds * 1000.0);
    span.in_scope(|| tracing::info!(%method, route, status, %ms, bucket, "answered"));
    if let Some(ignored) = ignored {
        span.in_scope(|| tracing::info!(fields = %ignored, "fields that are not known were ignored"));
        if let Ok(ignored) = HeaderValue::from_str(&ignored) {
            answer.headers_mut().insert(IGNORED_FIELDS, ignored);
        }
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    counted(&app, &method, route, answer)
}

/// Counts streams as long as they are open, and the bytes of media.
fn counted(app: &App, method: &Method, route: &str, answer: Response) -> Response {
    if is_kind(answer.headers(), "text/event-stream") {
        let open = app.metrics.stream();
        answer.map(|body| Body::new(Outgoing::new(body, open)))
    } else if route == MEDIA_FILES && method == Method::GET && answer.status().is_success() {
        answer.map(|body| Body::new(Outgoing::new(body, ()).counted(app.metrics.media_bytes())))
    } else {
        answer
    }
}

/// The client's own id, or a new one.
fn id_of(headers: &HeaderMap) -> String {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let sane = given.filter(|id| (1..=64).contains(&id.len()) && id.bytes().all(allowed));
    sane.map_or_else(mint_id, str::to_owned)
}

/// How large the head was, about: as HTTP/1.1 would write it.
fn head_bytes(request: &Request) -> usize {
    let uri = request.uri();
    let path = uri.path_and_query().map_or(0, |path| path.as_str().len());
    let line = request.method().as_str().len() + uri.authority().map_or(0, |host| host.as_str().len()) + path;
    request.headers().iter().fold(line, |sum, (name, value)| sum + name.as_str().len() + value.len() + 4)
}

fn is_kind(headers: &HeaderMap, kind: &str) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(kind.as_bytes()))
}

/// Any refusal in JSON: those of extractors and of other people's layers are text, or nothing.
async fn in_json(answer: Response) -> Response {
    let status = answer.status();
    if !(status.is_client_error() || status.is_server_error()) || is_kind(answer.headers(), "application/json") {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let has_words = is_kind(&parts.headers, "text/plain") && status.is_client_error();
    let text = if has_words {
        axum::body::to_bytes(body, FOREIGN_BYTES).await.unwrap_or_default()
    } else {
        bytes::Bytes::new()
    };
    let text = std::str::from_utf8(&text).unwrap_or_default().trim();
    let message = match text {
        "" => status.canonical_reason().unwrap_or("refused").to_lowercase(),
        text => text.to_owned(),
    };
    let (json, body) = ApiError::new(status, message).into_response().into_parts();
    // What belongs to the text that is replaced goes; `allow`, `retry-after`, `content-range` and such stay.
    for header in [axum::http::header::CONTENT_LENGTH, axum::http::header::CONTENT_ENCODING] {
        parts.headers.remove(header);
    }
    parts.headers.extend(json.headers);
    Response::from_parts(parts, body)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;

    async fn parts(answer: Response) -> (StatusCode, HeaderMap, Value) {
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_500_without_its_words() {
        async fn failing() -> &'static str {
            panic!("the words of a prompt");
        }
        let router: Router = Router::new().route("/", get(failing)).layer(CatchPanicLayer::custom(panicked));
        let answer = router.oneshot(Request::new(Body::empty())).await.unwrap();
        let (status, _, body) = parts(answer).await;
        assert_eq!((status.as_u16(), &body["status"]), (500, &serde_json::json!(500)));
        assert!(!body.to_string().contains("prompt"), "{body}");
    }

    #[tokio::test]
    async fn a_refusal_in_text_becomes_json_with_its_words_and_other_headers() {
        let mut answer = (StatusCode::RANGE_NOT_SATISFIABLE, "beyond the end").into_response();
        answer.headers_mut().insert("content-range", HeaderValue::from_static("bytes */5"));
        let (status, headers, body) = parts(in_json(answer).await).await;
        assert_eq!((status.as_u16(), &body["message"]), (416, &serde_json::json!("beyond the end")));
        assert_eq!(
            (&headers["content-type"], &headers["content-range"]),
            (&"application/json".parse().unwrap(), &"bytes */5".parse().unwrap())
        );
        let empty = in_json(StatusCode::METHOD_NOT_ALLOWED.into_response()).await;
        assert_eq!(parts(empty).await.2["message"], "method not allowed");
        let page = (StatusCode::BAD_GATEWAY, [(CONTENT_TYPE, "text/html")], "<html>").into_response();
        assert_eq!(parts(in_json(page).await).await.2["message"], "bad gateway");
    }
}
