//! From a page to what it states. Everything is found by headings and by titles of columns, never by its place.
//!
//! In reading order: `models` lists who there is, `defaults`, `tiers` and `prices` say what all modalities share, `image`,
//! `video` and `speech` what is theirs, `examples` holds the page's examples against its words,
//! and `prose` and `unread` tell what none of them has looked into.

mod defaults;
mod examples;
mod image;
mod models;
mod prices;
mod prose;
mod speech;
mod tiers;
mod unread;
mod video;

use anyhow::Result;

use self::prose::Signs;
use super::data::Known;
use super::page::Page;
use super::reading::Reading;

/// Reads a page. `known` is what the names of models without an id are looked up in.
///
/// # Errors
///
/// Only for mistakes of our own; what the page lacks is part of the reading.
pub(super) fn page(page: &Page, known: &Known) -> Result<Reading> {
    let mut reading = Reading::default();
    models::read(page, known, &mut reading)?;
    defaults::read(page, &mut reading)?;
    tiers::read(page, known, &mut reading)?;
    prices::read(page, &mut reading)?;
    defaults::options(page, &mut reading)?;
    image::read(page, &mut reading)?;
    video::read(page, &mut reading)?;
    speech::read(page, &mut reading)?;
    examples::read(page, &mut reading);
    prices::without_effect(&mut reading);
    let signs = Signs::new()?;
    prose::read(page, &signs, &mut reading)?;
    unread::read(page, &signs, &mut reading);
    Ok(reading)
}
