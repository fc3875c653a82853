//! Words that may not stand in the tree. They are spelt in two halves here, so that this file passes its own check.

use super::finding::Finding;
use super::tree::is_rust;

struct Word {
    spelling: &'static str,
    /// Whether it matters in Rust code alone.
    only_rust: bool,
    wrong: &'static str,
    what_to_do: &'static str,
}

const WORDS: [Word; 4] = [
    Word {
        spelling: concat!("/wo", "rk/"),
        only_rust: false,
        wrong: "a path of one machine",
        what_to_do: "write it from the root of the repository",
    },
    Word {
        spelling: concat!("todo", "!("),
        only_rust: true,
        wrong: "unfinished code",
        what_to_do: "finish it or drop it",
    },
    Word {
        spelling: concat!("unimplemented", "!("),
        only_rust: true,
        wrong: "unfinished code",
        what_to_do: "finish it, or answer with a typed error",
    },
    Word {
        spelling: concat!("#[ig", "nore"),
        only_rust: true,
        wrong: "a test that does not run",
        what_to_do: "make it run everywhere or drop it",
    },
];

pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let wanted: Vec<&Word> = WORDS.iter().filter(|word| is_rust(path) || !word.only_rust).collect();
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for word in wanted.iter().filter(|word| line.contains(word.spelling)) {
            let wrong = format!("`{}`, {}", word.spelling, word.wrong);
            findings.push(Finding::new(format!("{path}:{number}"), wrong, word.what_to_do));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::finding::assert_findings;
    use super::*;

    #[test]
    fn unfinished_code_and_skipped_tests_are_found_with_their_line() {
        let [machine, todo, unimplemented, skipped] = WORDS.map(|word| word.spelling);
        let text = format!("//! A.\nfn a() {{ {todo}) }}\nfn b() {{ {unimplemented}) }}\n{skipped}]\n// {machine}b\n");
        assert_findings(
            check("a.rs", &text),
            &[
                &format!("a.rs:2: `{todo}`, unfinished code: finish it or drop it"),
                &format!("a.rs:3: `{unimplemented}`, unfinished code: finish it, or answer with a typed error"),
                &format!("a.rs:4: `{skipped}`, a test that does not run: make it run everywhere or drop it"),
                &format!("a.rs:5: `{machine}`, a path of one machine: write it from the root of the repository"),
            ],
        );
    }

    #[test]
    fn outside_rust_only_paths_count() {
        let [machine, todo, ..] = WORDS.map(|word| word.spelling);
        let expected = format!("a.md:2: `{machine}`, a path of one machine: write it from the root of the repository");
        assert_findings(check("a.md", &format!("{todo})\n{machine}main\n")), &[&expected]);
    }
}
