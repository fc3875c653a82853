//! Types by bytes.

use super::*;

fn check(head: &[u8], declared: &str, expected: &str) {
    assert_eq!(of(head, declared), expected, "{:?} said to be {declared}", String::from_utf8_lossy(head));
}

#[test]
fn bytes_count_whatever_is_declared() {
    for declared in ["text/html", "image/png", "", "nonsense"] {
        check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", declared, "image/png");
        check(b"\xff\xd8\xff\xe0\0\x10JFIF\0", declared, "image/jpeg");
        check(b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41", declared, "video/mp4");
        check(b"ID3\x04\0\0\0\0\0\0\0\0\0\0", declared, "audio/mpeg");
        check(b"\xff\xfb\x90\x44\0\0\0\0\0", declared, "audio/mpeg");
        check(b"%PDF-1.7\n", declared, "application/pdf");
    }
}

#[test]
fn of_text_the_declared_type_counts() {
    check(b"a,b\n1,2\n", "text/csv", "text/csv");
    check(b"a,b\n1,2\n", "Text/CSV; charset=utf-8", "text/csv");
    check(b"{\"a\": 1}", "application/json", "application/json");
    check(b"<html><p>x</p></html>", "text/plain", "text/plain");
    check(b"<html><p>x</p></html>", "text/html", "text/html");
    check("Grüße".as_bytes(), "text/markdown", "text/markdown");
    check(b"", "text/plain", "text/plain");
}

#[test]
fn what_cannot_be_told_is_of_no_known_type() {
    check(b"a,b\n", "image/png", "application/octet-stream");
    check(b"a,b\n", "", "application/octet-stream");
    check(b"a\0b", "text/plain", "application/octet-stream");
    check(b"\xff\xfe\xfd", "text/plain", "application/octet-stream");
    check(b"\xc3", "text/plain", "application/octet-stream");
    check(b"x", "text/pl\nain", "application/octet-stream");
    check(b"x", "text/", "application/octet-stream");
    check(&(0..=255).collect::<Vec<u8>>(), "application/octet-stream", "application/octet-stream");
}

#[test]
fn a_character_that_the_head_cuts_is_no_fault() {
    let mut head = vec![b'x'; HEAD_BYTES - 1];
    head.push(0xc3);
    check(&head, "text/plain", "text/plain");
}

#[test]
fn drawings_are_known_by_their_first_element() {
    check(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "text/plain", "image/svg+xml");
    check(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<!DOCTYPE svg>\n<svg>", "image/svg+xml", "image/svg+xml");
    check(b"a text that speaks of <svg> drawings", "image/svg+xml", "text/plain");
    check(b"<svgfoo>", "image/svg+xml", "text/plain");
}

#[test]
fn documents_in_archives_keep_their_type() {
    let zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0!\0";
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    check(zip, word, word);
    check(zip, "application/epub+zip", "application/epub+zip");
    check(zip, "text/html", "application/zip");
}
