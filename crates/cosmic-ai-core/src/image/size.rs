//! Sizes in pixels and shapes as ratios.

use std::fmt;
use std::str::FromStr;

use crate::error::ParseError;

/// The size of an image in pixels, written `1024x1024` on the wire: width, then height.
///
/// Any size from 1 to 65,535 a side can be written; which sizes a model makes is in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageSize {
    width: u16,
    height: u16,
}

impl ImageSize {
    /// 512x512, a thumbnail.
    pub const SQUARE_512: Self = Self::new(512, 512);
    /// 1024x1024.
    pub const SQUARE_1024: Self = Self::new(1024, 1024);
    /// 2048x2048.
    pub const SQUARE_2048: Self = Self::new(2048, 2048);
    /// 4096x4096, called 4K where it has a price of its own.
    pub const SQUARE_4096: Self = Self::new(4096, 4096);
    /// 1792x1024.
    pub const LANDSCAPE_1792: Self = Self::new(1792, 1024);
    /// 1024x1792.
    pub const PORTRAIT_1792: Self = Self::new(1024, 1792);

    /// A size of `width` by `height` pixels.
    pub const fn new(width: u16, height: u16) -> Self {
        Self { width, height }
    }

    /// Pixels from left to right.
    pub const fn width(self) -> u32 {
        self.width as u32
    }

    /// Pixels from top to bottom.
    pub const fn height(self) -> u32 {
        self.height as u32
    }

    /// How many pixels there are.
    pub const fn area(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// The size in pixels of an image asked for with this size and `ratio`: the ratio decides the shape, the size the
    /// scale.
    ///
    /// The sides are multiples of 8, the area is about that of `self`, and the shape is within 3 % of the ratio for
    /// every size and ratio of the registry. That the two options combine so is assumed: the API's page shows them
    /// together and does not say what comes of it.
    #[must_use]
    pub fn shaped(self, ratio: AspectRatio) -> Self {
        const STEP: u64 = 8;
        let (across, down) = (u64::from(ratio.width), u64::from(ratio.height));
        let exact_width = (self.area() * across / down.max(1)).isqrt();
        // Of the few multiples of 8 around the exact width take the one whose best height comes nearest to the ratio.
        let nearest = exact_width / STEP;
        let error =
            |width: u64, height: u64| (width * down).abs_diff(height * across) * 1_000_000 / (height * across).max(1);
        let best = (nearest.saturating_sub(1)..=nearest + 2)
            .map(|steps| {
                let width = (steps * STEP).max(STEP);
                let height = ((width * down + across * STEP / 2) / (across * STEP).max(1)).max(1) * STEP;
                (width, height)
            })
            .min_by_key(|&(width, height)| (error(width, height), width.abs_diff(exact_width)));
        let side = |pixels: u64| u16::try_from(pixels).unwrap_or(u16::MAX);
        best.map_or(self, |(width, height)| Self::new(side(width), side(height)))
    }
}

impl fmt::Display for ImageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}x{}", self.width, self.height))
    }
}

impl FromStr for ImageSize {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        pair(text, 'x').map(|(width, height)| Self::new(width, height)).ok_or_else(|| {
            ParseError::new("size", text, "width and height in pixels, each from 1 to 65535, such as 1024x1024")
        })
    }
}

/// The shape of an image, written `16:9` on the wire: width to height.
///
/// Which ratios a model makes is in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AspectRatio {
    width: u16,
    height: u16,
}

impl AspectRatio {
    /// 1:1.
    pub const SQUARE: Self = Self::new(1, 1);
    /// 16:9, as of most screens.
    pub const WIDE: Self = Self::new(16, 9);
    /// 9:16, as of an upright phone.
    pub const TALL: Self = Self::new(9, 16);

    /// A ratio of `width` to `height`; `16:9` and `32:18` are different values.
    pub const fn new(width: u16, height: u16) -> Self {
        Self { width, height }
    }

    /// The first number: 16 of 16:9.
    pub const fn width(self) -> u32 {
        self.width as u32
    }

    /// The second number: 9 of 16:9.
    pub const fn height(self) -> u32 {
        self.height as u32
    }
}

impl fmt::Display for AspectRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}", self.width, self.height))
    }
}

impl FromStr for AspectRatio {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        pair(text, ':')
            .map(|(width, height)| Self::new(width, height))
            .ok_or_else(|| ParseError::new("aspect_ratio", text, "width to height, each from 1 to 65535, such as 16:9"))
    }
}

/// Two numbers from 1 to 65,535 in plain digits around `separator`.
fn pair(text: &str, separator: char) -> Option<(u16, u16)> {
    let number = |digits: &str| {
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<u16>().ok()).flatten().filter(|&number| number > 0)
    };
    let (first, second) = text.split_once(separator)?;
    Some((number(first)?, number(second)?))
}

crate::wire::as_text!(ImageSize, "^[1-9][0-9]{0,3}x[1-9][0-9]{0,3}$");
crate::wire::as_text!(AspectRatio, "^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$");
