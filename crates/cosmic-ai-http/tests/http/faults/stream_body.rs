//! Streams of text that arrive whole and say something else than they should.

use cosmic_ai_testkit::server::{LineEnd, Reply, Turn, Writes};

use super::super::ask::Ask::Stream;
use super::super::ask::Money;
use super::super::fault::Fault;
use super::super::setup::ms;

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = answered();
    faults.extend(failed());
    faults
}

fn answered() -> Vec<Fault> {
    let whole = || Reply::text_stream(["Réd", " 日本"], (3, 4));
    let end = r#"{"event":"end","data":{}}"#;
    let red = r#"{"text":"Red"}"#;
    vec![
        Fault::at_server("lines that end with CR", Stream, whole().line_end(LineEnd::Cr)).answers("Réd 日本"),
        Fault::at_server("lines that end with CR LF", Stream, whole().line_end(LineEnd::CrLf)).answers("Réd 日本"),
        Fault::at_server("one byte a write", Stream, whole().line_end(LineEnd::CrLf).writes(Writes::Bytes(1)))
            .answers("Réd 日本"),
        Fault::at_server("no last blank line", Stream, whole().without_last_blank_line()).answers("Réd 日本"),
        Fault::at_server("no usage", Stream, Reply::sse([red, end])).answers("Red"),
        Fault::at_server("two ends", Stream, Reply::sse([red, end, end])).answers("Red"),
        Fault::at_server("text after the end", Stream, Reply::sse([red, end, red])).answers("Red"),
        Fault::at_server("an error after the end", Stream, Reply::sse([red, end, r#"{"error":"late"}"#]))
            .answers("Red"),
        Fault::at_server("a mark and comments", Stream, {
            Reply::sse(Vec::<String>::new()).raw("\u{feff}: hello\n\n").event(red).raw(":\n\n").event(end)
        })
        .answers("Red"),
        Fault::at_server("events that are not known", Stream, Reply::sse([r#"{"new":1}"#, red, "[DONE]", end]))
            .answers("Red"),
        Fault::at_server("an open connection after the end", Stream, Reply::sse([red, end]).reply().then_hold())
            .answers("Red"),
    ]
}

fn failed() -> Vec<Fault> {
    let red = || Reply::sse([r#"{"text":"Red"}"#]);
    let none = || Reply::sse(Vec::<String>::new());
    let unknown = |fault: Fault, kind| fault.fails(kind, Money::Unknown);
    vec![
        unknown(Fault::at_server("a done that is no end", Stream, red().event("[DONE]")), "interrupted").partial("Red"),
        unknown(
            Fault::at_server("cut within a character", Stream, red().raw(&b"data: {\"text\":\"\xe6\x97"[..])),
            "interrupted",
        )
        .partial("Red"),
        unknown(Fault::at_server("cut within an event", Stream, red().raw("data: {\"tex")), "interrupted")
            .partial("Red"),
        unknown(Fault::at_server("an event too large", Stream, red().event("x".repeat(5_000))), "decode")
            .with(|builder| builder.with_event_limit(1_024))
            .partial("Red")
            .says("1024"),
        unknown(
            Fault::at_server("an endless event", Stream, none().raw("data: ".to_owned() + &"x".repeat(1 << 20))),
            "decode",
        )
        .with(|builder| builder.with_event_limit(1_024)),
        unknown(
            Fault::at_server("an error first", Stream, none().event(r#"{"error":{"message":"it broke"}}"#)),
            "server",
        )
        .says("it broke"),
        Fault::at_server("a rate limit first", Stream, none().event(r#"{"error":{"status":429,"message":"slow"}}"#))
            .fails("rate limited", Money::Refused),
        unknown(Fault::at_server("an error in the middle", Stream, red().event(r#"{"error":"it broke"}"#)), "server")
            .partial("Red")
            .says("it broke"),
        unknown(
            Fault::at_server("an error in the middle, after usage", Stream, {
                red()
                    .event(r#"{"token_count":{"input_tokens":5,"output_tokens":6}}"#)
                    .event(r#"{"error":{"status":429,"message":"slow"}}"#)
            }),
            "rate limited",
        )
        .partial("Red")
        .usage(5, 6)
        .at_least(22),
        unknown(
            Fault::at_server("a rate limit after a model began", Stream, {
                none()
                    .event(r#"{"type":"message_start","message":{}}"#)
                    .event(r#"{"error":{"status":429,"message":"slow"}}"#)
            }),
            "rate limited",
        ),
        unknown(
            Fault::at_server("an error that speaks of rate limits", Stream, {
                none().event(r#"{"error":"the upstream's rate limit, too many requests"}"#)
            }),
            "server",
        ),
        unknown(Fault::at_server("a stream beyond the limit", Stream, red().raw(": x\n".repeat(1 << 19))), "decode")
            .with(|builder| builder.with_body_limit(1 << 20))
            .partial("Red")
            .says("more than 1048576 bytes"),
        unknown(
            Fault::at_server("a stream that never ends and never waits", Stream, {
                Turn::new()
                    .read_request()
                    .send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {\"text\":\"Red\"}\n\n")
                    .fill(b'\n', 64 << 30)
            }),
            "timeout total",
        )
        .with(|builder| builder.with_body_limit(usize::MAX))
        .time_limit(ms(500))
        .partial("Red"),
        unknown(Fault::at_server("garbage", Stream, red().event("<html>")), "decode").partial("Red"),
        unknown(
            Fault::at_server("bad UTF-8 in an event", Stream, red().raw(&b"data: {\"text\":\"\xff\"}\n\n"[..])),
            "decode",
        )
        .partial("Red"),
        unknown(
            Fault::at_server("an error that repeats the key", Stream, {
                red().event(format!(r#"{{"error":"no {}"}}"#, super::super::setup::WRITE_KEY))
            }),
            "server",
        )
        .partial("Red"),
    ]
}
