//! What happens in a film: a ball bounces from left to right and draws the picture `to` over the picture `from`.

use super::h264::{Encoder, Palette, Size};
use super::{Clip, FRAMES_PER_SECOND};
use crate::generate::look::Look;

/// The side of a macroblock.
const BLOCK: usize = 16;
/// Where the colours of the picture `to` start; those of `from` start at 0.
const TO_INKS: u8 = 16;
const RIM: u8 = 32;
const CORE: u8 = 33;
/// How long the ball stays in the air.
const BOUNCE_FRAMES: u32 = 36;

/// Films a clip: all coded pictures one after the other, and the size of each.
pub(super) fn shoot(clip: &Clip, size: Size) -> (Vec<u8>, Vec<u32>) {
    let [from, to] = [Backdrop::new(clip.from, 0, size), Backdrop::new(clip.to, TO_INKS, size)];
    // Without a change of look there is nothing to draw over, so that the ball passes alone.
    let to = if clip.from == clip.to { &from } else { &to };
    let mut encoder = Encoder::new(size, palette(clip));
    let ball = Ball::new(clip.width, clip.height);
    let last = clip.seconds * FRAMES_PER_SECOND - 1;
    let mut stage = Stage { canvas: from.pixels.clone(), stride: size.coded_width(), drawn_columns: 0 };
    let mut data = encoder.first_picture(&stage.canvas);
    let mut sizes = vec![data.len()];
    let mut before = ball.area(ball.position(0, last));
    for frame in 1..=last {
        let position = ball.position(frame, last);
        let now = ball.area(position);
        stage.restore(&before, &from, to);
        let columns = position.x.clamp(0, i64::from(clip.width) + 16) / 16;
        let drawn = stage.draw_columns(usize::try_from(columns).unwrap_or(0), to);
        stage.restore(&now, &from, to);
        stage.paint(&ball, position);
        let picture = encoder.next_picture(&stage.canvas, |row| {
            let mut dirty = drawn.clone();
            for area in [&before, &now] {
                if area.rows.start < (row + 1) * BLOCK && row * BLOCK < area.rows.end {
                    let columns = area.columns.start / BLOCK..area.columns.end.div_ceil(BLOCK);
                    dirty = join(dirty, columns);
                }
            }
            dirty
        });
        sizes.push(picture.len());
        data.extend_from_slice(&picture);
        before = now;
    }
    (data, sizes.into_iter().map(|size| u32::try_from(size).unwrap_or(u32::MAX)).collect())
}

/// The smallest range that holds both.
fn join(a: Range, b: Range) -> Range {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b,
        (_, true) => a,
        _ => a.start.min(b.start)..a.end.max(b.end),
    }
}

type Range = std::ops::Range<usize>;

/// Both looks' colours, and those of the ball.
fn palette(clip: &Clip) -> Palette {
    let mut palette = Palette::default();
    for (look, first) in [(clip.from, 0), (clip.to, TO_INKS)] {
        for (ink, rgb) in (first..).zip(look.palette()) {
            palette.set(ink, rgb);
        }
    }
    palette.set(RIM, [250, 250, 246]);
    palette.set(CORE, [226, 62, 58]);
    palette
}

/// A still picture at the coded size, one palette index a pixel.
struct Backdrop {
    pixels: Vec<u8>,
}

impl Backdrop {
    fn new(look: Look, first_ink: u8, size: Size) -> Self {
        let (stride, scene) = (size.coded_width(), look.scene(size.width, size.height));
        let mut pixels = vec![0; stride * size.coded_height()];
        for (y, row) in (0..).zip(pixels.chunks_exact_mut(stride)) {
            scene.paint_row(y, stride, |start, end, ink| {
                if let Some(span) = row.get_mut(start..end) {
                    span.fill(first_ink + ink.index());
                }
            });
        }
        Self { pixels }
    }
}

/// A place in the picture, in pixels; may lie outside.
#[derive(Debug, Clone, Copy)]
struct Position {
    x: i64,
    y: i64,
}

/// Pixels that may have changed.
struct Area {
    columns: Range,
    rows: Range,
}

/// The thing that moves.
struct Ball {
    width: i64,
    height: i64,
    radius: i64,
    /// Half the width of the rim and of the core, for each row from the top of the ball.
    half_widths: Vec<[Option<i64>; 2]>,
}

impl Ball {
    fn new(width: u32, height: u32) -> Self {
        let (width, height) = (i64::from(width), i64::from(height));
        let radius = (height.min(width) / 22).max(4);
        let half = |radius: i64, down: i64| {
            u64::try_from(radius * radius - down * down).ok().and_then(|square| i64::try_from(square.isqrt()).ok())
        };
        let core = radius * 7 / 10;
        let half_widths = (-radius..=radius).map(|down| [half(radius, down), half(core, down)]).collect();
        Self { width, height, radius, half_widths }
    }

    /// Where its centre is: outside on the left at first, outside on the right at last.
    fn position(&self, frame: u32, last: u32) -> Position {
        let (frame, last) = (i64::from(frame), i64::from(last.max(1)));
        let x = (self.width + 2 * self.radius + 2) * frame / last - self.radius - 1;
        // A parabola for each bounce, from the floor up to the ceiling.
        let bounce = i64::from(BOUNCE_FRAMES);
        let time = (frame + bounce / 3) % bounce;
        let (floor, rise) = (self.height * 85 / 100, self.height * 60 / 100);
        Position { x, y: floor - rise * 4 * time * (bounce - time) / (bounce * bounce) }
    }

    /// The pixels that the ball may cover, cut at the edges of the picture.
    fn area(&self, centre: Position) -> Area {
        let range = |middle: i64, limit: i64| {
            let cut = |edge: i64| usize::try_from(edge.clamp(0, limit)).unwrap_or(0);
            cut(middle - self.radius)..cut(middle + self.radius + 1)
        };
        Area { columns: range(centre.x, self.width), rows: range(centre.y, self.height) }
    }
}

/// The picture as it should be shown now.
struct Stage {
    canvas: Vec<u8>,
    stride: usize,
    /// Columns of macroblocks that show the picture `to` already.
    drawn_columns: usize,
}

impl Stage {
    /// Draws the picture `to` up to a column of macroblocks; returns the columns that are new.
    fn draw_columns(&mut self, columns: usize, to: &Backdrop) -> Range {
        let new = self.drawn_columns..columns.min(self.stride / BLOCK).max(self.drawn_columns);
        self.drawn_columns = new.end;
        let pixels = new.start * BLOCK..new.end * BLOCK;
        for (row, source) in self.canvas.chunks_exact_mut(self.stride).zip(to.pixels.chunks_exact(self.stride)) {
            copy(row, source, pixels.clone());
        }
        new
    }

    /// Takes the ball away from an area.
    fn restore(&mut self, area: &Area, from: &Backdrop, to: &Backdrop) {
        let split = (self.drawn_columns * BLOCK).clamp(area.columns.start, area.columns.end);
        let rows = self.canvas.chunks_exact_mut(self.stride);
        let sources = from.pixels.chunks_exact(self.stride).zip(to.pixels.chunks_exact(self.stride));
        for (row, (from, to)) in rows.zip(sources).take(area.rows.end).skip(area.rows.start) {
            copy(row, to, area.columns.start..split);
            copy(row, from, split..area.columns.end);
        }
    }

    fn paint(&mut self, ball: &Ball, centre: Position) {
        let limit = ball.width;
        let column = |x: i64| usize::try_from(x.clamp(0, limit)).unwrap_or(0);
        for (y, halves) in (centre.y - ball.radius..).zip(&ball.half_widths) {
            let start = usize::try_from(y).ok().map(|y| y * self.stride);
            let Some(row) = start.and_then(|start| self.canvas.get_mut(start..start + self.stride)) else { continue };
            for (half, ink) in halves.iter().zip([RIM, CORE]) {
                if let Some(half) = half
                    && let Some(span) = row.get_mut(column(centre.x - half)..column(centre.x + half + 1))
                {
                    span.fill(ink);
                }
            }
        }
    }
}

/// Copies the same range of a row from another.
fn copy(row: &mut [u8], source: &[u8], range: Range) {
    if let (Some(row), Some(source)) = (row.get_mut(range.clone()), source.get(range)) {
        row.copy_from_slice(source);
    }
}
