//! Streams of text whose connection fails, or which are not streams.

use cosmic_ai_testkit::server::{Framing, Gate, Reply, Script, Sse, Writes};

use super::super::ask::Ask::Stream;
use super::super::ask::Money;
use super::super::fault::Fault;
use super::super::setup::{ms, patient};

/// Two parts of a text and its usage, whose end never comes.
fn begun() -> Sse {
    Reply::text_stream(["Red ", "and"], (3, 4)).without_end().writes(Writes::Together)
}

fn whole() -> Sse {
    Reply::text_stream(["Red ", "and"], (3, 4))
}

/// It breaks after text and usage: both are had, and so is the least that it cost.
fn cut(name: &'static str, script: impl Into<Script>, kind: &'static str) -> Fault {
    Fault::at_server(name, Stream, script).fails(kind, Money::Unknown).partial("Red and").usage(3, 4).at_least(14)
}

pub(super) fn faults() -> Vec<Fault> {
    let length = begun().bytes().len();
    let (reset, close) = (Gate::new(), Gate::new());
    let retyped = |kind: &str| Reply::new(200, whole().bytes()).header("content-type", kind);
    let mut faults = vec![
        cut("a stream without its end", begun(), "interrupted"),
        cut("a stream that stalls", begun().reply().stalled_after(length), "timeout idle")
            .with(|builder| builder.with_timeouts(patient().with_idle(ms(600)))),
        cut("a stream that outlasts its time", begun().reply().stalled_after(length), "timeout total")
            .with(|builder| builder.with_timeouts(patient().with_total(ms(800)))),
        cut("a stream that outlasts the call's time", begun().reply().stalled_after(length), "timeout total")
            .time_limit(ms(800)),
        cut("a stream that is reset", begun().reply().gated_after(length, &reset).reset_after(length), "interrupted")
            .opening(&reset),
        cut(
            "a stream that is closed between chunks",
            begun().reply().gated_after(length, &close).truncated_after(length),
            "interrupted",
        )
        .opening(&close),
        Fault::at_server("a stream that never begins", Stream, whole().reply().stalled_after(0))
            .with(|builder| builder.with_timeouts(patient().with_idle(ms(250))))
            .fails("timeout idle", Money::Unknown),
        Fault::at_server("an empty stream", Stream, Reply::sse(Vec::<String>::new()))
            .fails("interrupted", Money::Unknown),
        Fault::at_server("a stream of comments", Stream, Reply::sse(Vec::<String>::new()).raw(": hello\n\n"))
            .fails("interrupted", Money::Unknown),
        Fault::at_server("HTML instead of a stream", Stream, Reply::html(200, "<html>Please log in"))
            .fails("decode", Money::Unknown)
            .says("text/html"),
        Fault::at_server("JSON instead of a stream", Stream, Reply::json(200, r#"{"text":"at once"}"#))
            .answers("at once"),
        Fault::at_server("JSON with an error instead of a stream", Stream, {
            Reply::json(200, r#"{"status":402,"message":"token usage limit"}"#)
        })
        .fails("used up", Money::Refused),
        Fault::at_server("JSON without an answer instead of a stream", Stream, Reply::json(200, "{}"))
            .fails("decode", Money::Unknown),
        Fault::at_server("a packed stream", Stream, whole().reply().gzipped()).answers("Red and"),
        Fault::at_server("a stream said to be packed", Stream, whole().reply().header("content-encoding", "gzip"))
            .fails("decode", Money::Unknown)
            .says("encoding"),
        Fault::at_server("a stream until the connection ends", Stream, whole().reply().framed(Framing::UntilClose))
            .answers("Red and"),
        Fault::at_server("a stream after being put off", Stream, {
            Script::new().then(Reply::json(429, "{}").header("retry-after", "0")).then(whole())
        })
        .answers("Red and")
        .requests(2),
    ];
    for kind in ["TEXT/Event-Stream; charset=UTF-8", "text/plain", "application/octet-stream"] {
        faults.push(Fault::at_server(format!("a stream of type {kind}"), Stream, retyped(kind)).answers("Red and"));
    }
    faults.push(Fault::at_server("a stream of no type", Stream, Reply::new(200, whole().bytes())).answers("Red and"));
    faults
}
