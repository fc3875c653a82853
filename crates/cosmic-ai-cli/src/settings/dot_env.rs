//! `.env` of a folder: NAME=VALUE lines, read and never carried out.
//!
//! Nothing is substituted. A folder may be anyone's, and a value that could draw in `${ANY_VARIABLE}` of the process would hand the
//! secrets of its user to whatever address the same file names.

use std::collections::BTreeMap;

/// Reads the values that are not empty; of a name that stands there twice, the last.
///
/// Blank lines and `#` comments are passed over, `export ` before a name too. A value in single quotes is taken as it is, in double
/// quotes `\n`, `\r`, `\t` and a backslash before any other sign are understood; both may go over several lines. Without quotes, a
/// value ends with its line, or at a `#` after a blank.
///
/// # Errors
/// The line that is wrong and how, without its words: it may hold a key.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut values = BTreeMap::new();
    let (mut rest, mut at) = (text, 1);
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let written = line.trim();
        if written.is_empty() || written.starts_with('#') {
            (rest, at) = (after, at + 1);
            continue;
        }
        let (name, value) = rest
            .split_once('=')
            .filter(|(name, _)| !name.contains('\n'))
            .ok_or_else(|| format!("line {at} is no NAME=VALUE"))?;
        let name = name.trim();
        let name = name.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).map_or(name, str::trim);
        if name.is_empty() || !name.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.' | '-'))
        {
            return Err(format!("line {at} is no NAME=VALUE"));
        }
        let (value, after) = value_of(value).map_err(|wrong| format!("line {at} {wrong}"))?;
        at += rest.len().checked_sub(after.len()).and_then(|read| rest.get(..read)).map_or(0, lines);
        rest = after;
        if value.trim().is_empty() {
            values.remove(name);
        } else {
            values.insert(name.to_owned(), value);
        }
    }
    Ok(values)
}

fn lines(text: &str) -> usize {
    text.matches('\n').count()
}

/// The value at the start of a text, and what comes after its last line.
fn value_of(text: &str) -> Result<(String, &str), &'static str> {
    let text = text.trim_start_matches([' ', '\t']);
    let (value, rest) = match text.chars().next() {
        Some('\'') => {
            let (value, rest) = text.get(1..).and_then(|text| text.split_once('\'')).ok_or("has no closing quote")?;
            (value.to_owned(), rest)
        }
        Some('"') => in_double_quotes(text.get(1..).unwrap_or_default()).ok_or("has no closing quote")?,
        _ => {
            let (line, after) = text.split_once('\n').unwrap_or((text, ""));
            let comment = line.match_indices('#').map(|(at, _)| at);
            let mut comment =
                comment.filter(|at| line.get(..*at).is_some_and(|text| text.is_empty() || text.ends_with([' ', '\t'])));
            let value = comment.next().and_then(|at| line.get(..at)).unwrap_or(line);
            return Ok((value.trim().to_owned(), after));
        }
    };
    let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') { Ok((value, after)) } else { Err("goes on after its closing quote") }
}

/// What stands before the closing quote, and what after it.
fn in_double_quotes(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut signs = text.chars();
    loop {
        match signs.next()? {
            '"' => return Some((value, signs.as_str())),
            '\\' => value.push(match signs.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            }),
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_people_write_them() {
        let text = "\u{feff}# a comment\r\n\r\nA=plain\r\n export B = 'it is $HOME ${HOME} #1' # why\nC=\"a \\\"b\\\" \\$x\\n\"\n\
                    D=a#b # c\nE=\nF= # nothing\nG='two\nlines'\nexported=1\nA.B-c=x=y\nEMPTY=one\nEMPTY=\nLAST=${HOME}";
        let values = parse(text).unwrap();
        let expected = [
            ("A", "plain"),
            ("A.B-c", "x=y"),
            ("B", "it is $HOME ${HOME} #1"),
            ("C", "a \"b\" $x\n"),
            ("D", "a#b"),
            ("G", "two\nlines"),
            ("LAST", "${HOME}"),
            ("exported", "1"),
        ];
        let found: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line_alone() {
        for (text, line) in [
            ("A=b\ncanary\n", 2),
            ("\n\nA='canary\n\n", 3),
            ("A='b\nc'\nB=\"canary", 3),
            ("A='canary' canary", 1),
            ("=canary", 1),
            ("A canary=b", 1),
            ("B\nA=b", 1),
        ] {
            let wrong = parse(text).unwrap_err();
            assert!(wrong.starts_with(&format!("line {line} ")) && !wrong.contains("canary"), "{wrong}");
        }
    }
}
