//! Text: short English prose that takes up words of the prompt.

use super::seed::Sequence;

/// How many tokens an answer has that nothing bounds: from a paragraph to a page.
const USUAL_TOKENS: (i64, i64) = (60, 600);
/// How many tokens a fragment of a stream has.
const FRAGMENT_TOKENS: usize = 3;
/// How many words are taken up from the prompt.
const TOPICS: usize = 12;
/// How much of a prompt is read for them, in bytes: enough for any, cheap for a book.
const READ_BYTES: usize = 16 * 1_024;

/// Sentences with a place, `*`, for a word of the prompt.
const SENTENCES: [&str; 16] = [
    "The main point is * , and most of what follows rests on it .",
    "It begins with * and keeps coming back to it .",
    "What stands out is how * and the rest fit together .",
    "Seen from the side of * , the order of things becomes clear .",
    "A reader who only cares about * can stop here .",
    "Two things matter most : * , and the time it takes .",
    "There is a plain reason for * , given early and kept to .",
    "Nothing in it contradicts * , although some of it comes close .",
    "In practice * is what people will notice first .",
    "The part about * is short , exact and easy to check .",
    "Whoever needs more on * will find it further down .",
    "It says openly where * ends and where guesses begin .",
    "Taken together , this makes * worth a second look .",
    "Compared with others , * comes out simpler than expected .",
    "The cost of * is known before anything is done .",
    "That leaves * , which is settled in the last part .",
];

/// Words for prompts that have none of their own.
const PLAIN_TOPICS: [&str; 4] = ["the question", "the subject", "the detail", "the whole"];

/// A written text and where its tokens end.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    text: String,
    /// The end of each token, in bytes, ascending.
    ends: Vec<usize>,
    /// The end of each fragment, where they are not of the usual length.
    cuts: Option<Vec<usize>>,
}

impl Draft {
    /// A text that was written elsewhere. A space belongs to the word after it, and to the last at the end.
    pub(crate) fn of(text: &str) -> Self {
        let (mut ends, mut is_in_word) = (Vec::new(), false);
        for (place, character) in text.char_indices() {
            let is_mark = matches!(character, '.' | ',' | ':');
            if is_in_word && (is_mark || character.is_whitespace()) {
                ends.push(place);
            }
            if is_mark {
                ends.push(place + character.len_utf8());
            }
            is_in_word = !is_mark && !character.is_whitespace();
        }
        match ends.last_mut() {
            Some(last) if !is_in_word => *last = text.len(),
            _ if text.is_empty() => {}
            _ => ends.push(text.len()),
        }
        Self { text: text.to_owned(), ends, cuts: None }
    }

    /// Has it given in so many fragments of about equal length, no more than it has characters.
    pub(crate) fn cut(&mut self, count: usize) {
        let count = count.clamp(1, self.text.len().max(1));
        self.cut_at((1..=count).map(|place| self.text.floor_char_boundary(self.text.len() * place / count)).collect());
    }

    /// Has it given in the fragments that end there, in bytes.
    pub(crate) fn cut_at(&mut self, mut ends: Vec<usize>) {
        ends.retain(|&end| end > 0 && self.text.is_char_boundary(end));
        ends.push(self.text.len());
        ends.sort_unstable();
        ends.dedup();
        self.cuts = Some(ends);
    }

    /// How many tokens it has: words and marks.
    pub(crate) fn tokens(&self) -> u64 {
        self.ends.len() as u64
    }

    /// How many tokens the first `given` bytes have; one that is begun counts.
    pub(crate) fn tokens_before(&self, given: usize) -> u64 {
        if given == 0 { 0 } else { self.ends.partition_point(|&end| end < given) as u64 + 1 }
    }

    /// How many fragments it is given in.
    pub(crate) fn fragments(&self) -> usize {
        self.cuts.as_ref().map_or_else(|| self.ends.len().div_ceil(FRAGMENT_TOKENS), Vec::len)
    }

    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// The fragment after the first `given` bytes, by default the next few tokens; empty at the end.
    pub(crate) fn fragment_after(&self, given: usize) -> &str {
        let (ends, length) = self.cuts.as_ref().map_or((&self.ends, FRAGMENT_TOKENS), |cuts| (cuts, 1));
        let next = ends.partition_point(|&end| end <= given);
        let last = (next + length).min(ends.len());
        let end = last.checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or(given);
        self.text.get(given..end).unwrap_or_default()
    }
}

/// Writes an answer to `prompts` of 60 to 600 tokens, `most` at most. Cut where it reaches `most`, as a model's answer
/// is.
pub(crate) fn write<'a>(prompts: impl Iterator<Item = &'a str>, seed: u64, most: Option<u32>) -> Draft {
    let mut sequence = Sequence::new(seed);
    let topics = topics(prompts);
    let usual = sequence.between(USUAL_TOKENS.0, USUAL_TOKENS.1).unsigned_abs();
    let wanted = usize::try_from(most.map_or(usual, |most| usual.min(u64::from(most)))).unwrap_or(usize::MAX);
    let mut draft = Draft { text: String::with_capacity(wanted * 7), ends: Vec::with_capacity(wanted), cuts: None };
    // No sentence comes again before all have come, and every topic has its turn, the longest first.
    let mut sentences: Vec<&str> = Vec::new();
    let mut turns = topics.iter().copied().cycle();
    while draft.ends.len() < wanted {
        if sentences.is_empty() {
            sentences = shuffled(&mut sequence);
        }
        let (Some(sentence), Some(topic)) = (sentences.pop(), turns.next()) else { break };
        for word in sentence.split(' ').flat_map(|word| if word == "*" { topic } else { word }.split(' ')) {
            if draft.ends.len() == wanted {
                break;
            }
            if !draft.text.is_empty() && !matches!(word, "." | "," | ":") {
                draft.text.push(' ');
            }
            draft.text.push_str(word);
            draft.ends.push(draft.text.len());
        }
    }
    draft
}

/// All sentences, in the order that the sequence gives them.
fn shuffled(sequence: &mut Sequence) -> Vec<&'static str> {
    let mut keyed = SENTENCES.map(|sentence| (sequence.next(), sentence));
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, sentence)| sentence).collect()
}

/// The most telling words of the prompts: the longest ones, longest first.
fn topics<'a>(prompts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut topics: Vec<&str> = Vec::with_capacity(TOPICS);
    for prompt in prompts {
        let read = prompt.get(..prompt.floor_char_boundary(READ_BYTES)).unwrap_or(prompt);
        for word in read.split(|character: char| !character.is_alphanumeric()) {
            let plain = (5..=24).contains(&word.len()) && word.chars().all(char::is_alphabetic);
            if !plain || topics.contains(&word) {
                continue;
            }
            if topics.len() < TOPICS {
                topics.push(word);
            } else if let Some(shortest) =
                (0..topics.len()).min_by_key(|&at| topics.get(at).map_or(0, |topic| topic.len()))
                && topics.get(shortest).is_some_and(|topic| topic.len() < word.len())
            {
                topics.remove(shortest);
                topics.push(word);
            }
        }
    }
    topics.sort_by_key(|topic| std::cmp::Reverse(topic.len()));
    if topics.is_empty() { PLAIN_TOPICS.to_vec() } else { topics }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragments(draft: &Draft) -> Vec<&str> {
        let mut fragments = Vec::new();
        let mut given = 0;
        while !draft.fragment_after(given).is_empty() {
            fragments.push(draft.fragment_after(given));
            given += draft.fragment_after(given).len();
        }
        fragments
    }

    #[test]
    fn the_same_seed_writes_the_same_and_another_something_else() {
        let text = |seed| write(["Coffee mugs of stoneware"].into_iter(), seed, None).into_text();
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }

    #[test]
    fn it_takes_up_words_of_the_prompt() {
        let text = write(["Coffee stoneware"].into_iter(), 1, None).into_text();
        assert!(text.contains("stoneware") && text.contains("Coffee"), "{text}");
    }

    #[test]
    fn it_never_has_more_tokens_than_asked_for() {
        for most in [1, 2, 10, 59] {
            let draft = write(["Anything at all"].into_iter(), 3, Some(most));
            assert_eq!(draft.tokens(), u64::from(most));
        }
        let usual = write(["Anything at all"].into_iter(), 3, Some(10_000)).tokens();
        assert!((60..=600).contains(&usual));
    }

    #[test]
    fn a_text_from_elsewhere_is_given_whole_whatever_it_is_and_counted_as_ours_are() {
        for text in ["A fine mug.", " two  spaces ", "\n", "", "雪の日 ☕️, so.", "a.,b", "..."] {
            let mut draft = Draft::of(text);
            assert_eq!(fragments(&draft).concat(), text);
            assert_eq!(draft.tokens_before(text.len()), draft.tokens(), "{text:?}");
            for count in [0, 1, 2, 3, 100] {
                draft.cut(count);
                assert_eq!(fragments(&draft).concat(), text, "{text:?} in {count}");
                assert!(fragments(&draft).len() <= count.max(1));
            }
        }
        let ours = write(["Coffee stoneware"].into_iter(), 1, None);
        assert_eq!(Draft::of(ours.text()).ends, ours.ends);
    }

    #[test]
    fn fragments_are_the_text() {
        let draft = write(["Überraschung 雪の日 ☕️".repeat(20).as_str()].into_iter(), 5, None);
        assert_eq!(fragments(&draft).concat(), draft.clone().into_text());
        assert!(fragments(&draft).len() as u64 >= draft.tokens() / 3);
    }
}
