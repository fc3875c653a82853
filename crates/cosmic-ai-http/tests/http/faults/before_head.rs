//! The request has left and no answer has begun: the outcome is open, and nothing is sent again.

use cosmic_ai_testkit::server::{Reply, Turn};

use super::super::ask::Ask::{Extend, Image, Speech, Stream, Text, Video};
use super::super::ask::Money;
use super::super::fault::Fault;
use super::super::setup::{ms, patient};

pub(super) fn faults() -> Vec<Fault> {
    let read = || Turn::new().read_request();
    let interrupted = |fault: Fault| fault.fails("interrupted", Money::Unknown);
    vec![
        interrupted(Fault::at_server("accepted and closed", Image, Turn::new().close())).requests(0),
        interrupted(Fault::at_server("reset after the head of the request", Video, Turn::new().read_head().reset())),
        interrupted(Fault::at_server("reset before the head", Text, read().reset())),
        interrupted(Fault::at_server("reset before the head, streaming", Stream, read().reset())),
        interrupted(Fault::at_server("closed before the head", Speech, read().close())),
        interrupted(Fault::at_server("closed before the head, image", Image, read().close())),
        interrupted(Fault::at_server(
            "closed within the head",
            Extend,
            read().send("HTTP/1.1 200 OK\r\nconte").close(),
        )),
        interrupted(Fault::at_server("reset within the head", Text, read().send("HTTP/1.1 200 OK\r\nconte").reset())),
        interrupted(Fault::at_server("not HTTP", Video, read().send("SSH-2.0-OpenSSH_9.9\r\n\r\n").close())),
        interrupted(Fault::at_server(
            "a length that is none",
            Text,
            read().send("HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}").close(),
        )),
        interrupted(Fault::at_server(
            "an endless head",
            Text,
            read().send("HTTP/1.1 200 OK\r\nx: ").fill(b'x', 4 << 20).hold(),
        )),
        interrupted(Fault::at_server(
            "closed after telling to go on",
            Image,
            read().send("HTTP/1.1 100 Continue\r\n\r\n").close(),
        )),
        Fault::at_server("no first byte", Video, read().hold())
            .with(|builder| builder.with_timeouts(patient().with_first_byte(ms(250))))
            .fails("timeout first byte", Money::Unknown)
            .says("250ms"),
        Fault::at_server("no first byte, streaming", Stream, read().hold())
            .with(|builder| builder.with_timeouts(patient().with_first_byte(ms(250))))
            .fails("timeout first byte", Money::Unknown),
        Fault::at_server("half a head and no more", Text, read().send("HTTP/1.1 200 OK\r\n").hold())
            .with(|builder| builder.with_timeouts(patient().with_first_byte(ms(250))))
            .fails("timeout first byte", Money::Unknown),
        Fault::at_server("no first byte within the call's time", Speech, read().hold())
            .time_limit(ms(250))
            .fails("timeout total", Money::Unknown)
            .says("250ms"),
        Fault::at_server(
            "an answer without a status line's text",
            Text,
            read().send("HTTP/1.1 200\r\ncontent-length: 13\r\n\r\n{\"text\":\"ok\"}"),
        )
        .answers("ok"),
        Fault::at_server(
            "two answers to one request",
            Text,
            read().send("HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"text\":\"ok\"}HTTP/1.1 200 OK\r\n\r\n"),
        )
        .answers("ok"),
        Fault::at_server("unasked for protocol", Text, Reply::new(101, "")).fails("server", Money::Unknown).status(101),
    ]
}
