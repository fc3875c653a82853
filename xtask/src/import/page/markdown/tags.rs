//! HTML tags within Markdown, and the words between them.

use crate::import::page::STRUCK;

/// The words of a piece of HTML as Markdown would have them, with single spaces between.
pub(super) fn words(html: &str) -> String {
    let (mut words, mut rest) = (String::new(), html);
    while let Some((before, tag, behind)) = next(rest) {
        words.push_str(before);
        words.push_str(mark(tag));
        rest = if tag.starts_with("</") { behind } else { behind_program(tag, behind) };
    }
    words.push_str(rest);
    words.split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// What follows a tag: behind its end where it holds no words.
fn behind_program<'a>(tag: &str, behind: &'a str) -> &'a str {
    let name = name(tag);
    if !matches!(name.as_str(), "script" | "style") {
        return behind;
    }
    let end = behind.to_ascii_lowercase().find(&format!("</{name}"));
    end.and_then(|end| behind.get(end..)).unwrap_or_default()
}

/// The program that goes on behind a line: what an opening tag begins and no closing one ends.
pub(super) fn program(line: &str, before: Option<&'static str>) -> Option<&'static str> {
    let line = line.to_ascii_lowercase();
    let is_open = |name: &str| line.rfind(&format!("<{name}")) > line.rfind(&format!("</{name}"));
    match before {
        Some(name) => (!line.contains(&format!("</{name}"))).then_some(name),
        None => ["script", "style"].into_iter().find(|name| line.starts_with(&format!("<{name}")) && is_open(name)),
    }
}

/// What stands for a tag among words.
pub(super) fn mark(tag: &str) -> &'static str {
    match name(tag).as_str() {
        "del" | "s" | "strike" => STRUCK,
        "code" | "kbd" => "`",
        _ => " ",
    }
}

/// Whether what a block of HTML holds is no words: programs, looks, and what is shown as it is written.
pub(super) fn is_wordless(html: &str) -> bool {
    matches!(name(html.trim_start()).as_str(), "script" | "style" | "pre")
}

/// Whether a line begins a text that goes on in the next one.
pub(super) fn is_cut(line: &str) -> bool {
    let name = name(line);
    matches!(name.as_str(), "p" | "li")
        && !line.to_lowercase().contains(&format!("</{name}"))
        && !words(line).is_empty()
}

fn name(tag: &str) -> String {
    let name = tag.trim_start_matches(['<', '/']);
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default().to_lowercase()
}

/// The next tag, with what stands before and behind it. An arrow within one does not end it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let is_begun = |at: usize| {
        let behind = text.get(at + 1..).unwrap_or_default();
        behind.strip_prefix('/').unwrap_or(behind).starts_with(|letter: char| letter.is_ascii_alphabetic())
    };
    let start = text.match_indices('<').map(|(at, _)| at).find(|at| is_begun(*at))?;
    let (before, tag) = text.split_at(start);
    let is_end = |at: usize| !tag.get(..at).unwrap_or_default().ends_with('=');
    let end = tag.match_indices('>').map(|(at, _)| at).find(|at| is_end(*at))?;
    let (tag, behind) = tag.split_at(end + 1);
    Some((before, tag, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_between_tags() {
        let check = |html: &str, expected: &str| assert_eq!(words(html), expected, "{html}");
        check("<p>Defaults to <code>8</code>.</p>", "Defaults to `8`.");
        check("<div class=\"a\"><br/></div>", "");
        check("<Tab onClick={() => go()}>Up to 3</Tab>", "Up to 3");
        check("<del>3</del> 4", "~~3~~ 4");
        check("less than 5 < 6 > 4", "less than 5 < 6 > 4");
        check("cut <p", "cut <p");
        check("a<SCRIPT>let limit = 3;</SCRIPT> b <style>p { top: 3 }</style>", "a b");
    }

    #[test]
    fn a_text_may_go_on_in_the_next_line() {
        assert!(is_cut("<p>Up to <b>3</b>") && is_cut("<li>Up to<br>"));
        assert!(!is_cut("<p>Up to 3</p>") && !is_cut("<p>") && !is_cut("<details><summary>Prices</summary>"));
    }

    #[test]
    fn programs_hold_no_words() {
        assert!(is_wordless("<script>let limit = 3;</script>") && is_wordless("<STYLE>"));
        assert!(!is_wordless("<p>") && !is_wordless("<section>"));
    }
}
