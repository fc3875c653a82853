//! A broken overlay is told of by file, line and key, in words that say what to write.

use std::error::Error as _;

use cosmic_ai_core::{ErrorKind, Outcome, Registry};

/// The line and key of the error, and a part of its message.
fn check(toml: &str, line: usize, key: &str, part: &str) {
    let Err(error) = Registry::built_in().with_overlay(toml, "my/models.toml") else { panic!("accepted: {toml}") };
    let ErrorKind::Overlay(overlay) = error.kind() else { panic!("{error:?}") };
    assert_eq!((overlay.file.as_str(), overlay.line, overlay.key.as_str()), ("my/models.toml", line, key), "{error}");
    assert!(overlay.message.contains(part), "{error}");
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert!(error.to_string().starts_with(&format!("my/models.toml:{line}: {key}: ")), "{error}");
    assert!(!error.to_string().contains('\n'), "{error}");
}

#[test]
fn what_is_no_toml() {
    check("[[text]]\nid = ", 2, "(document)", "string values must be quoted");
    check("# fine\n[[text]\nid = 'a'", 2, "(document)", "expected `]`");
    check("[[text]]\nid = 'a'\nid = 'b'", 3, "(document)", "duplicate key");
    check("\r\n\r\nx = 'a", 3, "(document)", "");
}

#[test]
fn what_is_no_section_or_key() {
    check("colour = 1", 1, "colour", "expected one of `source`, `tier`, `text`");
    check("\n[[txt]]\nid = 'a'", 2, "txt[0]", "unknown field `txt`");
    check("[text]\nid = 'a'", 1, "text", "write [[text]]");
    check("video = 'veo'", 1, "video", "write [[video]]");
    check(
        "[[text]]\nid = 'gpt-5'\n\n[[text]]\nid = 'o1'\ncolour = 'red'",
        6,
        "text[1].colour",
        "expected one of `id`, `name`",
    );
    check(
        "[[image]]\nid = 'dall-e-3'\n[[image.prices]]\nsize = '1024x1024'\ncost = 3",
        5,
        "image[0].prices[0].cost",
        "`price`",
    );
    check(
        "[[text]]\nid = 'gpt-5'\nmax_output = { token = 3 }",
        3,
        "text[0].max_output.token",
        "expected one of `tokens`",
    );
    check("[[text]]\nid = 'gpt-5'\ntier = { name = 'Standard', hi = 'x' }", 3, "text[0].tier.hi", "`high`");
    check(
        "[[image]]\nid = 'dall-e-3'\nreference_images = { most = 3 }",
        3,
        "image[0].reference_images.most",
        "`total`",
    );
}

#[test]
fn what_is_missing() {
    check("\n[[text]]\nname = 'x'", 2, "text[0]", "missing field `id`");
    check("[[text]]\nid = 'a'\n[[text]]\nname = 'x'\n[[text]]\nid = 'b'", 3, "text[1]", "missing field `id`");
    check("[[text]]\nid = 'new'\nprovider = 'us'", 1, "text[0]", "a new model needs `tier`");
    check("[[text]]\nid = 'new'\ntier = 'Budget'", 1, "text[0]", "a new model needs `provider`");
    check("[[image]]\nid = 'new'\nprovider = 'us'", 1, "image[0]", "a new model needs `sizes`");
    check("[[video]]\nid = 'new'\nprovider = 'us'", 1, "video[0]", "a new model needs `durations`");
    check("[[speech]]\nid = 'new'\nprovider = 'us'", 1, "speech[0]", "a new model needs `voices`");
    let speech = "[[speech]]\nid = 'new'\nprovider = 'us'\nvoices = ['nova']";
    check(speech, 1, "speech[0]", "a new model needs `price_per_thousand`");
    check("[[tier]]\nname = 'Gold'", 1, "tier[0]", "missing field `multiplier`");
    check("[[text]]\nid = 'gpt-5'\ntier = { high = 'Premium' }", 3, "text[0].tier", "missing field `name`");
}

#[test]
fn what_has_the_wrong_type_or_form() {
    check("[[text]]\nid = 5", 2, "text[0].id", "expected a string");
    check("[[text]]\nid = 'gpt-5'\ntier = 3", 3, "text[0].tier", "expected the name of a tier");
    check("[[text]]\nid = 'gpt-5'\nmax_output = 'many'", 3, "text[0].max_output", "expected a number of tokens");
    check("[[text]]\nid = 'gpt-5'\nmax_output = -1", 3, "text[0].max_output", "expected a number of tokens");
    check("[[text]]\nid = 'gpt-5'\nmax_output = 1.5", 3, "text[0].max_output", "expected a number of tokens");
    check("[[text]]\nid = 'gpt-5'\nmax_output = { tokens = 'x' }", 3, "text[0].max_output.tokens", "invalid type");
    check(
        "[[image]]\nid = 'dall-e-3'\nsizes = ['1024x1024', '12x']",
        3,
        "image[0].sizes",
        "size `12x` is not width and height",
    );
    check("[[image]]\nid = 'dall-e-3'\ndefault_size = '0x1'", 3, "image[0].default_size", "each from 1 to 65535");
    check(
        "[[image]]\nid = 'dall-e-3'\nqualities = ['ultra']",
        3,
        "image[0].qualities[0]",
        "expected `standard` or `hd`",
    );
    check("[[video]]\nid = 'veo-3.1'\nresolutions = ['720']", 3, "video[0].resolutions", "such as 720p");
    check(
        "[[tier]]\nname = 'Standard'\nmultiplier = 1.0001",
        3,
        "tier[0].multiplier",
        "at most three decimals, not 1.0001",
    );
    check("[[tier]]\nname = 'Standard'\nmultiplier = -2", 3, "tier[0].multiplier", "from 0 to 1000");
    check("[[tier]]\nname = 'Standard'\nmultiplier = 'two'", 3, "tier[0].multiplier", ", expected a number");
    check("source = 3", 1, "source", "expected a table of `title`, `date`");
    check("tier = [3]", 1, "tier[0]", "expected a table of `name`, `multiplier`");
    check("text = [3]", 1, "text[0]", "expected a table of `id` and what the row changes");
    let video = |rest: &str| format!("[[video]]\nid = 'veo-3.1-generate-preview'\n{rest}");
    check(&video("extension = 3"), 3, "video[0].extension", "expected a table of `duration`, `resolution`, `price`");
    check(&video("generation_time = 3"), 3, "video[0].generation_time", "a table of `least_seconds`, `most_seconds`");
    check(&video("durations = 3"), 3, "video[0].durations", "expected a list");
    check(&video("durations = [3]"), 3, "video[0].durations[0]", "expected a table of `duration`, `price`");
    check(
        "[[speech]]\nid = 'tts-1'\npiece_characters = 'x'",
        3,
        "speech[0].piece_characters",
        "expected a whole number",
    );
    check(&video("reference_images = { total = -1 }"), 3, "video[0].reference_images.total", "expected a whole number");
    check("[source]\ntitle = 'x'\ndate = 2026-01-01", 3, "source.date", "a day in quotes");
    check("[source]\ntitle = 'x'\ndate = '1.1.26'", 3, "source.date", "such as \"2026-11-22\"");
    let low = "[[image]]\nid = 'dall-e-3'\nprices = [{ size = '1024x1024', price = { tokens = 1, low = 'free' } }]";
    check(low, 3, "image[0].prices[0].price.low", "a number of tokens or \"unknown\"");
}

#[test]
fn no_error_names_a_type_of_rust() {
    let values = ["3", "-3", "1.5", "true", "'x'", "[]", "[3]", "[['x']]", "{}", "{ x = 1 }", "2026-01-01"];
    let keys = [
        ("text", "id name provider aliases named_only recommended default tier context_window max_output"),
        ("image", "sizes default_size aspect_ratios qualities formats other_formats reference_images prices"),
        ("video", "durations default_duration resolutions default_resolution generation_time extension"),
        ("speech", "voices default_voice price_per_thousand piece_characters"),
        ("voice", "name group sound suits"),
        ("tier", "name multiplier assumed source date"),
    ];
    let nested = ["prices = [{ KEY = VALUE }]", "tier = { KEY = VALUE }", "max_output = { KEY = VALUE }"];
    let nested_keys = "size quality price name high tokens assumed source date";
    let mut documents: Vec<String> = Vec::new();
    for value in values {
        for section in ["source", "tier", "text", "image", "video", "speech", "voice"] {
            documents.push(format!("{section} = {value}"));
        }
        for (section, keys) in keys {
            documents.extend(keys.split(' ').map(|key| format!("[[{section}]]\n{key} = {value}")));
        }
        for (section, outer) in ["image", "text", "text"].into_iter().zip(nested) {
            let row = |key: &str| format!("[[{section}]]\n{}", outer.replace("KEY", key).replace("VALUE", value));
            documents.extend(nested_keys.split(' ').map(row));
        }
    }
    let names =
        ["struct", "enum", "Row", "u8", "u16", "u32", "u64", "i64", "f64", "sequence", "map", "tuple", "option"];
    let mut rusty = Vec::new();
    for document in documents {
        let Err(error) = Registry::built_in().with_overlay(&document, "o.toml") else { continue };
        let error = error.to_string();
        let mut words = error.split(|character: char| !character.is_ascii_alphanumeric());
        if words.any(|word| names.contains(&word) || word.ends_with("Row")) {
            rusty.push(error);
        }
    }
    assert!(rusty.is_empty(), "{rusty:#?}");
}

#[test]
fn what_stands_there_twice() {
    let two = |section: &str, row: &str| format!("[[{section}]]\n{row}\n[[{section}]]\n{row}");
    let text = two("text", "id = 'gpt-5'\ntier = 'Budget'");
    check(&text, 5, "text[1].id", "stands at text[0].id already, in line 2");
    check(&two("image", "id = 'dall-e-3'"), 4, "image[1].id", "image[0].id already, in line 2");
    check(&two("video", "id = 'new'"), 4, "video[1].id", "video[0].id already, in line 2");
    check(&two("speech", "id = 'tts-1'"), 4, "speech[1].id", "speech[0].id already, in line 2");
    check(&two("tier", "name = 'House'\nmultiplier = 1"), 5, "tier[1].name", "tier[0].name already, in line 2");
    let voice = "name = 'zoe'\ngroup = 'feminine'\nsound = 'a'\nsuits = 'b'";
    check(&two("voice", voice), 7, "voice[1].name", "voice[0].name already, in line 2");
    let price = "{ size = '1024x1024', price = 1 }";
    let prices = format!("[[image]]\nid = 'dall-e-3'\nprices = [{price},\n{price}]");
    check(&prices, 4, "image[0].prices[1].size", "image[0].prices[0].size already, in line 3");
    let duration = "{ duration = 4, price = 1 }";
    let durations = format!("[[video]]\nid = 'veo-3.1-generate-preview'\ndurations = [{duration},\n{duration}]");
    check(&durations, 4, "video[0].durations[1].duration", "video[0].durations[0].duration already, in line 3");
}

#[test]
fn tiers_that_cannot_be() {
    let tier = |name: &str, multiplier: &str| format!("[[tier]]\nname = '{name}'\nmultiplier = {multiplier}");
    for name in ["standard", "STANDARD", " Standard"] {
        check(&tier(name, "3"), 2, "tier[0].name", "write name = \"Standard\"");
    }
    check(&format!("{}\n{}", tier("House", "1"), tier("house", "2")), 5, "tier[1].name", "write name = \"House\"");
    for free in ["0", "0.0", "-0.0"] {
        check(&tier("Standard", free), 3, "tier[0].multiplier", "must be above 0");
    }
}

#[test]
fn what_contradicts_itself_or_the_registry() {
    check("[[text]]\nid = 'gpt-5'\ntier = 'Gold'", 3, "text[0].tier", "(allowed: Budget, Standard, Premium)");
    let range = |tier: &str| format!("[[text]]\nid = 'gpt-5'\ntier = {{ name = 'Standard', {tier} }}");
    check(&range("high = 'Budget', assumed = 'x'"), 3, "text[0].tier", "not cheaper");
    check(&range("high = 'Premium'"), 3, "text[0].tier", "`assumed` says why");
    check("[[text]]\nid = 'gpt-5'\nmax_output = 0", 3, "text[0].max_output", "at least 1");
    check("[[text]]\nid = ' '", 2, "text[0].id", "must not be blank");
    check("[[text]]\nid = 'gpt-5'\naliases = ['g5', '']", 3, "text[0].aliases[1]", "must not be blank");
    check("[[text]]\nid = 'dall-e-3'\ntier = 'Budget'", 2, "text[0].id", "change it under [[image]]");
    check("[[text]]\nid = 'claude-opus-4-8'\ndefault = false", 3, "text[0].default", "set `default = true` on another");
    let image = |rest: &str| format!("[[image]]\nid = 'dall-e-3'\ndefault = true\n{rest}");
    check(
        &image("sizes = ['512x512']"),
        1,
        "image[0].default_size",
        "`1024x1024` is not in its list (allowed: 512x512)",
    );
    check(&image("default_size = '7x7'"), 4, "image[0].default_size", "(allowed: 1024x1024, 1792x1024, 1024x1792)");
    check(&image("prices = [{ size = '7x7', price = 1 }]"), 4, "image[0].prices[0].size", "`7x7` is not in its list");
    let price = |price: &str| image(&format!("prices = [{{ size = '1024x1024', price = {{ {price} }} }}]"));
    let disorder = "must have low <= tokens <= high";
    check(&price("tokens = 3, low = 4, assumed = 'x'"), 4, "image[0].prices[0].price", disorder);
    check(&price("tokens = 3, high = 2, assumed = 'x'"), 4, "image[0].prices[0].price", disorder);
    check(&price("tokens = 3, high = 4"), 4, "image[0].prices[0].price", "a range needs `assumed`");
    let video = |rest: &str| format!("[[video]]\nid = 'veo-3.1-generate-preview'\n{rest}");
    check(&video("default_duration = 10"), 3, "video[0].default_duration", "(allowed: 4, 6, 8)");
    check(&video("default_resolution = '480p'"), 3, "video[0].default_resolution", "(allowed: 720p, 1080p)");
    let time = "generation_time = { least_seconds = 5, most_seconds = 4 }";
    check(&video(time), 3, "video[0].generation_time", "least_seconds <= most_seconds");
    let speech = |rest: &str| format!("[[speech]]\nid = 'tts-1'\n{rest}");
    check(&speech("voices = ['nova', 'zoe']"), 3, "speech[0].voices[1]", "add a [[voice]]");
    check(&speech("default_voice = 'zoe'"), 3, "speech[0].default_voice", "(allowed: nova, shimmer");
    check(&speech("piece_characters = 0"), 3, "speech[0].piece_characters", "at least 1");
}

#[test]
fn what_means_two_models() {
    let new = |rest: &str| format!("[[text]]\nid = 'new'\nprovider = 'us'\ntier = 'Budget'\n{rest}");
    check(&new("aliases = ['fine', 'GPT-5']"), 5, "text[0].aliases[1]", "`gpt-5` already belongs to gpt-5");
    check(&new("name = 'gpt-5.2 CODEX'"), 5, "text[0].name", "already belongs to gpt-5.2-codex");
    check(&new(&new("").replace("'new'", "'NEW'")), 6, "text[1].id", "write id = \"new\"");
    check(
        "[[text]]\nid = 'claude-opus-4-5'\ntier = 'Budget'",
        2,
        "text[0].id",
        "write id = \"claude-opus-4-5-20251101\"",
    );
    check("[[text]]\nid = 'claude-opus-4-8'\naliases = ['o1']", 3, "text[0].aliases[0]", "already belongs to o1");
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_has_its_cause() {
    let error = Registry::built_in().with_overlay_file("no/such/models.toml").unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::File { path, .. } if path == "no/such/models.toml"), "{error:?}");
    assert_eq!(error.to_string(), "file no/such/models.toml: the registry overlay cannot be read");
    assert!(error.source().and_then(|source| source.downcast_ref::<std::io::Error>()).is_some());
    let good = concat!(env!("CARGO_MANIFEST_DIR"), "/registry/tiers.toml");
    assert!(Registry::built_in().with_overlay_file(good).is_ok());
}
