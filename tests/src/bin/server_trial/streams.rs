//! Many event streams at once, held for a while: is anything lost, doubled or out of order, and what memory do they take?

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::arguments::Arguments;
use crate::child::Served;
use crate::wire::post;

/// How many streams are opened at once while they start.
const BURST: usize = 100;

/// What was seen of a stream.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    events: u32,
    lost: u32,
    doubled: u32,
    reordered: u32,
    is_ended: bool,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let (count, seconds) = (arguments.get("count", 2_000)?, arguments.get("seconds", 60)?);
    let folder = std::env::temp_dir().join(format!("server-trial-streams-{}", std::process::id()));
    let data = folder.display().to_string();
    let server = Served::start(&["serve", "--paced", "--memory-ledger", "--data", &data]).await?;
    follow(&server.address, 1).await.context("the first stream")?;
    let before = server.resident_kib()?;

    let mut streams = JoinSet::new();
    let began = Instant::now();
    for place in 0..count {
        let address = server.address.clone();
        streams.spawn(async move { follow(&address, seconds).await });
        if place % BURST == BURST - 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let mut peak = before;
    let mut seen = Seen { is_ended: true, ..Seen::default() };
    let mut failed = 0_usize;
    while !streams.is_empty() {
        tokio::select! {
            Some(ended) = streams.join_next() => match ended? {
                Ok(stream) => {
                    seen.events += stream.events;
                    seen.lost += stream.lost;
                    seen.doubled += stream.doubled;
                    seen.reordered += stream.reordered;
                    seen.is_ended &= stream.is_ended;
                }
                Err(error) => {
                    eprintln!("{error:#}");
                    failed += 1;
                }
            },
            () = tokio::time::sleep(Duration::from_millis(500)) => peak = peak.max(server.resident_kib()?),
        }
    }
    let held = began.elapsed().as_secs_f64();
    server.stop().await?;
    let _ = std::fs::remove_dir_all(folder);
    #[expect(clippy::cast_precision_loss, reason = "for show")]
    let each = peak.saturating_sub(before) as f64 / count as f64;
    println!(
        "streams: {count} held {held:.0} s, {} events, lost {}, doubled {}, reordered {}, failed {failed}, \
         resident {before} KiB before, {peak} KiB at most, {each:.1} KiB a stream",
        seen.events, seen.lost, seen.doubled, seen.reordered
    );
    let is_whole = seen.is_ended && failed == 0 && seen.lost + seen.doubled + seen.reordered == 0;
    if !is_whole || u64::from(seen.events) != u64::from(seconds) * count as u64 {
        bail!("streams were not whole");
    }
    Ok(())
}

/// Reads a stream of so many numbered events to its end.
async fn follow(address: &str, events: u32) -> Result<Seen> {
    let body = format!(r#"{{"prompt":"count","max_tokens":{events},"stream":true}}"#);
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&post("/v3/buckets/trial/ai/text", &body)).await?;
    let mut seen = Seen::default();
    let mut rest = Vec::with_capacity(1 << 10);
    while !seen.is_ended {
        if stream.read_buf(&mut rest).await? == 0 {
            bail!("cut after {} events", seen.events);
        }
        while let Some(end) = rest.windows(2).position(|window| window == b"\n\n") {
            let block: Vec<u8> = rest.drain(..end + 2).collect();
            // Between events stand the sizes of chunks, and comments that keep the stream alive.
            let block = String::from_utf8(block)?;
            for data in block.lines().filter_map(|line| line.strip_prefix("data: ")) {
                note(&mut seen, &serde_json::from_str(data)?)?;
            }
        }
    }
    seen.lost += events.saturating_sub(seen.events);
    Ok(seen)
}

fn note(seen: &mut Seen, event: &Value) -> Result<()> {
    if let Some(error) = event.get("error") {
        bail!("an error event: {error}");
    }
    if let Some(text) = event.get("text").and_then(Value::as_str) {
        let number: u32 = text.trim().parse()?;
        match number.cmp(&seen.events) {
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Less if number + 1 == seen.events => seen.doubled += 1,
            std::cmp::Ordering::Less => seen.reordered += 1,
            std::cmp::Ordering::Greater => seen.lost += number - seen.events,
        }
        seen.events += 1;
    }
    seen.is_ended |= event.get("event").and_then(Value::as_str) == Some("end");
    Ok(())
}
