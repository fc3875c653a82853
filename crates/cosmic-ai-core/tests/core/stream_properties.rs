//! The rules of streams under sources that send anything in any order.

use cosmic_ai_core::{Error, ErrorKind, Outcome, TextEvent, TextResponse, Usage};
use proptest::prelude::*;

use super::stream::{Item, all, delta, stream};

/// What a source may send; errors are no values, so they are made from this.
#[derive(Debug, Clone)]
enum Sent {
    Delta(String),
    Usage(u32),
    End(String, Option<u32>),
    Error,
}

fn sent() -> impl Strategy<Value = Sent> {
    prop_oneof![
        6 => "\\PC{0,6}".prop_map(Sent::Delta),
        2 => any::<u32>().prop_map(Sent::Usage),
        1 => ("\\PC{0,6}", any::<Option<u32>>()).prop_map(|(text, usage)| Sent::End(text, usage)),
        1 => Just(Sent::Error),
    ]
}

fn item(sent: &Sent) -> Item {
    let used = |output: u32| Usage::new(1_u32, output);
    match sent {
        Sent::Delta(text) => delta(text),
        Sent::Usage(output) => Ok(TextEvent::Usage(used(*output))),
        Sent::End(text, usage) => {
            let mut response = TextResponse::new(text.clone());
            response.usage = usage.map(used);
            Ok(TextEvent::End(response))
        }
        Sent::Error => Err(Error::new(ErrorKind::Backend { message: "no".to_owned() }, Outcome::UNKNOWN)),
    }
}

proptest! {
    #[test]
    fn one_terminal_item_with_all_the_text_and_the_last_usage(sent in proptest::collection::vec(sent(), 0..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let items = runtime.block_on(all(stream(sent.iter().map(item).collect())));
        let (terminal, before) = items.split_last().unwrap();
        let mut text = String::new();
        let mut usage = None;
        for item in before {
            match item {
                Ok(TextEvent::Delta(delta)) => text.push_str(delta),
                Ok(TextEvent::Usage(reported)) => usage = Some(*reported),
                other => prop_assert!(false, "{other:?} before the terminal item"),
            }
        }
        match terminal {
            Ok(TextEvent::End(response)) => {
                prop_assert_eq!(&response.text, &text);
                prop_assert!(usage.is_none() || response.usage.is_some());
            }
            Err(error) => {
                prop_assert_eq!(error.partial_text().unwrap_or_default(), &text);
                prop_assert_eq!(error.usage(), usage);
                prop_assert!(error.operation_id().is_some());
            }
            other => prop_assert!(false, "{other:?} is no terminal item"),
        }
        let ends = sent.iter().any(|sent| matches!(sent, Sent::End(..) | Sent::Error));
        prop_assert_eq!(matches!(terminal, Err(error) if matches!(error.kind(), ErrorKind::Interrupted { .. })), !ends);
    }
}
