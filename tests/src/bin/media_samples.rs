//! Makes media of many sizes, durations and formats with the mock, for `cargo xtask ci media` to decode with ffmpeg.
//! What each should be stands in `samples.json` beside them, and comes from the request, never from the response.
//!
//! Usage: `media-samples DIR`

use std::path::PathBuf;

use anyhow::{Context, Result};
use cosmic_ai::mock::MockBackend;
use cosmic_ai::{
    AspectRatio, Client, ClipSeconds, ExtensionRequest, ImageFormat, ImageQuality, ImageRequest, ImageSize, Media,
    Resolution, SpeechRequest, VideoRequest, Voice,
};
use serde_json::{Value, json};

/// Clips have 24 pictures a second.
const PICTURES_A_SECOND: u32 = 24;
/// A word is spoken in 0.4 s: 150 a minute.
const SECONDS_A_WORD: f64 = 0.4;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).context("usage: media-samples DIR")?;
    let mut samples = Samples { client: Client::new(MockBackend::new()), folder, list: Vec::new() };
    images(&mut samples).await?;
    clips(&mut samples).await?;
    speech(&mut samples).await?;
    let list = serde_json::to_string_pretty(&samples.list)?;
    std::fs::write(samples.folder.join("samples.json"), list).context("cannot write samples.json")
}

/// The files so far, and what each should be.
struct Samples {
    client: Client,
    folder: PathBuf,
    list: Vec<Value>,
}

impl Samples {
    async fn add(&mut self, file: &str, media: &Media, mut expected: Value) -> Result<()> {
        self.client.save(media, self.folder.join(file)).await.with_context(|| file.to_owned())?;
        if let Some(expected) = expected.as_object_mut() {
            expected.insert("file".to_owned(), json!(file));
        }
        self.list.push(expected);
        Ok(())
    }
}

async fn images(samples: &mut Samples) -> Result<()> {
    const DALL_E: &str = "dall-e-3";
    const FLASH: &str = "gemini-3.1-flash-image-preview";
    let ask = || ImageRequest::new("A red bicycle on a beach at dawn");
    let of = |size: ImageSize| (ask().with_size(size), size.width(), size.height());
    let dall_e = |size: ImageSize| (ask().with_size(size).with_model(DALL_E), size.width(), size.height());
    let requests = [
        (ask().with_size(ImageSize::SQUARE_512).with_model(FLASH), 512, 512),
        of(ImageSize::SQUARE_1024),
        of(ImageSize::SQUARE_2048),
        of(ImageSize::SQUARE_4096),
        dall_e(ImageSize::LANDSCAPE_1792),
        dall_e(ImageSize::PORTRAIT_1792),
        (ask().with_size(ImageSize::SQUARE_1024).with_model(DALL_E).with_quality(ImageQuality::Hd), 1024, 1024),
    ];
    for (number, (request, width, height)) in requests.into_iter().enumerate() {
        still(samples, &format!("{number}-{width}x{height}"), request, width, height).await?;
    }
    for (name, ratio) in [("wide", AspectRatio::WIDE), ("tall", AspectRatio::TALL)] {
        let size = ImageSize::SQUARE_1024.shaped(ratio);
        let request = ask().with_size(ImageSize::SQUARE_1024).with_aspect_ratio(ratio);
        still(samples, name, request, size.width(), size.height()).await?;
    }
    Ok(())
}

/// One picture as PNG and as SVG.
async fn still(samples: &mut Samples, name: &str, request: ImageRequest, width: u32, height: u32) -> Result<()> {
    for (format, codec) in [(ImageFormat::Png, "png"), (ImageFormat::Svg, "svg")] {
        let request = request.clone().with_format(format);
        let response = samples.client.generate_image(&request).await.with_context(|| format!("{request:?}"))?;
        let picture = json!({ "codec": codec, "width": width, "height": height, "frames": 1 });
        samples.add(&format!("{name}.{codec}"), &response.media, json!({ "picture": picture })).await?;
    }
    Ok(())
}

async fn clips(samples: &mut Samples) -> Result<()> {
    for duration in [ClipSeconds::FOUR, ClipSeconds::SIX, ClipSeconds::EIGHT] {
        for resolution in [Resolution::P720, Resolution::P1080] {
            let request = VideoRequest::new("A kite").with_duration(duration).with_resolution(resolution);
            let clip = samples.client.generate_video(&request).await.with_context(|| format!("{request:?}"))?;
            let expected = film(resolution, duration);
            samples.add(&format!("clip-{duration}-{resolution}.mp4"), &clip.media, expected).await?;
            let further = ExtensionRequest::new(&clip.media.id, "The kite lands");
            let further = samples.client.extend_video(&further).await.with_context(|| format!("{further:?}"))?;
            let expected = film(Resolution::P720, ClipSeconds::EIGHT);
            samples.add(&format!("clip-{duration}-{resolution}-extended.mp4"), &further.media, expected).await?;
        }
    }
    Ok(())
}

fn film(resolution: Resolution, duration: ClipSeconds) -> Value {
    let frames = duration.get() * PICTURES_A_SECOND;
    json!({
        "picture": { "codec": "h264", "width": resolution.width(), "height": resolution.height(), "frames": frames },
        "sound": { "codec": "aac", "channels": 2 },
        "seconds": duration.get(),
    })
}

async fn speech(samples: &mut Samples) -> Result<()> {
    // Of words so short that their number counts and not that of their characters. The last is spoken in two pieces.
    for words in [1_u16, 5, 150, 1_100] {
        for voice in [Voice::NOVA, Voice::ONYX] {
            let text = "word ".repeat(usize::from(words));
            let request = SpeechRequest::new(text.trim()).with_voice(voice.clone());
            let response = samples.client.generate_speech(&request).await.with_context(|| format!("{words} words"))?;
            let seconds = f64::from(words) * SECONDS_A_WORD;
            let expected = json!({ "sound": { "codec": "mp3", "channels": 1 }, "seconds": seconds });
            samples.add(&format!("speech-{words}-{voice}.mp3"), &response.media, expected).await?;
        }
    }
    Ok(())
}
