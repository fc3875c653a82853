//! What a file was asked to be, and how what it is differs.

use serde::Deserialize;

use super::probe::{Probed, Stream};

/// How far a duration may be off, in seconds.
const TOLERANCE: f64 = 0.1;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sample {
    pub(super) file: String,
    pub(super) picture: Option<Picture>,
    pub(super) sound: Option<Sound>,
    /// How long it plays; `None` for what does not play.
    pub(super) seconds: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Picture {
    codec: String,
    width: u32,
    height: u32,
    /// One for a still.
    frames: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sound {
    codec: String,
    channels: u32,
}

impl Sample {
    /// The file beside the samples that says what they should be.
    pub(super) const LIST: &str = "samples.json";

    /// What the quickstart makes: a picture, eight seconds of film in full HD, eight more in HD, and a voice as long as its text takes.
    pub(super) fn of_quickstart() -> Vec<Self> {
        let cover = Picture { codec: "png".to_owned(), width: 1024, height: 1024, frames: 1 };
        let film = |file: &str, width: u32, height: u32| Self {
            file: file.to_owned(),
            picture: Some(Picture { codec: "h264".to_owned(), width, height, frames: 192 }),
            sound: Some(Sound { codec: "aac".to_owned(), channels: 2 }),
            seconds: Some(8.0),
        };
        let voice = Sound { codec: "mp3".to_owned(), channels: 1 };
        vec![
            Self { file: "cover.png".to_owned(), picture: Some(cover), sound: None, seconds: None },
            film("clip.mp4", 1920, 1080),
            film("clip-extended.mp4", 1280, 720),
            Self { file: "narration.mp3".to_owned(), picture: None, sound: Some(voice), seconds: None },
        ]
    }

    pub(super) fn differences(&self, probed: &Probed) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut compare = |what: &str, is: String, asked: String| {
            if is != asked {
                wrong.push(format!("{what} is {is}, asked was {asked}"));
            }
        };
        let (picture, sound) = (probed.stream("video"), probed.stream("audio"));
        compare("picture", picture.map_or_else(none, shown_picture), self.picture.as_ref().map_or_else(none, asked));
        compare("sound", sound.map_or_else(none, shown_sound), self.sound.as_ref().map_or_else(none, heard));
        let lengths = [
            ("file", probed.format.duration),
            ("picture", picture.and_then(|stream| stream.duration)),
            ("sound", sound.and_then(|stream| stream.duration)),
        ];
        let Some(seconds) = self.seconds else { return wrong };
        if probed.format.duration.is_none() {
            wrong.push("the file has no duration".to_owned());
        }
        let off = |length: f64| (length - seconds).abs() > TOLERANCE;
        for (what, length) in lengths.into_iter().filter_map(|(what, length)| Some((what, length?))) {
            if off(length) {
                wrong.push(format!("the {what} lasts {length} s, asked were {seconds} s"));
            }
        }
        wrong
    }
}

fn none() -> String {
    "none".to_owned()
}

fn asked(picture: &Picture) -> String {
    format!("{} {}x{} of {} frames", picture.codec, picture.width, picture.height, picture.frames)
}

fn heard(sound: &Sound) -> String {
    format!("{} with {} channels", sound.codec, sound.channels)
}

fn shown_picture(stream: &Stream) -> String {
    let (width, height) = (stream.width.unwrap_or(0), stream.height.unwrap_or(0));
    format!("{} {width}x{height} of {} frames", stream.codec_name, stream.nb_read_frames.unwrap_or(0.0))
}

fn shown_sound(stream: &Stream) -> String {
    format!("{} with {} channels", stream.codec_name, stream.channels.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::super::probe::parse;
    use super::*;

    /// Eight seconds of film as ffprobe describes it, after replacing `from` with `to`.
    #[track_caller]
    fn differences_with(from: &str, to: &str) -> Vec<String> {
        let json = r#"{
            "streams": [
                {"codec_type": "video", "codec_name": "h264", "width": 1280, "height": 720, "nb_read_frames": "192", "duration": "8.000000"},
                {"codec_type": "audio", "codec_name": "aac", "channels": 2, "nb_read_frames": "376", "duration": "8.021333"}
            ],
            "format": {"duration": "8.050000"}
        }"#;
        assert!(json.contains(from));
        let probed = parse(&json.replace(from, to)).unwrap();
        Sample::of_quickstart()[2].differences(&probed)
    }

    #[test]
    fn what_is_as_asked_passes() {
        assert_eq!(differences_with("h264", "h264"), Vec::<String>::new());
    }

    #[test]
    fn another_codec_size_or_number_of_frames_is_found() {
        let asked = "asked was h264 1280x720 of 192 frames";
        assert_eq!(differences_with("h264", "mpeg4"), [format!("picture is mpeg4 1280x720 of 192 frames, {asked}")]);
        assert_eq!(differences_with("720", "722"), [format!("picture is h264 1280x722 of 192 frames, {asked}")]);
        assert_eq!(differences_with("192", "191"), [format!("picture is h264 1280x720 of 191 frames, {asked}")]);
    }

    #[test]
    fn mono_or_missing_sound_is_found() {
        let asked = "asked was aac with 2 channels";
        assert_eq!(
            differences_with("\"channels\": 2", "\"channels\": 1"),
            [format!("sound is aac with 1 channels, {asked}")]
        );
        assert_eq!(differences_with("audio", "data"), [format!("sound is none, {asked}")]);
    }

    #[test]
    fn a_duration_that_is_off_is_found_in_the_file_and_in_its_streams() {
        assert_eq!(differences_with("8.050000", "8.11"), ["the file lasts 8.11 s, asked were 8 s"]);
        assert_eq!(differences_with("8.021333", "7.8"), ["the sound lasts 7.8 s, asked were 8 s"]);
        assert_eq!(differences_with("\"8.050000\"", "null"), ["the file has no duration"]);
    }
}
