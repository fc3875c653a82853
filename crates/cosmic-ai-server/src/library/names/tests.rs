//! Whatever someone calls a file, its name stays in the folder.

use proptest::prelude::*;

use super::*;

const TYPES: [&str; 5] = ["image/png", "image/jpeg", "video/mp4", "text/csv", "application/octet-stream"];

fn is_safe(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=FILE_BYTES).contains(&name.len())
        && name.bytes().all(allowed)
        && !name.starts_with(['.', '-'])
        && !name.ends_with('.')
        && !is_reserved(name)
        && std::path::Path::new(name).file_name().is_some_and(|file| file == name)
}

#[test]
fn names_of_generators_stay() {
    for (name, content_type) in [
        ("veo-0198f0d2-5b7a-4cde-9f01-23456789abcd.mp4", "video/mp4"),
        ("veo-ext-0198f0d2-5b7a-4cde-9f01-23456789abcd.mp4", "video/mp4"),
        ("tts-0198f0d2-5b7a-4cde-9f01-23456789abcd.mp3", "audio/mpeg"),
        ("0198f0d2-5b7a-4cde-9f01-23456789abcd-a-red-bicycle.png", "image/png"),
        ("photo.JPEG", "image/jpeg"),
        ("conformance.bin", "application/octet-stream"),
    ] {
        assert_eq!(safe(name, content_type), name);
    }
}

#[test]
fn odd_names_become_safe_ones() {
    for (wanted, content_type, expected) in [
        ("", "image/png", "file.png"),
        (".", "image/png", "file.png"),
        ("..", "text/plain", "file"),
        ("../../etc/passwd", "text/plain", "etc-passwd"),
        ("..\\..\\boot.ini", "text/plain", "boot.ini"),
        ("a\0b.png", "image/png", "a-b.png"),
        ("/", "application/octet-stream", "file"),
        (".htaccess", "text/plain", "htaccess"),
        ("Fahrräder am Meer.jpg", "image/jpeg", "Fahrr-der-am-Meer.jpg"),
        ("猫.png", "image/png", "png.png"),
        ("page.html", "image/png", "page.html.png"),
        ("CON", "text/plain", "file-CON"),
        ("nul.tar.gz", "application/gzip", "file-nul.tar.gz"),
        ("com1.png", "image/png", "file-com1.png"),
        ("comb.png", "image/png", "comb.png"),
        ("trailing.", "text/plain", "trailing"),
    ] {
        assert_eq!(safe(wanted, content_type), expected, "{wanted:?}");
    }
    let long = safe(&format!("{}.png", "x".repeat(5_000)), "image/png");
    assert!(long.len() == FILE_BYTES && long.chars().all(|character| character == 'x' || ".png".contains(character)));
}

#[test]
fn another_name_keeps_the_style() {
    let clip = another("veo-0198f0d2-5b7a-4cde-9f01-23456789abcd.mp4");
    assert!(clip.starts_with("veo-") && extension(&clip) == Some("mp4") && clip.len() == 44, "{clip}");
    assert_ne!(clip, "veo-0198f0d2-5b7a-4cde-9f01-23456789abcd.mp4");
    let photo = another("photo.jpg");
    assert!(photo.ends_with("-photo.jpg") && photo.len() == 46, "{photo}");
}

#[test]
fn folders_have_plain_names() {
    for name in ["posters", "Posters 2026", "плакаты", &"x".repeat(128)] {
        assert!(check_folder(name).is_ok(), "{name}");
    }
    for name in ["", ".", "..", ".hidden", "a/b", "a\\b", "a\nb", "a\0b", " a", "a ", &"x".repeat(129)] {
        assert_eq!(check_folder(name).unwrap_err().status(), Some(400), "{name:?}");
    }
}

proptest! {
    #[test]
    fn no_name_escapes(wanted in ".{0,300}", place in 0..TYPES.len()) {
        let name = safe(&wanted, TYPES[place]);
        prop_assert!(is_safe(&name), "{wanted:?} became {name:?}");
        prop_assert_eq!(safe(&name, TYPES[place]), name.clone(), "a safe name stays");
        let other = another(&name);
        prop_assert!(is_safe(&other) && other != name, "{name:?} became {other:?}");
        let part = part(&name);
        prop_assert_eq!(of_part(&part), Some(name.as_str()));
        prop_assert!(part.len() <= 255);
    }

    #[test]
    fn no_name_of_dots_and_slashes_escapes(wanted in "[./\\\\~ a\0-]{0,40}(con|NUL|aux|lpt1)?[. ]{0,3}") {
        let name = safe(&wanted, "application/octet-stream");
        prop_assert!(is_safe(&name), "{wanted:?} became {name:?}");
    }
}
