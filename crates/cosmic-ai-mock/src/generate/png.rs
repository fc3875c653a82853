//! PNG: sixteen indexed colours, four bits a pixel, so that even the largest picture is small and quick.

use std::io::Write as _;

use super::RenderError;
use super::look::{Look, Scene};

/// The longest side, in pixels.
const MAX_SIDE: u32 = 16_384;

/// Renders a PNG of exactly this size; a side is 1 to 16384 pixels.
///
/// # Errors
/// A size out of range.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "how small a look is does not concern its callers")]
pub(crate) fn render(width: u32, height: u32, look: &Look) -> Result<Vec<u8>, RenderError> {
    if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
        return Err(RenderError::Size { format: "PNG", width, height, allowed: "each side has 1 to 16384 pixels" });
    }
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(::png::ColorType::Indexed);
    encoder.set_depth(::png::BitDepth::Four);
    encoder.set_palette(look.palette().as_flattened().to_vec());
    encoder.set_compression(::png::Compression::Fastest);
    // Rows mostly repeat the row above, which leaves runs of zeros: what the compressor is quickest at.
    encoder.set_filter(::png::Filter::Up);
    let mut writer = encoder.write_header()?;
    let mut rows = writer.stream_writer_with_size(CHUNK_BYTES)?;
    let scene = look.scene(width, height);
    let mut row = vec![0; width.div_ceil(2) as usize];
    for y in 0..height {
        paint(&scene, y, width as usize, &mut row);
        rows.write_all(&row).map_err(::png::EncodingError::from)?;
    }
    rows.finish()?;
    writer.finish()?;
    Ok(bytes)
}

/// How much compressed data goes into one chunk of the file.
const CHUNK_BYTES: usize = 1 << 16;

/// Fills a row of two pixels a byte, the left one in the upper half.
fn paint(scene: &Scene, y: u32, width: usize, row: &mut [u8]) {
    scene.paint_row(y, width, |start, end, ink| {
        let ink = ink.index();
        if start % 2 == 1
            && let Some(pair) = row.get_mut(start / 2)
        {
            *pair = (*pair & 0xf0) | ink;
        }
        if let Some(pairs) = row.get_mut(start.div_ceil(2)..end / 2) {
            pairs.fill(ink << 4 | ink);
        }
        if end % 2 == 1
            && let Some(pair) = row.get_mut(end / 2)
        {
            *pair = (*pair & 0x0f) | ink << 4;
        }
    });
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::io::Cursor;

    use super::{Look, render};

    /// The size and the pixels, as a decoder sees them.
    fn decode(bytes: &[u8]) -> (u32, u32, Vec<[u8; 3]>) {
        let mut decoder = ::png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(::png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (info.width, info.height, pixels.as_chunks().0.to_vec())
    }

    #[test]
    fn pictures_have_the_size_asked_for() {
        for (width, height) in [(1, 1), (2, 3), (17, 5), (1280, 720), (1, 16_384), (16_384, 1)] {
            let (decoded_width, decoded_height, pixels) = decode(&render(width, height, &Look::from_seed(1)).unwrap());
            assert_eq!((decoded_width, decoded_height), (width, height));
            assert_eq!(pixels.len(), (width * height) as usize);
        }
    }

    #[test]
    fn sizes_out_of_range_are_refused() {
        for (width, height) in [(0, 1), (1, 0), (16_385, 1), (1, 16_385)] {
            assert!(render(width, height, &Look::from_seed(1)).is_err());
        }
    }

    #[test]
    fn pictures_are_colourful_repeatable_and_different() {
        let picture = |seed| render(160, 91, &Look::from_seed(seed)).unwrap();
        let mut seen = HashSet::new();
        for seed in 0..40 {
            let (_, _, pixels) = decode(&picture(seed));
            assert!(pixels.iter().collect::<HashSet<_>>().len() > 3, "seed {seed}");
            assert_eq!(picture(seed), picture(seed));
            seen.insert(pixels);
        }
        assert_eq!(seen.len(), 40);
    }

    #[test]
    fn packed_pixels_match_the_scene() {
        for seed in 0..10 {
            let look = Look::from_seed(seed);
            let (palette, scene) = (look.palette(), look.scene(33, 21));
            let (_, _, pixels) = decode(&render(33, 21, &look).unwrap());
            for (y, decoded) in (0..21).zip(pixels.chunks(33)) {
                let mut row = [[0; 3]; 33];
                scene.paint_row(y, 33, |start, end, ink| row[start..end].fill(palette[usize::from(ink.index())]));
                assert_eq!(decoded, row);
            }
        }
    }
}
