//! Which web pages may call the server from a browser.

use axum::http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE, RETRY_AFTER,
};
use axum::http::{Method, Uri};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::request::REQUEST_ID;
use crate::body::IGNORED_FIELDS;
use crate::config::ConfigError;
use crate::operation::IDEMPOTENCY_KEY;

/// How long a browser may remember what it was allowed.
const REMEMBERED: std::time::Duration = std::time::Duration::from_mins(10);

/// Allows pages of these origins, `*` all; `None` if there are none.
pub(crate) fn cors(origins: &[String]) -> Result<Option<CorsLayer>, ConfigError> {
    let allowed = match origins {
        [] => return Ok(None),
        origins if origins.iter().any(|origin| origin == "*") => AllowOrigin::any(),
        origins => AllowOrigin::list(origins.iter().map(|origin| checked(origin)).collect::<Result<Vec<_>, _>>()?),
    };
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::PATCH, Method::DELETE];
    Ok(Some(
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods(methods)
            .allow_headers([
                AUTHORIZATION,
                CONTENT_TYPE,
                IDEMPOTENCY_KEY,
                REQUEST_ID,
                IF_MATCH,
                IF_MODIFIED_SINCE,
                IF_NONE_MATCH,
                IF_RANGE,
                IF_UNMODIFIED_SINCE,
                RANGE,
            ])
            .expose_headers([
                REQUEST_ID,
                RETRY_AFTER,
                HeaderName::from_static("idempotency-replayed"),
                IGNORED_FIELDS,
                ACCEPT_RANGES,
                CONTENT_RANGE,
                ETAG,
            ])
            .max_age(REMEMBERED),
    ))
}

/// An origin as browsers send it: scheme, host, and port if it is not the usual one; no path.
fn checked(origin: &str) -> Result<HeaderValue, ConfigError> {
    let wrong =
        || ConfigError::new(format!("cors_origins: {origin:?} is no origin such as `http://localhost:3000`, nor `*`"));
    let uri: Uri = origin.parse().map_err(|_| wrong())?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or_else(wrong)?;
    let scheme = uri.scheme_str().filter(|scheme| !scheme.is_empty()).ok_or_else(wrong)?;
    if format!("{scheme}://{authority}") != origin {
        return Err(wrong());
    }
    HeaderValue::from_str(origin).map_err(|_| wrong())
}
