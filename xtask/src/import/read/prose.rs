//! Sentences with defaults, limits and prices that no reader has understood.
//!
//! What limits a request is left open, for someone to decide what follows of it. What changes a price is not understood.

use anyhow::Result;
use regex_lite::Regex;

use crate::import::facts::Key;
use crate::import::page::{Block, Page};
use crate::import::reading::Reading;
use crate::import::spelling::{pattern, plain, sentences};

/// Words that come before a default or a list of options.
const DEFAULT: &str = r"(?i)\bdefaults?\b(?: \w+)?(?: (?:to|is|are)\b|\s?[:=])|\(default\b|\boptions?:|\b(?:if|when) (?:omitted|not set|unset)|\bby default\b|\bunless (?:told|specified|given|set|stated)";
/// Words of a limit with a number behind them.
const LIMIT: &str = r"(?i)\b(?:max|min|maximum|minimum|up to|at most|at least|(?:no )?more than|less than|fewer than|longer than|limit(?:ed)?|between|over)\b(?: (?:of|to|is))?:?\s(?:a )?\W?(?:\d|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|twelve\b)";
/// What a model takes, by its name at the beginning.
const LABELLED: &str = r"(?i)^(?:[\w-]+ )?(?:durations?|resolutions?|sizes?|quality|qualities|voices?|formats?|ratios?|images|characters)\s?:";
/// What begins with a digit and is in code: a size, a length, a ratio.
const FIGURE: &str = r"`\d[^`]*`";
/// Words about what something costs.
const PRICE: &str = r"(?i)\b(?:cost|price|pricing|bill|charg|deduct|multipl|surcharg|discount|credit|token)";
/// What changes a price wherever it stands, beside such words.
const FACTOR: &str = r"(?i)\d\s?[x×%]|[x×]\s?\d|\bdoubl|\btwice\b|\btripl|\bhal(?:f|v)|\bper ?cent\b|\d[\d,.]*[km]? (?:actual )?(?:tokens?|credits?)\b|\bstarted\b";
/// Words in a heading that say for whom or for when the prices below it are.
const SCOPE: &str =
    r"(?i)[(\d]|\b(?:legacy|old|former|until|before|after|from|since|enterprise|plan|beta|deprecated|upcoming|new)\b";

/// What such sentences are known by.
pub(super) struct Signs {
    default: Regex,
    limit: Regex,
    labelled: Regex,
    figure: Regex,
}

pub(super) fn read(page: &Page, signs: &Signs, reading: &mut Reading) -> Result<()> {
    let (price, factor, words) = (pattern(PRICE)?, pattern(FACTOR)?, pattern(r"(?i)\d|\bfree\b|\bextra\b")?);
    for (block, text) in page.texts() {
        for sentence in sentences(text).into_iter().filter(|sentence| may_say_more(sentence)) {
            let left = reading.claims.left(block.line, sentence);
            let is_price = price.is_match(sentence) && factor.is_match(&left);
            let is_of_prices = is_below_prices(block) && (factor.is_match(&left) || words.is_match(&left));
            if is_price || is_of_prices {
                reading.cannot_read(block.line, format!("what this means for prices: `{sentence}`"));
            } else if signs.say_a_limit(&left) || signs.are_of_a_label(sentence, &left) {
                let about = in_its_place(text, sentence);
                reading.contradict(Key::new(subject(block), "said"), about, &[block.line]);
            }
        }
    }
    for heading in page.headings.iter().filter(|heading| signs.say_a_limit(&heading.text)) {
        reading.cannot_read(heading.line, format!("a heading that limits what is below it: `{}`", heading.text));
    }
    let scope = pattern(SCOPE)?;
    for heading in
        page.headings.iter().filter(|heading| is_about_prices(&heading.text) && scope.is_match(&heading.text))
    {
        reading.cannot_read(heading.line, format!("for whom or for when the prices below `{}` are", heading.text));
    }
    Ok(())
}

/// Whether it has anything that one of the patterns needs: most sentences have not, and patterns take their time.
fn may_say_more(sentence: &str) -> bool {
    const HINTS: [&str; 22] = [
        "default", "option", "omitted", "set", "unless", "max", "min", "up to", "at most", "at least", "than", "limit",
        "between", "over", "doubl", "twice", "tripl", "hal", "cent", "started", "free", "extra",
    ];
    let lower = sentence.to_lowercase();
    lower.contains(|letter: char| letter.is_ascii_digit() || letter == ':')
        || HINTS.iter().any(|hint| lower.contains(hint))
}

impl Signs {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            default: pattern(DEFAULT)?,
            limit: pattern(LIMIT)?,
            labelled: pattern(LABELLED)?,
            figure: pattern(FIGURE)?,
        })
    }

    /// Whether a text has a default, options or a limit, or a figure that a request could name.
    pub(super) fn say_a_limit(&self, text: &str) -> bool {
        self.default.is_match(text) || self.limit.is_match(text) || self.figure.is_match(text)
    }

    /// Whether a sentence is of a figure by its name. It is understood if something of it was, and no other figure is left.
    fn are_of_a_label(&self, sentence: &str, left: &str) -> bool {
        let is_understood = left != sentence && !left.contains(|letter: char| letter.is_ascii_digit());
        self.labelled.is_match(sentence) && !is_understood
    }
}

/// A sentence with the first words of its text, without which a default is that of any parameter.
fn in_its_place(text: &str, sentence: &str) -> String {
    if text.starts_with(sentence) {
        return sentence.to_owned();
    }
    let first: Vec<&str> = text.split(' ').take(5).collect();
    format!("{} … {sentence}", first.join(" "))
}

/// The kind of media that the headings above name.
fn subject(block: &Block) -> &'static str {
    let kinds = [("text", "text"), ("image", "image"), ("video", "video"), ("audio", "speech")];
    kinds.into_iter().find(|(word, _)| block.is_below(word)).map_or("page", |(_, kind)| kind)
}

fn is_below_prices(block: &Block) -> bool {
    block.headings.iter().any(|heading| is_about_prices(heading))
}

fn is_about_prices(heading: &str) -> bool {
    let heading = plain(heading).to_lowercase();
    ["pric", "cost", "billing", "surcharge"].iter().any(|word| heading.contains(word))
}
