//! What an answer cannot be read without.

use cosmic_ai_core::{Error, ErrorKind, ImageResponse, Media, Outcome, Rejection, TextResponse};
use serde_json::{Value, json};

use super::super::failure::Failure;
use super::super::interaction::{Interaction, Kind, to_value};
use super::{at, take};

/// Whether answers and errors can be read without what a pointer points to; if not, why. What only some of them need is
/// found out when one of them is written.
pub(super) fn check(pointer: &str) -> Result<(), String> {
    let hide = |mut value: Value| {
        at(&mut value, pointer, &mut |value| take(value, None, &mut Vec::new()));
        value
    };
    let media = Media::new("id", "https://example.com/", "image/png");
    let refused = Error::new(ErrorKind::Refused(Rejection::new("no")), Outcome::Refused);
    let mut text = Interaction::new(Kind::Text, json!({}));
    let (mut image, mut put, mut error) = (text.clone(), text.clone(), text.clone());
    (image.kind, put.kind) = (Kind::Image, Kind::Put);
    text.answer = Some(hide(to_value(&TextResponse::new("text"))));
    image.answer = Some(hide(to_value(&ImageResponse::new(media.clone()))));
    put.answer = Some(hide(to_value(&media)));
    error.error = Some(hide(to_value(&Failure::from(&refused))));
    for interaction in [text, image, put, error] {
        interaction.check().map_err(|(_, message)| {
            format!(
                "{pointer:?} hides what an answer cannot be read without ({message}): hide texts within it, \
                 such as \"/media/name\""
            )
        })?;
    }
    Ok(())
}
