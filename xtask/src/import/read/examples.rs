//! Holds the page's examples against its words: where they disagree, someone has to have decided.

use serde_json::Value as Json;

use crate::import::facts::{Key, Value};
use crate::import::page::Page;
use crate::import::reading::Reading;
use crate::import::spelling::grouped;

pub(super) fn read(page: &Page, reading: &mut Reading) {
    side_of_usage(page, reading);
    price_of_films(page, reading);
    speech_by_length(page, reading);
    unlisted_parameters(page, reading);
    handle_of_films(page, reading);
    formats(page, reading);
}

/// Answers in JSON below a heading, with their lines.
fn answers<'a>(page: &'a Page, heading: &'a str) -> impl Iterator<Item = (usize, Json)> {
    page.code_below(heading).filter_map(|(block, code)| Some((block.line, serde_json::from_str(code).ok()?)))
}

fn count(answer: &Json, path: &str) -> Option<u64> {
    answer.pointer(path).and_then(Json::as_u64)
}

fn says(page: &Page, words: &str) -> bool {
    page.texts().any(|(_, text)| text.to_lowercase().contains(words))
}

/// Media are billed as output tokens, and yet an example counts the price of a film among the input.
fn side_of_usage(page: &Page, reading: &mut Reading) {
    let is_swapped = |answer: &Json| {
        count(answer, "/usage/output_tokens") == Some(0) && count(answer, "/usage/input_tokens").unwrap_or_default() > 0
    };
    let answers = answers(page, "generate video").chain(answers(page, "extend video"));
    let lines: Vec<usize> = answers.filter(|(_, answer)| is_swapped(answer)).map(|(line, _)| line).collect();
    if !lines.is_empty() && says(page, "billed as output tokens") {
        let said = "billed as output tokens, counted as input_tokens in examples";
        reading.contradict(Key::new("video", "usage"), said, &lines);
    }
}

/// What examples charge for a film or an extension, beside the price of the model that they name, or else of the default.
fn price_of_films(page: &Page, reading: &mut Reading) {
    let default = reading.facts.value(&Key::new("video", "default")).map(ToString::to_string);
    for heading in ["generate video", "extend video"] {
        for (line, answer) in answers(page, heading) {
            let sides = (count(&answer, "/usage/input_tokens"), count(&answer, "/usage/output_tokens"));
            let (Some(input), Some(output)) = sides else { continue };
            let named = answer.pointer("/media/metadata/model").and_then(Json::as_str).map(str::to_owned);
            let Some(id) = named.or_else(|| default.clone()) else { continue };
            let seconds = count(&answer, "/media/metadata/duration");
            let is_extension = answer.pointer("/media/metadata/is_extension").and_then(Json::as_bool) == Some(true);
            let what = if is_extension { Some("extension".to_owned()) } else { seconds.map(|many| many.to_string()) };
            let Some(what) = what else { continue };
            let key = Key::new(format!("video/{id}"), format!("price/{what}"));
            let Some(Value::Number(price)) = reading.facts.value(&key) else { continue };
            // A prompt may be counted beside it.
            let price = *price;
            if input != price && output != price {
                let charged = grouped(input.max(output), ',');
                let said = format!("the price is {}, yet {charged} are charged in an example", grouped(price, ','));
                reading.contradict(key, said, &[line]);
            }
        }
    }
}

/// Prices of speech are per thousand characters: an example shows whether a part is charged as such.
fn speech_by_length(page: &Page, reading: &mut Reading) {
    if !says(page, "scale proportionally") {
        return;
    }
    for (line, answer) in answers(page, "generate audio") {
        let characters = count(&answer, "/media/metadata/char_count");
        let charged = count(&answer, "/usage/output_tokens");
        let id = answer.pointer("/media/metadata/model").and_then(Json::as_str);
        let model = reading.of("speech").into_iter().find(|model| Some(model.id.as_str()) == id);
        let (Some(characters), Some(charged), Some(model)) = (characters, charged, model) else { continue };
        let Some(Value::Number(price)) = reading.facts.value(&model.key("price_per_thousand")) else { continue };
        if charged != price.saturating_mul(characters).div_ceil(1_000) {
            let said = format!(
                "proportional to length, yet {characters} characters are {} tokens in an example",
                grouped(charged, ',')
            );
            reading.contradict(Key::new("speech", "scale"), said, &[line]);
        }
    }
}

/// A parameter that examples send and that no text of the endpoint describes.
fn unlisted_parameters(page: &Page, reading: &mut Reading) {
    let sent = |code: &str| code.contains("aspect_ratio");
    let places = page.code_below("image").filter(|(_, code)| sent(code));
    let lines: Vec<usize> = places.map(|(block, _)| block.line).collect();
    let is_described = page.texts_below("generate image").any(|(_, text)| text.to_lowercase().contains("aspect ratio"));
    if !lines.is_empty() && !is_described {
        reading.contradict(Key::new("image", "aspect_ratio"), "sent in examples, not among the parameters", &lines);
    }
}

/// What a film needs to be extended, and whether the answer to a request for a film has it.
fn handle_of_films(page: &Page, reading: &mut Reading) {
    let needed = page.texts_below("extend video").find(|(_, text)| text.contains("`veo_file_uri`"));
    let Some(line) = needed.map(|(block, _)| block.line) else { return };
    let lacks = |answer: &Json| answer.pointer("/media/metadata").is_some_and(|all| all.get("veo_file_uri").is_none());
    let lacking: Vec<usize> =
        answers(page, "generate video").filter(|(_, answer)| lacks(answer)).map(|(line, _)| line).collect();
    if !lacking.is_empty() {
        let lines: Vec<usize> = lacking.into_iter().chain([line]).collect();
        let said = "veo_file_uri is needed to extend, and missing in the example of a film";
        reading.contradict(Key::new("video", "veo_file_uri"), said, &lines);
    }
}

/// The formats of images, of which the page says nothing so far.
fn formats(page: &Page, reading: &mut Reading) {
    let formats = ["png", "svg", "webp", "jpeg", "jpg", "avif", "gif"];
    let is_format = |word: &str| formats.contains(&word.to_lowercase().as_str());
    let is_listed = |text: &str| text.split(|letter: char| !letter.is_alphanumeric()).any(is_format);
    let listed = page.texts_below("generate image").find(|(_, text)| is_listed(text));
    let (said, lines) = match listed {
        Some((block, text)) => {
            reading.claim(block.line, text);
            (format!("formats are listed: {text}"), vec![block.line])
        }
        None => ("no formats are listed".to_owned(), Vec::new()),
    };
    reading.contradict(Key::new("image", "formats"), said, &lines);
}
