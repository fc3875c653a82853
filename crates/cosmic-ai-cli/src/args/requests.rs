//! What each kind of call is asked for with. `estimate` takes the same as the call itself.

use std::path::PathBuf;

use clap::Args;
use cosmic_ai::Modality;

use super::values::{self, Known};

/// What text is asked for with.
#[derive(Debug, Clone, Args)]
pub(crate) struct TextArgs {
    /// What to ask; `-` reads it from standard input, as does leaving it out where input is piped. A text beside
    /// `-` is sent with what is read, in the order given
    #[arg(num_args = 0..=2)]
    pub(crate) prompt: Vec<String>,
    #[arg(
        short, long,
        help = values::model_help(Modality::Text),
        value_name = "MODEL",
        value_parser = Known(values::text_models)
    )]
    pub(crate) model: Option<String>,
    /// The most tokens that the answer may have: it bounds the price
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub(crate) max_tokens: Option<String>,
    /// A file of the bucket to look at; a local FILE is uploaded first
    #[arg(long, value_name = "URL|FILE")]
    pub(crate) media_url: Option<String>,
    /// An earlier message, `user=…` or `assistant=…`, oldest first; PROMPT, or what is piped, is then the last message
    #[arg(long = "message", value_name = "ROLE=TEXT", value_parser = message)]
    pub(crate) messages: Vec<(String, String)>,
}

/// What an image is asked for with.
#[derive(Debug, Clone, Args)]
pub(crate) struct ImageArgs {
    /// What the image shows; `-` reads it from standard input, as does leaving it out where input is piped
    pub(crate) prompt: Option<String>,
    #[arg(
        short, long,
        help = values::model_help(Modality::Image),
        value_name = "MODEL",
        value_parser = Known(values::image_models)
    )]
    pub(crate) model: Option<String>,
    /// Size in pixels
    #[arg(long, value_name = "WxH", value_parser = Known(values::sizes))]
    pub(crate) size: Option<String>,
    /// Shape; the size is then its scale
    #[arg(long, value_name = "R", value_parser = Known(values::aspect_ratios))]
    pub(crate) aspect_ratio: Option<String>,
    #[arg(long, help = values::quality_help(), value_name = "Q", value_parser = Known(values::qualities))]
    pub(crate) quality: Option<String>,
    /// File format
    #[arg(long, value_name = "F", value_parser = Known(values::formats))]
    pub(crate) format: Option<String>,
    /// An image that guides the new one; repeat for more. A local FILE is uploaded first
    #[arg(long = "reference", value_name = "URL|FILE")]
    pub(crate) references: Vec<String>,
    /// Alternative text stored with the image [default: the prompt]
    #[arg(long, value_name = "T")]
    pub(crate) alt_text: Option<String>,
    #[command(flatten)]
    pub(crate) stored: StoredArgs,
}

/// What a clip is asked for with.
#[derive(Debug, Clone, Args)]
pub(crate) struct VideoArgs {
    /// What happens in the clip; `-` reads it from standard input, as does leaving it out where input is piped
    pub(crate) prompt: Option<String>,
    #[arg(
        short, long,
        help = values::model_help(Modality::Video),
        value_name = "MODEL",
        value_parser = Known(values::video_models)
    )]
    pub(crate) model: Option<String>,
    #[arg(
        long,
        help = values::duration_help(),
        value_name = "S",
        allow_negative_numbers = true,
        value_parser = Known(values::durations)
    )]
    pub(crate) duration: Option<String>,
    #[arg(long, help = values::resolution_help(), value_name = "R", value_parser = Known(values::resolutions))]
    pub(crate) resolution: Option<String>,
    /// The image that becomes the first frame; a local FILE is uploaded first
    #[arg(long = "reference", value_name = "URL|FILE")]
    pub(crate) references: Vec<String>,
    #[command(flatten)]
    pub(crate) stored: StoredArgs,
}

/// What the continuation of a clip is asked for with.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExtendArgs {
    /// The clip to continue, by its id in the media library
    pub(crate) media_id: String,
    /// How it goes on; `-` reads it from standard input, as does leaving it out where input is piped
    pub(crate) prompt: Option<String>,
    #[arg(
        short, long,
        help = values::model_help(Modality::Video),
        value_name = "MODEL",
        value_parser = Known(values::video_models)
    )]
    pub(crate) model: Option<String>,
    #[command(flatten)]
    pub(crate) stored: StoredArgs,
}

/// What speech is asked for with.
#[derive(Debug, Clone, Args)]
pub(crate) struct SpeechArgs {
    /// The text to speak; `-` reads it from standard input, as does leaving it out where input is piped
    pub(crate) text: Option<String>,
    #[arg(long, help = values::voice_help(), value_name = "V", value_parser = Known(values::voices))]
    pub(crate) voice: Option<String>,
    #[arg(
        short, long,
        help = values::model_help(Modality::Speech),
        value_name = "MODEL",
        value_parser = Known(values::speech_models)
    )]
    pub(crate) model: Option<String>,
    #[command(flatten)]
    pub(crate) stored: StoredArgs,
}

/// Where in the media library a medium goes, and what is stored with it.
#[derive(Debug, Clone, Args)]
pub(crate) struct StoredArgs {
    /// Folder of the media library
    #[arg(long, value_name = "F")]
    pub(crate) folder: Option<String>,
    /// A JSON object stored with the medium
    #[arg(long, value_name = "JSON")]
    pub(crate) metadata: Option<String>,
}

/// Where the bytes of a medium go on this machine.
#[derive(Debug, Clone, Args)]
pub(crate) struct TargetArgs {
    /// The file to write, or `-` for standard output [default: the medium's name in this folder]
    #[arg(short, long, value_name = "FILE|-")]
    pub(crate) output: Option<PathBuf>,
}

fn message(text: &str) -> Result<(String, String), String> {
    let (role, words) = text.split_once('=').ok_or("a message is ROLE=TEXT, such as user=Hello")?;
    Ok((role.to_owned(), words.to_owned()))
}
