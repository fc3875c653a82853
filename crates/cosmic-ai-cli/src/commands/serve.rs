//! `serve`: the API on this machine, until it is told to end.

mod log;

use cosmic_ai::pricing::Budget;
use cosmic_ai::{Error, ErrorKind, Modality, Outcome, Tokens};
use cosmic_ai_server::{Backend, BucketConfig, Config, LedgerPlace, Server, StartError, raise_file_limit};
use serde_json::json;

use crate::args::ServeCommand;
use crate::failure::Failure;
use crate::interrupt::Ear;
use crate::session::{Kind, Session};
use crate::settings::{self, Origin};

/// What a server serves that was told nothing: known to everyone, so on the loopback interface and with the mock only.
const LOCAL: [(&str, &str); 3] = [
    ("COSMIC_BUCKET_SLUG", "local-bucket"),
    ("COSMIC_WRITE_KEY", "local-write-key"),
    ("COSMIC_READ_KEY", "local-read-key"),
];

/// What is told whoever would pass calls on to a service that costs, with keys that everyone knows.
const NO_KEYS: &str = "with --backend http, what clients ask for is paid for: give the bucket that is served keys of its own in COSMIC_SERVE_WRITE_KEY and COSMIC_SERVE_READ_KEY (or in --config FILE), or serve the mock with --backend mock";

pub(super) async fn run(session: &Session, command: &ServeCommand) -> Result<(), Failure> {
    // Alone of all commands it takes the mock by itself: a server to develop against is what it is for.
    let kind = session.settings.value(settings::BACKEND).map_or(Ok(Kind::Mock), |_| session.kind())?;
    let config = config(session, command, kind)?;
    let bucket = config.buckets.first().map(|bucket| bucket.slug.clone());
    let backend = match kind {
        Kind::Mock => Backend::mock_with_seed(session.global.seed.unwrap_or(0)),
        Kind::Http if bucket.is_none() => return Err(Failure::settings(NO_KEYS)),
        Kind::Http => Backend::http(session.http(Modality::Video)?),
    };
    if session.global.dry_run {
        return rehearse(session, &config, &backend, bucket.as_deref());
    }
    log::open(session.output);
    raise_file_limit();
    // Before anyone is told that it runs: whoever is may end it at once.
    let mut ear = Ear::open();
    let server = tokio::select! {
        started = Server::start(config, backend) => started.map_err(|error| failed(&error))?,
        () = ear.hears() => {
            let message = "interrupted while it started: nothing was served".to_owned();
            return Err(Failure::Interrupted { message, outcome: Outcome::NotSent, operation: None });
        }
    };
    session.output.note(&server.recovery().to_string());
    announce(session, &server, bucket.as_deref())?;
    ear.hears().await;
    session.output.note("stopping: calls under way are finished or settled");
    server.stop().await.map_err(|error| Failure::Call(error.into()))?;
    session.output.note("stopped");
    Ok(())
}

fn config(session: &Session, command: &ServeCommand, kind: Kind) -> Result<Config, Failure> {
    let mut config = match &command.config {
        Some(path) => {
            let text = std::fs::read_to_string(path);
            let text = text.map_err(|error| Failure::file(path.display(), "cannot be read", error))?;
            let read = Config::from_toml(&text, &path.display().to_string());
            read.map_err(|error| Failure::settings(error.to_string()))?
        }
        None => Config::new(match kind {
            Kind::Mock => session.settings.places.serve(),
            Kind::Http => session.settings.places.gateway(),
        }),
    };
    if let Some(data) = &command.data {
        config.data.clone_from(data);
    }
    if let Some(address) = command.addr {
        config = config.with_address(address);
    }
    if let Some(tokens) = command.budget {
        config = config.with_budget(Budget::monthly(Tokens(tokens)));
    }
    // That of the environment is the ledger of calls from here, whose budgets count what they themselves have spent.
    if let Some(place) = &session.global.ledger {
        let place = place.parse::<LedgerPlace>();
        config = config.with_ledger(place.map_err(|error| Failure::settings(format!("--ledger {error}")))?);
    }
    if command.strict_folders {
        config = config.with_strict_folders();
    }
    // A slug in the environment names the bucket of the service, which is not the one that is served.
    let slug =
        session.settings.find(settings::BUCKET).filter(|(_, origin)| *origin == Origin::Flag).map(|(slug, _)| slug);
    match (slug, chosen(command.write_key.as_deref()), chosen(command.read_key.as_deref())) {
        (None, None, None) => Ok(config),
        (slug, Some(write), Some(read)) => {
            Ok(config.with_bucket(BucketConfig::new(slug.unwrap_or("local-bucket"), write, read)))
        }
        _ => Err(Failure::Usage(
            "a bucket of your own needs both keys: set COSMIC_SERVE_WRITE_KEY and COSMIC_SERVE_READ_KEY".to_owned(),
        )),
    }
}

/// A key that is set: an empty one is none.
fn chosen(key: Option<&str>) -> Option<&str> {
    key.filter(|key| !key.trim().is_empty())
}

/// What would be started, if its configuration can be served.
fn rehearse(session: &Session, config: &Config, backend: &Backend, bucket: Option<&str>) -> Result<(), Failure> {
    config.check_for(backend).map_err(|error| Failure::settings(error.to_string()))?;
    let [(_, slug), ..] = LOCAL;
    let bucket = bucket.unwrap_or(slug);
    if session.output.json {
        let server = json!({ "address": config.address, "bucket": bucket, "data": config.data.display().to_string() });
        session.output.object(&json!({ "dry_run": true, "request": server }), Outcome::NotSent)?;
    } else {
        session.output.lines(&format!(
            "nothing was started; this would serve {bucket} at {}, with its data in {}",
            config.address,
            config.data.display()
        ))?;
    }
    Ok(())
}

/// Says where it listens, and what a client has to set.
fn announce(session: &Session, server: &Server, bucket: Option<&str>) -> Result<(), Failure> {
    let base_url = server.base_url();
    if session.output.json {
        let shown =
            json!({ "base_url": base_url, "bucket": bucket.unwrap_or("local-bucket"), "address": server.address() });
        session.output.object(&shown, Outcome::Refused)?;
        return Ok(());
    }
    let mut lines = vec![format!("listening on {base_url}"), "clients of any language set:".to_owned()];
    lines.push(format!("  COSMIC_BASE_URL={base_url}"));
    lines.push(format!("  COSMIC_API_URL={base_url}"));
    match bucket {
        // Whoever chose the keys knows them; they are shown to nobody.
        Some(slug) => {
            lines.push(format!("  COSMIC_BUCKET_SLUG={slug}"));
            lines.push("  COSMIC_WRITE_KEY and COSMIC_READ_KEY as you chose them".to_owned());
        }
        None => lines.extend(LOCAL.iter().map(|(name, value)| format!("  {name}={value}"))),
    }
    lines.push("Ctrl-C stops it".to_owned());
    session.output.lines(&lines.join("\n"))?;
    Ok(())
}

fn failed(error: &StartError) -> Failure {
    let mut message = error.to_string();
    let mut beneath = std::error::Error::source(error);
    while let Some(source) = beneath {
        message = format!("{message}: {source}");
        beneath = source.source();
    }
    match error {
        // What is beneath it says the same again, and that it is of the configuration is said by the failure.
        StartError::Config(error) => Failure::settings(error.to_string()),
        StartError::MixedLedger { .. } => Failure::settings(message),
        StartError::Listen { .. } => not_started(&format!("{message}; --addr 127.0.0.1:0 takes a free port")),
        _ => not_started(&message),
    }
}

fn not_started(message: &str) -> Failure {
    let kind = ErrorKind::Backend { message: format!("the server did not start: {message}") };
    Error::new(kind, Outcome::NotSent).into()
}
