//! A user of one's own: a home folder, an environment, and the program in it.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cosmic_ai_testkit::server::FaultServer;
use cosmic_ai_testkit::stub::CosmicStub;
use serde_json::Value;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_cosmic-ai");

/// How long a run may take. Far more than any does.
const PATIENCE: Duration = Duration::from_mins(2);

/// A user: the folder that is their home and the one they work in.
pub(crate) struct User {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

/// What became of a run.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) bytes: Vec<u8>,
}

impl User {
    /// A user who has set nothing.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("work")).unwrap();
        Self { folder, variables: Vec::new() }
    }

    /// A user of the mock.
    pub(crate) fn of_mock() -> Self {
        Self::new().with("COSMIC_BACKEND", "mock")
    }

    /// A user of a local API.
    pub(crate) fn of_stub(stub: &CosmicStub) -> Self {
        Self::of_service(&stub.base_url(), stub.bucket(), stub.write_key(), stub.read_key())
    }

    /// A user of a faulty API.
    pub(crate) fn of_faults(server: &FaultServer) -> Self {
        Self::of_service(&server.url(), "bucket", "write-key-of-the-test", "read-key-of-the-test")
    }

    pub(crate) fn of_service(url: &str, bucket: &str, write: &str, read: &str) -> Self {
        Self::new()
            .with("COSMIC_BASE_URL", url)
            .with("COSMIC_API_URL", url)
            .with("COSMIC_BUCKET_SLUG", bucket)
            .with("COSMIC_WRITE_KEY", write)
            .with("COSMIC_READ_KEY", read)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A path in the folder that the user works in.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// A path in the home folder.
    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn config(&self, text: &str) {
        let path = self.home(".config/cosmic-ai/config.toml");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A program in the user's environment and folder.
    pub(crate) fn command_of(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("HOME", self.folder.path()).env("TERM", "xterm").env("LANG", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.folder.path().join("work"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.command_of(PROGRAM);
        command.args(arguments);
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command(arguments).spawn().unwrap())
    }

    /// Runs the program with this on standard input.
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Run {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        finish(child)
    }

    /// Runs a line of shell, in which `$COSMIC` is the program.
    pub(crate) fn shell(&self, line: &str) -> Run {
        let mut command = self.command_of("bash");
        command.args(["-c", line]).env("COSMIC", PROGRAM);
        finish(command.spawn().unwrap())
    }

    /// Starts the program, to be interrupted.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }
}

/// Waits for the end of a run.
pub(crate) fn finish(mut child: Child) -> Run {
    let read = |stream: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut stream) = stream {
                let _ = stream.read_to_end(&mut bytes);
            }
            bytes
        })
    };
    let out = read(child.stdout.take().map(|stream| Box::new(stream) as _));
    let err = read(child.stderr.take().map(|stream| Box::new(stream) as _));
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the program did not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let (bytes, err) = (out.join().unwrap(), err.join().unwrap());
    Run {
        code: status.code(),
        out: String::from_utf8_lossy(&bytes).into_owned(),
        err: String::from_utf8_lossy(&err).into_owned(),
        bytes,
    }
}

/// `serve` under way, on a port of its own.
pub(crate) struct Serving {
    child: Child,
    base_url: String,
}

impl Serving {
    /// Starts it and waits until it listens.
    pub(crate) fn start(user: &User, arguments: &[&str]) -> Self {
        let mut child = user.start(&[&["serve", "--addr", "127.0.0.1:0", "--json"], arguments].concat());
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        match serde_json::from_str::<Value>(&line) {
            Ok(said) => Self { child, base_url: said["base_url"].as_str().unwrap().to_owned() },
            Err(error) => panic!("{error}: {:#?}", finish(child)),
        }
    }

    /// What the routes of its API begin with.
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// A user of it.
    pub(crate) fn client(&self) -> User {
        User::of_service(&self.base_url, "local-bucket", "local-write-key", "local-read-key")
    }

    /// Ends it, and waits until what is under way is finished.
    pub(crate) fn stop(self) -> Run {
        signal(&self.child, "TERM");
        finish(self.child).ok()
    }
}

/// Sends a signal to a run, such as `INT`.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", child.id())]).status().unwrap();
    assert!(sent.success());
}

impl Run {
    #[track_caller]
    pub(crate) fn assert_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.assert_code(0)
    }

    /// The one object on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "{self:#?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The error that `--json` says, which is all that is on standard error, and has the documented shape.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        assert_eq!(self.err.lines().count(), 1, "{self:#?}");
        let error: Value = serde_json::from_str(&self.err).unwrap_or_else(|error| panic!("{error}: {self:#?}"));
        assert_shape("error", &error);
        error["error"].clone()
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "`{text}` is not in: {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn shows(self, text: &str) -> Self {
        assert!(self.out.contains(text), "`{text}` is not in: {self:#?}");
        self
    }
}

/// Checks a value against a documented schema.
#[track_caller]
pub(crate) fn assert_shape(schema: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/{schema}.json"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?} in {value:#}");
}
