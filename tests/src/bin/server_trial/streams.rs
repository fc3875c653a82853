//! Many event streams at once, held for a while: is anything lost, doubled or out of order, and what memory do they take? Fails
//! on the first, and if they take more than the target.

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
/// How many seconds there are for all to be open before the time that they are held counts.
const OPENING: u32 = 3;
/// What a stream may take of the server's resident memory, in KiB.
const AT_MOST_KIB: f64 = 40.0;

/// What was seen of a stream.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// When its first event came.
    began: Instant,
    events: u32,
    lost: u32,
    doubled: u32,
    reordered: u32,
    is_ended: bool,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let (count, seconds) = (arguments.get("count", 2_000)?, arguments.get("seconds", 60_u32)?);
    let at_most_kib = arguments.get("at-most-kib", AT_MOST_KIB)?;
    // The first event comes at once, the last when the time is over.
    let events = OPENING + seconds + 1;
    let folder = std::env::temp_dir().join(format!("server-trial-streams-{}", std::process::id()));
    let data = folder.display().to_string();
    let server = Served::start(&["serve", "--paced", "--memory-ledger", "--data", &data]).await?;
    follow(&server.address, 1).await.context("the first stream")?;
    let before = server.resident_kib()?;

    let mut streams = JoinSet::new();
    for place in 0..count {
        let address = server.address.clone();
        streams.spawn(async move { follow(&address, events).await });
        if place % BURST == BURST - 1 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let mut peak = before;
    let mut all = All::default();
    while !streams.is_empty() {
        tokio::select! {
            Some(ended) = streams.join_next() => all.add(ended?),
            () = tokio::time::sleep(Duration::from_millis(500)) => peak = peak.max(server.resident_kib()?),
        }
    }
    server.stop().await?;
    let _ = std::fs::remove_dir_all(folder);
    #[expect(clippy::cast_precision_loss, reason = "for show")]
    let each = peak.saturating_sub(before) as f64 / count as f64;
    let held = all.held();
    println!(
        "streams: {count} held {:.1} s all at once, {} events, lost {}, doubled {}, reordered {}, failed {}, resident {before} KiB \
         before, {peak} KiB at most, {each:.1} KiB a stream (at most {at_most_kib} KiB)",
        held.as_secs_f64(),
        all.events,
        all.lost,
        all.doubled,
        all.reordered,
        all.failed
    );
    let is_whole = all.failed == 0 && all.lost + all.doubled + all.reordered == 0;
    if !is_whole || all.events != u64::from(events) * count as u64 {
        bail!("streams were not whole");
    }
    if held < Duration::from_secs(seconds.into()) {
        bail!("not all streams were held at once for {seconds} s: they took more than {OPENING} s to open");
    }
    if each > at_most_kib {
        bail!("a stream takes {each:.1} KiB, more than {at_most_kib} KiB");
    }
    Ok(())
}

/// What was seen of all streams.
#[derive(Debug, Default)]
struct All {
    events: u64,
    lost: u32,
    doubled: u32,
    reordered: u32,
    failed: u32,
    last_began: Option<Instant>,
    first_ended: Option<Instant>,
}

impl All {
    fn add(&mut self, stream: Result<Seen>) {
        let now = Instant::now();
        self.first_ended.get_or_insert(now);
        match stream {
            Ok(stream) => {
                self.events += u64::from(stream.events);
                self.lost += stream.lost;
                self.doubled += stream.doubled;
                self.reordered += stream.reordered;
                self.last_began = self.last_began.max(Some(stream.began));
            }
            Err(error) => {
                eprintln!("{error:#}");
                self.failed += 1;
            }
        }
    }

    /// How long all of them were open.
    fn held(&self) -> Duration {
        let held = self.first_ended.zip(self.last_began).map(|(ended, began)| ended.saturating_duration_since(began));
        held.unwrap_or_default()
    }
}

/// Reads a stream of so many numbered events to its end.
async fn follow(address: &str, events: u32) -> Result<Seen> {
    let body = format!(r#"{{"prompt":"count","max_tokens":{events},"stream":true}}"#);
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(&post("/v3/buckets/trial/ai/text", &body)).await?;
    let mut seen = Seen { began: Instant::now(), events: 0, lost: 0, doubled: 0, reordered: 0, is_ended: false };
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
        if seen.events == 0 {
            seen.began = Instant::now();
        }
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
