//! Whatever a backend answers, a replay of it answers the same.

use std::time::{Duration, SystemTime};

use cosmic_ai_core::{
    Amount, Asked, BudgetRefusal, Call, Charge, ClipSeconds, Currency, Error, ErrorKind, ImageGenerator as _,
    ImageRequest, ImageResponse, ImageSize, InvalidRequest, LargestFit, Media, MediaId, Money, Multiplier,
    OPERATION_ID_KEY, OperationConflict, Outcome, Pool, Problem, Rejection, TextEvent, TextGenerator as _, TextRequest,
    TextResponse, TimeoutStage, Tokens, TokensUsedUp, Unsupported, Usage,
};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::canned::{Canned, events, facts};
use super::{record, replay};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![".{0,40}", "\\{operation id[~}]{0,3}", Just("Zeile\n\"zwei\"\u{2028}🦀\0".to_owned())]
}

fn usage() -> impl Strategy<Value = Usage> {
    (any::<u64>(), any::<u64>(), any::<bool>()).prop_map(|(input, output, total)| {
        let usage = Usage::new(input, output);
        if total { usage.with_total() } else { usage }
    })
}

fn extra() -> impl Strategy<Value = Map<String, Value>> {
    let value = prop_oneof![
        Just(json!(null)),
        any::<i64>().prop_map(|number| json!(number)),
        text().prop_map(|text| json!({ "deep": [text] })),
    ];
    proptest::collection::btree_map("x-[a-z]{1,8}", value, 0..3).prop_map(|map| map.into_iter().collect())
}

fn answer() -> impl Strategy<Value = TextResponse> {
    (text(), option::of(usage()), option::of("[a-z0-9-]{1,20}"), extra()).prop_map(|(text, usage, model, extra)| {
        let mut answer = TextResponse::new(text);
        (answer.usage, answer.model, answer.extra) = (usage, model.map(Into::into), extra);
        answer
    })
}

fn image() -> impl Strategy<Value = ImageResponse> {
    let parts = (option::of(text()), option::of(any::<u64>()), option::of(text()), extra(), any::<bool>());
    ("[0-9a-f]{4,24}", parts, option::of(text()), extra()).prop_map(|(id, parts, prompt, extra)| {
        let (name, size, folder, metadata, is_svg) = parts;
        let mut media = Media::new(id, "https://cdn.example.com/a", if is_svg { "image/svg+xml" } else { "image/png" });
        (media.name, media.size, media.folder, media.metadata) = (name, size, folder, metadata);
        let mut response = ImageResponse::new(media);
        (response.revised_prompt, response.extra) = (prompt, extra);
        response
    })
}

fn rejection() -> impl Strategy<Value = Rejection> {
    (text(), option::of("[A-Z_]{1,12}"), option::of("[0-9a-f]{8}")).prop_map(|(message, code, id)| {
        let mut rejection = Rejection::new(message);
        (rejection.code, rejection.request_id) = (code, id);
        rejection
    })
}

fn problem() -> impl Strategy<Value = Problem> {
    (text(), text(), text(), option::of(text())).prop_map(|(field, given, allowed, nearest)| {
        Problem::new(field, "is wrong").given(given).allowed([allowed]).nearest(nearest)
    })
}

fn refusal() -> impl Strategy<Value = BudgetRefusal> {
    let pool = prop_oneof![Just(Pool::Input), Just(Pool::Output), Just(Pool::Total), Just(Pool::Money)];
    let amount = || {
        prop_oneof![
            any::<u64>().prop_map(|tokens| Amount::Tokens(Tokens(tokens))),
            any::<u64>().prop_map(|micros| Amount::Money(Money::from_micros(micros, Currency::EUR))),
        ]
    };
    let asked = prop_oneof![amount().prop_map(Asked::Amount), Just(Asked::Unbounded), Just(Asked::Unpriced)];
    let largest = prop_oneof![
        any::<u32>().prop_map(LargestFit::MaxTokens),
        Just(LargestFit::Duration(ClipSeconds::SIX)),
        Just(LargestFit::Size(ImageSize::SQUARE_512)),
        any::<u64>().prop_map(LargestFit::Characters),
    ];
    let renews = any::<u32>().prop_map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.into()));
    (text(), pool, asked, amount(), option::of(renews), option::of(largest)).prop_map(|parts| {
        let (budget, pool, asked, left, renews_at, largest) = parts;
        let mut refusal = BudgetRefusal::new(budget, pool, asked, left);
        (refusal.renews_at, refusal.largest) = (renews_at, largest);
        refusal
    })
}

fn charge() -> impl Strategy<Value = Charge> {
    (any::<u64>(), any::<u64>()).prop_map(|(input, output)| Charge::new(Tokens(input), Tokens(output)))
}

fn kind() -> BoxedStrategy<ErrorKind> {
    let stage = prop_oneof![
        Just(TimeoutStage::Connect),
        Just(TimeoutStage::FirstByte),
        Just(TimeoutStage::Idle),
        Just(TimeoutStage::Total),
    ];
    let before = prop_oneof![
        prop::collection::vec(problem(), 1..3).prop_map(|problems| ErrorKind::Invalid(InvalidRequest::new(problems))),
        text().prop_map(|advice| ErrorKind::Unsupported(Unsupported::new("extend_video", advice))),
        text().prop_map(|message| ErrorKind::Configuration { message }),
        refusal().prop_map(ErrorKind::Budget),
        option::of(charge()).prop_map(|charge| ErrorKind::Operation(OperationConflict::Done { charge })),
        Just(ErrorKind::Operation(OperationConflict::InFlight)),
        Just(ErrorKind::Operation(OperationConflict::Unresolved)),
        Just(ErrorKind::Operation(OperationConflict::OtherRequest)),
        text().prop_map(|message| ErrorKind::Ledger { message }),
    ];
    let under_way = prop_oneof![
        text().prop_map(|message| ErrorKind::Connect { message }),
        (stage, any::<u32>())
            .prop_map(|(stage, ms)| ErrorKind::Timeout { stage, after: Duration::from_millis(ms.into()) }),
        text().prop_map(|message| ErrorKind::Interrupted { message }),
        rejection().prop_map(ErrorKind::Credentials),
        (rejection(), text(), 0..1_000_000_u32).prop_map(|(rejection, model, thousandths)| {
            let multiplier = Multiplier::from_thousandths(thousandths);
            ErrorKind::TokensUsedUp(TokensUsedUp::new(rejection).with_model(model, "Standard", multiplier))
        }),
        rejection().prop_map(|rejection| ErrorKind::TokensUsedUp(TokensUsedUp::new(rejection))),
        rejection().prop_map(ErrorKind::NotFound),
        rejection().prop_map(ErrorKind::RateLimited),
        rejection().prop_map(ErrorKind::ContentPolicy),
        rejection().prop_map(ErrorKind::Refused),
        rejection().prop_map(ErrorKind::Server),
    ];
    let after = prop_oneof![
        text().prop_map(|message| ErrorKind::Decode { message }),
        (text(), text()).prop_map(|(path, message)| ErrorKind::File { path, message }),
        text().prop_map(|message| ErrorKind::Backend { message }),
    ];
    prop_oneof![before, under_way, after].boxed()
}

fn error() -> impl Strategy<Value = Error> {
    let outcome = prop_oneof![
        Just(Outcome::NotSent),
        Just(Outcome::Refused),
        charge().prop_map(|at_least| Outcome::Unknown { at_least }),
        option::of(charge()).prop_map(|charge| Outcome::Billed { charge }),
    ];
    let more = (option::of(any::<u16>()), option::of(any::<u32>()), option::of(text()), option::of(usage()));
    let beneath = (option::of("[0-9a-f]{8}"), option::of(text()));
    (kind(), outcome, more, beneath).prop_map(|(kind, outcome, more, beneath)| {
        let (status, pause, partial, usage) = more;
        let mut error = Error::new(kind, outcome);
        if let Some(status) = status {
            error = error.with_status(status);
        }
        if let Some(pause) = pause {
            error = error.with_retry_after(Duration::from_millis(pause.into()));
        }
        if let Some(partial) = partial {
            error = error.with_partial_text(partial);
        }
        if let Some(usage) = usage {
            error = error.with_usage(usage);
        }
        if let (Some(id), _) = &beneath {
            error = error.with_media_id(MediaId::from(id.as_str()));
        }
        if let (_, Some(cause)) = beneath {
            error = error.with_source(cause);
        }
        error
    })
}

fn again(error: &Error) -> Error {
    let mut again = Error::new(error.kind().clone(), error.outcome());
    if let Some(text) = error.partial_text() {
        again = again.with_partial_text(text);
    }
    if let Some(usage) = error.usage() { again.with_usage(usage) } else { again }
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn texts_and_errors_come_back_as_they_were(
        given in answer(), failure in error(), made in image(), prompt in text(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let call = Call::new();
        let expected = facts(&failure);
        let (ask, draw) = (TextRequest::new(&prompt), ImageRequest::new(&prompt));
        block_on(async {
            let canned = Canned::default();
            canned.texts.lock().unwrap().extend([Ok(given.clone()), Err(failure)]);
            canned.images.lock().unwrap().push_back(Ok(made.clone()));
            let recording = record(canned, folder.path());
            recording.generate_text(&call, &ask).await.unwrap();
            recording.generate_text(&call, &ask).await.unwrap_err();
            recording.generate_image(&call, &draw).await.unwrap();
            recording.finish().unwrap();
            for _ in 0..2 {
                let replay = replay(folder.path());
                assert_eq!(replay.generate_text(&call, &ask).await.unwrap(), given);
                assert_eq!(facts(&replay.generate_text(&call, &ask).await.unwrap_err()), expected);
                assert_eq!(replay.generate_image(&call, &draw).await.unwrap(), made);
                let bytes = cosmic_ai_core::MediaLibrary::open(&replay, &made.media).await.unwrap().collect().await.unwrap();
                assert_eq!(bytes, made.media.id.as_str().as_bytes());
                replay.assert_all_used();
            }
        });
    }

    #[test]
    fn streams_come_back_as_they_were(
        parts in prop::collection::vec((0..500_u64, text(), option::of(usage())), 0..6),
        end in option::of(answer()), failure in option::of(error()),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let call = Call::new();
        let ask = TextRequest::new("Anything");
        block_on(async {
            let mut given = Vec::new();
            for (pause, text, usage) in parts {
                given.push((pause, Ok(TextEvent::Delta(text))));
                given.extend(usage.map(|usage| (0, Ok(TextEvent::Usage(usage)))));
            }
            match (end, failure) {
                (Some(end), _) => given.push((7, Ok(TextEvent::End(end)))),
                (None, Some(failure)) => given.push((7, Err(again(&failure)))),
                (None, None) => {}
            }
            let canned = Canned::default();
            canned.streams.lock().unwrap().push_back(given);
            let builder = cosmic_ai_mock::cassette::Recording::builder(canned, folder.path());
            let recording = builder.with_timing().start().unwrap();
            let expected = events(recording.stream_text(&call, &ask).await.unwrap()).await;
            recording.finish().unwrap();
            let builder = cosmic_ai_mock::cassette::Replay::builder(folder.path());
            let replay = builder.with_timing().open().unwrap();
            let came = events(replay.stream_text(&call, &ask).await.unwrap()).await;
            assert_eq!(came.len(), expected.len());
            for ((came_at, came), (expected_at, expected)) in came.iter().zip(&expected) {
                assert_eq!(came_at, expected_at);
                match (came, expected) {
                    (Ok(came), Ok(expected)) => assert_eq!(came, expected),
                    (Err(came), Err(expected)) => assert_eq!(facts(came), facts(expected)),
                    other => panic!("{other:?}"),
                }
            }
        });
    }
}

#[tokio::test]
async fn the_id_of_the_present_call_stands_where_that_of_the_recorded_one_was() {
    let folder = tempfile::tempdir().unwrap();
    let (then, now) = (Call::new(), Call::new());
    let mut media = Media::new("one", "https://example.com/", "image/png");
    media.metadata.insert(OPERATION_ID_KEY.to_owned(), json!(then.operation_id()));
    let canned = Canned::default();
    canned.images.lock().unwrap().push_back(Ok(ImageResponse::new(media)));
    let failure =
        Error::new(ErrorKind::Interrupted { message: format!("{} broke", then.operation_id()) }, Outcome::UNKNOWN);
    canned.texts.lock().unwrap().push_back(Err(failure.with_operation_id(then.operation_id())));
    let recording = record(canned, folder.path());
    recording.generate_image(&then, &ImageRequest::new("A")).await.unwrap();
    recording.generate_text(&then, &TextRequest::new("B")).await.unwrap_err();
    assert!(!super::mentions(folder.path(), then.operation_id().as_str()));

    let replay = replay(folder.path());
    let made = replay.generate_image(&now, &ImageRequest::new("A")).await.unwrap();
    assert_eq!(made.media.metadata_value(OPERATION_ID_KEY), Some(&json!(now.operation_id())));
    let error = replay.generate_text(&now, &TextRequest::new("B")).await.unwrap_err();
    assert_eq!(error.operation_id(), Some(now.operation_id()));
    assert_eq!(error.to_string(), format!("interrupted: {} broke", now.operation_id()));
}
