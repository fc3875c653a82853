//! The server of the measurement: precomputed bytes over kept connections, a thread each, in a process of its own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::{env, io, thread};

use memchr::memmem;

use crate::{FRAGMENTS, Result};

/// How an answer arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Not streamed: JSON.
    Whole,
    /// 64 events to an HTTP chunk, one chunk to a write.
    Packed,
    /// One event to an HTTP chunk, 16 KiB to a write.
    Coalesced,
    /// One event to an HTTP chunk and write.
    Each,
    /// One event, and then nothing.
    Idle,
}

impl Arrival {
    const ALL: [Self; 5] = [Self::Whole, Self::Packed, Self::Coalesced, Self::Each, Self::Idle];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Packed => "packed",
            Self::Coalesced => "coalesced",
            Self::Each => "each",
            Self::Idle => "idle",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|arrival| arrival.name() == name).ok_or_else(|| "no such arrival".into())
    }

    /// The API whose answers arrive this way.
    pub(crate) fn base_url(self, port: u16) -> String {
        format!("http://127.0.0.1:{port}/{}", self.name())
    }
}

/// The process that serves, ended on drop.
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start() -> Result<Self> {
        let mut process =
            Command::new(env::current_exe()?).arg("--serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok(Self { process, port: line.trim().parse()? })
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves until the standard input ends, which is when whoever started this is gone.
pub(crate) fn serve() -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    let answers: Arc<[_]> = Arrival::ALL.map(|arrival| (arrival, answer(arrival))).into();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let answers = answers.clone();
            let answer = move || answer_all(connection, &answers);
            // Small stacks: there are hundreds of idle streams. A connection that breaks is one that its client closed.
            let _ = thread::Builder::new().stack_size(64 << 10).spawn(answer);
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

fn answer_all(mut connection: TcpStream, answers: &[(Arrival, Vec<String>)]) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut received = Vec::new();
    loop {
        let Some(request) = request(&mut connection, &mut received)? else { return Ok(()) };
        let path = request.strip_prefix(b"POST /").unwrap_or_default();
        let found = answers.iter().find(|(arrival, _)| path.starts_with(arrival.name().as_bytes()));
        let Some((arrival, writes)) = found else { return Ok(()) };
        for part in writes {
            connection.write_all(part.as_bytes())?;
        }
        if *arrival == Arrival::Idle {
            // Until the client goes.
            return io::copy(&mut connection, &mut io::sink()).map(drop);
        }
    }
}

/// The next request as a whole; `None` when the client is gone.
fn request(connection: &mut TcpStream, received: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(head) = memmem::find(received, b"\r\n\r\n") {
            let body = content_length(received.get(..head).unwrap_or_default());
            let end = head + 4 + body;
            if received.len() >= end {
                return Ok(Some(received.drain(..end).collect()));
            }
        }
        let mut part = [0; 4096];
        let count = connection.read(&mut part)?;
        if count == 0 {
            return Ok(None);
        }
        received.extend_from_slice(part.get(..count).unwrap_or_default());
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let after = head.split_once("content-length: ").map_or("", |(_, after)| after);
    after.lines().next().and_then(|length| length.trim().parse().ok()).unwrap_or(0)
}

/// Fragments as models write them, as JSON has them: one in sixteen with an escape.
const WORDS: [&str; 16] = [
    " the", " coffee", " mug", " is", " a", " vessel", ",", " glazed", " twice", " and", " fired", " at", " heat", ".",
    "\\n\\n", " It",
];

/// How long the text of an answer is that is not streamed, in bytes.
pub(crate) const WHOLE_BYTES: usize = 1_000;

fn words() -> impl Iterator<Item = &'static str> {
    WORDS.into_iter().cycle()
}

/// The text of a stream of so many fragments.
pub(crate) fn text(fragments: usize) -> String {
    words().take(fragments).collect::<String>().replace("\\n", "\n")
}

const HEADERS: &str = "date: Sun, 22 Nov 2026 06:00:00 GMT\r\nserver: loopback\r\nx-request-id: 0123456789abcdef\r\n\
    cache-control: no-cache\r\naccess-control-allow-origin: *\r\n";

/// What is sent for a request, write by write.
fn answer(arrival: Arrival) -> Vec<String> {
    if arrival == Arrival::Whole {
        let text: String = text(WHOLE_BYTES).replace('\n', " ").chars().take(WHOLE_BYTES).collect();
        let body = format!(r#"{{"text":"{text}","usage":{{"input_tokens":110,"output_tokens":230}}}}"#);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{HEADERS}");
        return vec![format!("{head}content-length: {}\r\n\r\n{body}", body.len())];
    }
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n{HEADERS}transfer-encoding: chunked\r\n\r\n");
    let mut events: Vec<String> =
        words().take(FRAGMENTS).map(|word| format!("data: {{\"text\":\"{word}\"}}\n\n")).collect();
    if arrival == Arrival::Idle {
        events.truncate(1);
        return vec![head, chunk(&events)];
    }
    events.push("data: {\"token_count\":{\"input_tokens\":110,\"output_tokens\":1000}}\n\n".to_owned());
    events.push("data: {\"event\":\"end\",\"data\":{}}\n\n".to_owned());
    let mut chunks: Vec<String> = events.chunks(if arrival == Arrival::Packed { 64 } else { 1 }).map(chunk).collect();
    if let Some(last) = chunks.last_mut() {
        last.push_str("0\r\n\r\n");
    }
    let mut writes = vec![head];
    for chunk in chunks {
        match writes.last_mut() {
            Some(write) if arrival == Arrival::Coalesced && write.len() + chunk.len() <= 16 << 10 => {
                write.push_str(&chunk);
            }
            _ => writes.push(chunk),
        }
    }
    writes
}

fn chunk(events: &[String]) -> String {
    let events = events.concat();
    format!("{:x}\r\n{events}\r\n", events.len())
}
