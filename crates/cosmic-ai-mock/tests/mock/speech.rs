//! Speech: as long as its text takes, in voices that differ, with the metadata that the API writes.

use bytes::Bytes;
use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{
    Call, Charge, Cost, Media, MediaLibrary, Modality, OPERATION_ID_KEY, Registry, SpeechGenerator, SpeechRequest,
    Tokens, Usage, Voice,
};
use cosmic_ai_mock::MockBackend;
use serde_json::json;

use crate::names::assert_named;
use crate::sound;

async fn speech(mock: &MockBackend, request: &SpeechRequest) -> (Media, Option<Usage>, Bytes) {
    let response = mock.generate_speech(&Call::new(), request).await.unwrap();
    let bytes = mock.open(&response.media).await.unwrap().collect().await.unwrap();
    assert_eq!(response.media.size, Some(bytes.len() as u64));
    (response.media, response.usage, bytes)
}

/// Speaks a text and checks that it lasts as long as it should.
async fn assert_lasts(text: &str, milliseconds: i64) {
    let (_, _, bytes) = speech(&MockBackend::new(), &SpeechRequest::new(text)).await;
    let sound = sound::decode(bytes.to_vec(), "mp3");
    let shown: String = text.chars().take(30).collect();
    assert!((sound.milliseconds() - milliseconds).abs() <= 100, "{} ms for {shown}", sound.milliseconds());
    assert!(sound.peak() > 0.05, "{shown} is silent");
    assert_eq!(sound.channels, 1);
    assert_eq!(sound.stated_samples, Some(sound.samples.len() as u64), "{shown}");
}

#[tokio::test]
async fn words_are_spoken_at_150_a_minute() {
    for (words, milliseconds) in [(1, 400), (5, 2_000), (150, 60_000), (375, 150_000)] {
        assert_lasts(&vec!["word"; words].join(" "), milliseconds).await;
        assert_lasts(&vec!["a"; words].join("\n\n"), milliseconds).await;
    }
}

#[tokio::test]
async fn text_without_spaces_is_spoken_by_its_characters() {
    // About 15 characters a second: 900 a minute.
    assert_lasts(&"天地玄黄宇宙洪荒".repeat(50), 400 * 66).await;
    assert_lasts(&"漢字。".repeat(1_000), 3_000 * 66).await;
    assert_lasts(&"👩‍🔬".repeat(100), 300 * 66).await;
    assert_lasts("!", 400).await;
}

#[tokio::test]
async fn a_book_is_one_recording_of_many_pieces() {
    let paragraph = "This is a sentence of some words that is spoken. ".repeat(40);
    let text = [paragraph.trim_end(); 12].join("\n\n");
    let characters = text.chars().count();
    assert!(characters > 20_000);
    let (media, ..) = speech(&MockBackend::new(), &SpeechRequest::new(&text)).await;
    // Two paragraphs of 1,959 characters fit into a piece of 4,096.
    assert_eq!(media.metadata["chunk_count"], 6);
    assert_eq!(media.metadata["char_count"], characters);
    assert_lasts(&text, 400 * 10 * 40 * 12).await;
}

#[tokio::test]
async fn every_voice_of_every_model_sounds_unlike_the_others() {
    let mock = MockBackend::new();
    for model in Registry::built_in().models_of(Modality::Speech) {
        let Spec::Speech(spec) = &model.spec else { panic!("{} does not speak", model.id) };
        let mut heard: Vec<Bytes> = Vec::new();
        for info in spec.voices.iter() {
            let request = SpeechRequest::new("Welcome to our show, dear listeners.")
                .with_model(model.id.clone())
                .with_voice(info.voice.clone());
            let (media, _, bytes) = speech(&mock, &request).await;
            assert_eq!(media.metadata["voice"], json!(info.voice));
            assert_eq!(media.metadata["model"], json!(model.id));
            assert!(sound::decode(bytes.to_vec(), "mp3").peak() > 0.05, "{} is silent", info.voice);
            assert!(!heard.contains(&bytes), "{} sounds like another", info.voice);
            heard.push(bytes);
        }
        assert_eq!(heard.len(), 9);
    }
}

#[tokio::test]
async fn a_recording_says_what_was_spoken_how_and_for_how_much() {
    let mock = MockBackend::new();
    let call = Call::new();
    let request = SpeechRequest::new("Welcome to our show.").with_folder("audio").with_metadata(json!({"part": 1}));
    let response = mock.generate_speech(&call, &request).await.unwrap();
    let media = &response.media;
    let expected = json!({
        "part": 1, "prompt": "Welcome to our show.", "model": "tts-1", "voice": "nova", "duration_estimate": "1 min",
        "char_count": 20, "chunk_count": 1, OPERATION_ID_KEY: call.operation_id().as_str(),
    });
    assert_eq!(json!(media.metadata), expected);
    assert_named(media, "tts-", ".mp3");
    assert_eq!((media.content_type.as_str(), media.folder.as_deref()), ("audio/mpeg", Some("audio")));
    assert_eq!(media.alt_text.as_deref(), Some("Welcome to our show."));
    assert_eq!(response.usage, Some(Usage::new(5_u32, 3_600_u32).with_total()));
}

#[tokio::test]
async fn the_prompt_is_cut_in_metadata_and_alt_text_at_a_character() {
    let mock = MockBackend::new();
    let check = async |text: &str, shown: &str| {
        let (media, ..) = speech(&mock, &SpeechRequest::new(text)).await;
        assert_eq!(media.metadata["prompt"], shown);
        assert_eq!(media.alt_text.as_deref(), Some(shown));
    };
    check(&"é".repeat(100), &"é".repeat(100)).await;
    check(&"é".repeat(101), &format!("{}...", "é".repeat(100))).await;
    check(&"雪".repeat(5_000), &format!("{}...", "雪".repeat(100))).await;
}

#[tokio::test]
async fn usage_is_the_price_by_started_thousands_of_characters() {
    let mock = MockBackend::new();
    let text = |count: usize| "word ".repeat(count.div_ceil(5)).chars().take(count).collect::<String>();
    for (model, per_thousand) in [("tts-1", 3_600), ("tts-1-hd", 7_200)] {
        for (characters, thousands) in [(1, 1), (82, 1), (999, 1), (1_000, 1), (1_001, 2), (4_000, 4), (10_001, 11)] {
            let request = SpeechRequest::new(text(characters)).with_model(model);
            let (media, usage, _) = speech(&mock, &request).await;
            assert_eq!(media.metadata["char_count"], characters);
            let input = Tokens(characters.div_ceil(4) as u64);
            let charge = Charge::new(input, Tokens(thousands * per_thousand));
            assert_eq!(Registry::built_in().cost(&request, usage.as_ref()), Cost::Known(charge), "{characters}");
            assert_eq!(usage.unwrap().total_tokens, Some(charge.total()));
        }
    }
}

#[tokio::test]
async fn duration_estimates_are_minutes_rounded_up() {
    let mock = MockBackend::new();
    for (words, estimate) in [(1, "1 min"), (150, "1 min"), (153, "2 min"), (1_500, "10 min")] {
        let (media, ..) = speech(&mock, &SpeechRequest::new(vec!["word"; words].join(" "))).await;
        assert_eq!(media.metadata["duration_estimate"], estimate, "{words} words");
    }
}

#[tokio::test]
async fn pieces_follow_the_paragraphs_of_the_text() {
    let mock = MockBackend::new();
    let pieces = async |text: String| {
        let (media, ..) = speech(&mock, &SpeechRequest::new(text)).await;
        media.metadata["chunk_count"].as_u64().unwrap()
    };
    assert_eq!(pieces("a".repeat(4_096)).await, 1);
    assert_eq!(pieces("a".repeat(4_097)).await, 2);
    assert_eq!(pieces("雪".repeat(4_096)).await, 1);
    assert_eq!(pieces(format!("{}\n\n{}", "a".repeat(2_100), "b".repeat(2_100))).await, 2);
    assert_eq!(pieces(vec!["a".repeat(2_100); 5].join("\n\n")).await, 5);
}

#[tokio::test]
async fn equal_requests_sound_equal_and_another_seed_does_not() {
    let request = SpeechRequest::new("Welcome to our show.").with_voice(Voice::SAGE);
    let heard = async |seed| speech(&MockBackend::builder().with_seed(seed).build(), &request).await.2;
    assert_eq!(heard(1).await, heard(1).await);
    assert_ne!(heard(1).await, heard(2).await);
}
