//! For tests: what an independent decoder hears in our sound.

use std::io::Cursor;

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

/// Decoded sound, channels interleaved.
pub(crate) struct Sound {
    pub(crate) sample_rate: u32,
    pub(crate) channels: usize,
    pub(crate) samples: Vec<f32>,
    /// The number of samples (of one channel) that the container states.
    pub(crate) stated_samples: Option<u64>,
}

impl Sound {
    /// The length, rounded down.
    pub(crate) fn milliseconds(&self) -> i64 {
        let frames = self.samples.len() / self.channels;
        i64::try_from(frames * 1000 / self.sample_rate as usize).unwrap()
    }

    /// The loudest sample, of 1.0.
    pub(crate) fn peak(&self) -> f32 {
        self.samples.iter().fold(0.0, |peak, sample| sample.abs().max(peak))
    }
}

/// Decodes the first sound track; every packet must decode.
pub(crate) fn decode(bytes: Vec<u8>, extension: &str) -> Sound {
    let source = MediaSourceStream::new(Box::new(Cursor::new(bytes)), MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    hint.with_extension(extension);
    let mut format = symphonia::default::get_probe()
        .probe(&hint, source, FormatOptions::default(), MetadataOptions::default())
        .unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let (id, stated_samples) = (track.id, track.num_frames);
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let mut decoder =
        symphonia::default::get_codecs().make_audio_decoder(parameters, &AudioDecoderOptions::default()).unwrap();
    let mut sound = Sound { sample_rate: 0, channels: 0, samples: Vec::new(), stated_samples };
    let mut packet_samples = Vec::new();
    while let Some(packet) = format.next_packet().unwrap() {
        if packet.track_id == id {
            let sounding = decoder.decode(&packet).unwrap();
            sound.sample_rate = sounding.spec().rate();
            sound.channels = sounding.spec().channels().count();
            packet_samples.resize(sounding.samples_interleaved(), 0.0_f32);
            sounding.copy_to_slice_interleaved(&mut packet_samples);
            sound.samples.append(&mut packet_samples);
        }
    }
    sound
}
