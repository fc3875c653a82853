//! The main job on a real document: a streamed summary, a cover, a clip, its extension and a narration, each priced
//! before it is made. Runs on the mock backend, without keys or set-up.
//!
//! `cargo run --release --example quickstart -- [DOCUMENT] [--out DIR]`

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cosmic_ai::mock::MockBackend;
use cosmic_ai::pricing::Estimate;
use cosmic_ai::{
    Charge, Client, ClipSeconds, Cost, ExtensionRequest, ImageRequest, ImageSize, Media, RequestRef, Resolution,
    SpeechRequest, TextEvent, TextRequest, Tokens, Usage, VideoRequest,
};

const USAGE: &str = "usage: quickstart [DOCUMENT] [--out DIR]\n\n  DOCUMENT   a text file (default: this project's README.md)\n  --out DIR  where the results go (default: cosmic-out)";

#[tokio::main]
async fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)) {
        Ok(None) => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(Some(arguments)) => match run(&arguments).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&*error),
        },
        Err(message) => {
            eprintln!("error: {message}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let document = read_document(&arguments.document)?;
    std::fs::create_dir_all(&arguments.out)
        .map_err(|error| format!("the folder {} cannot be made: {error}", arguments.out.display()))?;
    let mut session = Session {
        // Your own application would write `Client::new(backend)` with the backend that it pays for.
        client: Client::new(MockBackend::new()),
        out: arguments.out.clone(),
        steps: Vec::new(),
    };
    println!("document: {} ({} characters)", arguments.document.display(), document.chars().count());

    let summary = session.summarise(&document).await?;
    session.draw(&summary).await?;
    let clip = session.film(&summary).await?;
    session.extend(&clip).await?;
    session.narrate(&document).await?;
    session.print_table();
    Ok(())
}

/// One run: the client, where files go, and what was done so far.
struct Session {
    client: Client,
    out: PathBuf,
    steps: Vec<Step>,
}

/// A finished step, for the table.
struct Step {
    name: &'static str,
    file: PathBuf,
    bytes: u64,
    cost: Cost,
}

impl Session {
    async fn summarise(&mut self, document: &str) -> Result<String, Box<dyn Error>> {
        let request = TextRequest::new(format!("Summarise this document:\n\n{document}")).with_max_tokens(300);
        self.announce("summary", &request)?;
        let mut stream = self.client.stream_text(&request).await?;
        while let Some(event) = stream.next().await {
            match event? {
                TextEvent::Delta(text) => {
                    print!("{text}");
                    std::io::stdout().flush()?;
                }
                TextEvent::End(answer) => {
                    println!();
                    let file = self.out.join("summary.txt");
                    tokio::fs::write(&file, format!("{}\n", answer.text)).await?;
                    self.settle("summary", &request, answer.usage.as_ref(), file)?;
                    return Ok(answer.text);
                }
                _ => {}
            }
        }
        Err("the stream ended without its end".into())
    }

    async fn draw(&mut self, summary: &str) -> Result<(), Box<dyn Error>> {
        let request = ImageRequest::new(format!("A cover for: {summary}")).with_size(ImageSize::SQUARE_1024);
        self.announce("cover", &request)?;
        let response = self.client.generate_image(&request).await?;
        let file = self.save(&response.media, "cover.png").await?;
        self.settle("cover", &request, response.usage.as_ref(), file)
    }

    async fn film(&mut self, summary: &str) -> Result<Media, Box<dyn Error>> {
        let request = VideoRequest::new(format!("An opening scene for: {summary}"))
            .with_duration(ClipSeconds::EIGHT)
            .with_resolution(Resolution::P1080);
        self.announce("clip", &request)?;
        let response = self.client.generate_video(&request).await?;
        let file = self.save(&response.media, "clip.mp4").await?;
        self.settle("clip", &request, response.usage.as_ref(), file)?;
        Ok(response.media)
    }

    async fn extend(&mut self, clip: &Media) -> Result<(), Box<dyn Error>> {
        let request = ExtensionRequest::new(&clip.id, "The camera moves on and the light changes");
        self.announce("extension", &request)?;
        let response = self.client.extend_video(&request).await?;
        let file = self.save(&response.media, "clip-extended.mp4").await?;
        self.settle("extension", &request, response.usage.as_ref(), file)
    }

    async fn narrate(&mut self, document: &str) -> Result<(), Box<dyn Error>> {
        let request = SpeechRequest::new(document);
        self.announce("narration", &request)?;
        let response = self.client.generate_speech(&request).await?;
        let file = self.save(&response.media, "narration.mp3").await?;
        self.settle("narration", &request, response.usage.as_ref(), file)
    }

    /// Prints what a step will cost, before anything is sent.
    fn announce<'a>(&self, name: &str, request: impl Into<RequestRef<'a>>) -> Result<Estimate, Box<dyn Error>> {
        let estimate = self.client.estimate(request)?;
        let expected = estimate.expected().map_or(String::from("unknown"), |charge| charge.total().to_string());
        println!("\n{name}: {estimate}, {expected} expected");
        Ok(estimate)
    }

    /// Prints what a step did cost, and keeps it for the table.
    fn settle<'a>(
        &mut self,
        name: &'static str,
        request: impl Into<RequestRef<'a>>,
        usage: Option<&Usage>,
        file: PathBuf,
    ) -> Result<(), Box<dyn Error>> {
        let cost = self.client.cost(request, usage);
        println!("{name}: charged {cost} -> {}", file.display());
        let bytes = std::fs::metadata(&file)?.len();
        self.steps.push(Step { name, file, bytes, cost });
        Ok(())
    }

    async fn save(&self, media: &Media, name: &str) -> Result<PathBuf, cosmic_ai::Error> {
        let file = self.out.join(name);
        self.client.save(media, &file).await?;
        Ok(file)
    }

    fn print_table(&self) {
        let paths: Vec<String> = self.steps.iter().map(|step| step.file.display().to_string()).collect();
        let width = paths.iter().map(String::len).max().unwrap_or_default().max("file".len());
        println!("\n{:<10} {:<width$} {:>10} {:>12}", "step", "file", "bytes", "tokens");
        for (step, path) in self.steps.iter().zip(&paths) {
            let tokens = step.cost.charge().map_or(String::from("unknown"), |charge| charge.total().to_string());
            println!("{:<10} {path:<width$} {:>10} {tokens:>12}", step.name, Tokens(step.bytes).to_string());
        }
        let total: Tokens = self.steps.iter().filter_map(|step| step.cost.charge()).map(Charge::total).sum();
        let bytes: u64 = self.steps.iter().map(|step| step.bytes).sum();
        println!("{:<10} {:<width$} {:>10} {total:>12}", "total", "", Tokens(bytes).to_string());
    }
}

/// What the command line says.
#[derive(Debug, PartialEq)]
struct Arguments {
    document: PathBuf,
    out: PathBuf,
}

impl Arguments {
    /// `None` if help is asked for.
    fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let (mut document, mut out) = (None, None);
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "-h" | "--help" => return Ok(None),
                "--out" => out = Some(arguments.next().ok_or("--out needs a folder")?.into()),
                other if other.starts_with('-') => return Err(format!("there is no option {other}")),
                _ if document.is_some() => return Err(format!("one document at a time, not also {argument}")),
                _ => document = Some(argument.into()),
            }
        }
        let examples = Path::new(env!("CARGO_MANIFEST_DIR"));
        let readme = || examples.parent().unwrap_or(examples).join("README.md");
        Ok(Some(Self {
            document: document.unwrap_or_else(readme),
            out: out.unwrap_or_else(|| PathBuf::from("cosmic-out")),
        }))
    }
}

/// The text of a document.
fn read_document(path: &Path) -> Result<String, String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("document {name} cannot be read: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        format!("document {name} is not text: no UTF-8 at byte {}", error.utf8_error().valid_up_to())
    })?;
    if let Some(at) = text.find('\0') {
        return Err(format!("document {name} is not text: it has a null byte at {at}"));
    }
    if text.trim().is_empty() {
        return Err(format!("document {name} is empty"));
    }
    Ok(text)
}

/// Prints an error and all that is beneath it.
fn fail(error: &dyn Error) -> ExitCode {
    eprintln!("error: {error}");
    let mut beneath = error.source();
    while let Some(source) = beneath {
        eprintln!("  because: {source}");
        beneath = source.source();
    }
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Option<Arguments>, String> {
        Arguments::parse(arguments.iter().map(ToString::to_string))
    }

    #[test]
    fn arguments_come_in_any_order() {
        let wanted = Arguments { document: "a.md".into(), out: "b".into() };
        assert_eq!(parse(&["--out", "b", "a.md"]).unwrap().as_ref(), Some(&wanted));
        assert_eq!(parse(&["a.md", "--out", "b"]).unwrap().as_ref(), Some(&wanted));
    }

    #[test]
    fn wrong_arguments_are_named() {
        assert_eq!(parse(&["--out"]), Err("--out needs a folder".to_owned()));
        assert_eq!(parse(&["--fast"]), Err("there is no option --fast".to_owned()));
        assert_eq!(parse(&["a", "b"]), Err("one document at a time, not also b".to_owned()));
    }

    #[test]
    fn documents_that_are_no_text_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let check = |bytes: &[u8], message: &str| {
            let path = folder.path().join("document");
            std::fs::write(&path, bytes).unwrap();
            let error = read_document(&path).unwrap_err();
            assert!(error.contains(message), "{error}");
        };
        check(b"ok \xff\xfe", "no UTF-8 at byte 3");
        check(b"a\0b", "null byte at 1");
        check(b" \n", "is empty");
        assert!(read_document(&folder.path().join("none")).unwrap_err().contains("cannot be read"));
    }

    #[tokio::test]
    async fn all_files_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let document = folder.path().join("document.md");
        std::fs::write(&document, "# Title\n\nSome words to summarise, film and speak.\n").unwrap();
        let out = folder.path().join("out");
        run(&Arguments { document, out: out.clone() }).await.unwrap();
        let mut names: Vec<String> =
            std::fs::read_dir(&out).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["clip-extended.mp4", "clip.mp4", "cover.png", "narration.mp3", "summary.txt"]);
    }
}
