//! The sixteen colours of a look: a sky, a light in it, land in front, and accents.

use crate::generate::seed::Sequence;

/// An RGB colour, eight bits a channel.
pub(crate) type Rgb = [u8; 3];

/// A place in the palette. Shapes name a role, never a colour, so that every composition works with every palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ink(u8);

impl Ink {
    /// How many shades the sky runs through, from the top down.
    pub(super) const SKY_SHADES: u8 = 7;
    /// How many shades the land runs through, from far to near.
    pub(super) const LAND_SHADES: u8 = 4;
    pub(super) const HALO: Self = Self(7);
    pub(super) const SUN: Self = Self(8);
    pub(super) const ACCENT: Self = Self(13);
    pub(super) const LIGHT: Self = Self(14);
    pub(super) const DARK: Self = Self(15);

    /// A shade of the sky: 0 is the top, 6 the horizon; beyond that stays the horizon.
    pub(super) const fn sky(shade: u8) -> Self {
        Self(if shade < Self::SKY_SHADES { shade } else { Self::SKY_SHADES - 1 })
    }

    /// A shade of the land: 0 is far, 3 near; beyond that stays near.
    pub(super) const fn land(shade: u8) -> Self {
        Self(9 + if shade < Self::LAND_SHADES { shade } else { Self::LAND_SHADES - 1 })
    }

    /// The index into [`Palette`].
    pub(crate) const fn index(self) -> u8 {
        self.0
    }
}

/// Exactly sixteen colours, so that a pixel fits four bits.
pub(crate) type Palette = [Rgb; 16];

/// Sky at the top, sky at the horizon, the light.
const SKIES: [[Rgb; 3]; 10] = [
    [[24, 32, 84], [244, 150, 110], [255, 226, 150]],   // sunset
    [[66, 140, 206], [214, 238, 246], [255, 246, 206]], // clear noon
    [[16, 18, 46], [74, 70, 140], [240, 240, 220]],     // night
    [[96, 60, 130], [252, 178, 186], [255, 236, 196]],  // rose dawn
    [[14, 74, 92], [150, 222, 196], [250, 250, 200]],   // lagoon
    [[120, 30, 60], [250, 168, 70], [255, 232, 140]],   // ember
    [[38, 70, 110], [236, 200, 160], [255, 240, 214]],  // desert morning
    [[30, 22, 60], [40, 150, 140], [190, 255, 210]],    // aurora
    [[86, 98, 122], [222, 218, 210], [252, 236, 190]],  // mist
    [[58, 30, 110], [232, 90, 150], [255, 206, 120]],   // neon dusk
];

/// Land far away, land near, the accent.
const LANDS: [[Rgb; 3]; 8] = [
    [[120, 140, 150], [24, 44, 60], [230, 90, 70]],
    [[130, 170, 120], [22, 62, 50], [244, 190, 60]],
    [[176, 130, 150], [56, 24, 64], [250, 210, 120]],
    [[214, 160, 110], [110, 50, 40], [60, 140, 150]],
    [[110, 150, 190], [18, 40, 92], [250, 130, 110]],
    [[140, 120, 180], [36, 26, 80], [120, 220, 200]],
    [[190, 180, 140], [70, 74, 44], [200, 70, 60]],
    [[90, 160, 160], [10, 52, 66], [255, 170, 90]],
];

/// Chooses the colours of a look.
pub(super) fn choose(choices: &mut Sequence) -> Palette {
    let [top, horizon, sun] = choices.pick(&SKIES).copied().unwrap_or_default();
    let [far, near, accent] = choices.pick(&LANDS).copied().unwrap_or_default();
    let sky = |step| blend(top, horizon, step, u32::from(Ink::SKY_SHADES) - 1);
    let land = |step| blend(far, near, step, u32::from(Ink::LAND_SHADES) - 1);
    let halo = blend(sun, horizon, 1, 2);
    let [light, dark] = [blend(sun, [255, 255, 255], 2, 3), blend(near, [0, 0, 0], 1, 2)];
    [
        sky(0),
        sky(1),
        sky(2),
        sky(3),
        sky(4),
        sky(5),
        sky(6),
        halo,
        sun,
        land(0),
        land(1),
        land(2),
        land(3),
        accent,
        light,
        dark,
    ]
}

/// The colour `step` of `steps` on the way from one to another.
fn blend(from: Rgb, to: Rgb, step: u32, steps: u32) -> Rgb {
    let [mut red, mut green, mut blue] = from;
    for (channel, target) in [&mut red, &mut green, &mut blue].into_iter().zip(to) {
        let mixed = u32::from(*channel) * (steps - step) + u32::from(target) * step;
        *channel = u8::try_from(mixed / steps).unwrap_or(u8::MAX);
    }
    [red, green, blue]
}
