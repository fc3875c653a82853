//! Where the programs of Postgres are: on the path, or in the folders per version that distributions keep off the path.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::INSTALL;

/// Folders that hold one folder per version, and what stands before the version in its name.
const PLACES: [(&str, &str); 4] = [
    ("/usr/lib/postgresql", ""),          // Debian, Ubuntu
    ("/usr", "pgsql-"),                   // the project's own packages for Red Hat
    ("/opt/homebrew/opt", "postgresql@"), // Homebrew on Apple silicon
    ("/usr/local/opt", "postgresql@"),    // Homebrew on Intel
];

/// The programs of one installed version.
#[derive(Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// # Errors
    ///
    /// When no server is installed, with what to do.
    pub(super) fn find() -> Result<Self> {
        match folder_with(&["initdb", "postgres"]) {
            Some(folder) => Ok(Self { folder }),
            None => bail!("there is no PostgreSQL server here; install it: {INSTALL}"),
        }
    }

    /// The folder with `initdb` and `postgres`.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A client of this version; some distributions package clients apart, so it may be on the path alone.
    pub(super) fn client(&self, name: &str) -> PathBuf {
        let beside = self.folder.join(name);
        if beside.is_file() { beside } else { PathBuf::from(name) }
    }
}

/// The client, for a server that was given: there may be no other program here.
pub(super) fn psql() -> PathBuf {
    folder_with(&["psql"]).map_or_else(|| PathBuf::from("psql"), |folder| folder.join("psql"))
}

/// The first folder that has all of them: those of the path first, which is what somebody chose, then the newest version.
fn folder_with(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // A link leads to the folder with the other programs.
    let linked = |folder: PathBuf| {
        let program = folder.join(programs.first()?).canonicalize().ok()?;
        program.parent().map(Path::to_path_buf)
    };
    let chosen = std::env::split_paths(&path).filter_map(linked);
    let installed = PLACES.iter().flat_map(|(place, prefix)| newest_first(Path::new(place), prefix));
    let has_all = |folder: &PathBuf| programs.iter().all(|program| folder.join(program).is_file());
    chosen.chain(installed).find(has_all)
}

fn newest_first(place: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(place) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    ordered(names, prefix).iter().map(|name| place.join(name).join("bin")).collect()
}

/// The names that are the prefix and a version, the newest first: 17 before 9.6.
fn ordered(names: Vec<String>, prefix: &str) -> Vec<String> {
    let version = |name: &str| -> Option<Vec<u32>> {
        name.strip_prefix(prefix)?.split('.').map(|number| number.parse().ok()).collect()
    };
    let mut versions: Vec<(Vec<u32>, String)> =
        names.into_iter().filter_map(|name| Some((version(&name)?, name))).collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], prefix: &str, expected: &[&str]) {
        assert_eq!(ordered(names.iter().map(|name| (*name).to_owned()).collect(), prefix), expected);
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        check(&["9.6", "15", "9.10", "17"], "", &["17", "15", "9.10", "9.6"]);
    }

    #[test]
    fn what_is_not_a_version_of_postgresql_is_left_out() {
        check(&["15", "common", "15beta", ""], "", &["15"]);
        check(
            &["postgresql@14", "openssl@3", "postgresql@16", "postgresql"],
            "postgresql@",
            &["postgresql@16", "postgresql@14"],
        );
    }

    #[test]
    fn where_nothing_is_installed_there_is_no_folder() {
        assert_eq!(folder_with(&["no-such-program-of-postgresql"]), None);
        assert!(newest_first(Path::new("/no/such/place"), "").is_empty());
    }

    #[test]
    fn the_install_line_names_the_package_and_the_way_around_it() {
        assert!(INSTALL.contains("apt-get install -y postgresql"));
        assert!(INSTALL.contains(super::super::URL));
    }
}
