//! Images: every size and shape of the registry, as an independent decoder sees it.

use std::collections::BTreeSet;
use std::io::Cursor;

use bytes::Bytes;
use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{
    AspectRatio, Call, ImageFormat, ImageGenerator, ImageQuality, ImageRequest, ImageSize, Media, MediaLibrary,
    Modality, OPERATION_ID_KEY, Registry,
};
use cosmic_ai_mock::MockBackend;
use serde_json::{Value, json};

use crate::names::assert_named;

async fn image(mock: &MockBackend, request: &ImageRequest) -> (Media, Bytes) {
    let media = mock.generate_image(&Call::new(), request).await.unwrap().media;
    let bytes = mock.open(&media).await.unwrap().collect().await.unwrap();
    assert_eq!(media.size, Some(bytes.len() as u64));
    (media, bytes)
}

fn size_in_header(png: &[u8]) -> (u32, u32) {
    let reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    reader.info().size()
}

/// Decodes all pixels and counts the colours among them.
fn colours(bytes: &[u8]) -> usize {
    let mut decoder = png::Decoder::new(Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut colours = BTreeSet::new();
    let mut last = [0; 3];
    while let Some(row) = reader.next_row().unwrap() {
        for &pixel in row.data().as_chunks::<3>().0 {
            if pixel != last {
                colours.insert(pixel);
                last = pixel;
            }
        }
    }
    colours.len()
}

/// Every model with each of its sizes, alone and in each of its shapes.
fn all_shapes() -> Vec<(ImageRequest, ImageSize, Option<AspectRatio>)> {
    let mut shapes = Vec::new();
    for model in Registry::built_in().models_of(Modality::Image) {
        let Spec::Image(spec) = &model.spec else { panic!("{} makes no images", model.id) };
        for &size in spec.sizes.iter() {
            let request = ImageRequest::new("A mountain lake").with_model(model.id.clone()).with_size(size);
            shapes.push((request.clone(), size, None));
            for &ratio in spec.aspect_ratios.iter() {
                shapes.push((request.clone().with_aspect_ratio(ratio), size, Some(ratio)));
            }
        }
    }
    shapes
}

#[tokio::test]
async fn every_size_and_shape_of_every_model_is_made_to_the_pixel() {
    let mut made = BTreeSet::new();
    for (request, size, ratio) in all_shapes() {
        // A shape that two models share is drawn once: the model does not matter to the pixels.
        if !made.insert((size.width(), size.height(), ratio.map(|ratio| ratio.to_string()))) {
            continue;
        }
        // Each with a library of its own, so that memory is freed.
        let (media, bytes) = image(&MockBackend::new(), &request).await;
        let (width, height) = size_in_header(&bytes);
        assert_eq!((media.width, media.height), (Some(width), Some(height)), "{request:?}");
        match ratio {
            None => assert_eq!((width, height), (size.width(), size.height()), "{request:?}"),
            Some(ratio) => {
                let shape = f64::from(width) / f64::from(height);
                let wanted = f64::from(ratio.width()) / f64::from(ratio.height());
                assert!((shape / wanted - 1.0).abs() <= 0.03, "{width}x{height} for {request:?}");
                let area = f64::from(width) * f64::from(height) / (f64::from(size.width()) * f64::from(size.height()));
                assert!((area - 1.0).abs() <= 0.1, "{width}x{height} for {request:?}");
                assert!(width.is_multiple_of(8) && height.is_multiple_of(8), "{width}x{height} for {request:?}");
            }
        }
        if u64::from(width) * u64::from(height) < 1_500_000 {
            assert!(colours(&bytes) > 3, "{request:?}");
        }
    }
    // Flash 4 sizes x (14 shapes + none), DALL-E 2 sizes that no other has.
    assert_eq!(made.len(), 62);
}

#[tokio::test]
async fn the_largest_pictures_decode_to_the_last_pixel() {
    for ratio in ["1:1", "8:1", "1:8"] {
        let request = ImageRequest::new("A mountain lake")
            .with_size(ImageSize::SQUARE_4096)
            .with_aspect_ratio(ratio.parse().unwrap());
        let (media, bytes) = image(&MockBackend::new(), &request).await;
        assert_eq!(size_in_header(&bytes), (media.width.unwrap(), media.height.unwrap()));
        assert!(colours(&bytes) > 3, "{ratio}");
    }
}

#[tokio::test]
async fn a_request_without_options_is_a_png_of_1024() {
    let (media, bytes) = image(&MockBackend::new(), &ImageRequest::new("A lake")).await;
    assert_eq!(size_in_header(&bytes), (1024, 1024));
    assert_eq!(media.content_type, "image/png");
    assert_eq!(media.folder, None);
    assert_eq!(media.alt_text.as_deref(), Some("A lake"));
    assert_eq!(media.original_name.as_deref(), Some("a-lake.png"));
    assert_named(&media, "", "-a-lake.png");
    assert!(media.created_at.is_some() && media.bucket.is_some());
    assert!(media.url.starts_with("https://") && media.imgix_url.is_some());
}

#[tokio::test]
async fn equal_requests_give_equal_pixels_under_other_names_and_ids() {
    let mock = MockBackend::new();
    let request = ImageRequest::new("A lake").with_size(ImageSize::SQUARE_512);
    let (first, first_bytes) = image(&mock, &request).await;
    let (second, second_bytes) = image(&mock, &request).await;
    assert_eq!(first_bytes, second_bytes);
    assert_ne!((&first.id, &first.name), (&second.id, &second.name));
    let (again, again_bytes) = image(&MockBackend::new(), &request).await;
    assert_eq!((&again.id, &again.name, again_bytes), (&first.id, &first.name, first_bytes));
    let (_, other) = image(&MockBackend::builder().with_seed(1).build(), &request).await;
    assert_ne!(other, second_bytes);
    let (_, other) = image(&mock, &ImageRequest::new("A sea").with_size(ImageSize::SQUARE_512)).await;
    assert_ne!(other, second_bytes);
}

#[tokio::test]
async fn dall_e_makes_its_three_sizes_in_both_qualities_and_rewrites_the_prompt() {
    let mock = MockBackend::new();
    for size in [ImageSize::SQUARE_1024, ImageSize::LANDSCAPE_1792, ImageSize::PORTRAIT_1792] {
        for quality in [ImageQuality::Standard, ImageQuality::Hd] {
            let request = ImageRequest::new(" A lake ").with_model("dall-e-3").with_size(size).with_quality(quality);
            let response = mock.generate_image(&Call::new(), &request).await.unwrap();
            assert_eq!(response.media.width.zip(response.media.height), Some((size.width(), size.height())));
            assert!(response.revised_prompt.unwrap().starts_with("A lake"));
            assert_eq!(response.usage, None);
        }
    }
}

#[tokio::test]
async fn folder_alt_text_and_metadata_are_the_users_and_the_operation_is_ours() {
    let mock = MockBackend::new();
    let call = Call::new();
    let request = ImageRequest::new("A lake")
        .with_size(ImageSize::SQUARE_512)
        .with_folder("covers")
        .with_alt_text("Lake between mountains")
        .with_metadata(json!({"article": 7, "tags": ["a", null]}));
    let media = mock.generate_image(&call, &request).await.unwrap().media;
    assert_eq!(media.folder.as_deref(), Some("covers"));
    assert_eq!(media.alt_text.as_deref(), Some("Lake between mountains"));
    let expected = json!({"article": 7, "tags": ["a", null], OPERATION_ID_KEY: call.operation_id().as_str()});
    assert_eq!(Value::Object(media.metadata.clone()), expected);
    assert_eq!(mock.get(&media.id).await.unwrap(), media);
}

#[tokio::test]
async fn svg_is_well_formed_has_the_exact_size_and_says_what_it_shows() {
    let mock = MockBackend::new();
    let prompts = [
        ("A lake", "A lake"),
        ("<script>alert('x')</script> & \"]]>", "<script>alert('x')</script> & \"]]>"),
        ("bad\u{1}\u{b}\u{7f}\u{85}\u{fffe}\u{ffff}xml", "bad\u{7f}\u{85}xml"),
        ("<!-- --> <?xml?> &#0; 雪 👩‍🔬", "<!-- --> <?xml?> &#0; 雪 👩‍🔬"),
    ];
    for (prompt, title) in prompts {
        for (ratio, width, height) in [(None, 1024, 1024), (Some(AspectRatio::WIDE), 1352, 760)] {
            let mut request = ImageRequest::new(prompt).with_format(ImageFormat::Svg);
            request.aspect_ratio = ratio;
            let (media, bytes) = image(&mock, &request).await;
            assert_eq!(media.content_type, "image/svg+xml");
            assert_eq!((media.width, media.height), (Some(width), Some(height)));
            assert!(media.name.as_ref().unwrap().strip_suffix(".svg").is_some());
            let text = std::str::from_utf8(&bytes).unwrap();
            let document = roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
            let root = document.root_element();
            assert!(root.has_tag_name(("http://www.w3.org/2000/svg", "svg")));
            assert_eq!(root.attribute("width"), Some(width.to_string().as_str()));
            assert_eq!(root.attribute("height"), Some(height.to_string().as_str()));
            assert_eq!(root.attribute("viewBox"), Some(format!("0 0 {width} {height}").as_str()));
            let found = root.children().find(|child| child.has_tag_name("title")).unwrap();
            assert_eq!(found.text(), Some(title));
            let fills: BTreeSet<_> = root.descendants().filter_map(|shape| shape.attribute("fill")).collect();
            assert!(fills.len() > 3, "{fills:?}");
        }
    }
}

#[tokio::test]
async fn the_address_of_an_image_is_a_url_whatever_its_prompt() {
    let mock = MockBackend::new();
    for prompt in ["A lake", "雪の日", "a/b?c=d#e %20 ü", "👩‍🔬", "../../etc/passwd", "  .  "] {
        let (media, _) = image(&mock, &ImageRequest::new(prompt).with_size(ImageSize::SQUARE_512)).await;
        let path = media.url.strip_prefix("https://media.mock.invalid/").unwrap();
        assert!(path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%/".contains(&byte)), "{path}");
        assert!(media.name.unwrap().chars().all(|character| !"/?#\\%".contains(character)));
        let reference = ImageRequest::new("Like that").with_reference_image(&media.url);
        Registry::built_in().check(&reference).unwrap();
    }
}
