//! What each character costs, in 1/256 of a token: the fitted figures and the tables the estimate reads.
//!
//! The figures are the non-negative least squares fit of the true counts of `o200k_base` over pieces of 500 characters,
//! each weighted by its relative error, with neighbouring positions in a run held close to each other.

use super::class::Class;

/// How many units of the tables make one token.
pub(super) const UNITS_PER_TOKEN: u64 = 256;

/// How far apart the rows of [`PAIRS`] are: a power of two from [`Class::COUNT`], so that a mask replaces the check.
const STRIDE: usize = 64;

/// How many positions in a run are told apart; longer runs go round the last three, because digits are cut into threes.
const POSITIONS: usize = 16;

/// How many characters may be added up before [`Sum::take`] and [`wrap`] are due.
pub(super) const CHUNK: usize = 16;

/// What no figure may exceed, so that the pairs and positions of a chunk fit the 16 bits of a lane.
const LARGEST: usize = 0xffff / (2 * CHUNK);

/// What a class costs.
struct Row {
    class: Class,
    /// After a line start, a space, a lower-case letter, an upper-case one, a digit, ASCII punctuation, anything else;
    /// last, after its own class or a Chinese character that occurs in words.
    after: [u16; 8],
    /// On top, from the second position of a run: 2, 3, 4, 5, 6, 7, 8, 9 to 10, 11 to 12, further.
    /// For digits: a position that is a multiple of three, one more, two more.
    run: [u16; 10],
}

const fn row(class: Class, after: [u16; 8], run: [u16; 10]) -> Row {
    Row { class, after, run }
}

/// One row for each class, in the order of [`Class`].
#[rustfmt::skip]
const ROWS: [Row; Class::COUNT] = [
    row(Class::Lower, [252, 158, 0, 111, 255, 71, 307, 202], [23, 15, 18, 48, 33, 21, 27, 33, 35, 39]),
    row(Class::Upper, [257, 11, 217, 205, 307, 270, 190, 200], [95, 77, 67, 57, 44, 35, 32, 29, 29, 29]),
    row(Class::Digit, [281, 456, 287, 307, 256, 296, 264, 257], [0, 256, 0, 0, 0, 0, 0, 0, 0, 0]),
    row(Class::Space, [0, 26, 0, 20, 56, 113, 38, 62], [241, 54, 0, 0, 0, 0, 0, 0, 0, 3]),
    row(Class::Newline, [195, 218, 307, 231, 224, 32, 215, 219], [5, 12, 18, 20, 22, 23, 24, 25, 25, 25]),
    row(Class::Control, [187, 195, 185, 205, 206, 205, 205, 153], [8, 14, 18, 21, 22, 24, 24, 25, 25, 25]),
    row(Class::Stop, [202, 149, 261, 307, 182, 74, 307, 128], [6, 6, 10, 15, 19, 21, 23, 24, 24, 24]),
    row(Class::Quote, [307, 252, 255, 75, 172, 148, 231, 10], [0, 0, 9, 15, 19, 21, 23, 24, 24, 24]),
    row(Class::Open, [226, 82, 33, 198, 163, 149, 160, 144], [11, 17, 20, 22, 23, 24, 25, 25, 25, 25]),
    row(Class::Close, [160, 71, 126, 58, 244, 14, 176, 125], [5, 12, 18, 20, 21, 23, 24, 24, 25, 25]),
    row(Class::Colon, [182, 133, 255, 157, 260, 32, 192, 173], [22, 24, 24, 25, 25, 25, 25, 25, 25, 26]),
    row(Class::Slash, [24, 138, 214, 110, 243, 109, 184, 0], [2, 0, 8, 12, 15, 15, 14, 12, 7, 0]),
    row(Class::Dash, [219, 225, 124, 85, 204, 186, 195, 27], [42, 38, 33, 30, 27, 23, 19, 14, 8, 0]),
    row(Class::Underscore, [153, 135, 196, 12, 97, 163, 182, 72], [0, 9, 15, 19, 21, 23, 24, 24, 25, 25]),
    row(Class::Operator, [228, 139, 305, 291, 206, 199, 191, 0], [0, 8, 15, 18, 20, 20, 19, 16, 10, 0]),
    row(Class::Latin, [170, 138, 129, 309, 128, 161, 167, 0], [0, 41, 98, 142, 166, 178, 176, 170, 164, 164]),
    row(Class::Greek, [156, 68, 128, 128, 123, 143, 128, 11], [84, 89, 99, 104, 104, 95, 73, 50, 41, 40]),
    row(Class::Cyrillic, [234, 41, 127, 128, 127, 360, 130, 0], [129, 115, 96, 49, 17, 0, 0, 0, 0, 13]),
    row(Class::Hebrew, [159, 49, 128, 128, 128, 152, 129, 46], [66, 69, 76, 82, 85, 88, 89, 88, 86, 85]),
    row(Class::Arabic, [84, 103, 141, 127, 126, 188, 113, 0], [81, 88, 88, 87, 71, 61, 51, 53, 60, 63]),
    row(Class::Devanagari, [106, 123, 128, 128, 128, 155, 128, 0], [70, 74, 76, 72, 73, 68, 66, 73, 77, 79]),
    row(Class::Indic, [77, 132, 64, 65, 64, 72, 64, 17], [94, 86, 76, 63, 51, 42, 34, 28, 27, 27]),
    row(Class::Thai, [113, 119, 128, 128, 129, 132, 134, 18], [69, 70, 73, 77, 79, 80, 82, 84, 85, 87]),
    row(Class::Hangul, [176, 238, 98, 118, 118, 151, 103, 33], [130, 111, 73, 62, 64, 68, 71, 73, 74, 74]),
    row(Class::Hiragana, [128, 169, 139, 125, 128, 123, 206, 128], [85, 78, 70, 64, 62, 62, 64, 67, 70, 70]),
    row(Class::Katakana, [127, 168, 124, 129, 127, 130, 108, 75], [79, 80, 82, 89, 88, 90, 90, 89, 89, 88]),
    row(Class::HanRare, [510, 514, 512, 512, 510, 466, 470, 493], [69, 63, 62, 63, 64, 64, 63, 60, 54, 45]),
    row(Class::HanInWords, [118, 220, 128, 128, 133, 215, 214, 96], [129, 113, 90, 70, 60, 58, 57, 55, 52, 45]),
    row(Class::HanAlone, [208, 240, 205, 204, 205, 203, 200, 135], [177, 172, 166, 164, 161, 159, 155, 148, 138, 121]),
    row(Class::WidePunctuation, [131, 123, 135, 123, 131, 133, 169, 69], [73, 74, 75, 76, 76, 76, 77, 77, 77, 77]),
    row(Class::Typographic, [157, 89, 254, 143, 132, 130, 155, 144], [84, 83, 82, 80, 79, 78, 78, 77, 77, 77]),
    row(Class::Symbol, [335, 319, 348, 334, 333, 333, 345, 454], [102, 101, 98, 94, 90, 87, 83, 80, 78, 76]),
    row(Class::Face, [379, 389, 384, 384, 384, 384, 370, 384], [77, 77, 77, 77, 77, 77, 77, 77, 77, 77]),
    row(Class::Pictograph, [503, 496, 512, 512, 512, 512, 522, 409], [47, 53, 59, 65, 69, 72, 74, 75, 75, 76]),
    row(Class::RareEmoji, [651, 643, 666, 666, 666, 666, 639, 610], [62, 64, 67, 70, 73, 74, 75, 76, 76, 76]),
    row(Class::Modifier, [183, 218, 181, 178, 179, 194, 149, 174], [75, 76, 76, 76, 76, 77, 77, 77, 77, 77]),
    row(Class::Mark, [228, 230, 229, 230, 230, 230, 181, 214], [71, 73, 74, 75, 76, 76, 76, 77, 77, 77]),
    row(Class::OtherTwo, [256, 256, 270, 256, 256, 285, 263, 265], [258, 258, 258, 257, 257, 256, 256, 256, 256, 256]),
    row(Class::OtherThree, [384, 384, 384, 384, 384, 383, 414, 391], [385, 385, 384, 384, 384, 384, 384, 385, 385, 385]),
    row(Class::OtherFour, [768, 768, 768, 768, 768, 770, 815, 804], [512, 512, 512, 512, 512, 512, 512, 512, 512, 512]),
];

/// What a lower-case or accented letter costs besides in text with accents, where words are cut shorter than in English.
/// By position in the word, as in [`Row::run`].
const ACCENTED: [u16; 10] = [0, 0, 0, 39, 33, 19, 5, 0, 0, 0];

/// By class and the class before it: the cost, and in the upper half a mask that is zero where a new run begins.
static PAIRS: [u64; STRIDE * STRIDE] = pairs();

/// By class and position in the run: the cost, and from bit 16 what accented text costs besides.
static RUNS: [u64; STRIDE * (POSITIONS + CHUNK)] = runs();

/// The cost of up to [`CHUNK`] characters, in three lanes: always, besides, and a remainder of masks.
#[derive(Default, Clone, Copy)]
pub(super) struct Sum(u64);

impl Sum {
    /// Adds a character of `class` after one of class `previous` at `position`; returns its own position in its run.
    #[inline]
    pub(super) fn add(&mut self, previous: u8, class: u8, position: usize) -> usize {
        let pair = entry(&PAIRS, usize::from(class) * STRIDE + usize::from(previous));
        let position = (position & (pair >> 32) as usize) + 1;
        let run = entry(&RUNS, usize::from(class) * (POSITIONS + CHUNK) + position);
        self.0 += pair + run;
        position
    }

    /// The cost, and what accented text costs besides.
    #[inline]
    pub(super) fn take(self) -> (u64, u64) {
        (self.0 & 0xffff, self.0 >> 16 & 0xffff)
    }
}

/// Brings a position back to one that leaves room for another chunk.
#[inline]
pub(super) fn wrap(position: usize) -> usize {
    if position < POSITIONS { position } else { POSITIONS - 3 + (position - POSITIONS) % 3 }
}

#[inline]
fn entry<const N: usize>(table: &[u64; N], index: usize) -> u64 {
    table.get(index % N).copied().unwrap_or(0)
}

/// The column of [`Row::after`], or none where a run costs by position alone.
const fn column(previous: Class, class: Class) -> Option<usize> {
    let same = previous as u8 == class as u8;
    Some(match previous {
        Class::Lower | Class::Upper | Class::Digit | Class::Space | Class::Newline | Class::Latin if same => {
            return None;
        }
        Class::HanInWords => 7,
        _ if same && !class.is_han() => 7,
        Class::Newline | Class::Control => 0,
        Class::Space => 1,
        Class::Lower | Class::Latin => 2,
        Class::Upper => 3,
        Class::Digit => 4,
        _ if previous as u8 <= Class::Operator as u8 => 5,
        _ => 6,
    })
}

/// Whether a vocabulary's pre-tokenizer leaves the two in one piece; a capital after a small letter starts a new word.
const fn continues(previous: Class, class: Class) -> bool {
    let same = previous as u8 == class as u8;
    let in_word = previous.is_latin() && class.is_latin() && !matches!(class, Class::Upper);
    same || in_word || (previous.is_han() && class.is_han())
}

/// The index into [`Row::run`].
const fn run_column(class: Class, position: usize) -> usize {
    match (class, position) {
        (Class::Digit, _) => position % 3,
        (_, ..=8) => position - 2,
        (_, 9 | 10) => 7,
        (_, 11 | 12) => 8,
        _ => 9,
    }
}

#[expect(clippy::indexing_slicing, reason = "only the compiler runs it, and fails the build at a wrong index")]
#[expect(clippy::large_stack_arrays, reason = "only the compiler runs it")]
const fn pairs() -> [u64; STRIDE * STRIDE] {
    let mut table = [0; STRIDE * STRIDE];
    let mut class = 0;
    while class < Class::COUNT {
        let row = &ROWS[class];
        assert!(row.class as usize == class, "the rows are in the order of the classes");
        let mut previous = 0;
        while previous < Class::COUNT {
            let before = ROWS[previous].class;
            let units = match column(before, row.class) {
                Some(column) => row.after[column],
                None => 0,
            };
            assert!(units as usize <= LARGEST, "a chunk would overflow its lane");
            let mask = if continues(before, row.class) { 0xff } else { 0 };
            table[class * STRIDE + previous] = mask << 32 | units as u64;
            previous += 1;
        }
        class += 1;
    }
    table
}

#[expect(clippy::indexing_slicing, reason = "only the compiler runs it, and fails the build at a wrong index")]
const fn runs() -> [u64; STRIDE * (POSITIONS + CHUNK)] {
    let mut table = [0; STRIDE * (POSITIONS + CHUNK)];
    let mut class = 0;
    while class < Class::COUNT {
        let row = &ROWS[class];
        let accented = matches!(row.class, Class::Lower | Class::Latin);
        let mut position = 2;
        while position < POSITIONS + CHUNK {
            let column = run_column(row.class, position);
            let besides = if accented { ACCENTED[column] } else { 0 };
            assert!(
                row.run[column] as usize <= LARGEST && besides as usize <= LARGEST,
                "a chunk would overflow its lane"
            );
            table[class * (POSITIONS + CHUNK) + position] = (besides as u64) << 16 | row.run[column] as u64;
            position += 1;
        }
        class += 1;
    }
    table
}
