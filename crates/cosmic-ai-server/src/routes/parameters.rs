//! Parameters of a query string: read once, and refused by name, value and what is allowed.

use std::fmt::Display;
use std::ops::RangeInclusive;

use axum::http::Uri;
use cosmic_ai::{InvalidRequest, Problem};
use percent_encoding::percent_decode_str;

use crate::error::ApiError;
use crate::nearest::nearest;

/// The parameters of a query string, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the query string of an address.
    pub(super) fn of(uri: &Uri) -> Result<Self, ApiError> {
        let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let read = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name).ok_or_else(|| unreadable(Some(name)))?;
            let value = decoded(value).ok_or_else(|| unreadable(Some(value).filter(|_| !is_key(&name))))?;
            Ok((name, value))
        });
        read.collect::<Result<_, ApiError>>().map(Self)
    }

    /// The value of a parameter. Twice is refused: nobody can tell which one is meant.
    pub(super) fn get(&self, name: &'static str) -> Result<Option<&str>, ApiError> {
        let mut values = self.0.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str());
        let value = values.next();
        match values.next() {
            None => Ok(value),
            Some(second) => {
                let twice = Problem::new(name, "is given twice");
                Err(problem(if is_key(name) { twice } else { twice.given(second) }))
            }
        }
    }

    /// A whole number in a range.
    pub(super) fn number(&self, name: &'static str, range: RangeInclusive<u32>) -> Result<Option<u32>, ApiError> {
        let Some(text) = self.get(name)? else { return Ok(None) };
        let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse().ok()).filter(|number| range.contains(number));
        number.map(Some).ok_or_else(|| {
            let allowed = format!("{} to {}", range.start(), range.end());
            problem(Problem::new(name, "is not a whole number in range").given(text).allowed([allowed]))
        })
    }

    /// One of several values, by their names.
    pub(super) fn choice<T: Copy>(&self, name: &'static str, choices: &[(&str, T)]) -> Result<Option<T>, ApiError> {
        let Some(text) = self.get(name)? else { return Ok(None) };
        let chosen = choices.iter().find(|(choice, _)| *choice == text);
        chosen
            .map(|(_, value)| Some(*value))
            .ok_or_else(|| not_one_of(name, text, choices.iter().map(|(choice, _)| *choice)))
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &'static str) -> Result<bool, ApiError> {
        Ok(self.choice(name, &[("true", true), ("false", false)])?.unwrap_or(false))
    }

    /// Refuses parameters that a route does not know. Only for routes of our own: clients of the API send what it ignores.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                let meant = nearest(name, known.iter().copied()).map(str::to_owned);
                let unknown = Problem::new("parameter", "is not known to this route").given(name);
                Err(problem(unknown.nearest(meant).allowed(known.iter())))
            }
        }
    }
}

/// The refusal of a value that is not one of several.
pub(super) fn not_one_of<T: Display>(
    name: &'static str,
    given: &str,
    allowed: impl IntoIterator<Item = T>,
) -> ApiError {
    problem(Problem::new(name, "is not one of those allowed").given(given).allowed(allowed))
}

/// The refusal for one problem.
pub(super) fn problem(problem: Problem) -> ApiError {
    ApiError::from(&InvalidRequest::new(vec![problem]))
}

/// Whether the value of a parameter is a key, which no answer may repeat: `read_key`, and what is meant to be one.
fn is_key(name: &str) -> bool {
    name.to_ascii_lowercase().contains("key")
}

fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

fn unreadable(given: Option<&str>) -> ApiError {
    let unreadable = Problem::new("query string", "is not UTF-8");
    problem(match given {
        Some(given) => unreadable.given(given),
        None => unreadable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(query: &str) -> Parameters {
        Parameters::of(&format!("/?{query}").parse().unwrap()).unwrap()
    }

    #[test]
    fn values_are_decoded() {
        let read = parameters("a=b%20c+d&&flag&e=%7B%22f%22%3A1%7D&g=h=i");
        assert_eq!(read.get("a").unwrap(), Some("b c d"));
        assert_eq!(read.get("flag").unwrap(), Some(""));
        assert_eq!(read.get("e").unwrap(), Some(r#"{"f":1}"#));
        assert_eq!(read.get("g").unwrap(), Some("h=i"));
        assert_eq!(read.get("z").unwrap(), None);
    }

    #[test]
    fn refusals_name_field_value_and_what_is_allowed() {
        let check = |refusal: ApiError, expected: &str| {
            assert_eq!(refusal.to_value()["status"], 400);
            assert_eq!(refusal.message(), expected);
        };
        let read = parameters("n=11&twice=a&twice=b&flag=yes&m=-1");
        check(
            read.number("n", 1..=10).unwrap_err(),
            "invalid request: n `11` is not a whole number in range (allowed: 1 to 10)",
        );
        check(
            read.number("m", 0..=10).unwrap_err(),
            "invalid request: m `-1` is not a whole number in range (allowed: 0 to 10)",
        );
        check(read.get("twice").unwrap_err(), "invalid request: twice `b` is given twice");
        check(
            read.flag("flag").unwrap_err(),
            "invalid request: flag `yes` is not one of those allowed (allowed: true, false)",
        );
        check(
            read.only(&["n", "m", "twice"]).unwrap_err(),
            "invalid request: parameter `flag` is not known to this route (allowed: n, m, twice)",
        );
        check(
            read.only(&["n", "m", "twice", "flags"]).unwrap_err(),
            "invalid request: parameter `flag` is not known to this route, did you mean `flags`? (allowed: n, m, \
             twice, flags)",
        );
        let refusal = Parameters::of(&"/?a=%ff".parse().unwrap()).unwrap_err();
        check(refusal, "invalid request: query string `%ff` is not UTF-8");
        for (query, expected) in [
            ("read_key=a&read_key=SECRET", "invalid request: read_key is given twice"),
            ("read_key=SECRET%ff", "invalid request: query string is not UTF-8"),
            ("Read_Key=SECRET%ff", "invalid request: query string is not UTF-8"),
        ] {
            let read = Parameters::of(&format!("/?{query}").parse().unwrap());
            let refusal = read.and_then(|read| read.get("read_key").map(|_| ())).unwrap_err();
            check(refusal.clone(), expected);
            assert!(!refusal.to_value().to_string().contains("SECRET"), "{query}");
        }
    }
}
