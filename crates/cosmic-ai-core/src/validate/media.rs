//! Rules for images, clips, extensions and speech.

use super::fields;
use crate::error::Problem;
use crate::image::{AspectRatio, ImageQuality, ImageRequest, ImageSize};
use crate::registry::{ImageSpec, Model, Spec};
use crate::speech::SpeechRequest;
use crate::video::{ExtensionRequest, VideoRequest};

pub(super) fn check_image(request: &ImageRequest, model: Option<&Model>, problems: &mut Vec<Problem>) {
    fields::text("prompt", &request.prompt, problems);
    let limit = if let Some((model, Spec::Image(spec))) = model.map(|model| (model, &model.spec)) {
        image_options(request, model, spec, problems);
        Some((spec.reference_images, model.id.as_str()))
    } else {
        let size = request.size.map(|size| (size, size.width().min(size.height())));
        fields::positive("size", size, problems);
        let ratio = request.aspect_ratio.map(|ratio| (ratio, ratio.width().min(ratio.height())));
        fields::positive("aspect_ratio", ratio, problems);
        None
    };
    fields::reference_images(&request.reference_images, limit, problems);
    fields::folder(request.folder.as_deref(), problems);
    fields::metadata(request.metadata.as_ref(), problems);
}

/// The options whose values depend on the model.
fn image_options(request: &ImageRequest, model: &Model, spec: &ImageSpec, problems: &mut Vec<Problem>) {
    let id = &model.id;
    let reason = || format!("is not a size of {id}");
    fields::one_of(
        "size",
        request.size.as_ref(),
        &spec.sizes,
        reason,
        |one, other| size_distance(*one, *other),
        problems,
    );
    if let Some(ratio) = request.aspect_ratio.filter(|_| spec.aspect_ratios.is_empty()) {
        let reason = format!("is not taken by {id}, whose shapes are chosen by size");
        problems.push(Problem::new("aspect_ratio", reason).given(ratio));
    } else {
        let reason = || format!("is not an aspect ratio of {id}");
        let ratio = request.aspect_ratio.as_ref();
        fields::one_of(
            "aspect_ratio",
            ratio,
            &spec.aspect_ratios,
            reason,
            |one, other| ratio_distance(*one, *other),
            problems,
        );
    }
    let reason = || format!("is not a quality of {id}");
    let distance = |one: &ImageQuality, other: &ImageQuality| (*one as u8).abs_diff(*other as u8);
    fields::one_of("quality", request.quality.as_ref(), &spec.qualities, reason, distance, problems);
    let reason = || format!("is not a format of {id}");
    fields::one_of("format", request.format.as_ref(), &spec.formats, reason, |_, _| 0, problems);
}

pub(super) fn check_video(request: &VideoRequest, model: Option<&Model>, problems: &mut Vec<Problem>) {
    fields::text("prompt", &request.prompt, problems);
    let limit = if let Some((model, Spec::Video(spec))) = model.map(|model| (model, &model.spec)) {
        let id = &model.id;
        if let Some(duration) = request.duration
            && !spec.durations.iter().any(|offered| offered.duration == duration)
        {
            let offered = spec.durations.iter().map(|offered| offered.duration);
            let nearest = offered.clone().min_by_key(|offered| offered.get().abs_diff(duration.get()));
            let problem = Problem::new("duration", format!("is not a duration of {id}, in seconds"));
            problems.push(problem.given(duration).allowed(offered).nearest(nearest));
        }
        let reason = || format!("is not a resolution of {id}");
        let resolution = request.resolution.as_ref();
        fields::one_of(
            "resolution",
            resolution,
            &spec.resolutions,
            reason,
            |one, other| one.height().abs_diff(other.height()),
            problems,
        );
        Some((spec.reference_images, model.id.as_str()))
    } else {
        fields::positive("duration", request.duration.map(|duration| (duration, duration.get())), problems);
        fields::positive("resolution", request.resolution.map(|lines| (lines, lines.height())), problems);
        None
    };
    fields::reference_images(&request.reference_images, limit, problems);
    fields::folder(request.folder.as_deref(), problems);
    fields::metadata(request.metadata.as_ref(), problems);
}

pub(super) fn check_extension(request: &ExtensionRequest, model: Option<&Model>, problems: &mut Vec<Problem>) {
    fields::text("media_id", request.media_id.as_str(), problems);
    fields::text("prompt", &request.prompt, problems);
    if let Some(model) = model
        && let Spec::Video(spec) = &model.spec
        && spec.extension.is_none()
    {
        problems.push(Problem::new("model", "cannot extend videos").given(&model.id));
    }
    fields::folder(request.folder.as_deref(), problems);
    fields::metadata(request.metadata.as_ref(), problems);
}

pub(super) fn check_speech(request: &SpeechRequest, model: Option<&Model>, problems: &mut Vec<Problem>) {
    fields::text("prompt", &request.prompt, problems);
    if let Some(model) = model
        && let Spec::Speech(spec) = &model.spec
        && let Some(voice) = &request.voice
        && !spec.voices.iter().any(|known| known.voice == *voice)
    {
        let given = voice.as_str().to_lowercase();
        let likeness = |known: &&str| strsim::jaro_winkler(&given, known);
        let known = spec.voices.iter().map(|known| known.voice.as_str());
        let alike = known.clone().filter(|known| likeness(known) > 0.6);
        let nearest = alike.max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
        let problem = Problem::new("voice", format!("is not a voice of {}", model.id));
        problems.push(problem.given(voice).allowed(known).nearest(nearest));
    }
    fields::folder(request.folder.as_deref(), problems);
    fields::metadata(request.metadata.as_ref(), problems);
}

/// How far apart two sizes are: by shape first, then by area.
fn size_distance(one: ImageSize, other: ImageSize) -> (u64, u64) {
    let shape = |size: ImageSize| u64::from(size.width()) * 1_000 / u64::from(size.height()).max(1);
    (shape(one).abs_diff(shape(other)), one.area().abs_diff(other.area()))
}

/// How far apart two shapes are: the quotient of the wider by the narrower.
fn ratio_distance(one: AspectRatio, other: AspectRatio) -> u64 {
    let across = u64::from(one.width()) * u64::from(other.height());
    let down = u64::from(other.width()) * u64::from(one.height());
    across.max(down) * 1_000_000 / across.min(down).max(1)
}
