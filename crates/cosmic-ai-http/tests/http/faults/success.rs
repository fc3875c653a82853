//! Errors in the clothes of a success, and successes in odd clothes.

use cosmic_ai_testkit::server::Reply;

use super::super::ask::Ask::{Image, Text, Video};
use super::super::ask::{Ask, Money};
use super::super::fault::Fault;

pub(super) fn faults() -> Vec<Fault> {
    let ok = |name: &'static str, ask: Ask, body: &str| Fault::at_server(name, ask, Reply::json(200, body));
    vec![
        ok("200 with an error", Text, r#"{"error":"it broke"}"#).fails("server", Money::Unknown).says("it broke"),
        ok("200 with a message", Video, r#"{"message":"it broke"}"#).fails("server", Money::Unknown).says("it broke"),
        ok("200 with an error object", Image, r#"{"error":{"message":"it broke","code":"E7"}}"#)
            .fails("server", Money::Unknown)
            .says("E7"),
        ok("200 that says 400", Text, r#"{"status":400,"message":"no such model"}"#)
            .fails("refused", Money::Refused)
            .status(200),
        ok("200 whose error says 401", Text, r#"{"error":{"status":401,"message":"no"}}"#)
            .fails("credentials", Money::Refused),
        ok("200 that says 429 is not sent again", Text, r#"{"status":429,"message":"slow down"}"#)
            .fails("rate limited", Money::Refused),
        ok("200 that says 500", Image, r#"{"status":500,"error":"it broke"}"#).fails("server", Money::Unknown),
        ok("200 with tokens used up", Text, r#"{"error":"no","code":"INSUFFICIENT_CREDITS"}"#)
            .fails("used up", Money::Refused),
        ok("200 with empty text and an error", Text, r#"{"text":"","error":{"message":"overloaded"}}"#)
            .fails("server", Money::Unknown)
            .says("overloaded"),
        ok("200 with some text, usage and an error", Text, {
            r#"{"text":"half an","usage":{"input_tokens":3,"output_tokens":4},"error":"overloaded"}"#
        })
        .fails("server", Money::Unknown)
        .partial("half an")
        .usage(3, 4)
        .at_least(14),
        ok("200 with an empty error", Text, r#"{"text":"fine","error":null}"#).answers("fine"),
        ok("200 with no error", Text, r#"{"text":"fine","error":""}"#).answers("fine"),
        ok("text about an \"error\"", Text, r#"{"text":"say \"error\" aloud"}"#).answers("say \"error\" aloud"),
        ok("fields that are not known", Text, r#"{"text":"fine","x":{"y":[1,2]},"usage":{"input":"?"}}"#)
            .answers("fine"),
        ok("a medium beside an error", Image, {
            r#"{"media":{"id":"i1","url":"https://x.invalid/","type":"image/png"},"error":"no thumbnail"}"#
        })
        .answers("i1"),
        ok("half a medium beside a message", Video, r#"{"media":{"id":"v1"},"message":"no thumbnail"}"#)
            .fails("decode", Money::Billed)
            .media_id("v1"),
        ok("a medium with a number beside an error", Video, {
            r#"{"media":{"id":17,"url":"https://x.invalid/","type":"video/mp4"},"error":{"status":429}}"#
        })
        .fails("decode", Money::Billed)
        .media_id("17"),
        ok("a medium without an id beside an error", Image, r#"{"media":{"url":"u"},"status":400,"error":"no"}"#)
            .fails("decode", Money::Unknown),
        Fault::at_server("201", Image, Reply::json(201, r#"{"media":{"id":"i1","url":"u","type":"image/png"}}"#))
            .answers("i1"),
        Fault::at_server("204", Text, Reply::new(204, "")).fails("decode", Money::Unknown).status(204),
        Fault::at_server("an answer of no type", Text, Reply::new(200, r#"{"text":"fine"}"#)).answers("fine"),
        Fault::at_server("an answer of another type", Text, {
            Reply::new(200, r#"{"text":"fine"}"#).header("content-type", "text/plain; charset=latin1")
        })
        .answers("fine"),
    ]
}
