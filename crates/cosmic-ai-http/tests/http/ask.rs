//! Calls of every kind, and what came of them in words that tables can hold.

use cosmic_ai_core::{
    Call, Error, ErrorKind, ExtensionRequest, ImageGenerator, ImageRequest, Outcome, SpeechGenerator, SpeechRequest,
    TextEvent, TextGenerator, TextRequest, TimeoutStage, VideoGenerator, VideoRequest,
};
use cosmic_ai_http::HttpBackend;
use cosmic_ai_testkit::server::Gate;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    Text,
    Stream,
    Image,
    Video,
    Extend,
    Speech,
}

/// What is known of the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Money {
    NotSent,
    Refused,
    Unknown,
    Billed,
}

/// Makes a call and answers with its text or the id of its medium.
pub(super) async fn ask(backend: &HttpBackend, call: &Call, ask: Ask, gate: Option<&Gate>) -> Result<String, Error> {
    let text = TextRequest::new("Name three colours").with_max_tokens(50);
    Ok(match ask {
        Ask::Text => backend.generate_text(call, &text).await?.text,
        Ask::Stream => {
            let mut stream = backend.stream_text(call, &text).await?;
            while let Some(event) = stream.next().await {
                match event {
                    Ok(TextEvent::Delta(_)) => gate.into_iter().for_each(Gate::open),
                    Ok(TextEvent::End(answer)) => return Ok(answer.text),
                    Ok(_) => {}
                    Err(error) => return Err(error),
                }
            }
            panic!("a stream stopped without its end");
        }
        Ask::Image => backend.generate_image(call, &ImageRequest::new("A red bicycle")).await?.media.id.to_string(),
        Ask::Video => backend.generate_video(call, &VideoRequest::new("It rolls by")).await?.media.id.to_string(),
        Ask::Extend => backend.extend_video(call, &ExtensionRequest::new("m1", "On")).await?.media.id.to_string(),
        Ask::Speech => backend.generate_speech(call, &SpeechRequest::new("Hello")).await?.media.id.to_string(),
    })
}

pub(super) fn kind_of(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Invalid(_) => "invalid",
        ErrorKind::Configuration { .. } => "configuration",
        ErrorKind::Connect { .. } => "connect",
        ErrorKind::Timeout { stage: TimeoutStage::Connect, .. } => "timeout connect",
        ErrorKind::Timeout { stage: TimeoutStage::FirstByte, .. } => "timeout first byte",
        ErrorKind::Timeout { stage: TimeoutStage::Idle, .. } => "timeout idle",
        ErrorKind::Timeout { stage: TimeoutStage::Total, .. } => "timeout total",
        ErrorKind::Interrupted { .. } => "interrupted",
        ErrorKind::Credentials(_) => "credentials",
        ErrorKind::TokensUsedUp(_) => "used up",
        ErrorKind::NotFound(_) => "not found",
        ErrorKind::RateLimited(_) => "rate limited",
        ErrorKind::ContentPolicy(_) => "policy",
        ErrorKind::Refused(_) => "refused",
        ErrorKind::Server(_) => "server",
        ErrorKind::Decode { .. } => "decode",
        _ => "other",
    }
}

pub(super) fn money_of(outcome: Outcome) -> Money {
    match outcome {
        Outcome::NotSent => Money::NotSent,
        Outcome::Refused => Money::Refused,
        Outcome::Billed { .. } => Money::Billed,
        _ => Money::Unknown,
    }
}
