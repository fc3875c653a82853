//! `extend`: a clip goes on.

use super::medium;
use crate::args::ExtendCommand;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::interrupt::or_interrupted;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &ExtendCommand) -> Result<(), Failure> {
    let draft = or_interrupted(Draft::extend(&command.ask, session.output)).await?;
    medium::make(session, draft, &command.target).await
}
