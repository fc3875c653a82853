//! A loopback server that does exactly what a script says.
//!
//! A [`Script`] is a list of [`Turn`]s, taken in order by whichever connection is next. A turn is taken when the first
//! byte of a request arrives, or, if it does not begin by reading, as soon as a client connects. Most turns are
//! [`Reply`]s: an answer with faults; what they cannot say is written step by step.
//!
//! What the script does not provide for is answered with status 500 and counted as
//! [`unexpected`](FaultServer::unexpected_requests): a request that was sent again shows.
//!
//! ```
//! use cosmic_ai_testkit::server::{FaultServer, Reply, Script, Turn};
//! # use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let script = Script::new()
//!     .then(Reply::json(503, r#"{"message":"busy"}"#).header("retry-after", "1"))
//!     .then(Reply::json(200, r#"{"text":"a whole answer"}"#).truncated_after(10))
//!     .then(Turn::new().read_head().reset());
//! let server = FaultServer::start(script).await;
//!
//! let mut client = tokio::net::TcpStream::connect(server.address()).await?;
//! client.write_all(b"GET /media?limit=1 HTTP/1.1\r\n\r\n").await?;
//! let mut answer = [0; 32];
//! client.read_exact(&mut answer).await?;
//! assert_eq!(&answer, b"HTTP/1.1 503 Service Unavailable");
//!
//! assert_eq!(server.requests()[0].query("limit").as_deref(), Some("1"));
//! assert_eq!((server.unused_turns(), server.unexpected_requests()), (2, 0));
//! # Ok(())
//! # }
//! ```

mod connection;
mod gate;
mod http2;
mod nowhere;
mod reply;
mod request;
mod script;

use std::net::SocketAddr;
use std::sync::Arc;

pub use self::gate::Gate;
pub use self::http2::{H2Error, LastStream};
pub use self::nowhere::{RefusedPort, UNRESOLVABLE_URL};
pub use self::reply::{Framing, LineEnd, Reply, Sse, Writes};
pub use self::request::{HttpVersion, SeenRequest};
pub use self::script::{Script, Turn};
use crate::host::Host;
use crate::log::Log;

/// A server that does what its script says, until it is dropped.
#[derive(Debug)]
pub struct FaultServer {
    host: Host,
    turns: usize,
}

impl FaultServer {
    /// Starts it on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When the machine has no port or thread to give.
    pub async fn start(script: impl Into<Script>) -> Self {
        let script = script.into();
        let turns = script.len();
        let remaining = Arc::new(script.into_remaining());
        let host = Host::start(Arc::new(Log::new()), move |wire| connection::serve(wire, remaining.clone())).await;
        Self { host, turns }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.host.address()
    }

    /// What URLs of it begin with: `http://127.0.0.1:…`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The same with `https`: with [`Turn::deaf`], a client hangs in its TLS handshake while it connects.
    pub fn https_url(&self) -> String {
        format!("https://{}", self.address())
    }

    /// All requests whose head has come, in the order of their coming.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.host.log().state().requests.clone()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.host.log().state().connections
    }

    /// How many connections are open now.
    pub fn open_connections(&self) -> usize {
        self.host.log().state().open
    }

    /// How often the client closed the connection, or reset an HTTP/2 stream, while a turn was under way.
    pub fn hang_ups(&self) -> usize {
        self.host.log().state().hang_ups
    }

    /// How many requests came that the script does not provide for.
    pub fn unexpected_requests(&self) -> usize {
        self.host.log().state().unexpected
    }

    /// How many turns of the script were not begun.
    pub fn unused_turns(&self) -> usize {
        self.turns.saturating_sub(self.host.log().state().turns)
    }

    /// Waits until so many requests have come whole.
    ///
    /// # Panics
    /// After a minute. So do the other waits.
    pub async fn wait_for_requests(&self, count: usize) {
        let what = format!("{count} whole requests");
        let is_so = move |state: &crate::log::State| {
            state.requests.iter().filter(|request| request.is_complete).count() >= count
        };
        self.host.wait(what, is_so).await;
    }

    /// Waits until so many clients have connected.
    pub async fn wait_for_connections(&self, count: usize) {
        self.host.wait(format!("{count} connections"), move |state| state.connections >= count).await;
    }

    /// Waits until the client has hung up so often: shows that dropping a stream or a future closes its connection.
    pub async fn wait_for_hang_ups(&self, count: usize) {
        self.host.wait(format!("{count} hang-ups"), move |state| state.hang_ups >= count).await;
    }

    /// Waits until no connection is open, after there was one.
    pub async fn closed(&self) {
        self.host
            .wait("all connections to be closed".to_owned(), |state| state.connections > 0 && state.open == 0)
            .await;
    }

    /// Checks that every turn was begun and nothing came beyond the script.
    ///
    /// # Panics
    /// If not, with all requests that came.
    pub fn assert_all_used(&self) {
        let (unused, unexpected) = (self.unused_turns(), self.unexpected_requests());
        assert!(
            unused == 0 && unexpected == 0,
            "{unused} turns of the script were not used, {unexpected} requests were beyond it: {:#?}",
            self.requests()
        );
    }
}
