//! Tests of the estimate: its error on texts that it was not fitted to, and what it promises for every text.

mod passages;

use std::fmt::Write as _;

use super::{class, estimate_tokens, most_tokens};
use proptest::prelude::*;

/// Checks the estimate against a count made with bpe-openai 0.3.2, vocabulary `o200k_base`.
#[track_caller]
fn check(text: &str, tokens: u64) {
    let estimate = estimate_tokens(text);
    assert!(estimate.abs_diff(tokens) * 100 <= tokens * 15, "{estimate} estimated, {tokens} counted");
}

/// The errors of the passages of one script, in thousandths of the true counts: of each passage, estimate less count.
fn errors(script: &str) -> Vec<i64> {
    let of_script = passages::ALL.iter().filter(|passage| passage.script == script);
    of_script
        .map(|passage| {
            let (estimate, tokens) = (estimate_tokens(passage.text), passage.tokens);
            (estimate.cast_signed() - tokens.cast_signed()) * 1_000 / tokens.cast_signed()
        })
        .collect()
}

#[test]
fn the_mean_error_is_at_most_15_percent_in_every_script() {
    let mut table = String::from("script       passages  mean error    bias   worst (% of o200k_base)\n");
    let mut scripts: Vec<&str> = passages::ALL.iter().map(|passage| passage.script).collect();
    scripts.dedup();
    let mut too_far_off = Vec::new();
    for script in scripts {
        let errors = errors(script);
        let passages = i64::try_from(errors.len()).unwrap();
        let mean = errors.iter().map(|error| error.abs()).sum::<i64>() / passages;
        let bias = errors.iter().sum::<i64>() / passages;
        let worst = errors.iter().max_by_key(|error| error.abs()).unwrap();
        let percent = |thousandths: i64| {
            let sign = if thousandths < 0 { "-" } else { "" };
            format!("{sign}{}.{}", thousandths.abs() / 10, thousandths.abs() % 10)
        };
        let (shown, bias, worst) = (percent(mean), percent(bias), percent(*worst));
        writeln!(table, "{script:<12} {passages:>8} {shown:>11} {bias:>7} {worst:>7}").unwrap();
        if mean > 150 {
            too_far_off.push(script);
        }
    }
    println!("{table}");
    assert!(too_far_off.is_empty(), "{table}");
}

#[test]
fn every_script_that_is_promised_has_three_passages() {
    for script in ["English", "German", "source code", "Chinese", "Japanese", "Arabic", "emoji"] {
        assert!(errors(script).len() >= 3, "{script}");
    }
}

#[cfg(feature = "bpe")]
#[test]
fn the_recorded_counts_of_the_passages_are_right() {
    let recounted = passages::ALL.iter().map(|passage| bpe_openai::o200k_base().count(passage.text) as u64);
    let recorded: Vec<u64> = passages::ALL.iter().map(|passage| passage.tokens).collect();
    assert_eq!(recorded, recounted.collect::<Vec<_>>());
}

#[test]
fn digits_are_three_to_a_token() {
    check(&"0123456789".repeat(30), 100);
    check(&"2048 ".repeat(40), 120);
}

#[test]
fn only_the_empty_text_is_free() {
    assert_eq!(estimate_tokens(""), 0);
    for character in '\0'..=char::MAX {
        let mut buffer = [0; 4];
        let text = character.encode_utf8(&mut buffer);
        let estimate = estimate_tokens(text);
        assert!(1 <= estimate && estimate <= most_tokens(text), "{character:?}: {estimate}");
    }
}

#[test]
fn frequent_chinese_characters_cost_less_than_rare_ones() {
    assert!(estimate_tokens(&"的".repeat(50)) < estimate_tokens(&"龘".repeat(50)));
}

#[test]
fn classes_follow_unicode_blocks() {
    let check = |text: &str, class: class::Class| {
        for character in text.chars() {
            assert_eq!(class::class_of(character), class as u8, "{character:?}");
        }
    };
    check("äßéłğ", class::Class::Latin);
    check("жыё", class::Class::Cyrillic);
    check("سلام", class::Class::Arabic);
    check("\u{64b}\u{301}", class::Class::Mark);
    check("한글", class::Class::Hangul);
    check("ひら", class::Class::Hiragana);
    check("カナー", class::Class::Katakana);
    check("的不", class::Class::HanInWords);
    check("龘", class::Class::HanRare);
    check("、。「（", class::Class::WidePunctuation);
    check("“”–…§", class::Class::Typographic);
    check("😂🙏", class::Class::Face);
    check("🎉🏽", class::Class::Pictograph);
    check("🚀🦀", class::Class::RareEmoji);
    check("\u{fe0f}\u{200d}", class::Class::Modifier);
}

/// Texts that keep to one script for a while, unlike random characters, and cross the chunks of the loop.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[a-zA-Z ]{0,40}",
        "[a-zäöüß]{0,20}",
        "[0-9a-f]{0,60}",
        "[ \\n\\t]{0,40}",
        "[!-/:-@]{0,20}",
        "[一-龥、。]{0,20}",
        "[ぁ-ヿ]{0,20}",
        "[ا-ي ]{0,20}",
        "[😀-🙏\u{200d}\u{fe0f}]{0,10}",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn appending_never_makes_the_estimate_smaller(text in texts(), more in texts()) {
        prop_assert!(estimate_tokens(&text) <= estimate_tokens(&(text.clone() + &more)));
    }

    #[test]
    fn no_prefix_costs_more_than_a_longer_one(text in texts()) {
        let mut before = 0;
        for (end, _) in text.char_indices() {
            let estimate = estimate_tokens(&text[..end]);
            prop_assert!(before <= estimate);
            before = estimate;
        }
    }

    #[test]
    fn the_estimate_lies_between_1_and_the_bytes(text in texts()) {
        let estimate = estimate_tokens(&text);
        prop_assert!(estimate <= most_tokens(&text));
        prop_assert_eq!(estimate == 0, text.is_empty());
    }
}
