//! Markdown without the HTML that would hide tables or show what is hidden. Every line keeps its number.

use super::tags;

/// A page that can be parsed, and what had to be taken out of it for that.
pub(super) struct Cleared {
    pub(super) text: String,
    /// Words of lines that begin and end with tags, by the lines.
    pub(super) asides: Vec<(usize, String)>,
    /// Lines at which tables in HTML begin.
    pub(super) html_tables: Vec<usize>,
}

pub(super) fn cleared(text: &str) -> Cleared {
    without_tag_lines(&without_comments(text.trim_start_matches('\u{feff}')))
}

/// The text with empty lines for those that begin and end with tags: HTML around a table would otherwise swallow it.
/// Lines within fences are left alone, and every line keeps its number.
fn without_tag_lines(text: &str) -> Cleared {
    let (mut fence, mut program) = (Fence::default(), None);
    let mut cleared = Cleared { text: String::with_capacity(text.len()), asides: Vec::new(), html_tables: Vec::new() };
    let mut lines = text.lines().enumerate().peekable();
    while let Some((place, line)) = lines.next() {
        let trimmed = line.trim();
        let is_code = fence.holds(trimmed);
        program = if is_code { None } else { tags::program(trimmed, program) };
        if program.is_some() && !trimmed.starts_with('<') {
            cleared.text.push('\n');
            continue;
        }
        // A component around a table in Markdown is none in HTML.
        let wraps = trimmed.ends_with('>') && lines.peek().is_some_and(|(_, next)| next.trim().starts_with('|'));
        if !is_code && line.to_lowercase().contains("<table") && !wraps {
            cleared.html_tables.push(place + 1);
        }
        let is_tags = trimmed.starts_with('<') && trimmed.ends_with('>') && !tags::is_cut(trimmed);
        if !is_code && is_tags {
            let words = tags::words(trimmed);
            if !words.is_empty() && !tags::is_wordless(trimmed) {
                cleared.asides.push((place + 1, words));
            }
        } else {
            cleared.text.push_str(line);
        }
        cleared.text.push('\n');
    }
    cleared
}

/// The text with spaces for comments, whatever their lines look like. One that is never closed hides the rest, as in a browser.
fn without_comments(text: &str) -> String {
    let (mut fence, mut is_comment) = (Fence::default(), false);
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let mut rest = line;
        let is_code = !is_comment && fence.holds(line.trim());
        while !is_code && !rest.is_empty() {
            let sign = if is_comment { "-->" } else { "<!--" };
            let Some((before, behind)) = rest.split_once(sign) else { break };
            kept.push_str(if is_comment { " " } else { before });
            is_comment = !is_comment;
            rest = behind;
        }
        if !is_comment {
            kept.push_str(rest);
        }
        kept.push('\n');
    }
    kept
}

/// The fence of code in which a line stands, by its sign and how many of them open it.
#[derive(Default)]
struct Fence(Option<(char, usize)>);

impl Fence {
    /// Takes the next line, without outer space; whether it is of code, as the fences themselves are.
    fn holds(&mut self, line: &str) -> bool {
        let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'));
        let many = sign.map_or(0, |sign| line.chars().take_while(|other| *other == sign).count());
        match (self.0, sign) {
            (Some((open, least)), _) => {
                if sign == Some(open) && many >= least && line.chars().all(|other| other == open) {
                    self.0 = None;
                }
                true
            }
            (None, Some(sign)) if many >= 3 && !(sign == '`' && line.chars().skip(many).any(|other| other == '`')) => {
                self.0 = Some((sign, many));
                true
            }
            _ => false,
        }
    }
}
