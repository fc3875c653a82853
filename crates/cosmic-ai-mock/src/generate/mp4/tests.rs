//! Structure, length and sound of films. Whether the pictures decode is checked with ffmpeg by `xtask ci media`.

use super::{Clip, Look, render};
use crate::generate::decoded::decode;

fn film(width: u32, height: u32, seconds: u32) -> Vec<u8> {
    render(&Clip { width, height, seconds, from: Look::from_seed(1), to: Look::from_seed(2) }).unwrap()
}

/// The content of the boxes along a path, for every box that matches.
fn boxes<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Vec<&'a [u8]> {
    let Some((kind, deeper)) = path.split_first() else { return vec![bytes] };
    let (mut found, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let (content, later) = rest.split_at(number(rest, 0) as usize);
        if content[4..8] == **kind {
            found.extend(boxes(&content[8..], deeper));
        }
        rest = later;
    }
    found
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

#[test]
fn the_index_comes_before_the_data() {
    let film = film(320, 180, 2);
    let mut kinds = Vec::new();
    let mut rest = film.as_slice();
    while !rest.is_empty() {
        kinds.push(rest[4..8].to_vec());
        rest = &rest[number(rest, 0) as usize..];
    }
    assert_eq!(kinds, [b"ftyp", b"moov", b"mdat"]);
}

#[test]
fn every_duration_is_exact() {
    for seconds in [1, 4, 5, 6, 8] {
        let film = film(160, 90, seconds);
        let mvhd = boxes(&film, &[b"moov", b"mvhd"])[0];
        assert_eq!(number(mvhd, 16), seconds * number(mvhd, 12));
        let mdhds = boxes(&film, &[b"moov", b"trak", b"mdia", b"mdhd"]);
        let tables = boxes(&film, &[b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stts"]);
        assert_eq!(mdhds.len(), 2);
        for (mdhd, stts) in mdhds.into_iter().zip(tables) {
            assert_eq!(number(mdhd, 16), seconds * number(mdhd, 12));
            let entries = stts[8..].as_chunks::<8>().0;
            let ticks: u32 = entries.iter().map(|entry| number(entry, 0) * number(entry, 4)).sum();
            assert_eq!(ticks, number(mdhd, 16));
        }
    }
}

#[test]
fn samples_fill_the_data_exactly_and_video_samples_are_whole_units() {
    let film = film(320, 180, 3);
    let stbl: [&[u8; 4]; 5] = [b"moov", b"trak", b"mdia", b"minf", b"stbl"];
    let table = |kind| boxes(&film, &[&stbl[..], &[kind]].concat());
    let mut total = 0;
    for (track, ((stsz, stsc), stco)) in table(b"stsz").into_iter().zip(table(b"stsc")).zip(table(b"stco")).enumerate()
    {
        let sizes: Vec<u32> = stsz[12..].as_chunks().0.iter().copied().map(u32::from_be_bytes).collect();
        let runs: Vec<[u32; 2]> =
            stsc[8..].as_chunks::<12>().0.iter().map(|run| [number(run, 0), number(run, 4)]).collect();
        let mut sample = 0;
        for (chunk, offset) in (1..).zip(stco[8..].as_chunks().0.iter().copied().map(u32::from_be_bytes)) {
            let count = runs.iter().rfind(|run| run[0] <= chunk).unwrap()[1] as usize;
            let mut at = offset as usize;
            for &size in &sizes[sample..sample + count] {
                if track == 0 {
                    assert_eq!(number(&film, at) + 4, size);
                    assert!(matches!(film[at + 4], 0x41 | 0x65));
                }
                at += size as usize;
            }
            sample += count;
        }
        assert_eq!(sample, sizes.len());
        if track == 0 {
            assert_eq!(sizes.len(), 3 * 24);
        }
        total += sizes.iter().sum::<u32>();
    }
    assert_eq!(boxes(&film, &[b"mdat"])[0].len(), total as usize);
}

#[test]
fn sound_decodes_and_has_the_length_of_the_film() {
    for seconds in [4, 8] {
        let sound = decode(film(160, 90, seconds), "mp4");
        assert_eq!((sound.sample_rate, sound.channels), (48_000, 2));
        assert!((sound.milliseconds() - i64::from(seconds) * 1000).abs() <= 25, "{}", sound.milliseconds());
        assert!((0.05..0.5).contains(&sound.peak()), "peak {}", sound.peak());
    }
}

#[test]
fn films_repeat_and_differ() {
    assert_eq!(film(160, 90, 1), film(160, 90, 1));
    let still = |seed| {
        let look = Look::from_seed(seed);
        render(&Clip { width: 160, height: 90, seconds: 1, from: look, to: look }).unwrap()
    };
    assert_ne!(still(1), still(2));
}

#[test]
fn sizes_and_lengths_out_of_range_are_refused() {
    let look = Look::from_seed(1);
    for (width, height, seconds) in
        [(1281, 720, 4), (1280, 721, 4), (0, 0, 4), (8192, 720, 4), (320, 180, 0), (320, 180, 601)]
    {
        assert!(
            render(&Clip { width, height, seconds, from: look, to: look }).is_err(),
            "{width}x{height}, {seconds} s"
        );
    }
}
