//! Rules of `SpeechGenerator`.

use cosmic_ai_core::{Call, Registry, SpeechGenerator, SpeechRequest, Voice};
use serde_json::json;

use super::attempts::{self, Attempt};
use super::calls::{self, names};
use super::media::{self, own_metadata, reported};
use super::report::{Checks, ensure};
use super::together::{self, CALLS};

pub(super) async fn run(checks: &mut Checks, registry: &Registry, generator: &dyn SpeechGenerator) {
    checks
        .run("speech/answer-has-a-medium", async {
            let answer = generator.generate_speech(&Call::new(), &short()).await?;
            media::is_described(&answer.media, "audio/")
        })
        .await;
    checks
        .run("speech/answer-reports-usage", async {
            let answer = generator.generate_speech(&Call::new(), &short()).await?;
            ensure!(answer.usage.is_some(), "no usage: {answer:?}");
            Ok(())
        })
        .await;
    checks
        .run("speech/metadata-is-kept", async {
            let call = Call::new();
            let answer = generator.generate_speech(&call, &short().with_metadata(own_metadata())).await?;
            media::carries_metadata(&answer.media, &call)
        })
        .await;
    checks
        .run("speech/voice-is-as-asked", async {
            let answer = generator.generate_speech(&Call::new(), &short().with_voice(Voice::SAGE)).await?;
            let voice = reported(answer.media.metadata_value("voice"), "voices")?;
            ensure!(*voice == json!("sage"), "sage was asked for, {voice} came");
            Ok(())
        })
        .await;
    checks
        .run("speech/charge-is-known", async {
            let request = short();
            let answer = generator.generate_speech(&Call::new(), &request).await?;
            media::is_priced(registry, &request, answer.usage.as_ref())
        })
        .await;
    checks
        .run("speech/long-text-costs-more", async {
            // More than the 4,096 characters of one piece.
            let long = SpeechRequest::new("The tide comes in, and the tide goes out.\n\n".repeat(120));
            let mut charges = Vec::new();
            for request in [short(), long] {
                let answer = generator.generate_speech(&Call::new(), &request).await?;
                media::is_described(&answer.media, "audio/")?;
                charges.push(registry.cost(&request, answer.usage.as_ref()).charge().map(|charge| charge.output));
            }
            ensure!(charges.is_sorted_by(|short, long| short < long), "the charges are {charges:?}");
            Ok(())
        })
        .await;
    checks
        .run("speech/calls-run-side-by-side", async {
            let request = short();
            media::are_distinct((0..CALLS).map(|_| async {
                let answer = generator.generate_speech(&Call::new(), &request).await;
                answer.map(|answer| answer.media)
            }))
            .await
        })
        .await;
    checks
        .run("speech/calls-keep-their-own-metadata", async {
            media::are_kept_apart(|call, metadata| async move {
                let answer = generator.generate_speech(&call, &short().with_metadata(metadata)).await;
                answer.map(|answer| answer.media)
            })
            .await
        })
        .await;
    checks
        .run("speech/a-call-can-be-dropped", async {
            for polls in 0..4 {
                together::give_up_after(polls, generator.generate_speech(&Call::new(), &short())).await;
            }
            generator.generate_speech(&Call::new(), &short()).await?;
            Ok(())
        })
        .await;
    let faulty = SpeechRequest::new("").with_folder(" ").with_model("no-such-model");
    calls::run(checks, names!("speech"), registry, (short(), faulty), |call, request| async move {
        generator.generate_speech(&call, &request).await
    })
    .await;
    let mut attempts = Vec::new();
    checks
        .run("speech/invalid-requests-are-not-sent", async {
            for (what, request) in invalid_requests(registry) {
                let call = Call::new();
                let error = generator.generate_speech(&call, &request).await.err();
                attempts.push(Attempt { what, call, error });
            }
            attempts::were_not_sent(&attempts)
        })
        .await;
    checks.run("speech/errors-name-their-operation", async { attempts::name_their_operation(&attempts) }).await;
}

fn invalid_requests(registry: &Registry) -> impl Iterator<Item = (&'static str, SpeechRequest)> {
    let requests = [
        ("a blank text", SpeechRequest::new("  ")),
        ("an unknown model", short().with_model("no-such-model")),
        ("an unknown voice", short().with_voice("nobody")),
        ("a blank folder", short().with_folder(" ")),
        ("metadata that is no object", short().with_metadata(json!(1))),
    ];
    requests.into_iter().filter(|(_, request)| registry.check(request).is_err())
}

fn short() -> SpeechRequest {
    SpeechRequest::new("Good morning. The tide is coming in.")
}
