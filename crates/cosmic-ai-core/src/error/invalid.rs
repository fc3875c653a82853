//! What is wrong with a request, told before anything is sent.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

/// How much of a given value an error repeats, in characters.
const SHOWN_CHARACTERS: usize = 80;

/// A request that was found wrong before it was sent: all of its problems at once.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub struct InvalidRequest {
    /// The problems, in the order of the request's fields. At least one.
    pub problems: Vec<Problem>,
}

impl InvalidRequest {
    /// A request with these problems.
    pub fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid request: ")?;
        for (place, problem) in self.problems.iter().enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// The field, as it is named in the JSON body, such as `reference_images[2]`.
    pub field: Cow<'static, str>,
    /// What was given, cut after 80 characters; `None` if nothing was.
    pub given: Option<String>,
    /// What is wrong, such as `is not a size of dall-e-3`.
    pub reason: Cow<'static, str>,
    /// What is allowed: values, or a range in words. Empty where the reason says it.
    pub allowed: Vec<String>,
    /// The valid value nearest to what was given, where there is one.
    pub nearest: Option<String>,
}

impl Problem {
    /// A problem of `field`, for `reason`.
    pub fn new(field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { field: field.into(), given: None, reason: reason.into(), allowed: Vec::new(), nearest: None }
    }

    /// Adds what was given.
    #[must_use]
    pub fn given(mut self, value: impl fmt::Display) -> Self {
        self.given = Some(cut(&value.to_string()));
        self
    }

    /// Adds what is allowed.
    #[must_use]
    pub fn allowed<T: fmt::Display>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        self.allowed = values.into_iter().map(|value| value.to_string()).collect();
        self
    }

    /// Adds the nearest valid value.
    #[must_use]
    pub fn nearest(mut self, value: Option<impl fmt::Display>) -> Self {
        self.nearest = value.map(|value| value.to_string());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.field)?;
        if let Some(given) = &self.given {
            write!(f, " `{given}`")?;
        }
        write!(f, " {}", self.reason)?;
        if let Some(nearest) = &self.nearest {
            write!(f, ", did you mean `{nearest}`?")?;
        }
        if !self.allowed.is_empty() {
            write!(f, " (allowed: {})", self.allowed.join(", "))?;
        }
        Ok(())
    }
}

/// A text that is not a value of its type.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} `{given}` is not {expected}")]
#[non_exhaustive]
pub struct ParseError {
    /// What the text was to be, such as `size`.
    pub field: &'static str,
    /// The text, cut after 80 characters.
    pub given: String,
    /// What it must look like, in words.
    pub expected: &'static str,
}

impl ParseError {
    pub(crate) fn new(field: &'static str, given: &str, expected: &'static str) -> Self {
        Self { field, given: cut(given), expected }
    }
}

/// The text on one line, cut after [`SHOWN_CHARACTERS`], so that an error stays readable whatever it was given.
fn cut(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN_CHARACTERS)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    if text.chars().nth(SHOWN_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}
