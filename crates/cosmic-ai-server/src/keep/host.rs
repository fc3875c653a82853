//! The hosts that copies may come from.

use reqwest::Url;

use crate::config::ConfigError;

/// A host of the list: its name or address as URLs write it, and its port unless it is the usual one of the scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host {
    name: String,
    port: Option<u16>,
}

impl Host {
    /// Reads `cdn.example.com`, `127.0.0.1:4010` or `[::1]`: a host, and nothing else that a URL has.
    pub(super) fn read(text: &str) -> Result<Self, ConfigError> {
        let wrong =
            || ConfigError::new(format!("keep: `{text}` is not a host such as cdn.example.com or 127.0.0.1:8080"));
        let url = Url::parse(&format!("http://{text}")).map_err(|_| wrong())?;
        let has_more = text.contains(['/', '\\', '?', '#', '@']) || text.chars().any(char::is_whitespace);
        if has_more || text.ends_with(':') {
            return Err(wrong());
        }
        let name = url.host_str().filter(|name| !name.is_empty()).ok_or_else(wrong)?.to_owned();
        // A URL forgets the port that is usual for its scheme, which for another scheme is not.
        let port = url.port().or_else(|| text.ends_with(":80").then_some(80));
        Ok(Self { name, port })
    }

    /// Whether a URL leads here. Compared is what URLs make of a host, so an address is the same however it is written.
    pub(super) fn is_of(&self, url: &Url) -> bool {
        let is_port = match self.port {
            Some(port) => url.port_or_known_default() == Some(port),
            None => url.port().is_none(),
        };
        is_port && url.host_str() == Some(self.name.as_str())
    }
}
