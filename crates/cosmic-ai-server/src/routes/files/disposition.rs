//! Which files a browser may show, and under which name it keeps the others.

use std::fmt::Write as _;

/// The name of a file that was given none.
const NAMELESS: &str = "download";

/// Whether a browser that shows a file of this type runs nothing in it. All that is not known to be so is only to be kept: a page,
/// a picture of SVG or an XML document could run scripts as if they were the server's own.
pub(super) fn is_inert(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence.ends_with("+xml") {
        return false;
    }
    matches!(essence.split('/').next(), Some("image" | "video" | "audio" | "font"))
        || matches!(essence.as_str(), "application/pdf" | "application/json" | "text/plain" | "text/csv")
}

/// The header of a file that is to be kept: its name in ASCII, and exactly where that is not the same (RFC 6266).
pub(super) fn attachment(name: Option<&str>) -> String {
    let name = name.filter(|name| !name.is_empty()).unwrap_or(NAMELESS);
    let plain = |character: char| match character {
        ' '..='~' if !matches!(character, '"' | '\\' | '%') => character,
        _ => '_',
    };
    let ascii: String = name.chars().map(plain).collect();
    let mut header = format!("attachment; filename=\"{ascii}\"");
    if ascii != name {
        header.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                header.push(char::from(byte));
            } else {
                // Writing to a text cannot fail.
                let _ = write!(header, "%{byte:02X}");
            }
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_scripts_is_kept() {
        for shown in
            ["image/png", "Image/JPEG", "video/mp4", "audio/mpeg", "application/pdf", "text/plain; charset=utf-8"]
        {
            assert!(is_inert(shown), "{shown}");
        }
        for kept in [
            "image/svg+xml",
            "IMAGE/SVG+XML; charset=utf-8",
            "text/html",
            "application/xhtml+xml",
            "text/xml",
            "application/xml",
            "text/javascript",
            "application/octet-stream",
            "application/x-anything",
            "",
        ] {
            assert!(!is_inert(kept), "{kept}");
        }
    }

    #[test]
    fn names_are_written_so_that_they_cannot_leave_the_header() {
        for (name, expected) in [
            (None, "attachment; filename=\"download\""),
            (Some("mug.svg"), "attachment; filename=\"mug.svg\""),
            (Some("a\"\r\nx: y"), "attachment; filename=\"a___x: y\"; filename*=UTF-8''a%22%0D%0Ax%3A%20y"),
            (Some("Tässe.svg"), "attachment; filename=\"T_sse.svg\"; filename*=UTF-8''T%C3%A4sse.svg"),
        ] {
            assert_eq!(attachment(name), expected);
        }
    }
}
