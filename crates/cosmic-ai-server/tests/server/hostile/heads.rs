//! Heads: what is no HTTP, what is too large, what is to be read in two ways, and keys that do not fit.

use super::{OTHER_KEY, Row, TEXT, allowed, request, row};
use crate::fixture::{READ_KEY, WRITE_KEY};

const JSON: &str = "content-type: application/json";
const BODY: &[u8] = b"{\"prompt\": \"hi\"}";

pub(super) fn rows() -> Vec<Row> {
    [garbage(), sizes(), framing(), methods(), keys()].into_iter().flatten().collect()
}

fn garbage() -> Vec<Row> {
    vec![
        row("bytes of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, ""),
        row("only line ends and rubbish", b"\r\n\r\n\0\0\0\0\r\n\r\n", 400, ""),
        row("words", "hello, is anyone there?\r\n\r\n", 400, ""),
        row("a version that is none", "GET /healthz HTTP/9.9\r\nhost: a\r\n\r\n", 400, ""),
        row("a version before the first", "GET /healthz\r\n\r\n", 400, ""),
        row("a preface of HTTP/2 that is none", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", 400, ""),
        row("a header without a colon", "GET /healthz HTTP/1.1\r\nhost localhost\r\n\r\n", 400, ""),
        row("a header's name with a space", "GET /healthz HTTP/1.1\r\nhost : localhost\r\n\r\n", 400, ""),
        row("a header over two lines", "GET /healthz HTTP/1.1\r\nhost: a\r\nx-a: b\r\n c\r\n\r\n", 400, ""),
        row("a null byte in a header", b"GET /healthz HTTP/1.1\r\nhost: a\r\nx-a: b\0c\r\n\r\n", 400, ""),
        row("a space in the path", "GET /health z HTTP/1.1\r\nhost: a\r\n\r\n", 400, ""),
        row(
            "bytes that are no UTF-8 in the path",
            b"GET /\xff\xfe HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
            400,
            "",
        )
        .or(404),
        row("lines that end with LF alone", "GET /nowhere HTTP/1.1\nhost: a\nconnection: close\n\n", 404, "no route"),
        row("a head that stops", "POST /v3/buckets/shop/ai/text HTTP/1.1\r\nhost: loc", 408, "did not come in time"),
        row("a first line that stops", "PO", 408, "did not come in time"),
        row("half a preface of HTTP/2", "PRI * HTTP/2.0\r\n", 408, "did not come in time"),
    ]
}

fn sizes() -> Vec<Row> {
    let many = (0..150).map(|number| format!("x-{number}: a")).collect::<Vec<_>>().join("\n");
    vec![
        row(
            "one header of 40 KiB",
            request("GET /healthz", &format!("x-a: {}", "a".repeat(40 << 10)), b""),
            431,
            "head",
        ),
        row("a header of 1 MiB", request("GET /healthz", &format!("x-a: {}", "a".repeat(1 << 20)), b""), 431, "head"),
        row("150 headers", request("GET /healthz", &many, b""), 431, "too many headers"),
        row("a path of 20 KiB", request(&format!("GET /{}", "a".repeat(20 << 10)), "", b""), 404, "no route"),
        row("a path of 80 KiB", request(&format!("GET /{}", "a".repeat(80 << 10)), "", b""), 431, "").or(414),
        row(
            "a key of 20 KiB",
            request(&format!("POST {TEXT}"), &format!("authorization: Bearer {}", "k".repeat(20 << 10)), b""),
            401,
            "",
        ),
    ]
}

fn framing() -> Vec<Row> {
    let post = |headers: &str, body: &str| {
        let key = format!("authorization: Bearer {WRITE_KEY}");
        format!("POST {TEXT} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{key}\r\n{JSON}\r\n{headers}\r\n\r\n{body}")
    };
    let chunked = "transfer-encoding: chunked";
    let smuggled = "0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    vec![
        row("two lengths", post("content-length: 2\r\ncontent-length: 3", "{}}"), 400, ""),
        row("two lengths in one header", post("content-length: 2, 3", "{}}"), 400, ""),
        row("a length below zero", post("content-length: -1", "{}"), 400, ""),
        row("a length with a sign", post("content-length: +2", "{}"), 400, ""),
        row("a length beyond all numbers", post("content-length: 99999999999999999999999", "{}"), 400, ""),
        row("a length in hexadecimal", post("content-length: 0x2", "{}"), 400, ""),
        row("a length and chunks", post(&format!("content-length: 5\r\n{chunked}"), smuggled), 400, ""),
        row("chunks that are not the last coding", post("transfer-encoding: chunked, gzip", smuggled), 400, ""),
        row("another transfer coding", post("transfer-encoding: gzip", "{}"), 400, ""),
        row("a chunk's size that is no number", post(chunked, "xyz\r\n{}\r\n0\r\n\r\n"), 400, ""),
        row("a chunk's size beyond all numbers", post(chunked, "fffffffffffffffff\r\n{}\r\n"), 400, ""),
        row("a chunk longer than it says", post(chunked, "2\r\n{}}}\r\n0\r\n\r\n"), 400, ""),
        row("an expectation that nobody meets", post("expect: 200-ok\r\ncontent-length: 2", "{}"), 400, ""),
        row(
            "an expectation before a body that is too large",
            post("expect: 100-continue\r\ncontent-length: 99999999", ""),
            413,
            "",
        ),
        row(
            "an expectation before a body that never comes",
            post("expect: 100-continue\r\ncontent-length: 20", ""),
            408,
            "",
        ),
    ]
}

fn methods() -> Vec<Row> {
    let key = format!("authorization: Bearer {WRITE_KEY}");
    let mut rows: Vec<Row> = ["TRACE", "PUT", "GET", "DELETE", "OPTIONS", "PROPFIND", "BREW"]
        .into_iter()
        .map(|method| row(format!("the method {method}"), request(&format!("{method} {TEXT}"), &key, b""), 405, method))
        .collect();
    rows.extend([
        row("CONNECT to somewhere", request("CONNECT example.com:443", "", b""), 404, "").or(400).or(405),
        row("OPTIONS of everything", request("OPTIONS *", "", b""), 404, "").or(400),
        row("a URI of another host", request("GET http://example.com/nowhere", "", b""), 404, "no route"),
        row("a URI with a user", request("GET http://a:b@example.com/nowhere", "", b""), 404, "no route"),
        row("a path with dots", request("GET /v3/../healthz", "", b""), 404, "no route"),
        row("a path with two slashes", request("GET //healthz", "", b""), 404, "no route"),
        row("a slug with a null byte", request("POST /v3/buckets/shop%00/ai/text", JSON, BODY), 404, ""),
        row("a slug that is no UTF-8", request("POST /v3/buckets/%ff/ai/text", JSON, BODY), 400, ""),
        row("a slug of dots", request("POST /v3/buckets/%2e%2e/ai/text", JSON, BODY), 404, ""),
    ]);
    rows
}

fn keys() -> Vec<Row> {
    let post =
        |headers: &str, body: &str| request(&format!("POST {TEXT}"), &format!("{JSON}\n{headers}"), body.as_bytes());
    let asked = "{\"prompt\": \"hi\", \"max_tokens\": 5}";
    let with_key = format!("{{\"prompt\": \"hi\", \"max_tokens\": 5, \"write_key\": \"{WRITE_KEY}\"}}");
    vec![
        row("no key", post("", asked), 401, "write key is required"),
        row("another bucket's key", post(&format!("authorization: Bearer {OTHER_KEY}"), asked), 401, ""),
        row(
            "this bucket's key for another",
            request(
                "POST /v3/buckets/other/ai/text",
                &format!("{JSON}\nauthorization: Bearer {WRITE_KEY}"),
                asked.as_bytes(),
            ),
            401,
            "",
        ),
        row("the read key", post(&format!("authorization: Bearer {READ_KEY}"), asked), 403, "read key"),
        row("Basic", post("authorization: Basic c2hvcDpzaG9w", asked), 401, "Bearer"),
        row("Bearer of nothing", post("authorization: Bearer ", asked), 401, "Bearer"),
        row("the key alone", post(&format!("authorization: {WRITE_KEY}"), asked), 401, "Bearer"),
        row(
            "two keys",
            post(&format!("authorization: Bearer {WRITE_KEY}x\nauthorization: Bearer {WRITE_KEY}"), asked),
            401,
            "",
        ),
        row(
            "the key in the query",
            request(&format!("POST {TEXT}?write_key={WRITE_KEY}"), JSON, asked.as_bytes()),
            401,
            "",
        ),
        row("the key in another header", post(&format!("x-api-key: {WRITE_KEY}"), asked), 401, ""),
        row("a key that is a number", post("", "{\"prompt\": \"hi\", \"write_key\": 5}"), 401, ""),
        row(
            "a wrong key in the header, the right one in the body",
            post("authorization: Bearer wrong", &with_key),
            401,
            "",
        ),
        row("a key that is no ASCII", post("authorization: Bearer \u{e9}\u{e9}", asked), 401, ""),
        row(
            "the key in capitals",
            post(&format!("authorization: Bearer {}", WRITE_KEY.to_uppercase()), asked),
            401,
            "",
        ),
        row(
            "an empty idempotency key",
            allowed(&format!("POST {TEXT}"), &format!("{JSON}\nidempotency-key: "), asked.as_bytes()),
            400,
            "Idempotency-Key",
        ),
        row(
            "an idempotency key of 256 bytes",
            allowed(
                &format!("POST {TEXT}"),
                &format!("{JSON}\nidempotency-key: {}", "a".repeat(256)),
                asked.as_bytes(),
            ),
            400,
            "Idempotency-Key",
        ),
        row(
            "an idempotency key that is no ASCII",
            allowed(&format!("POST {TEXT}"), &format!("{JSON}\nidempotency-key: \u{e9}"), asked.as_bytes()),
            400,
            "Idempotency-Key",
        ),
    ]
}
