//! The configuration file that stands in the documentation: it is read, and it has every key that there is.

use std::num::NonZeroU32;
use std::time::Duration;

use cosmic_ai_server::{Config, FolderPolicy, Limits};

const DOCUMENTED: &str = include_str!("../../../server.toml");

/// The keys that are known where `before` ends, as the refusal of one that is not says.
fn known(before: &str) -> Vec<String> {
    let refusal = Config::from_toml(&format!("{before}xyzzyx = 1"), "server.toml").unwrap_err().to_string();
    let (_, names) = refusal.split_once("known are ").unwrap_or_else(|| panic!("{refusal}"));
    names.split(", ").map(str::to_owned).collect()
}

#[test]
fn the_documented_file_is_read_as_it_stands() {
    let config = Config::from_toml(DOCUMENTED, "/srv/server.toml").unwrap();
    let defaults = Config::new("/srv/cosmic-data");
    assert_eq!((config.address, &config.data, &config.limits), (defaults.address, &defaults.data, &Limits::default()));
    assert_eq!((config.folders, config.cors_origins.len()), (FolderPolicy::OnFirstUse, 1));
    assert!(config.metrics_key.unwrap().is_of("a-metrics-key-of-16-characters-or-more"));
    let [bucket] = config.buckets.as_slice() else { panic!("{config:?}") };
    assert_eq!((bucket.slug.as_str(), bucket.folders.as_slice()), ("my-shop", &["posters".into(), "clips".into()][..]));
    assert!(bucket.read_key.is_of("a-read-key-of-16-characters-or-more"));
    assert_eq!((bucket.rate.unwrap().per_minute, bucket.rate.unwrap().burst), (count(120), count(20)));
    assert_eq!((bucket.budgets.len(), config.budgets.len()), (1, 1));
    let keep = config.keep.unwrap();
    assert_eq!((keep.hosts.as_slice(), keep.most_bytes), (&["cdn.cosmicjs.com".to_owned()][..], 1 << 30));
    assert_eq!(keep.time, Duration::from_mins(5));
}

fn count(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

#[test]
fn every_key_is_documented_where_it_stands() {
    // Each table: what stands before its keys in a file, and in the documented one.
    let tables = [
        ("", ""),
        ("[limits]\n", "[limits]"),
        ("[[bucket]]\n", "[[bucket]]"),
        ("[[bucket]]\n[[bucket.budget]]\n", "[[bucket.budget]]"),
        ("[[budget]]\n", "[[budget]]"),
        ("[keep]\n", "[keep]"),
    ];
    let budgets = ["[[bucket.budget]]", "[[budget]]"];
    for (before, table) in tables {
        let text = if budgets.contains(&table) { budgets.map(section).concat() } else { section(table) };
        let names = known(before);
        assert!(names.len() >= 3, "{table}: {names:?}");
        for name in names {
            let has_own = [format!("\n[{name}]"), format!("\n[[{name}]]"), format!("\n[[bucket.{name}]]")];
            let has_own = has_own.iter().any(|head| DOCUMENTED.contains(head));
            let lines = text.lines().map(|line| line.trim_start_matches("# "));
            let stands = lines.into_iter().any(|line| line.starts_with(&format!("{name} = ")));
            assert!(stands || has_own, "`{name}` of {table:?} is not in server.toml");
        }
    }
    for name in known("[[bucket]]\n[bucket.rate]\n") {
        assert!(section("[[bucket]]").contains(&format!("{name} = ")), "{name}");
    }
}

/// What stands under the head of a table, up to the next one.
fn section(head: &str) -> String {
    let text = format!("\n{DOCUMENTED}");
    let start = if head.is_empty() { 0 } else { text.find(&format!("\n{head}")).expect(head) + 1 + head.len() };
    let rest = &text[start..];
    rest[..rest.find("\n[").unwrap_or(rest.len())].to_owned()
}
