//! What a picture looks like: colours and a composition, both chosen by a seed, for any size and any format.

mod composition;
mod palette;
mod shape;

use super::seed::Sequence;
pub(crate) use palette::{Ink, Palette, Rgb};
pub(crate) use shape::{Outline, Shape};

/// The look of a picture or film. The same seed always gives the same look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    seed: u64,
}

impl Look {
    /// The look that belongs to a seed, such as the hash of a prompt.
    pub(crate) const fn from_seed(seed: u64) -> Self {
        Self { seed }
    }

    /// The seed it was made from.
    pub(crate) const fn seed(self) -> u64 {
        self.seed
    }

    /// Its colours.
    pub(crate) fn palette(self) -> Palette {
        palette::choose(&mut Sequence::new(self.seed))
    }

    /// Its drawing, with every pixel of `width` by `height` covered.
    pub(crate) fn scene(self, width: u32, height: u32) -> Scene {
        // Another sequence than the palette's, so that the two choices are independent.
        Scene { shapes: composition::compose(&mut Sequence::new(!self.seed), width, height) }
    }
}

/// A drawing: flat shapes, the first at the back.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    shapes: Vec<Shape>,
}

impl Scene {
    /// The shapes, the first at the back.
    pub(crate) fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// Calls `fill(start, end, ink)` for the spans of row `y`, back to front, cut to `0..width`.
    pub(crate) fn paint_row(&self, y: u32, width: usize, mut fill: impl FnMut(usize, usize, Ink)) {
        let edge = i64::try_from(width).unwrap_or(i64::MAX);
        let column = |x: i64| usize::try_from(x.clamp(0, edge)).unwrap_or(0);
        for shape in &self.shapes {
            if let Some((start, end)) = shape.outline.span(i64::from(y)) {
                let (start, end) = (column(start), column(end));
                if start < end {
                    fill(start, end, shape.ink);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Look;

    #[test]
    fn every_pixel_is_covered_in_every_composition() {
        for (seed, (width, height)) in (0..64).zip([(64, 48), (1, 1), (7, 300), (300, 7)].into_iter().cycle()) {
            let scene = Look::from_seed(seed).scene(width, height);
            for y in 0..height {
                let mut row = vec![None; width as usize];
                scene.paint_row(y, row.len(), |start, end, ink| row[start..end].fill(Some(ink)));
                assert!(row.iter().all(Option::is_some), "seed {seed}, row {y} of {width}x{height}");
            }
        }
    }

    #[test]
    fn seeds_give_different_looks() {
        let looks: std::collections::HashSet<String> = (0..200)
            .map(Look::from_seed)
            .map(|look| format!("{:?}{:?}", look.palette(), look.scene(320, 180).shapes()))
            .collect();
        assert_eq!(looks.len(), 200);
    }
}
