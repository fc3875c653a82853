//! The mocks for `mockall` from a program that knows the facade alone.

use cosmic_ai::mock::MockBackend;
use cosmic_ai::mock::mocks::{MockImageGenerator, MockTextGenerator};
use cosmic_ai::{
    Call, Client, Error, ErrorKind, Generators, ImageRequest, ImageResponse, Media, Outcome, Rejection, TextRequest,
    TextResponse, Usage,
};
use mockall::Sequence;

#[tokio::test]
async fn a_client_takes_a_mock_for_one_slot_and_a_backend_for_the_rest() {
    let mut order = Sequence::new();
    let mut text = MockTextGenerator::new();
    text.expect_generate_text()
        .withf(|call, request| call.labels().contains_key("project") && request.max_tokens == Some(20))
        .times(1)
        .in_sequence(&mut order)
        .returning(|_, _| Ok(TextResponse::new("Tide comes in").with_usage(Usage::new(9_u32, 4_u32))));
    text.expect_generate_text().times(1).in_sequence(&mut order).returning(|call, _| {
        let refusal = ErrorKind::RateLimited(Rejection::new("slow down"));
        Err(Error::new(refusal, Outcome::Refused).with_operation_id(call.operation_id()))
    });
    let client = Client::new(Generators::from(MockBackend::new()).with_text(text));
    let ask = TextRequest::new("A headline").with_max_tokens(20);
    let answer = client.with(Call::new().with_label("project", "spring")).generate_text(&ask).await.unwrap();
    assert_eq!(answer.text, "Tide comes in");
    assert!(client.generate_text(&ask).await.unwrap_err().is_resendable());
    assert!(client.generate_image(ImageRequest::new("A tide")).await.is_ok());
}

#[tokio::test]
async fn what_the_client_refuses_never_reaches_a_mock() {
    let mut image = MockImageGenerator::new();
    let made = || Ok(ImageResponse::new(Media::new("one", "https://example.com/one.png", "image/png")));
    image.expect_generate_image().times(1).returning(move |_, _| made());
    let client = Client::new(Generators::new().with_image(image));
    assert!(matches!(client.generate_image(ImageRequest::new(" ")).await.unwrap_err().kind(), ErrorKind::Invalid(_)));
    assert_eq!(client.generate_image(ImageRequest::new("A kite")).await.unwrap().media.id.as_str(), "one");
}
