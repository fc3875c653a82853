//! A whole job of the mock, recorded and replayed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cosmic_ai_core::{
    Call, ClipSeconds, Error, ExtensionRequest, Generators, ImageFormat, ImageRequest, Media, MediaQuery,
    SpeechRequest, TextRequest, TextResponse, VideoRequest,
};
use cosmic_ai_mock::MockBackend;
use cosmic_ai_mock::cassette::{Recording, Replay};

use super::canned::{Canned, events};
use super::{record, replay, text_of};

/// What a job makes: texts and media with their bytes.
#[derive(Debug, PartialEq)]
struct Made {
    texts: Vec<TextResponse>,
    bytes: Vec<Bytes>,
}

async fn job(generators: &Generators) -> Result<Made, Error> {
    let Generators { text: Some(text), image: Some(image), video: Some(video), speech: Some(speech), library, .. } =
        generators
    else {
        panic!("a slot is empty")
    };
    let library = library.as_deref().unwrap();
    let ask = TextRequest::new("Describe a mug").with_max_tokens(30);
    let whole = text.generate_text(&Call::new(), &ask).await?;
    let streamed = text.stream_text(&Call::new(), &ask).await?.collect().await?;
    assert!(text.generate_text(&Call::new(), &TextRequest::new(" ")).await.is_err());
    let call = Call::new();
    let drawing = ImageRequest::new("A mug").with_format(ImageFormat::Svg);
    let mut media = vec![image.generate_image(&call, &drawing).await?.media];
    let film = VideoRequest::new("The mug turns").with_duration(ClipSeconds::FOUR);
    let clip = video.generate_video(&call, &film).await?.media;
    let longer = ExtensionRequest::new(clip.id.clone(), "It falls");
    media.extend([clip, video.extend_video(&call, &longer).await?.media]);
    media.push(speech.generate_speech(&call, &SpeechRequest::new("A mug.")).await?.media);
    let found = library.find(&MediaQuery::all().with_operation(call.operation_id().clone())).await?;
    assert_eq!(found.media, media.iter().rev().cloned().collect::<Vec<Media>>());
    let mut bytes = Vec::new();
    for media in &media {
        bytes.push(library.open(media).await?.collect().await?);
    }
    Ok(Made { texts: vec![whole, streamed], bytes })
}

async fn record_job(folder: &Path) -> Made {
    let recording = Arc::new(record(MockBackend::new(), folder));
    let made = job(&Generators::all(recording.clone())).await.unwrap();
    recording.finish().unwrap();
    made
}

#[tokio::test]
async fn a_replay_gives_what_was_recorded_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let made = record_job(folder.path()).await;
    for _ in 0..2 {
        let replay = replay(folder.path());
        assert_eq!(job(&replay.clone().into()).await.unwrap(), made);
        replay.assert_all_used();
    }
}

#[tokio::test]
async fn the_same_calls_give_the_same_cassette_to_the_byte() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    record_job(one.path()).await;
    record_job(other.path()).await;
    assert_eq!(text_of(one.path()), text_of(other.path()));
    // Recorded off a replay, too.
    let third = tempfile::tempdir().unwrap();
    let recording = record(replay(one.path()), third.path());
    job(&recording.into()).await.unwrap();
    assert_eq!(text_of(third.path()), text_of(one.path()));
}

#[tokio::test]
async fn a_cassette_reads_well() {
    let folder = tempfile::tempdir().unwrap();
    record_job(folder.path()).await;
    let text = text_of(folder.path());
    let beginning = r#"{
  "format": "cosmic-ai-cassette",
  "version": 1,
  "interactions": [
    {
      "kind": "text",
      "request": {
        "max_tokens": 30,
        "prompt": "Describe a mug"
      },
      "answer": {
        "model": "claude-opus-4-8",
        "text": ""#;
    assert!(text.starts_with(beginning), "{text}");
    assert!(text.contains("        { \"usage\": { \"input_tokens\": "), "{text}");
    assert!(text.contains(r#""cosmic_ai_operation_id": "{operation id}""#), "{text}");
    assert!(text.contains(r#""file": "media/sha256-"#) && text.ends_with("\n  ]\n}\n"), "{text}");
    let medium = std::fs::read_dir(folder.path().join("media")).unwrap().count();
    assert_eq!(medium, 4);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        assert!(!entry.unwrap().path().to_string_lossy().ends_with(".new"));
    }
}

#[tokio::test(start_paused = true)]
async fn timing_is_kept_where_both_sides_ask_for_it() {
    let ask = TextRequest::new("Slowly");
    let given = || {
        let part = |text: &str| Ok(cosmic_ai_core::TextEvent::Delta(text.to_owned()));
        let end = Ok(cosmic_ai_core::TextEvent::End(TextResponse::default()));
        let canned = Canned::default();
        canned.streams.lock().unwrap().push_back(vec![(400, part("a")), (0, part("b")), (30, end)]);
        canned
    };
    for (kept, replayed, expected) in
        [(true, true, [400, 400, 430]), (true, false, [0, 0, 0]), (false, true, [0, 0, 0]), (false, false, [0, 0, 0])]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut builder = Recording::builder(given(), folder.path());
        if kept {
            builder = builder.with_timing();
        }
        let recording = builder.start().unwrap();
        let stream = cosmic_ai_core::TextGenerator::stream_text(&recording, &Call::new(), &ask).await.unwrap();
        stream.collect().await.unwrap();
        assert_eq!(text_of(folder.path()).contains(r#"{ "after_ms": 400, "delta": "a" }"#), kept);
        let mut builder = Replay::builder(folder.path());
        if replayed {
            builder = builder.with_timing();
        }
        let replay = builder.open().unwrap();
        let stream = cosmic_ai_core::TextGenerator::stream_text(&replay, &Call::new(), &ask).await.unwrap();
        let times: Vec<u128> = events(stream).await.into_iter().map(|(at, _)| at).collect();
        assert_eq!(times, expected, "kept {kept}, replayed {replayed}");
    }
    tokio::time::sleep(Duration::ZERO).await;
}
