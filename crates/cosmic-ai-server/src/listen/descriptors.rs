//! How many files the process may have open, and how many of them may be connections: one that takes the last would leave none
//! for the file that a call has to write.

/// What the ledger, the library, the listener and the program around them have open themselves.
const RESERVE: u64 = 48;
/// Three times what a server of the default limits could have open at the most, which is 20,048: there is room for limits of
/// one's own, and for whatever else the process does.
const ENOUGH: u64 = 65_536;

/// Raises the number of files that this process may have open as far as its user may, to 65,536 at most; gives back what it is
/// then, if that is known. Call it before [`Server::start`](crate::Server::start).
///
/// Connections and the files of media share that number, which is often 1,024 at first. A server takes no more connections
/// than leave a file for each, whatever [`Limits::connections`](crate::Limits::connections) says; it never changes the number
/// itself, because it belongs to the whole process. Does nothing on systems that have no such limit.
pub fn raise_file_limit() -> Option<u64> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};

        let mut limit = getrlimit(Resource::Nofile);
        let most = limit.maximum.unwrap_or(ENOUGH).min(ENOUGH);
        if limit.current.is_some_and(|now| now < most) {
            limit.current = Some(most);
            // Where it is not allowed, all stays as it was, and connections are fewer.
            let _ = setrlimit(Resource::Nofile, limit);
        }
    }
    open_files()
}

/// How many connections there may be: as many as are `wanted`, if there are files for them.
pub(super) fn places(wanted: usize) -> usize {
    let Some(files) = open_files() else { return wanted };
    let most = share(files);
    if wanted > most {
        tracing::warn!(
            files,
            wanted,
            connections = most,
            "fewer connections than limits.connections: the process may not open more files; raise that (ulimit -n)"
        );
    }
    wanted.min(most)
}

/// How many of so many files may be connections: each may need one more, for the medium that it asks for or for its call to
/// the service behind a gateway.
fn share(files: u64) -> usize {
    usize::try_from(files.saturating_sub(RESERVE) / 2).unwrap_or(usize::MAX).max(1)
}

/// How many files the process may have open; `None` for any number, or where nobody knows.
#[cfg(unix)]
fn open_files() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
const fn open_files() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_a_file_for_each_of_them() {
        for (files, connections) in
            [(0, 1), (48, 1), (51, 1), (128, 40), (1_024, 488), (20_048, 10_000), (65_536, 32_744)]
        {
            assert_eq!(share(files), connections, "{files}");
        }
        assert_eq!(places(1), 1);
    }

    #[cfg(unix)]
    #[test]
    fn the_limit_is_raised_as_far_as_may_be_and_never_lowered() {
        let before = open_files();
        let after = raise_file_limit();
        assert!(after.is_none() || after >= before, "{before:?} {after:?}");
        assert_eq!(after, raise_file_limit());
    }
}
