//! Bodies of several parts, as far as uploads need them.

use percent_encoding::percent_decode_str;

use crate::http1::find;
use crate::server::SeenRequest;

/// One part.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) bytes: Vec<u8>,
}

/// The parts of a request's body; `None` if it has none.
pub(super) fn read(request: &SeenRequest) -> Option<Vec<Part>> {
    let (kind, parameters) = request.header("content-type")?.split_once(';')?;
    let boundary = parameters.trim().strip_prefix("boundary=")?.trim_matches('"');
    if !kind.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    // The first boundary may stand at the very beginning.
    let body = [b"\r\n", request.body.as_slice()].concat();
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.get(find(&body, delimiter.as_bytes())? + delimiter.len()..)?;
    let mut parts = Vec::new();
    while let Some(after) = rest.strip_prefix(b"\r\n") {
        let end = find(after, delimiter.as_bytes())?;
        parts.push(part(after.get(..end)?)?);
        rest = after.get(end + delimiter.len()..)?;
    }
    Some(parts)
}

fn part(bytes: &[u8]) -> Option<Part> {
    let end = find(bytes, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(bytes.get(..end)?);
    let header = |name: &str| {
        let mut fields = head.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let disposition = header("content-disposition")?;
    let parameter = |name: &str| {
        let mut parameters = disposition.split(';').filter_map(|parameter| parameter.trim().split_once('='));
        parameters.find(|(known, _)| *known == name).map(|(_, value)| value.trim_matches('"').to_owned())
    };
    let encoded = parameter("filename*").and_then(|value| {
        let (_, text) = value.split_once("''")?;
        Some(percent_decode_str(text).decode_utf8_lossy().into_owned())
    });
    Some(Part {
        name: parameter("name")?,
        file_name: encoded.or_else(|| parameter("filename")),
        content_type: header("content-type"),
        bytes: bytes.get(end + 4..)?.to_vec(),
    })
}
