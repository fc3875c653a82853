//! What the commands of a block have to print: an answer each.

use serde_json::Value;

/// What is wrong with the output of so many commands, if anything is.
pub(super) fn wrong(output: &str, commands: usize) -> Option<String> {
    let mut answers = 0;
    if output.starts_with("data: ") {
        if let Some(wrong) = wrong_in_stream(output) {
            return Some(wrong);
        }
        answers = 1;
    } else {
        for answer in serde_json::Deserializer::from_str(output).into_iter::<Value>() {
            let Ok(answer) = answer else { return Some(format!("it does not print JSON: {output}")) };
            if !is_generated(&answer) {
                return Some(format!("it prints neither text nor a medium: {answer}"));
            }
            answers += 1;
        }
    }
    (answers != commands).then(|| format!("{commands} commands print {answers} answers: {output}"))
}

fn is_generated(answer: &Value) -> bool {
    let is_text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
    let is_medium = ["/media/id", "/media/url", "/media/type"].into_iter().all(is_text);
    is_medium || (is_text("/text") && answer.pointer("/usage/output_tokens").is_some_and(Value::is_u64))
}

/// Each event is an object, the last but one counts the tokens, the last is the end.
fn wrong_in_stream(output: &str) -> Option<String> {
    let objects = output.lines().filter_map(|line| line.strip_prefix("data: "));
    let Ok(events) = objects.map(serde_json::from_str).collect::<Result<Vec<Value>, _>>() else {
        return Some(format!("an event is not JSON: {output}"));
    };
    let is_whole = match events.as_slice() {
        [text @ .., usage, end] => {
            text.len() > 1
                && text.iter().all(|event| event.get("text").is_some())
                && usage.get("token_count").is_some()
                && end.get("event").and_then(Value::as_str) == Some("end")
        }
        _ => false,
    };
    (!is_whole).then(|| format!("the stream is not whole: {output}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"text":"A","usage":{"input_tokens":1,"output_tokens":1}}"#;
    const MEDIUM: &str = r#"{"media":{"id":"1","url":"http://a/b","type":"image/png"}}"#;

    #[test]
    fn an_answer_a_command_is_right() {
        assert_eq!(wrong(&format!("{TEXT}\n{MEDIUM}\n"), 2), None);
        assert!(wrong(TEXT, 2).is_some_and(|wrong| wrong.starts_with("2 commands print 1 answers")));
        assert!(wrong("", 1).is_some());
    }

    #[test]
    fn a_refusal_or_a_page_is_wrong() {
        assert!(wrong(r#"{"status":400,"message":"no"}"#, 1).is_some());
        assert!(wrong("<html>", 1).is_some());
        assert!(wrong(r#"{"media":{"id":"1"}}"#, 1).is_some());
    }

    #[test]
    fn a_stream_has_text_usage_and_an_end() {
        let stream = |events: &[&str]| format!("data: {}\n\n", events.join("\n\ndata: "));
        let (text, usage, end) = (r#"{"text":"A"}"#, r#"{"token_count":{}}"#, r#"{"event":"end"}"#);
        assert_eq!(wrong(&stream(&[text, text, usage, end]), 1), None);
        assert!(wrong(&stream(&[text, text, usage]), 1).is_some());
        assert!(wrong(&stream(&[text, r#"{"error":{"message":"no"}}"#, usage, end]), 1).is_some());
        assert!(wrong(&stream(&[text, "oops", usage, end]), 1).is_some());
    }
}
