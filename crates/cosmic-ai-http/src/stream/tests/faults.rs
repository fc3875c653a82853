//! Errors within a stream and of its body: their kinds, outcomes and words.

use super::*;

fn error_of(stream: impl AsRef<[u8]>) -> Error {
    items(Body::new(stream)).pop().unwrap().unwrap_err()
}

#[test]
fn errors_have_the_kind_and_outcome_of_an_answer_that_says_the_same() {
    let kind = |error: &Error| match error.kind() {
        ErrorKind::TokensUsedUp(_) => "used up",
        ErrorKind::RateLimited(_) => "rate limited",
        ErrorKind::Credentials(_) => "credentials",
        ErrorKind::Refused(_) => "refused",
        ErrorKind::ContentPolicy(_) => "policy",
        ErrorKind::Server(_) => "server",
        other => panic!("{other:?}"),
    };
    for (data, expected, status, outcome) in [
        (r#"{"error":"no luck"}"#, "server", None, Outcome::UNKNOWN),
        (r#"{"error":{}}"#, "server", None, Outcome::UNKNOWN),
        (r#"{"error":true,"message":"no luck"}"#, "server", None, Outcome::UNKNOWN),
        (r#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#, "server", None, Outcome::UNKNOWN),
        (r#"{"error":{"status":503,"message":"busy"}}"#, "server", Some(503), Outcome::UNKNOWN),
        (r#"{"error":"no","code":"INSUFFICIENT_CREDITS"}"#, "used up", None, Outcome::Refused),
        (r#"{"error":{"message":"no","code":"INSUFFICIENT_CREDITS"}}"#, "used up", None, Outcome::Refused),
        (r#"{"error":"You have reached your token usage limit"}"#, "server", None, Outcome::UNKNOWN),
        (r#"{"error":"upstream said: rate limit, too many requests"}"#, "server", None, Outcome::UNKNOWN),
        (r#"{"error":{"code":"rate_limit_exceeded"}}"#, "rate limited", None, Outcome::Refused),
        (r#"{"status":402,"error":"Model X (Premium tier, 4x cost)"}"#, "used up", Some(402), Outcome::Refused),
        (r#"{"error":{"type":"rate_limit_error","message":"slow down"}}"#, "rate limited", None, Outcome::Refused),
        (r#"{"error":{"code":429,"message":"slow down"}}"#, "rate limited", Some(429), Outcome::Refused),
        (r#"{"error":{"status":401,"message":"key"}}"#, "credentials", Some(401), Outcome::Refused),
        (r#"{"error":{"status":400,"message":"bad"}}"#, "refused", Some(400), Outcome::Refused),
        (r#"{"error":"against our content policy"}"#, "server", None, Outcome::UNKNOWN),
        (r#"{"error":{"code":"content_policy_violation"}}"#, "policy", None, Outcome::Refused),
    ] {
        let error = error_of(format!("data: {data}\n\n"));
        assert_eq!((kind(&error), error.status(), error.outcome()), (expected, status, outcome), "{data}");
        // Once there was text, no refusal is known to be free.
        for before in [
            r#"{"text":"rate limit"}"#,
            r#"{"text":""}"#,
            r#"{"token_count":{"input_tokens":1,"output_tokens":2}}"#,
            r#"{"type":"message_start","message":{"usage":{"input_tokens":9}}}"#,
            r#"{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"hm"}}"#,
            r#"{"choices":[{"delta":{"role":"assistant"}}]}"#,
        ] {
            let error = error_of(format!("data: {before}\n\ndata: {data}\n\n"));
            assert_eq!((kind(&error), error.outcome()), (expected, Outcome::UNKNOWN), "{data}");
            assert!(!error.is_resendable());
        }
        // What only keeps the connection alive is nothing that was made.
        for before in [r#"{"type":"ping"}"#, "[DONE]"] {
            let error = error_of(format!("event: ping\ndata: {{}}\n\ndata: {before}\n\ndata: {data}\n\n"));
            assert_eq!((kind(&error), error.outcome()), (expected, outcome), "{data}");
        }
        let error = error_of(format!("data: {{\"text\":\"a\",{}\n\n", &data[1..]));
        assert_eq!(error.outcome(), Outcome::UNKNOWN, "{data}");
    }
    // A text about errors is none.
    check_data(r#"{"text":"error: rate limit INSUFFICIENT_CREDITS"}"#, "error: rate limit INSUFFICIENT_CREDITS");
}

#[test]
fn an_event_named_error_is_one_whatever_its_data() {
    check("event: error\ndata: overloaded\n\n", "ERROR server failed: overloaded");
    check("event: error\ndata: {\"message\":\"overloaded\"}\n\n", "ERROR server failed: overloaded");
    check("event: error\ndata: {\"error\":{\"message\":\"overloaded\"}}\n\n", "ERROR server failed: overloaded");
}

#[test]
fn what_cannot_be_read_is_an_error_with_an_excerpt_of_one_line() {
    let cases: &[&[u8]] = &[
        b"ping",
        b"{",
        br#"{"text":"a"#,
        br#"{"text":7}"#,
        br#"{"text":["a"]}"#,
        br#"{"text":"a"}{"#,
        b"{\"text\":\"\xF0\x9F\"}",
        b"{\"text\":\"a\x01\"}",
        br#"{"text":"\x"}"#,
        br#"{"text":"\ud83d"}"#,
        br#"{"content":"\ud83d"}"#,
        b"\xFF",
        br#"{"text":"a\"}"#,
        br#"{"text":"a","text":"b"}"#,
    ];
    for case in cases {
        let error = error_of([b"data: ".as_slice(), case, b"\n\n"].concat());
        let ErrorKind::Decode { message } = error.kind() else { panic!("{error:?}") };
        assert!(message.len() < 280 && !message.contains(char::is_control), "{message}");
        assert_eq!(error.outcome(), Outcome::UNKNOWN);
    }
    let long = error_of(format!("data: {}\n\n", "ü".repeat(400)));
    let shown = long.to_string();
    assert!(shown.ends_with("ü…`") && shown.matches('ü').count() == 98, "{shown}");
}

#[test]
fn an_event_beyond_the_limit_is_an_error() {
    let error = error_of(format!("data: {{\"text\":\"a\"}}\n\ndata: {{\"text\":\"{}\"}}\n\n", "x".repeat(1_000)));
    assert_eq!(
        error.to_string(),
        "answer not understood: an event of the stream is larger than the limit of 1000 bytes"
    );
    assert_eq!(error.outcome(), Outcome::UNKNOWN);
}

#[test]
fn a_fault_of_the_body_comes_after_everything_that_had_come() {
    let broken = || Error::new(ErrorKind::Interrupted { message: "reset".to_owned() }, Outcome::UNKNOWN);
    let run = |stream: &str| {
        let mut body = Body::new(stream);
        body.chunks.push_back(Err(broken()));
        body.chunks.push_back(Ok(Bytes::from_static(b"data: {\"text\":\"late\"}\n\n")));
        short(&items(body))
    };
    assert_eq!(run("data: {\"text\":\"a\"}\n\ndata: {\"text\":\"b\"}"), "a|b|ERROR interrupted: reset");
    assert_eq!(run("data: {\"text\":\"a\"}\n\ndata: {\"te"), "a|ERROR interrupted: reset");
    // The end had come: nothing more was awaited.
    assert_eq!(run("data: {\"text\":\"a\"}\n\ndata: {\"event\":\"end\"}\n"), "a|END");
}

#[test]
fn an_excerpt_has_no_escapes_that_a_key_could_hide_behind() {
    let error = super::super::fault::unreadable(br#"{"text":"write\u002dkey"#, "cut off".into());
    assert!(error.to_string().ends_with(r#"`{"text":"write-key`"#), "{error}");
}
