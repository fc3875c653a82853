//! Money adds up, grows with what is used, and never overflows unseen.

use proptest::prelude::*;

use super::{charge, cost};
use crate::cost::{media_charge, speech_input, speech_price, speech_price_least, text_charge};
use crate::registry::Registry;
use crate::tokens::{Charge, Multiplier, Tokens};
use crate::usage::Usage;
use crate::{ImageRequest, Modality, Request, SpeechRequest, TextRequest, VideoRequest};

fn multiplier() -> impl Strategy<Value = Multiplier> {
    (0_u32..=1_000_000).prop_map(Multiplier::from_thousandths)
}

fn whole() -> impl Strategy<Value = Multiplier> {
    (0_u32..=1_000).prop_map(|whole| Multiplier::from_thousandths(whole * 1_000))
}

/// Numbers of all magnitudes, with the ends often.
fn any_tokens() -> impl Strategy<Value = u64> {
    prop_oneof![0..10_000_u64, any::<u64>(), Just(u64::MAX), (0_u32..64).prop_map(|bits| 1 << bits)]
}

fn usage(max: u64) -> impl Strategy<Value = Usage> {
    (0..max, 0..max).prop_map(|(input, output)| Usage::new(input, output))
}

proptest! {
    #[test]
    fn a_multiplier_is_exact_and_rounds_up(tokens in any_tokens(), by in multiplier()) {
        let exact = u128::from(tokens) * u128::from(by.thousandths());
        match by.apply(Tokens(tokens)) {
            Some(applied) => {
                let applied = u128::from(applied.get()) * 1_000;
                prop_assert!(applied >= exact && applied < exact + 1_000);
            }
            None => prop_assert!(exact > u128::from(u64::MAX) * 1_000 - 999),
        }
    }

    #[test]
    fn a_multiplier_reads_back_as_it_is_written(by in multiplier()) {
        let json = serde_json::to_string(&by).unwrap();
        prop_assert_eq!(serde_json::from_str::<Multiplier>(&json).unwrap(), by);
        let shown = by.to_string();
        let number: f64 = shown.trim_end_matches('x').parse().unwrap();
        prop_assert_eq!(Multiplier::from_decimal(number), Some(by));
    }

    #[test]
    fn using_more_never_costs_less(one in usage(1 << 40), more in usage(1 << 40), by in multiplier()) {
        let sum = Usage::new(one.input_tokens.get() + more.input_tokens.get(), one.output_tokens.get() + more.output_tokens.get());
        let (less, more) = (text_charge(&one, by).unwrap(), text_charge(&sum, by).unwrap());
        prop_assert!(less.input <= more.input && less.output <= more.output && less.total() <= more.total());
    }

    #[test]
    fn the_sum_of_charges_is_the_charge_of_the_sum(one in usage(1 << 40), other in usage(1 << 40), by in whole()) {
        let sum = Usage::new(one.input_tokens.get() + other.input_tokens.get(), one.output_tokens.get() + other.output_tokens.get());
        let charges = text_charge(&one, by).unwrap().checked_add(text_charge(&other, by).unwrap());
        prop_assert_eq!(charges, text_charge(&sum, by));
    }

    #[test]
    fn a_fraction_costs_at_most_one_token_more_for_each_call(one in usage(1 << 40), other in usage(1 << 40), by in multiplier()) {
        let output = |usage: &Usage| text_charge(usage, by).unwrap().output.get();
        let sum = Usage::new(0_u32, one.output_tokens.get() + other.output_tokens.get());
        let apart = output(&one) + output(&other);
        prop_assert!(output(&sum) <= apart && apart <= output(&sum) + 1);
    }

    #[test]
    fn nothing_overflows_unseen(input in any_tokens(), output in any_tokens(), total in proptest::option::of(any_tokens()), length in any_tokens()) {
        let mut usage = Usage::new(input, output);
        usage.total_tokens = total.map(Tokens);
        for modality in [Modality::Text, Modality::Image, Modality::Video, Modality::Speech] {
            for model in Registry::built_in().models_of(modality) {
                let request: Request = match modality {
                    Modality::Text => TextRequest::new("Hi").with_model(&model.id).into(),
                    Modality::Image => ImageRequest::new("Hi").with_model(&model.id).into(),
                    Modality::Video => VideoRequest::new("Hi").with_model(&model.id).into(),
                    Modality::Speech => SpeechRequest::new("Hi").with_model(&model.id).into(),
                };
                let found = cost(request, Some(usage));
                let _ = found.to_string();
                if modality != Modality::Text {
                    let moved = found.charge().unwrap();
                    prop_assert!(moved == charge(input, output) || (output == 0 && moved == charge(0, input)));
                }
            }
        }
        let _ = (speech_price(length, Tokens(input)), speech_price_least(length, Tokens(input)), speech_input(length));
        let _ = Charge::new(Tokens(input), Tokens(output)).checked_add(charge(length, length));
        let _ = usage.with_total();
    }

    #[test]
    fn a_clip_is_moved_to_the_output_only_if_it_is_its_very_price(input in 0_u64..4, output in 0_u64..3, price in proptest::option::of(0_u64..4)) {
        let moved = media_charge(&Usage::new(input, output), price.map(Tokens));
        let is_example = output == 0 && price == Some(input);
        prop_assert_eq!(moved, if is_example { charge(0, input) } else { charge(input, output) });
        prop_assert_eq!(u128::from(moved.total().get()), u128::from(input + output));
    }

    #[test]
    fn speech_costs_between_its_least_and_two_thousands_more(length in 0_u64..10_000_000, price in 1_u64..100_000) {
        let (least, usual) = (speech_price_least(length, Tokens(price)).unwrap(), speech_price(length, Tokens(price)).unwrap());
        prop_assert!(usual >= least || length == 0);
        prop_assert!(usual.get() < least.get() + price + 1);
        prop_assert!(speech_price(length + 1, Tokens(price)).unwrap() >= usual);
    }
}
