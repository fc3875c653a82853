//! The part of `resolve` about images, videos and speech: sizes, durations, voices and their prices.

use anyhow::Result;
use toml::Spanned;

use super::data::{GenerationTime, ImageModel, SpeechModel, VideoModel};
use super::registry::{Extension, Format, Image, Pair, Price, Quality, Speech, Video, Voice};
use super::resolve::{Known, Scope};

impl Scope<'_> {
    pub(super) fn image_spec(&self, model: &ImageModel) -> Result<Image> {
        let size = |text: &str| pair(text, 'x');
        let sizes = self.list(&model.sizes, "sizes", "width x height, such as 1024x1024", size)?;
        let ratio = |text: &str| pair(text, ':');
        let aspect_ratios = self.list(&model.aspect_ratios, "aspect_ratios", "width to height, such as 16:9", ratio)?;
        let qualities = match &model.qualities {
            Some(qualities) => self.list(qualities.get_ref(), "qualities", "`standard` or `hd`", quality)?,
            None => vec![Quality::Standard],
        };
        let formats = match &model.formats {
            Some(formats) => self.list(formats.get_ref(), "formats", "`png` or `svg`", format)?,
            None => vec![Format::Png],
        };
        let other_formats = model.other_formats.as_ref().map(|origin| {
            let origin = origin.get_ref();
            self.provenance(origin.assumed.as_ref(), origin.source.as_ref(), origin.date.as_ref())
        });
        let spec = Image {
            default_size: self.one_of(&model.default_size, "default_size", &sizes, size)?,
            prices: self.image_prices(model, &sizes, &qualities)?,
            sizes,
            aspect_ratios,
            qualities,
            formats,
            other_formats: other_formats.transpose()?,
            reference_images: self.references(model.reference_images.as_ref())?,
            generation_time: self.generation_time(model.generation_time.as_ref())?,
        };
        let id = model.common().id;
        for (key, empty) in [("sizes", spec.sizes.is_empty()), ("formats", spec.formats.is_empty())] {
            if empty {
                return Err(self.file.error(id, key, "an empty list"));
            }
        }
        if spec.qualities.first() != Some(&Quality::Standard) {
            return Err(self.file.error(id, "qualities", "`standard` is the default and comes first"));
        }
        Ok(spec)
    }

    /// The prices, exactly one for each size and quality.
    fn image_prices(
        &self,
        model: &ImageModel,
        sizes: &[Pair],
        qualities: &[Quality],
    ) -> Result<Vec<(Pair, Quality, Price)>> {
        let mut prices: Vec<(Pair, Quality, Price)> = Vec::new();
        for written in &model.prices {
            let size = self.one_of(&written.size, "size", sizes, |text| pair(text, 'x'))?;
            let quality = self.one_of(&written.quality, "quality", qualities, quality)?;
            if prices.iter().any(|(known, of, _)| (*known, *of) == (size, quality)) {
                return Err(self.file.error(&written.size, "size", "a second price of this size and quality"));
            }
            prices.push((size, quality, self.price(&written.price)?));
        }
        for place in &model.sizes {
            let count = prices.iter().filter(|(size, ..)| pair(place.get_ref(), 'x') == Some(*size)).count();
            if count != qualities.len() {
                let message = format!("{} has {count} prices for {} qualities", place.get_ref(), qualities.len());
                return Err(self.file.error(place, "prices", message));
            }
        }
        Ok(prices)
    }

    pub(super) fn video_spec(&self, model: &VideoModel) -> Result<Video> {
        let mut durations: Vec<(u32, Price)> = Vec::new();
        for written in &model.durations {
            let duration = *written.duration.get_ref();
            if duration == 0 || durations.iter().any(|(known, _)| *known == duration) {
                return Err(self.file.error(&written.duration, "duration", "0 or a second price of this duration"));
            }
            durations.push((duration, self.price(&written.price)?));
        }
        let default_duration = *model.default_duration.get_ref();
        if !durations.iter().any(|(duration, _)| *duration == default_duration) {
            return Err(self.file.error(&model.default_duration, "default_duration", "not one of `durations`"));
        }
        let resolutions = self.list(&model.resolutions, "resolutions", "lines and a p, such as 720p", lines)?;
        let extension = match &model.extension {
            Some(extension) => Some(Extension {
                duration: extension.duration,
                resolution: self.one_of(&extension.resolution, "resolution", &resolutions, lines)?,
                price: self.price(&extension.price)?,
            }),
            None => None,
        };
        Ok(Video {
            durations,
            default_duration,
            default_resolution: self.one_of(&model.default_resolution, "default_resolution", &resolutions, lines)?,
            resolutions,
            reference_images: self.references(model.reference_images.as_ref())?,
            extension,
            generation_time: self.generation_time(model.generation_time.as_ref())?,
        })
    }

    pub(super) fn speech_spec(&self, model: &SpeechModel, known: &Known) -> Result<Speech> {
        let names = self.list(&model.voices, "voices", "the name of a voice", |text| Some(text.to_owned()))?;
        let mut voices: Vec<Voice> = Vec::new();
        for (name, place) in names.iter().zip(&model.voices) {
            let voice = known.voices.get(name).cloned();
            voices.push(voice.ok_or_else(|| self.file.error(place, "voices", format!("no [[voice]] `{name}`")))?);
        }
        if model.piece_characters == 0 {
            return Err(self.file.error(model.common().id, "piece_characters", "0 characters"));
        }
        Ok(Speech {
            voices,
            default_voice: self.one_of(&model.default_voice, "default_voice", &names, |text| Some(text.to_owned()))?,
            price_per_thousand: self.figure(&model.price_per_thousand, "price_per_thousand")?,
            piece_characters: model.piece_characters,
        })
    }

    fn generation_time(&self, place: Option<&Spanned<GenerationTime>>) -> Result<Option<(u32, u32)>> {
        let Some(place) = place else { return Ok(None) };
        let time = place.get_ref();
        if time.least_seconds > time.most_seconds {
            return Err(self.file.error(place, "generation_time", "`least_seconds` exceeds `most_seconds`"));
        }
        Ok(Some((time.least_seconds, time.most_seconds)))
    }

    /// A list without repetitions, each item read by `read`.
    fn list<T: PartialEq>(
        &self,
        places: &[Spanned<String>],
        key: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>> {
        let mut items = Vec::new();
        for place in places {
            let text = place.get_ref();
            let item = read(text);
            let item = item.ok_or_else(|| self.file.error(place, key, format!("`{text}` is not {expected}")))?;
            if items.contains(&item) {
                return Err(self.file.error(place, key, format!("`{text}` stands in the list twice")));
            }
            items.push(item);
        }
        Ok(items)
    }

    /// An item that has to be in a list.
    fn one_of<T: PartialEq>(
        &self,
        place: &Spanned<String>,
        key: &str,
        list: &[T],
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T> {
        let text = place.get_ref();
        let item = read(text).filter(|item| list.contains(item));
        item.ok_or_else(|| self.file.error(place, key, format!("`{text}` is not in the list of this model")))
    }
}

fn quality(text: &str) -> Option<Quality> {
    match text {
        "standard" => Some(Quality::Standard),
        "hd" => Some(Quality::Hd),
        _ => None,
    }
}

fn format(text: &str) -> Option<Format> {
    match text {
        "png" => Some(Format::Png),
        "svg" => Some(Format::Svg),
        _ => None,
    }
}

fn lines(text: &str) -> Option<u16> {
    natural(text.strip_suffix('p')?)
}

fn pair(text: &str, separator: char) -> Option<Pair> {
    let (first, second) = text.split_once(separator)?;
    Some((natural(first)?, natural(second)?))
}

/// A number above 0 in plain digits.
fn natural(digits: &str) -> Option<u16> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().filter(|&number| number > 0)
}
