//! `speech`: a text, spoken.

use super::medium;
use crate::args::SpeechCommand;
use crate::draft::Draft;
use crate::failure::Failure;
use crate::interrupt::or_interrupted;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &SpeechCommand) -> Result<(), Failure> {
    let draft = or_interrupted(Draft::speech(&command.ask, session.output)).await?;
    medium::make(session, draft, &command.target).await
}
