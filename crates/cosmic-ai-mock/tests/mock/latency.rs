//! Latency on tokio's clock, time limits and progress, without waiting.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cosmic_ai_core::{
    Call, ClipSeconds, ErrorKind, ImageGenerator, ImageRequest, Modality, Outcome, Progress, SpeechGenerator,
    SpeechRequest, TextEvent, TextGenerator, TextRequest, TimeoutStage, VideoGenerator, VideoRequest,
};
use cosmic_ai_mock::{Answer, Fault, Latency, MockBackend, When};
use tokio::time::Instant;

fn realistic() -> MockBackend {
    MockBackend::builder().with_latency(Latency::realistic()).build()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn hours_of_clips_one_after_another_pass_at_once() {
    let (mock, started) = (realistic(), Instant::now());
    let mut count = 0;
    while started.elapsed() < seconds(200 * 60) {
        let film = VideoRequest::new(format!("Clip {count}")).with_duration(ClipSeconds::FOUR);
        let before = Instant::now();
        let clip = mock.generate_video(&Call::new(), &film).await.unwrap();
        let time = clip.generation_time.unwrap();
        // The clock of tokio's timers ticks in milliseconds.
        assert!(before.elapsed() >= time && before.elapsed() <= time + Duration::from_millis(2), "{time:?}");
        assert!((30..=90).contains(&time.as_secs()));
        count += 1;
    }
    assert!((200 * 60 / 90..=200 * 60 / 30 + 1).contains(&count), "{count}");
    mock.calls().videos().answered().assert_count(count);
}

#[tokio::test(start_paused = true)]
async fn realistic_times_are_those_of_the_model_and_always_the_same_for_a_request() {
    for number in 0..20 {
        let film = VideoRequest::new(format!("Clip {number}")).with_model("veo-3.1-generate-preview");
        let mut times = Vec::new();
        for mock in [realistic(), realistic()] {
            mock.generate_video(&Call::new(), &film).await.unwrap();
            times.push(mock.calls().first().unwrap().took.unwrap());
        }
        assert_eq!(times[0].as_secs(), times[1].as_secs());
        assert!((60..=180).contains(&times[0].as_secs()), "{times:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn images_and_speech_take_seconds() {
    let mock = realistic();
    mock.generate_image(&Call::new(), &ImageRequest::new("A lake")).await.unwrap();
    mock.generate_speech(&Call::new(), &SpeechRequest::new("word ".repeat(300))).await.unwrap();
    let took: Vec<u64> = mock.calls().iter().map(|call| call.took.unwrap().as_secs()).collect();
    assert!((5..=20).contains(&took[0]), "{took:?}");
    assert_eq!(took[1], 1 + 2 * 2);
}

#[tokio::test(start_paused = true)]
async fn a_text_comes_fragment_by_fragment_and_as_a_whole_when_the_last_would() {
    let (mock, request) = (realistic(), TextRequest::new("Hello").with_max_tokens(60));
    let started = Instant::now();
    let mut stream = mock.stream_text(&Call::new(), &request).await.unwrap();
    let mut arrivals = Vec::new();
    while let Some(event) = stream.next().await {
        if let TextEvent::Delta(_) = event.unwrap() {
            arrivals.push(started.elapsed());
        }
    }
    assert_eq!(arrivals.len(), 20);
    assert!(arrivals[0] >= Duration::from_millis(400) && arrivals[0] <= Duration::from_millis(1_202), "{arrivals:?}");
    for pair in arrivals.windows(2) {
        let gap = pair[1].checked_sub(pair[0]).unwrap();
        assert!((48..=52).contains(&gap.as_millis()), "{arrivals:?}");
    }
    mock.generate_text(&Call::new(), &request).await.unwrap();
    let whole = mock.calls().last().unwrap().took.unwrap();
    assert!(whole.abs_diff(arrivals[19]) < Duration::from_millis(3), "{whole:?} {arrivals:?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_slow_reader_missed_comes_at_once() {
    let mock = realistic();
    let mut stream = mock.stream_text(&Call::new(), &TextRequest::new("Hello").with_max_tokens(60)).await.unwrap();
    stream.next().await.unwrap().unwrap();
    tokio::time::advance(seconds(60)).await;
    let resumed = Instant::now();
    stream.collect().await.unwrap();
    assert_eq!(resumed.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_fixed_latency_is_that_of_one_modality_or_of_all_and_a_rule_may_have_its_own() {
    let mock = MockBackend::builder()
        .with_latency(Latency::fixed(seconds(2)))
        .with_latency_of(Modality::Image, Latency::NONE)
        .on(When::text().containing("slow"), Answer::generated().after(seconds(9)))
        .build();
    let text = async |prompt: &str| mock.generate_text(&Call::new(), &TextRequest::new(prompt)).await.unwrap();
    text("Hello").await;
    text("A slow one").await;
    mock.generate_image(&Call::new(), &ImageRequest::new("A")).await.unwrap();
    mock.stream_text(&Call::new(), &TextRequest::new("A slow one")).await.unwrap().collect().await.unwrap();
    let took: Vec<Duration> = mock.calls().iter().map(|call| call.took.unwrap()).collect();
    assert_eq!(took, [seconds(2), seconds(9), Duration::ZERO, seconds(9)]);
}

#[tokio::test(start_paused = true)]
async fn an_open_outcome_comes_as_late_as_an_answer_and_a_refusal_at_once_unless_it_says_otherwise() {
    let mock = MockBackend::builder()
        .with_latency(Latency::fixed(seconds(60)))
        .fault(When::any().containing("lost"), Fault::answer_lost())
        .fault(When::any().containing("500"), Fault::server(500))
        .fault(When::any().containing("policy"), Fault::content_policy())
        .fault(When::any().containing("idle"), Fault::timeout(TimeoutStage::FirstByte, seconds(30)).after(seconds(30)))
        .build();
    for prompt in ["lost", "500", "policy", "idle"] {
        mock.generate_video(&Call::new(), &VideoRequest::new(prompt)).await.unwrap_err();
    }
    let took: Vec<u64> = mock.calls().iter().map(|call| call.took.unwrap().as_secs()).collect();
    assert_eq!(took, [60, 60, 0, 30]);
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_ends_a_slow_call_whose_medium_exists_all_the_same() {
    let (mock, limit) = (realistic(), seconds(10));
    let call = Call::new().with_time_limit(limit);
    let error = mock.generate_video(&call, &VideoRequest::new("A kite")).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Timeout { stage: TimeoutStage::Total, after: limit });
    assert_eq!((error.outcome(), error.operation_id()), (Outcome::UNKNOWN, Some(call.operation_id())));
    assert!(!error.is_resendable());
    let calls = mock.calls().failed();
    assert_eq!(calls.first().unwrap().took, Some(limit));
    assert!(calls.first().unwrap().media_id.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_counts_the_reading_of_a_stream_and_leaves_fast_calls_alone() {
    let limit = Duration::from_millis(1_300);
    let call = || Call::new().with_time_limit(limit);
    let request = TextRequest::new("Hello").with_max_tokens(60);
    let error = realistic().stream_text(&call(), &request).await.unwrap().collect().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Timeout { stage: TimeoutStage::Total, .. }));
    assert!(error.partial_text().is_some_and(|text| !text.is_empty()));
    let mock = MockBackend::new();
    mock.stream_text(&call(), &request).await.unwrap().collect().await.unwrap();
    mock.generate_video(&call(), &VideoRequest::new("A")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_watched_call_says_that_it_waits_as_long_as_it_does() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let watch = seen.clone();
    let call = Call::new().with_progress(move |progress| watch.lock().unwrap().push(progress.clone()));
    let mock = MockBackend::builder().with_latency(Latency::fixed(seconds(12))).build();
    mock.generate_video(&call, &VideoRequest::new("A kite")).await.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            Progress::Sending { attempt: 1 },
            Progress::Waiting { elapsed: seconds(5) },
            Progress::Waiting { elapsed: seconds(10) },
            Progress::Done { elapsed: seconds(12) },
        ]
    );
    seen.lock().unwrap().clear();
    mock.fault(When::any(), Fault::server(500).after(seconds(6)));
    mock.generate_video(&call, &VideoRequest::new("A kite")).await.unwrap_err();
    assert_eq!(*seen.lock().unwrap(), [Progress::Sending { attempt: 1 }, Progress::Waiting { elapsed: seconds(5) }]);
}

#[test]
fn without_latency_no_runtime_is_needed() {
    // An executor that knows no timers.
    let mock = MockBackend::new();
    let mut future = std::pin::pin!(async {
        let call = Call::new().with_time_limit(seconds(600));
        mock.generate_image(&call, &ImageRequest::new("A lake")).await.unwrap();
        mock.stream_text(&call, &TextRequest::new("Hello")).await.unwrap().collect().await.unwrap()
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_ready());
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_all_time_never_comes_whole_or_streamed() {
    let rule = MockBackend::builder().on(When::any(), Answer::text("x").after(Duration::MAX)).build();
    let slow = MockBackend::builder().with_latency(Latency::fixed(Duration::MAX)).build();
    let (limit, hello) = (seconds(60), TextRequest::new("Hello"));
    let call = Call::new().with_time_limit(limit);
    for mock in [rule, slow] {
        let whole = mock.generate_text(&call, &hello).await.unwrap_err();
        let streamed = mock.stream_text(&call, &hello).await.unwrap().collect().await.unwrap_err();
        assert_eq!(whole.kind(), streamed.kind());
        assert_eq!(*whole.kind(), ErrorKind::Timeout { stage: TimeoutStage::Total, after: limit });
        let mut stream = mock.stream_text(&Call::new(), &hello).await.unwrap();
        assert!(tokio::time::timeout(seconds(100_000), stream.next()).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_text_takes_as_long_as_any() {
    let mock = MockBackend::builder().on(When::text(), Answer::text("").after(seconds(9))).build();
    mock.generate_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap();
    mock.stream_text(&Call::new(), &TextRequest::new("Hello")).await.unwrap().collect().await.unwrap();
    assert!(mock.calls().iter().all(|call| call.took == Some(seconds(9))), "{:?}", mock.calls());
}

#[tokio::test(start_paused = true)]
async fn a_time_limit_that_is_no_longer_than_the_answer_takes_fails_it_whole_or_streamed() {
    for (latency, limit) in [(0, 0), (5, 0), (5, 5)] {
        let mock = MockBackend::builder().with_latency(Latency::fixed(seconds(latency))).build();
        let (call, hello) = (Call::new().with_time_limit(seconds(limit)), TextRequest::new("Hello"));
        let whole = mock.generate_text(&call, &hello).await.unwrap_err();
        let streamed = mock.stream_text(&call, &hello).await.unwrap().collect().await.unwrap_err();
        assert_eq!(*whole.kind(), ErrorKind::Timeout { stage: TimeoutStage::Total, after: seconds(limit) });
        assert_eq!((whole.kind(), whole.outcome()), (streamed.kind(), streamed.outcome()));
        mock.generate_image(&call, &ImageRequest::new("A")).await.unwrap_err();
    }
}
