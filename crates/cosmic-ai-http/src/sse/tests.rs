//! The splitter on examples: the standard's own, every way to end a line, every cut, its limit and its memory.

use super::*;

/// What comes out of these chunks, data and name as text, and the error if there is one.
fn split(chunks: &[&[u8]], limit: usize) -> (Vec<(String, String)>, Option<EventTooLarge>) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut splitter = SseSplitter::new().with_event_limit(limit);
    let mut events = Vec::new();
    for chunk in chunks {
        let mut rest = *chunk;
        loop {
            match splitter.next_event(&mut rest) {
                Ok(Some(event)) => events.push((text(event.data()), text(event.name().unwrap_or_default()))),
                Ok(None) => break,
                Err(error) => return (events, Some(error)),
            }
            assert!(splitter.buffered() <= limit);
        }
        assert!(rest.is_empty() && splitter.buffered() <= limit);
    }
    events.extend(splitter.finish().map(|event| (text(event.data()), text(event.name().unwrap_or_default()))));
    (events, None)
}

/// The same, whole, cut into two and three everywhere, and byte by byte.
fn check(stream: &[u8], expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|&(data, name)| (data.to_owned(), name.to_owned())).collect();
    let same = |chunks: &[&[u8]]| {
        assert_eq!(
            split(chunks, 1_000),
            (expected.clone(), None),
            "{:?}",
            chunks.iter().map(|c| c.escape_ascii().to_string()).collect::<Vec<_>>()
        );
    };
    same(&[stream]);
    same(&stream.chunks(1).collect::<Vec<_>>());
    for first in 0..=stream.len() {
        for second in first..=stream.len() {
            same(&[&stream[..first], &stream[first..second], &stream[second..]]);
        }
    }
}

#[test]
fn the_examples_of_the_standard() {
    check(b"data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\ndata: This is the third message.\n\n",
        &[("This is the first message.", ""), ("This is the second message, it\nhas two lines.", ""), ("This is the third message.", "")]);
    check(
        b"event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
        &[("73857293", "add"), ("2153", "remove"), ("113411", "add")],
    );
    check(b"data: YHOO\ndata: +2\ndata: 10\n\n", &[("YHOO\n+2\n10", "")]);
    check(
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        &[("first event", ""), ("second event", ""), (" third event", "")],
    );
    // The standard drops the last one, as the stream ends within it; here it comes out of `finish`.
    check(b"data\n\ndata\ndata\n\ndata:", &[("", ""), ("\n", ""), ("", "")]);
    check(b"data:test\n\ndata: test\n\n", &[("test", ""), ("test", "")]);
}

#[test]
fn lines_end_with_lf_crlf_or_cr_mixed_at_will() {
    for end in ["\n", "\r\n", "\r"] {
        let stream = ["event: a", "data: 1", "data: 2", "", ": c", "", "", "data:3", "", ""].join(end);
        check(stream.as_bytes(), &[("1\n2", "a"), ("3", "")]);
    }
    check(b"data: a\r\ndata: b\rdata: c\n\r\ndata: d\r\r\ndata: e\n\r", &[("a\nb\nc", ""), ("d", ""), ("e", "")]);
    // A CR ends the event at once; the LF that follows belongs to it, a second one does not.
    check(b"data: a\r\n\r\n\r\n\ndata: b\n\n", &[("a", ""), ("b", "")]);
}

#[test]
fn an_event_comes_out_at_its_carriage_return_without_waiting_for_more() {
    let mut splitter = SseSplitter::new();
    let mut chunk: &[u8] = b"data: a\r\r";
    assert_eq!(splitter.next_event(&mut chunk).unwrap().unwrap().data(), b"a");
    let mut chunk: &[u8] = b"\ndata: b\n\n";
    assert_eq!(splitter.next_event(&mut chunk).unwrap().unwrap().data(), b"b");
}

#[test]
fn a_byte_order_mark_counts_only_at_the_very_beginning() {
    check(b"\xEF\xBB\xBFdata: a\n\n", &[("a", "")]);
    check(b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\n\ndata: b\n\n", &[("b", "")]);
    check(b"\xEF\xBBdata: a\n\ndata: b\n\n", &[("b", "")]);
    check(b"\xEF\xBB", &[]);
    check(b"data: a\n\n\xEF\xBB\xBFdata: b\n\n", &[("a", "")]);
}

#[test]
fn what_does_not_count_is_skipped() {
    check(b"dat: x\ndatum: x\ndata : x\nDATA: x\n data: x\nretry: 5\nid: 7\nx\n:\n\n", &[]);
    check(b"event: lost\n\ndata: a\n\n", &[("a", "")]);
    check(b"event: a\nevent\ndata: x\n\nevent: b\nevent: c\ndata: y\n\n", &[("x", ""), ("y", "c")]);
    check(b"", &[]);
    check(b"\n\r\r\n\n", &[]);
}

#[test]
fn characters_may_be_cut_anywhere() {
    check("data: Grüße 🦀🇨🇭\ndata: 日本\n\n".as_bytes(), &[("Grüße 🦀🇨🇭\n日本", "")]);
}

#[test]
fn the_end_of_the_stream_gives_what_lacks_its_blank_line() {
    check(b"data: a\n", &[("a", "")]);
    check(b"event: e\ndata: a", &[("a", "e")]);
    check(b"data: a\ndata: b", &[("a\nb", "")]);
    check(b"data: a\n\nevent: e\n", &[("a", "")]);
    let mut splitter = SseSplitter::new();
    assert!(splitter.next_event(&mut b"x: y\ndata: a\r".as_slice()).unwrap().is_none());
    assert!(splitter.finish().is_some() && splitter.finish().is_none());
    // And then a new stream begins.
    assert_eq!(splitter.next_event(&mut b"\xEF\xBB\xBFdata: b\n\n".as_slice()).unwrap().unwrap().data(), b"b");
}

#[test]
fn what_is_too_large_is_an_error_wherever_it_is_cut() {
    let long = "x".repeat(40);
    for (stream, before) in [
        (format!("data: a\n\ndata: {long}\n\ndata: b\n\n"), 1),
        (format!("data: a\n\n: {long}\n\n"), 1),
        (format!("data: a\n\nevent: {long}\ndata: b\n\n"), 1),
        (format!("data: a\n\n{long}"), 1),
        ("data: 12345678\n".repeat(5), 0),
        ("data\n".repeat(60), 0),
        (format!("event: {}\ndata: {}\n\n", &long[..20], &long[..20]), 0),
    ] {
        for size in 1..=stream.len() {
            let chunks: Vec<_> = stream.as_bytes().chunks(size).collect();
            let (events, error) = split(&chunks, 30);
            assert_eq!((events.len(), error), (before, Some(EventTooLarge { limit: 30 })), "{stream:?} by {size}");
        }
    }
    // What fits exactly is no error, nor is any number of comments and events.
    check(&[b"data: ".as_slice(), &[b'x'; 994], b"\n\n"].concat(), &[("x".repeat(994).as_str(), "")]);
    let (events, error) = split(&[": ping\n".repeat(100).as_bytes(), "data: a\n\n".repeat(100).as_bytes()], 30);
    assert_eq!((events.len(), error), (100, None));
}

#[test]
fn the_error_stays_until_the_stream_is_ended_and_nothing_is_kept() {
    let mut splitter = SseSplitter::new().with_event_limit(10);
    for _ in 0..3 {
        assert!(splitter.next_event(&mut b"data: 0123456789".as_slice()).is_err());
        assert_eq!(splitter.buffered(), 0);
    }
    assert_eq!(splitter.finish(), None);
    assert!(splitter.next_event(&mut b"data: a\n\n".as_slice()).unwrap().is_some());
}

#[test]
fn memory_is_bounded_by_the_limit_and_given_back() {
    const LIMIT: usize = 1_000_000;
    let mut splitter = SseSplitter::new().with_event_limit(LIMIT);
    assert!(splitter.next_event(&mut b"data: ".as_slice()).unwrap().is_none());
    for _ in 0..99_999 {
        assert!(splitter.next_event(&mut b"0123456789".as_slice()).unwrap().is_none());
        assert!(splitter.held.capacity() <= LIMIT);
    }
    let mut end: &[u8] = b"\n\ndata: b\n\n";
    assert_eq!(splitter.next_event(&mut end).unwrap().unwrap().data().len(), 999_990);
    assert_eq!(splitter.next_event(&mut end).unwrap().unwrap().data(), b"b");
    assert!(splitter.held.capacity() <= 16 * 1024);
    // The same after a comment, which no event follows.
    assert!(splitter.next_event(&mut [b":".as_slice(), &vec![b'x'; 900_000]].concat().as_slice()).unwrap().is_none());
    assert!(splitter.next_event(&mut b"\n".as_slice()).unwrap().is_none());
    assert!(splitter.held.capacity() <= 16 * 1024);
}

#[test]
fn an_event_within_a_chunk_is_not_copied() {
    let mut stream: &[u8] = b"event: e\ndata: 1\n\n: c\ndata: 2\r\n\r\ndata: 3\n\n";
    let mut splitter = SseSplitter::new();
    let mut events = 0;
    let counted = allocation_counter::measure(|| {
        while let Ok(Some(_)) = splitter.next_event(&mut stream) {
            events += 1;
        }
    });
    assert_eq!((events, counted.count_total), (3, 0));
}

#[test]
fn debug_shows_no_bytes() {
    let mut splitter = SseSplitter::new();
    assert!(splitter.next_event(&mut b"data: secret".as_slice()).unwrap().is_none());
    assert!(!format!("{splitter:?}").contains("secret"));
}
