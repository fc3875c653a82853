//! Rules for fields that several kinds of requests have.

use std::borrow::Cow;
use std::fmt::Display;

use serde_json::Value;

use crate::call::OPERATION_ID_KEY;
use crate::error::Problem;
use crate::registry::ReferenceLimit;

/// A text that must say something.
pub(super) fn text(field: impl Into<Cow<'static, str>>, text: &str, problems: &mut Vec<Problem>) {
    if text.trim().is_empty() {
        problems.push(Problem::new(field, "must not be blank").given(text));
    }
}

/// A folder, which is left out rather than blank.
pub(super) fn folder(folder: Option<&str>, problems: &mut Vec<Problem>) {
    if let Some(folder) = folder.filter(|folder| folder.trim().is_empty()) {
        let reason = "must name a folder of the media library, or be left out for its top";
        problems.push(Problem::new("folder", reason).given(folder));
    }
}

/// Metadata: an object without our own key.
pub(super) fn metadata(metadata: Option<&Value>, problems: &mut Vec<Problem>) {
    match metadata {
        None => {}
        Some(Value::Object(object)) => {
            if let Some(value) = object.get(OPERATION_ID_KEY) {
                let field = format!("metadata.{OPERATION_ID_KEY}");
                problems.push(Problem::new(field, "is reserved for the operation id; use another key").given(value));
            }
        }
        Some(other) => problems.push(Problem::new("metadata", "must be a JSON object").given(other)),
    }
}

/// Reference images: so many at most, each an http(s) URL.
pub(super) fn reference_images(urls: &[String], limit: Option<(ReferenceLimit, &str)>, problems: &mut Vec<Problem>) {
    if let Some((limit, model)) = limit
        && u32::try_from(urls.len()).map_or(true, |count| count > limit.total)
    {
        let plural = if urls.len() == 1 { "" } else { "s" };
        let reason = match (limit.total, limit.objects.zip(limit.characters)) {
            (0, _) => format!("are not taken by {model}"),
            (total, None) => format!("are more than the {total} that {model} takes"),
            (total, Some((objects, characters))) => {
                format!(
                    "are more than the {total} that {model} takes ({objects} of objects, {characters} of characters)"
                )
            }
        };
        let problem = Problem::new("reference_images", reason).given(format_args!("{} image{plural}", urls.len()));
        problems.push(problem.allowed([format_args!("at most {}", limit.total)]));
    }
    for (place, image) in urls.iter().enumerate() {
        url(format!("reference_images[{place}]"), image, problems);
    }
}

/// An absolute http(s) URL with a host.
pub(super) fn url(field: impl Into<Cow<'static, str>>, url: &str, problems: &mut Vec<Problem>) {
    if let Some(reason) = fault_of_url(url) {
        let problem = Problem::new(field, reason).given(without_secrets(url));
        problems.push(problem.allowed(["http://…", "https://…"]));
    }
}

/// Why the service cannot fetch `url`; `None` if it can.
fn fault_of_url(url: &str) -> Option<&'static str> {
    if url.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return Some("must be an http or https URL without spaces; write %20");
    }
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return Some("must be an http or https URL that the service can reach");
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
    // The colons of an IPv6 address stand in brackets.
    let (host, port) = match address.strip_prefix('[') {
        Some(v6) => v6.split_once(']').unwrap_or_default(),
        None => address.split_at(address.find(':').unwrap_or(address.len())),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    let port_fits = digits.is_empty() || (digits.len() < port.len() && digits.parse::<u16>().is_ok());
    if host.is_empty() {
        Some("must be an http or https URL that names a host")
    } else if !port_fits {
        Some("must be an http or https URL whose port is a number up to 65535")
    } else {
        None
    }
}

/// The URL without user name, password, query and fragment, which may hold keys and signatures.
fn without_secrets(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = url.split_at(start);
    // A password may hold slashes and question marks that it should not, so the last `@` of all counts.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, after)| after);
    match rest.find(['?', '#']).and_then(|at| rest.get(..=at)) {
        Some(shown) => format!("{scheme}{shown}…"),
        None => format!("{scheme}{rest}"),
    }
}

/// Numbers that no model can make anything of, known or not.
pub(super) fn positive(field: &'static str, value: Option<(impl Display, u32)>, problems: &mut Vec<Problem>) {
    if let Some((value, _)) = value.filter(|(_, least)| *least == 0) {
        problems.push(Problem::new(field, "must be more than zero").given(value));
    }
}

/// A value that must be one of a list; `distance` tells which is nearest.
pub(super) fn one_of<T: PartialEq + Display, D: PartialOrd>(
    field: &'static str,
    value: Option<&T>,
    allowed: &[T],
    reason: impl FnOnce() -> String,
    distance: impl Fn(&T, &T) -> D,
    problems: &mut Vec<Problem>,
) {
    let Some(value) = value.filter(|value| !allowed.contains(value)) else { return };
    let nearest = allowed.iter().min_by(|one, other| {
        let (one, other) = (distance(value, one), distance(value, other));
        one.partial_cmp(&other).unwrap_or(std::cmp::Ordering::Equal)
    });
    problems.push(Problem::new(field, reason()).given(value).allowed(allowed).nearest(nearest));
}
