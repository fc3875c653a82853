//! Bodies: what is no JSON, what is too large or too deep, and what never ends.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Row, TEXT, allowed, call, row};
use crate::fixture::WRITE_KEY;

pub(super) fn rows() -> Vec<Row> {
    [kinds(), json(), slow()].into_iter().flatten().collect()
}

fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    allowed(&format!("POST {TEXT}"), headers, body)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn kinds() -> Vec<Row> {
    let body = b"{\"prompt\": \"hi\"}";
    let coded = |coding: &str, bytes: &[u8]| {
        post(&format!("content-type: application/json\ncontent-encoding: {coding}"), bytes)
    };
    let bomb = gzip(&vec![b' '; 64 << 20]);
    vec![
        row("no content type", post("", body), 415, "application/json"),
        row("text", post("content-type: text/plain", body), 415, "application/json"),
        row("a form", post("content-type: application/x-www-form-urlencoded", b"prompt=hi"), 415, ""),
        row("multipart to a call", post("content-type: multipart/form-data; boundary=a", b"--a--"), 415, ""),
        row("XML", post("content-type: application/xml", b"<prompt/>"), 415, ""),
        row("two content types", post("content-type: application/json\ncontent-type: text/plain", body), 415, ""),
        row(
            "JSON in another character set",
            post("content-type: application/json; charset=utf-16", body),
            415,
            "UTF-8",
        ),
        row("brotli", coded("br", body), 415, "gzip"),
        row("gzip in gzip", coded("gzip, gzip", &gzip(&gzip(body))), 415, "gzip"),
        row("gzip in what is said to be gzip once", coded("gzip", &gzip(&gzip(body))), 400, ""),
        row("gzip that is none", coded("gzip", body), 400, "gzip"),
        row("gzip that is cut", coded("gzip", gzip(body).split_last().unwrap().1), 400, "gzip"),
        row("gzip that is not said to be", post("content-type: application/json", &gzip(body)), 400, "UTF-8"),
        row("a bomb of gzip", coded("gzip", &bomb), 413, "decoded"),
        row("a body of 1 MiB", post("content-type: application/json", &vec![b' '; 1 << 20]), 413, "bytes"),
        row(
            "a body of 1 MiB in chunks",
            post("content-type: application/json\ntransfer-encoding: chunked", b"")
                .into_iter()
                .chain(b"100000\r\n".iter().copied())
                .chain(std::iter::repeat_n(b' ', 1 << 20))
                .collect::<Vec<u8>>(),
            413,
            "bytes",
        ),
    ]
}

fn json() -> Vec<Row> {
    let deep = |open: &str, close: &str, levels: usize| {
        format!("{{\"prompt\": \"hi\", \"metadata\": {}1{}}}", open.repeat(levels), close.repeat(levels))
    };
    vec![
        row("nothing", post("content-type: application/json", b""), 400, "empty"),
        row("blanks", call("text", "  \n "), 400, "empty"),
        row("no JSON", call("text", "prompt=hi"), 400, "not JSON"),
        row("JSON that is cut", call("text", "{\"prompt\": \"h"), 400, "line 1, column"),
        row("JSON and more", call("text", "{\"prompt\": \"hi\"} {}"), 400, "line 1, column"),
        row("JSON with a comment", call("text", "{\"prompt\": \"hi\" /* hi */}"), 400, "not JSON"),
        row("JSON with a comma too many", call("text", "{\n\"prompt\": \"hi\",\n}"), 400, "line 3"),
        row("a control character in a text", call("text", "{\"prompt\": \"h\u{1}i\"}"), 400, "not JSON"),
        row("half a pair of surrogates", call("text", "{\"prompt\": \"\\ud800\"}"), 400, "not JSON"),
        row("a list", call("text", "[1, 2]"), 400, "a list"),
        row("a text", call("text", "\"hi\""), 400, "a text"),
        row("null", call("text", "null"), 400, "null"),
        row("not a number", call("text", "{\"prompt\": \"hi\", \"max_tokens\": NaN}"), 400, "not JSON"),
        row(
            "a number beyond all",
            call("text", "{\"prompt\": \"hi\", \"max_tokens\": 1e400}"),
            400,
            "number out of range",
        ),
        row("no UTF-8", post("content-type: application/json", b"{\"prompt\": \"\xc3\x28\"}"), 400, "not UTF-8"),
        row(
            "UTF-8 that is longer than it need be",
            post("content-type: application/json", b"{\"prompt\": \"\xc0\xaf\"}"),
            400,
            "not UTF-8",
        ),
        row("10,000 lists in each other", call("text", &deep("[", "]", 10_000)), 400, "deeper than"),
        row("metadata 200 deep", call("image", &deep("{\"a\":", "}", 200)), 400, "deeper than"),
    ]
}

fn slow() -> Vec<Row> {
    let head = format!(
        "POST {TEXT} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {WRITE_KEY}\r\ncontent-type: application/json\r\n"
    );
    vec![
        row("a body that stops", format!("{head}content-length: 50\r\n\r\n{{\"prompt\": "), 408, "paused"),
        row("a body that does not come", format!("{head}content-length: 50\r\n\r\n"), 408, "paused"),
        row("a chunk that does not come", format!("{head}transfer-encoding: chunked\r\n\r\n5\r\n{{"), 408, "paused"),
    ]
}
