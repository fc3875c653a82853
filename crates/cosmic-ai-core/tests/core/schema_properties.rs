//! What our types write is as their schemas say, and what the schemas allow our types read.

mod allowed;
mod written;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde::Serialize;

use super::schema_files::{OF_TYPES, schema, validator};

/// How many values of each type.
const VALUES: u32 = 150;

/// What fails is told with its smallest value, and not kept: nothing says for which type it was.
fn config() -> ProptestConfig {
    ProptestConfig { cases: VALUES, failure_persistence: None, ..ProptestConfig::default() }
}

fn check<T: Serialize + std::fmt::Debug>(name: &str, values: impl Strategy<Value = T>) {
    let validator = validator(name);
    let mut runner = TestRunner::new(config());
    let outcome = runner.run(&values, |value| {
        let written = serde_json::to_value(&value).unwrap();
        let problem = validator.validate(&written).err().map(|error| error.to_string());
        prop_assert_eq!(problem, None, "{}", written);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{name}: {error}");
    }
}

#[test]
fn what_our_types_write_is_as_their_schemas_say() {
    check("text-request", written::text_request());
    check("image-request", written::image_request());
    check("video-request", written::video_request());
    check("extension-request", written::extension_request());
    check("speech-request", written::speech_request());
    check("text-response", written::text_response());
    check("image-response", written::image_response());
    check("video-response", written::video_response());
    check("speech-response", written::speech_response());
    check("media", written::media());
    check("usage", written::usage());
    check("message", written::message());
}

#[test]
fn what_the_schemas_allow_our_types_read() {
    for one in OF_TYPES {
        let (schema, validator) = (schema(one.name), validator(one.name));
        let mut runner = TestRunner::new(config());
        let outcome = runner.run(&allowed::by(&schema, &schema), |value| {
            let problem = validator.validate(&value).err().map(|error| error.to_string());
            prop_assert_eq!(problem, None, "what is made here is not allowed: {}", value);
            prop_assert_eq!((one.read)(&value), Ok(()), "{}", value);
            Ok(())
        });
        if let Err(error) = outcome {
            panic!("{}: {error}", one.name);
        }
    }
}

/// Otherwise the properties would show little.
#[test]
fn what_is_made_of_a_schema_has_every_field_of_it_now_and_then() {
    for one in OF_TYPES {
        let schema = schema(one.name);
        let values = allowed::by(&schema, &schema);
        let mut runner = TestRunner::deterministic();
        let made: Vec<_> = (0..200).map(|_| values.new_tree(&mut runner).unwrap().current()).collect();
        for field in schema["properties"].as_object().unwrap().keys() {
            let with = made.iter().filter(|value| value.get(field).is_some_and(|value| !value.is_null())).count();
            assert!(with > 10, "{}: {field} is in {with} of 200", one.name);
        }
    }
}
