//! Rules of `TextGenerator`.

mod stream;

use cosmic_ai_core::{Call, Message, Registry, TextGenerator, TextRequest};

use super::attempts::{self, Attempt};
use super::calls::{self, names};
use super::report::{Checks, Flaw, Verdict, ensure};
use super::together::{self, CALLS};

/// The bound of a short answer, in tokens.
const FEW: u32 = 16;

pub(super) async fn run(checks: &mut Checks, registry: &Registry, generator: &dyn TextGenerator) {
    checks
        .run("text/answer-has-text", async {
            let answer = generator.generate_text(&Call::new(), &short()).await?;
            ensure!(!answer.text.trim().is_empty(), "the answer is blank: {answer:?}");
            Ok(())
        })
        .await;
    checks
        .run("text/answer-reports-usage", async {
            let answer = generator.generate_text(&Call::new(), &short()).await?;
            let Some(usage) = answer.usage else { return Err(format!("no usage: {answer:?}").into()) };
            let is_counted = usage.input_tokens.get() > 0 && usage.output_tokens.get() > 0;
            ensure!(is_counted, "nothing is counted: {usage:?}");
            Ok(())
        })
        .await;
    checks
        .run("text/max-tokens-bounds-the-answer", async {
            let request = long().with_max_tokens(FEW);
            let answer = generator.generate_text(&Call::new(), &request).await?;
            let usage = answer.usage.ok_or_else(|| Flaw::Skipped("no usage".to_owned()))?;
            let output = usage.output_tokens.get();
            ensure!(output <= u64::from(FEW), "max_tokens is {FEW}, the answer has {output}");
            Ok(())
        })
        .await;
    checks
        .run("text/charge-is-known", async {
            let request = short();
            let answer = generator.generate_text(&Call::new(), &request).await?;
            super::media::is_priced(registry, &request, answer.usage.as_ref())
        })
        .await;
    checks
        .run("text/chat-is-answered", async {
            let chat = [Message::user("What is a mug?"), Message::assistant("A cup."), Message::user("Of what?")];
            let request = TextRequest::chat(chat).with_max_tokens(64);
            let answer = generator.generate_text(&Call::new(), &request).await?;
            ensure!(!answer.text.trim().is_empty(), "the answer is blank: {answer:?}");
            Ok(())
        })
        .await;
    checks
        .run("text/calls-run-side-by-side", async {
            let requests: Vec<_> = (0..CALLS).map(|_| (Call::new(), short())).collect();
            let calls = requests.iter().map(|(call, request)| generator.generate_text(call, request));
            for answer in together::all(calls).await {
                ensure!(!answer?.text.is_empty(), "one of {CALLS} answers is blank");
            }
            Ok(())
        })
        .await;
    checks.run("text/answers-are-not-mixed-up", not_mixed_up(generator)).await;
    checks
        .run("text/a-call-can-be-dropped", async {
            for polls in 0..4 {
                together::give_up_after(polls, generator.generate_text(&Call::new(), &short())).await;
            }
            generator.generate_text(&Call::new(), &short()).await?;
            Ok(())
        })
        .await;
    let faulty = TextRequest::new(" ").with_max_tokens(0).with_media_url("photo.jpg");
    calls::run(checks, names!("text"), registry, (short(), faulty), |call, request| async move {
        generator.generate_text(&call, &request).await
    })
    .await;
    invalid(checks, registry, generator).await;
    stream::run(checks, registry, generator).await;
}

/// Calls side by side are answered as each is alone, where answers can be told apart.
async fn not_mixed_up(generator: &dyn TextGenerator) -> Verdict {
    let things = ["a mug", "a plate", "a spoon", "a lamp", "a chair", "a kite", "a drum", "a boat"];
    let requests: Vec<_> =
        things.map(|thing| TextRequest::new(format!("Describe {thing} for sale.")).with_max_tokens(32)).into();
    let mut alone = Vec::new();
    for request in &requests {
        alone.push(generator.generate_text(&Call::new(), request).await?.text);
    }
    if let Some(first) = requests.first()
        && alone.first() != Some(&generator.generate_text(&Call::new(), first).await?.text)
    {
        return Err(Flaw::Skipped("two answers to the same request differ".to_owned()));
    }
    let calls: Vec<_> = requests.iter().map(|request| (Call::new(), request)).collect();
    let answers = together::all(calls.iter().map(|(call, request)| generator.generate_text(call, request))).await;
    for ((request, alone), answer) in requests.iter().zip(alone).zip(answers) {
        let together = answer?.text;
        ensure!(together == alone, "{request:?} is answered {alone:?} alone and {together:?} among others");
    }
    Ok(())
}

async fn invalid(checks: &mut Checks, registry: &Registry, generator: &dyn TextGenerator) {
    let mut attempts = Vec::new();
    checks
        .run("text/invalid-requests-are-not-sent", async {
            for (what, request) in invalid_requests(registry) {
                let call = Call::new();
                let error = generator.generate_text(&call, &request).await.err();
                attempts.push(Attempt { what, call, error });
                let call = Call::new();
                let error = generator.stream_text(&call, &request).await.err();
                attempts.push(Attempt { what, call, error });
            }
            attempts::were_not_sent(&attempts)
        })
        .await;
    checks.run("text/errors-name-their-operation", async { attempts::name_their_operation(&attempts) }).await;
}

fn invalid_requests(registry: &Registry) -> impl Iterator<Item = (&'static str, TextRequest)> {
    let mut both = short();
    both.messages = Some(vec![Message::user("Hello")]);
    let requests = [
        ("a blank prompt", TextRequest::new(" \n")),
        ("neither prompt nor messages", TextRequest::default()),
        ("both prompt and messages", both),
        ("no messages", TextRequest::chat([])),
        ("a blank message", TextRequest::chat([Message::user("Hello"), Message::assistant("")])),
        ("max_tokens 0", short().with_max_tokens(0)),
        ("an unknown model", short().with_model("no-such-model")),
        ("a model of images", short().with_model("dall-e-3")),
        ("a media_url without a scheme", short().with_media_url("photo.jpg")),
    ];
    requests.into_iter().filter(|(_, request)| registry.check(request).is_err())
}

fn short() -> TextRequest {
    TextRequest::new("Name three colours of autumn leaves.").with_max_tokens(64)
}

fn long() -> TextRequest {
    TextRequest::new("Tell the story of a lighthouse keeper in a thousand words.")
}
