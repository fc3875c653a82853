//! The two shapes that every picture is made of, and which pixels of a row they cover.

use super::palette::Ink;

/// A point in pixels, from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) x: i64,
    pub(crate) y: i64,
}

/// Something filled with one flat colour. Later shapes cover earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) outline: Outline,
    pub(crate) ink: Ink,
}

/// The edge of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outline {
    /// A circle.
    Disc { centre: Point, radius: i64 },
    /// A convex shape with four corners, going round; a triangle names a corner twice.
    Quad([Point; 4]),
}

impl Outline {
    /// The pixels `start..end` of row `y` that lie inside, or `None` if there are none.
    pub(crate) fn span(&self, y: i64) -> Option<(i64, i64)> {
        let (start, end) = match self {
            Self::Disc { centre, radius } => {
                let down = y - centre.y;
                let half = u64::try_from(radius * radius - down * down).ok()?.isqrt();
                let half = i64::try_from(half).ok()?;
                (centre.x - half, centre.x + half + 1)
            }
            Self::Quad(corners) => quad_span(*corners, y)?,
        };
        (start < end).then_some((start, end))
    }
}

/// A convex outline crosses a row at most twice: the span lies between the crossings.
fn quad_span(corners: [Point; 4], y: i64) -> Option<(i64, i64)> {
    let crossing = |(from, to): (Point, Point)| {
        let (upper, lower) = if from.y <= to.y { (from, to) } else { (to, from) };
        let inside = upper.y <= y && y < lower.y;
        inside.then(|| upper.x + (lower.x - upper.x) * (y - upper.y) / (lower.y - upper.y))
    };
    let mut following = corners;
    following.rotate_left(1);
    corners.into_iter().zip(following).filter_map(crossing).fold(None, |span, x| match span {
        None => Some((x, x)),
        Some((start, end)) => Some((x.min(start), x.max(end))),
    })
}

#[cfg(test)]
mod tests {
    use super::{Outline, Point};

    #[test]
    fn spans_follow_the_outline() {
        let disc = Outline::Disc { centre: Point { x: 10, y: 10 }, radius: 5 };
        assert_eq!(disc.span(10), Some((5, 16)));
        assert_eq!(disc.span(15), Some((10, 11)));
        assert_eq!(disc.span(16), None);
        let corner = |x, y| Point { x, y };
        let triangle = Outline::Quad([corner(10, 0), corner(10, 0), corner(20, 10), corner(0, 10)]);
        assert_eq!(triangle.span(5), Some((5, 15)));
        assert_eq!(triangle.span(10), None);
    }
}
