//! Where interactions are written: each has its place from when the call begins.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use cosmic_ai_core::{Error, Media, OperationId};
use serde::Serialize;
use serde_json::Value;

use super::super::error::CassetteError;
use super::super::failure::Failure;
use super::super::interaction::{Event, Interaction, Kind, to_value};
use super::super::redaction::Redaction;
use super::super::{file, operation, print};

/// A cassette that is being written.
#[derive(Debug)]
pub(super) struct Tape {
    folder: PathBuf,
    redaction: Redaction,
    with_timing: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The interactions as they are written, in the order in which they began; `None` while they are under way.
    printed: Vec<Option<String>>,
    /// Whether anything was written.
    is_begun: bool,
    /// The media that interactions need, by their names.
    media: BTreeSet<String>,
    /// What went wrong, in order.
    faults: Vec<CassetteError>,
}

impl Tape {
    pub(super) fn start(folder: PathBuf, redaction: Redaction, with_timing: bool) -> Result<Self, CassetteError> {
        redaction.check().map_err(|message| CassetteError::new(&file::path(&folder), "redacted", message))?;
        file::check_writable(&folder)?;
        file::write_attributes(&folder)?;
        // An earlier cassette stays until there is something to take its place: a recording may fail before it begins.
        if !file::path(&folder).exists() {
            file::write(&folder, &redaction, std::iter::empty())?;
        }
        Ok(Self { folder, redaction, with_timing, state: Mutex::default() })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Gives a call its place.
    pub(super) fn begin(tape: &Arc<Self>, kind: Kind, id: Option<&OperationId>, request: &impl Serialize) -> Slot {
        let mut request = to_value(request);
        let hidden = tape.redaction.hide_in_request(&mut request);
        operation::hide(&mut request, id);
        let mut state = tape.state();
        let place = state.printed.len();
        state.printed.push(None);
        drop(state);
        let interaction = Some(Interaction::new(kind, request));
        Slot { tape: tape.clone(), place, interaction, hidden, operation: id.cloned() }
    }

    /// Keeps the bytes of a medium. Gives the name of their file.
    fn keep(&self, media: &Media, bytes: Result<Bytes, Error>) -> Option<String> {
        // Nobody else writes the same medium, or removes it as one that no interaction needs, before it is in the list.
        let mut state = self.state();
        let kept = bytes
            .map_err(|error| {
                let message = format!("the bytes of medium {} could not be fetched: {error}", media.id);
                CassetteError::of_file(&file::path(&self.folder), message)
            })
            .and_then(|bytes| file::write_medium(&self.folder, media, &bytes));
        match kept {
            Ok(name) => {
                state.media.insert(name.clone());
                Some(name)
            }
            Err(fault) => {
                state.faults.push(fault);
                None
            }
        }
    }

    pub(super) fn finish(&self) -> Result<(), CassetteError> {
        let state = self.state();
        let mut faults = self.leaks(&state);
        faults.extend(state.faults.iter().cloned());
        if let Some(fault) = CassetteError::all(faults) {
            return Err(fault);
        }
        if !state.is_begun {
            // What is there is an earlier cassette, whole.
            return Ok(());
        }
        let folder = self.folder.join(file::MEDIA);
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            // Files of other names are someone else's.
            if name.starts_with("sha256-") && !state.media.contains(&format!("{}/{name}", file::MEDIA)) {
                fs::remove_file(entry.path()).map_err(|error| CassetteError::of_file(&entry.path(), error))?;
            }
        }
        Ok(())
    }

    /// What has a secret in it all the same.
    fn leaks(&self, state: &State) -> Vec<CassetteError> {
        let media = state.media.iter().map(|name| self.folder.join(name));
        let mut leaks = Vec::new();
        for file in [file::path(&self.folder)].into_iter().chain(media) {
            // One that cannot be read was told of when it was written, or is by the replay.
            if let Some(line) = fs::read(&file).ok().and_then(|bytes| self.redaction.line_with_secret(&bytes)) {
                leaks.push(CassetteError::new(
                    &file,
                    format!("line {line}"),
                    "a secret is still in it; do not publish it",
                ));
            }
        }
        leaks
    }

    /// Whether it could be: if not for its own sake, then never. A fault of the disk is over by the next, perhaps.
    fn write(&self, place: usize, interaction: &Interaction) -> bool {
        // One that could not be read would take the others with it.
        if let Err((part, message)) = interaction.check() {
            let place = format!("interactions[{place}].{part}");
            let message = format!("was not written, because a replay could not read what is left of it: {message}");
            self.state().faults.push(CassetteError::new(&file::path(&self.folder), place, message));
            return false;
        }
        let printed = print::interaction(&to_value(interaction), 2);
        let mut state = self.state();
        if let Some(slot) = state.printed.get_mut(place) {
            *slot = Some(printed);
        }
        let written = file::write(&self.folder, &self.redaction, state.printed.iter().filter_map(Option::as_deref));
        if let Err(fault) = written {
            state.faults.push(fault);
        }
        state.is_begun = true;
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere cannot have left half an interaction: each is stored in one step.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of a call. Dropped before anything came of the call, it says so.
#[derive(Debug)]
pub(super) struct Slot {
    tape: Arc<Tape>,
    place: usize,
    /// `None` once it is written.
    interaction: Option<Interaction>,
    /// What was hidden in the request.
    hidden: Vec<String>,
    operation: Option<OperationId>,
}

impl Slot {
    /// Whether the time between events is to be kept.
    pub(super) fn with_timing(&self) -> bool {
        self.tape.with_timing
    }

    /// Writes the answer. Its medium may follow.
    pub(super) fn answered(mut self, answer: &impl Serialize) -> Answered {
        let answer = self.hide(to_value(answer));
        let interaction =
            self.interaction.take().map(|interaction| Interaction { answer: Some(answer), ..interaction });
        let interaction = interaction.filter(|interaction| self.tape.write(self.place, interaction));
        Answered { tape: self.tape.clone(), place: self.place, interaction }
    }

    pub(super) fn failed(mut self, error: &Error) {
        let error = self.hide(to_value(&Failure::from(error)));
        self.write(|interaction| interaction.error = Some(error));
    }

    /// A stream; `dropped` where nobody read it to its end.
    pub(super) fn streamed(mut self, mut events: Vec<Event>, dropped: bool) {
        // An error stands for the text as far as it came, where there is one.
        let fields: &[&str] =
            if events.iter().any(|event| event.error.is_some()) { &["text", "partial_text"] } else { &["text"] };
        let mut deltas: Vec<&mut String> = events.iter_mut().filter_map(Event::delta).collect();
        let had: Vec<bool> = deltas.iter().map(|delta| !delta.is_empty()).collect();
        self.tape.redaction.hide_in_deltas(&mut deltas, fields, &self.hidden);
        let is_left_empty: Vec<bool> = deltas.iter().zip(had).map(|(delta, had)| had && delta.is_empty()).collect();
        drop(deltas);
        for event in &mut events {
            for part in [&mut event.end, &mut event.error] {
                *part = part.take().map(|part| self.hide(part));
            }
            if let Some(delta) = event.delta() {
                let mut marked = Value::from(delta.as_str());
                operation::hide(&mut marked, self.operation.as_ref());
                marked.as_str().unwrap_or_default().clone_into(delta);
            }
        }
        let events = without(events, &is_left_empty);
        self.write(|interaction| (interaction.events, interaction.dropped) = (Some(events), dropped));
    }

    fn hide(&self, mut value: Value) -> Value {
        self.tape.redaction.hide_in_answer(&mut value, &self.hidden);
        operation::hide(&mut value, self.operation.as_ref());
        value
    }

    fn write(&mut self, complete: impl FnOnce(&mut Interaction)) {
        if let Some(mut interaction) = self.interaction.take() {
            complete(&mut interaction);
            self.tape.write(self.place, &interaction);
        }
    }
}

/// The place of a call whose answer is written.
#[derive(Debug)]
pub(super) struct Answered {
    tape: Arc<Tape>,
    place: usize,
    /// `None` if it could not be written.
    interaction: Option<Interaction>,
}

impl Answered {
    /// Writes the bytes of the medium that was made, and that it has them. What could not be had is a fault.
    pub(super) fn with_bytes(self, media: &Media, bytes: Result<Bytes, Error>) {
        let Some(interaction) = self.interaction else { return };
        let file = self.tape.keep(media, bytes);
        if file.is_some() {
            self.tape.write(self.place, &Interaction { file, ..interaction });
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.write(|interaction| interaction.dropped = true);
    }
}

/// The events without the deltas that were left empty, by their place among the deltas. Their time passes all the same.
fn without(events: Vec<Event>, is_left_empty: &[bool]) -> Vec<Event> {
    let mut is_left_empty = is_left_empty.iter();
    let (mut kept, mut passed) = (Vec::with_capacity(events.len()), 0);
    for mut event in events {
        if event.delta().is_some() && is_left_empty.next() == Some(&true) {
            passed += event.after_ms.unwrap_or_default();
            continue;
        }
        event.after_ms = event.after_ms.map(|after| after + std::mem::take(&mut passed));
        kept.push(event);
    }
    kept
}
