//! One connection: bytes in and out, and whether the client is still there.

use std::sync::Arc;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::log::Log;

/// The client has closed the connection, or it broke.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left;

/// One accepted connection.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    received: BytesMut,
    number: usize,
    log: Arc<Log>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, number: usize, log: Arc<Log>) -> Self {
        Self { stream, received: BytesMut::new(), number, log }
    }

    /// The number of the connection, counted from 1.
    pub(crate) const fn number(&self) -> usize {
        self.number
    }

    /// What URLs of the server begin with.
    pub(crate) fn origin(&self) -> String {
        self.stream.local_addr().map(|address| format!("http://{address}")).unwrap_or_default()
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// What has been received and not yet taken.
    pub(crate) fn received(&self) -> &[u8] {
        &self.received
    }

    /// Takes the first bytes of what has been received.
    pub(crate) fn take(&mut self, count: usize) -> Bytes {
        self.received.split_to(count.min(self.received.len())).freeze()
    }

    /// Drops the first bytes of what has been received.
    pub(crate) fn skip(&mut self, count: usize) {
        self.received.advance(count.min(self.received.len()));
    }

    /// Receives more.
    pub(crate) async fn receive(&mut self) -> Result<(), Left> {
        match self.stream.read_buf(&mut self.received).await {
            Ok(0) | Err(_) => Err(Left),
            Ok(_) => Ok(()),
        }
    }

    /// Receives until there are at least `count` bytes.
    pub(crate) async fn receive_at_least(&mut self, count: usize) -> Result<(), Left> {
        while self.received.len() < count {
            self.receive().await?;
        }
        Ok(())
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) -> Result<(), Left> {
        self.stream.write_all(bytes).await.map_err(|_| Left)
    }

    /// Waits for `event`, unless the client leaves before. What it sends meanwhile is kept.
    pub(crate) async fn watch<T>(&mut self, event: impl Future<Output = T>) -> Result<T, Left> {
        tokio::pin!(event);
        loop {
            tokio::select! {
                biased;
                value = &mut event => return Ok(value),
                more = self.receive() => more?,
            }
        }
    }

    /// Ends with FIN, and waits for the client to do the same: closing with something unread would reset.
    pub(crate) async fn close(mut self) {
        let _ = self.stream.shutdown().await;
        while self.receive().await.is_ok() {
            self.received.clear();
        }
    }

    /// Ends with RST.
    pub(crate) fn reset(self) {
        let _ = self.stream.set_zero_linger();
    }
}
