//! `image`: one picture.

use super::medium;
use crate::args::ImageCommand;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::interrupt::or_interrupted;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &ImageCommand) -> Result<(), Failure> {
    let draft = or_interrupted(Draft::image(&command.ask, session.output)).await?;
    medium::make(session, draft, &command.target).await
}
