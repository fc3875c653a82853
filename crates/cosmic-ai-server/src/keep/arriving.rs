//! The bytes of a copy as they come: no more than allowed, and as many as the service says there are.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use cosmic_ai::{Error, ErrorKind, Outcome};
use futures_core::Stream;
use reqwest::header::TRANSFER_ENCODING;
use reqwest::{Response, Version};

use super::NotKept;

/// The body of an answer, counted.
pub(super) struct Arriving {
    body: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    come: u64,
    most_bytes: u64,
    /// How many there are to be, if anyone says.
    expected: Option<u64>,
}

impl Arriving {
    /// The body of an answer, unless its length is wrong already. `size` is what the service says of the medium.
    pub(super) fn of(response: Response, size: Option<u64>, most_bytes: u64) -> Result<Self, NotKept> {
        let length = response.content_length();
        let expected = size.or(length);
        if expected.is_some_and(|bytes| bytes > most_bytes) || length.is_some_and(|bytes| bytes > most_bytes) {
            return Err(NotKept::new(format!("it has more than {most_bytes} bytes")));
        }
        if let (Some(size), Some(length)) = (size, length)
            && size != length
        {
            return Err(NotKept::new(format!("it has {size} bytes, and its host gives {length}")));
        }
        let is_framed = response.version() > Version::HTTP_11 || response.headers().contains_key(TRANSFER_ENCODING);
        if expected.is_none() && !is_framed {
            return Err(NotKept::new("nothing tells its end from a connection that broke"));
        }
        Ok(Self { body: Box::pin(response.bytes_stream()), come: 0, most_bytes, expected })
    }
}

impl Stream for Arriving {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(chunk) = ready!(self.body.as_mut().poll_next(context)) else {
            let missing = self.expected.filter(|expected| *expected != self.come);
            return Poll::Ready(missing.map(|expected| Err(broken(format!("{} of {expected} bytes came", self.come)))));
        };
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => return Poll::Ready(Some(Err(broken(NotKept::broken(error).to_string())))),
        };
        self.come = self.come.saturating_add(chunk.len() as u64);
        if self.come > self.most_bytes || self.expected.is_some_and(|expected| self.come > expected) {
            return Poll::Ready(Some(Err(broken(format!("more than {} bytes came", self.come - chunk.len() as u64)))));
        }
        Poll::Ready(Some(Ok(chunk)))
    }
}

/// A copy costs nothing.
fn broken(message: String) -> Error {
    Error::new(ErrorKind::Interrupted { message }, Outcome::Refused)
}
