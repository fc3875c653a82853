//! Nothing was sent: no connection could be made. It is tried again, and given up.

use cosmic_ai_testkit::server::{Reply, Script, Turn, UNRESOLVABLE_URL};

use super::super::ask::Ask::{Extend, Image, Speech, Stream, Text, Video};
use super::super::ask::Money;
use super::super::fault::Fault;
use super::super::setup::{ms, patient};
use cosmic_ai_http::RetryPolicy;

pub(super) fn faults() -> Vec<Fault> {
    let no_tls = || Turn::new().send("HTTP/1.1 400 Bad Request\r\n\r\n").close();
    vec![
        Fault::at_url("unknown host", Text, UNRESOLVABLE_URL).fails("connect", Money::NotSent).says("no address"),
        Fault::at_url("unknown host, streaming", Stream, UNRESOLVABLE_URL).fails("connect", Money::NotSent),
        Fault::at_refused_port("refused port", Video).fails("connect", Money::NotSent).says("cannot be reached"),
        Fault::at_refused_port("refused port, image", Image).fails("connect", Money::NotSent),
        Fault::at_tls_server("TLS handshake hangs", Speech, Script::new().then_times(3, Turn::new().deaf()))
            .with(|builder| builder.with_timeouts(patient().with_connect(ms(200))))
            .fails("timeout connect", Money::NotSent)
            .says("200ms")
            .requests(0),
        Fault::at_tls_server("TLS handshake hangs longer than the call may take", Text, Turn::new().deaf())
            .with(|builder| builder.with_retry(RetryPolicy::never()))
            .time_limit(ms(250))
            .fails("timeout total", Money::Unknown)
            .requests(0),
        Fault::at_tls_server("no TLS there", Extend, Script::new().then_times(3, no_tls()))
            .fails("connect", Money::NotSent)
            .requests(0),
        Fault::at_tls_server("reset in the TLS handshake", Text, Script::new().then_times(3, Turn::new().reset()))
            .fails("connect", Money::NotSent)
            .requests(0),
        Fault::at_proxy("a proxy that wants a password", Text, Script::new().then_times(3, Reply::html(407, "Who?")))
            .fails("connect", Money::NotSent)
            .requests(3),
        Fault::at_proxy("a proxy that closes", Image, Script::new().then_times(3, Turn::new().read_head().close()))
            .fails("connect", Money::NotSent)
            .requests(3),
        Fault::at_server("no time at all", Text, Script::new())
            .time_limit(ms(0))
            .fails("timeout total", Money::NotSent)
            .requests(0),
    ]
}
