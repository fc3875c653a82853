//! The blocks of code and of answers on a page of Markdown.

use anyhow::{Result, bail};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    JavaScript,
    Shell,
    /// An answer that is shown.
    Json,
}

/// A block in one of the languages.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The line of its fence, from 1.
    pub(super) line: usize,
    pub(super) language: Language,
    pub(super) code: String,
}

/// All blocks in one of the languages, in their order. Others are left out.
///
/// # Errors
///
/// When a block has no end.
pub(super) fn blocks(page: &str) -> Result<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut open: Option<(Option<Language>, Block)> = None;
    for (line, text) in (1..).zip(page.lines()) {
        match (&mut open, text.strip_prefix("```")) {
            (None, None) => {}
            (None, Some(info)) => {
                let language = language(info);
                let block = Block { line, language: Language::Shell, code: String::new() };
                open = Some((language, block));
            }
            (Some((_, block)), None) => {
                block.code.push_str(text);
                block.code.push('\n');
            }
            (Some(_), Some(_)) => {
                if let Some((Some(language), block)) = open.take() {
                    blocks.push(Block { language, ..block });
                }
            }
        }
    }
    match open {
        Some((_, block)) => bail!("the block at line {} has no end", block.line),
        None => Ok(blocks),
    }
}

fn language(info: &str) -> Option<Language> {
    match info.split_whitespace().next() {
        Some("js" | "jsx" | "ts" | "tsx" | "javascript" | "typescript" | "mjs") => Some(Language::JavaScript),
        Some("bash" | "sh" | "shell" | "curl") => Some(Language::Shell),
        Some("json") => Some(Language::Json),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_found_with_its_line_and_plain_text_is_left_out() {
        let page = "# A\n```js {{ title: 'A' }}\na()\n\n  b()\n```\n```json\n{}\n```\n```\nplain\n```\ntext\n```bash\ncurl\n```\n";
        let found = blocks(page).unwrap();
        let expected = [
            Block { line: 2, language: Language::JavaScript, code: "a()\n\n  b()\n".to_owned() },
            Block { line: 7, language: Language::Json, code: "{}\n".to_owned() },
            Block { line: 14, language: Language::Shell, code: "curl\n".to_owned() },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_block_without_end_is_an_error() {
        let error = blocks("```js\na()\n").unwrap_err();
        assert_eq!(error.to_string(), "the block at line 1 has no end");
    }
}
