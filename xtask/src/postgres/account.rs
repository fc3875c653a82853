//! Whom the server runs as: it refuses to be run by root, and in containers we are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::program::Program;

/// Those whom root steps down to, the first that exists. Debian's package makes the first.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// The longest path of a Unix socket: macOS ends them earlier than Linux with its 107 bytes.
const SOCKET_PATH: usize = 103;

/// Ourselves, or somebody without rights if we are root. All files of a cluster are made by them, so that no owner has to be
/// changed.
pub(super) struct Account {
    /// Numbers of user and group to step down to.
    step_down: Option<(String, String)>,
}

impl Account {
    /// # Errors
    ///
    /// When we are root and there is nobody to step down to.
    pub(super) fn for_server() -> Result<Self> {
        if id(&["-u"])? != "0" {
            return Ok(Self { step_down: None });
        }
        for name in UNPRIVILEGED {
            // `id` fails for whom it does not know.
            if let Ok(user) = id(&["-u", name]) {
                return Ok(Self { step_down: Some((user, id(&["-g", name])?)) });
            }
        }
        bail!("PostgreSQL refuses to be run by root, and there is no user {} here", UNPRIVILEGED.join(" or "))
    }

    /// A program that this account runs. The folder must be one that it may enter.
    pub(super) fn program(&self, program: &Path, folder: &Path) -> Program {
        let Some((user, group)) = &self.step_down else { return Program::new(&program.to_string_lossy(), folder) };
        let step_down = ["--reuid", user, "--regid", group, "--clear-groups", "--"];
        Program::new("setpriv", folder).args(step_down).args([program])
    }

    /// A new folder that nobody else may look into, below `TMPDIR`.
    ///
    /// # Errors
    ///
    /// When it cannot be made there, or its path is too long for a socket.
    pub(super) fn new_folder(&self) -> Result<PathBuf> {
        let template = std::env::temp_dir().join("cosmic-postgres.XXXXXX");
        check_length(&template)?;
        let folder = self.program(Path::new("mktemp"), Path::new("/")).args(["-d"]).args([template]).text();
        Ok(PathBuf::from(folder.context("cannot make a folder for PostgreSQL (TMPDIR says where)")?.trim_end()))
    }
}

fn id(words: &[&str]) -> Result<String> {
    Ok(Program::new("id", Path::new("/")).args(words).text()?.trim().to_owned())
}

fn check_length(folder: &Path) -> Result<()> {
    let socket = folder.join(".s.PGSQL.65535");
    if socket.as_os_str().len() > SOCKET_PATH {
        bail!("{} is too long for the path of a socket: set TMPDIR to a shorter one, such as /tmp", socket.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_too_deep_for_a_socket_is_refused_with_the_way_out() {
        assert!(check_length(Path::new("/tmp/cosmic-postgres.XXXXXX")).is_ok());
        let deep = format!("/{}", "a".repeat(SOCKET_PATH));
        assert!(check_length(Path::new(&deep)).unwrap_err().to_string().contains("set TMPDIR to a shorter one"));
    }

    #[test]
    fn root_steps_down_and_others_stay_who_they_are() {
        let line = |account: &Account| account.program(Path::new("/bin/initdb"), Path::new("/")).line();
        let root = Account { step_down: Some(("101".to_owned(), "104".to_owned())) };
        assert_eq!(line(&root), "setpriv --reuid 101 --regid 104 --clear-groups -- /bin/initdb");
        assert_eq!(line(&Account { step_down: None }), "/bin/initdb");
    }
}
