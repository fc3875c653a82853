//! The command line of `race` and `crash`.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// Which ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LedgerKind {
    Sqlite,
    Postgres,
}

impl fmt::Display for LedgerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

/// How workers misbehave on purpose, by the word that they know; not in the help, for it shows that the checks check.
pub(crate) type Sabotage = &'static str;

const SABOTAGES: [Sabotage; 5] = ["overspend", "leak", "double-release", "resend", "lose"];

/// What both commands take; each has its own number beside.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) ledger: LedgerKind,
    pub(crate) processes: usize,
    pub(crate) reservations: u64,
    pub(crate) kills: u64,
    pub(crate) tasks: usize,
    pub(crate) seed: u64,
    pub(crate) sabotage: Option<Sabotage>,
    /// Whether the workers are built to be fast: for figures, not for checks.
    pub(crate) is_optimised: bool,
}

impl Options {
    pub(crate) fn new(ledger: LedgerKind) -> Self {
        // Another one each time, and printed.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let seed = u64::from(now.subsec_nanos());
        Self {
            ledger,
            processes: 8,
            reservations: 5_000,
            kills: 20,
            tasks: 16,
            seed,
            sabotage: None,
            is_optimised: true,
        }
    }

    /// Reads the words after `race` or `crash`.
    ///
    /// # Errors
    ///
    /// What is wrong with a word, for the one who wrote it.
    pub(crate) fn parse(command: &str, words: &[&str]) -> Result<Self, String> {
        let mut options = Self::new(LedgerKind::Sqlite);
        if command == "crash" {
            options.tasks = 4;
        }
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let value = *words.next().ok_or_else(|| format!("`{word}` needs a value"))?;
            match (*word, command) {
                ("--ledger", _) => options.ledger = kind(value)?,
                ("--processes", "race") => options.processes = number(word, value)?,
                ("--reservations", "race") => options.reservations = number(word, value)?,
                ("--kills", "crash") => options.kills = number(word, value)?,
                ("--tasks", _) => options.tasks = number(word, value)?,
                ("--seed", _) => options.seed = value.parse().map_err(|_| format!("`{value}` is no seed"))?,
                ("--sabotage", _) => options.sabotage = Some(sabotage(value)?),
                _ => return Err(format!("`{command}` knows no option `{word}`")),
            }
        }
        Ok(options)
    }

    /// What every worker is told.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = vec!["--seed".to_owned(), self.seed.to_string(), "--tasks".to_owned(), self.tasks.to_string()];
        if let Some(sabotage) = self.sabotage {
            words.extend(["--sabotage".to_owned(), sabotage.to_owned()]);
        }
        words
    }
}

fn kind(value: &str) -> Result<LedgerKind, String> {
    match value {
        "sqlite" => Ok(LedgerKind::Sqlite),
        "postgres" => Ok(LedgerKind::Postgres),
        other => Err(format!("there is no ledger `{other}`: it is sqlite or postgres")),
    }
}

fn sabotage(value: &str) -> Result<Sabotage, String> {
    SABOTAGES.into_iter().find(|known| *known == value).ok_or_else(|| format!("there is no sabotage `{value}`"))
}

/// A number above 0.
fn number<N: std::str::FromStr + PartialOrd + From<u8>>(word: &str, value: &str) -> Result<N, String> {
    let number = value.replace([',', '_'], "").parse().ok().filter(|number| *number >= N::from(1));
    number.ok_or_else(|| format!("`{word} {value}` is no number above 0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_what_is_left_out_has_a_default() {
        let options =
            Options::parse("race", &["--ledger", "postgres", "--reservations", "100,000", "--seed", "7"]).unwrap();
        assert_eq!((options.ledger, options.reservations, options.seed), (LedgerKind::Postgres, 100_000, 7));
        assert_eq!((options.processes, options.tasks, options.sabotage), (8, 16, None));
        assert_eq!(Options::parse("crash", &["--kills", "300"]).unwrap().kills, 300);
    }

    #[test]
    fn wrong_words_are_named() {
        let wrong = |command, words: &[&str]| Options::parse(command, words).unwrap_err();
        assert_eq!(wrong("race", &["--kills", "3"]), "`race` knows no option `--kills`");
        assert_eq!(wrong("race", &["--processes"]), "`--processes` needs a value");
        assert_eq!(wrong("race", &["--processes", "0"]), "`--processes 0` is no number above 0");
        assert_eq!(wrong("crash", &["--ledger", "mysql"]), "there is no ledger `mysql`: it is sqlite or postgres");
    }
}
