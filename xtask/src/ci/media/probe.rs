//! What ffprobe says of a file: its picture, its sound, and how long they are.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Deserializer};

use crate::program::Program;

/// A file as ffprobe describes it; it decodes every frame to count them.
#[derive(Debug, Deserialize)]
pub(super) struct Probed {
    pub(super) streams: Vec<Stream>,
    pub(super) format: Format,
}

#[derive(Debug, Deserialize)]
pub(super) struct Stream {
    pub(super) codec_type: String,
    pub(super) codec_name: String,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) channels: Option<u32>,
    /// Numbers are text in ffprobe's answer.
    #[serde(default, deserialize_with = "from_text")]
    pub(super) nb_read_frames: Option<f64>,
    #[serde(default, deserialize_with = "from_text")]
    pub(super) duration: Option<f64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Format {
    #[serde(default, deserialize_with = "from_text")]
    pub(super) duration: Option<f64>,
}

pub(super) fn probe(file: &Path) -> Result<Probed> {
    let folder = file.parent().context("a file without a folder")?;
    let ffprobe = Program::new("ffprobe", folder).args(["-v", "error", "-count_frames", "-of", "json"]);
    let json = ffprobe.args(["-show_streams", "-show_format"]).args([file]).text()?;
    parse(&json)
}

pub(super) fn parse(json: &str) -> Result<Probed> {
    serde_json::from_str(json).context("cannot read what ffprobe wrote")
}

fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.and_then(|text| text.parse().ok()))
}

impl Probed {
    pub(super) fn stream(&self, kind: &str) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.codec_type == kind)
    }
}

impl fmt::Display for Probed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(picture) = self.stream("video") {
            let (width, height) = (picture.width.unwrap_or(0), picture.height.unwrap_or(0));
            write!(f, "{} {width}x{height}, {} frames ", picture.codec_name, picture.nb_read_frames.unwrap_or(0.0))?;
        }
        if let Some(sound) = self.stream("audio") {
            write!(f, "{} {} channels ", sound.codec_name, sound.channels.unwrap_or(0))?;
            write!(f, "{:.3} s", self.format.duration.unwrap_or(0.0))?;
        }
        Ok(())
    }
}
