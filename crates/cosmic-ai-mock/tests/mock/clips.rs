//! Clips and extensions, as a demuxer and a sound decoder that are not ours see them.

use bytes::Bytes;
use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{
    Call, Charge, ClipSeconds, Cost, ExtensionRequest, Media, MediaId, MediaLibrary, Modality, OPERATION_ID_KEY,
    Registry, Resolution, Tokens, Upload, VideoGenerator, VideoRequest, VideoResponse,
};
use cosmic_ai_mock::MockBackend;
use re_mp4::{Mp4, StsdBoxContent, TrackKind};
use serde_json::{Value, json};

use crate::names::assert_named;
use crate::sound;

/// Pictures a second.
const RATE: u64 = 24;

async fn bytes(mock: &MockBackend, media: &Media) -> Bytes {
    let bytes = mock.open(media).await.unwrap().collect().await.unwrap();
    assert_eq!(media.size, Some(bytes.len() as u64));
    assert_eq!(media.content_type, "video/mp4");
    bytes
}

async fn clip(mock: &MockBackend, request: &VideoRequest) -> VideoResponse {
    mock.generate_video(&Call::new(), request).await.unwrap()
}

async fn extend(mock: &MockBackend, source: &MediaId, prompt: &str) -> VideoResponse {
    mock.extend_video(&Call::new(), &ExtensionRequest::new(source, prompt)).await.unwrap()
}

fn number(media: &Media, key: &str) -> u64 {
    media.metadata[key].as_u64().unwrap()
}

/// Every model with each of its durations and resolutions.
fn all_clips() -> Vec<VideoRequest> {
    let mut requests = Vec::new();
    for model in Registry::built_in().models_of(Modality::Video) {
        let Spec::Video(spec) = &model.spec else { panic!("{} makes no clips", model.id) };
        for price in spec.durations.iter() {
            for &resolution in spec.resolutions.iter() {
                let request = VideoRequest::new("A kite over the sea").with_model(model.id.clone());
                requests.push(request.with_duration(price.duration).with_resolution(resolution));
            }
        }
    }
    requests
}

/// The pictures of a film: each a key picture or not, and its coded bytes.
fn pictures(film: &[u8]) -> Vec<(bool, &[u8])> {
    let demuxed = Mp4::read_bytes(film).unwrap();
    let track = demuxed.tracks().values().find(|track| track.kind == Some(TrackKind::Video)).unwrap();
    track.samples.iter().map(|sample| (sample.is_sync, &film[sample.byte_range()])).collect()
}

/// Checks all that a demuxer can: two tracks, the picture's size and number, and exact durations.
#[track_caller]
fn assert_film(film: &[u8], width: u16, height: u16, seconds: u64) {
    let demuxed = Mp4::read_bytes(film).unwrap();
    assert_eq!(demuxed.moov.mvhd.duration, seconds * u64::from(demuxed.moov.mvhd.timescale));
    let kinds: Vec<_> = demuxed.tracks().values().map(|track| track.kind).collect();
    assert_eq!(kinds, [Some(TrackKind::Video), Some(TrackKind::Audio)]);
    for track in demuxed.tracks().values() {
        assert_eq!(track.duration, seconds * track.timescale);
        let mut at = 0;
        for sample in &track.samples {
            assert_eq!((sample.decode_timestamp, sample.composition_timestamp), (at, at));
            assert!(film.get(sample.byte_range()).is_some_and(|bytes| !bytes.is_empty()));
            at += i64::try_from(sample.duration).unwrap();
        }
        assert_eq!(u64::try_from(at).unwrap(), track.duration);
        match (&track.trak(&demuxed).mdia.minf.stbl.stsd.contents, track.kind) {
            (StsdBoxContent::Avc1(avc1), Some(TrackKind::Video)) => {
                assert_eq!((avc1.width, avc1.height, track.width, track.height), (width, height, width, height));
                assert_eq!(track.samples.len() as u64, seconds * RATE);
                assert!(track.samples[0].is_sync);
            }
            (StsdBoxContent::Mp4a(mp4a), Some(TrackKind::Audio)) => assert_eq!(mp4a.channelcount, 2),
            (other, kind) => panic!("{kind:?} is {other:?}"),
        }
    }
}

#[tokio::test]
async fn every_duration_and_resolution_of_every_model_is_made_exactly() {
    for request in all_clips() {
        let mock = MockBackend::new();
        let response = clip(&mock, &request).await;
        let film = bytes(&mock, &response.media).await;
        let (duration, resolution) = (request.duration.unwrap(), request.resolution.unwrap());
        let (width, height) = if resolution == Resolution::P1080 { (1920, 1080) } else { (1280, 720) };
        assert_film(&film, width, height, duration.get().into());

        let sound = sound::decode(film.to_vec(), "mp4");
        assert_eq!((sound.sample_rate, sound.channels), (48_000, 2), "{request:?}");
        // To the coded frame, of 21 ms.
        assert!((sound.milliseconds() - i64::from(duration.get()) * 1000).abs() <= 22, "{}", sound.milliseconds());
        assert!((0.05..0.9).contains(&sound.peak()), "{request:?} peaks at {}", sound.peak());
        assert_eq!(sound.stated_samples, Some(u64::from(duration.get()) * 48_000));
    }
}

#[tokio::test]
async fn the_picture_moves_and_there_is_one_key_picture_at_the_start() {
    let mock = MockBackend::new();
    let film = bytes(&mock, &clip(&mock, &VideoRequest::new("A kite")).await.media).await;
    let pictures = pictures(&film);
    assert!(pictures[0].0);
    // A picture in which nothing moves says so in a few bytes, the same ones but for its number.
    let moving = pictures.windows(2).filter(|pair| pair[0].1[8..] != pair[1].1[8..]).count();
    assert!(moving > pictures.len() * 9 / 10, "{moving} of {} pictures move", pictures.len());
}

#[tokio::test]
async fn a_clip_says_what_it_is_and_what_it_used() {
    for request in all_clips() {
        let mock = MockBackend::new();
        let call = Call::new();
        let response = mock.generate_video(&call, &request).await.unwrap();
        let media = &response.media;
        assert_named(media, "veo-", ".mp4");
        assert_eq!(media.alt_text.as_deref(), Some("A kite over the sea"));
        assert_eq!(media.metadata["prompt"], "A kite over the sea");
        assert_eq!(media.metadata["model"], json!(request.model));
        assert_eq!(media.metadata["duration"], json!(request.duration));
        assert_eq!(media.metadata["resolution"], json!(request.resolution));
        assert_eq!(media.metadata[OPERATION_ID_KEY], call.operation_id().as_str());
        assert!(media.metadata["veo_file_uri"].as_str().unwrap().starts_with("https://"));
        assert!(!media.metadata.contains_key("is_extension") && !response.is_extension);

        let model = Registry::built_in().find(request.model.as_ref().unwrap().as_str()).unwrap();
        let Spec::Video(spec) = &model.spec else { unreachable!() };
        let time = response.generation_time.unwrap();
        assert!(spec.generation_time.as_ref().unwrap().range().contains(&time), "{time:?}");
        assert_eq!(number(media, "generation_time_seconds"), time.as_secs());

        let price = spec.durations.iter().find(|price| Some(price.duration) == request.duration).unwrap();
        let usage = response.usage.unwrap();
        assert_eq!(usage.total_tokens, Some(price.price.expected));
        let cost = Registry::built_in().cost(&request, response.usage.as_ref());
        assert_eq!(cost, Cost::Known(Charge::new(Tokens::ZERO, price.price.expected)), "{request:?}");
        assert_eq!(cost, Registry::built_in().cost(&request, None), "usage and registry agree");
    }
}

#[tokio::test]
async fn a_request_without_options_is_eight_seconds_at_720p_by_the_default_model() {
    let mock = MockBackend::new();
    let media = clip(&mock, &VideoRequest::new("A kite")).await.media;
    assert_film(&bytes(&mock, &media).await, 1280, 720, 8);
    assert_eq!(media.metadata["model"], "veo-3.1-fast-generate-preview");
    assert_eq!((&media.metadata["duration"], &media.metadata["resolution"]), (&json!(8), &json!("720p")));
}

#[tokio::test]
async fn own_metadata_stays_and_generated_keys_win() {
    let mock = MockBackend::new();
    let request = VideoRequest::new("A kite")
        .with_duration(ClipSeconds::FOUR)
        .with_folder("clips")
        .with_metadata(json!({"project": "spring", "duration": "ours", "veo_file_uri": 3}));
    let media = clip(&mock, &request).await.media;
    assert_eq!(media.folder.as_deref(), Some("clips"));
    assert_eq!((&media.metadata["project"], &media.metadata["duration"]), (&json!("spring"), &json!(4)));
    let extension = mock
        .extend_video(
            &Call::new(),
            &ExtensionRequest::new(&media.id, "On")
                .with_folder("more")
                .with_metadata(json!({"is_extension": false, "source_media_id": "x", "mine": 1})),
        )
        .await
        .unwrap()
        .media;
    assert_eq!(extension.folder.as_deref(), Some("more"));
    assert_eq!(extension.metadata["is_extension"], true);
    assert_eq!(extension.metadata["source_media_id"], json!(media.id));
    assert_eq!(extension.metadata["mine"], 1);
}

#[tokio::test]
async fn equal_requests_give_equal_films_and_the_first_frame_decides_the_start() {
    let plain = VideoRequest::new("A kite").with_duration(ClipSeconds::FOUR);
    let film = async |request: &VideoRequest| {
        let mock = MockBackend::new();
        bytes(&mock, &clip(&mock, request).await.media).await
    };
    let kite = film(&plain).await;
    assert_eq!(film(&plain).await, kite);
    let [beach, other] = ["https://example.com/beach.png", "https://example.com/other.png"];
    let boat = VideoRequest::new("A boat").with_duration(ClipSeconds::FOUR);
    let [kite_on_beach, boat_on_beach, kite_elsewhere] = [
        film(&plain.clone().with_first_frame(beach)).await,
        film(&boat.with_first_frame(beach)).await,
        film(&plain.clone().with_first_frame(other)).await,
    ];
    assert_ne!(kite_on_beach, boat_on_beach);
    let first = |film| pictures(film)[0];
    assert_eq!(first(&kite_on_beach), first(&boat_on_beach), "the same image is the first picture");
    assert_ne!(first(&kite_on_beach), first(&kite_elsewhere));
    assert_ne!(first(&kite_on_beach), first(&kite));
}

#[tokio::test]
async fn an_extension_is_eight_seconds_at_720p_whatever_its_source() {
    for source in all_clips() {
        let mock = MockBackend::new();
        let source = clip(&mock, &source).await.media;
        for model in Registry::built_in().models_of(Modality::Video) {
            let request = ExtensionRequest::new(&source.id, "It lands").with_model(model.id.clone());
            let response = mock.extend_video(&Call::new(), &request).await.unwrap();
            let media = &response.media;
            assert_film(&bytes(&mock, media).await, 1280, 720, 8);
            assert_ne!(media.id, source.id);
            assert_named(media, "veo-ext-", ".mp4");
            assert!(response.is_extension);
            assert_eq!(response.source_media_id.as_ref(), Some(&source.id));
            assert_eq!(media.metadata["is_extension"], true);
            assert_eq!(media.metadata["source_media_id"], source.id.as_str());
            assert_eq!((number(media, "duration"), &media.metadata["resolution"]), (8, &json!("720p")));
            assert_ne!(media.metadata["veo_file_uri"], source.metadata["veo_file_uri"]);
            let Spec::Video(spec) = &model.spec else { unreachable!() };
            let price = spec.extension.as_ref().unwrap().price.expected;
            let cost = Registry::built_in().cost(&request, response.usage.as_ref());
            assert_eq!(cost, Cost::Known(Charge::new(Tokens::ZERO, price)));
            assert!(spec.generation_time.as_ref().unwrap().range().contains(&response.generation_time.unwrap()));
        }
    }
}

#[tokio::test]
async fn an_extension_starts_with_the_picture_that_its_source_ended_with() {
    let mock = MockBackend::new();
    // Without a first frame a clip ends with the scene that it began with, so that its key picture shows its last.
    let source = clip(&mock, &VideoRequest::new("A kite")).await.media;
    let source_film = bytes(&mock, &source).await;
    let first = extend(&mock, &source.id, "It lands").await.media;
    let first_film = bytes(&mock, &first).await;
    assert_eq!(pictures(&first_film)[0], pictures(&source_film)[0]);

    // An extension ends elsewhere than it began; all that continue it start there.
    let [a, b] = [extend(&mock, &first.id, "It rises").await.media, extend(&mock, &first.id, "It tears").await.media];
    let [a, b] = [bytes(&mock, &a).await, bytes(&mock, &b).await];
    assert_ne!(a, b);
    assert_eq!(pictures(&a)[0], pictures(&b)[0]);
    assert_ne!(pictures(&a)[0], pictures(&first_film)[0]);

    // From 1080p the scene is the same, at the extension's own size.
    let large = clip(&mock, &VideoRequest::new("A kite").with_resolution(Resolution::P1080)).await.media;
    let [c, d] = [extend(&mock, &large.id, "On").await.media, extend(&mock, &large.id, "Off").await.media];
    let [c, d] = [bytes(&mock, &c).await, bytes(&mock, &d).await];
    assert_eq!(pictures(&c)[0], pictures(&d)[0]);
}

#[tokio::test]
async fn extensions_can_be_extended_again_and_again() {
    let mock = MockBackend::new();
    let mut last = clip(&mock, &VideoRequest::new("A kite").with_duration(ClipSeconds::FOUR)).await.media;
    for round in 0..4 {
        let next = extend(&mock, &last.id, &format!("Round {round}")).await.media;
        assert_eq!(next.metadata["source_media_id"], last.id.as_str());
        last = next;
    }
    assert_film(&bytes(&mock, &last).await, 1280, 720, 8);
}

#[tokio::test]
async fn a_clip_of_the_real_service_can_be_extended_by_its_uri() {
    let mock = MockBackend::new();
    let mut metadata = serde_json::Map::new();
    let uri = "https://generativelanguage.googleapis.com/v1beta/files/abc123:download?alt=media";
    metadata.insert("veo_file_uri".to_owned(), Value::from(uri));
    let upload = Upload::new("veo-1.mp4", "video/mp4", vec![0; 8]).with_metadata(metadata);
    let source = mock.put(upload).await.unwrap();
    let extension = extend(&mock, &source.id, "On").await;
    assert_film(&bytes(&mock, &extension.media).await, 1280, 720, 8);
}
