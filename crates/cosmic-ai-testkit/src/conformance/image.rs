//! Rules of `ImageGenerator`.

use cosmic_ai_core::registry::{ImageSpec, Spec};
use cosmic_ai_core::{Call, ImageFormat, ImageGenerator, ImageQuality, ImageRequest, ImageSize, Modality, Registry};
use serde_json::json;

use super::attempts::{self, Attempt};
use super::calls::{self, names};
use super::media::{self, own_metadata, reported};
use super::report::{Checks, Flaw, ensure};
use super::together::{self, CALLS};

pub(super) async fn run(checks: &mut Checks, registry: &Registry, generator: &dyn ImageGenerator) {
    let spec = registry.default_model(Modality::Image).and_then(|model| match &model.spec {
        Spec::Image(spec) => Some(spec),
        _ => None,
    });
    checks
        .run("image/answer-has-a-medium", async {
            let answer = generator.generate_image(&Call::new(), &small(spec)).await?;
            media::is_described(&answer.media, "image/")
        })
        .await;
    checks
        .run("image/metadata-is-kept", async {
            let call = Call::new();
            let answer = generator.generate_image(&call, &small(spec).with_metadata(own_metadata())).await?;
            media::carries_metadata(&answer.media, &call)
        })
        .await;
    checks
        .run("image/alt-text-is-kept", async {
            let request = small(spec).with_alt_text("A picture of the checks");
            let answer = generator.generate_image(&Call::new(), &request).await?;
            let kept = reported(answer.media.alt_text, "alternative texts")?;
            ensure!(kept == "A picture of the checks", "it came back as {kept:?}");
            Ok(())
        })
        .await;
    checks
        .run("image/size-is-as-asked", async {
            for size in spec.map(|spec| spec.sizes.iter()).into_iter().flatten().take(2) {
                let request = ImageRequest::new("A red bicycle").with_size(*size);
                let media = generator.generate_image(&Call::new(), &request).await?.media;
                let (width, height) = reported(media.width.zip(media.height), "sizes in pixels")?;
                let is_so = (width, height) == (size.width(), size.height());
                ensure!(is_so, "{size} was asked for, {width}x{height} came");
            }
            Ok(())
        })
        .await;
    checks
        .run("image/format-is-as-asked", async {
            for format in spec.map(|spec| spec.formats.iter()).into_iter().flatten() {
                let request = small(spec).with_format(*format);
                let media = generator.generate_image(&Call::new(), &request).await?.media;
                let expected = match format {
                    ImageFormat::Png => "image/png",
                    ImageFormat::Svg => "image/svg+xml",
                    _ => continue,
                };
                ensure!(media.content_type == expected, "{format} was asked for, {} came", media.content_type);
            }
            Ok(())
        })
        .await;
    checks
        .run("image/charge-is-the-price", async {
            let request = small(spec);
            let answer = generator.generate_image(&Call::new(), &request).await?;
            media::is_priced(registry, &request, answer.usage.as_ref())
        })
        .await;
    checks
        .run("image/calls-run-side-by-side", async {
            let request = small(spec);
            media::are_distinct((0..CALLS).map(|_| async {
                let answer = generator.generate_image(&Call::new(), &request).await;
                answer.map(|answer| answer.media)
            }))
            .await
        })
        .await;
    checks
        .run("image/calls-keep-their-own-metadata", async {
            media::are_kept_apart(|call, metadata| async move {
                let answer = generator.generate_image(&call, &small(spec).with_metadata(metadata)).await;
                answer.map(|answer| answer.media)
            })
            .await
        })
        .await;
    checks
        .run("image/a-call-can-be-dropped", async {
            let request = small(spec);
            for polls in 0..4 {
                together::give_up_after(polls, generator.generate_image(&Call::new(), &request)).await;
            }
            generator.generate_image(&Call::new(), &request).await?;
            Ok(())
        })
        .await;
    let faulty = ImageRequest::new("").with_folder(" ").with_model("no-such-model");
    calls::run(checks, names!("image"), registry, (small(spec), faulty), |call, request| async move {
        generator.generate_image(&call, &request).await
    })
    .await;
    invalid(checks, registry, generator).await;
}

async fn invalid(checks: &mut Checks, registry: &Registry, generator: &dyn ImageGenerator) {
    let mut attempts = Vec::new();
    checks
        .run("image/invalid-requests-are-not-sent", async {
            for (what, request) in invalid_requests(registry) {
                let call = Call::new();
                let error = generator.generate_image(&call, &request).await.err();
                attempts.push(Attempt { what, call, error });
            }
            ensure_some(&attempts)?;
            attempts::were_not_sent(&attempts)
        })
        .await;
    checks.run("image/errors-name-their-operation", async { attempts::name_their_operation(&attempts) }).await;
}

fn ensure_some(attempts: &[Attempt]) -> Result<(), Flaw> {
    if attempts.is_empty() { Err(Flaw::Skipped("the registry finds nothing invalid".to_owned())) } else { Ok(()) }
}

fn invalid_requests(registry: &Registry) -> impl Iterator<Item = (&'static str, ImageRequest)> {
    let image = || ImageRequest::new("A red bicycle");
    let requests = [
        ("a blank prompt", ImageRequest::new("")),
        ("an unknown model", image().with_model("no-such-model")),
        ("a model of text", image().with_model("claude-opus-4-8")),
        ("a size of 513x77", image().with_size(ImageSize::new(513, 77))),
        ("a quality of DALL-E 3", image().with_quality(ImageQuality::Hd)),
        ("a reference image without a scheme", image().with_reference_image("photo.jpg")),
        ("a blank folder", image().with_folder(" ")),
        ("metadata that is no object", image().with_metadata(json!(["a"]))),
        ("metadata with the reserved key", image().with_metadata(json!({ "cosmic_ai_operation_id": "mine" }))),
    ];
    requests.into_iter().filter(|(_, request)| registry.check(request).is_err())
}

/// The cheapest picture to make.
fn small(spec: Option<&ImageSpec>) -> ImageRequest {
    let mut request = ImageRequest::new("A red bicycle");
    request.size = spec.and_then(|spec| spec.sizes.iter().copied().min_by_key(|size| size.area()));
    request
}
