//! From arguments to requests. What a text cannot be is found wrong here, in the library's own terms; all else is the registry's
//! to judge.

mod words;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use cosmic_ai::registry::Spec;
use cosmic_ai::{
    Error, ExtensionRequest, ImageRequest, InvalidRequest, Message, Modality, Model, Problem, Registry, Request,
    SpeechRequest, TextRequest, VideoRequest, Voice,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::words::words;
use crate::args::{EstimateKind, ExtendArgs, ImageArgs, SpeechArgs, StoredArgs, TextArgs, VideoArgs, values};
use crate::failure::Failure;
use crate::output::Output;

/// Where a file stands in a request until it is uploaded: the host is reserved, nothing is ever there.
const NOT_UPLOADED: &str = "https://not-uploaded.invalid/";

/// A request, and the files of this machine that it names.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) request: Request,
    /// Each with what stands for it in the request.
    pub(crate) uploads: Vec<(PathBuf, String)>,
}

/// What is wrong with texts that are no values, told together with what the registry finds wrong.
#[derive(Default)]
struct Gathered {
    problems: Vec<Problem>,
    uploads: Vec<(PathBuf, String)>,
}

impl Draft {
    pub(crate) async fn text(args: &TextArgs, output: Output) -> Result<Self, Failure> {
        let mut gathered = Gathered::default();
        let prompt = words::prompt(&args.prompt, !args.messages.is_empty(), output).await?;
        let mut request = if args.messages.is_empty() {
            TextRequest::new(prompt.unwrap_or_default())
        } else {
            let earlier = args.messages.iter().enumerate();
            let mut messages: Vec<Message> =
                earlier.filter_map(|(place, (role, text))| gathered.message(place, role, text)).collect();
            messages.extend(prompt.map(Message::user));
            TextRequest::chat(messages)
        };
        request.model = args.model.as_deref().map(Into::into);
        request.max_tokens = gathered.parsed("max_tokens", args.max_tokens.as_deref(), || vec!["1 or more".to_owned()]);
        request.media_url = args.media_url.as_deref().map(|source| gathered.source("media_url", source));
        gathered.draft(request)
    }

    pub(crate) async fn image(args: &ImageArgs, output: Output) -> Result<Self, Failure> {
        let mut gathered = Gathered::default();
        let model = model_of(Modality::Image, args.model.as_deref());
        let of_model = |of: fn(&Spec) -> Vec<String>, all: fn() -> Vec<String>| {
            move || model.map_or_else(all, |model| of(&model.spec))
        };
        let mut request = ImageRequest::new(words(args.prompt.as_deref(), "PROMPT", output).await?);
        request.model = args.model.as_deref().map(Into::into);
        request.size = gathered.parsed("size", args.size.as_deref(), of_model(sizes_of, values::sizes));
        let ratios = of_model(ratios_of, values::aspect_ratios);
        request.aspect_ratio = gathered.parsed("aspect_ratio", args.aspect_ratio.as_deref(), ratios);
        request.quality = gathered.named("quality", args.quality.as_deref(), values::qualities);
        request.format = gathered.named("format", args.format.as_deref(), values::formats);
        request.reference_images = gathered.references(&args.references);
        request.alt_text.clone_from(&args.alt_text);
        (request.folder, request.metadata) = gathered.stored(&args.stored);
        gathered.draft(request)
    }

    pub(crate) async fn video(args: &VideoArgs, output: Output) -> Result<Self, Failure> {
        let mut gathered = Gathered::default();
        let mut request = VideoRequest::new(words(args.prompt.as_deref(), "PROMPT", output).await?);
        request.model = args.model.as_deref().map(Into::into);
        request.duration = gathered.parsed("duration", args.duration.as_deref(), values::durations);
        request.resolution = gathered.parsed("resolution", args.resolution.as_deref(), values::resolutions);
        request.reference_images = gathered.references(&args.references);
        (request.folder, request.metadata) = gathered.stored(&args.stored);
        gathered.draft(request)
    }

    pub(crate) async fn extend(args: &ExtendArgs, output: Output) -> Result<Self, Failure> {
        let mut gathered = Gathered::default();
        let mut request =
            ExtensionRequest::new(args.media_id.as_str(), words(args.prompt.as_deref(), "PROMPT", output).await?);
        request.model = args.model.as_deref().map(Into::into);
        (request.folder, request.metadata) = gathered.stored(&args.stored);
        gathered.draft(request)
    }

    pub(crate) async fn speech(args: &SpeechArgs, output: Output) -> Result<Self, Failure> {
        let mut gathered = Gathered::default();
        let mut request = SpeechRequest::new(words(args.text.as_deref(), "TEXT", output).await?);
        request.model = args.model.as_deref().map(Into::into);
        request.voice = args.voice.as_deref().map(Voice::from);
        (request.folder, request.metadata) = gathered.stored(&args.stored);
        gathered.draft(request)
    }

    /// What `estimate` prices, and whether on every model.
    pub(crate) async fn priced(kind: &EstimateKind, output: Output) -> Result<(Self, bool), Failure> {
        Ok(match kind {
            EstimateKind::Text(priced) => (Self::text(&priced.ask, output).await?, priced.compare),
            EstimateKind::Image(priced) => (Self::image(&priced.ask, output).await?, priced.compare),
            EstimateKind::Video(priced) => (Self::video(&priced.ask, output).await?, priced.compare),
            EstimateKind::Extend(priced) => (Self::extend(&priced.ask, output).await?, priced.compare),
            EstimateKind::Speech(priced) => (Self::speech(&priced.ask, output).await?, priced.compare),
        })
    }

    /// Puts the URL of an uploaded file in its place.
    pub(crate) fn replace(&mut self, placeholder: &str, url: &str) {
        let places: Vec<&mut String> = match &mut self.request {
            Request::Text(request) => request.media_url.iter_mut().collect(),
            Request::Image(request) => request.reference_images.iter_mut().collect(),
            Request::Video(request) => request.reference_images.iter_mut().collect(),
            _ => Vec::new(),
        };
        for place in places.into_iter().filter(|place| *place == placeholder) {
            url.clone_into(place);
        }
    }
}

impl Gathered {
    /// A value in its own notation.
    fn parsed<T: FromStr>(
        &mut self,
        field: &'static str,
        text: Option<&str>,
        allowed: impl FnOnce() -> Vec<String>,
    ) -> Option<T> {
        let text = text?;
        let value = text.trim().parse().ok();
        if value.is_none() {
            self.problems.push(Problem::new(field, "cannot be read").given(text).allowed(allowed()));
        }
        value
    }

    /// A value by its name on the wire.
    fn named<T: DeserializeOwned>(
        &mut self,
        field: &'static str,
        text: Option<&str>,
        allowed: impl FnOnce() -> Vec<String>,
    ) -> Option<T> {
        let text = text?;
        let value = serde_json::from_value(Value::String(text.to_ascii_lowercase())).ok();
        if value.is_none() {
            self.problems.push(Problem::new(field, "is not known").given(text).allowed(allowed()));
        }
        value
    }

    fn message(&mut self, place: usize, role: &str, text: &str) -> Option<Message> {
        match role {
            "user" => Some(Message::user(text)),
            "assistant" => Some(Message::assistant(text)),
            other => {
                let problem = Problem::new(format!("messages[{place}].role"), "is not known").given(other);
                self.problems.push(problem.allowed(["user", "assistant"]));
                None
            }
        }
    }

    fn references(&mut self, sources: &[String]) -> Vec<String> {
        let places = sources.iter().enumerate();
        places.map(|(place, source)| self.source(format!("reference_images[{place}]"), source)).collect()
    }

    /// A URL as it is, for the registry to judge; what stands for a file of this machine. What is neither is a problem, and something
    /// stands for it too, so that it is told once.
    fn source(&mut self, field: impl Into<Cow<'static, str>>, source: &str) -> String {
        let path = Path::new(source);
        if source.contains("://") || source.starts_with("data:") || source.trim().is_empty() {
            return source.to_owned();
        }
        let placeholder = format!("{NOT_UPLOADED}{}", self.uploads.len());
        if path.is_file() {
            self.uploads.push((path.to_owned(), placeholder.clone()));
        } else {
            let wrong = if path.exists() {
                "is neither a URL nor a file that can be uploaded"
            } else {
                "is neither a URL nor a file that is there"
            };
            self.problems.push(Problem::new(field, wrong).given(source));
        }
        placeholder
    }

    fn stored(&mut self, args: &StoredArgs) -> (Option<String>, Option<Value>) {
        let metadata = args.metadata.as_deref().and_then(|text| {
            let value = serde_json::from_str(text);
            if let Err(error) = &value {
                self.problems.push(Problem::new("metadata", format!("is no JSON: {error}")).given(text));
            }
            value.ok()
        });
        (args.folder.clone(), metadata)
    }

    /// The draft; or all that is wrong, what the registry finds wrong with the rest included.
    fn draft(mut self, request: impl Into<Request>) -> Result<Draft, Failure> {
        let request = request.into();
        if self.problems.is_empty() {
            return Ok(Draft { request, uploads: self.uploads });
        }
        if let Err(InvalidRequest { problems, .. }) = Registry::built_in().check(&request) {
            // A chat of which no message could be read lacks nothing else.
            self.problems.extend(problems);
        }
        Err(Error::invalid(InvalidRequest::new(self.problems)).into())
    }
}

fn model_of(modality: Modality, named: Option<&str>) -> Option<&'static Model> {
    let registry = Registry::built_in();
    match named {
        Some(name) => registry.find(name).filter(|model| model.modality() == modality),
        None => registry.default_model(modality),
    }
}

fn sizes_of(spec: &Spec) -> Vec<String> {
    match spec {
        Spec::Image(spec) => spec.sizes.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

fn ratios_of(spec: &Spec) -> Vec<String> {
    match spec {
        Spec::Image(spec) => spec.aspect_ratios.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
