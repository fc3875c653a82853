//! `doctor`: the settings, where each comes from, and whether everything is in place.

use std::time::Duration;

use cosmic_ai::{MediaQuery, Outcome};
use serde_json::{Value, json};

use super::media::library;
use crate::args::DoctorCommand;
use crate::failure::Failure;
use crate::interrupt::{Progress, or_told};
use crate::output::plain;
use crate::session::{Kind, Session};
use crate::settings::{NAMES, Origin, READ_KEY, WRITE_KEY, without_secrets};

/// How long the service may take to say that the keys are good.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is looked at, and what was found.
struct Check {
    name: &'static str,
    is_good: bool,
    finding: String,
}

/// Shows what there is, whatever is wrong with it: `broken` are the sources of settings that cannot be read.
pub(super) async fn run(session: &Session, broken: Vec<Failure>, command: &DoctorCommand) -> Result<(), Failure> {
    let settings: Vec<(&str, &str, Option<String>, Origin)> = NAMES
        .into_iter()
        .map(|name| {
            let (value, origin) =
                session.settings.find(name).map_or((None, Origin::Default), |(value, origin)| (Some(value), origin));
            let value = value.map(|value| if name.is_secret { masked(value) } else { without_secrets(value) });
            (name.key, name.variable, value, origin)
        })
        .collect();
    let progress = Progress::default();
    if !command.offline {
        progress.reached(": nothing was changed", Outcome::Refused);
    }
    let looked_at = async { Ok([ledger(session).await, service(session, command.offline).await]) };
    let looked_at = or_told(&progress, looked_at).await?;
    let unread = |failure: Failure| Check { name: "settings", is_good: false, finding: failure.to_string() };
    let mut checks: Vec<Check> = broken.into_iter().map(unread).collect();
    checks.extend([backend(session), secrets(session)]);
    checks.extend(looked_at);
    let failed = checks.iter().filter(|check| !check.is_good).count();
    let done = if failed == 0 { Ok(()) } else { Err(Failure::Checks(failed)) };
    let places = &session.settings.places;
    if session.output.json {
        let settings: Vec<Value> = settings
            .iter()
            .map(|(key, variable, value, origin)| json!({ "name": key, "variable": variable, "value": value, "from": origin.to_string() }))
            .collect();
        let checks: Vec<Value> = checks
            .iter()
            .map(|check| json!({ "name": check.name, "ok": check.is_good, "finding": check.finding }))
            .collect();
        let shown = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "settings": settings,
            "config_file": places.config_file(),
            "budgets_file": places.budgets_file(),
            "confirm_above": session.settings.confirm_above(),
            "checks": checks,
        });
        session.output.object(&shown, Outcome::Refused)?;
        return done;
    }
    let mut lines = vec![format!("cosmic-ai {}", env!("CARGO_PKG_VERSION"))];
    for (key, variable, value, origin) in &settings {
        let value = value.as_deref().map_or_else(|| "(not set)".to_owned(), plain);
        lines.push(format!("{key:<12} {value:<36} {origin:<12} {variable}"));
    }
    let there = |path: &std::path::Path| if path.exists() { "" } else { " (not there)" };
    let (config, budgets) = (places.config_file(), places.budgets_file());
    lines.push(format!("config file  {}{}", config.display(), there(&config)));
    lines.push(format!("budgets      {}{}", budgets.display(), there(&budgets)));
    lines.push(format!("asks above   {} tokens", cosmic_ai::Tokens(session.settings.confirm_above())));
    for check in &checks {
        lines.push(format!("{:<4} {}: {}", if check.is_good { "ok" } else { "no" }, check.name, plain(&check.finding)));
    }
    session.output.lines(&lines.join("\n"))?;
    done
}

/// Enough of a key to tell it from another.
fn masked(key: &str) -> String {
    let shown: String = key.chars().skip(key.chars().count().saturating_sub(4)).collect();
    // Of a short key the end would be most of it.
    if key.chars().count() < 12 { "****".to_owned() } else { format!("****{shown}") }
}

fn backend(session: &Session) -> Check {
    let (is_good, finding) = match session.kind() {
        Ok(Kind::Mock) => (true, "mock: nothing is paid".to_owned()),
        Ok(Kind::Http) => match session.http(cosmic_ai::Modality::Text) {
            Ok(_) => (true, "http: ready to spend".to_owned()),
            Err(failure) => (false, failure.to_string()),
        },
        Err(failure) => (false, failure.to_string()),
    };
    Check { name: "backend", is_good, finding }
}

/// Whether others of this machine can read keys in the configuration file.
fn secrets(session: &Session) -> Check {
    let holds_keys = [WRITE_KEY, READ_KEY]
        .into_iter()
        .any(|key| session.settings.find(key).is_some_and(|(_, origin)| origin == Origin::File));
    let path = session.settings.places.config_file();
    let (is_good, finding) = match (holds_keys, is_open_to_others(&path)) {
        (false, _) => (true, "none in the configuration file".to_owned()),
        (true, false) => (true, "the configuration file is for you alone".to_owned()),
        (true, true) => (false, format!("others can read your keys: chmod 600 {}", path.display())),
    };
    Check { name: "keys", is_good, finding }
}

#[cfg(unix)]
fn is_open_to_others(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &std::path::Path) -> bool {
    // Folders of users are theirs alone there.
    false
}

/// Whether the ledger opens, and its totals are the sums of its entries.
async fn ledger(session: &Session) -> Check {
    let looked = async {
        let name = session.ledger_name()?.unwrap_or_else(|| "memory: gone with each run".to_owned());
        let found = session.ledger().await?.reconcile().await.map_err(|error| Failure::Call(error.into()))?;
        Ok::<_, Failure>((name, found))
    };
    let (is_good, finding) = match looked.await {
        Ok((name, found)) if found.is_whole() => (true, format!("{name}: {} entries, totals agree", found.entries)),
        Ok((name, found)) => (false, format!("{name}: {} totals are not the sums of their entries", found.drift.len())),
        Err(failure) => (false, failure.to_string()),
    };
    Check { name: "ledger", is_good, finding }
}

/// Whether the service answers and takes the read key. Costs nothing.
async fn service(session: &Session, offline: bool) -> Check {
    let name = "media library";
    if offline {
        return Check { name, is_good: true, finding: "not asked".to_owned() };
    }
    let asked = async {
        let client = session.looking().await?;
        let page = library(&client)?.find(&MediaQuery::all().with_limit(1)).await?;
        Ok::<_, Failure>(page.total)
    };
    let (is_good, finding) = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(total)) => (true, format!("answers; {total} files")),
        Ok(Err(failure)) => (false, failure.to_string()),
        Err(_) => (false, format!("no answer within {} s", PATIENCE.as_secs())),
    };
    Check { name, is_good, finding }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(masked("short"), "****");
        assert_eq!(masked("a-long-enough-key-1234"), "****1234");
    }
}
