//! The account: what is deducted, and what is said when nothing is left.

use cosmic_ai_core::{
    Call, Charge, ErrorKind, ImageGenerator, ImageRequest, Outcome, SpeechGenerator, SpeechRequest, TextGenerator,
    TextRequest, Tokens, VideoGenerator, VideoRequest,
};
use cosmic_ai_mock::{Account, Answer, Fault, Latency, MockBackend, When};

fn pools(input: u64, output: u64) -> Charge {
    Charge::new(Tokens(input), Tokens(output))
}

fn with_account(input: u64, output: u64) -> (MockBackend, Account) {
    let account = Account::new(input, output);
    (MockBackend::builder().with_account(account.clone()).build(), account)
}

#[tokio::test]
async fn every_call_is_deducted_from_its_pools() {
    let (mock, account) = with_account(1_000, 1_000_000);
    mock.generate_text(&Call::new(), &TextRequest::new("Hello").with_max_tokens(50)).await.unwrap();
    assert_eq!(account.left(), pools(994, 999_900));
    mock.generate_image(&Call::new(), &ImageRequest::new("A lake")).await.unwrap();
    assert_eq!(account.left(), pools(994, 967_740));
    mock.generate_speech(&Call::new(), &SpeechRequest::new("Hello")).await.unwrap();
    assert_eq!(account.left(), pools(992, 964_140));
    mock.generate_video(&Call::new(), &VideoRequest::new("A kite")).await.unwrap();
    assert_eq!(account.left(), pools(992, 676_140));
    assert_eq!(mock.account().unwrap().left(), account.left());
}

#[tokio::test]
async fn text_is_refused_when_either_pool_is_empty_and_its_last_answer_may_cost_more_than_is_left() {
    let (mock, account) = with_account(1_000, 40);
    let request = TextRequest::new("Hello").with_max_tokens(50);
    mock.generate_text(&Call::new(), &request).await.unwrap();
    assert_eq!(account.left(), pools(994, 0));
    for call in [Call::new(), Call::new()] {
        let error = mock.generate_text(&call, &request).await.unwrap_err();
        assert_eq!((error.status(), error.outcome()), (Some(402), Outcome::Refused));
        assert_eq!(error.operation_id(), Some(call.operation_id()));
        let ErrorKind::TokensUsedUp(used_up) = error.kind() else { panic!("{error:?}") };
        assert_eq!((used_up.model.as_deref(), used_up.tier.as_deref()), (Some("Claude Opus 4.8"), Some("Standard")));
        assert_eq!(used_up.multiplier.unwrap().to_string(), "2.0x");
        assert!(mock.stream_text(&call, &request).await.is_err());
    }
    mock.calls().failed().assert_spent(Tokens::ZERO);
    let (mock, _) = with_account(0, 1_000);
    assert!(mock.generate_text(&Call::new(), &request).await.is_err());
}

#[tokio::test]
async fn media_are_refused_when_less_is_left_than_they_cost() {
    let (mock, account) = with_account(0, 300_000);
    mock.generate_video(&Call::new(), &VideoRequest::new("A kite")).await.unwrap();
    let error = mock.generate_video(&Call::new(), &VideoRequest::new("A kite")).await.unwrap_err();
    assert!(error.to_string().contains("You have reached your token usage limit. Model Veo 3.1 Fast"), "{error}");
    assert_eq!(account.left(), pools(0, 12_000));
    account.add(pools(10, 276_000));
    mock.generate_video(&Call::new(), &VideoRequest::new("A kite")).await.unwrap();
    assert_eq!(account.left(), pools(10, 0));
}

#[tokio::test(start_paused = true)]
async fn calls_at_the_same_time_cannot_spend_the_same_tokens() {
    let account = Account::new(0_u32, 600_000_u32);
    let mock = MockBackend::builder().with_account(account.clone()).with_latency(Latency::realistic()).build();
    let film = VideoRequest::new("A kite");
    let call = Call::new();
    let (one, two, three) = tokio::join!(
        mock.generate_video(&call, &film),
        mock.generate_video(&call, &film),
        mock.generate_video(&call, &film)
    );
    assert_eq!([one.is_ok(), two.is_ok(), three.is_ok()], [true, true, false]);
    assert_eq!(account.left(), pools(0, 24_000));
}

#[tokio::test]
async fn an_account_is_shared_by_mocks_and_clones() {
    let account = Account::new(1_000_u32, 100_000_u32);
    let builder = MockBackend::builder().with_account(account.clone());
    for mock in [builder.clone().build(), builder.build()] {
        mock.clone().generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap();
    }
    assert_eq!(account.left(), pools(1_000, 100_000 - 2 * 32_160));
}

#[tokio::test]
async fn what_fails_unbilled_is_not_deducted_and_a_dropped_stream_for_what_it_gave() {
    let account = Account::new(1_000_u32, 300_000_u32);
    let mock = MockBackend::builder()
        .with_account(account.clone())
        .fault(When::video(), Fault::connection_lost())
        .on(When::text(), Answer::text("one two three four"))
        .build();
    mock.generate_video(&Call::new(), &VideoRequest::new("A kite")).await.unwrap_err();
    assert_eq!(account.left(), pools(1_000, 300_000));
    let mut stream = mock.stream_text(&Call::new(), &TextRequest::new("Count")).await.unwrap();
    stream.next().await.unwrap().unwrap();
    drop(stream);
    assert_eq!(account.left(), pools(994, 299_994));
}

#[tokio::test]
async fn a_dear_answer_of_a_rule_is_deducted_as_it_says() {
    let account = Account::new(1_000_u32, 50_000_u32);
    let usage = cosmic_ai_core::Usage::new(0_u32, 1_000_u32);
    let mock = MockBackend::builder()
        .with_account(account.clone())
        .on(When::image(), Answer::generated().with_usage(usage))
        .build();
    mock.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap();
    assert_eq!(account.left(), pools(1_000, 49_000));
}
