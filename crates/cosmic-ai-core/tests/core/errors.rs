//! Every error says what happened, whether it may have cost, and what to do, on one line.

use std::error::Error as _;
use std::time::Duration;

use cosmic_ai_core::{
    Charge, Error, ErrorKind, InvalidRequest, Multiplier, OperationConflict, Outcome, Problem, Rejection, TimeoutStage,
    Tokens, TokensUsedUp, Unsupported, Usage,
};

fn kinds() -> Vec<(ErrorKind, &'static str)> {
    let text = |text: &str| text.to_owned();
    let no = || Rejection::new("no");
    let five = Duration::from_secs(5);
    vec![
        (
            ErrorKind::Invalid(InvalidRequest::new(vec![Problem::new("prompt", "must not be blank").given("")])),
            "invalid request: prompt `` must not be blank",
        ),
        (
            ErrorKind::Unsupported(Unsupported::new("generate_image", "add one")),
            "unsupported: generate_image (add one)",
        ),
        (ErrorKind::Configuration { message: text("no key") }, "configuration: no key"),
        (ErrorKind::Connect { message: text("refused") }, "cannot connect: refused"),
        (ErrorKind::Timeout { stage: TimeoutStage::Connect, after: five }, "timed out connecting after 5s"),
        (
            ErrorKind::Timeout { stage: TimeoutStage::FirstByte, after: five },
            "timed out waiting for the answer to begin after 5s",
        ),
        (ErrorKind::Interrupted { message: text("cable") }, "interrupted: cable"),
        (ErrorKind::Credentials(no()), "credentials not accepted: no"),
        (
            ErrorKind::TokensUsedUp(TokensUsedUp::new(no()).with_model(
                "o1",
                "Premium",
                Multiplier::from_thousandths(4_000),
            )),
            "tokens used up: no",
        ),
        (ErrorKind::NotFound(no().with_code("GONE")), "not found: no [GONE]"),
        (ErrorKind::RateLimited(no().with_request_id("r-1")), "rate limited: no (request r-1)"),
        (ErrorKind::ContentPolicy(no()), "declined by content policy: no"),
        (ErrorKind::Refused(no().with_code("A").with_request_id("r")), "refused: no [A] (request r)"),
        (ErrorKind::Server(Rejection::new("line one\r\nline\ttwo")), "server failed: line one  line two"),
        (ErrorKind::Decode { message: text("got\n<html>") }, "answer not understood: got <html>"),
        (ErrorKind::File { path: text("/a"), message: text("full") }, "file /a: full"),
        (ErrorKind::Backend { message: text("anything") }, "anything"),
    ]
}

#[test]
fn every_kind_is_shown_in_lower_case_on_one_line() {
    for (kind, expected) in kinds() {
        assert_eq!(Error::new(kind, Outcome::NotSent).to_string(), expected);
    }
}

#[test]
fn kinds_and_outcomes_are_named_as_their_variants_are() {
    let snake = |shown: String| {
        let variant: String = shown.chars().take_while(char::is_ascii_alphanumeric).collect();
        let mut name = String::new();
        for letter in variant.chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    };
    let stored = [ErrorKind::Operation(OperationConflict::InFlight), ErrorKind::Ledger { message: "full".to_owned() }];
    for kind in kinds().into_iter().map(|(kind, _)| kind).chain(stored) {
        assert_eq!(kind.name(), snake(format!("{kind:?}")));
    }
    for outcome in [Outcome::NotSent, Outcome::Refused, Outcome::UNKNOWN, Outcome::Billed { charge: None }] {
        assert_eq!(outcome.name(), snake(format!("{outcome:?}")));
    }
}

#[test]
fn the_cause_is_a_source_and_is_not_repeated() {
    let io = std::io::Error::other("disk on fire");
    let error = Error::new(ErrorKind::Backend { message: "cannot store".to_owned() }, Outcome::NotSent).with_source(io);
    assert_eq!(error.to_string(), "cannot store");
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("disk on fire"));
    let outer = Error::new(ErrorKind::Backend { message: "outer".to_owned() }, Outcome::NotSent).with_source(error);
    assert_eq!(
        outer.source().and_then(|source| source.source()).map(ToString::to_string).as_deref(),
        Some("disk on fire")
    );
    for (kind, _) in kinds() {
        assert!(Error::new(kind, Outcome::NotSent).source().is_none());
    }
}

#[test]
fn debug_prints_what_is_there_and_nothing_that_is_absent() {
    let bare = Error::new(ErrorKind::Connect { message: "no".to_owned() }, Outcome::NotSent);
    assert_eq!(format!("{bare:?}"), r#"Error { kind: Connect { message: "no" }, outcome: NotSent }"#);
    let full = bare
        .with_status(503)
        .with_operation_id(&"job-1".parse().unwrap())
        .with_retry_after(Duration::from_secs(3))
        .with_partial_text("Go")
        .with_usage(Usage::new(1_u32, 2_u32))
        .with_media_id("65f8".into())
        .with_source("below");
    let text = format!("{full:?}");
    for part in
        ["status: 503", "job-1", "retry_after: 3s", "partial_text: \"Go\"", "usage: Usage", "65f8", "source: \"below\""]
    {
        assert!(text.contains(part), "{text} lacks {part}");
    }
    assert!(!text.contains("Some("), "{text}");
    assert_eq!((full.status(), full.retry_after()), (Some(503), Some(Duration::from_secs(3))));
    assert_eq!(full.media_id().map(cosmic_ai_core::MediaId::as_str), Some("65f8"));
}

#[test]
fn only_what_never_left_or_was_put_off_may_be_sent_again() {
    let no = || Rejection::new("no");
    let connect = || ErrorKind::Connect { message: "no".to_owned() };
    let cut = || ErrorKind::Interrupted { message: "no".to_owned() };
    let timeout = |stage| ErrorKind::Timeout { stage, after: Duration::ZERO };
    let billed = Outcome::Billed { charge: None };
    let invalid = ErrorKind::Invalid(InvalidRequest::new(vec![Problem::new("prompt", "no")]));
    let cases = [
        (connect(), Outcome::NotSent, None, true),
        (timeout(TimeoutStage::Connect), Outcome::NotSent, None, true),
        (cut(), Outcome::NotSent, None, true),
        (ErrorKind::RateLimited(no()), Outcome::Refused, None, true),
        (ErrorKind::RateLimited(no()), Outcome::Refused, Some(1), true),
        (ErrorKind::Server(no()), Outcome::Refused, Some(1), true),
        (ErrorKind::Server(no()), Outcome::Refused, None, false),
        (ErrorKind::Server(no()), Outcome::UNKNOWN, Some(1), false),
        (ErrorKind::RateLimited(no()), Outcome::UNKNOWN, Some(1), false),
        (connect(), Outcome::UNKNOWN, None, false),
        (cut(), Outcome::UNKNOWN, None, false),
        (cut(), billed, None, false),
        (timeout(TimeoutStage::FirstByte), Outcome::UNKNOWN, None, false),
        (timeout(TimeoutStage::Total), Outcome::NotSent, None, false),
        (invalid, Outcome::NotSent, None, false),
        (ErrorKind::Configuration { message: "no".to_owned() }, Outcome::NotSent, None, false),
        (ErrorKind::Credentials(no()), Outcome::Refused, None, false),
        (ErrorKind::TokensUsedUp(TokensUsedUp::new(no())), Outcome::Refused, None, false),
        (ErrorKind::ContentPolicy(no()), Outcome::Refused, Some(1), false),
        (ErrorKind::NotFound(no()), Outcome::Refused, None, false),
    ];
    for (kind, outcome, pause, resendable) in cases {
        let mut error = Error::new(kind, outcome);
        if let Some(seconds) = pause {
            error = error.with_retry_after(Duration::from_secs(seconds));
        }
        assert_eq!(error.is_resendable(), resendable, "{error:?}");
        assert!(!(error.is_resendable() && error.outcome().may_be_billed()), "{error:?}");
    }
}

#[test]
fn an_outcome_says_what_is_known_of_the_money() {
    let charge = Some(Charge::new(Tokens(1), Tokens(2)));
    let cases = [
        (Outcome::NotSent, "not sent", false, false),
        (Outcome::Refused, "refused, not billed", false, false),
        (Outcome::UNKNOWN, "sent, may be billed", true, true),
        (Outcome::Billed { charge }, "billed", false, true),
    ];
    for (outcome, shown, unknown, may_be_billed) in cases {
        assert_eq!(
            (outcome.to_string().as_str(), outcome.is_unknown(), outcome.may_be_billed()),
            (shown, unknown, may_be_billed)
        );
    }
}

#[test]
fn an_error_fits_a_register_and_can_cross_threads() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    let boxed: Box<dyn std::error::Error + Send + Sync> =
        Box::new(Error::new(ErrorKind::Backend { message: "x".to_owned() }, Outcome::UNKNOWN));
    assert!(boxed.downcast_ref::<Error>().is_some_and(|error| error.outcome().is_unknown()));
}
