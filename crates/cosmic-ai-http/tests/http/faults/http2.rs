//! HTTP/2: the client beneath would send again what was refused or not looked at; it must not.

use cosmic_ai_http::{HttpBackend, HttpBackendBuilder};
use cosmic_ai_testkit::server::{H2Error, LastStream, Turn};

use super::super::ask::Ask::{Extend, Image, Speech, Stream, Text, Video};
use super::super::ask::{Ask, Money};
use super::super::fault::Fault;

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];
const EVENTS: &[(&str, &str)] = &[("content-type", "text/event-stream")];
const BEGUN: &str = "data: {\"text\":\"Red\"}\n\ndata: {\"token_count\":{\"input_tokens\":3,\"output_tokens\":4}}\n\n";

fn http2(builder: HttpBackendBuilder) -> HttpBackendBuilder {
    builder.with_client_builder(HttpBackend::client_builder().http2_prior_knowledge())
}

pub(super) fn faults() -> Vec<Fault> {
    let read = || Turn::new().read_request();
    let fault = |name: &'static str, ask: Ask, turn: Turn| {
        Fault::at_server(name, ask, turn).with(http2).fails("interrupted", Money::Unknown)
    };
    let head = || read().h2_head(200, JSON);
    let events = || read().h2_head(200, EVENTS).h2_data(BEGUN);
    let cut = |name, turn| fault(name, Stream, turn).partial("Red").usage(3, 4).at_least(14);
    vec![
        Fault::at_server("an answer by HTTP/2", Text, Turn::h2_json(200, r#"{"text":"fine"}"#))
            .with(http2)
            .answers("fine"),
        fault("stream refused", Text, read().h2_reset_stream(H2Error::RefusedStream).hold()),
        fault("stream refused, clip", Video, read().h2_reset_stream(H2Error::RefusedStream).hold()),
        fault("stream failed", Image, read().h2_reset_stream(H2Error::InternalError).hold()),
        fault("stream cancelled", Text, read().h2_reset_stream(H2Error::Cancel).hold()),
        fault("calm is enhanced", Speech, read().h2_reset_stream(H2Error::EnhanceYourCalm).hold()),
        fault("going away without having looked", Text, {
            read().h2_go_away(H2Error::NoError, LastStream::None).close()
        }),
        fault("going away without having looked, clip", Video, {
            read().h2_go_away(H2Error::NoError, LastStream::None).hold()
        }),
        fault("going away and closing", Extend, read().h2_go_away(H2Error::NoError, LastStream::Current).close()),
        fault("going away in anger", Text, read().h2_go_away(H2Error::EnhanceYourCalm, LastStream::None).close()),
        fault("closed before the head by HTTP/2", Image, read().close()),
        fault("reset before the head by HTTP/2", Image, read().reset()),
        fault("failed within the body", Text, head().h2_data("{\"te").h2_reset_stream(H2Error::InternalError).hold()),
        fault("cancelled within the body", Video, head().h2_data("{\"me").h2_reset_stream(H2Error::Cancel).hold()),
        fault("closed within the body by HTTP/2", Text, head().h2_data("{\"te").close()),
        fault("going away in anger within the body", Text, {
            head().h2_data("{\"te").h2_go_away(H2Error::ProtocolError, LastStream::Current).close()
        }),
        cut("a stream cancelled", events().h2_reset_stream(H2Error::Cancel).hold()),
        cut("a stream closed", events().close()),
    ]
}
