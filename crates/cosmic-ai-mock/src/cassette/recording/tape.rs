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
    /// The media that interactions need, by their names.
    media: BTreeSet<String>,
    /// The first fault.
    fault: Option<CassetteError>,
}

impl Tape {
    pub(super) fn start(folder: PathBuf, redaction: Redaction, with_timing: bool) -> Result<Self, CassetteError> {
        file::check_writable(&folder)?;
        file::write(&folder, &redaction, std::iter::empty())?;
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
    pub(super) fn keep(&self, media: &Media, bytes: Result<Bytes, Error>) -> Option<String> {
        let kept = bytes
            .map_err(|error| {
                let message = format!("the bytes of medium {} could not be fetched: {error}", media.id);
                CassetteError::of_file(&file::path(&self.folder), message)
            })
            .and_then(|bytes| file::write_medium(&self.folder, media, &bytes));
        let mut state = self.state();
        match kept {
            Ok(name) => {
                state.media.insert(name.clone());
                Some(name)
            }
            Err(fault) => {
                state.fault.get_or_insert(fault);
                None
            }
        }
    }

    pub(super) fn finish(&self) -> Result<(), CassetteError> {
        let state = self.state();
        if let Some(fault) = &state.fault {
            return Err(fault.clone());
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

    fn write(&self, place: usize, interaction: &Interaction) {
        let printed = print::interaction(&to_value(interaction), 2);
        let mut state = self.state();
        if let Some(slot) = state.printed.get_mut(place) {
            *slot = Some(printed);
        }
        let written = file::write(&self.folder, &self.redaction, state.printed.iter().filter_map(Option::as_deref));
        if let Err(fault) = written {
            state.fault.get_or_insert(fault);
        }
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

    pub(super) fn answered(mut self, answer: &impl Serialize, file: Option<String>) {
        let answer = self.hide(to_value(answer));
        self.write(|interaction| (interaction.answer, interaction.file) = (Some(answer), file));
    }

    pub(super) fn failed(mut self, error: &Error) {
        let error = self.hide(to_value(&Failure::from(error)));
        self.write(|interaction| interaction.error = Some(error));
    }

    /// A stream; `dropped` where nobody read it to its end.
    pub(super) fn streamed(mut self, mut events: Vec<Event>, dropped: bool) {
        for event in &mut events {
            for part in [&mut event.end, &mut event.error] {
                *part = part.take().map(|part| self.hide(part));
            }
            if let Some(delta) = event.delta()
                && let Value::String(hidden) = self.hide(Value::from(delta.as_str()))
            {
                *delta = hidden;
            }
        }
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

impl Drop for Slot {
    fn drop(&mut self) {
        self.write(|interaction| interaction.dropped = true);
    }
}
