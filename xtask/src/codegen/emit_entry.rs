//! Writes single entries of the registry as Rust expressions.

use std::fmt::Write as _;

use super::registry::{
    Figure, Format, Image, Model, Pair, Price, Provenance, Quality, References, Spec, Speech, Text, Tier, Video, Voice,
    VoiceGroup,
};

/// Origins and reasons, each written once as a constant and referred to by name: rustfmt gives up on expressions with
/// long texts inside.
#[derive(Default)]
pub(super) struct Strings {
    origins: Vec<Provenance>,
    reasons: Vec<String>,
}

impl Strings {
    fn origin(&mut self, provenance: &Provenance) -> String {
        format!("ORIGIN_{}", position(&mut self.origins, provenance))
    }

    fn reason(&mut self, reason: &String) -> String {
        format!("REASON_{}", position(&mut self.reasons, reason))
    }

    /// The constants that the expressions written so far refer to.
    pub(super) fn constants(mut self) -> String {
        let origins = std::mem::take(&mut self.origins);
        let mut code = String::from("\n");
        for (index, origin) in origins.iter().enumerate() {
            let (source, date) = (&origin.source, &origin.date);
            let value = match &origin.assumed {
                Some(reason) => format!("assumed({}, {source:?}, {date:?})", self.reason(reason)),
                None => format!("documented({source:?}, {date:?})"),
            };
            let _ = writeln!(code, "const ORIGIN_{index}: Provenance = Provenance::{value};");
        }
        for (index, reason) in self.reasons.iter().enumerate() {
            let _ = writeln!(code, "const REASON_{index}: &str = {reason:?};");
        }
        code
    }
}

fn position<T: PartialEq + Clone>(list: &mut Vec<T>, item: &T) -> usize {
    list.iter().position(|known| known == item).unwrap_or_else(|| {
        list.push(item.clone());
        list.len() - 1
    })
}

pub(super) fn tier(strings: &mut Strings, tier: &Tier) -> String {
    format!(
        "TierPrice {{ name: Cow::Borrowed({:?}), multiplier: Multiplier::from_thousandths({}), \
         high_tier: {}, high: Multiplier::from_thousandths({}), provenance: {} }}",
        tier.name,
        tier.multiplier,
        option(tier.high_name.as_ref(), |high| format!("Cow::Borrowed({high:?})")),
        tier.high,
        strings.origin(&tier.provenance)
    )
}

pub(super) fn model(strings: &mut Strings, model: &Model) -> String {
    let aliases = list(&model.aliases, |alias| format!("Cow::Borrowed({alias:?})"));
    let provider = match model.provider.as_str() {
        "anthropic" => "Provider::Anthropic".to_owned(),
        "google" => "Provider::Google".to_owned(),
        "openai" => "Provider::OpenAi".to_owned(),
        other => format!("Provider::Other(Cow::Borrowed({other:?}))"),
    };
    let availability = match &model.named_only {
        Some(reason) => format!("Availability::NamedOnly(Cow::Borrowed({}))", strings.reason(reason)),
        None => "Availability::Offered".to_owned(),
    };
    let spec = match &model.spec {
        Spec::Text(spec) => format!("Spec::Text({})", text(strings, spec)),
        Spec::Image(spec) => format!("Spec::Image({})", image(strings, spec)),
        Spec::Video(spec) => format!("Spec::Video({})", video(strings, spec)),
        Spec::Speech(spec) => format!("Spec::Speech({})", speech(strings, spec)),
    };
    format!(
        "Model {{ id: ModelId::from_static({:?}), name: Cow::Borrowed({:?}), aliases: {aliases}, provider: {provider}, \
         availability: {availability}, recommended: {}, default: {}, spec: {spec} }}",
        model.id, model.name, model.recommended, model.default
    )
}

fn text(strings: &mut Strings, spec: &Text) -> String {
    format!(
        "TextSpec {{ tier: {}, context_window: {}, max_output: {} }}",
        tier(strings, &spec.tier),
        option(spec.context_window.as_ref(), |window| figure(strings, window)),
        option(spec.max_output.as_ref(), |output| figure(strings, output)),
    )
}

fn image(strings: &mut Strings, spec: &Image) -> String {
    let prices = list(&spec.prices, |(at, of, cost)| {
        let cost = price(strings, cost);
        format!("ImagePrice {{ size: {}, quality: {}, price: {cost} }}", size(*at), quality(*of))
    });
    format!(
        "ImageSpec {{ sizes: {}, default_size: {}, aspect_ratios: {}, qualities: {}, formats: {}, other_formats: {}, \
         reference_images: {}, generation_time: {}, prices: {prices} }}",
        list(&spec.sizes, |at| size(*at)),
        size(spec.default_size),
        list(&spec.aspect_ratios, |(width, height)| format!("AspectRatio::new({width}, {height})")),
        list(&spec.qualities, |of| quality(*of).to_owned()),
        list(&spec.formats, |of| format(*of).to_owned()),
        option(spec.other_formats.as_ref(), |origin| strings.origin(origin)),
        references(&spec.reference_images),
        generation_time(spec.generation_time),
    )
}

fn video(strings: &mut Strings, spec: &Video) -> String {
    let durations = list(&spec.durations, |(seconds, cost)| {
        format!("DurationPrice {{ duration: ClipSeconds::new({seconds}), price: {} }}", price(strings, cost))
    });
    let extension = option(spec.extension.as_ref(), |extension| {
        format!(
            "ExtensionSpec {{ duration: ClipSeconds::new({}), resolution: {}, price: {} }}",
            extension.duration,
            resolution(extension.resolution),
            price(strings, &extension.price)
        )
    });
    format!(
        "VideoSpec {{ durations: {durations}, default_duration: ClipSeconds::new({}), resolutions: {}, \
         default_resolution: {}, reference_images: {}, extension: {extension}, generation_time: {} }}",
        spec.default_duration,
        list(&spec.resolutions, |lines| resolution(*lines)),
        resolution(spec.default_resolution),
        references(&spec.reference_images),
        generation_time(spec.generation_time),
    )
}

fn speech(strings: &mut Strings, spec: &Speech) -> String {
    format!(
        "SpeechSpec {{ voices: {}, default_voice: Voice::from_static({:?}), price_per_thousand: {}, \
         piece_characters: {} }}",
        list(&spec.voices, voice),
        spec.default_voice,
        figure(strings, &spec.price_per_thousand),
        spec.piece_characters
    )
}

fn voice(voice: &Voice) -> String {
    let group = match voice.group {
        VoiceGroup::Feminine => "Feminine",
        VoiceGroup::Masculine => "Masculine",
    };
    format!(
        "VoiceInfo {{ voice: Voice::from_static({:?}), group: VoiceGroup::{group}, sound: Cow::Borrowed({:?}), \
         suits: Cow::Borrowed({:?}) }}",
        voice.name, voice.sound, voice.suits
    )
}

fn figure(strings: &mut Strings, figure: &Figure) -> String {
    format!("Figure {{ value: Tokens({}), provenance: {} }}", figure.tokens, strings.origin(&figure.provenance))
}

fn price(strings: &mut Strings, price: &Price) -> String {
    format!(
        "FixedPrice {{ low: {}, expected: Tokens({}), high: Tokens({}), provenance: {} }}",
        option(price.low, |low| format!("Tokens({low})")),
        price.expected,
        price.high,
        strings.origin(&price.provenance)
    )
}

fn references(limit: &References) -> String {
    format!(
        "ReferenceLimit {{ total: {}, objects: {:?}, characters: {:?} }}",
        limit.total, limit.objects, limit.characters
    )
}

fn generation_time(time: Option<(u32, u32)>) -> String {
    option(time, |(least, most)| format!("GenerationTime {{ least_seconds: {least}, most_seconds: {most} }}"))
}

fn size((width, height): Pair) -> String {
    format!("ImageSize::new({width}, {height})")
}

fn resolution(lines: u16) -> String {
    format!("Resolution::from_lines({lines})")
}

fn quality(quality: Quality) -> &'static str {
    match quality {
        Quality::Standard => "ImageQuality::Standard",
        Quality::Hd => "ImageQuality::Hd",
    }
}

fn format(format: Format) -> &'static str {
    match format {
        Format::Png => "ImageFormat::Png",
        Format::Svg => "ImageFormat::Svg",
    }
}

fn list<T>(items: &[T], write: impl FnMut(&T) -> String) -> String {
    let items: Vec<String> = items.iter().map(write).collect();
    format!("Cow::Borrowed(&[{}])", items.join(", "))
}

fn option<T>(item: Option<T>, write: impl FnOnce(T) -> String) -> String {
    item.map_or_else(|| "None".to_owned(), |item| format!("Some({})", write(item)))
}
