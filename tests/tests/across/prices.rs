//! What is promised before sending holds afterwards: no charge of the mock leaves the bounds of its estimate.

use cosmic_ai::mock::MockBackend;
use cosmic_ai::registry::{ImageSpec, Model, Spec, VideoSpec};
use cosmic_ai::{
    Client, ExtensionRequest, ImageFormat, ImageRequest, MediaId, Message, Modality, Registry, Request, SpeechRequest,
    TextRequest, VideoRequest,
};
use proptest::prelude::*;
use proptest::sample::select;
use tokio::runtime::Runtime;

use crate::whole_job::carry_out;

fn models(modality: Modality) -> Vec<&'static Model> {
    Registry::built_in().models_of(modality).collect()
}

/// What prose starts with here.
const PROSE: &str = "Write ";

/// Prose, other scripts, marks, pictures, code: whatever people send.
fn texts(longest: usize) -> impl Strategy<Value = String> {
    let words = select(vec!["a ", "mug ", "that keeps ", "its heat, ", "please. ", "Describe ", "the shop's\n", "2 "]);
    let prose = prop::collection::vec(words, 1..60).prop_map(|words| PROSE.to_owned() + &words.concat());
    let any = prop_oneof![
        prose,
        "[A-Za-z ,.\n]{1,80}",
        "[ -~]{1,80}",
        "[一-龥，。]{1,60}",
        "[а-яё ]{1,80}",
        "(👩‍🔬|🇩🇪|é|€){1,30}",
        "\\PC{1,60}"
    ];
    (any, 1..=longest).prop_map(|(text, times)| text.repeat(times)).prop_filter("blank", |text| !text.trim().is_empty())
}

fn text() -> impl Strategy<Value = Request> {
    let prompt = texts(4).prop_map(TextRequest::new);
    let chat = prop::collection::vec((texts(2), any::<bool>()), 1..4).prop_map(|messages| {
        TextRequest::chat(messages.into_iter().map(
            |(text, asks)| {
                if asks { Message::user(text) } else { Message::assistant(text) }
            },
        ))
    });
    let most = prop::option::of(prop_oneof![1..100_u32, 1..200_000_u32]);
    (prop_oneof![prompt, chat], prop::option::of(select(models(Modality::Text))), most).prop_map(
        |(mut request, model, most)| {
            request.model = model.map(|model| model.id.clone());
            request.max_tokens = most;
            request.into()
        },
    )
}

fn image_spec(model: &Model) -> ImageSpec {
    let Spec::Image(spec) = &model.spec else { panic!("{} makes no images", model.id) };
    spec.clone()
}

/// Drawn as SVG, where size costs nothing to make, or small.
fn image() -> impl Strategy<Value = Request> {
    (select(models(Modality::Image)), texts(1)).prop_flat_map(|(model, prompt)| {
        let spec = image_spec(model);
        let ratio = prop::option::of(any::<prop::sample::Index>());
        let quality = prop::option::of(select(spec.qualities.to_vec()));
        (select(spec.sizes.to_vec()), ratio, quality, any::<bool>()).prop_map(move |(size, ratio, quality, named)| {
            let mut request = ImageRequest::new(&prompt).with_model(model.id.clone());
            request.size = named.then_some(size);
            if let Some(ratio) = ratio.filter(|_| !spec.aspect_ratios.is_empty()) {
                request.aspect_ratio = Some(*ratio.get(&spec.aspect_ratios));
            }
            request.quality = quality;
            if size.area() > 1 << 19 {
                request.format = Some(ImageFormat::Svg);
            }
            request.into()
        })
    })
}

fn video_spec(model: &Model) -> VideoSpec {
    let Spec::Video(spec) = &model.spec else { panic!("{} makes no clips", model.id) };
    spec.clone()
}

fn video() -> impl Strategy<Value = Request> {
    (select(models(Modality::Video)), texts(1)).prop_flat_map(|(model, prompt)| {
        let spec = video_spec(model);
        let durations: Vec<_> = spec.durations.iter().map(|price| price.duration).collect();
        (prop::option::of(select(durations)), select(spec.resolutions.to_vec()), any::<bool>()).prop_map(
            move |(duration, resolution, from_image)| {
                let mut request = VideoRequest::new(&prompt).with_model(model.id.clone()).with_resolution(resolution);
                request.duration = duration;
                if from_image {
                    request = request.with_first_frame("https://example.com/first.png");
                }
                request.into()
            },
        )
    })
}

/// Extends the one clip that there is.
fn extension(source: &MediaId) -> impl Strategy<Value = Request> + use<> {
    let source = source.clone();
    (select(models(Modality::Video)), texts(1))
        .prop_map(move |(model, prompt)| ExtensionRequest::new(&source, prompt).with_model(model.id.clone()).into())
}

fn speech() -> impl Strategy<Value = Request> {
    (select(models(Modality::Speech)), texts(30))
        .prop_map(|(model, text)| SpeechRequest::new(text).with_model(model.id.clone()).into())
}

/// Carries out random requests and compares each charge with what was estimated.
#[track_caller]
fn assert_within_estimates(cases: u32, requests: impl Strategy<Value = Request>, client: &Client, runtime: &Runtime) {
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let held = runner.run(&requests, |request| {
        let estimate = client.estimate(&request).unwrap();
        let (_, usage) = runtime.block_on(carry_out(client, &request)).unwrap();
        let charge = client.cost(&request, usage.as_ref()).charge().unwrap();
        let least = estimate.least();
        // How little other text than prose may be, only a model's own vocabulary knows.
        let is_prose = !matches!(&request, Request::Text(text) if !text.texts().all(|text| text.starts_with(PROSE)));
        prop_assert!(least.output <= charge.output, "{charge} is below {least}");
        prop_assert!(least.input <= charge.input || !is_prose, "{charge} is below {least}");
        if let Some(most) = estimate.most() {
            prop_assert!(charge.input <= most.input && charge.output <= most.output, "{charge} is above {most}");
        } else {
            prop_assert!(matches!(&request, Request::Text(text) if text.max_tokens.is_none()), "unbounded");
        }
        Ok(())
    });
    if let Err(error) = held {
        panic!("{error}");
    }
}

fn client() -> (Client, Runtime) {
    (Client::new(MockBackend::new()), tokio::runtime::Builder::new_current_thread().build().unwrap())
}

#[test]
fn text_is_charged_within_its_estimate() {
    let (client, runtime) = client();
    assert_within_estimates(400, text(), &client, &runtime);
}

#[test]
fn images_are_charged_within_their_estimates() {
    let (client, runtime) = client();
    assert_within_estimates(100, image(), &client, &runtime);
}

#[test]
fn clips_and_extensions_are_charged_within_their_estimates() {
    let (client, runtime) = client();
    assert_within_estimates(20, video(), &client, &runtime);
    let source = runtime.block_on(client.generate_video(VideoRequest::new("A kite"))).unwrap().media.id;
    assert_within_estimates(10, extension(&source), &client, &runtime);
}

#[test]
fn speech_is_charged_within_its_estimate() {
    let (client, runtime) = client();
    assert_within_estimates(60, speech(), &client, &runtime);
}
