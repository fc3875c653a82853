//! Every shape of event, every way a stream ends, and what comes of them.

mod faults;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

use cosmic_ai_core::{ErrorKind, OperationId, Outcome, TextResponse, TextStream};
use proptest::prelude::*;

use super::plain::plain_text;
use super::*;

/// A body of ready chunks that tells when it is dropped.
struct Body {
    chunks: VecDeque<Result<Bytes, Error>>,
    dropped: Arc<AtomicBool>,
}

impl Body {
    fn new(stream: impl AsRef<[u8]>) -> Self {
        let chunks = [Ok(Bytes::copy_from_slice(stream.as_ref()))].into();
        Self { chunks, dropped: Arc::default() }
    }
}

impl Stream for Body {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.chunks.pop_front())
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.dropped.store(true, Ordering::Relaxed);
    }
}

fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    match Pin::new(stream).poll_next(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(item) => item,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn items(body: Body) -> Vec<Result<TextEvent, Error>> {
    let mut events = TextEvents::new(body, 1_000);
    std::iter::from_fn(|| next(&mut events)).collect()
}

/// The items in short: text as it is, usage as `[input output]`, the end as `END text usage`, errors as `ERROR display`.
fn short(items: &[Result<TextEvent, Error>]) -> String {
    let usage = |usage: &Usage| format!("[{} {}]", usage.input_tokens, usage.output_tokens);
    let words: Vec<_> = items
        .iter()
        .map(|item| match item {
            Ok(TextEvent::Delta(text)) => text.clone(),
            Ok(TextEvent::Usage(used)) => usage(used),
            Ok(TextEvent::End(end)) => format!("END{}{}", end.text, end.usage.as_ref().map(usage).unwrap_or_default()),
            Ok(other) => panic!("{other:?}"),
            Err(error) => format!("ERROR {error}"),
        })
        .collect();
    words.join("|")
}

fn check(stream: &str, expected: &str) {
    assert_eq!(short(&items(Body::new(stream))), expected, "{stream}");
}

/// Each on a stream of its own, as the data of one event.
fn check_data(data: &str, expected: &str) {
    check(&format!("data: {data}\n\n"), expected);
}

#[test]
fn every_documented_shape() {
    let usage = r#"{"input_tokens":1,"output_tokens":2}"#;
    check_data(r#"{"text":"Hi"}"#, "Hi");
    check_data(r#"{"text" : "Hi" }"#, "Hi");
    check_data(r#"{"text":"a\nb\"\\\u00fc\ud83e\udd80/"}"#, "a\nb\"\\ü🦀/");
    check_data(&format!(r#"{{"token_count":{usage}}}"#), "[1 2]");
    check_data(r#"{"event":"end"}"#, "END");
    check_data(r#"{"event":"end","data":null}"#, "END");
    check_data(&format!(r#"{{"event":"end","data":{{"usage":{usage}}}}}"#), "END[1 2]");
    check_data(&format!(r#"{{"event":"end","data":{{"token_count":{usage}}}}}"#), "END[1 2]");
    check_data(&format!(r#"{{"event":"end","data":{{"text":"Hi","usage":{usage}}}}}"#), "ENDHi[1 2]");
    check_data(r#"{"event":"end","data":{"usage":"many","text":7}}"#, "END");
    check_data(r#"{"error":"no luck"}"#, "ERROR server failed: no luck");
    check_data(r#"{"error":{"message":"no luck","code":"E7"}}"#, "ERROR server failed: no luck [E7]");
    // All at once.
    check_data(&format!(r#"{{"event":"end","token_count":{usage},"text":"Hi"}}"#), "Hi|[1 2]|END");
    check_data(
        &format!(r#"{{"error":"bad","event":"end","token_count":{usage},"text":"Hi"}}"#),
        "Hi|[1 2]|ERROR server failed: bad",
    );
}

#[test]
fn the_shapes_of_the_models_behind() {
    check(
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Hi\"}}\n\n",
        "Hi",
    );
    check_data(r#"{"content":"Hi"}"#, "Hi");
    check_data(r#"{"delta":{"content":"Hi"}}"#, "Hi");
    check_data(r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"}}]}"#, "Hi");
    check_data(r#"{"text":"Hi","content":"Hi","delta":{"content":"Hi"}}"#, "Hi");
    check_data(r#"{"text":null,"content":"Hi"}"#, "Hi");
    check_data(r#"{"usage":{"input_tokens":1,"output_tokens":2}}"#, "[1 2]");
}

#[test]
fn what_is_not_known_or_says_nothing_is_ignored() {
    for data in [
        "[DONE]",
        "",
        " ",
        "{}",
        "null",
        "7",
        r#""ping""#,
        "[]",
        r#"{"text":""}"#,
        r#"{"text":null}"#,
        r#"{"type":"ping"}"#,
        r#"{"event":"start","data":{"text":"no"}}"#,
        r#"{"event":7}"#,
        r#"{"error":null}"#,
        r#"{"error":false}"#,
        r#"{"error":""}"#,
        r#"{"token_count":null}"#,
        r#"{"token_count":{"input_tokens":1}}"#,
        r#"{"token_count":"12"}"#,
        r#"{"content":[{"type":"text","text":"no"}]}"#,
        r#"{"delta":{"stop_reason":"end_turn"}}"#,
        r#"{"delta":"no"}"#,
        r#"{"delta":{"type":"thinking_delta","thinking":"no"}}"#,
        r#"{"choices":[]}"#,
        r#"{"choices":[{"delta":{"content":null}}]}"#,
        r#"{"choices":"no"}"#,
        r#"{"choices":[{"delta":{}}],"usage":{"prompt_tokens":1}}"#,
    ] {
        check(&format!("data: {{\"text\":\"a\"}}\n\ndata: {data}\n\ndata: {{\"text\":\"b\"}}\n\n"), "a|b");
    }
    check("event: ping\ndata: whatever\n\n: comment\n\nid: 3\nretry: 7\n\ndata: {\"text\":\"a\"}\n\n", "a");
}

#[test]
fn an_event_is_one_object_on_several_lines_or_an_object_a_line() {
    check("data: {\"text\":\ndata: \"Hi\"}\n\n", "Hi");
    check(
        "data: {\"text\":\"a\"}\ndata: {\"text\":\"b\"}\ndata:\ndata: [DONE]\ndata: {\"event\":\"end\"}\n\n",
        "a|b|END",
    );
    // What was good comes out before what is not.
    let found = short(&items(Body::new("data: {\"text\":\"a\"}\ndata: {\"text\"\ndata: {\"text\":\"c\"}\n\n")));
    assert_eq!(
        found,
        r#"a|ERROR answer not understood: an event of the stream is not the JSON that it should be: `{"text" {"text":"c"}`"#
    );
}

#[test]
fn nothing_comes_after_the_end_and_the_body_is_dropped() {
    for last in [r#"{"event":"end"}"#, r#"{"error":"bad"}"#, "rubbish"] {
        let mut body =
            Body::new(format!("data: {last}\n\ndata: {{\"text\":\"late\"}}\n\ndata: {{\"event\":\"end\"}}\n\n"));
        body.chunks
            .push_back(Ok(Bytes::from_static(b"data: {\"token_count\":{\"input_tokens\":1,\"output_tokens\":2}}\n\n")));
        let dropped = body.dropped.clone();
        let mut events = TextEvents::new(body, 1_000);
        assert!(next(&mut events).is_some());
        assert!(dropped.load(Ordering::Relaxed), "{last}");
        assert!(next(&mut events).is_none() && next(&mut events).is_none(), "{last}");
    }
}

#[test]
fn a_last_event_without_its_blank_line_counts_and_a_cut_one_is_no_news() {
    check("data: {\"text\":\"a\"}\n\ndata: {\"event\":\"end\"}", "a|END");
    check("data: {\"text\":\"a\"}\n\ndata: {\"error\":\"bad\"}\n", "a|ERROR server failed: bad");
    check("data: {\"text\":\"a\"}\n\ndata: {\"text\":\"b", "a");
    check("data: {\"text\":\"a\"}\ndata: {\"text\":\"b", "a");
    check("data: {\"text\":\"a\"}\n\ndata: [DONE]\n\n", "a");
    check("", "");
}

#[test]
fn within_a_text_stream_the_rules_hold() {
    let collect = |stream: &str| -> Vec<_> {
        let mut stream = TextStream::new(&OperationId::mint(), TextEvents::new(Body::new(stream), 1_000));
        std::iter::from_fn(|| next(&mut stream)).collect()
    };
    let whole = collect(
        "data: {\"text\":\"a\"}\n\ndata: {\"token_count\":{\"input_tokens\":1,\"output_tokens\":2}}\n\ndata: {\"text\":\"b\",\"event\":\"end\"}\n\n",
    );
    assert_eq!(short(&whole), "a|[1 2]|b|ENDab[1 2]");
    for cut in ["", "data: [DONE]\n\n", "data: {\"text\":\"c"] {
        let mut items = collect(&format!(
            "data: {{\"text\":\"a\",\"token_count\":{{\"input_tokens\":1,\"output_tokens\":2}}}}\n\n{cut}"
        ));
        let error = items.pop().unwrap().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Interrupted { .. }), "{error:?}");
        assert_eq!(
            (error.partial_text(), error.usage(), error.outcome()),
            (Some("a"), Some(Usage::new(1_u32, 2_u32)), Outcome::UNKNOWN)
        );
    }
}

#[test]
fn what_the_end_says_beyond_is_kept() {
    let items = items(Body::new("data: {\"event\":\"end\",\"data\":{\"model\":\"m\",\"finish\":\"stop\"}}\n\n"));
    let Some(Ok(TextEvent::End(TextResponse { model: Some(model), extra, .. }))) = items.into_iter().next() else {
        panic!()
    };
    assert_eq!((model.as_str(), extra.get("finish").unwrap().as_str()), ("m", Some("stop")));
}

#[test]
fn a_fragment_takes_one_allocation() {
    let stream = "data: {\"text\":\" fragment\"}\n\ndata: {\"text\":\"\\n\\n```\\\"\"}\n\n".repeat(500);
    let mut body = Body::new("");
    body.chunks = stream.as_bytes().chunks(1_000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let mut events = TextEvents::new(body, 1_000);
    let mut fragments = 0_u64;
    let counted = allocation_counter::measure(|| {
        while let Some(item) = next(&mut events) {
            fragments += u64::from(item.is_ok());
        }
    });
    assert_eq!(fragments, 1_000);
    assert!(counted.count_total <= 1_010, "{}", counted.count_total);
}

#[test]
fn debug_shows_no_text() {
    let mut events = TextEvents::new(Body::new("data: {\"text\":\"a\"}\n\ndata: secret"), 1_000);
    assert!(next(&mut events).is_some());
    assert!(!format!("{events:?}").contains("secret"));
}

proptest! {
    /// The short cut says nothing that a parser would not say.
    #[test]
    fn the_short_cut_agrees_with_the_parser(inner in r#"([a-z 🦀"\\/]|\\[nrtbf"\\/u]|\\u00e[0-9]|[\x00-\x20]){0,8}"#) {
        #[derive(serde::Deserialize)]
        struct Plain { text: String }
        let data = format!(r#"{{"text":"{inner}"}}"#);
        if let Some(text) = plain_text(&data) {
            prop_assert_eq!(serde_json::from_str::<Plain>(&data).unwrap().text, text);
        }
    }

    /// And it is taken for every text of plain characters.
    #[test]
    fn the_short_cut_is_taken(text in "[^\\x00-\\x1f\\x7f]{0,20}") {
        let data = serde_json::json!({ "text": text }).to_string();
        prop_assert_eq!(plain_text(&data), Some(text));
    }
}
