//! What type a file is of: by its first bytes, whatever it is called. The declared type counts only where bytes cannot tell.

/// How many of the first bytes are looked at.
pub(super) const HEAD_BYTES: usize = 8 << 10;
/// The type of what is not recognised.
const UNKNOWN: &str = "application/octet-stream";
const SVG: &str = "image/svg+xml";

/// The type of a file that begins with `head`.
pub(super) fn of(head: &[u8], declared: &str) -> String {
    let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let found = infer::get(head).map(|found| found.mime_type());
    match found {
        // These are told by a few characters; text is judged below.
        Some(found) if !is_text(found) => {
            if found == "application/zip" && is_zipped(&declared) {
                declared
            } else {
                found.to_owned()
            }
        }
        _ => match text(head) {
            Some(text) if is_svg(text) => SVG.to_owned(),
            Some(_) if declared == SVG => "text/plain".to_owned(),
            Some(_) if is_text(&declared) => declared,
            _ => UNKNOWN.to_owned(),
        },
    }
}

/// Whether files of a type are text.
fn is_text(content_type: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
    let Some((kind, subtype)) = content_type.split_once('/') else { return false };
    if subtype.is_empty() || !subtype.bytes().all(is_word) {
        return false;
    }
    kind == "text"
        || content_type == SVG
        || kind == "application"
            && (matches!(subtype, "json" | "xml" | "x-ndjson" | "yaml" | "toml")
                || subtype.ends_with("+json")
                || subtype.ends_with("+xml"))
}

/// Whether files of a type are archives of another name.
fn is_zipped(content_type: &str) -> bool {
    content_type == "application/epub+zip"
        || ["application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."].iter().any(
            |beginning| {
                let rest = content_type.strip_prefix(beginning);
                rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)))
            },
        )
}

/// The head as text, but for a character that it cuts.
fn text(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && head.len() >= HEAD_BYTES => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    (!text.contains('\0')).then_some(text)
}

/// Whether a text is a drawing: its first element is `svg`, behind declarations and comments.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}');
    loop {
        rest = rest.trim_start();
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!") => ">",
            _ => break,
        };
        match rest.split_once(end) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.strip_prefix("<svg").is_some_and(|rest| rest.starts_with(|next: char| next.is_whitespace() || next == '>'))
}

#[cfg(test)]
mod tests;
