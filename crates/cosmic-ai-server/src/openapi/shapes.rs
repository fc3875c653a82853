//! The shapes of answers that no other type describes: those of types of other crates, and those that are put together.
//!
//! That they are what is answered, field by field, is for the tests to show: none of them allows a field that it does not name,
//! but for refusals and events, which clients must read leniently.

#![expect(dead_code, reason = "describes what is written; nothing is made of it")]

use std::collections::BTreeMap;

use cosmic_ai::{Media, ModelId, Money, Multiplier, Tokens, Usage};
use schemars::JsonSchema;
use serde_json::{Map, Value};

/// A refusal.
#[derive(JsonSchema)]
#[schemars(rename = "Error")]
pub(super) struct Refusal {
    /// The status of the answer, repeated.
    status: u16,
    /// What is wrong, in words.
    message: String,
    /// A code, such as `INSUFFICIENT_CREDITS`.
    #[schemars(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Every problem of an invalid request.
    #[schemars(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<Problem>>,
    /// The model that was asked, where a budget is used up.
    #[schemars(skip_serializing_if = "Option::is_none")]
    model: Option<ModelId>,
    /// Its price tier.
    #[schemars(skip_serializing_if = "Option::is_none")]
    tier: Option<String>,
    /// By how much its tier multiplies tokens.
    #[schemars(skip_serializing_if = "Option::is_none")]
    multiplier: Option<Multiplier>,
    /// The medium that was made all the same.
    #[schemars(skip_serializing_if = "Option::is_none")]
    media_id: Option<String>,
    /// `unknown` if the call may have been billed, `billed` if it was; absent if it was not.
    #[schemars(skip_serializing_if = "Option::is_none")]
    outcome: Option<Outcome>,
}

/// Whether a failed call was billed.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case", inline)]
enum Outcome {
    Unknown,
    Billed,
}

/// One thing that is wrong with a request.
#[derive(JsonSchema)]
struct Problem {
    /// The field.
    field: String,
    /// What was given, cut; null if nothing was.
    given: Option<String>,
    /// What is wrong with it.
    reason: String,
    /// What is allowed: values, or a range in words.
    allowed: Vec<String>,
    /// The allowed value that is nearest.
    nearest: Option<String>,
}

/// An event of a streamed text: a fragment, the usage, the end, or an error, which is the last event too.
#[derive(JsonSchema)]
pub(super) struct TextEvent {
    /// The next fragment of the text.
    #[schemars(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The tokens used.
    #[schemars(skip_serializing_if = "Option::is_none")]
    token_count: Option<Usage>,
    /// `end`, after which nothing comes.
    #[schemars(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    /// What is known at the end.
    #[schemars(skip_serializing_if = "Option::is_none")]
    data: Option<Map<String, Value>>,
    /// Why the stream ends early.
    #[schemars(skip_serializing_if = "Option::is_none")]
    error: Option<Map<String, Value>>,
}

/// Some of the media of a bucket.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct MediaList {
    /// The media, or of each what `props` names.
    media: Vec<Map<String, Value>>,
    /// How many match in all.
    total: u64,
    /// How many are answered at most.
    limit: u32,
    /// How many were passed over, if that was asked for.
    #[schemars(skip_serializing_if = "Option::is_none")]
    skip: Option<u32>,
}

/// One medium.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct OneMedium {
    /// The medium.
    media: Media,
}

/// Properties of one medium.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct SomeOfMedium {
    /// The medium, or of it what `props` names.
    media: Map<String, Value>,
}

/// That something is done.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Done {
    /// What is done, in words.
    message: String,
}

/// How the server is.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Health {
    /// `ok`, or `ready`.
    status: String,
}

/// What a request will cost.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Estimate {
    /// The model that will be asked.
    model: ModelId,
    /// Its price tier; null for media, and where it is unknown.
    tier: Option<String>,
    /// By how much its tier multiplies tokens; null for media, and where it is unknown.
    multiplier: Option<Multiplier>,
    /// Tokens of the request, before the multiplier.
    input_tokens: TokenRange,
    /// Tokens of the answer, before the multiplier; for media the price.
    output_tokens: TokenRange,
    /// Tokens that the account loses, after the multiplier.
    deducted_tokens: TokenRange,
    /// What was assumed, each in words.
    assumptions: Vec<String>,
}

/// How many tokens.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct TokenRange {
    /// Seldom fewer.
    low: Tokens,
    /// About this many; null where the price is unknown.
    expected: Option<Tokens>,
    /// Never more, given the assumptions; null where it is unknown or unbounded.
    high: Option<Tokens>,
}

/// One request priced on all models that can take it.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Comparisons {
    /// Cheapest expected first, those of unknown price last.
    comparisons: Vec<Comparison>,
    /// Models that cannot take the request.
    left_out: Vec<LeftOut>,
}

/// What the request costs on one model.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Comparison {
    /// Whether the request asks for this model, by name or by default.
    asked: bool,
    /// Whether the API's page offers the model by id.
    offered: bool,
    /// The price.
    estimate: Estimate,
}

/// A model that cannot take the request.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LeftOut {
    /// The model.
    model: ModelId,
    /// What of the request it does not take.
    reason: String,
}

/// What the calls of a bucket cost, and how its budgets stand.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct UsageReport {
    /// The slug of the bucket.
    bucket: String,
    /// What was asked for.
    query: UsageQuery,
    /// A row for each combination of values, ordered by its key.
    rows: Vec<UsageRow>,
    /// All rows together.
    total: Figures,
    /// How the bucket's own budgets stand.
    standings: Vec<BudgetStanding>,
}

/// What a report is of.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct UsageQuery {
    /// From when on, inclusive; null is from the beginning.
    from: Option<Moment>,
    /// Until when, exclusive; null is for ever.
    until: Option<Moment>,
    /// Only calls with these labels.
    labels: BTreeMap<String, String>,
    /// What rows are told apart by: a name, or an object of a name and what it is of.
    by: Vec<Value>,
}

/// A time in RFC 3339.
#[derive(JsonSchema)]
#[schemars(inline)]
struct Moment(#[schemars(extend("format" = "date-time"))] String);

/// A row of a report.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct UsageRow {
    /// A value for each dimension; null where the calls have none.
    key: Vec<Option<String>>,
    /// What its calls cost.
    figures: Figures,
}

/// What calls cost together.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Figures {
    /// How many calls.
    calls: u64,
    /// How many are settled.
    settled: u64,
    /// How many are under way.
    open: u64,
    /// How many nobody knows of whether they were billed.
    unresolved: u64,
    /// How many are over without a charge.
    released: u64,
    /// What was charged, by pool.
    charge: Charge,
    /// What was charged, both pools together.
    total: Tokens,
    /// What is still held, by pool.
    held: Charge,
    /// How many open calls hold nothing, because no upper bound is known.
    unheld: u64,
    /// How many were settled by an estimate.
    estimated: u64,
    /// How many have a charge that nobody knows. It is not zero.
    uncharged: u64,
    /// What went over its hold.
    over_hold: OverHold,
    /// What was expected and what it came to.
    drift: Drift,
    /// What was held and what it came to.
    holds: Holds,
}

/// Tokens by pool.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Charge {
    /// Of the input pool.
    input: Tokens,
    /// Of the output pool.
    output: Tokens,
}

/// Calls that were charged more than was held for them.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct OverHold {
    /// How many.
    calls: u64,
    /// By how much.
    by: Charge,
    /// How many were summarised, so that nobody can tell any more.
    untold: u64,
}

/// Estimate against actual.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Drift {
    /// Over how many calls.
    calls: u64,
    /// What was expected.
    expected: Charge,
    /// What was charged.
    actual: Charge,
    /// What was charged for each thousand tokens expected; null where nothing was expected.
    per_mille: Option<u64>,
}

/// Hold against actual.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Holds {
    /// Over how many calls.
    calls: u64,
    /// What was held.
    held: Charge,
    /// What was charged.
    actual: Charge,
    /// What was held and not charged.
    in_vain: Charge,
}

/// How a budget stands in its present period.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct BudgetStanding {
    /// The budget, as refusals call it.
    budget: String,
    /// Whose calls it counts.
    scope: Scope,
    /// When its present period began.
    from: Moment,
    /// When it renews; null where it never does.
    until: Option<Moment>,
    /// Its limits; null is none.
    limits: Amounts,
    /// What is held for calls under way.
    held: Amounts,
    /// What is spent.
    spent: Amounts,
    /// What is left of each limit.
    left: Amounts,
}

/// Whose calls a budget counts: those with a label.
#[derive(JsonSchema)]
#[schemars(rename = "BudgetScope", deny_unknown_fields)]
struct Scope {
    /// The label's name.
    name: String,
    /// The label's value.
    value: String,
}

/// Amounts of what a budget may limit.
#[derive(JsonSchema)]
#[schemars(rename = "BudgetAmounts", deny_unknown_fields)]
struct Amounts {
    /// Tokens of the input pool.
    input: Option<Tokens>,
    /// Tokens of the output pool.
    output: Option<Tokens>,
    /// Tokens of both pools together.
    total: Option<Tokens>,
    /// Money.
    money: Option<Money>,
}
