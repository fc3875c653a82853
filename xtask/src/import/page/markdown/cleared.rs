//! Markdown without the HTML that would hide tables or show what is hidden. Every line keeps its number.

use crate::import::page::Page;

pub(super) fn text(text: &str, page: &mut Page) -> String {
    without_tag_lines(&without_comments(text.trim_start_matches('\u{feff}')), page)
}

/// The text with empty lines for those that are nothing but tags: HTML around a table would otherwise swallow it.
/// Lines within fences are left alone, and every line keeps its number.
fn without_tag_lines(text: &str, page: &mut Page) -> String {
    let mut fence = Fence::default();
    let mut kept = String::with_capacity(text.len());
    for (place, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        let is_code = fence.holds(trimmed);
        if !is_code && line.to_lowercase().contains("<table") {
            page.html_tables.push(place + 1);
        }
        let is_tags = !is_code && trimmed.starts_with('<') && trimmed.ends_with('>');
        if !is_tags {
            kept.push_str(line);
        }
        kept.push('\n');
    }
    kept
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
