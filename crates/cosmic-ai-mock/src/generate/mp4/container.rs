//! The MP4 container (ISO 14496-12): `ftyp`, then the index `moov` so that playback can start at once, then `mdat`.

/// What a track holds, with the decoder's configuration.
#[derive(Debug)]
pub(super) enum Media {
    /// H.264 pictures of this size, with the `avcC` record.
    Video { width: u16, height: u16, avcc: Vec<u8> },
    /// AAC stereo with its `AudioSpecificConfig`.
    Audio { sample_rate: u16, configuration: [u8; 2] },
}

/// A track: samples (coded frames) one after the other.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) media: Media,
    /// Ticks a second.
    pub(super) timescale: u32,
    /// Ticks a sample; the last sample is cut short or stretched to end at `duration`.
    pub(super) sample_ticks: u32,
    /// Ticks in all.
    pub(super) duration: u32,
    /// All samples together.
    pub(super) data: Vec<u8>,
    /// The bytes of each sample.
    pub(super) sizes: Vec<u32>,
}

impl Track {
    /// How many samples start before the end of each second, second by second: the chunks of the file.
    fn chunks(&self) -> Vec<&[u32]> {
        let mut rest = self.sizes.as_slice();
        let mut taken = 0;
        let mut chunks = Vec::new();
        while !rest.is_empty() {
            let seconds = u64::try_from(chunks.len() + 1).unwrap_or(u64::MAX);
            let due = (seconds * u64::from(self.timescale)).div_ceil(self.sample_ticks.into());
            let count = usize::try_from(due - taken).unwrap_or(usize::MAX).min(rest.len());
            let (chunk, later) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            taken = due;
            chunks.push(chunk);
            rest = later;
        }
        chunks
    }

    const fn is_video(&self) -> bool {
        matches!(self.media, Media::Video { .. })
    }
}

/// Ticks a second of the film as a whole.
const MOVIE_TIMESCALE: u32 = 1000;

/// Writes a film of `seconds` with these tracks, interleaved second by second.
pub(super) fn write(seconds: u32, tracks: &[Track; 2]) -> Vec<u8> {
    let data_bytes: usize = tracks.iter().map(|track| track.data.len()).sum();
    let mut film = Vec::new();
    boxed(&mut film, *b"ftyp", |out| out.extend_from_slice(b"isom\0\0\x02\0isomiso2avc1mp41"));
    // The index holds the place of the data, which lies behind the index: write it once to learn its size.
    let start = film.len();
    movie(&mut film, seconds, tracks, 0);
    let data_start = film.len() + 8;
    film.truncate(start);
    film.reserve_exact(data_start + data_bytes - start);
    movie(&mut film, seconds, tracks, data_start);
    boxed(&mut film, *b"mdat", |out| {
        for chunk in layout(tracks, data_start) {
            out.extend_from_slice(chunk.data);
        }
    });
    film
}

/// A chunk in its place in the file.
struct Placed<'a> {
    track: usize,
    offset: u32,
    data: &'a [u8],
}

/// The chunks of all tracks, second by second, from the byte `start` of the file on.
fn layout(tracks: &[Track; 2], start: usize) -> Vec<Placed<'_>> {
    let mut placed = Vec::new();
    let mut offset = start;
    let mut rest = tracks.each_ref().map(|track| (track.chunks().into_iter(), track.data.as_slice()));
    loop {
        let before = placed.len();
        for (track, (chunks, data)) in rest.iter_mut().enumerate() {
            if let Some(sizes) = chunks.next() {
                let bytes = sizes.iter().map(|&size| size as usize).sum();
                let (chunk, later) = data.split_at_checked(bytes).unwrap_or((*data, &[]));
                placed.push(Placed { track, offset: u32::try_from(offset).unwrap_or(u32::MAX), data: chunk });
                offset += chunk.len();
                *data = later;
            }
        }
        if placed.len() == before {
            return placed;
        }
    }
}

/// Writes a box: its length, its kind, its content.
fn boxed(out: &mut Vec<u8>, kind: [u8; 4], content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&kind);
    content(out);
    let length = u32::try_from(out.len() - start).unwrap_or(u32::MAX);
    if let Some(field) = out.get_mut(start..start + 4) {
        field.copy_from_slice(&length.to_be_bytes());
    }
}

/// Writes a box that starts with a version (0) and flags.
fn full_box(out: &mut Vec<u8>, kind: [u8; 4], flags: u32, content: impl FnOnce(&mut Vec<u8>)) {
    boxed(out, kind, |out| {
        words(out, &[flags]);
        content(out);
    });
}

/// Appends 32-bit numbers.
fn words(out: &mut Vec<u8>, words: &[u32]) {
    for word in words {
        out.extend_from_slice(&word.to_be_bytes());
    }
}

/// Appends 16-bit numbers.
fn shorts(out: &mut Vec<u8>, shorts: &[u16]) {
    for short in shorts {
        out.extend_from_slice(&short.to_be_bytes());
    }
}

/// The transformation "as it is", in fixed point.
const IDENTITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

fn movie(out: &mut Vec<u8>, seconds: u32, tracks: &[Track; 2], data_start: usize) {
    let duration = seconds * MOVIE_TIMESCALE;
    let placed = layout(tracks, data_start);
    boxed(out, *b"moov", |out| {
        full_box(out, *b"mvhd", 0, |out| {
            // Created and modified at no time in particular; normal speed and volume.
            words(out, &[0, 0, MOVIE_TIMESCALE, duration, 0x1_0000]);
            shorts(out, &[0x100, 0]);
            words(out, &[0, 0]);
            words(out, &IDENTITY);
            words(out, &[0, 0, 0, 0, 0, 0, 3]); // the last: the next free track number
        });
        for (index, track) in tracks.iter().enumerate() {
            let offsets =
                placed.iter().filter(|chunk| chunk.track == index).map(|chunk| chunk.offset).collect::<Vec<_>>();
            let number = if track.is_video() { 1 } else { 2 };
            boxed(out, *b"trak", |out| {
                track_header(out, number, duration, track);
                media(out, track, &offsets);
            });
        }
    });
}

fn track_header(out: &mut Vec<u8>, number: u32, duration: u32, track: &Track) {
    const ENABLED_IN_MOVIE: u32 = 3;
    full_box(out, *b"tkhd", ENABLED_IN_MOVIE, |out| {
        words(out, &[0, 0, number, 0, duration, 0, 0]);
        let volume = if track.is_video() { 0 } else { 0x100 };
        shorts(out, &[0, 0, volume, 0]);
        words(out, &IDENTITY);
        match track.media {
            Media::Video { width, height, .. } => shorts(out, &[width, 0, height, 0]),
            Media::Audio { .. } => words(out, &[0, 0]),
        }
    });
}

fn media(out: &mut Vec<u8>, track: &Track, offsets: &[u32]) {
    /// "und", three letters of five bits.
    const LANGUAGE: u16 = 0x55c4;
    boxed(out, *b"mdia", |out| {
        full_box(out, *b"mdhd", 0, |out| {
            words(out, &[0, 0, track.timescale, track.duration]);
            shorts(out, &[LANGUAGE, 0]);
        });
        full_box(out, *b"hdlr", 0, |out| {
            words(out, &[0]);
            out.extend_from_slice(if track.is_video() { b"vide" } else { b"soun" });
            words(out, &[0, 0, 0]);
            out.extend_from_slice(if track.is_video() { b"Video\0" } else { b"Sound\0" });
        });
        boxed(out, *b"minf", |out| {
            if track.is_video() {
                full_box(out, *b"vmhd", 1, |out| words(out, &[0, 0]));
            } else {
                full_box(out, *b"smhd", 0, |out| words(out, &[0]));
            }
            boxed(out, *b"dinf", |out| {
                full_box(out, *b"dref", 0, |out| {
                    words(out, &[1]);
                    full_box(out, *b"url ", 1, |_| {}); // the data is in this file
                });
            });
            boxed(out, *b"stbl", |out| {
                full_box(out, *b"stsd", 0, |out| {
                    words(out, &[1]);
                    sample_entry(out, &track.media);
                });
                sample_tables(out, track, offsets);
            });
        });
    });
}

/// When, how large and where each sample is.
fn sample_tables(out: &mut Vec<u8>, track: &Track, offsets: &[u32]) {
    let count = u32::try_from(track.sizes.len()).unwrap_or(u32::MAX);
    let before_last = count.saturating_sub(1);
    let last_ticks = track.duration.saturating_sub(before_last * track.sample_ticks);
    full_box(out, *b"stts", 0, |out| {
        if last_ticks == track.sample_ticks || before_last == 0 {
            words(out, &[1, count, last_ticks]);
        } else {
            words(out, &[2, before_last, track.sample_ticks, 1, last_ticks]);
        }
    });
    if track.is_video() {
        full_box(out, *b"stss", 0, |out| words(out, &[1, 1])); // only the first picture stands alone
    }
    full_box(out, *b"stsc", 0, |out| {
        let counts = track.chunks().into_iter().map(|chunk| u32::try_from(chunk.len()).unwrap_or(u32::MAX));
        let mut runs: Vec<[u32; 3]> = Vec::new();
        for (chunk, samples) in (1..).zip(counts) {
            if runs.last().is_none_or(|&[_, last, _]| last != samples) {
                runs.push([chunk, samples, 1]);
            }
        }
        words(out, &[u32::try_from(runs.len()).unwrap_or(u32::MAX)]);
        words(out, runs.as_flattened());
    });
    full_box(out, *b"stsz", 0, |out| {
        words(out, &[0, count]);
        words(out, &track.sizes);
    });
    full_box(out, *b"stco", 0, |out| {
        words(out, &[u32::try_from(offsets.len()).unwrap_or(u32::MAX)]);
        words(out, offsets);
    });
}

/// How to decode the samples.
fn sample_entry(out: &mut Vec<u8>, media: &Media) {
    const DATA_REFERENCE: [u16; 4] = [0, 0, 0, 1];
    match media {
        Media::Video { width, height, avcc } => boxed(out, *b"avc1", |out| {
            shorts(out, &DATA_REFERENCE);
            words(out, &[0, 0, 0, 0]);
            shorts(out, &[*width, *height]);
            words(out, &[72 << 16, 72 << 16, 0]); // pixels an inch
            shorts(out, &[1]); // one picture a sample
            out.extend_from_slice(&[0; 32]); // the name of the encoder
            shorts(out, &[24, u16::MAX]); // bits of colour; no palette
            boxed(out, *b"avcC", |out| out.extend_from_slice(avcc));
        }),
        Media::Audio { sample_rate, configuration } => boxed(out, *b"mp4a", |out| {
            shorts(out, &DATA_REFERENCE);
            words(out, &[0, 0]);
            shorts(out, &[2, 16, 0, 0, *sample_rate, 0]);
            full_box(out, *b"esds", 0, |out| elementary_stream(out, *configuration));
        }),
    }
}

/// The nested descriptors of ISO 14496-1: tag, length, content.
fn elementary_stream(out: &mut Vec<u8>, [first, second]: [u8; 2]) {
    /// MPEG-4 audio; an audio stream (5), not upstream.
    const AAC: [u8; 2] = [0x40, 5 << 2 | 1];
    out.extend_from_slice(&[3, 25, 0, 0, 0]); // stream, number 0
    out.extend_from_slice(&[4, 17]); // decoder
    out.extend_from_slice(&AAC);
    out.extend_from_slice(&[0; 3 + 4 + 4]); // buffer size and bit rates: unknown
    out.extend_from_slice(&[5, 2, first, second]); // configuration
    out.extend_from_slice(&[6, 1, 2]); // as MP4 has it
}
