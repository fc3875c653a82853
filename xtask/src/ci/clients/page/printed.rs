//! What is changed in code that is printed, so that it runs here: where the API is, whose bucket it is, what only a reader can
//! fill in. Nothing else.

use super::block::Block;

/// What is put in the place of what is printed.
#[derive(Debug)]
pub(super) struct Here {
    /// Where the server is, without `/v3`.
    pub(super) origin: String,
    pub(super) write_key: String,
    /// The id of a clip made before.
    pub(super) clip: String,
}

const PRODUCTION: &str = "https://workers.cosmicjs.com";
const SDK: &str = "'@cosmicjs/sdk'";
/// The SDK with our bucket, and with what the page takes as given.
const OURS: &str = "'./given.mjs'";

/// A block as a module, with the lines where the page has them.
pub(super) fn module(block: &Block) -> String {
    let mut module = format!("import {OURS};{}", "\n".repeat(block.line));
    for line in block.code.lines() {
        module.push_str(&without_cast(line).replace(SDK, OURS));
        module.push('\n');
    }
    if let Some(name) = uncalled(&block.code) {
        module.extend(["await ", name, "()\n"]);
    }
    module
}

/// TypeScript's `as Type`, at the end of a statement, is not JavaScript.
fn without_cast(line: &str) -> String {
    let cast = line.rsplit_once(" as ").and_then(|(before, after)| Some((before, after.trim_end().strip_suffix(';')?)));
    let is_type = |name: &str| name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric);
    match cast {
        Some((before, name)) if is_type(name) => format!("{before};"),
        _ => line.to_owned(),
    }
}

/// The function that a block shows and leaves to its reader to call.
fn uncalled(code: &str) -> Option<&str> {
    let shown = code.lines().find_map(|line| line.strip_prefix("async function "))?;
    let (name, _) = shown.split_once('(')?;
    (code.matches(&format!("{name}(")).count() == 1).then_some(name)
}

/// A block as a script for a shell, which finds the bucket's slug and write key in its environment.
pub(super) fn script(block: &Block, here: &Here) -> String {
    // The page means a variable where it forgot the dollar.
    let script =
        block.code.replace("${BUCKET_WRITE_KEY}", &here.write_key).replace("{BUCKET_WRITE_KEY}", &here.write_key);
    with_clip(&script.replace(PRODUCTION, &here.origin), &here.clip)
}

/// Replaces the value of every `"media_id":"…"`.
fn with_clip(script: &str, clip: &str) -> String {
    const FIELD: &str = "\"media_id\":\"";
    let mut parts = script.split(FIELD);
    let mut changed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.find('"').and_then(|end| part.get(end..)).unwrap_or(part);
        changed.extend([FIELD, clip, rest]);
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::super::block::Language;
    use super::*;

    fn block(language: Language, code: &str) -> Block {
        Block { line: 2, language, code: code.to_owned() }
    }

    #[track_caller]
    fn check_module(code: &str, expected: &str) {
        let module = module(&block(Language::JavaScript, code));
        assert_eq!(module.strip_prefix("import './given.mjs';\n\n"), Some(expected));
    }

    #[test]
    fn a_module_imports_the_sdk_with_our_bucket() {
        let code = "import { createBucketClient } from '@cosmicjs/sdk'\na('as It is')\n";
        check_module(code, "import { createBucketClient } from './given.mjs'\na('as It is')\n");
    }

    #[test]
    fn casts_are_dropped_and_words_are_not() {
        check_module("const a = b as Stream;\n", "const a = b;\n");
        check_module("const a = 'known as Bob';\n", "const a = 'known as Bob';\n");
        check_module("const a = b as it;\n", "const a = b as it;\n");
    }

    #[test]
    fn a_function_that_nobody_calls_is_called() {
        let code = "async function read() {\n}\n";
        check_module(code, &format!("{code}await read()\n"));
        check_module(&format!("{code}read()\n"), &format!("{code}read()\n"));
    }

    #[test]
    fn a_script_goes_to_our_server_with_our_key_and_our_clip() {
        let here = Here { origin: "http://a:1".to_owned(), write_key: "k".to_owned(), clip: "c".to_owned() };
        let code = "curl https://workers.cosmicjs.com/v3/${BUCKET_SLUG}/ai -d '{\"media_id\":\"65\",\"prompt\":\"P\"}' \\\n  \
                    -H \"Bearer {BUCKET_WRITE_KEY}\" -H \"Bearer ${BUCKET_WRITE_KEY}\"\n";
        let expected = "curl http://a:1/v3/${BUCKET_SLUG}/ai -d '{\"media_id\":\"c\",\"prompt\":\"P\"}' \\\n  \
                        -H \"Bearer k\" -H \"Bearer k\"\n";
        assert_eq!(script(&block(Language::Shell, code), &here), expected);
    }
}
