//! Decodes with ffmpeg what the mock makes, and compares it with what was asked for: a medium that only our own
//! decoders read would be none.

mod probe;
mod sample;

use std::path::Path;

use anyhow::{Context, Result, bail};

use self::sample::Sample;
use super::examples;
use crate::program::Program;

const INSTALL: &str = "apt-get update && apt-get install -y ffmpeg";
/// What makes media of many sizes, durations and formats, with [`Sample::LIST`] beside them.
const SAMPLES: [&str; 7] = ["run", "--quiet", "--package", "cosmic-ai-tests", "--bin", "media-samples", "--"];

pub(super) fn run(root: &Path) -> Result<()> {
    are_decoders_there(root)?;
    let folder = examples::quickstart(root)?;
    let mut faults = look_at(&folder, &Sample::of_quickstart())?;

    let folder = examples::empty_folder(root, "media")?;
    Program::cargo(root).args(SAMPLES).args([&folder]).run()?;
    let list = folder.join(Sample::LIST);
    let json = std::fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let samples: Vec<Sample> = serde_json::from_str(&json).with_context(|| list.display().to_string())?;
    faults.extend(look_at(&folder, &samples)?);

    if faults.is_empty() {
        return Ok(());
    }
    bail!("not as they were asked for:\n  {}", faults.join("\n  "))
}

/// Fails where ffmpeg is missing.
pub(super) fn are_decoders_there(root: &Path) -> Result<()> {
    for tool in ["ffmpeg", "ffprobe"] {
        Program::new(tool, root).args(["-version"]).install(INSTALL).text()?;
    }
    Ok(())
}

/// Decodes every file of a folder that has a sample beside it, `FILE.json`. Hands back how many they are, and what is wrong.
pub(super) fn look_at_folder(folder: &Path) -> Result<(usize, Vec<String>)> {
    let mut samples: Vec<Sample> = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let json = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            samples.push(serde_json::from_str(&json).with_context(|| path.display().to_string())?);
        }
    }
    samples.sort_by(|one, other| one.file.cmp(&other.file));
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let share = samples.len().div_ceil(at_once).max(1);
    let found: Result<Vec<Vec<String>>> = std::thread::scope(|scope| {
        let looking: Vec<_> = samples.chunks(share).map(|share| scope.spawn(|| look_at(folder, share))).collect();
        looking.into_iter().map(|share| share.join().unwrap_or_else(|_| bail!("a decoder's thread panicked"))).collect()
    });
    Ok((samples.len(), found?.concat()))
}

/// Prints a line per file and hands back what is wrong with them.
fn look_at(folder: &Path, samples: &[Sample]) -> Result<Vec<String>> {
    if samples.is_empty() {
        bail!("no media in {}", folder.display());
    }
    let mut faults = Vec::new();
    for sample in samples {
        let file = folder.join(&sample.file);
        let mut wrong: Vec<String> = decode(&file)?.into_iter().collect();
        match probe::probe(&file) {
            Ok(probed) => {
                println!("  {:<26} {probed}", sample.file);
                wrong.extend(sample.differences(&probed));
            }
            Err(error) => wrong.push(format!("{error:#}")),
        }
        faults.extend(wrong.iter().map(|wrong| format!("{}: {wrong}", file.display())));
    }
    Ok(faults)
}

/// What ffmpeg has to say while it decodes a file to its end: nothing, if the file is sound.
fn decode(file: &Path) -> Result<Option<String>> {
    let folder = file.parent().context("a file without a folder")?;
    let mut ffmpeg = Program::new("ffmpeg", folder).install(INSTALL);
    ffmpeg = ffmpeg.args(["-v", "error", "-i"]).args([file]).args(["-f", "null", "-"]);
    let output = ffmpeg.output()?;
    let said = [output.stdout, output.stderr].concat();
    if output.status.success() && said.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!("ffmpeg says ({}): {}", output.status, String::from_utf8_lossy(&said).trim_end())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_install_line_is_shown_where_ffmpeg_is_missing() {
        let missing = Program::new("no-such-ffmpeg", Path::new(".")).install(INSTALL).text().unwrap_err();
        assert!(format!("{missing:#}").contains("apt-get install -y ffmpeg"));
    }
}
