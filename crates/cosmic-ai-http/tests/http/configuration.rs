//! Configuration by variables, and what is wrong with it.

use std::collections::HashMap;

use cosmic_ai_core::{Error, Outcome};
use cosmic_ai_http::{HttpBackend, HttpBackendBuilder};

use super::ask::kind_of;

type Variables<'v> = &'v [(&'v str, &'v str)];

fn of(variables: Variables<'_>) -> Result<HttpBackend, Error> {
    let variables: HashMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    HttpBackend::from_variables(&move |name: &str| variables.get(name).cloned())
}

const KEYS: [(&str, &str); 2] = [("COSMIC_BUCKET_SLUG", "shop"), ("COSMIC_WRITE_KEY", "CANARY-write")];

fn with(variables: Variables<'_>) -> Vec<(&str, &str)> {
    KEYS.iter().chain(variables).copied().collect()
}

#[test]
fn variables_say_where_the_api_is() {
    let check = |variables: Variables<'_>, work: &str, read: &str| {
        let shown = format!("{:?}", of(&with(variables)).unwrap());
        for (name, url) in [("work_url", work), ("read_url", read)] {
            assert!(shown.contains(&format!("{name}: \"{url}/buckets/shop/\"")), "{variables:?}: {shown}");
        }
        assert!(!shown.contains("CANARY"), "{shown}");
    };
    let (work, read) = ("https://workers.cosmicjs.com/v3", "https://api.cosmicjs.com/v3");
    let (staging, staging_read) = ("https://workers.cosmic-staging.com/v3", "https://api.cosmic-staging.com/v3");
    let local = "http://127.0.0.1:4010/v3";
    check(&[], work, read);
    check(&[("COSMIC_API_ENV", "production")], work, read);
    check(&[("COSMIC_API_ENV", "")], work, read);
    check(&[("COSMIC_API_ENV", "staging")], staging, staging_read);
    check(&[("COSMIC_BASE_URL", local)], local, local);
    // Not the alias: the application's other parts read elsewhere.
    check(&[("COSMIC_WORKERS_URL", local)], local, read);
    check(&[("COSMIC_WORKERS_URL", local), ("COSMIC_API_ENV", "staging")], local, staging_read);
    // Cosmic's own hosts of AI calls do not answer reads.
    for name in ["COSMIC_BASE_URL", "COSMIC_WORKERS_URL"] {
        check(&[(name, work)], work, read);
        check(&[(name, staging)], staging, staging_read);
        check(
            &[(name, "https://WORKERS.cosmicjs.com/v4/")],
            "https://workers.cosmicjs.com/v4",
            "https://api.cosmicjs.com/v4",
        );
        check(&[(name, staging), ("COSMIC_API_URL", local)], staging, local);
    }
    check(&[("COSMIC_BASE_URL", local), ("COSMIC_WORKERS_URL", work)], local, local);
    check(&[("COSMIC_BASE_URL", local), ("COSMIC_API_URL", read)], local, read);
    check(&[("COSMIC_API_URL", local)], work, local);
    check(&[("COSMIC_API_URL", local), ("COSMIC_API_ENV", "staging")], staging, local);
}

#[test]
fn what_is_missing_or_wrong_is_named_without_its_value() {
    let check = |variables: Variables<'_>, expected: &[&str]| {
        let error = of(variables).unwrap_err();
        assert_eq!((kind_of(&error), error.outcome()), ("configuration", Outcome::NotSent));
        let (text, shown) = (error.to_string(), format!("{error:?}"));
        assert!(expected.iter().all(|part| text.contains(part)), "{text} lacks {expected:?}");
        assert!(!shown.contains("CANARY"), "{shown}");
    };
    let (slug, key) = ("COSMIC_BUCKET_SLUG", "COSMIC_WRITE_KEY");
    check(&[], &[slug, key]);
    check(&[(slug, "shop")], &[key]);
    check(&[(key, "CANARY")], &[slug]);
    check(&[(slug, "  "), (key, "")], &[slug, key]);
    check(&[(slug, ".."), (key, "CANARY")], &["bucket slug"]);
    check(&[(slug, "shop"), (key, "CANARY\nsecond line")], &["write key", "characters"]);
    check(&with(&[("COSMIC_API_ENV", "moon")]), &["moon", "production, staging"]);
    check(&with(&[("COSMIC_BASE_URL", "user:CANARY@host")]), &["base URL"]);
    check(&with(&[("COSMIC_BASE_URL", "http://user:CANARY@")]), &["base URL"]);
    for name in ["COSMIC_BASE_URL", "COSMIC_API_URL"] {
        check(&with(&[(name, "http://me:CANARY@127.0.0.1:4010/v3")]), &["base URL", "user name"]);
        check(&with(&[(name, "https://:CANARY@127.0.0.1:4010/v3")]), &["base URL", "user name"]);
    }
    check(&with(&[("COSMIC_BASE_URL", "mailto:CANARY@host")]), &["http"]);
    check(&with(&[("COSMIC_API_URL", "not a url CANARY")]), &["base URL"]);
}

#[test]
fn a_missing_slug_alone_does_not_name_the_key() {
    let error = of(&[("COSMIC_WRITE_KEY", "CANARY")]).unwrap_err();
    assert!(!error.to_string().contains("COSMIC_WRITE_KEY"), "{error}");
}

#[test]
fn a_builder_from_variables_can_be_configured_further() {
    let variables = |name: &str| KEYS.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let builder = HttpBackendBuilder::from_variables(&variables).unwrap();
    assert!(builder.with_read_key("read").with_calls_in_flight(3).build().is_ok());
}

#[test]
fn empty_keys_and_buckets_are_refused() {
    for (bucket, key) in [("", "key"), (" ", "key"), ("shop", ""), ("shop", " \n"), (".", "key")] {
        let error = HttpBackend::builder(bucket, key).build().unwrap_err();
        assert_eq!(kind_of(&error), "configuration", "{bucket:?} {key:?}");
    }
}
