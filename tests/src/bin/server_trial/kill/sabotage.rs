//! Faults that are put into the trial on purpose: it fails on each, or it proves nothing.

use std::path::Path;
use std::str::FromStr;

use anyhow::{Context as _, Error, Result, bail};

use super::journal::Journal;

/// What is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sabotage {
    /// The server dies before it is killed.
    Crash,
    /// Streams break off under a server that lives.
    Stream,
    /// A file is taken away behind the library's back.
    File,
    /// The bytes of an upload become others, as many as they were.
    Upload,
    /// A medium is there that is taken for deleted.
    Deletion,
    /// Answers are taken to have had another usage.
    Replay,
}

impl FromStr for Sabotage {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Ok(match name {
            "crash" => Self::Crash,
            "stream" => Self::Stream,
            "file" => Self::File,
            "upload" => Self::Upload,
            "deletion" => Self::Deletion,
            "replay" => Self::Replay,
            _ => bail!("`{name}` is none of crash, stream, file, upload, deletion, replay"),
        })
    }
}

impl Sabotage {
    /// Spoils what a server left that has stopped.
    pub(crate) fn spoil(self, folder: &Path, journal: &Journal) -> Result<()> {
        let kept = journal.kept();
        match self {
            Self::Crash | Self::Stream | Self::Replay => {}
            Self::File => {
                let medium = kept.first().context("no media")?;
                std::fs::remove_file(folder.join("media").join(&medium.name))?;
            }
            Self::Upload => {
                let medium = kept.iter().find(|kept| kept.upload.is_some()).context("no uploads")?;
                std::fs::write(folder.join("media").join(&medium.name), vec![0; usize::try_from(medium.size)?])?;
            }
            Self::Deletion => journal.pretend_a_deletion(),
        }
        Ok(())
    }
}
