//! Callers that generate, extend, upload and delete until the server is killed under them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, ensure};
use fastrand::Rng;
use serde_json::{Value, json};

use super::journal::{Asked, Journal, Kept};
use super::upload;
use super::wire::{Wire, is_gone};

/// The metadata that tells which key a medium was made under.
pub(crate) const KEY_FIELD: &str = "trial_key";

/// One that calls, one call after the other.
pub(crate) struct Caller {
    pub(crate) wire: Wire,
    pub(crate) journal: Arc<Journal>,
    pub(crate) dice: Rng,
    /// Set before the server is killed. Until then it answers every call, whole.
    pub(crate) is_struck: Arc<AtomicBool>,
    /// Whether some streams are asked to break off.
    pub(crate) has_faults: bool,
    /// The last clip it made.
    pub(crate) clip: Option<String>,
}

impl Caller {
    /// Calls until the server is gone. Fails if it was not killed by then, and on any answer that is not whole.
    pub(crate) async fn call_until_it_dies(mut self) -> Result<()> {
        loop {
            let called = match self.dice.u8(0..12) {
                0..2 => self.upload().await,
                2 => self.delete().await,
                _ => self.generate().await,
            };
            match called {
                Ok(()) => {}
                Err(error) if !is_gone(&error) => return Err(error),
                Err(_) if self.is_struck.load(Ordering::SeqCst) => return Ok(()),
                Err(error) => return Err(error.context("the server was gone before it was killed")),
            }
        }
    }

    /// A call of any kind, with a key or without.
    async fn generate(&mut self) -> Result<()> {
        let dice = &mut self.dice;
        let (route, mut body) = match dice.u8(0..8) {
            0..3 => ("image", json!({ "prompt": format!("picture {}", dice.u32(..)), "size": "512x512" })),
            3 => ("video", json!({ "prompt": format!("clip {}", dice.u32(..)), "duration": 4 })),
            4 if self.clip.is_some() => ("video/extend", json!({ "prompt": "on it goes", "media_id": self.clip })),
            5 => ("text", words(dice, self.has_faults)),
            _ => ("audio", json!({ "prompt": format!("speech {}", dice.u32(..)) })),
        };
        let key = dice.bool().then(|| format!("{:016x}", dice.u64(..)));
        if route != "text" {
            let key = key.clone().unwrap_or_default();
            body.as_object_mut().context("no object")?.insert("metadata".to_owned(), json!({ KEY_FIELD: key }));
        }
        let asked = Asked { route, body };
        if let Some(key) = &key {
            self.journal.sending(key, asked.clone());
        }
        let (status, answer) = self.wire.ask(&asked, key.as_deref()).await?;
        ensure!(status == 200, "{route}: {status} {answer}");
        if route == "video" {
            self.clip = Kept::of(route, &answer).map(|kept| kept.id);
        }
        self.journal.answered(key.as_deref(), asked, answer);
        Ok(())
    }

    async fn upload(&mut self) -> Result<()> {
        let number = self.dice.u64(..);
        let (status, answer) = self.wire.upload(number).await?;
        ensure!(status == 200, "an upload: {status} {answer}");
        let kept = Kept::of("upload", &answer).with_context(|| format!("an upload: {answer}"))?;
        let size = upload::bytes(number).len() as u64;
        ensure!(kept.size == size, "an upload of {size} bytes has {}", kept.size);
        self.journal.uploaded(Kept { upload: Some(number), ..kept });
        Ok(())
    }

    async fn delete(&mut self) -> Result<()> {
        let Some(kept) = self.journal.deleting(&mut self.dice) else { return Ok(()) };
        let (status, answer) = self.wire.delete(&kept.id).await?;
        ensure!(status == 200, "deletion of {}: {status} {answer}", kept.id);
        self.journal.deleted(&kept.id);
        Ok(())
    }
}

fn words(dice: &mut Rng, has_faults: bool) -> Value {
    let (what, is_streamed) = if has_faults { ("BREAK OFF", true) } else { ("words", dice.bool()) };
    json!({ "prompt": format!("{what} {}", dice.u32(..)), "max_tokens": 50, "stream": is_streamed })
}
