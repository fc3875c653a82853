//! HTTP/1.1 by hand, so that what is measured is the server.

use anyhow::{Context as _, Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request with a JSON body.
pub(crate) fn post(path: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: trial\r\nauthorization: Bearer trial-write-key\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Sends a request on a connection that is kept, and reads its answer: the status and how long the body was.
pub(crate) async fn exchange(stream: &mut TcpStream, request: &[u8]) -> Result<(u16, usize)> {
    stream.write_all(request).await?;
    let mut answer = Vec::with_capacity(8 << 10);
    loop {
        if stream.read_buf(&mut answer).await? == 0 {
            bail!("the server hung up");
        }
        let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(answer.get(..end).unwrap_or_default())?.to_ascii_lowercase();
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).context("no length")?;
        let length: usize = length.trim().parse()?;
        while answer.len() < end + 4 + length {
            if stream.read_buf(&mut answer).await? == 0 {
                bail!("the answer was cut");
            }
        }
        return Ok((status, length));
    }
}
