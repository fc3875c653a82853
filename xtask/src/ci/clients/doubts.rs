//! Doubts the checks: each is given something wrong, and has to say so.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::super::media;
use super::examples::{self, Tally};
use super::page;
use super::trial::Trial;
use super::workshop::Workshop;

/// A page whose first and third block are refused by any server, and whose fourth prints what no answer has.
const PAGE: &str = r#"
```js
await cosmic.ai.generateText({ prompt: 'A teapot', model: 'no-such-model' })
```
```js
console.log((await cosmic.ai.generateText({ prompt: 'A teapot' })).text)
```
```bash
curl https://workers.cosmicjs.com/v3/buckets/${BUCKET_SLUG}/ai/image \
  -d '{"prompt":"A teapot","size":"1x1"}' \
  -H 'Content-Type: application/json' \
  -H "Authorization: Bearer {BUCKET_WRITE_KEY}"
```
```js
console.log((await cosmic.ai.generateText({ prompt: 'A teapot' })).media)
```
```js
console.log('Nothing is asked for')
```
"#;

/// Runs every doubt.
///
/// # Errors
///
/// When a check finds nothing wrong.
pub(super) fn run(workshop: &Workshop, server: &Trial, environment: &[(&str, &str)]) -> Result<()> {
    let tally = examples::run_quietly(workshop, environment, "examples/text.mjs", "a-wrong-key")?;
    if tally.passed > 0 || tally.failed == 0 {
        let Tally { passed, failed } = tally;
        bail!("with a wrong key, {passed} examples of text pass and {failed} fail; all have to fail");
    }

    let verdicts = page::doubted(workshop, server, PAGE)?;
    let is_failed: Vec<bool> = verdicts.iter().map(|verdict| verdict.wrong.is_some()).collect();
    if is_failed != [true, false, true, true, true] {
        bail!("of five blocks the second alone is right, but it is said: {verdicts:?}");
    }

    let spoilt = workshop.folder().join("spoilt");
    std::fs::create_dir_all(&spoilt)?;
    spoil(&workshop.media(), &spoilt)?;
    let (looked_at, faults) = media::look_at_folder(&spoilt)?;
    if looked_at != 1 || faults.is_empty() {
        bail!("a clip of which half is missing is decoded without a word");
    }
    println!("  a wrong key, wrong blocks and half a clip are found out");
    Ok(())
}

/// Keeps the first half of a clip.
fn spoil(media: &Path, spoilt: &Path) -> Result<()> {
    let mut clips = Vec::new();
    for entry in std::fs::read_dir(media)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        clips.extend(name.strip_suffix(".mp4").map(|_| name.clone()));
    }
    let clip = clips.iter().min().context("no clip was made")?;
    let bytes = std::fs::read(media.join(clip))?;
    std::fs::write(spoilt.join(clip), bytes.get(..bytes.len() / 2).unwrap_or_default())?;
    let sample = format!("{clip}.json");
    std::fs::copy(media.join(&sample), spoilt.join(&sample))?;
    Ok(())
}
