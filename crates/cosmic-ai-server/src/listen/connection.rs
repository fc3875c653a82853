//! One connection: its requests, and how it ends.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpStream;
use tower::Service as _;

use super::outgoing::Outgoing;
use super::refusal;
use super::wire::{Shared, UnderWay, Wire};
use crate::config::Limits;

/// What all connections are served with.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) router: Router,
    pub(super) builder: Arc<auto::Builder<TokioExecutor>>,
    pub(super) limits: Arc<Limits>,
}

impl Connection {
    /// Serves a connection to its end.
    pub(super) async fn serve(self, stream: TcpStream, watcher: Watcher) {
        // Events of a stream are small and go out one by one.
        let _ = stream.set_nodelay(true);
        let shared = Arc::new(Shared::default());
        let wire = Wire::new(stream, shared.clone(), self.limits.head_time);
        let (router, shared_too) = (self.router, shared.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let (under_way, has_body) = (shared_too.begin(), !request.body().is_end_stream());
            let answer = router.clone().call(request.map(Body::new));
            Answering { answer, under_way: Some(under_way), has_body }
        });
        let served = self.builder.serve_connection(TokioIo::new(wire), service).into_owned();
        if let Err(error) = watcher.watch(served).await {
            tracing::debug!(%error, "a connection ended early");
        }
        let Some(mut stream) = shared.take_stream() else { return };
        let refusal = shared.refusal();
        if let Some(status) = refusal {
            refusal::write(&mut stream, status).await;
        }
        if refusal.is_some() || shared.has_left_body() {
            refusal::linger(stream).await;
        }
    }
}

/// A request under way: its answer holds on to that until it is sent.
struct Answering {
    answer: axum::routing::future::RouteFuture<Infallible>,
    under_way: Option<UnderWay>,
    has_body: bool,
}

impl Future for Answering {
    type Output = Result<Response<Outgoing<Option<UnderWay>>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        Pin::new(&mut this.answer).poll(context).map_ok(|answer| {
            let under_way = this.under_way.take();
            if let (true, Some(under_way)) = (this.has_body && answer.status().as_u16() >= 400, &under_way) {
                under_way.leave_body();
            }
            answer.map(|body| Outgoing::new(body, under_way))
        })
    }
}
