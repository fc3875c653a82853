//! Connections: taken, limited, served, and ended gracefully.
//!
//! Requests come through `connection` (one task each, over the `wire` that answers for what never becomes a request) and then
//! through `request` (ids, log, metrics, the last word on what a refusal looks like) and `cors` to the routes.

mod connection;
mod cors;
mod descriptors;
mod local;
mod outgoing;
mod refusal;
mod request;
mod wire;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use self::connection::Connection;
pub(crate) use self::cors::cors;
pub use self::descriptors::raise_file_limit;
use crate::app::App;
use crate::config::Limits;

/// How long to wait when the system has no more files to give: every try would fail at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// What is left to streams for their last event, after they were told to end.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// The least that hyper reads heads into.
const SMALLEST_BUFFER: usize = 8 << 10;
/// How many requests one connection of HTTP/2 may have open.
const STREAMS: u32 = 256;
/// How much of an answer waits in memory for one stream of HTTP/2 to take it.
const SEND_BUFFER: usize = 64 << 10;
/// How often a connection of HTTP/2 is asked whether its other end is there.
const PING: Duration = Duration::from_secs(30);

/// Serves connections until `stopping`, then waits for those that are answering; what is left shortly after `cutting` is
/// aborted.
pub(crate) async fn serve(listener: TcpListener, router: Router, app: Arc<App>) {
    let connection = Connection {
        router: request::layered(router, &app),
        builder: Arc::new(builder(&app.config.limits)),
        limits: Arc::new(app.config.limits.clone()),
    };
    let places =
        Arc::new(Semaphore::new(descriptors::places(app.config.limits.connections).min(Semaphore::MAX_PERMITS)));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let taken = tokio::select! {
            taken = take(&listener, &places) => taken,
            () = app.stopping.cancelled() => break,
        };
        let Some((stream, place)) = taken else { break };
        while connections.try_join_next().is_some() {}
        let served = connection.clone().serve(stream, graceful.watcher());
        connections.spawn(async move {
            served.await;
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => {}
        () = async {
            app.cutting.cancelled().await;
            tokio::time::sleep(LAST_WORDS).await;
        } => {}
    }
}

/// The next connection, once there is a place for it; `None` never, but for a closed semaphore.
async fn take(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.ok()?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return Some((stream, place)),
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken now");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether only the connection failed that was to be taken, and not the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// Heads within limits. Their time is kept by the wire, which can also tell who is too slow.
fn builder(limits: &Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_buf_size(limits.head_bytes.max(SMALLEST_BUFFER));
    builder
        .http2()
        .timer(TokioTimer::new())
        // HTTP/2 refuses larger ones itself, without a body; up to here the limit's own refusal is given.
        .max_header_list_size(u32::try_from(limits.head_bytes.saturating_mul(4)).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    builder
}
