//! Addresses where nothing answers.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use tokio::net::TcpSocket;

/// A URL whose host does not resolve: its top-level domain is reserved for that (RFC 6761).
pub const UNRESOLVABLE_URL: &str = "http://nonexistent.invalid";

/// A port that refuses connections. It stays reserved while this value lives, so that nobody else can listen there.
#[derive(Debug)]
pub struct RefusedPort {
    address: SocketAddr,
    /// Bound, but not listening.
    _socket: TcpSocket,
}

impl RefusedPort {
    /// Reserves a port of 127.0.0.1.
    ///
    /// # Errors
    /// When the machine has none to give.
    pub fn reserve() -> std::io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self { address: socket.local_addr()?, _socket: socket })
    }

    /// What URLs of it begin with: `http://127.0.0.1:…`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}
