//! Image and video rows.

use super::super::rows::{ImagePriceRow, ImageRow, VideoRow};
use super::{Applying, Wrong, common, contained, limit, missing, other_modality, time};
use crate::image::{ImageFormat, ImageQuality};
use crate::registry::{DurationPrice, ExtensionSpec, ImagePrice, ImageSpec, ReferenceLimit, Spec, VideoSpec};

const NO_REFERENCES: ReferenceLimit = ReferenceLimit { total: 0, objects: None, characters: None };

impl Applying {
    pub(super) fn image(&mut self, key: String, mut row: ImageRow) -> Result<(), Wrong> {
        let (sizes, default_size, ratios) = (row.sizes.take(), row.default_size, row.aspect_ratios.take());
        let (qualities, formats, others) = (row.qualities.take(), row.formats.take(), row.other_formats.take());
        let (references, times, prices) =
            (row.reference_images.take(), row.generation_time.take(), std::mem::take(&mut row.prices));
        self.place(common!(row, key), |applying, key, old| {
            let mut spec = match old {
                Some(Spec::Image(old)) => old,
                Some(other) => return Err(other_modality(key, &other)),
                None => {
                    let sizes =
                        sizes.as_deref().filter(|sizes| !sizes.is_empty()).ok_or_else(|| missing(key, "sizes"))?;
                    ImageSpec {
                        default_size: default_size
                            .or(sizes.first().copied())
                            .ok_or_else(|| missing(key, "default_size"))?,
                        sizes: sizes.to_vec().into(),
                        aspect_ratios: Vec::new().into(),
                        qualities: vec![ImageQuality::Standard].into(),
                        formats: vec![ImageFormat::Png].into(),
                        other_formats: None,
                        reference_images: NO_REFERENCES,
                        generation_time: None,
                        prices: Vec::new().into(),
                    }
                }
            };
            spec.sizes = sizes.map_or(spec.sizes, Into::into);
            spec.default_size = default_size.unwrap_or(spec.default_size);
            spec.aspect_ratios = ratios.map_or(spec.aspect_ratios, Into::into);
            spec.qualities = qualities.map_or(spec.qualities, Into::into);
            spec.formats = formats.map_or(spec.formats, Into::into);
            let origin = others.map(|row| applying.provenance(row.assumed, row.source, row.date));
            spec.other_formats = origin.or(spec.other_formats);
            spec.reference_images = references.map_or(spec.reference_images, limit);
            spec.generation_time = times.map(|row| time(key, row)).transpose()?.or(spec.generation_time);
            for (place, row) in prices.into_iter().enumerate() {
                applying.image_price(&mut spec, &format!("{key}.prices[{place}]"), row)?;
            }
            contained(key, "default_size", &spec.default_size, spec.sizes.iter().copied())?;
            Ok(Spec::Image(spec))
        })
    }

    fn image_price(&self, spec: &mut ImageSpec, key: &str, row: ImagePriceRow) -> Result<(), Wrong> {
        contained(key, "size", &row.size, spec.sizes.iter().copied())?;
        contained(key, "quality", &row.quality, spec.qualities.iter().copied())?;
        let price = self.price(&format!("{key}.price"), row.price)?;
        let new = ImagePrice { size: row.size, quality: row.quality, price };
        let prices = spec.prices.to_mut();
        match prices.iter_mut().find(|known| known.size == new.size && known.quality == new.quality) {
            Some(known) => *known = new,
            None => prices.push(new),
        }
        Ok(())
    }

    pub(super) fn video(&mut self, key: String, mut row: VideoRow) -> Result<(), Wrong> {
        let (durations, default_duration) = (std::mem::take(&mut row.durations), row.default_duration);
        let (resolutions, default_resolution) = (row.resolutions.take(), row.default_resolution);
        let (references, times, extension) =
            (row.reference_images.take(), row.generation_time.take(), row.extension.take());
        self.place(common!(row, key), |applying, key, old| {
            let mut priced = Vec::with_capacity(durations.len());
            for (place, row) in durations.into_iter().enumerate() {
                let price = applying.price(&format!("{key}.durations[{place}].price"), row.price)?;
                priced.push(DurationPrice { duration: row.duration, price });
            }
            let mut spec = match old {
                Some(Spec::Video(old)) => old,
                Some(other) => return Err(other_modality(key, &other)),
                None => {
                    let resolutions = resolutions.as_deref().unwrap_or_default();
                    let first_duration = priced.first().map(|first| first.duration);
                    VideoSpec {
                        default_duration: default_duration
                            .or(first_duration)
                            .ok_or_else(|| missing(key, "durations"))?,
                        durations: Vec::new().into(),
                        default_resolution: default_resolution
                            .or(resolutions.first().copied())
                            .ok_or_else(|| missing(key, "resolutions"))?,
                        resolutions: resolutions.to_vec().into(),
                        reference_images: NO_REFERENCES,
                        extension: None,
                        generation_time: None,
                    }
                }
            };
            for new in priced {
                let known = spec.durations.to_mut();
                match known.iter_mut().find(|known| known.duration == new.duration) {
                    Some(known) => *known = new,
                    None => known.push(new),
                }
            }
            spec.default_duration = default_duration.unwrap_or(spec.default_duration);
            spec.resolutions = resolutions.map_or(spec.resolutions, Into::into);
            spec.default_resolution = default_resolution.unwrap_or(spec.default_resolution);
            spec.reference_images = references.map_or(spec.reference_images, limit);
            spec.generation_time = times.map(|row| time(key, row)).transpose()?.or(spec.generation_time);
            if let Some(row) = extension {
                let price = applying.price(&format!("{key}.extension.price"), row.price)?;
                spec.extension = Some(ExtensionSpec { duration: row.duration, resolution: row.resolution, price });
            }
            contained(
                key,
                "default_duration",
                &spec.default_duration,
                spec.durations.iter().map(|price| price.duration),
            )?;
            contained(key, "default_resolution", &spec.default_resolution, spec.resolutions.iter().copied())?;
            Ok(Spec::Video(spec))
        })
    }
}
