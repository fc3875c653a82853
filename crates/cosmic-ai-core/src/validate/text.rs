//! Rules for text.

use super::fields;
use crate::error::Problem;
use crate::text::TextRequest;

pub(super) fn check(request: &TextRequest, problems: &mut Vec<Problem>) {
    match (&request.prompt, &request.messages) {
        (None, None) => problems.push(Problem::new("prompt", "or messages must be given")),
        (Some(_), Some(_)) => {
            let reason = "and messages must not both be given: which of them would be billed is unknown";
            problems.push(Problem::new("prompt", reason));
        }
        (Some(prompt), None) => fields::text("prompt", prompt, problems),
        (None, Some(messages)) if messages.is_empty() => {
            problems.push(Problem::new("messages", "must hold at least one message"));
        }
        (None, Some(messages)) => {
            for (place, message) in messages.iter().enumerate() {
                if message.content.trim().is_empty() {
                    fields::text(format!("messages[{place}].content"), &message.content, problems);
                }
            }
        }
    }
    if request.max_tokens == Some(0) {
        problems.push(Problem::new("max_tokens", "must be at least 1").given(0).nearest(Some(1)));
    }
    if let Some(url) = &request.media_url {
        fields::url("media_url", url, problems);
    }
}
