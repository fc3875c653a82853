//! The media library: names and ids that climb, uploads that are none, questions that make no sense.

use serde_json::Value;

use super::{OTHER_KEY, Row, allowed, request, row};
use crate::fixture::{Fixture, READ_KEY};

const MEDIA: &str = "/v3/buckets/shop/media";
/// The smallest picture.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// The one medium that there is; its name in URLs.
pub(super) async fn upload(fixture: &Fixture) -> String {
    let answered = fixture.raw(&multipart("a", &[part("media", "dot.png", PNG), b"--a--\r\n".to_vec()])).await;
    let body = answered.split_once("\r\n\r\n").expect(&answered).1;
    let answer: Value = serde_json::from_str(body).expect(&answered);
    let name = answer["media"]["name"].as_str().expect(&answered);
    name.to_owned()
}

fn part(name: &str, file: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--a\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\ncontent-type: image/png\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

fn multipart(boundary: &str, parts: &[Vec<u8>]) -> Vec<u8> {
    let kind = if boundary.is_empty() { String::new() } else { format!("; boundary={boundary}") };
    allowed(&format!("POST {MEDIA}"), &format!("content-type: multipart/form-data{kind}"), &parts.concat())
}

pub(super) fn rows(name: &str) -> Vec<Row> {
    [files(name), ids(), uploads(), lists(), changes()].into_iter().flatten().collect()
}

fn files(name: &str) -> Vec<Row> {
    let climbing = [
        "..%2f..%2fspend.db",
        "%2e%2e/spend.db",
        "%2e%2e%2fspend.db",
        "..%5cspend.db",
        "..\\spend.db",
        "%00",
        "a.png%00.txt",
        "..%c0%afspend.db",
        "%2fetc%2fpasswd",
        "C:%5cWindows%5cwin.ini",
        "..%252fspend.db",
        "spend.db",
        "%ff%fe",
        ".",
        "",
    ];
    let mut rows: Vec<Row> = climbing
        .into_iter()
        .map(|name| row(format!("the file {name:?}"), request(&format!("GET /media/{name}"), "", b""), 404, "").or(400))
        .collect();
    // Ranges that make no sense are ignored, as the standard says, or refused.
    for range in ["bytes=9999999-", "bytes=5-2", "bytes=-0"] {
        let ask = request(&format!("GET /media/nothing-{name}"), &format!("range: {range}"), b"");
        rows.push(row(format!("the range {range} of nothing"), ask, 404, ""));
    }
    let beyond = request(&format!("GET /media/{name}"), "range: bytes=9999999-99999999", b"");
    rows.push(row("a range beyond the end", beyond, 416, ""));
    rows.push(row("a file that is to be changed", request(&format!("PUT /media/{name}"), "", b"a"), 405, "PUT"));
    rows
}

fn ids() -> Vec<Row> {
    ["..%2f..%2fa", "%00", "%ff", "a%20b", "'%20OR%201=1--", "{id}", "%2e%2e"]
        .into_iter()
        .map(|id| {
            let ask = request(&format!("GET {MEDIA}/{id}?read_key={READ_KEY}"), "", b"");
            row(format!("the medium {id:?}"), ask, 404, "").or(400)
        })
        .chain([
            row(
                "two keys",
                request(&format!("GET {MEDIA}?read_key=a&read_key={OTHER_KEY}"), "", b""),
                400,
                "read_key is given twice",
            ),
            row(
                "two keys for the usage",
                request(&format!("GET /v3/usage?read_key=a&read_key={OTHER_KEY}"), "", b""),
                400,
                "read_key is given twice",
            ),
            row(
                "a key that is not UTF-8",
                request(&format!("GET {MEDIA}?read_key={OTHER_KEY}%ff"), "", b""),
                400,
                "query string is not UTF-8",
            ),
            row("a medium without a key", request(&format!("GET {MEDIA}/a"), "", b""), 401, "key"),
            row(
                "a medium with another bucket's key",
                request(&format!("GET {MEDIA}/a?read_key={OTHER_KEY}"), "", b""),
                401,
                "",
            ),
            row(
                "to delete with the read key",
                request(&format!("DELETE {MEDIA}/a"), &format!("authorization: Bearer {READ_KEY}"), b""),
                403,
                "",
            ),
            row("to delete what is not there", allowed(&format!("DELETE {MEDIA}/nothing"), "", b""), 404, ""),
        ])
        .collect()
}

fn uploads() -> Vec<Row> {
    let end = b"--a--\r\n".to_vec();
    let field = |name: &str, value: &str| {
        format!("--a\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes()
    };
    let picture = || part("media", "dot.png", PNG);
    let upload = |name: &str, parts: &[Vec<u8>], status, says| row(name, multipart("a", parts), status, says);
    vec![
        row("an upload without a boundary", multipart("", &[picture(), end.clone()]), 400, "").or(415),
        row("an upload with another boundary", multipart("b", &[picture(), end.clone()]), 400, ""),
        row(
            "an upload that is JSON",
            allowed(&format!("POST {MEDIA}"), "content-type: application/json", b"{}"),
            415,
            "multipart",
        ),
        row("an upload without a kind", allowed(&format!("POST {MEDIA}"), "", b"a"), 415, "multipart"),
        row(
            "an upload of nothing",
            allowed(&format!("POST {MEDIA}"), "content-type: multipart/form-data; boundary=a", b""),
            400,
            "",
        ),
        upload("an upload without a file", &[field("folder", "a"), end.clone()], 400, "media"),
        upload("an upload that is cut", &[picture()], 400, ""),
        upload("an upload of two files", &[picture(), picture(), end.clone()], 400, ""),
        upload("a field's name of 2 MiB", &[field(&"n".repeat(2 << 20), "a"), picture(), end.clone()], 400, "").or(413),
        upload("a field of 4 MiB", &[field("folder", &"f".repeat(4 << 20)), picture(), end.clone()], 413, "").or(400),
        upload("a folder above", &[field("folder", "../x"), picture(), end.clone()], 400, "folder"),
        upload("a folder with a null byte", &[field("folder", "a\0b"), picture(), end.clone()], 400, "folder"),
        upload("metadata that are no JSON", &[field("metadata", "{a"), picture(), end.clone()], 400, "metadata"),
        upload("metadata that are a list", &[field("metadata", "[1]"), picture(), end.clone()], 400, "metadata"),
        upload(
            "metadata 200 deep",
            &[field("metadata", &format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200))), picture(), end.clone()],
            400,
            "metadata",
        ),
        row(
            "an upload without a key",
            request(
                &format!("POST {MEDIA}"),
                "content-type: multipart/form-data; boundary=a",
                &[picture(), end.clone()].concat(),
            ),
            401,
            "key",
        ),
        row(
            "an upload that is said to be too large",
            format!(
                "POST {MEDIA} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer {}\r\ncontent-type: multipart/form-data; boundary=a\r\ncontent-length: 99999999999\r\n\r\n--a\r\n",
                crate::fixture::WRITE_KEY
            ),
            413,
            "",
        ),
    ]
}

fn lists() -> Vec<Row> {
    let list = |query: &str| request(&format!("GET {MEDIA}?read_key={READ_KEY}&{query}"), "", b"");
    let wrong = [
        ("query={a", "query"),
        ("query=[1]", "query"),
        ("query=5", "query"),
        ("query=%7B%22type%22%3A%7B%22%24where%22%3A%22sleep(1)%22%7D%7D", "query"),
        ("query=%7B%22type%22%3A%7B%22%24regex%22%3A%22(((((%22%7D%7D", "query"),
        ("limit=-1", "limit"),
        ("limit=1000000000", "limit"),
        ("limit=abc", "limit"),
        ("limit=1.5", "limit"),
        ("skip=-1", "skip"),
        ("skip=99999999999999999999", "skip"),
        ("sort=bogus", "sort"),
        ("sort=created_at;drop%20table%20media", "sort"),
    ];
    let mut rows: Vec<Row> =
        wrong.into_iter().map(|(query, says)| row(format!("a list by {query}"), list(query), 400, says)).collect();
    rows.extend([
        row("a list without a key", request(&format!("GET {MEDIA}?limit=1"), "", b""), 401, "key"),
        row("a list with an empty key", request(&format!("GET {MEDIA}?read_key="), "", b""), 401, ""),
        row("a list of nothing", list("query=%7B%22folder%22%3A%22nowhere%22%7D"), 404, ""),
        row("a list of a bucket that is none", request("GET /v3/buckets/nowhere/media", "", b""), 404, "no bucket"),
        row("a list by bytes that are no UTF-8", list("query=%ff"), 400, "").or(404),
    ]);
    rows
}

fn changes() -> Vec<Row> {
    let change =
        |body: &str| allowed(&format!("PATCH {MEDIA}/nothing"), "content-type: application/json", body.as_bytes());
    vec![
        row("a change of what is not there", change("{\"metadata\": {}}"), 404, "").or(400),
        row("a change that is a list", change("[]"), 400, "a list"),
        row("a change that is no JSON", change("{"), 400, "not JSON"),
        row(
            "a change without a key",
            request(&format!("PATCH {MEDIA}/nothing"), "content-type: application/json", b"{}"),
            401,
            "key",
        ),
        row(
            "a change that is text",
            allowed(&format!("PATCH {MEDIA}/nothing"), "content-type: text/plain", b"{}"),
            415,
            "",
        ),
    ]
}
