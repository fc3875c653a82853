//! `video`: one clip.

use super::medium;
use crate::args::VideoCommand;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &VideoCommand) -> Result<(), Failure> {
    medium::make(session, Draft::video(&command.ask)?, &command.target).await
}
