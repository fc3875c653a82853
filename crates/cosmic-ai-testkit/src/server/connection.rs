//! One connection of a scripted server: takes turns and does their steps.

use std::sync::Arc;

use super::http2::{self, Session};
use super::reply::Reply;
use super::script::{Remaining, Step, Turn};
use crate::http1::{self, Begun};
use crate::wire::{Left, Wire};

/// How much is filled at once.
const FILL: usize = 64 * 1024;

/// What becomes of a connection after a turn.
enum Next {
    Again,
    Close,
    Reset,
}

/// Serves a connection until it ends.
pub(super) async fn serve(mut wire: Wire, turns: Arc<Remaining>) {
    let mut session = None;
    let mut is_new = true;
    loop {
        let is_asked = !(is_new && turns.begins_at_once());
        is_new = false;
        if is_asked && wait_for_request(&mut wire, &mut session).await.is_err() {
            return;
        }
        let turn = turns.take();
        if turn.is_some() {
            wire.log().turn_begun();
        } else {
            wire.log().was_unexpected();
        }
        let turn = turn.unwrap_or_else(|| exhausted(session.is_some()));
        match run(&mut wire, &mut session, turn).await {
            Ok(Next::Again) => {}
            Ok(Next::Close) => return wire.close().await,
            Ok(Next::Reset) => return wire.reset(),
            Err(Left) => return wire.log().hung_up(),
        }
    }
}

/// Waits until a request has begun, and on the way learns which version of HTTP the client speaks.
async fn wait_for_request(wire: &mut Wire, session: &mut Option<Session>) -> Result<(), Left> {
    if let Some(session) = session {
        return session.wait_for_request(wire).await;
    }
    wire.receive_at_least(1).await?;
    if http2::PREFACE.starts_with(wire.received().get(..1).unwrap_or_default()) {
        // A method may begin with the same letter.
        wire.receive_at_least(3).await?;
    }
    if wire.received().starts_with(b"PRI") {
        let begun = session.insert(Session::begin(wire).await?);
        return begun.wait_for_request(wire).await;
    }
    Ok(())
}

fn exhausted(is_http2: bool) -> Turn {
    const BODY: &str = r#"{"status":500,"message":"script exhausted"}"#;
    if is_http2 { Turn::h2_json(500, BODY) } else { Reply::json(500, BODY).into() }
}

async fn run(wire: &mut Wire, session: &mut Option<Session>, turn: Turn) -> Result<Next, Left> {
    let mut begun: Option<Begun> = None;
    for step in turn.0 {
        match step {
            Step::ReadHead | Step::ReadRequest if session.is_some() => {
                if let Some(session) = session {
                    session.next_request(wire).await?;
                    if matches!(step, Step::ReadRequest) {
                        session.finish_request(wire).await?;
                    }
                }
            }
            Step::ReadHead => begun = Some(http1::read_head(wire).await?),
            Step::ReadRequest => {
                let request = match begun.take() {
                    Some(request) => request,
                    None => http1::read_head(wire).await?,
                };
                http1::read_body(wire, request).await?;
            }
            Step::Send(bytes) => wire.send(&bytes).await?,
            Step::Fill { byte, count } => fill(wire, byte, count).await?,
            Step::Pause(duration) => watch(wire, session, tokio::time::sleep(duration)).await?,
            Step::Hold => watch(wire, session, std::future::pending()).await?,
            Step::Gate(gate) => watch(wire, session, gate.pass()).await?,
            Step::Deaf => std::future::pending().await,
            Step::Reset => return Ok(Next::Reset),
            Step::Close => return Ok(Next::Close),
            Step::KeepAlive => return Ok(Next::Again),
            frame => match session {
                Some(session) => session.send(wire, frame).await?,
                // The client speaks HTTP/1.1 to a script of HTTP/2.
                None => return Ok(Next::Close),
            },
        }
    }
    Ok(Next::Close)
}

/// Waits for `event`, unless the client leaves before.
async fn watch(wire: &mut Wire, session: &mut Option<Session>, event: impl Future<Output = ()>) -> Result<(), Left> {
    match session {
        Some(session) => session.watch(wire, event).await,
        None => wire.watch(event).await,
    }
}

async fn fill(wire: &mut Wire, byte: u8, count: u64) -> Result<(), Left> {
    let block = vec![byte; FILL];
    let mut missing = count;
    while missing > 0 {
        let now = usize::try_from(missing).unwrap_or(FILL).min(FILL);
        wire.send(block.get(..now).unwrap_or(&block)).await?;
        missing -= now as u64;
    }
    Ok(())
}
