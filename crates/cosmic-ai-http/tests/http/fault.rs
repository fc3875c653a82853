//! One row of the fault table: what the server does, and what must come of it.

use std::time::{Duration, Instant};

use cosmic_ai_core::{Call, Error, MediaId, Outcome, Usage};
use cosmic_ai_http::HttpBackendBuilder;
use cosmic_ai_testkit::server::{FaultServer, Gate, RefusedPort, Reply, Script};

use super::ask::{Ask, Money, ask, kind_of, money_of};
use super::secrets;
use super::setup::builder;

/// Where it is asked.
enum Place {
    Server(Script),
    /// The same, but asked as if it spoke TLS.
    Tls(Script),
    /// A server that is asked to reach a host by TLS.
    Proxy(Script),
    Url(&'static str),
    RefusedPort,
    /// A server that sends on to another one.
    Redirect(u16),
}

pub(super) struct Fault {
    pub(super) name: String,
    ask: Ask,
    place: Place,
    /// Opened when the first part of a stream was read.
    gate: Option<Gate>,
    configure: fn(HttpBackendBuilder) -> HttpBackendBuilder,
    time_limit: Option<Duration>,
    end: End,
    status: Option<u16>,
    says: Option<&'static str>,
    partial: Option<&'static str>,
    usage: Option<(u64, u64)>,
    at_least: Option<u64>,
    media_id: Option<&'static str>,
    requests: usize,
    within: Duration,
}

enum End {
    Answer(&'static str),
    Error(&'static str, Money),
}

fn fault(name: impl Into<String>, ask: Ask, place: Place) -> Fault {
    Fault {
        name: name.into(),
        ask,
        place,
        gate: None,
        configure: |builder| builder,
        time_limit: None,
        end: End::Answer(""),
        status: None,
        says: None,
        partial: None,
        usage: None,
        at_least: None,
        media_id: None,
        requests: 1,
        within: Duration::from_secs(8),
    }
}

impl Fault {
    pub(super) fn at_server(name: impl Into<String>, ask: Ask, script: impl Into<Script>) -> Self {
        fault(name, ask, Place::Server(script.into()))
    }

    pub(super) fn at_tls_server(name: &str, ask: Ask, script: impl Into<Script>) -> Self {
        fault(name, ask, Place::Tls(script.into()))
    }

    pub(super) fn at_proxy(name: &str, ask: Ask, script: impl Into<Script>) -> Self {
        fault(name, ask, Place::Proxy(script.into()))
    }

    pub(super) fn at_url(name: &str, ask: Ask, url: &'static str) -> Self {
        fault(name, ask, Place::Url(url)).requests(0)
    }

    pub(super) fn at_refused_port(name: &str, ask: Ask) -> Self {
        fault(name, ask, Place::RefusedPort).requests(0)
    }

    pub(super) fn redirected(name: impl Into<String>, ask: Ask, status: u16) -> Self {
        fault(name, ask, Place::Redirect(status))
    }

    pub(super) fn opening(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    pub(super) fn with(mut self, configure: fn(HttpBackendBuilder) -> HttpBackendBuilder) -> Self {
        self.configure = configure;
        self
    }

    pub(super) fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// It ends well all the same, with this text or id.
    pub(super) fn answers(mut self, text: &'static str) -> Self {
        self.end = End::Answer(text);
        self
    }

    pub(super) fn fails(mut self, kind: &'static str, money: Money) -> Self {
        self.end = End::Error(kind, money);
        self
    }

    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// What the error says, among other things.
    pub(super) fn says(mut self, text: &'static str) -> Self {
        self.says = Some(text);
        self
    }

    pub(super) fn partial(mut self, text: &'static str) -> Self {
        self.partial = Some(text);
        self
    }

    pub(super) fn usage(mut self, input: u64, output: u64) -> Self {
        self.usage = Some((input, output));
        self
    }

    pub(super) fn at_least(mut self, tokens: u64) -> Self {
        self.at_least = Some(tokens);
        self
    }

    pub(super) fn media_id(mut self, id: &'static str) -> Self {
        self.media_id = Some(id);
        self
    }

    /// How many requests the server must have seen; 1, if not set.
    pub(super) fn requests(mut self, count: usize) -> Self {
        self.requests = count;
        self
    }

    /// Lets it happen, and says what was otherwise than expected.
    async fn run(self) -> Vec<String> {
        let call = self.time_limit.map_or_else(Call::new, |limit| Call::new().with_time_limit(limit));
        let elsewhere = FaultServer::start(Script::new()).await;
        let (server, origin, _port) = match &self.place {
            Place::Server(script) | Place::Tls(script) | Place::Proxy(script) => {
                let server = FaultServer::start(script.clone()).await;
                let origin = match self.place {
                    Place::Tls(_) => server.https_url(),
                    Place::Proxy(_) => "https://behind-the-proxy.invalid".to_owned(),
                    _ => server.url(),
                };
                (Some(server), origin, None)
            }
            Place::Redirect(status) => {
                let server = FaultServer::start(Reply::redirect(*status, elsewhere.url())).await;
                let origin = server.url();
                (Some(server), origin, None)
            }
            Place::Url(url) => (None, (*url).to_owned(), None),
            Place::RefusedPort => {
                let port = RefusedPort::reserve().unwrap();
                (None, port.url(), Some(port))
            }
        };
        let mut builder = builder(&origin);
        if let (Place::Proxy(_), Some(server)) = (&self.place, &server) {
            builder = builder.with_proxy(server.url());
        }
        let backend = (self.configure)(builder).build().unwrap();
        let started = Instant::now();
        let asked = ask(&backend, &call, self.ask, self.gate.as_ref());
        let Ok(result) = tokio::time::timeout(Duration::from_secs(25), asked).await else {
            return vec!["it hangs".to_owned()];
        };
        let took = started.elapsed();
        let mut wrong = self.check(&call, &result);
        let requests = server.map_or(0, |server| server.requests().len());
        if requests != self.requests {
            wrong.push(format!("the server saw {requests} requests instead of {}", self.requests));
        }
        if elsewhere.connections() != 0 {
            wrong.push("the redirect was followed".to_owned());
        }
        if took > self.within {
            wrong.push(format!("it took {took:?}"));
        }
        wrong
    }

    fn check(&self, call: &Call, result: &Result<String, Error>) -> Vec<String> {
        let error = match (result, &self.end) {
            (Ok(answer), End::Answer(expected)) if answer == expected => return Vec::new(),
            (Err(error), End::Error(..)) => error,
            (result, _) => return vec![format!("it ended with {result:?}")],
        };
        let mut wrong = secrets::shown_by(error);
        let mut expect = |what: &str, is_so: bool| {
            if !is_so {
                wrong.push(format!("unexpected {what}: {error:?}"));
            }
        };
        if let End::Error(kind, money) = self.end {
            expect(&format!("kind (it is {})", kind_of(error)), kind_of(error) == kind);
            expect("outcome", money_of(error.outcome()) == money);
        }
        expect("operation", error.operation_id() == Some(call.operation_id()));
        expect("status", self.status.is_none_or(|status| error.status() == Some(status)));
        expect("message", self.says.is_none_or(|says| error.to_string().contains(says)));
        expect("partial text", error.partial_text() == self.partial);
        expect("usage", error.usage() == self.usage.map(|(input, output)| Usage::new(input, output)));
        expect("medium", error.media_id().map(MediaId::as_str) == self.media_id);
        let at_least = match error.outcome() {
            Outcome::Unknown { at_least } => at_least.total().get(),
            _ => 0,
        };
        expect("least charge", self.at_least.is_none_or(|tokens| at_least == tokens));
        wrong
    }
}

/// Lets faults happen, one after the other.
pub(super) async fn check_all(faults: Vec<Fault>) {
    let mut wrong = Vec::new();
    for fault in faults {
        let name = fault.name.clone();
        wrong.extend(fault.run().await.into_iter().map(|what| format!("{name}: {what}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
