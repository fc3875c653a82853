//! Assertions on recorded calls. They panic in the test that makes them, with what was expected and what was.
#![expect(clippy::panic, reason = "assertions of tests")]

use std::borrow::Cow;

use cosmic_ai_core::{Canonical, Registry, Request, RequestRef, Tokens};
use serde_json::Value;

use super::calls::Calls;
use super::difference::differences;
use crate::script::shown;

impl Calls {
    /// Checks that there is exactly one call, and that it has this request. Both are compared in their canonical form,
    /// so a model may be named as it is in the code under test.
    ///
    /// # Panics
    /// If not, with the fields in which the nearest call differs.
    #[track_caller]
    pub fn assert_called_once_with(&self, request: impl Into<Request>) {
        let expected = canonical(&self.registry, request.into());
        let same = self.listed.iter().filter(|call| call.request == expected).count();
        if same == 1 && self.len() == 1 {
            return;
        }
        let found = match self.nearest(&expected) {
            _ if same > 0 => format!(", {same} of them with it:\n{self}"),
            Some(nearest) => format!(", none with it; the nearest\n{nearest}"),
            None => String::new(),
        };
        panic!(
            "expected one of the {} with\n  {}\nbut there are {}{}",
            self.what,
            shown(expected.as_ref()),
            self.len(),
            found.trim_end()
        );
    }

    /// Checks that so many tokens were billed for these calls, input and output together.
    ///
    /// # Panics
    /// If it were more or less, or the price of a call is not known: with the charge of each.
    #[track_caller]
    pub fn assert_spent(&self, tokens: impl Into<Tokens>) {
        let (expected, actual) = (tokens.into(), self.spent());
        if actual.is_some_and(|charge| charge.total() == expected) {
            return;
        }
        let actual = actual.map_or_else(|| "an unknown number".to_owned(), |charge| charge.to_string());
        let charges: Vec<String> = self
            .iter()
            .map(|call| match call.charge {
                Some(charge) => format!("  {charge}: {call}"),
                None => format!("  unknown: {call}"),
            })
            .collect();
        panic!("expected {expected} tokens for the {}, but it was {actual}\n{}", self.what, charges.join("\n"));
    }

    /// Checks that no request of these calls left. Calls that failed before, as invalid ones do, are allowed.
    ///
    /// # Panics
    /// If one did: with those that did.
    #[track_caller]
    pub fn assert_nothing_sent(&self) {
        let sent = self.sent();
        assert!(
            sent.is_empty(),
            "expected none of the {} to be sent, but these were:\n{}",
            self.what,
            sent.to_string().trim_end()
        );
    }

    /// Checks how many calls there are.
    ///
    /// # Panics
    /// If there are more or fewer: with those that there are.
    #[track_caller]
    pub fn assert_count(&self, count: usize) {
        let actual = self.len();
        assert!(
            actual == count,
            "expected {count} {}, but there are {actual}\n{}",
            self.what,
            self.to_string().trim_end()
        );
    }

    /// The call that differs least, and in what.
    fn nearest(&self, expected: &Request) -> Option<String> {
        let body = |request: &Request| serde_json::to_value(request).unwrap_or(Value::Null);
        let expected = body(expected);
        let compared = self.iter().map(|call| (differences(&expected, &body(&call.request)), call));
        let (found, call) = compared.min_by_key(|(found, _)| found.len())?;
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        Some(format!("  {call}\ndiffers in\n{}", lines.join("\n")))
    }
}

/// A request as the mock records it: an invalid one as it is.
fn canonical(registry: &Registry, request: Request) -> Request {
    fn settled<R: Canonical + Into<Request>>(registry: &Registry, request: R) -> Request
    where
        for<'r> &'r R: Into<RequestRef<'r>>,
    {
        let form = registry.canonical(&request).map(Cow::into_owned);
        form.unwrap_or(request).into()
    }
    match request {
        Request::Text(request) => settled(registry, request),
        Request::Image(request) => settled(registry, request),
        Request::Video(request) => settled(registry, request),
        Request::Extend(request) => settled(registry, request),
        Request::Speech(request) => settled(registry, request),
        other => other,
    }
}
