//! Conditions of a request: whether the file is to be sent, in the order in which RFC 9110 (section 13.2.2) has them.

use std::time::SystemTime;

use axum::http::HeaderMap;
use headers::{
    ETag, HeaderMapExt as _, IfMatch, IfModifiedSince, IfNoneMatch, IfRange, IfUnmodifiedSince, LastModified,
};

/// What the conditions of a request come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The file is another than the one that is asked for.
    Failed,
    /// The client has it.
    NotModified,
    /// It is to be sent.
    Answered {
        /// Whether a part of it may be sent.
        range_holds: bool,
    },
}

/// Judges conditions. One that cannot be read is taken for absent, as the standard has it for dates.
pub(super) fn judge(headers: &HeaderMap, etag: &ETag, stored_at: SystemTime) -> Verdict {
    let modified = whole_seconds(stored_at);
    let holds = if let Some(condition) = headers.typed_get::<IfMatch>() {
        condition.precondition_passes(etag)
    } else {
        headers.typed_get::<IfUnmodifiedSince>().is_none_or(|since| since.precondition_passes(modified))
    };
    if !holds {
        return Verdict::Failed;
    }
    let is_wanted = if let Some(condition) = headers.typed_get::<IfNoneMatch>() {
        condition.precondition_passes(etag)
    } else {
        headers.typed_get::<IfModifiedSince>().is_none_or(|since| since.is_modified(modified))
    };
    if !is_wanted {
        return Verdict::NotModified;
    }
    let modified = LastModified::from(stored_at);
    let condition = headers.typed_get::<IfRange>();
    Verdict::Answered {
        range_holds: condition.is_none_or(|condition| !condition.is_modified(Some(etag), Some(&modified))),
    }
}

/// Dates of HTTP have no fractions of a second, so what is compared with them must have none.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(since.as_secs())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[track_caller]
    fn check(given: &[(&'static str, &str)], expected: Verdict) {
        let headers: HeaderMap = given
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect();
        // Sun, 06 Nov 1994 08:49:37 GMT, and something.
        let stored_at = UNIX_EPOCH + Duration::from_millis(784_111_777_700);
        let etag: ETag = "\"abc\"".parse().unwrap();
        assert_eq!(judge(&headers, &etag, stored_at), expected, "{given:?}");
    }

    const WHOLE: Verdict = Verdict::Answered { range_holds: true };
    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";

    #[test]
    fn a_client_that_has_it_is_not_sent_it_again() {
        check(&[], WHOLE);
        check(&[("if-none-match", "\"abc\"")], Verdict::NotModified);
        check(&[("if-none-match", "\"x\", W/\"abc\"")], Verdict::NotModified);
        check(&[("if-none-match", "*")], Verdict::NotModified);
        check(&[("if-none-match", "\"x\"")], WHOLE);
        check(&[("if-modified-since", THEN)], Verdict::NotModified);
        check(&[("if-modified-since", BEFORE)], WHOLE);
        check(&[("if-modified-since", "yesterday")], WHOLE);
        check(&[("if-modified-since", THEN), ("if-none-match", "\"x\"")], WHOLE);
    }

    #[test]
    fn a_client_that_asks_for_another_is_refused() {
        check(&[("if-match", "\"abc\"")], WHOLE);
        check(&[("if-match", "\"x\"")], Verdict::Failed);
        check(&[("if-match", "\"x\""), ("if-none-match", "\"abc\"")], Verdict::Failed);
        check(&[("if-unmodified-since", BEFORE)], Verdict::Failed);
        check(&[("if-unmodified-since", THEN)], WHOLE);
    }

    #[test]
    fn a_part_of_another_file_is_not_sent() {
        let whole_only = Verdict::Answered { range_holds: false };
        check(&[("if-range", "\"abc\"")], WHOLE);
        check(&[("if-range", "\"x\"")], whole_only);
        check(&[("if-range", "W/\"abc\"")], whole_only);
        check(&[("if-range", THEN)], WHOLE);
        check(&[("if-range", BEFORE)], whole_only);
    }
}
