//! The thing that moves.

use crate::generate::mp4::h264::{SIDE, Shift};

/// The palette indices of the ball, behind those of both looks.
pub(super) const RIM: u8 = 32;
pub(super) const CORE: u8 = 33;

/// How long the ball stays in the air.
const BOUNCE_FRAMES: i64 = 36;

/// A ball for pictures of one size.
pub(super) struct Ball {
    width: i64,
    height: i64,
    radius: i64,
    /// The colours of the ball in a clear margin as wide as a block, so that any block that touches it lies inside.
    inks: Vec<u8>,
    /// For each of these all bits, or none where the ball is clear.
    cover: Vec<u8>,
    /// The side of both.
    side: usize,
}

/// The centre of the ball in pixels, in even numbers; may lie outside the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    pub(super) x: i64,
    pub(super) y: i64,
}

impl Position {
    pub(super) fn shift_to(self, other: Self) -> Shift {
        let shift = |from, to| i32::try_from(to - from).unwrap_or(0);
        Shift { x: shift(self.x, other.x), y: shift(self.y, other.y) }
    }
}

/// The part of the ball that covers a block.
pub(super) struct Sprite<'a> {
    /// From the first pixel of the block on.
    inks: &'a [u8],
    cover: &'a [u8],
    stride: usize,
}

impl Ball {
    /// A ball whose size suits pictures of this size.
    pub(super) fn new(width: u32, height: u32) -> Self {
        let (width, height) = (i64::from(width), i64::from(height));
        let radius = (height.min(width) / 26).max(4);
        let margin = i64::try_from(SIDE).unwrap_or(0);
        let reach = radius + margin;
        let core = radius * 7 / 10;
        let side = -reach..=reach;
        let ink = |square: i64| match square {
            _ if square <= core * core => CORE,
            _ if square <= radius * radius => RIM,
            _ => 0,
        };
        let inks: Vec<u8> =
            side.clone().flat_map(|down| side.clone().map(move |across| ink(down * down + across * across))).collect();
        let cover = inks.iter().map(|&ink| if ink == 0 { 0 } else { u8::MAX }).collect();
        Self { width, height, radius, inks, cover, side: usize::try_from(2 * reach + 1).unwrap_or(0) }
    }

    pub(super) const fn radius(&self) -> i64 {
        self.radius
    }

    /// Where it is in a frame: outside on the left at first, outside on the right at last.
    pub(super) fn position(&self, frame: u32, last: u32) -> Position {
        let (frame, last) = (i64::from(frame), i64::from(last.max(1)));
        let margin = self.radius + 2;
        let x = (self.width + 2 * margin) * frame / last - margin;
        // A parabola for each bounce, from the floor up to the ceiling.
        let time = (frame + BOUNCE_FRAMES / 3) % BOUNCE_FRAMES;
        let (floor, rise) = (self.height * 64 / 100, self.height * 50 / 100);
        let y = floor - rise * 4 * time * (BOUNCE_FRAMES - time) / (BOUNCE_FRAMES * BOUNCE_FRAMES);
        Position { x: x & !1, y: y & !1 }
    }

    /// The part that covers the block whose first pixel is at `x` and `y`; `None` if it is too far away.
    pub(super) fn at(&self, centre: Position, x: i64, y: i64) -> Option<Sprite<'_>> {
        let last = i64::try_from(SIDE).ok()? - 1;
        let (across, down) = (centre.x - centre.x.clamp(x, x + last), centre.y - centre.y.clamp(y, y + last));
        if across * across + down * down > self.radius * self.radius {
            return None;
        }
        let reach = self.side / 2;
        let start = |pixel: i64, centre: i64| {
            let start = usize::try_from(pixel - centre + i64::try_from(reach).ok()?).ok()?;
            (start + SIDE <= self.side).then_some(start)
        };
        let (column, row) = (start(x, centre.x)?, start(y, centre.y)?);
        let first = row * self.side + column;
        Some(Sprite { inks: self.inks.get(first..)?, cover: self.cover.get(first..)?, stride: self.side })
    }
}

impl Sprite<'_> {
    /// Paints the ball over a line of the block.
    pub(super) fn paint(&self, number: usize, line: [u8; SIDE]) -> [u8; SIDE] {
        let start = number * self.stride;
        let part = |pixels: &[u8]| pixels.get(start..).and_then(|rest| rest.first_chunk().copied());
        let (Some(inks), Some(cover)) = (part(self.inks), part(self.cover)) else { return line };
        // A whole line at once.
        let [under, inks, cover] = [line, inks, cover].map(u128::from_ne_bytes);
        (under & !cover | inks).to_ne_bytes()
    }
}
