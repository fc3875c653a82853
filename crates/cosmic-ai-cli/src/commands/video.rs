//! `video`: one clip.

use super::medium;
use crate::args::VideoCommand;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::interrupt::or_interrupted;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &VideoCommand) -> Result<(), Failure> {
    let draft = or_interrupted(Draft::video(&command.ask, session.output)).await?;
    medium::make(session, draft, &command.target).await
}
