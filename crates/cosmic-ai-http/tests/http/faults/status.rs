//! Every status that the API is known to answer with, and what is sent again.

use std::time::{Duration, SystemTime};

use cosmic_ai_testkit::server::{Reply, Script};

use super::super::ask::Ask::{Extend, Image, Speech, Stream, Text, Video};
use super::super::ask::{Ask, Money};
use super::super::fault::Fault;

const USED_UP: &str = "Insufficient tokens: Model Claude Opus 4.8 (Standard tier, 2x cost)";

fn plain() -> Vec<Fault> {
    use Money::{Refused, Unknown};
    let rows: [(u16, Ask, &'static str, Money); 24] = [
        (400, Text, "refused", Refused),
        (401, Image, "credentials", Refused),
        (402, Video, "used up", Refused),
        (403, Speech, "credentials", Refused),
        (404, Extend, "not found", Refused),
        (405, Text, "refused", Refused),
        (408, Text, "refused", Unknown),
        (409, Video, "refused", Unknown),
        (413, Image, "refused", Refused),
        (415, Text, "refused", Refused),
        (422, Speech, "refused", Refused),
        (451, Text, "refused", Unknown),
        (500, Text, "server", Unknown),
        (500, Video, "server", Unknown),
        (500, Stream, "server", Unknown),
        (501, Text, "server", Unknown),
        (502, Text, "server", Unknown),
        (502, Image, "server", Unknown),
        (503, Text, "server", Unknown),
        (503, Stream, "server", Unknown),
        (503, Video, "server", Unknown),
        (504, Text, "server", Unknown),
        (504, Speech, "server", Unknown),
        (524, Video, "server", Unknown),
    ];
    let fault = |(status, ask, kind, money)| {
        let body = format!(r#"{{"status":{status},"message":"because"}}"#);
        Fault::at_server(format!("{status} for {ask:?}"), ask, Reply::json(status, body))
            .fails(kind, money)
            .status(status)
            .says("because")
    };
    rows.into_iter().map(fault).collect()
}

/// Status, what was asked for, `Retry-After`; how often it is sent, and what comes of it.
type PutOff = (u16, Ask, Option<String>, usize, &'static str, Money);

/// Retry-After in every form, and how often the request is then sent.
fn put_off() -> Vec<Fault> {
    let past = httpdate(SystemTime::UNIX_EPOCH);
    let future = httpdate(SystemTime::now() + Duration::from_hours(1));
    let rows: [PutOff; 12] = [
        (429, Text, None, 3, "rate limited", Money::Refused),
        (429, Text, Some("0".to_owned()), 3, "rate limited", Money::Refused),
        (429, Video, Some(past.clone()), 3, "rate limited", Money::Refused),
        (429, Image, Some("soon".to_owned()), 3, "rate limited", Money::Refused),
        (429, Speech, Some("-1".to_owned()), 3, "rate limited", Money::Refused),
        (429, Stream, Some("0".to_owned()), 3, "rate limited", Money::Refused),
        (429, Text, Some("86400".to_owned()), 1, "rate limited", Money::Refused),
        (429, Text, Some("99999999999999999999999999".to_owned()), 1, "rate limited", Money::Refused),
        (429, Extend, Some(future), 1, "rate limited", Money::Refused),
        (503, Text, Some("0".to_owned()), 3, "server", Money::Refused),
        (503, Stream, Some(past), 3, "server", Money::Refused),
        (503, Video, Some("0".to_owned()), 1, "server", Money::Unknown),
    ];
    let fault = |(status, ask, pause, requests, kind, money): PutOff| {
        let mut reply = Reply::json(status, r#"{"message":"slow down"}"#);
        if let Some(pause) = &pause {
            reply = reply.header("retry-after", pause.as_str());
        }
        let script = Script::new().then_times(requests, reply);
        Fault::at_server(format!("{status} for {ask:?}, retry after {pause:?}"), ask, script)
            .fails(kind, money)
            .status(status)
            .says("slow down")
            .requests(requests)
    };
    let mut faults: Vec<Fault> = rows.into_iter().map(fault).collect();
    for (ask, answer) in [(Text, r#"{"text":"done"}"#), (Video, MEDIUM), (Stream, r#"{"text":"done"}"#)] {
        let script = Script::new().then_times(2, Reply::json(429, "{}")).then(Reply::json(200, answer));
        let fault = Fault::at_server(format!("429 twice, then {ask:?}"), ask, script).answers("done").requests(3);
        faults.push(fault);
    }
    faults
}

const MEDIUM: &str = r#"{"media":{"id":"done","url":"https://x.invalid/a","type":"video/mp4"}}"#;

pub(super) fn faults() -> Vec<Fault> {
    let mut faults = plain();
    faults.extend(put_off());
    let used_up = |body: String| Fault::at_server(format!("402 {body}"), Text, Reply::json(402, body));
    faults.extend([
        used_up(format!(r#"{{"status":402,"message":"{USED_UP}"}}"#)).fails("used up", Money::Refused).says("Opus 4.8"),
        used_up(r#"{"error":"no","code":"INSUFFICIENT_CREDITS"}"#.to_owned()).fails("used up", Money::Refused),
        Fault::at_server("used up, by its code", Image, Reply::json(403, r#"{"code":"INSUFFICIENT_CREDITS"}"#))
            .fails("used up", Money::Refused),
        Fault::at_server("empty 401", Text, Reply::new(401, ""))
            .fails("credentials", Money::Refused)
            .says("empty body"),
        Fault::at_server("empty 500", Video, Reply::new(500, "")).fails("server", Money::Unknown).says("empty body"),
        Fault::at_server("HTML 502", Text, Reply::html(502, "<html><h1>Bad gateway</h1>"))
            .fails("server", Money::Unknown)
            .says("text/html"),
        Fault::at_server("HTML 429", Text, Script::new().then_times(3, Reply::html(429, "<html>slow")))
            .fails("rate limited", Money::Refused)
            .requests(3),
        Fault::at_server("502 whose body breaks", Text, Reply::json(502, r#"{"message":"x"}"#).truncated_after(5))
            .fails("server", Money::Unknown)
            .status(502),
        Fault::at_server(
            "500 of a mebibyte",
            Text,
            Reply::json(500, format!(r#"{{"message":"{}"}}"#, "x".repeat(1 << 20))),
        )
        .fails("server", Money::Unknown)
        .status(500),
        Fault::at_server(
            "a long message",
            Text,
            Reply::json(400, format!(r#"{{"message":"{}"}}"#, "x".repeat(60_000))),
        )
        .fails("refused", Money::Refused),
        Fault::at_server("a refusal that repeats the key", Text, echo())
            .fails("credentials", Money::Refused)
            .says("***"),
    ]);
    faults.extend(half_said());
    for status in [400, 500, 200] {
        let reply = Reply::json(status, r#"{"message":"No videos generated"}"#);
        let fault = Fault::at_server(format!("declined with {status}"), Video, reply);
        faults.push(fault.fails("policy", Money::Refused).status(status).says("rephrase"));
    }
    faults
}

/// Refusals that are too long, cut, or say what they should not.
fn half_said() -> Vec<Fault> {
    let key = super::super::setup::WRITE_KEY;
    let escaped = key.replace('-', "\\u002d");
    let long = format!(r#"{{"message":"No videos generated","trace":"{}"}}"#, "x".repeat(1 << 20));
    let page = "<html>A gateway timed out. See our content policy: no videos generated";
    let cut = r#"{"message":"no such model","hint":"try anot"#;
    let refused =
        |name: &str, reply: Reply| Fault::at_server(name, Text, reply).fails("refused", Money::Refused).status(400);
    vec![
        Fault::at_server("declined at length", Video, Reply::json(500, long)).fails("policy", Money::Refused),
        Fault::at_server("a gateway's page about policies", Video, Reply::html(504, page))
            .fails("server", Money::Unknown)
            .status(504),
        Fault::at_server("a page of a mebibyte", Text, Reply::html(502, format!("<html>down{}", "x".repeat(1 << 20))))
            .fails("server", Money::Unknown)
            .says("<html>down"),
        Fault::at_server("a refusal that is cut", Text, {
            Reply::json(400, format!("{cut}her\"}}")).truncated_after(cut.len())
        })
        .fails("refused", Money::Refused)
        .status(400)
        .says("no such model"),
        refused("the key with escapes", Reply::json(400, format!(r#"{{"message":"no {escaped}"}}"#))).says("no ***"),
        refused("the key with escapes, unexplained", Reply::json(400, format!(r#"{{"key":"{escaped}"}}"#))).says("***"),
        refused("the key as a code", Reply::json(400, format!(r#"{{"message":"no","code":"{escaped}"}}"#))).says("***"),
        refused("the key as the request's id", Reply::json(400, "{}").header("x-request-id", key)),
        refused("the key as a type", Reply::new(400, "no").header("content-type", format!("text/{key}"))).says("***"),
        Fault::at_server("the key as the id of an error within", Text, {
            Reply::json(200, format!(r#"{{"error":"no {escaped}"}}"#)).header("x-request-id", key)
        })
        .fails("server", Money::Unknown)
        .says("***"),
    ]
}

fn echo() -> Reply {
    let (write, read) = (super::super::setup::WRITE_KEY, super::super::setup::READ_KEY);
    Reply::json(401, format!(r#"{{"message":"the key {write} is not the key {read}"}}"#))
}

fn httpdate(time: SystemTime) -> String {
    httpdate::fmt_http_date(time)
}
