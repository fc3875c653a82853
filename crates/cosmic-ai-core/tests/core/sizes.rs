//! Sizes, shapes, lengths and resolutions.

use cosmic_ai_core::registry::Spec;
use cosmic_ai_core::{AspectRatio, ClipSeconds, ImageSize, Modality, Registry, Resolution};

#[test]
fn every_size_of_the_registry_takes_every_ratio() {
    let mut cases = 0;
    for model in Registry::built_in().models_of(Modality::Image) {
        let Spec::Image(spec) = &model.spec else { panic!("{}", model.id) };
        for (size, ratio) in
            spec.sizes.iter().flat_map(|size| spec.aspect_ratios.iter().map(move |ratio| (size, ratio)))
        {
            let shaped = size.shaped(*ratio);
            let (width, height) = (f64::from(shaped.width()), f64::from(shaped.height()));
            let wanted = f64::from(ratio.width()) / f64::from(ratio.height());
            let shape_error = (width / height / wanted - 1.0).abs();
            let area_error = (width * height / (f64::from(size.width()) * f64::from(size.height())) - 1.0).abs();
            assert!(shape_error <= 0.03, "{size} {ratio}: {shaped}, {shape_error}");
            assert!(area_error <= 0.1, "{size} {ratio}: {shaped}, {area_error}");
            assert!(shaped.width() % 8 == 0 && shaped.height() % 8 == 0, "{size} {ratio}: {shaped}");
            if ratio.width() == ratio.height() {
                assert_eq!(shaped, *size);
            }
            cases += 1;
        }
    }
    assert!(cases >= 4 * 14 + 3 * 10, "{cases}");
}

#[test]
fn a_shape_turned_is_the_shape_of_the_turned_ratio_or_near_it() {
    let cases = [
        (ImageSize::SQUARE_1024, "16:9", "1352x760"),
        (ImageSize::SQUARE_1024, "9:16", "760x1352"),
        (ImageSize::SQUARE_1024, "8:1", "2888x360"),
        (ImageSize::new(1, 1), "16:9", "16x8"),
        (ImageSize::new(65_535, 65_535), "1:1", "65535x65535"),
    ];
    for (size, ratio, expected) in cases {
        assert_eq!(size.shaped(ratio.parse().unwrap()).to_string(), expected, "{size} {ratio}");
    }
    // Ratios beyond any registry neither panic nor divide by zero.
    for ratio in
        [AspectRatio::new(0, 0), AspectRatio::new(0, 1), AspectRatio::new(65_535, 1), AspectRatio::new(1, 65_535)]
    {
        for size in [ImageSize::new(0, 0), ImageSize::SQUARE_512, ImageSize::new(65_535, 65_535)] {
            let _ = size.shaped(ratio);
        }
    }
}

#[test]
fn texts_are_read_strictly() {
    for text in
        ["", "1024", "x", "1024x", "x1024", "0x5", "5x0", "+5x5", "5x-5", " 5x5", "5x5x5", "5X5", "65536x1", "５x５"]
    {
        let error = text.parse::<ImageSize>().unwrap_err();
        let expected = "is not width and height in pixels, each from 1 to 65535, such as 1024x1024";
        assert_eq!(error.to_string(), format!("size `{text}` {expected}"));
    }
    for text in ["", "16", "16:", ":9", "16/9", "0:9", "16:9:1", "16 :9"] {
        assert!(text.parse::<AspectRatio>().is_err(), "{text}");
    }
    for text in ["", "p", "720", "0p", "+720p", "720P", "720pp", "65536p"] {
        assert!(text.parse::<Resolution>().is_err(), "{text}");
    }
    for text in ["", "8s", "+8", "-8", "8.0", " 8", "4294967296"] {
        assert!(text.parse::<ClipSeconds>().is_err(), "{text}");
    }
    let long = "9".repeat(5_000).parse::<ImageSize>().unwrap_err().to_string();
    assert!(long.len() < 250, "{long}");
}

#[test]
fn values_are_written_as_they_are_read() {
    for text in ["1x1", "1024x1024", "1792x1024", "65535x65535"] {
        assert_eq!(text.parse::<ImageSize>().unwrap().to_string(), text);
    }
    for text in ["1:1", "16:9", "32:18"] {
        assert_eq!(text.parse::<AspectRatio>().unwrap().to_string(), text);
    }
    for (text, width) in [("720p", 1280), ("1080p", 1920), ("480p", 854), ("2160p", 3840)] {
        let resolution: Resolution = text.parse().unwrap();
        assert_eq!((resolution.to_string().as_str(), resolution.width()), (text, width));
    }
    assert_eq!(format!("{:>6}|{:<6}|", Resolution::P720, ClipSeconds::EIGHT), "  720p|8     |");
}
