//! What goes wrong with the library, as errors of a media library. None of them costs anything.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use cosmic_ai::{Error, ErrorKind, InvalidRequest, MediaId, Outcome, Problem, Rejection};

/// The database failed.
#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
pub(super) fn database(error: rusqlite::Error) -> Error {
    let message = format!("the database of the media library: {error}");
    Error::new(ErrorKind::Backend { message }, Outcome::NotSent)
}

/// A file could not be read or written.
pub(super) fn file(path: &Path) -> impl Fn(io::Error) -> Error + '_ {
    move |error| {
        let kind = ErrorKind::File { path: path.display().to_string(), message: error.to_string() };
        Error::new(kind, Outcome::NotSent).with_source(error)
    }
}

/// A thread died with the work, or ended before it.
pub(super) fn ended() -> Error {
    let message = "the media library is closed".to_owned();
    Error::new(ErrorKind::Backend { message }, Outcome::NotSent)
}

/// There is no such medium.
pub(crate) fn not_found(id: &MediaId) -> Error {
    let rejection = Rejection::new(format!("no media with the id {id}"));
    Error::new(ErrorKind::NotFound(rejection), Outcome::Refused).with_status(404)
}

/// What was asked cannot be done, for a reason that lies in a field.
pub(super) fn refused(field: &'static str, reason: impl Into<Cow<'static, str>>) -> Error {
    unfit(Problem::new(field, reason))
}

/// What was asked cannot be done.
pub(super) fn unfit(problem: Problem) -> Error {
    Error::new(ErrorKind::Invalid(InvalidRequest::new(vec![problem])), Outcome::Refused).with_status(400)
}

/// More bytes came than may.
pub(super) fn too_large(most_bytes: u64) -> Error {
    let rejection = Rejection::new(format!("the file has more than {most_bytes} bytes"));
    Error::new(ErrorKind::Refused(rejection), Outcome::Refused).with_status(413)
}
