//! What queries find.

use serde_json::json;

use super::*;

fn medium() -> Media {
    let mut media = Media::new("abc", "http://localhost/media/a.png", "image/png");
    media.name = Some("a.png".to_owned());
    media.size = Some(1_000);
    media.created_at = Some("2026-01-02T03:04:05.678Z".to_owned());
    media.extra.insert("created_by".to_owned(), Value::Null);
    media.metadata =
        json!({ "campaign": "spring", "rank": 3, "tags": ["red", "blue"], "a": { "b": { "c": true } }, "x.y": 1 })
            .as_object()
            .unwrap()
            .clone();
    media
}

fn matches(query: &Value) -> bool {
    Matcher::of(query.as_object().unwrap()).unwrap().matches(&medium())
}

#[test]
fn what_matches_is_found() {
    for query in [
        json!({}),
        json!({ "id": "abc" }),
        json!({ "type": "image/png", "size": 1000 }),
        json!({ "size": 1000.0 }),
        json!({ "folder": null }),
        json!({ "created_by": null }),
        json!({ "width": null }),
        json!({ "metadata.campaign": "spring" }),
        json!({ "metadata.a.b.c": true }),
        json!({ "metadata.a": { "b": { "c": true } } }),
        json!({ "metadata.x.y": 1 }),
        json!({ "metadata.tags": "red" }),
        json!({ "metadata.tags": ["red", "blue"] }),
        json!({ "metadata.tags": { "$all": ["blue", "red"] } }),
        json!({ "metadata.rank": { "$gt": 2, "$lte": 3 } }),
        json!({ "metadata.rank": { "$gte": 2.5, "$lt": 3.5 } }),
        json!({ "metadata.rank": { "$exists": true } }),
        json!({ "metadata.none": { "$exists": false } }),
        json!({ "metadata.none": { "$ne": 1 } }),
        json!({ "type": { "$in": ["image/png", "image/jpeg"] } }),
        json!({ "type": { "$nin": ["video/mp4"] } }),
        json!({ "type": { "$eq": "image/png" } }),
        json!({ "name": { "$regex": "^A", "$options": "i" } }),
        json!({ "name": { "$not": { "$regex": "^b" } } }),
        json!({ "created_at": { "$gte": "2026-01-01" } }),
        json!({ "created": { "$lt": "2027" } }),
        json!({ "$or": [{ "id": "nobody" }, { "metadata.rank": 3 }] }),
        json!({ "$and": [{ "id": "abc" }, { "size": 1000 }] }),
        json!({ "$nor": [{ "id": "nobody" }] }),
    ] {
        assert!(matches(&query), "{query}");
    }
}

#[test]
fn what_does_not_match_is_not_found() {
    for query in [
        json!({ "id": "ab" }),
        json!({ "ID": "abc" }),
        json!({ "id": null }),
        json!({ "folder": "posters" }),
        json!({ "size": "1000" }),
        json!({ "metadata.campaign": "spring", "id": "other" }),
        json!({ "metadata.rank": { "$gt": 2, "$lt": 3 } }),
        json!({ "metadata.rank": { "$gt": "2" } }),
        json!({ "metadata.none": { "$lt": 5 } }),
        json!({ "metadata.rank": { "$exists": false } }),
        json!({ "metadata.tags": { "$nin": ["red"] } }),
        json!({ "metadata.tags": { "$all": ["red", "green"] } }),
        json!({ "metadata.tags": { "$all": [] } }),
        json!({ "metadata.a": {} }),
        json!({ "name": { "$regex": "^A" } }),
        json!({ "$or": [{ "id": "nobody" }, { "metadata.rank": 4 }] }),
        json!({ "$nor": [{ "id": "abc" }] }),
    ] {
        assert!(!matches(&query), "{query}");
    }
}

#[test]
fn what_is_not_understood_is_refused_by_its_name() {
    for (query, named) in [
        (json!({ "id": { "$where": "1" } }), "$where of id"),
        (json!({ "$where": "1" }), "$where"),
        (json!({ "$expr": {} }), "$expr"),
        (json!({ "id": { "$eq": 1, "plain": 2 } }), "plain of id"),
        (json!({ "id": { "$in": "abc" } }), "$in of id"),
        (json!({ "id": { "$exists": 1 } }), "$exists of id"),
        (json!({ "id": { "$regex": "(" } }), "$regex of id"),
        (json!({ "id": { "$regex": "a{1000}{1000}" } }), "$regex of id"),
        (json!({ "id": { "$regex": "a", "$options": "x" } }), "$options of id"),
        (json!({ "id": { "$options": "i" } }), "$options of id"),
        (json!({ "id": { "$not": 1 } }), "$not of id"),
        (json!({ "$or": [] }), "$or"),
        (json!({ "$or": [1] }), "$or"),
        (json!({ "$and": { "id": 1 } }), "$and"),
    ] {
        let error = Matcher::of(query.as_object().unwrap()).unwrap_err();
        assert_eq!(error.status(), Some(400));
        assert!(error.to_string().contains(named), "{query}: {error}");
    }
}

#[test]
fn depth_is_bounded() {
    let mut query = json!({ "id": "abc" });
    for _ in 0..DEPTH {
        query = json!({ "$and": [query] });
    }
    assert!(matches(&query));
    let deeper = json!({ "$and": [query] });
    assert_eq!(Matcher::of(deeper.as_object().unwrap()).unwrap_err().status(), Some(400));
}
