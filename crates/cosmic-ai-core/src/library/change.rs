//! What is to be changed of a stored file.

use serde_json::{Map, Value};

use crate::media::Media;

/// What to change of a stored file. What is `None` stays as it is.
///
/// ```
/// use cosmic_ai_core::MediaChange;
///
/// let change = MediaChange::new().with_folder("posters").with_alt_text("A bicycle by the sea");
/// assert!(!change.is_empty() && change.metadata.is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct MediaChange {
    /// Where to put it.
    pub folder: Option<Folder>,
    /// The alternative text; an empty one takes it away.
    pub alt_text: Option<String>,
    /// What to store with it, in the place of all that was. That includes what its generator stored, such as what a clip
    /// needs to be extended and the id of the operation: begin with the medium's own metadata to keep it.
    pub metadata: Option<Map<String, Value>>,
}

/// Where in a library a file is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Folder {
    /// In no folder.
    Top,
    /// In the folder of this name.
    Named(String),
}

impl MediaChange {
    /// A change of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts it in a folder.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<String>) -> Self {
        self.folder = Some(Folder::Named(folder.into()));
        self
    }

    /// Takes it out of its folder, to the top.
    #[must_use]
    pub fn without_folder(mut self) -> Self {
        self.folder = Some(Folder::Top);
        self
    }

    /// Sets the alternative text; an empty one takes it away.
    #[must_use]
    pub fn with_alt_text(mut self, alt_text: impl Into<String>) -> Self {
        self.alt_text = Some(alt_text.into());
        self
    }

    /// Replaces all that is stored with it.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = Some(metadata);
        self
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.folder.is_none() && self.alt_text.is_none() && self.metadata.is_none()
    }

    /// Makes the change in a description, for libraries that keep descriptions. When it was modified is theirs to say.
    pub fn apply(self, media: &mut Media) {
        match self.folder {
            Some(Folder::Named(folder)) => media.folder = Some(folder),
            Some(Folder::Top) => media.folder = None,
            None => {}
        }
        if let Some(alt_text) = self.alt_text {
            media.alt_text = Some(alt_text).filter(|text| !text.is_empty());
        }
        if let Some(metadata) = self.metadata {
            media.metadata = metadata;
        }
    }
}
