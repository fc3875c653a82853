//! What happens in a film: a ball bounces from left to right and draws the picture `to` over the picture `from`.

mod backdrop;
mod ball;
mod view;

use std::ops::Range;

use super::h264::{Block, Encoder, Palette, Picture, Pixels, SIDE, Shift, Size};
use super::{Clip, FRAMES_PER_SECOND};
use backdrop::Backdrop;
use ball::{Ball, Position};
use view::View;

/// Where the colours of the picture `to` start; those of `from` start at 0.
const TO_INKS: u8 = 16;

/// Films a clip: all coded pictures one after the other, and the size of each.
pub(super) fn shoot(clip: &Clip, size: Size) -> (Vec<u8>, Vec<u32>) {
    let from = Backdrop::new(clip.from, 0, size);
    // Without a change of look there is nothing to draw over, so that the ball passes alone.
    let changed = (clip.from != clip.to).then(|| Backdrop::new(clip.to, TO_INKS, size));
    let ball = Ball::new(clip.width, clip.height);
    let last = clip.seconds * FRAMES_PER_SECOND - 1;
    let frame = |number| {
        let position = ball.position(number, last);
        Frame {
            from: &from,
            to: changed.as_ref().unwrap_or(&from),
            ball: &ball,
            position,
            drawn: drawn(position, size),
        }
    };
    let mut encoder = Encoder::new(size, palette(clip));
    let mut before = frame(0);
    let (mut data, mut sizes) = (Vec::with_capacity(1 << 20), Vec::new());
    encoder.first_picture(&before, &mut data);
    let mut start = 0;
    for number in 1..=last + 1 {
        sizes.push(u32::try_from(data.len() - start).unwrap_or(u32::MAX));
        start = data.len();
        if number <= last {
            let now = frame(number);
            let areas = [before.ball_area(size), now.ball_area(size)];
            let dirty = |row| {
                let touched = areas.iter().filter(|area| area.rows.contains(&row)).map(|area| area.columns.clone());
                touched.fold(before.drawn..now.drawn, join)
            };
            encoder.next_picture([&before, &now], dirty, &mut data);
            before = now;
        }
    }
    (data, sizes)
}

/// How many columns of macroblocks show the picture `to` when the ball is there.
fn drawn(position: Position, size: Size) -> usize {
    usize::try_from(position.x.max(0)).map_or(0, |x| x / SIDE).min(size.columns() as usize)
}

/// The smallest range that holds both.
fn join(a: Range<usize>, b: Range<usize>) -> Range<usize> {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b,
        (_, true) => a,
        _ => a.start.min(b.start)..a.end.max(b.end),
    }
}

/// Both looks' colours, and those of the ball.
fn palette(clip: &Clip) -> Palette {
    let mut palette = Palette::default();
    for (look, first) in [(clip.from, 0), (clip.to, TO_INKS)] {
        for (ink, rgb) in (first..).zip(look.palette()) {
            palette.set(ink, rgb);
        }
    }
    palette.set(ball::RIM, [250, 250, 246]);
    palette.set(ball::CORE, [226, 62, 58]);
    palette
}

/// Macroblocks that may have changed.
struct Area {
    columns: Range<usize>,
    rows: Range<usize>,
}

/// One picture of the film; nothing is painted before a macroblock is looked at.
struct Frame<'a> {
    from: &'a Backdrop,
    to: &'a Backdrop,
    ball: &'a Ball,
    position: Position,
    /// Columns of macroblocks that show the picture `to` already.
    drawn: usize,
}

impl Frame<'_> {
    /// The macroblocks that the ball may touch.
    fn ball_area(&self, size: Size) -> Area {
        let [columns, rows] =
            [(self.position.x, size.columns()), (self.position.y, size.rows())].map(|(middle, limit)| {
                let block = |edge: i64| usize::try_from(edge.max(0)).map_or(0, |edge| edge / SIDE);
                let (start, end) = (middle - self.ball.radius(), middle + self.ball.radius());
                block(start)..if end < 0 { 0 } else { (block(end) + 1).min(limit as usize) }
            });
        Area { columns, rows }
    }

    /// The block without the ball.
    fn backdrop(&self, column: usize, row: usize) -> Block<'_> {
        if column < self.drawn { self.to.block(column, row) } else { self.from.block(column, row) }
    }

    /// What is seen of the picture in a block that starts at any pixel; `None` if it is not wholly inside.
    fn view(&self, x: i64, y: i64) -> Option<View<'_>> {
        let (left, top) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        let [columns, rows] = self.from.blocks();
        let (right, bottom) = (left.div_ceil(SIDE), top.div_ceil(SIDE));
        let (left, top, offset) = (left / SIDE, top / SIDE, [left % SIDE, top % SIDE]);
        (right < columns && bottom < rows).then(|| View {
            backdrops: [
                self.backdrop(left, top),
                self.backdrop(right, top),
                self.backdrop(left, bottom),
                self.backdrop(right, bottom),
            ],
            offset,
            sprite: self.ball.at(self.position, x, y),
        })
    }
}

/// The first pixel of the block in this column and row.
fn start(column: usize, row: usize) -> (i64, i64) {
    let [x, y] = [column, row].map(|place| i64::try_from(place * SIDE).unwrap_or(i64::MAX));
    (x, y)
}

impl Picture for Frame<'_> {
    fn block<'a>(&'a self, column: usize, row: usize, canvas: &'a mut Pixels) -> Block<'a> {
        let backdrop = self.backdrop(column, row);
        let (x, y) = start(column, row);
        let Some(sprite) = self.ball.at(self.position, x, y) else { return backdrop };
        for (number, line) in canvas.iter_mut().enumerate() {
            *line = sprite.paint(number, backdrop.row(number));
        }
        Block::Detailed(canvas)
    }

    fn shift(&self, before: &Self, column: usize, row: usize) -> Option<Shift> {
        let (x, y) = start(column, row);
        let touched = |frame: &Self| frame.ball.at(frame.position, x, y).is_some();
        if self.backdrop(column, row) == before.backdrop(column, row) && !touched(self) && !touched(before) {
            return Some(Shift::default());
        }
        let now = self.view(x, y)?;
        // Over a single colour the ball moves with all that is around it.
        let shift = before.position.shift_to(self.position);
        let source = before.view(x - i64::from(shift.x), y - i64::from(shift.y));
        let flat = source.as_ref().and_then(View::flat_backdrop);
        if flat.is_some() && flat == now.flat_backdrop() {
            return Some(shift);
        }
        if now.same_as(&before.view(x, y)?) {
            return Some(Shift::default());
        }
        source.is_some_and(|source| now.same_as(&source)).then_some(shift)
    }
}
