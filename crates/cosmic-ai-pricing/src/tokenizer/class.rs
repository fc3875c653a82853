//! Sorts characters into the classes that the cost tables tell apart: kinds of ASCII, scripts, symbols.

use super::han;

/// What a character is, as far as its price in tokens is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    /// `a` to `z`.
    Lower,
    /// `A` to `Z`.
    Upper,
    /// `0` to `9`.
    Digit,
    /// The plain space.
    Space,
    /// Line feed and carriage return; also what precedes a text's first character.
    Newline,
    /// Tab and the other control characters.
    Control,
    /// Full stop and comma.
    Stop,
    /// Straight quotation marks and the backtick.
    Quote,
    /// Opening brackets, `<` among them.
    Open,
    /// Closing brackets, `>` among them.
    Close,
    /// Colon and semicolon.
    Colon,
    /// Slash and backslash.
    Slash,
    /// The hyphen.
    Dash,
    /// The underscore.
    Underscore,
    /// The rest of ASCII.
    Operator,
    /// Latin letters with marks.
    Latin,
    /// Greek.
    Greek,
    /// Cyrillic.
    Cyrillic,
    /// Hebrew letters.
    Hebrew,
    /// Arabic letters.
    Arabic,
    /// Devanagari, as in Hindi.
    Devanagari,
    /// The other scripts of India.
    Indic,
    /// Thai.
    Thai,
    /// Korean syllables.
    Hangul,
    /// Hiragana.
    Hiragana,
    /// Katakana.
    Katakana,
    /// Chinese characters of the basic block that take more than one token.
    HanRare,
    /// Chinese characters that occur in words of the vocabulary.
    HanInWords,
    /// Chinese characters that are one token and join few others.
    HanAlone,
    /// Chinese and Japanese punctuation and full-width forms.
    WidePunctuation,
    /// Typographic punctuation and Latin-1 signs: dashes, curly quotation marks, `§`.
    Typographic,
    /// Arrows, mathematics, dingbats and the emoji of the basic plane.
    Symbol,
    /// Smileys.
    Face,
    /// The older emoji of things, flags and skin tones.
    Pictograph,
    /// The younger emoji and the seldom used.
    RareEmoji,
    /// What joins or varies emoji: zero-width joiners, variation selectors, keycaps.
    Modifier,
    /// Vowel points and other marks that vocabularies seldom join to their letter.
    Mark,
    /// Letters of two bytes in scripts of which vocabularies hold little.
    OtherTwo,
    /// The same of three bytes.
    OtherThree,
    /// The same of four bytes.
    OtherFour,
}

impl Class {
    /// How many classes there are.
    pub(super) const COUNT: usize = Self::OtherFour as usize + 1;

    /// Whether it belongs to a word in Latin letters.
    pub(super) const fn is_latin(self) -> bool {
        matches!(self, Self::Lower | Self::Upper | Self::Latin)
    }

    /// Whether it is a Chinese character.
    pub(super) const fn is_han(self) -> bool {
        matches!(self, Self::HanInWords | Self::HanAlone | Self::HanRare)
    }

    /// The class of an ASCII byte; bytes of longer characters have none and get [`Class::Operator`].
    pub(super) const fn of_ascii(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' => Self::Lower,
            b'A'..=b'Z' => Self::Upper,
            b'0'..=b'9' => Self::Digit,
            b' ' => Self::Space,
            b'\n' | b'\r' => Self::Newline,
            0..=0x1f | 0x7f => Self::Control,
            b'.' | b',' => Self::Stop,
            b'"' | b'\'' | b'`' => Self::Quote,
            b'(' | b'[' | b'{' | b'<' => Self::Open,
            b')' | b']' | b'}' | b'>' => Self::Close,
            b':' | b';' => Self::Colon,
            b'/' | b'\\' => Self::Slash,
            b'-' => Self::Dash,
            b'_' => Self::Underscore,
            _ => Self::Operator,
        }
    }
}

/// Where each class of characters begins, in the order of Unicode; it ends where the next begins.
/// From U+0800 only whole [`BLOCK`]s are told apart.
const STARTS: [(u32, Class); 68] = [
    (0x80, Class::Typographic),
    (0xaa, Class::Latin),
    (0xab, Class::Typographic),
    (0xb5, Class::Latin),
    (0xb6, Class::Typographic),
    (0xba, Class::Latin),
    (0xbb, Class::Typographic),
    (0xc0, Class::Latin),
    (0xd7, Class::Typographic),
    (0xd8, Class::Latin),
    (0xf7, Class::Typographic),
    (0xf8, Class::Latin),
    (0x2b0, Class::OtherTwo),
    (0x300, Class::Mark),
    (0x370, Class::Greek),
    (0x400, Class::Cyrillic),
    (0x530, Class::OtherTwo),
    (0x591, Class::Mark),
    (0x5d0, Class::Hebrew),
    (0x600, Class::Arabic),
    (0x610, Class::Mark),
    (0x61b, Class::Arabic),
    (0x64b, Class::Mark),
    (0x660, Class::Arabic),
    (0x700, Class::OtherTwo),
    (0x750, Class::Arabic),
    (0x780, Class::OtherTwo),
    (0x800, Class::OtherThree),
    (0x900, Class::Devanagari),
    (0x980, Class::Indic),
    (0xd80, Class::OtherThree),
    (0xe00, Class::Thai),
    (0xe80, Class::OtherThree),
    (0x1100, Class::Hangul),
    (0x1200, Class::OtherThree),
    (0x1e00, Class::Latin),
    (0x1f00, Class::Greek),
    (0x2000, Class::Modifier),
    (0x2010, Class::Typographic),
    (0x2070, Class::Symbol),
    (0x20e0, Class::Modifier),
    (0x20f0, Class::Symbol),
    (0x2c00, Class::OtherThree),
    (0x3000, Class::WidePunctuation),
    (0x3040, Class::Hiragana),
    (0x30a0, Class::Katakana),
    (0x3100, Class::OtherThree),
    (0x3130, Class::Hangul),
    (0x3190, Class::OtherThree),
    (0x4e00, Class::HanRare),
    (0xa000, Class::OtherThree),
    (0xac00, Class::Hangul),
    (0xd7b0, Class::OtherThree),
    (0xfb50, Class::Arabic),
    (0xfe00, Class::Modifier),
    (0xfe10, Class::OtherThree),
    (0xfe70, Class::Arabic),
    (0xff00, Class::WidePunctuation),
    (0xfff0, Class::OtherThree),
    (0x1_0000, Class::OtherFour),
    (0x1_f000, Class::RareEmoji),
    (0x1_f1e0, Class::Pictograph),
    (0x1_f200, Class::RareEmoji),
    (0x1_f300, Class::Pictograph),
    (0x1_f500, Class::RareEmoji),
    (0x1_f600, Class::Face),
    (0x1_f650, Class::RareEmoji),
    (0x1_fb00, Class::OtherFour),
];

/// How many code points share an entry of [`BLOCKS`].
const BLOCK: usize = 16;

/// The classes of the characters of one and two bytes.
static NARROW: [u8; 0x800] = narrow();

/// The classes of the blocks below U+20000.
static BLOCKS: [u8; 0x2_0000 / BLOCK] = blocks();

/// The class of a character, as a number.
#[inline]
pub(super) fn class_of(character: char) -> u8 {
    let code = character as u32;
    if let Some(class) = NARROW.get(code as usize) {
        return *class;
    }
    let class = BLOCKS.get(code as usize / BLOCK).copied().unwrap_or(Class::OtherFour as u8);
    if class == Class::HanRare as u8 { class + han::frequency(code) } else { class }
}

#[expect(clippy::indexing_slicing, reason = "only the compiler runs it, and fails the build at a wrong index")]
const fn class_at(code: usize) -> Class {
    let mut index = STARTS.len() - 1;
    while STARTS[index].0 as usize > code {
        index -= 1;
    }
    STARTS[index].1
}

#[expect(clippy::indexing_slicing, reason = "only the compiler runs it, and fails the build at a wrong index")]
const fn narrow() -> [u8; 0x800] {
    let mut table = [0; 0x800];
    let mut byte = 0;
    while byte < 0x80 {
        table[byte as usize] = Class::of_ascii(byte) as u8;
        byte += 1;
    }
    let mut code = 0x80;
    while code < 0x800 {
        table[code] = class_at(code) as u8;
        code += 1;
    }
    table
}

#[expect(clippy::indexing_slicing, reason = "only the compiler runs it, and fails the build at a wrong index")]
const fn blocks() -> [u8; 0x2_0000 / BLOCK] {
    let mut table = [0; 0x2_0000 / BLOCK];
    let mut block = 0x800 / BLOCK;
    while block < table.len() {
        table[block] = class_at(block * BLOCK) as u8;
        block += 1;
    }
    table
}
