//! Calls: fields that do not fit. Each message names the field, and what it may be.

use super::{Row, call, row};

pub(super) fn rows() -> Vec<Row> {
    let text = |name: &str, body: &str, says| row(name, call("text", body), 400, says);
    let image = |name: &str, body: &str, says| row(name, call("image", body), 400, says);
    let video = |name: &str, body: &str, says| row(name, call("video", body), 400, says);
    let audio = |name: &str, body: &str, says| row(name, call("audio", body), 400, says);
    vec![
        text("no prompt", "{}", "prompt"),
        text("an empty prompt", "{\"prompt\": \"\"}", "prompt"),
        text("a prompt that is null", "{\"prompt\": null}", "prompt"),
        text("a prompt that is a number", "{\"prompt\": 5}", "prompt `5` has the wrong type (allowed: a text)"),
        text("a prompt that is a list", "{\"prompt\": [\"hi\"]}", "prompt `a list` has the wrong type"),
        text(
            "prompt and messages",
            "{\"prompt\": \"a\", \"messages\": [{\"role\": \"user\", \"content\": \"b\"}]}",
            "messages",
        ),
        text("no messages", "{\"messages\": []}", "messages"),
        text("messages that are none", "{\"messages\": \"hi\"}", "messages `hi` has the wrong type"),
        text("a role that is none", "{\"messages\": [{\"role\": \"system\", \"content\": \"b\"}]}", "messages[0].role"),
        text(
            "the roles that there are",
            "{\"messages\": [{\"role\": \"root\", \"content\": \"b\"}]}",
            "allowed: user, assistant",
        ),
        text("a message without a role", "{\"messages\": [{\"content\": \"b\"}]}", "messages[0].role is required"),
        text("a message without words", "{\"messages\": [{\"role\": \"user\"}]}", "messages[0].content is required"),
        text("a message of null", "{\"messages\": [null]}", "messages[0]"),
        text(
            "fewer tokens than none",
            "{\"prompt\": \"a\", \"max_tokens\": -1}",
            "max_tokens `-1` has no such value (allowed: a whole number from 1",
        ),
        text("no tokens", "{\"prompt\": \"a\", \"max_tokens\": 0}", "max_tokens"),
        text("half a token", "{\"prompt\": \"a\", \"max_tokens\": 1.5}", "max_tokens `1.5` has the wrong type"),
        text(
            "tokens in words",
            "{\"prompt\": \"a\", \"max_tokens\": \"many\"}",
            "max_tokens `many` has the wrong type",
        ),
        text("1e30 tokens", "{\"prompt\": \"a\", \"max_tokens\": 1e30}", "max_tokens"),
        text("2^32 tokens", "{\"prompt\": \"a\", \"max_tokens\": 4294967296}", "max_tokens"),
        text("a model that is none", "{\"prompt\": \"a\", \"model\": \"gpt-99\"}", "model"),
        text("a model that is a number", "{\"prompt\": \"a\", \"model\": 5}", "model"),
        text("a model of images", "{\"prompt\": \"a\", \"model\": \"dall-e-3\"}", "model"),
        text("stream that is a text", "{\"prompt\": \"a\", \"stream\": \"yes\"}", "stream"),
        text("a URL of a script", "{\"prompt\": \"a\", \"media_url\": \"javascript:alert(1)\"}", "media_url"),
        text("a URL of a file", "{\"prompt\": \"a\", \"media_url\": \"file:///etc/passwd\"}", "media_url"),
        text("a URL that is none", "{\"prompt\": \"a\", \"media_url\": \"http://\"}", "media_url"),
        image("a size that is none", "{\"prompt\": \"a\", \"size\": \"10x10\"}", "size"),
        image("a size that is a list", "{\"prompt\": \"a\", \"size\": [1024, 1024]}", "size"),
        image("a size beyond all", "{\"prompt\": \"a\", \"size\": \"99999999999x1\"}", "size"),
        image("a shape that is none", "{\"prompt\": \"a\", \"aspect_ratio\": \"0:0\"}", "aspect_ratio"),
        image("a quality that is none", "{\"prompt\": \"a\", \"quality\": \"best\"}", "quality"),
        image("a format that is none", "{\"prompt\": \"a\", \"format\": \"exe\"}", "format"),
        image("metadata that are a text", "{\"prompt\": \"a\", \"metadata\": \"b\"}", "metadata"),
        image("metadata that are a list", "{\"prompt\": \"a\", \"metadata\": [1]}", "metadata"),
        image("a folder above", "{\"prompt\": \"a\", \"folder\": \"../x\"}", "folder"),
        image("a folder from the root", "{\"prompt\": \"a\", \"folder\": \"/etc\"}", "folder"),
        image("a folder with control characters", "{\"prompt\": \"a\", \"folder\": \"a\\u0000b\\n\"}", "folder"),
        image(
            "a picture of a script",
            "{\"prompt\": \"a\", \"reference_images\": [\"javascript:alert(1)\"]}",
            "reference_images",
        ),
        image(
            "a picture of a file",
            "{\"prompt\": \"a\", \"reference_images\": [\"file:///etc/passwd\"]}",
            "reference_images",
        ),
        image(
            "pictures that are a text",
            "{\"prompt\": \"a\", \"reference_images\": \"https://a.b/c.png\"}",
            "reference_images",
        ),
        video("a length that is none", "{\"prompt\": \"a\", \"duration\": 7}", "duration"),
        video("a length in words", "{\"prompt\": \"a\", \"duration\": \"long\"}", "duration"),
        video("a length beyond all", "{\"prompt\": \"a\", \"duration\": 1e30}", "duration"),
        video("a resolution that is none", "{\"prompt\": \"a\", \"resolution\": \"8k\"}", "resolution"),
        row("an extension of nothing", call("video/extend", "{\"prompt\": \"a\"}"), 400, "media_id"),
        row(
            "an extension of what is not there",
            call("video/extend", "{\"prompt\": \"a\", \"media_id\": \"nowhere\"}"),
            404,
            "",
        ),
        row(
            "an extension of a path",
            call("video/extend", "{\"prompt\": \"a\", \"media_id\": \"../../etc/passwd\"}"),
            400,
            "",
        )
        .or(404),
        audio("a voice that is none", "{\"prompt\": \"a\", \"voice\": \"hal\"}", "voice"),
        audio("nothing to say", "{\"prompt\": \" \"}", "prompt"),
        row("a call that is none", call("smell", "{\"prompt\": \"a\"}"), 404, "no route"),
    ]
}
