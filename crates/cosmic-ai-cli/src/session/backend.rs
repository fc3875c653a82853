//! Who generates: the service over HTTP, or the mock where it is asked for in so many words.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use cosmic_ai::http::{HttpBackend, HttpBackendBuilder, RetryPolicy, Timeouts};
use cosmic_ai::mock::MockBackend;
use cosmic_ai::{Error, ErrorKind, Modality};
use cosmic_ai_server::{DiskLibrary, FolderPolicy, Sweep};

use super::Session;
use crate::failure::Failure;
use crate::settings::{self, Settings};

/// Where media of the mock are said to be. The host is reserved: nothing is ever there, and their bytes come from the folder.
const MOCK_ORIGIN: &str = "https://media.mock.invalid";
/// How long a run waits for another that has the mock's library.
const TURN: Duration = Duration::from_mins(1);
/// Their bucket, unless one is set.
const MOCK_BUCKET: &str = "mock-bucket";

/// Who generates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Http,
    Mock,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Mock => "mock",
        }
    }
}

/// The backend that is set. Never the mock by itself: nobody is to take what it makes for the real thing.
pub(super) fn kind(settings: &Settings) -> Result<Kind, Failure> {
    match settings.find(settings::BACKEND).map(|(value, origin)| (value.trim(), origin)) {
        None | Some(("http", _)) => Ok(Kind::Http),
        Some(("mock", _)) => Ok(Kind::Mock),
        Some((other, origin)) => {
            Err(Failure::settings(format!("the backend `{other}` ({origin}) is not known (allowed: http, mock)")))
        }
    }
}

/// The service over HTTP.
pub(super) fn http(session: &Session, modality: Modality) -> Result<HttpBackend, Failure> {
    let settings = &session.settings;
    settings.check_addresses()?;
    let builder = HttpBackendBuilder::from_variables(&|name: &str| settings.variable(name)).map_err(with_advice)?;
    let (timeout, idle, retries) = settings.limits();
    let seconds = |flag: Option<u64>, file: Option<u64>| flag.or(file).map(Duration::from_secs);
    let mut timeouts = Timeouts::of(modality);
    let total = seconds(session.global.timeout, timeout);
    if let Some(total) = total {
        // Who gives a call so long means the wait for its answer, which is most of it.
        timeouts = timeouts.with_total(total).with_first_byte(total);
    }
    let idle = seconds(session.global.idle_timeout, idle);
    if let Some(idle) = idle {
        timeouts = timeouts.with_idle(idle);
    }
    let builder = if total.or(idle).is_some() { builder.with_timeouts(timeouts) } else { builder };
    let builder = match session.global.retries.or(retries) {
        Some(0) => builder.with_retry(RetryPolicy::never()),
        Some(retries) => builder.with_retry(RetryPolicy::default().with_attempts(retries.saturating_add(1))),
        None => builder,
    };
    Ok(builder.build()?)
}

/// What is missing, and what to do about it.
fn with_advice(error: Error) -> Failure {
    match error.kind() {
        ErrorKind::Configuration { message } => Failure::settings(format!(
            "{message}, in .env or in the configuration file (see `cosmic-ai doctor`); or try the mock, without keys: --backend mock"
        )),
        _ => Failure::Call(error),
    }
}

/// The mock, over a media library on disk: a clip of one run can be extended by the next.
pub(super) async fn mock(session: &Session) -> Result<MockBackend, Failure> {
    let folder = session.settings.places.mock().join("library");
    let bucket = session.settings.value(settings::BUCKET).unwrap_or(MOCK_BUCKET);
    let opened = {
        let folder = folder.clone();
        tokio::task::spawn_blocking(move || open_in_turn(&folder))
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)))
    };
    let failed = |error| Failure::file(folder.display(), "cannot be opened as a media library", error);
    let (library, _) = opened.map_err(failed)?;
    let builder = MockBackend::builder().with_seed(session.global.seed.unwrap_or(0)).without_recording();
    Ok(builder.with_library(library.bucket(bucket)).build())
}

/// Opens the library, which one process has at a time: others wait for their turn, as runs on the mock are short.
fn open_in_turn(folder: &Path) -> io::Result<(DiskLibrary, Sweep)> {
    let begun = Instant::now();
    loop {
        match DiskLibrary::open(folder, MOCK_ORIGIN, FolderPolicy::default()) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy && begun.elapsed() < TURN => {
                std::thread::sleep(Duration::from_millis(10));
            }
            opened => return opened,
        }
    }
}
