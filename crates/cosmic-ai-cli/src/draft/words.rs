//! The words of a request: given as an argument, or piped. What is piped is read where that was asked for, and never otherwise: in
//! `while read line; do …; done < file`, standard input is what the loop reads.

use std::fs::File;
use std::io::{IsTerminal as _, Seek as _};

use cosmic_ai::Problem;

use crate::failure::Failure;
use crate::output::{Output, read_input};

/// A text that is given, or comes on standard input: for `-`, and where it is left out and input is piped.
pub(super) async fn words(given: Option<&str>, name: &str, output: Output) -> Result<String, Failure> {
    match given {
        Some("-") => piped().await,
        Some(text) => {
            tell_of_unread_input(output);
            Ok(text.to_owned())
        }
        None if std::io::stdin().is_terminal() => {
            Err(Failure::Usage(format!("{name} is missing: give it, or `-` to read it from standard input")))
        }
        None => piped().await,
    }
}

/// The prompt of a text, which may be one beside a `-`; `None` if there are messages and nothing is added to them.
pub(super) async fn prompt(given: &[String], has_messages: bool, output: Output) -> Result<Option<String>, Failure> {
    let is_asked_for = matches!(given, [dash] if dash == "-");
    if has_messages && (given.is_empty() || is_asked_for) {
        if !is_asked_for && input().is_none() {
            return Ok(None);
        }
        // The messages say enough where nothing comes.
        return Ok(Some(piped().await?).filter(|text| !text.trim().is_empty()));
    }
    match given {
        [] => words(None, "PROMPT", output).await.map(Some),
        [text] => words(Some(text), "PROMPT", output).await.map(Some),
        [before, text] if before == "-" && text != "-" => Ok(Some(format!("{}\n\n{text}", beside().await?))),
        [text, after] if after == "-" && text != "-" => Ok(Some(format!("{text}\n\n{}", beside().await?))),
        _ => Err(Failure::Usage(
            "PROMPT is one text, in quotation marks; a second one is for `-`, as in: cosmic-ai text - 'Summarize this'"
                .to_owned(),
        )),
    }
}

/// What is piped and sent beside a text. Nothing at all is refused: an answer about nothing would be paid for.
async fn beside() -> Result<String, Failure> {
    let text = piped().await?;
    if text.trim().is_empty() {
        return Err(Failure::invalid(Problem::new("prompt", "has nothing for `-`: standard input is empty")));
    }
    Ok(text)
}

/// All of standard input.
async fn piped() -> Result<String, Failure> {
    let text = read_input().await?;
    // What `echo` adds is no part of the text.
    Ok(text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text)).to_owned())
}

/// Says that what is piped is not sent, unless there is certainly nothing.
fn tell_of_unread_input(output: Output) {
    let Some(mut input) = input() else { return };
    let place = input.stream_position().ok();
    let length = input.metadata().ok().map(|metadata| metadata.len());
    // A pipe has no place, and what is in it shows only when it is read.
    if place.zip(length).is_none_or(|(place, length)| place < length) {
        output.note("standard input is not read; say - to send it");
    }
}

/// Standard input if something is piped into it: a pipe, a socket or a file. A terminal, `/dev/null` and a closed one are none of these.
#[cfg(unix)]
fn input() -> Option<File> {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::FileTypeExt as _;

    let input = File::from(std::io::stdin().as_fd().try_clone_to_owned().ok()?);
    let kind = input.metadata().ok()?.file_type();
    (kind.is_fifo() || kind.is_socket() || kind.is_file()).then_some(input)
}

/// What standard input is cannot be told here, so only what is asked for is read.
#[cfg(not(unix))]
const fn input() -> Option<File> {
    None
}
