//! The thread that a server runs on, with a runtime of its own.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::log::{Log, State};
use crate::wire::Wire;

/// How long a wait goes on, on the wall clock, before it is taken for a hang and panics.
const PATIENCE: Duration = Duration::from_mins(1);

/// A listening server. Dropping it stops it and closes all of its connections.
pub(crate) struct Host {
    address: SocketAddr,
    log: Arc<Log>,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    /// Listens on a free port of 127.0.0.1 and has `serve` deal with each connection.
    ///
    /// # Panics
    /// When the machine has no thread, runtime or port to give.
    pub(crate) async fn start<S, F>(log: Arc<Log>, serve: S) -> Self
    where
        S: Fn(Wire) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let (ready, is_ready) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let of_server = log.clone();
        let listen = move || {
            let runtime = match Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => panic!("the test server has no runtime: {error}"),
            };
            runtime.block_on(async {
                let listener = match TcpListener::bind("127.0.0.1:0").await {
                    Ok(listener) => listener,
                    Err(error) => panic!("the test server has no port: {error}"),
                };
                let address = listener.local_addr().map(|address| (address, Handle::current()));
                let _ = ready.send(address);
                tokio::select! {
                    () = accept(listener, of_server, serve) => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("test-server".to_owned()).spawn(listen);
        match (thread, is_ready.await) {
            (Ok(thread), Ok(Ok((address, runtime)))) => {
                Self { address, log, runtime, stop: Some(stop), thread: Some(thread) }
            }
            (thread, ready) => panic!("the test server did not start: {:?}, {ready:?}", thread.err()),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Waits until `is_so`. The time is taken on the server's clock, which no test pauses.
    ///
    /// # Panics
    /// After a minute, with `what` and the state as it is then.
    pub(crate) async fn wait(&self, what: String, is_so: impl Fn(&State) -> bool + Send + 'static) {
        let mut changes = self.log.changes();
        let waiting = async move { tokio::time::timeout(PATIENCE, changes.wait_for(is_so)).await.is_ok() };
        match self.runtime.spawn(waiting).await {
            Ok(true) => {}
            _ => panic!("waited {PATIENCE:?} in vain for {what}: {:?}", self.log.state()),
        }
    }
}

async fn accept<S, F>(listener: TcpListener, log: Arc<Log>, serve: S)
where
    S: Fn(Wire) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(run(log.clone(), stream, &serve));
    }
}

/// Serves one connection and keeps count of it.
fn run<F: Future<Output = ()> + Send + 'static>(
    log: Arc<Log>,
    stream: TcpStream,
    serve: impl Fn(Wire) -> F,
) -> impl Future<Output = ()> + Send + 'static {
    // Each write of a script is to leave as it is.
    let _ = stream.set_nodelay(true);
    let number = log.connected();
    let served = serve(Wire::new(stream, number, log.clone()));
    async move {
        served.await;
        log.disconnected();
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("address", &self.address)
            .field("state", &*self.log.state())
            .finish_non_exhaustive()
    }
}
