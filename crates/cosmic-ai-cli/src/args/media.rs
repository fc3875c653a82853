//! What is done in the media library.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{StoredArgs, TargetArgs};

/// `media`.
#[derive(Debug, Args)]
pub(crate) struct MediaCommand {
    #[command(subcommand)]
    pub(crate) action: MediaAction,
}

/// What to do in the media library.
#[derive(Debug, Subcommand)]
pub(crate) enum MediaAction {
    /// List files, newest first
    #[command(after_help = "Example:\n  cosmic-ai media list --folder covers")]
    List {
        /// Only those of a folder
        #[arg(long, value_name = "F")]
        folder: Option<String>,
        /// Only those that an operation made
        #[arg(long, value_name = "ID")]
        operation: Option<String>,
        /// How many at most
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
        /// How many of the newest to pass over
        #[arg(long, value_name = "N", default_value_t = 0)]
        skip: u32,
    },
    /// Describe a file
    #[command(after_help = "Example:\n  cosmic-ai media show 65f3a2c8e4b0")]
    Show {
        /// The file, by its id
        id: String,
    },
    /// Fetch the bytes of a file
    #[command(after_help = "Example:\n  cosmic-ai media get 65f3a2c8e4b0 -o clip.mp4")]
    Get {
        /// The file, by its id
        id: String,
        #[command(flatten)]
        target: TargetArgs,
    },
    /// Store a file of this machine
    #[command(after_help = "Example:\n  cosmic-ai media upload mug.png --alt-text 'A mug'")]
    Upload {
        /// The file
        file: PathBuf,
        /// Alternative text
        #[arg(long, value_name = "T")]
        alt_text: Option<String>,
        #[command(flatten)]
        stored: StoredArgs,
    },
    /// Delete a file
    #[command(after_help = "Example:\n  cosmic-ai media delete 65f3a2c8e4b0 --yes")]
    Delete {
        /// The file, by its id
        id: String,
    },
}
