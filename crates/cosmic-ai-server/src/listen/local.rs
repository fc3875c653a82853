//! Who may call a server whose keys are known to everyone: programs of this machine, and pages that it serves or that are named.
//!
//! A web page from anywhere can send requests to the loopback interface, and by a name of its own that leads there it could read
//! the answers, too. Browsers tell both: the name in `Host`, the page in `Origin`.

use std::net::IpAddr;

use axum::http::header::{HOST, HeaderValue, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri};

use crate::error::ApiError;

/// Refuses what comes by another name than those of the loopback interface, or from a page that is neither of this machine nor
/// one of `origins`.
pub(super) fn admit(uri: &Uri, headers: &HeaderMap, origins: &[String]) -> Result<(), ApiError> {
    let hosts = headers.get_all(HOST).iter().map(|host| Authority::try_from(host.as_bytes()).ok());
    if !hosts.chain(uri.authority().cloned().map(Some)).all(is_local) {
        return Err(ApiError::forbidden(
            "this server has the local keys and answers as `localhost` alone; give it buckets with keys of their own",
        ));
    }
    let is_named =
        |origin: &HeaderValue| origins.iter().any(|named| named == "*" || named.as_bytes() == origin.as_bytes());
    let is_own = |origin: &HeaderValue| {
        let page = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        page.is_some_and(|(_, host)| is_local(host.parse().ok()))
    };
    if !headers.get_all(ORIGIN).iter().all(|origin| is_named(origin) || is_own(origin)) {
        return Err(ApiError::forbidden(
            "pages of this origin may not call this server; cors_origins names those that may",
        ));
    }
    Ok(())
}

/// Whether a name leads to this machine whoever is asked.
fn is_local(authority: Option<Authority>) -> bool {
    let Some(authority) = authority else { return false };
    let host = authority.host();
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(host: &str, origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        admit(&Uri::from_static("/"), &headers, &["https://shop.example".to_owned()]).is_ok()
    }

    #[test]
    fn only_this_machine_and_named_pages_are_admitted() {
        for host in ["localhost", "LocalHost:4010", "127.0.0.1:4010", "127.9.9.9", "[::1]:4010", "[::ffff:127.0.0.1]"] {
            assert!(admits(host, None), "{host}");
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.0.1:4010", "", "a b"]
        {
            assert!(!admits(host, None), "{host}");
        }
        for origin in ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:8080", "https://shop.example"] {
            assert!(admits("localhost", Some(origin)), "{origin}");
        }
        for origin in ["null", "http://evil.example", "https://localhost.evil.example", "https://shop.example:8443", ""]
        {
            assert!(!admits("localhost", Some(origin)), "{origin}");
        }
    }

    #[test]
    fn a_name_in_the_address_counts_as_well_and_no_name_at_all_is_of_no_browser() {
        let none = HeaderMap::new();
        assert!(admit(&Uri::from_static("http://localhost:4010/"), &none, &[]).is_ok());
        assert!(admit(&Uri::from_static("http://evil.example/"), &none, &[]).is_err());
        assert!(admit(&Uri::from_static("/"), &none, &[]).is_ok());
    }
}
