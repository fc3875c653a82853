//! `extend`: a clip goes on.

use super::medium;
use crate::args::ExtendCommand;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &ExtendCommand) -> Result<(), Failure> {
    medium::make(session, Draft::extend(&command.ask)?, &command.target).await
}
