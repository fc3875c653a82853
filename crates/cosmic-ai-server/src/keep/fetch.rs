//! Asking for the bytes of a medium, wherever redirects lead to within the list.

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode, Url};

use super::{Keeper, NotKept};

/// How many redirects are followed.
const REDIRECTS: u32 = 5;

impl Keeper {
    /// The answer that has the bytes.
    pub(super) async fn fetch(&self, url: &str) -> Result<Response, NotKept> {
        let mut url = Url::parse(url).map_err(|_| NotKept::new("its URL cannot be read"))?;
        for _ in 0..=REDIRECTS {
            self.check(&url)?;
            let asked = self.client.get(url.clone()).header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
            let response = asked.send().await.map_err(NotKept::broken)?;
            let status = response.status();
            if !status.is_redirection() {
                return whole(response);
            }
            let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
            let next = location.and_then(|location| url.join(location).ok());
            let next = next.ok_or_else(|| NotKept::new(format!("status {} leads nowhere", status.as_u16())))?;
            if is_downgrade(&url, &next) {
                return Err(NotKept::new("a redirect leads from https to http"));
            }
            url = next;
        }
        Err(NotKept::new(format!("more than {REDIRECTS} redirects")))
    }

    /// Before each request: nothing is sent, and no name is looked up, for a host that is not on the list.
    fn check(&self, url: &Url) -> Result<(), NotKept> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotKept::new("its URL is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotKept::new("its URL has a user or a password"));
        }
        if !self.hosts.iter().any(|host| host.is_of(url)) {
            let host = url.host_str().unwrap_or_default();
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            return Err(NotKept::new(format!("its host {host}{port} is not on the list")));
        }
        Ok(())
    }
}

/// Whether what was asked for under TLS would be asked for without.
pub(super) fn is_downgrade(from: &Url, to: &Url) -> bool {
    from.scheme() == "https" && to.scheme() == "http"
}

/// An answer that is the file, and all of it.
fn whole(response: Response) -> Result<Response, NotKept> {
    if response.status() != StatusCode::OK {
        return Err(NotKept::new(format!("its host answers with status {}", response.status().as_u16())));
    }
    let coding = response.headers().get(CONTENT_ENCODING);
    if coding.is_some_and(|coding| coding != "identity") {
        return Err(NotKept::new("its host encodes what it was asked for as it is"));
    }
    Ok(response)
}
