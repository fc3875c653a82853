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
fn used_up_tokens_tell_of_the_model_in_fields_before_words() {
    let used_up = |body: &str| match error(402, Modality::Text, None, body).kind() {
        ErrorKind::TokensUsedUp(said) => {
            let multiplier = said.multiplier.map(|multiplier| multiplier.to_string());
            [said.model.clone(), said.tier.clone(), multiplier].map(Option::unwrap_or_default).join("|")
        }
        other => panic!("{other:?}"),
    };
    let words = "no. Model Claude Opus 4.8 (Standard tier, 2x cost)";
    for (body, expected) in [
        (r#"{"message":"no","model":"gpt-5.5","tier":"premium","multiplier":3.5}"#.to_owned(), "gpt-5.5|premium|3.5x"),
        (r#"{"message":"no","error":{"model":"gpt-5.5","multiplier":"3.5x"}}"#.to_owned(), "gpt-5.5||3.5x"),
        (format!(r#"{{"message":"{words}","model":"claude-opus-4-8"}}"#), "claude-opus-4-8|Standard|2.0x"),
        (format!(r#"{{"message":"{words}","model":7,"tier":"","multiplier":-1}}"#), "Claude Opus 4.8|Standard|2.0x"),
        (r#"{"message":"no"}"#.to_owned(), "||"),
    ] {
        assert_eq!(used_up(&body), expected, "{body}");
    }
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
        assert_eq!(
            parse(body.as_bytes(), Some("text/html; charset=utf-8"), None).rejection.to_string(),
            expected,
            "{body}"
        );
    };
    check(r#"{"status":400,"message":"one"}"#, "one");
    check(r#"{"error":"two"}"#, "two");
    check(r#"{"error":{"message":"three","code":"X"}}"#, "three [X]");
    check(r#"{"message":"four","code":"Y"}"#, "four [Y]");
    check("  ", "an empty body");
    check("<html>\nBad gateway", "no message; a body of text/html that begins `<html> Bad gateway`");
    check(r#"{"status":400,"message":"five, c\u00f"#, "five, c");
    check(r#"{"message":"six","hint":"xxx"#, "six");
    check("[1]", "no message; a body of text/html that begins `[1]`");
    assert!(parse(&[0xff; 5_000], None, Some("req-1")).rejection.to_string().chars().count() < 300);
}

#[test]
fn only_what_is_documented_makes_a_policy_of_a_failed_server() {
    use Modality::{Image, Text, Video};
    let kind = |status, modality, body: &str| match error(status, modality, None, body).kind() {
        ErrorKind::ContentPolicy(_) => "policy",
        ErrorKind::Server(_) => "server",
        ErrorKind::Refused(_) => "refused",
        other => panic!("{other:?}"),
    };
    let says = r#"{"message":"against our content policy"}"#;
    let none = r#"{"message":"No videos generated"}"#;
    let page = "<html>content policy; no videos generated; token usage limit";
    assert_eq!(kind(400, Text, says), "policy");
    assert_eq!(kind(400, Text, r#"{"code":"content_policy_violation"}"#), "policy");
    assert_eq!(kind(500, Video, says), "server");
    assert_eq!(kind(500, Video, none), "policy");
    assert_eq!(kind(500, Image, none), "server");
    assert_eq!(kind(504, Video, page), "server");
    assert_eq!(kind(400, Video, page), "refused");
}

#[test]
fn of_what_is_cut_off_everything_is_read_that_came_whole() {
    let read = |body: &str| {
        let cut = cut_off(body.as_bytes())?;
        Some(format!("{} {}", serde_json::Value::Object(cut.whole), serde_json::Value::Object(cut.begun)))
    };
    for (body, expected) in [
        ("", None),
        ("<html>", None),
        ("[[[", None),
        ("{text", Some("{} {}")),
        (r#"{"te"#, Some("{} {}")),
        (r#"{"text":"#, Some("{} {}")),
        (r#"{"text":"a\"}"#, Some(r#"{} {"text":"a\"}"}"#)),
        (r#"{"text":"a\u00"#, Some(r#"{} {"text":"a"}"#)),
        (r#"{"text":"a\ud83d\ude0"#, Some(r#"{} {"text":"a"}"#)),
        (r#"{"media":{"id":"m1"#, Some(r#"{"media":{}} {"media":{"id":"m1"}}"#)),
        (r#"{"media":{"id":"m1""#, Some(r#"{"media":{"id":"m1"}} {"media":{"id":"m1"}}"#)),
        (r#"{"media":{"id":12"#, Some(r#"{"media":{}} {"media":{}}"#)),
        (r#"{"usage":{"input_tokens":1,"out"#, Some("{} {}")),
        (
            r#"{"usage":{"input_tokens":1},"x":[1,{"y":2"#,
            Some(r#"{"usage":{"input_tokens":1},"x":[1,{}]} {"usage":{"input_tokens":1},"x":[1,{}]}"#),
        ),
        (r#"{"a":["b","c"#, Some(r#"{"a":["b"]} {"a":["b","c"]}"#)),
        (r#"{"a":1}}"#, Some(r#"{"a":1} {"a":1}"#)),
    ] {
        assert_eq!(read(body).as_deref(), expected, "{body}");
    }
}

#[test]
fn keys_are_masked_however_they_are_written() {
    let keys = crate::config::Keys::new("write-key/1".to_owned());
    for (body, expected) in [
        (r#"{"a":"write-key/1"}"#, r#"{"a":"***"}"#),
        (r#"{"a":"wri\u0074e\u002Dkey\/1\n\u0022\\u0041\u00fc"}"#, r#"{"a":"***\n\u0022\\u0041\u00fc"}"#),
        (r#"{"a":"write\u002dkey/1\"#, r#"{"a":"***\"#),
        (r"\u002", r"\u002"),
        ("\\u\u{fc}aa", "\\u\u{fc}aa"),
    ] {
        assert_eq!(mask_body(&keys, body.into()), expected, "{body}");
    }
}
