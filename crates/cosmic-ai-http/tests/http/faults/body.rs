//! The answer has begun, and its body is cut, broken, or something else.

use cosmic_ai_testkit::server::{Framing, Reply, Turn};

use super::super::ask::Ask::{Extend, Image, Speech, Text, Video};
use super::super::ask::Money;
use super::super::fault::Fault;
use super::super::setup::{ms, patient};

const TEXT: &str = r#"{"text":"a whole answer","usage":{"input_tokens":1,"output_tokens":2}}"#;

const MEDIUM: &str = r#"{"media":{"id":"v1","url":"https://x.invalid/a","type":"video/mp4"}}"#;
/// 64 bytes of it end within the text.
const USAGE_FIRST: &str = r#"{"usage":{"input_tokens":3,"output_tokens":4},"text":"one\ntwo three"}"#;

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = broken();
    faults.extend(packed());
    faults.extend(not_understood());
    faults
}

fn broken() -> Vec<Fault> {
    let ok = || Reply::json(200, TEXT);
    let interrupted = |fault: Fault| fault.fails("interrupted", Money::Unknown);
    let chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"tex\r\n";
    vec![
        interrupted(Fault::at_server("closed after the head", Text, ok().truncated_after(0))).status(200),
        interrupted(Fault::at_server("closed within the body", Text, ok().truncated_after(20)))
            .status(200)
            .partial("a whole ans"),
        interrupted(Fault::at_server("closed within a clip's body", Video, ok().truncated_after(20))).status(200),
        interrupted(Fault::at_server("reset after the head", Image, ok().reset_after(0))),
        interrupted(Fault::at_server("reset within the body", Speech, ok().reset_after(20))),
        interrupted(Fault::at_server("a length that is too great", Text, ok().wrong_content_length(500)))
            .status(200)
            .partial("a whole answer")
            .usage(1, 2),
        Fault::at_server("a length that is too small", Text, ok().wrong_content_length(20))
            .fails("decode", Money::Unknown)
            .says("cut off")
            .partial("a whole ans")
            .status(200),
        interrupted(Fault::at_server("chunks without an end", Extend, Turn::new().read_request().send(chunk).close())),
        interrupted(Fault::at_server(
            "a chunk without a size",
            Text,
            Turn::new()
                .read_request()
                .send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n")
                .close(),
        )),
        Fault::at_server("a body that stalls", Text, ok().in_pieces(10).stalled_after(20))
            .with(|builder| builder.with_timeouts(patient().with_idle(ms(250))))
            .fails("timeout idle", Money::Unknown)
            .says("250ms")
            .partial("a whole ans")
            .status(200),
        Fault::at_server("a body that never begins", Video, ok().stalled_after(0))
            .with(|builder| builder.with_timeouts(patient().with_idle(ms(250))))
            .fails("timeout idle", Money::Unknown),
        Fault::at_server("a body that stalls beyond the call's time", Image, ok().stalled_after(20))
            .time_limit(ms(400))
            .fails("timeout total", Money::Unknown),
        Fault::at_server("a refusal whose body stalls", Text, Reply::json(400, TEXT).stalled_after(4))
            .with(|builder| builder.with_timeouts(patient().with_idle(ms(250))))
            .fails("refused", Money::Refused)
            .status(400),
        Fault::at_server("an answer that ends with its connection", Text, ok().framed(Framing::UntilClose))
            .answers("a whole answer"),
        Fault::at_server("an answer in pieces of a byte", Text, ok().framed(Framing::Chunked).in_pieces(1))
            .answers("a whole answer"),
        Fault::at_server("a clip cut after its id", Video, Reply::json(200, MEDIUM).truncated_after(40))
            .fails("interrupted", Money::Unknown)
            .media_id("v1"),
        Fault::at_server("a clip cut within its id", Video, Reply::json(200, MEDIUM).truncated_after(16))
            .fails("interrupted", Money::Unknown),
        Fault::at_server("a clip that stalls after its id", Video, Reply::json(200, MEDIUM).stalled_after(40))
            .with(|builder| builder.with_timeouts(patient().with_idle(ms(250))))
            .fails("timeout idle", Money::Unknown)
            .media_id("v1"),
        Fault::at_server("a text cut after its usage", Text, Reply::json(200, USAGE_FIRST).truncated_after(64))
            .fails("interrupted", Money::Unknown)
            .partial("one\ntwo t")
            .usage(3, 4)
            .at_least(14),
        Fault::at_server("a text cut after the key with escapes", Text, {
            let key = super::super::setup::WRITE_KEY.replace('-', "\\u002d");
            Reply::json(200, format!(r#"{{"x":"{key}","text":"{key}, ab"#))
        })
        .fails("decode", Money::Unknown)
        .says("***")
        .partial("***, ab"),
        Fault::at_server("reset once the answer is whole", Text, ok().then_reset()).answers("a whole answer"),
    ]
}

fn packed() -> Vec<Fault> {
    let ok = || Reply::json(200, TEXT);
    let no_gzip = || ok().header("content-encoding", "gzip");
    vec![
        Fault::at_server("packed", Text, ok().gzipped()).answers("a whole answer"),
        Fault::at_server("said to be packed", Text, no_gzip()).fails("decode", Money::Unknown).says("encoding"),
        Fault::at_server("packed and cut", Text, ok().gzipped().truncated_after(15))
            .fails("interrupted", Money::Unknown),
        Fault::at_server("packed in a way that was not asked for", Text, ok().header("content-encoding", "br"))
            .answers("a whole answer"),
        Fault::at_server("a bomb", Text, Reply::gzip_bomb(256 << 20))
            .with(|builder| builder.with_body_limit(1 << 20))
            .fails("decode", Money::Unknown)
            .says("more than 1048576 bytes"),
        Fault::at_server("a huge body", Image, Reply::huge(2 << 20))
            .with(|builder| builder.with_body_limit(1 << 20))
            .fails("decode", Money::Unknown)
            .says("more than 1048576 bytes"),
    ]
}

fn not_understood() -> Vec<Fault> {
    let decode = |name: &'static str, ask, reply: Reply| Fault::at_server(name, ask, reply).status(200);
    let unknown = |fault: Fault| fault.fails("decode", Money::Unknown);
    let billed = |fault: Fault| fault.fails("decode", Money::Billed);
    vec![
        unknown(decode("HTML 200", Text, Reply::html(200, "<html>Please log in"))).says("text/html"),
        unknown(decode("HTML 200 for a clip", Video, Reply::html(200, "<html>"))).says("text/html"),
        unknown(decode("empty 200", Text, Reply::new(200, ""))).says("empty body"),
        unknown(decode("blank 200", Image, Reply::json(200, " \r\n "))).says("empty body"),
        unknown(decode("bad JSON", Text, Reply::json(200, "{text:1}"))).says("no JSON"),
        unknown(decode("cut JSON", Text, Reply::json(200, r#"{"text":"hal"#))).says("cut off").partial("hal"),
        unknown(decode("bad UTF-8", Text, Reply::new(200, &b"{\"text\":\"\xff\xfe\"}"[..]))).says("no JSON"),
        unknown(decode("JSON of no object", Text, Reply::json(200, r#"["text"]"#))),
        unknown(decode("null", Video, Reply::json(200, "null"))),
        unknown(decode("JSON of another shape", Text, Reply::json(200, r#"{"answer":"x"}"#))).says("another shape"),
        unknown(decode("text that is none", Text, Reply::json(200, r#"{"text":7}"#))).says("another shape"),
        unknown(decode("a medium that is none", Image, Reply::json(200, r#"{"media":"x"}"#))).says("another shape"),
        unknown(decode("a medium that is the key", Image, {
            Reply::json(200, format!(r#"{{"media":"{}"}}"#, super::super::setup::WRITE_KEY))
        }))
        .says("***"),
        unknown(decode("a medium of megabytes that is none", Image, {
            Reply::json(200, format!(r#"{{"media":"{}"}}"#, "x".repeat(4 << 20)))
        })),
        unknown(decode("JSON a hundred thousand deep", Text, Reply::json(200, "[".repeat(100_000)))),
        billed(decode("usage without text", Text, {
            Reply::json(200, r#"{"usage":{"input_tokens":10,"output_tokens":20}}"#)
        }))
        .usage(10, 20),
        billed(decode("a clip without its URL", Video, {
            Reply::json(200, r#"{"media":{"id":"v1","type":"video/mp4"}}"#)
        }))
        .media_id("v1"),
        billed(decode("a recording without its type", Speech, {
            Reply::json(
                200,
                r#"{"media":{"id":"a1","url":"https://x.invalid/"},"usage":{"input_tokens":1,"output_tokens":2}}"#,
            )
        }))
        .media_id("a1")
        .usage(1, 2),
    ]
}
