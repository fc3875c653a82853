//! The table of answers and what is made of them.

use cosmic_ai_core::Multiplier;

use super::*;

fn error(status: u16, modality: Modality, retry_after: Option<u64>, body: &str) -> Error {
    let rejection = parse(body.as_bytes(), Some("application/json"), None);
    classify(Answer { status, modality, retry_after: retry_after.map(Duration::from_secs), rejection })
}

/// Status, what was asked for, seconds of `Retry-After`; kind, outcome, and whether it is sent again.
type Row = (u16, Modality, Option<u64>, &'static str, Outcome, bool);

#[test]
fn every_status_has_its_kind_outcome_and_resend() {
    use Modality::{Image, Text, Video};
    let unknown = Outcome::UNKNOWN;
    let table: &[Row] = &[
        (301, Text, None, "refused", Outcome::Refused, false),
        (302, Text, None, "refused", unknown, false),
        (303, Text, None, "refused", unknown, false),
        (307, Video, None, "refused", Outcome::Refused, false),
        (308, Video, None, "refused", Outcome::Refused, false),
        (400, Text, None, "refused", Outcome::Refused, false),
        (401, Text, None, "credentials not accepted", Outcome::Refused, false),
        (402, Image, None, "tokens used up", Outcome::Refused, false),
        (403, Video, None, "credentials not accepted", Outcome::Refused, false),
        (404, Text, None, "not found", Outcome::Refused, false),
        (405, Text, None, "refused", Outcome::Refused, false),
        (408, Text, None, "refused", unknown, false),
        (409, Text, None, "refused", unknown, false),
        (413, Text, None, "refused", Outcome::Refused, false),
        (415, Text, None, "refused", Outcome::Refused, false),
        (422, Text, None, "refused", Outcome::Refused, false),
        (429, Text, None, "rate limited", Outcome::Refused, true),
        (429, Video, Some(3), "rate limited", Outcome::Refused, true),
        (499, Text, None, "refused", unknown, false),
        (500, Text, None, "server failed", unknown, false),
        (500, Video, Some(3), "server failed", unknown, false),
        (502, Text, Some(3), "server failed", unknown, false),
        (503, Text, None, "server failed", unknown, false),
        (503, Text, Some(3), "server failed", Outcome::Refused, true),
        (503, Video, Some(3), "server failed", unknown, false),
        (504, Image, None, "server failed", unknown, false),
        (599, Text, None, "server failed", unknown, false),
    ];
    for &(status, modality, retry_after, kind, outcome, resendable) in table {
        let error = error(status, modality, retry_after, r#"{"status":0,"message":"why"}"#);
        let name = format!("{status} {modality} {retry_after:?}");
        assert!(error.to_string().starts_with(kind), "{name}: {error}");
        assert_eq!(error.outcome(), outcome, "{name}");
        assert_eq!(error.is_resendable(), resendable, "{name}");
        assert_eq!(error.status(), Some(status), "{name}");
    }
}

#[test]
fn a_declined_video_is_unbilled_and_comes_with_advice_whatever_the_status() {
    for status in [200, 400, 500] {
        let error = error(status, Modality::Video, None, r#"{"message":"No videos generated."}"#);
        assert!(matches!(error.kind(), ErrorKind::ContentPolicy(_)));
        assert_eq!(error.outcome(), Outcome::Refused);
        assert!(error.to_string().contains("rephrase"), "{error}");
    }
}

#[test]
fn used_up_tokens_tell_model_tier_and_multiplier() {
    let message = "Insufficient tokens. Model Claude Opus 4.8 (Standard tier, 2x cost) needs more.";
    let error = error(402, Modality::Text, None, &format!(r#"{{"status":402,"message":"{message}"}}"#));
    let ErrorKind::TokensUsedUp(used_up) = error.kind() else { panic!("{error:?}") };
    assert_eq!(used_up.model.as_deref(), Some("Claude Opus 4.8"));
    assert_eq!(used_up.tier.as_deref(), Some("Standard"));
    assert_eq!(used_up.multiplier, Some(Multiplier::from_thousandths(2_000)));
}

#[test]
fn used_up_tokens_are_known_by_code_or_text_as_well() {
    for body in
        [r#"{"error":"no","code":"INSUFFICIENT_CREDITS"}"#, r#"{"message":"You have reached your token usage limit"}"#]
    {
        assert!(matches!(error(403, Modality::Text, None, body).kind(), ErrorKind::TokensUsedUp(_)), "{body}");
    }
}

#[test]
fn messages_are_found_wherever_they_stand() {
    let check = |body: &str, expected: &str| {
        assert_eq!(parse(body.as_bytes(), Some("text/html; charset=utf-8"), None).to_string(), expected, "{body}");
    };
    check(r#"{"status":400,"message":"one"}"#, "one");
    check(r#"{"error":"two"}"#, "two");
    check(r#"{"error":{"message":"three","code":"X"}}"#, "three [X]");
    check(r#"{"message":"four","code":"Y"}"#, "four [Y]");
    check("  ", "an empty body");
    check("<html>\nBad gateway", "no message; a body of text/html that begins `<html> Bad gateway`");
    check("[1]", "no message; a body of text/html that begins `[1]`");
    assert!(parse(&[0xff; 5_000], None, Some("req-1")).to_string().chars().count() < 300);
}
