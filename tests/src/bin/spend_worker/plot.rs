//! What each operation is going to be: made from the seed and its number alone, so that whoever tries it again, after a kill,
//! asks for the very same.

use cosmic_ai::{Call, ImageRequest, OperationId, TextRequest};
use fastrand::Rng;

use Deed::{
    BrokenStream, DroppedEarly, DroppedImage, DroppedStream, DroppedText, FoundImage, Image, LostImage, LostText, Plan,
    Refused, Stream, Text,
};

/// How an operation goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A text, settled by its usage.
    Text,
    /// The same, streamed.
    Stream,
    /// A stream that breaks in the middle.
    BrokenStream,
    /// A stream that its caller drops in the middle.
    DroppedStream,
    /// The backend refuses.
    Refused,
    /// The answer was lost: settled by its hold.
    LostText,
    /// An image.
    Image,
    /// An image whose answer was lost: it stays held.
    LostImage,
    /// The same, and then somebody finds out what became of it.
    FoundImage,
    /// Dropped after one or two polls, which is before it is sent as a rule.
    DroppedEarly,
    /// Dropped after it was sent.
    DroppedText,
    /// The same for an image, which stays held.
    DroppedImage,
    /// Two texts that are reserved as a whole.
    Plan,
}

/// Every deed, with how often it comes up in a race.
const DEEDS: [(Deed, u32); 13] = [
    (Text, 40),
    (Stream, 12),
    (BrokenStream, 4),
    (DroppedStream, 6),
    (Refused, 10),
    (LostText, 4),
    (Image, 3),
    (LostImage, 1),
    (FoundImage, 2),
    (DroppedEarly, 6),
    (DroppedText, 5),
    (DroppedImage, 1),
    (Plan, 6),
];

/// One in so many operations of a race takes its process down.
const ONE_CRASH_IN: u32 = 256;
/// Users, the first of whom ask for most.
const USERS: u32 = 16;

/// Where a process is when it asks to be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    Before,
    Sent,
    After,
}

#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: OperationId,
    pub(crate) deed: Deed,
    pub(crate) crash: Option<Crash>,
    /// The most tokens that a text may write, and how many it does write.
    pub(crate) max_tokens: u32,
    pub(crate) used: u32,
    /// A small number, for whatever needs one.
    pub(crate) dice: u32,
    user: u32,
    number: u64,
}

impl Operation {
    /// An operation of a race.
    pub(crate) fn of_race(seed: u64, number: u64) -> Self {
        let mut rng = dice_of(seed, number);
        let all: u32 = DEEDS.iter().map(|(_, weight)| weight).sum();
        let mut left = rng.u32(..all);
        let of_weight = |(_, weight): &&(Deed, u32)| {
            let is_it = left < *weight;
            left = left.saturating_sub(*weight);
            is_it
        };
        let deed = DEEDS.iter().find(of_weight).map_or(Text, |(deed, _)| *deed);
        let mut operation = Self::new("race", number, deed, &mut rng);
        if rng.u32(..ONE_CRASH_IN) == 0 {
            // As a text, so that a process can be stopped while it is sent.
            operation.deed = Text;
            operation.crash = rng.choice([Crash::Before, Crash::Sent, Crash::After]);
        }
        operation
    }

    /// An operation of `crash`: each deed comes once in so many operations as there are deeds.
    pub(crate) fn of_crash(seed: u64, number: u64) -> Self {
        let deeds = DEEDS.len() as u64;
        let mut order: Vec<Deed> = DEEDS.iter().map(|(deed, _)| *deed).collect();
        dice_of(seed, u64::MAX - number / deeds).shuffle(&mut order);
        let place = usize::try_from(number % deeds).unwrap_or_default();
        let deed = order.get(place).copied().unwrap_or(Text);
        let mut operation = Self::new("crash", number, deed, &mut dice_of(seed, number));
        // What somebody decides was not billed may be sent again, so nobody does here.
        operation.dice |= u32::from(deed == FoundImage);
        operation
    }

    fn new(prefix: &str, number: u64, deed: Deed, rng: &mut Rng) -> Self {
        let max_tokens = rng.u32(40..400);
        Self {
            id: id(&format!("{prefix}-{number:07}")),
            deed,
            crash: None,
            max_tokens,
            // Never more than is held.
            used: rng.u32(1..max_tokens),
            dice: rng.u32(..8),
            user: rng.u32(..USERS).min(rng.u32(..USERS)),
            number,
        }
    }

    pub(crate) fn call(&self) -> Call {
        let call = Call::of(self.id.clone()).with_label("user", user(self.user));
        if self.dice < 2 { call.with_label("project", "film") } else { call }
    }

    pub(crate) fn text(&self) -> TextRequest {
        TextRequest::new(format!("Write words, number {}", self.number)).with_max_tokens(self.max_tokens)
    }

    pub(crate) fn image(&self) -> ImageRequest {
        ImageRequest::new(format!("A lake, number {}", self.number))
    }

    /// Whether somebody finds out that it was not billed.
    pub(crate) fn turns_out_unbilled(&self) -> bool {
        self.deed == FoundImage && self.dice.is_multiple_of(2)
    }

    /// The same, answered.
    pub(crate) fn answered(&self) -> Self {
        Self { deed: Text, ..self.clone() }
    }

    /// The operation of a part of a plan.
    pub(crate) fn part(&self, place: u32) -> Self {
        Self { id: id(&format!("{}.{place}", self.id)), deed: Text, ..self.clone() }
    }
}

/// The name of a user.
fn user(number: u32) -> String {
    format!("user-{number:02}")
}

pub(crate) fn users() -> impl Iterator<Item = String> {
    (0..USERS).map(user)
}

fn dice_of(seed: u64, number: u64) -> Rng {
    Rng::with_seed(seed ^ number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Ids of ours are never empty, which is all that makes one invalid.
fn id(text: &str) -> OperationId {
    text.parse().unwrap_or_else(|_| OperationId::mint())
}
