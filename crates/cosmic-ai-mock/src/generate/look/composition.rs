//! The five compositions that a seed chooses from, each with its own random proportions.

use super::palette::Ink;
use super::shape::{Outline, Point, Shape};
use crate::generate::seed::Sequence;

/// Draws one of the compositions for a canvas of this size.
pub(super) fn compose(choices: &mut Sequence, width: u32, height: u32) -> Vec<Shape> {
    let mut canvas = Canvas { width: width.into(), height: height.into(), shapes: Vec::with_capacity(96) };
    match choices.next() % 5 {
        0 => hills(&mut canvas, choices),
        1 => mountains(&mut canvas, choices),
        2 => sea(&mut canvas, choices),
        3 => planet(&mut canvas, choices),
        _ => rays(&mut canvas, choices),
    }
    canvas.shapes
}

/// The picture so far. Positions and sizes are given in thousandths, so that a composition fits every size.
struct Canvas {
    width: i64,
    height: i64,
    shapes: Vec<Shape>,
}

impl Canvas {
    /// A position in thousandths of the width and of the height.
    const fn at(&self, across: i64, down: i64) -> Point {
        Point { x: self.width * across / 1000, y: self.height * down / 1000 }
    }

    /// A length in thousandths of the shorter side.
    fn length(&self, thousandths: i64) -> i64 {
        self.width.min(self.height) * thousandths / 1000
    }

    fn disc(&mut self, centre: Point, radius: i64, ink: Ink) {
        self.shapes.push(Shape { outline: Outline::Disc { centre, radius }, ink });
    }

    fn quad(&mut self, corners: [Point; 4], ink: Ink) {
        self.shapes.push(Shape { outline: Outline::Quad(corners), ink });
    }

    fn triangle(&mut self, [a, b, c]: [Point; 3], ink: Ink) {
        self.quad([a, a, b, c], ink);
    }

    /// Fills everything from `top` (in thousandths) down, beyond the edges: films are coded a little larger than shown.
    fn below(&mut self, top: i64, ink: Ink) {
        let (top, bottom) = (self.height * top / 1000, self.height * 2 + 32);
        let (left, right) = (-1, self.width * 2 + 32);
        let corner = |x, y| Point { x, y };
        self.quad([corner(left, top), corner(right, top), corner(right, bottom), corner(left, bottom)], ink);
    }

    /// Fills everything with the sky, in bands from the top down to `horizon` (in thousandths).
    fn sky(&mut self, horizon: i64) {
        for shade in 0..Ink::SKY_SHADES {
            self.below(horizon * i64::from(shade) / i64::from(Ink::SKY_SHADES), Ink::sky(shade));
        }
    }

    fn sun(&mut self, centre: Point, thousandths: i64) {
        self.disc(centre, self.length(thousandths * 3 / 2), Ink::HALO);
        self.disc(centre, self.length(thousandths), Ink::SUN);
    }

    fn stars(&mut self, choices: &mut Sequence, count: i64, lowest: i64) {
        for _ in 0..count {
            let centre = self.at(choices.between(0, 1000), choices.between(0, lowest));
            self.disc(centre, self.length(choices.between(2, 5)), Ink::LIGHT);
        }
    }
}

/// Round hills in four layers under a sun.
fn hills(canvas: &mut Canvas, choices: &mut Sequence) {
    canvas.sky(800);
    let centre = canvas.at(choices.between(150, 850), choices.between(180, 480));
    canvas.sun(centre, choices.between(80, 150));
    for layer in 0..Ink::LAND_SHADES {
        let top = 560 + 110 * i64::from(layer);
        canvas.below(top + 90, Ink::land(layer));
        for hill in 0..3 {
            let radius = canvas.width * choices.between(220, 420) / 1000;
            let summit = canvas.at(hill * 400 + choices.between(-100, 300), top + choices.between(-30, 60));
            canvas.disc(Point { x: summit.x, y: summit.y + radius }, radius, Ink::land(layer));
        }
    }
}

/// Peaks with snow in three ranges over a lake.
fn mountains(canvas: &mut Canvas, choices: &mut Sequence) {
    let shore = choices.between(760, 840);
    canvas.sky(shore);
    canvas.stars(choices, 24, 400);
    let centre = canvas.at(choices.between(100, 900), choices.between(120, 300));
    canvas.sun(centre, choices.between(45, 90));
    for range in 0..3 {
        for peak in 0..4 {
            let (x, top) = (peak * 300 + choices.between(-100, 200), 260 + range * 130 + choices.between(0, 120));
            let half = choices.between(180, 300);
            let corners = [canvas.at(x, top), canvas.at(x + half, shore), canvas.at(x - half, shore)];
            canvas.triangle(corners, Ink::land(u8::try_from(range).unwrap_or(0)));
            // The cap reaches a quarter of the way down both slopes.
            let (cap, snow) = ((shore - top) / 4, half / 4);
            let corners = [canvas.at(x, top), canvas.at(x + snow, top + cap), canvas.at(x - snow, top + cap)];
            canvas.triangle(corners, Ink::LIGHT);
        }
    }
    canvas.below(shore, Ink::land(3));
    for stripe in 0..4 {
        canvas.below(shore + 25 + stripe * 45, Ink::sky(u8::try_from(6 - stripe).unwrap_or(0)));
        canvas.below(shore + 40 + stripe * 45, Ink::land(3));
    }
}

/// A low sun over rows of round waves, each wave three rings.
fn sea(canvas: &mut Canvas, choices: &mut Sequence) {
    let horizon = choices.between(520, 640);
    canvas.sky(horizon);
    let centre = canvas.at(choices.between(200, 800), horizon - choices.between(0, 120));
    canvas.sun(centre, choices.between(140, 240));
    let (rows, columns) = (5, choices.between(5, 8));
    let radius = canvas.width / columns * 6 / 10;
    canvas.below(horizon, Ink::land(0));
    for row in 0..rows {
        let shade = u8::try_from(row).unwrap_or(0);
        let y = canvas.height * (horizon + (1000 - horizon) * row / (rows - 1)) / 1000 + radius / 2;
        for column in 0..=columns {
            let shift = (row % 2) * canvas.width / columns / 2;
            let centre = Point { x: canvas.width * column / columns - shift, y };
            canvas.disc(centre, radius, Ink::LIGHT);
            canvas.disc(centre, radius * 9 / 10, Ink::land(shade));
            canvas.disc(centre, radius * 6 / 10, if column % 3 == row % 3 { Ink::ACCENT } else { Ink::sky(5) });
            canvas.disc(centre, radius * 5 / 10, Ink::land(shade));
        }
    }
}

/// A banded planet with a moon among stars.
fn planet(canvas: &mut Canvas, choices: &mut Sequence) {
    canvas.sky(1400);
    canvas.stars(choices, 48, 1000);
    let centre = canvas.at(choices.between(300, 700), choices.between(400, 650));
    let radius = canvas.length(choices.between(250, 340));
    canvas.disc(centre, radius * 23 / 20, Ink::HALO);
    canvas.disc(centre, radius * 21 / 20, Ink::DARK);
    let tilt = choices.between(-8, 8);
    for (step, ink) in (0..).zip([Ink::land(3), Ink::land(2), Ink::land(1), Ink::land(0), Ink::SUN]) {
        // Each smaller disc moves towards the light.
        let centre = Point { x: centre.x + radius * tilt * step / 80, y: centre.y - radius * step / 16 };
        canvas.disc(centre, radius * (20 - 4 * step) / 20, ink);
    }
    let ring =
        |across: i64, down: i64| Point { x: centre.x + radius * across / 100, y: centre.y + radius * down / 100 };
    for (near, far, ink) in [(16, 22, Ink::ACCENT), (26, 29, Ink::LIGHT)] {
        canvas.quad([ring(-170, near + 20), ring(170, near - 40), ring(170, far - 40), ring(-170, far + 20)], ink);
    }
    let moon = canvas.at(choices.between(60, 240), choices.between(100, 300));
    let moon_radius = canvas.length(choices.between(40, 80));
    canvas.disc(moon, moon_radius, Ink::LIGHT);
    canvas.disc(Point { x: moon.x + moon_radius / 3, y: moon.y }, moon_radius * 8 / 10, Ink::sky(1));
}

/// A sun that sends rays over the whole sky, behind two slopes.
fn rays(canvas: &mut Canvas, choices: &mut Sequence) {
    canvas.below(0, Ink::sky(2));
    let centre = canvas.at(choices.between(200, 800), choices.between(350, 650));
    let far = canvas.width + canvas.height;
    let count = choices.between(5, 8);
    // Rays end on a square far outside the picture; a ray is as wide as the gap to the next.
    for side in 0..4 {
        for ray in 0..count {
            let end = |step: i64| {
                let along = far * (2 * step - 2 * count) / (2 * count);
                let (x, y) = match side {
                    0 => (along, -far),
                    1 => (far, along),
                    2 => (-along, far),
                    _ => (-far, -along),
                };
                Point { x: centre.x + x, y: centre.y + y }
            };
            canvas.triangle([centre, end(2 * ray), end(2 * ray + 1)], Ink::sky(if ray % 2 == 0 { 5 } else { 4 }));
        }
    }
    canvas.sun(centre, choices.between(120, 200));
    let (left, right) = (choices.between(600, 900), choices.between(600, 900));
    for (step, ink) in [(0, Ink::land(1)), (60, Ink::ACCENT), (90, Ink::land(3))] {
        let [a, b] = [canvas.at(-10, left + step), canvas.at(1100, right + step)];
        canvas.quad([a, b, canvas.at(1100, 2200), canvas.at(-10, 2200)], ink);
    }
}
