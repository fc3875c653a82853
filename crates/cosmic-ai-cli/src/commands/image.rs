//! `image`: one picture.

use super::medium;
use crate::args::ImageCommand;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &ImageCommand) -> Result<(), Failure> {
    medium::make(session, Draft::image(&command.ask)?, &command.target).await
}
