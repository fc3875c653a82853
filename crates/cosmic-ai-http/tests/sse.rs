//! Properties of streams: any split equals the whole, arbitrary bytes do no harm, and another reading of the standard
//! finds the same events.

#![allow(clippy::expect_used, reason = "tests fail by panicking")]

#[path = "../fuzz/bodies.rs"]
mod bodies;

use bodies::{Split, any_split_equals_the_whole, cut, read, split};
use proptest::prelude::*;
use sse_core::{SseDecoder, SseEvent};

/// The end of a line, each as likely as the others.
fn end() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["\n", "\r\n", "\r"])
}

/// Text with characters of every length, and what JSON and the event stream take for special.
const TEXT: &str = "[a-z :üé日🦀🇨🇭\u{feff}{}\",]{0,12}";

/// A line: data of every shape, names, comments, other fields, nonsense.
fn line() -> impl Strategy<Value = String> {
    let text = || prop::string::string_regex(TEXT).expect("a pattern");
    let json = |text: String| serde_json::json!({ "text": text }).to_string();
    let colon = || prop::sample::select(vec![":", ": ", ":  "]);
    prop_oneof![
        6 => (colon(), text()).prop_map(move |(colon, text)| format!("data{colon}{}", json(text))),
        3 => (colon(), text()).prop_map(|(colon, text)| format!("data{colon}{text}")),
        1 => prop::sample::select(vec![
            "data", "event", "event: error", "event:", "id: 7", "id", "retry: 10", ":", "dat", "datum: x", " data: x", "data: [DONE]",
            "data: {\"event\":\"end\",\"data\":{\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}}",
            "data: {\"token_count\":{\"input_tokens\":3,\"output_tokens\":4},\"text\":\"x\"}",
            "data: {\"error\":{\"message\":\"bad\"}}",
            "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"x\\n\"}}",
        ]).prop_map(str::to_owned),
        1 => text().prop_map(|text| format!("event: {text}")),
        1 => text().prop_map(|text| format!(": {text}")),
        1 => text(),
    ]
}

/// A stream: perhaps a mark, then lines of any kind with ends of any kind, blank ones often; perhaps cut off.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let lines = prop::collection::vec((prop::option::weighted(0.6, line()), end()), 0..24);
    (prop::bool::weighted(0.3), lines, 0..6_usize).prop_map(|(mark, lines, missing)| {
        let mut stream = if mark { "\u{feff}".to_owned() } else { String::new() };
        for (line, end) in lines {
            stream.push_str(line.as_deref().unwrap_or_default());
            stream.push_str(end);
        }
        let mut stream = stream.into_bytes();
        stream.truncate(stream.len().saturating_sub(missing));
        stream
    })
}

/// The same events as another implementation finds: text, and the name unless it is the default.
fn by_the_oracle(stream: &[u8]) -> Vec<(String, String)> {
    let (mut decoder, mut rest, mut found) = (SseDecoder::new(), stream, Vec::new());
    while let Some(event) = decoder.next(&mut rest) {
        if let SseEvent::Message(message) = event.expect("small") {
            found.push((message.data, message.event.into_owned()));
        }
    }
    found
}

/// Ours as the oracle shows them: it replaces what is not UTF-8 and names events that have no name.
fn shown(found: Vec<Split>) -> Vec<(String, String)> {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let shown = found.into_iter().map(|event| event.expect("small"));
    shown.map(|(data, name)| (text(data), name.map_or_else(|| "message".to_owned(), text))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_split_of_a_stream_equals_the_whole(stream in stream(), seeds in prop::collection::vec(any::<u8>(), 0..8), limit in 0..80_u8) {
        any_split_equals_the_whole(&[&[u8::try_from(seeds.len())?, limit], seeds.as_slice(), &stream].concat());
    }

    #[test]
    fn byte_by_byte_and_in_two_anywhere_equals_the_whole(stream in stream()) {
        let whole = (split(&[&stream], 10_000, true), read(&[&stream], 10_000));
        prop_assert_eq!(&(split(&cut(&stream, &[1]), 10_000, true), read(&cut(&stream, &[1]), 10_000)), &whole);
        for place in 0..stream.len() {
            let (before, after) = stream.split_at(place);
            prop_assert_eq!(&(split(&[before, after], 10_000, true), read(&[before, after], 10_000)), &whole);
        }
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(input in prop::collection::vec(any::<u8>(), 0..400)) {
        any_split_equals_the_whole(&input);
    }

    /// The oracle has no end of a stream, so ours is not told of it either. It gives `retry` as events of their own, which
    /// are left out; beyond that nothing is restricted: marks, cut marks, bytes that are no UTF-8, fields of every shape.
    #[test]
    fn another_reading_of_the_standard_finds_the_same(stream in stream(), seeds in prop::collection::vec(any::<u8>(), 0..8)) {
        prop_assert_eq!(shown(split(&cut(&stream, &seeds), 10_000, false)), by_the_oracle(&stream));
    }

    #[test]
    fn another_reading_finds_the_same_in_special_bytes(stream in prop::collection::vec(prop::sample::select(b"\n\n\n\r\r:: datevnx\xEF\xBB\xBF\0".to_vec()), 0..60), seeds in prop::collection::vec(any::<u8>(), 0..4)) {
        prop_assert_eq!(shown(split(&cut(&stream, &seeds), 10_000, false)), by_the_oracle(&stream));
    }

    #[test]
    fn another_reading_finds_the_same_in_pieces_of_fields(pieces in prop::collection::vec(prop::sample::select(vec!["\n", "\r\n", "\r", "data", "event", ":", " ", "x", "id", "da", "\u{feff}", "retry:1"]), 0..40), seeds in prop::collection::vec(any::<u8>(), 0..4)) {
        let stream = pieces.concat().into_bytes();
        prop_assert_eq!(shown(split(&cut(&stream, &seeds), 10_000, false)), by_the_oracle(&stream));
    }
}
