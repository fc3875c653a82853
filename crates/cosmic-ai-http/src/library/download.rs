//! The bytes of a file, from wherever its URL points. No key goes there.

use cosmic_ai_core::{ByteStream, Error, ErrorKind, Media, Modality, Outcome, Rejection, TimeoutStage};
use reqwest::header::LOCATION;
use reqwest::{Method, Request, Response, Url};
use tokio::time::timeout;

use super::wire::{late, unbilled};
use crate::backend::HttpBackend;
use crate::classify::{Answer, classify, mask_body, parse};
use crate::transport::{BodyStream, Limits, content_type, read_until, unsent_or_unknown};

/// How many redirects a download follows.
const REDIRECTS: u32 = 5;
/// How much of a refusal is read, in bytes.
const REFUSAL_LIMIT: usize = 64 << 10;

impl HttpBackend {
    pub(super) async fn download(&self, media: &Media) -> Result<ByteStream, Error> {
        let with_id = |error: Error| unbilled(error).with_media_id(media.id.clone());
        let mut url = http_url(&media.url).ok_or_else(|| with_id(unusable("the URL of the medium is not http(s)")))?;
        let limits = self.transfer_limits();
        for _ in 0..=REDIRECTS {
            let response = self.fetch(url.clone(), &limits).await.map_err(with_id)?;
            if response.status().is_success() {
                return Ok(ByteStream::new(Unbilled(BodyStream::new(response, limits))));
            }
            match redirect(&response, &url) {
                Some(next) => url = next,
                None => return Err(with_id(self.download_refusal(response, &limits).await)),
            }
        }
        Err(with_id(unusable("too many redirects")))
    }

    /// Asks for the bytes, without any header of this backend.
    async fn fetch(&self, url: Url, limits: &Limits) -> Result<Response, Error> {
        let wait = limits.stages.first_byte.min(limits.left());
        let answered = timeout(wait, self.inner.transport.client.execute(Request::new(Method::GET, url))).await;
        let response = answered.map_err(|_| late(limits, TimeoutStage::FirstByte, wait))?;
        response.map_err(|error| unsent_or_unknown(error, limits.stages.connect))
    }

    async fn download_refusal(&self, response: Response, limits: &Limits) -> Error {
        let status = response.status().as_u16();
        let kind = content_type(response.headers());
        let keys = &self.inner.config.keys;
        let (body, _) = read_until(response, limits, REFUSAL_LIMIT).await;
        let rejection = parse(&mask_body(keys, body), kind.as_deref(), None).masked(keys);
        classify(Answer { status, modality: Modality::Video, retry_after: None, rejection })
    }
}

fn http_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Where a redirect leads to, if it is one that can be followed.
fn redirect(response: &Response, from: &Url) -> Option<Url> {
    let location = response.headers().get(LOCATION).filter(|_| response.status().is_redirection())?;
    from.join(location.to_str().ok()?).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn unusable(message: &str) -> Error {
    Error::new(ErrorKind::Refused(Rejection::new(message)), Outcome::Refused)
}

/// A body whose errors are those of a call that is never billed.
struct Unbilled(BodyStream);

impl futures_core::Stream for Unbilled {
    type Item = Result<bytes::Bytes, Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::pin::Pin::new(&mut self.0).poll_next(context).map(|chunk| chunk.map(|chunk| chunk.map_err(unbilled)))
    }
}
