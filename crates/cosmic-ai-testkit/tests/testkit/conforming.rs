//! The mock keeps all rules.

use std::sync::Arc;

use cosmic_ai_core::Registry;
use cosmic_ai_mock::MockBackend;
use cosmic_ai_testkit::conformance::{self, CheckOutcome, Suite};

#[tokio::test]
async fn the_mock_keeps_every_rule_and_no_check_is_skipped() {
    let report = conformance::all(&MockBackend::new().into()).await;
    report.assert_ok();
    let not_passed: Vec<_> = report.results.iter().filter(|check| check.outcome != CheckOutcome::Passed).collect();
    assert!(not_passed.is_empty(), "{not_passed:?}");
    assert!(report.results.len() > 50, "{} checks", report.results.len());
}

#[tokio::test]
async fn names_of_checks_are_unique() {
    let report = conformance::all(&MockBackend::new().into()).await;
    let mut names: Vec<_> = report.results.iter().map(|check| check.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[tokio::test]
async fn a_backend_with_a_registry_of_its_own_is_checked_by_that() {
    let registry = Arc::new(Registry::built_in().clone().allow_unknown());
    let backend = MockBackend::builder().with_registry(registry.clone()).build();
    Suite::new().with_registry(registry).text(&backend).await.assert_ok();
    // By the built-in registry, it answers what it should refuse.
    let report = conformance::text(&backend).await;
    let failed: Vec<_> = report.failures().map(|check| check.name).collect();
    assert_eq!(failed, ["text/invalid-requests-are-not-sent"]);
}
