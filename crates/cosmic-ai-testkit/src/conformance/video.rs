//! Rules of `VideoGenerator`.

use cosmic_ai_core::registry::{Spec, VideoSpec};
use cosmic_ai_core::{
    Call, ClipSeconds, ErrorKind, ExtensionRequest, Modality, Registry, Resolution, VideoGenerator, VideoRequest,
};
use serde_json::json;

use super::attempts::{self, Attempt};
use super::calls::{self, names};
use super::media::{self, own_metadata, reported};
use super::report::{Checks, Verdict, ensure};
use super::together::{self, CALLS};

pub(super) async fn run(checks: &mut Checks, registry: &Registry, generator: &dyn VideoGenerator) {
    let spec = registry.default_model(Modality::Video).and_then(|model| match &model.spec {
        Spec::Video(spec) => Some(spec),
        _ => None,
    });
    checks
        .run("video/answer-has-a-medium", async {
            let answer = generator.generate_video(&Call::new(), &short(spec)).await?;
            media::is_described(&answer.media, "video/")?;
            ensure!(!answer.is_extension, "a new clip says that it is an extension");
            Ok(())
        })
        .await;
    checks
        .run("video/answer-reports-usage", async {
            let answer = generator.generate_video(&Call::new(), &short(spec)).await?;
            ensure!(answer.usage.is_some(), "no usage: {answer:?}");
            Ok(())
        })
        .await;
    checks
        .run("video/metadata-is-kept", async {
            let call = Call::new();
            let answer = generator.generate_video(&call, &short(spec).with_metadata(own_metadata())).await?;
            media::carries_metadata(&answer.media, &call)
        })
        .await;
    checks
        .run("video/duration-is-as-asked", async {
            let request = short(spec);
            let answer = generator.generate_video(&Call::new(), &request).await?;
            let value = answer.media.metadata_value("duration");
            let came = value.and_then(|value| serde_json::from_value::<ClipSeconds>(value.clone()).ok());
            let came = reported(came, "durations")?;
            ensure!(Some(came) == request.duration, "{:?} was asked for, {came} s came", request.duration);
            Ok(())
        })
        .await;
    checks
        .run("video/charge-is-the-price", async {
            for price in spec.map(|spec| spec.durations.iter()).into_iter().flatten() {
                let request = VideoRequest::new("A ball rolls away").with_duration(price.duration);
                let answer = generator.generate_video(&Call::new(), &request).await?;
                media::is_priced(registry, &request, answer.usage.as_ref())?;
            }
            Ok(())
        })
        .await;
    checks.run("video/extension-names-its-source", extension(registry, generator, spec)).await;
    checks.run("video/unknown-source-is-refused", unknown_source(generator)).await;
    checks
        .run("video/calls-run-side-by-side", async {
            let request = short(spec);
            media::are_distinct((0..CALLS).map(|_| async {
                let answer = generator.generate_video(&Call::new(), &request).await;
                answer.map(|answer| answer.media)
            }))
            .await
        })
        .await;
    checks
        .run("video/calls-keep-their-own-metadata", async {
            media::are_kept_apart(|call, metadata| async move {
                let answer = generator.generate_video(&call, &short(spec).with_metadata(metadata)).await;
                answer.map(|answer| answer.media)
            })
            .await
        })
        .await;
    checks
        .run("video/a-call-can-be-dropped", async {
            let request = short(spec);
            for polls in 0..4 {
                together::give_up_after(polls, generator.generate_video(&Call::new(), &request)).await;
            }
            generator.generate_video(&Call::new(), &request).await?;
            Ok(())
        })
        .await;
    let faulty = VideoRequest::new("").with_folder(" ").with_model("no-such-model");
    calls::run(checks, names!("video"), registry, (short(spec), faulty), |call, request| async move {
        generator.generate_video(&call, &request).await
    })
    .await;
    invalid(checks, registry, generator).await;
}

async fn extension(registry: &Registry, generator: &dyn VideoGenerator, spec: Option<&VideoSpec>) -> Verdict {
    let source = generator.generate_video(&Call::new(), &short(spec)).await?.media.id;
    // Extensions can be extended.
    let mut sources = vec![source];
    while let ([.., source], true) = (sources.as_slice(), sources.len() < 3) {
        let (call, request) =
            (Call::new(), ExtensionRequest::new(source, "It comes back").with_metadata(own_metadata()));
        let answer = generator.extend_video(&call, &request).await?;
        media::is_described(&answer.media, "video/")?;
        media::carries_metadata(&answer.media, &call)?;
        ensure!(answer.is_extension, "it does not say that it is an extension");
        let named = answer.source_media_id.as_ref();
        ensure!(named == Some(source), "its source is {named:?}, not {source}");
        ensure!(!sources.contains(&answer.media.id), "it is not a medium of its own");
        media::is_priced(registry, &request, answer.usage.as_ref())?;
        sources.push(answer.media.id);
    }
    Ok(())
}

async fn unknown_source(generator: &dyn VideoGenerator) -> Verdict {
    let call = Call::new();
    let request = ExtensionRequest::new("no-such-medium", "It comes back");
    let Err(error) = generator.extend_video(&call, &request).await else {
        return Err("a medium that does not exist was extended".to_owned().into());
    };
    let is_refusal = matches!(error.kind(), ErrorKind::NotFound(_) | ErrorKind::Refused(_));
    ensure!(is_refusal, "the error is neither `NotFound` nor `Refused`: {error:?}");
    ensure!(!error.outcome().may_be_billed(), "the outcome is {:?}", error.outcome());
    let named = error.operation_id();
    ensure!(named == Some(call.operation_id()), "the error names operation {named:?}, not {}", call.operation_id());
    Ok(())
}

async fn invalid(checks: &mut Checks, registry: &Registry, generator: &dyn VideoGenerator) {
    let mut attempts = Vec::new();
    checks
        .run("video/invalid-requests-are-not-sent", async {
            for (what, request) in invalid_requests(registry) {
                let call = Call::new();
                let error = generator.generate_video(&call, &request).await.err();
                attempts.push(Attempt { what, call, error });
            }
            for (what, request) in invalid_extensions(registry) {
                let call = Call::new();
                let error = generator.extend_video(&call, &request).await.err();
                attempts.push(Attempt { what, call, error });
            }
            attempts::were_not_sent(&attempts)
        })
        .await;
    checks.run("video/errors-name-their-operation", async { attempts::name_their_operation(&attempts) }).await;
}

fn invalid_requests(registry: &Registry) -> impl Iterator<Item = (&'static str, VideoRequest)> {
    let video = || VideoRequest::new("A ball rolls away");
    let mut two_frames = video().with_first_frame("https://example.com/a.png");
    two_frames.reference_images.push("https://example.com/b.png".to_owned());
    let requests = [
        ("a blank prompt", VideoRequest::new("\t")),
        ("an unknown model", video().with_model("no-such-model")),
        ("a duration of 5 s", video().with_duration(ClipSeconds::new(5))),
        ("a resolution of 333p", video().with_resolution(Resolution::from_lines(333))),
        ("two first frames", two_frames),
        ("a first frame without a scheme", video().with_first_frame("photo.jpg")),
        ("a blank folder", video().with_folder("")),
        ("metadata that is no object", video().with_metadata(json!("a"))),
    ];
    requests.into_iter().filter(|(_, request)| registry.check(request).is_err())
}

fn invalid_extensions(registry: &Registry) -> impl Iterator<Item = (&'static str, ExtensionRequest)> {
    let requests = [
        ("a blank media_id", ExtensionRequest::new("", "It comes back")),
        ("a blank prompt of an extension", ExtensionRequest::new("a-medium", " ")),
    ];
    requests.into_iter().filter(|(_, request)| registry.check(request).is_err())
}

/// The cheapest clip to make.
fn short(spec: Option<&VideoSpec>) -> VideoRequest {
    let mut request = VideoRequest::new("A ball rolls away");
    request.duration = spec.and_then(|spec| spec.durations.iter().map(|price| price.duration).min());
    request
}
