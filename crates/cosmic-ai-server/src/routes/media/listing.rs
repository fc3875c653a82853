//! What a list of media asks for, in the parameters of a query.

use cosmic_ai::Problem;
use serde_json::Value;

use super::super::parameters::{Parameters, problem};
use crate::error::ApiError;
use crate::library::{Listing, Sort};

/// How many media a list has at most, and has if nothing is said.
const MOST: u32 = 1_000;
const SORTS: [(&str, Sort); 5] = [
    ("created_at", Sort::OldestFirst),
    ("-created_at", Sort::NewestFirst),
    ("modified_at", Sort::FirstModifiedFirst),
    ("-modified_at", Sort::LastModifiedFirst),
    ("random", Sort::Random),
];

/// Reads the parameters. Those that are not known are passed over, as by the API.
pub(super) fn read(parameters: &Parameters) -> Result<Listing, ApiError> {
    // The disk has no cache that could be asked or passed by.
    parameters.flag("use_cache")?;
    Ok(Listing {
        query: query(parameters)?,
        limit: parameters.number("limit", 1..=MOST)?.unwrap_or(MOST),
        skip: parameters.number("skip", 0..=u32::MAX)?.unwrap_or(0),
        sort: sort(parameters)?,
    })
}

fn query(parameters: &Parameters) -> Result<serde_json::Map<String, Value>, ApiError> {
    let Some(text) = parameters.get("query")?.filter(|text| !text.is_empty()) else {
        return Ok(serde_json::Map::new());
    };
    match serde_json::from_str(text) {
        Ok(Value::Object(query)) => Ok(query),
        Ok(_) => Err(problem(Problem::new("query", "is not a JSON object").given(text))),
        Err(error) => Err(problem(Problem::new("query", format!("is not JSON: {error}")).given(text))),
    }
}

fn sort(parameters: &Parameters) -> Result<Sort, ApiError> {
    // A plus sign is a space in a query string.
    let plain = parameters.get("sort")?.map(|text| text.trim_start_matches([' ', '+']));
    match plain {
        None | Some("") => Ok(Sort::default()),
        Some(text) => {
            let sort = SORTS.iter().find(|(name, _)| *name == text).map(|(_, sort)| *sort);
            sort.ok_or_else(|| super::super::parameters::not_one_of("sort", text, SORTS.iter().map(|(name, _)| *name)))
        }
    }
}
