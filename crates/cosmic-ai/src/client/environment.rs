//! A client as the environment says.

use cosmic_ai_core::{Error, ErrorKind, Generators, Outcome};

use super::Client;

/// Names the backend: `http`, the default, or `mock`.
const BACKEND: &str = "COSMIC_BACKEND";

impl Client {
    /// A client as the process's environment says: over HTTP with the bucket and keys of `COSMIC_BUCKET_SLUG`,
    /// `COSMIC_WRITE_KEY` and `COSMIC_READ_KEY` (the module `http` lists the rest), or, only if `COSMIC_BACKEND=mock`, on
    /// the mock. It never takes the mock by itself.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`], naming the variables that are missing, or the feature that the chosen backend needs
    /// and that is not compiled in.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(&|name: &str| std::env::var(name).ok())
    }

    /// As [`from_env`](Self::from_env), with `value` in place of the environment.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_variables(value: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let generators = match value(BACKEND).as_deref().map(str::trim) {
            None | Some("" | "http") => over_http(value)?,
            Some("mock") => on_the_mock()?,
            Some(other) => {
                return Err(configuration(format!("{BACKEND} `{other}` is not a backend (allowed: http, mock)")));
            }
        };
        Ok(Self::new(generators))
    }
}

#[cfg(feature = "http")]
fn over_http(value: &dyn Fn(&str) -> Option<String>) -> Result<Generators, Error> {
    let backend = cosmic_ai_http::HttpBackend::from_variables(&value).map(Generators::from);
    backend.map_err(|error| match error.kind() {
        // Said to those who can: the mock is never taken by itself.
        ErrorKind::Configuration { message } if cfg!(feature = "mock") => {
            configuration(format!("{message}; or set {BACKEND}=mock for the mock, without keys"))
        }
        _ => error,
    })
}

#[cfg(not(feature = "http"))]
fn over_http(_: &dyn Fn(&str) -> Option<String>) -> Result<Generators, Error> {
    let mock = if cfg!(feature = "mock") { format!(", or set {BACKEND}=mock") } else { String::new() };
    Err(configuration(format!("the HTTP backend is not compiled in: add the feature `http` of cosmic-ai{mock}")))
}

#[cfg(feature = "mock")]
#[expect(clippy::unnecessary_wraps, reason = "its twin without the feature fails")]
fn on_the_mock() -> Result<Generators, Error> {
    Ok(cosmic_ai_mock::MockBackend::new().into())
}

#[cfg(not(feature = "mock"))]
fn on_the_mock() -> Result<Generators, Error> {
    Err(configuration(format!("{BACKEND}=mock needs the feature `mock` of cosmic-ai")))
}

fn configuration(message: String) -> Error {
    Error::new(ErrorKind::Configuration { message }, Outcome::NotSent)
}
