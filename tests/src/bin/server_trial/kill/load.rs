//! Callers that generate, upload and extend until the server dies under them.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use fastrand::Rng;
use reqwest::Client;
use serde_json::{Value, json};

use super::journal::{Journal, Kept, Pending};

/// The metadata that tells which key a medium was made under.
pub(crate) const KEY_FIELD: &str = "trial_key";
/// How many of the older media are looked at after each kill.
const SAMPLE: usize = 20;

/// Calls of every kind, with a key or without, until the server is gone.
pub(crate) async fn call_until_it_dies(address: String, journal: Arc<Journal>, mut dice: Rng) -> Result<()> {
    let client = Client::builder().no_proxy().build()?;
    let mut clip: Option<String> = None;
    loop {
        let (route, mut body) = match dice.u8(0..8) {
            0..3 => ("image", json!({ "prompt": format!("picture {}", dice.u32(..)), "size": "512x512" })),
            3 => ("video", json!({ "prompt": format!("clip {}", dice.u32(..)), "duration": 4 })),
            4 if clip.is_some() => ("video/extend", json!({ "prompt": "on it goes", "media_id": clip })),
            5 => (
                "text",
                json!({ "prompt": format!("words {}", dice.u32(..)), "max_tokens": 50, "stream": dice.bool() }),
            ),
            _ => ("audio", json!({ "prompt": format!("speech {}", dice.u32(..)) })),
        };
        let key = dice.bool().then(|| format!("{:016x}", dice.u64(..)));
        if route != "text" {
            let key = key.clone().unwrap_or_default();
            body.as_object_mut().context("no object")?.insert("metadata".to_owned(), json!({ KEY_FIELD: key }));
        }
        if let Some(key) = &key {
            journal.sending(key, Pending { route, body: body.clone() });
        }
        // A server that is gone ends the caller; anything else is noted.
        let Ok((status, answer)) = ask(&client, &address, route, &body, key.as_deref()).await else { return Ok(()) };
        ensure!(status == 200, "{route}: {status} {answer}");
        let kept = kept(&answer);
        if route == "video" {
            clip = kept.as_ref().map(|kept| kept.id.clone());
        }
        journal.answered(key.as_deref(), kept)?;
    }
}

/// Sends again, under their keys, the calls whose answers never came.
pub(crate) async fn ask_again(address: &str, journal: &Journal) -> Result<()> {
    let client = Client::builder().no_proxy().build()?;
    for (key, Pending { route, body }) in journal.pending() {
        let (status, answer) = ask(&client, address, route, &body, Some(&key)).await?;
        journal.note_asked_again();
        // A text that was settled as cut has no answer to give.
        let is_cut_text = route == "text" && status == 409;
        ensure!(status == 200 || is_cut_text, "{route} again: {status} {answer}");
        journal.answered(Some(&key), kept(&answer))?;
    }
    Ok(())
}

/// Looks whether media that were acknowledged are there, whole.
pub(crate) async fn check_kept(address: &str, journal: &Journal, dice: &mut Rng) -> Result<()> {
    let client = Client::builder().no_proxy().build()?;
    let mut kept = journal.kept();
    let recent = kept.split_off(kept.len().saturating_sub(SAMPLE));
    dice.shuffle(&mut kept);
    for medium in recent.iter().chain(kept.iter().take(SAMPLE)) {
        let bytes = client.get(format!("http://{address}/media/{}", medium.name)).send().await?;
        ensure!(bytes.status() == 200, "acknowledged medium {} is gone: {}", medium.name, bytes.status());
        let length = bytes.bytes().await?.len() as u64;
        ensure!(length == medium.size, "acknowledged medium {} has {length} of {} bytes", medium.name, medium.size);
    }
    Ok(())
}

async fn ask(client: &Client, address: &str, route: &str, body: &Value, key: Option<&str>) -> Result<(u16, Value)> {
    let mut request = client
        .post(format!("http://{address}/v3/buckets/trial/ai/{route}"))
        .bearer_auth("trial-write-key")
        .header("content-type", "application/json")
        .body(body.to_string());
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let response = request.send().await?;
    let status = response.status().as_u16();
    let bytes = response.bytes().await?;
    if bytes.starts_with(b"data: ") {
        let text = String::from_utf8_lossy(&bytes);
        ensure!(text.contains("\"event\":\"end\""), "the stream was cut");
        return Ok((status, Value::Null));
    }
    Ok((status, serde_json::from_slice(&bytes)?))
}

fn kept(answer: &Value) -> Option<Kept> {
    let media = answer.get("media")?;
    Some(Kept {
        id: media.get("id")?.as_str()?.to_owned(),
        name: media.get("name")?.as_str()?.to_owned(),
        size: media.get("size")?.as_u64()?,
    })
}
