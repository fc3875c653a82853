//! Rules of streamed text.

use cosmic_ai_core::{Call, Registry, TextEvent, TextGenerator, TextRequest, TextResponse, Usage};

use super::super::report::{Checks, Flaw, ensure};
use super::super::together::{self, CALLS};
use super::{FEW, long, short};

pub(super) async fn run(checks: &mut Checks, registry: &Registry, generator: &dyn TextGenerator) {
    checks
        .run("text/stream-ends-once", async {
            let mut stream = generator.stream_text(&Call::new(), &short()).await?;
            let mut ends = 0;
            while let Some(event) = stream.next().await {
                ensure!(ends == 0, "after its end came {event:?}");
                ends += usize::from(matches!(event?, TextEvent::End(_)));
            }
            ensure!(ends == 1, "it stopped without an end");
            let after = stream.next().await;
            ensure!(after.is_none(), "after it was over came {after:?}");
            Ok(())
        })
        .await;
    checks
        .run("text/stream-deltas-are-the-answer", async {
            let Streamed { text, end, .. } = read(generator, &short()).await?;
            ensure!(!text.trim().is_empty(), "the deltas are blank");
            ensure!(text == end.text, "the deltas are {text:?}, the end is {:?}", end.text);
            Ok(())
        })
        .await;
    checks
        .run("text/stream-is-the-whole-answer", async {
            let first = generator.generate_text(&Call::new(), &short()).await?;
            let second = generator.generate_text(&Call::new(), &short()).await?;
            if first.text != second.text {
                return Err(Flaw::Skipped("two answers to the same request differ".to_owned()));
            }
            let Streamed { text, .. } = read(generator, &short()).await?;
            ensure!(text == first.text, "streamed it is {text:?}, whole it is {:?}", first.text);
            Ok(())
        })
        .await;
    checks
        .run("text/stream-reports-usage", async {
            let Streamed { usage, end, .. } = read(generator, &short()).await?;
            ensure!(end.usage.is_some(), "the end has no usage");
            ensure!(usage.is_none() || usage == end.usage, "the last report is {usage:?}, the end has {:?}", end.usage);
            Ok(())
        })
        .await;
    checks
        .run("text/stream-charge-is-known", async {
            let request = short();
            let Streamed { end, .. } = read(generator, &request).await?;
            super::super::media::is_priced(registry, &request, end.usage.as_ref())
        })
        .await;
    checks
        .run("text/stream-max-tokens-bounds-the-answer", async {
            let Streamed { end, .. } = read(generator, &long().with_max_tokens(FEW)).await?;
            let usage = end.usage.ok_or_else(|| Flaw::Skipped("no usage".to_owned()))?;
            let output = usage.output_tokens.get();
            ensure!(output <= u64::from(FEW), "max_tokens is {FEW}, the answer has {output}");
            Ok(())
        })
        .await;
    checks
        .run("text/stream-names-its-operation", async {
            let call = Call::new();
            let stream = generator.stream_text(&call, &short()).await?;
            let (named, id) = (stream.operation_id(), call.operation_id());
            ensure!(named == id, "it names operation {named}, not {id}");
            Ok(())
        })
        .await;
    checks
        .run("text/streams-run-side-by-side", async {
            let request = short();
            let streams = (0..CALLS).map(|_| read(generator, &request));
            for streamed in together::all(streams).await {
                ensure!(!streamed?.text.is_empty(), "one of {CALLS} streams has no text");
            }
            Ok(())
        })
        .await;
    checks
        .run("text/a-stream-can-be-dropped", async {
            for _ in 0..4 {
                let mut stream = generator.stream_text(&Call::new(), &long()).await?;
                while let Some(event) = stream.next().await {
                    if matches!(event?, TextEvent::Delta(_)) {
                        break;
                    }
                }
            }
            read(generator, &short()).await?;
            generator.generate_text(&Call::new(), &short()).await?;
            Ok(())
        })
        .await;
}

/// What came of a stream.
struct Streamed {
    /// The deltas together.
    text: String,
    /// The last usage that was reported before the end.
    usage: Option<Usage>,
    end: TextResponse,
}

async fn read(generator: &dyn TextGenerator, request: &TextRequest) -> Result<Streamed, Flaw> {
    let mut stream = generator.stream_text(&Call::new(), request).await?;
    let (mut text, mut usage) = (String::new(), None);
    while let Some(event) = stream.next().await {
        match event? {
            TextEvent::Delta(part) => text += &part,
            TextEvent::Usage(report) => usage = Some(report),
            TextEvent::End(end) => return Ok(Streamed { text, usage, end }),
            _ => {}
        }
    }
    Err("it stopped without an end".to_owned().into())
}
