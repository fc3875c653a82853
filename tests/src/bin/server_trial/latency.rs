//! What the server adds to the time of an answer: against a bare handler of the same framework that reads the same body and gives
//! an answer of the same size. Requests are sent at a steady rate whether or not earlier ones are answered, rounds alternate,
//! and the median of the rounds counts, since this is measured beside whatever else the machine does. Fails if more is added to
//! the 99th percentile than the target allows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use axum::Router;
use axum::routing::post as on_post;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::arguments::Arguments;
use crate::child::Served;
use crate::wire::{exchange, post};

const BODY: &str = r#"{"prompt":"Write a product description for a coffee mug","max_tokens":100}"#;

/// What is asked of a server with a kind of ledger.
struct Target {
    ledger: &'static str,
    /// How many requests come in a second.
    rate: u32,
    /// What the server may add to the 99th percentile, in milliseconds.
    added_ms: f64,
}

const DURABLE: Target = Target { ledger: "SQLite", rate: 300, added_ms: 5.0 };
const MEMORY: Target = Target { ledger: "memory", rate: 1_000, added_ms: 2.0 };

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let is_durable = !arguments.has("memory-ledger");
    let target = if is_durable { DURABLE } else { MEMORY };
    let rate: u32 = arguments.get("rate", target.rate)?;
    let at_most_ms: f64 = arguments.get("at-most-ms", target.added_ms)?;
    let (seconds, rounds): (u32, u32) = (arguments.get("seconds", 5)?, arguments.get("rounds", 9)?);
    let folder = std::env::temp_dir().join(format!("server-trial-latency-{}", std::process::id()));
    let data = folder.display().to_string();
    let mut words = vec!["serve", "--data", &data];
    if !is_durable {
        words.push("--memory-ledger");
    }
    let (server, bare) = (Served::start(&words).await?, Served::start(&["bare"]).await?);
    let request: Arc<[u8]> = post("/v3/buckets/trial/ai/text", BODY).into();
    let mut p50 = (Vec::new(), Vec::new());
    let mut p99 = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let with = round_of(&server.address, &request, rate, seconds).await?;
        let without = round_of(&bare.address, &request, rate, seconds).await?;
        if round == 0 {
            // Warms up.
            continue;
        }
        p50.0.push(percentile(&with, 50));
        p50.1.push(percentile(&without, 50));
        p99.0.push(percentile(&with, 99));
        p99.1.push(percentile(&without, 99));
    }
    server.stop().await?;
    bare.stop().await?;
    let _ = std::fs::remove_dir_all(folder);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let (with, without) = ((median(&p50.0), median(&p99.0)), (median(&p50.1), median(&p99.1)));
    let added_ms = ms(with.1) - ms(without.1);
    println!(
        "latency at {rate}/s, {} ledger, {rounds} rounds of {seconds} s: server p50 {:.2} ms p99 {:.2} ms, bare handler p50 \
         {:.2} ms p99 {:.2} ms, added p50 {:.2} ms p99 {added_ms:.2} ms (at most {at_most_ms} ms)",
        target.ledger,
        ms(with.0),
        ms(with.1),
        ms(without.0),
        ms(without.1),
        ms(with.0) - ms(without.0)
    );
    if added_ms > at_most_ms {
        bail!("the server adds {added_ms:.2} ms to the 99th percentile, more than {at_most_ms} ms");
    }
    Ok(())
}

/// A handler that reads the body and answers about as much as the server does.
pub(crate) async fn bare() -> Result<()> {
    let answer = json!({ "text": "word ".repeat(100), "usage": { "input_tokens": 10, "output_tokens": 100 } });
    let handler = move |body: String| async move {
        let _: Value = serde_json::from_str(&body).unwrap_or_default();
        axum::Json(answer)
    };
    let router = Router::new().route("/v3/buckets/trial/ai/text", on_post(handler));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", json!({ "base_url": format!("http://{}/v3", listener.local_addr()?) }));
    let serving = axum::serve(listener, router);
    let mut rest = Vec::new();
    let mut input = tokio::io::stdin();
    tokio::select! {
        served = async { serving.await } => served?,
        _ = input.read_to_end(&mut rest) => {}
    }
    Ok(())
}

/// The times of the answers to requests at a steady rate, counted from when each was due.
async fn round_of(address: &str, request: &Arc<[u8]>, rate: u32, seconds: u32) -> Result<Vec<Duration>> {
    let idle: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
    let mut answers = JoinSet::new();
    let began = Instant::now();
    for place in 0..rate * seconds {
        let due = began + Duration::from_secs(1) * place / rate;
        tokio::time::sleep_until(due.into()).await;
        let (address, request, idle) = (address.to_owned(), request.clone(), idle.clone());
        answers.spawn(async move {
            let kept = idle.lock().await.pop();
            let mut stream = match kept {
                Some(stream) => stream,
                None => TcpStream::connect(address).await?,
            };
            let (status, _) = exchange(&mut stream, &request).await?;
            let took = due.elapsed();
            if status != 200 {
                bail!("status {status}");
            }
            idle.lock().await.push(stream);
            Ok(took)
        });
    }
    let mut times = Vec::new();
    while let Some(answered) = answers.join_next().await {
        times.push(answered??);
    }
    Ok(times)
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn median(times: &[Duration]) -> Duration {
    percentile(times, 50)
}
