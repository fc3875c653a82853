//! Reports: rows that add up, pages that are read once, estimates against what came of them.

use std::time::{Duration, SystemTime};

use cosmic_ai_core::{Charge, OperationId, Tokens};
use cosmic_ai_pricing::ledger::{
    Admission, Basis, BodyHash, Change, Counter, CounterScope, Entry, Kind, Ledger, MemoryLedger, Next, State,
};
use cosmic_ai_pricing::report::{Dimension, Figures, Report, ReportQuery};
use proptest::prelude::*;

fn charge(input: u64, output: u64) -> Charge {
    Charge::new(Tokens(input), Tokens(output))
}

fn time(stamp: &str) -> SystemTime {
    stamp.parse::<jiff::Timestamp>().unwrap().into()
}

/// What becomes of an operation.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Open,
    Unknown,
    Released,
    Settled(Option<Charge>, Basis),
}

fn entry(id: &str, kind: Kind, model: &str, at: SystemTime) -> Entry {
    let mut entry = Entry::new(id.parse().unwrap(), kind, BodyHash::default());
    entry.model = (kind != Kind::Plan).then(|| model.into());
    entry.at = at;
    entry.deadline = at + Duration::from_hours(1);
    entry
}

async fn enter(ledger: &dyn Ledger, mut entry: Entry, fate: Fate) {
    let (id, at) = (entry.id.clone(), entry.at);
    if entry.kind == Kind::Plan {
        entry.state = State::Reserved;
    }
    ledger.admit(Admission::new(entry, Vec::new())).await.unwrap();
    let next = match fate {
        Fate::Open => return,
        Fate::Unknown => Next::Unknown { at_least: Charge::ZERO, result: None },
        Fate::Released => Next::Released,
        Fate::Settled(charge, basis) => Next::Settled { charge, basis, result: None },
    };
    ledger.advance(Change::new(id, None, next, at)).await.unwrap();
}

const OPUS: &str = "claude-opus-4-8";
const VEO: &str = "veo-3.1-fast-generate-preview";

/// Two days of a studio.
async fn studio() -> MemoryLedger {
    let ledger = MemoryLedger::new();
    let reported = |charge| Fate::Settled(Some(charge), Basis::Reported);
    let rows = [
        ("text", Kind::Text, OPUS, "ann", Some((10, 1_000)), Some((20, 2_000)), reported(charge(15, 1_250))),
        (
            "cut",
            Kind::Text,
            OPUS,
            "ben",
            Some((10, 1_000)),
            Some((20, 2_000)),
            Fate::Settled(Some(charge(20, 740)), Basis::Estimated),
        ),
        ("clip", Kind::Video, VEO, "ann", Some((0, 288_000)), Some((30, 288_000)), reported(charge(0, 288_500))),
        ("lost", Kind::Extend, VEO, "", Some((0, 288_000)), Some((30, 288_000)), Fate::Unknown),
        ("riddle", Kind::Text, "llama-3", "ben", None, None, Fate::Settled(None, Basis::Reported)),
        ("refused", Kind::Image, "dall-e-3", "ben", Some((0, 9)), Some((9, 9)), Fate::Released),
        ("endless", Kind::Text, "o1", "ben", Some((1, 2)), None, Fate::Open),
    ];
    let start = time("2026-11-22T22:30:00Z");
    for (minutes, (id, kind, model, user, expected, held, fate)) in (0..).zip(rows) {
        let mut entry = entry(id, kind, model, start + Duration::from_mins(20 * minutes));
        entry.expected = expected.map(|(input, output)| charge(input, output));
        entry.held = held.map(|(input, output)| charge(input, output));
        if !user.is_empty() {
            entry.labels.insert("user".to_owned(), user.to_owned());
        }
        enter(&ledger, entry, fate).await;
    }
    for (id, fate) in [("plan", Fate::Open), ("old-plan", Fate::Released)] {
        let mut plan = entry(id, Kind::Plan, "", start);
        plan.held = Some(charge(1, 5_000));
        enter(&ledger, plan, fate).await;
    }
    ledger
}

#[tokio::test]
async fn figures_tell_apart_what_is_known_from_what_is_not() {
    let report = Report::of(&studio().await, &ReportQuery::all()).await.unwrap();
    let total = &report.total;
    assert_eq!((report.rows.len(), &report.rows[0].figures), (1, total));
    let counts = [total.calls, total.settled, total.open, total.unresolved, total.released];
    assert_eq!(counts, [7, 4, 1, 1, 1], "plans are no calls");
    assert_eq!([total.estimated, total.uncharged, total.unheld], [1, 1, 1]);
    assert_eq!((total.charge, total.total), (charge(35, 290_490), Tokens(290_525)));
    assert_eq!(total.held, charge(31, 293_000), "what is unresolved and the rest of the plan");
    assert_eq!((total.over_hold.calls, total.over_hold.by), (1, charge(0, 500)));
    let drift = total.drift;
    assert_eq!((drift.calls, drift.expected, drift.actual), (3, charge(20, 290_000), charge(35, 290_490)));
    assert_eq!(drift.per_mille, Some(1_002)); // 290,525 of 290,020
    assert_eq!((total.holds.calls, total.holds.held), (3, charge(70, 292_000)));
    assert_eq!(total.holds.in_vain, charge(35, 1_510));
}

#[tokio::test]
async fn rows_are_told_apart_by_dimensions_and_shown_as_a_table() {
    let ledger = studio().await;
    let by_model = ReportQuery::all().by(Dimension::Model);
    let report = Report::of(&ledger, &by_model).await.unwrap();
    let expected = "\
model                          calls  input   output    total     held  open  unresolved  released  estimated  uncharged  over hold  of expected
-                                  0      0        0        0    5,001     0           0         0          0          0          0            -
claude-opus-4-8                    2     35    1,990    2,025        0     0           0         0          1          0          0      100.2 %
dall-e-3                           1      0        0        0        0     0           0         1          0          0          0            -
llama-3                            1      0        0        0        0     0           0         0          0          1          0            -
o1                                 1      0        0        0        0     1           0         0          0          0          0            -
veo-3.1-fast-generate-preview      2      0  288,500  288,500  288,030     0           1         0          0          0          1      100.2 %
total                              7     35  290,490  290,525  293,031     1           1         1          1          1          1      100.2 %";
    assert_eq!(report.to_string(), expected);
    let nothing = Report::of(&MemoryLedger::new(), &ReportQuery::all()).await.unwrap();
    assert_eq!(nothing.to_string().lines().count(), 2);

    let by_user = ReportQuery::all().by(Dimension::Modality).by(Dimension::label("user"));
    let keys: Vec<String> = Report::of(&ledger, &by_user)
        .await
        .unwrap()
        .rows
        .iter()
        .map(|row| row.key.iter().map(|value| value.as_deref().unwrap_or("-")).collect::<Vec<_>>().join("/"))
        .collect();
    assert_eq!(keys, ["-/-", "image/ben", "text/ann", "text/ben", "video/-", "video/ann"]);

    let ann = ReportQuery::all().with_label("user", "ann").by(Dimension::Kind);
    assert_eq!(Report::of(&ledger, &ann).await.unwrap().total.calls, 2);
    let nobody = ReportQuery::all().with_label("user", "");
    assert_eq!(Report::of(&ledger, &nobody).await.unwrap().total.unresolved, 1);
}

#[tokio::test]
async fn days_begin_at_midnight_of_their_time_zone() {
    let ledger = studio().await;
    let days = async |dimension: Dimension| -> Vec<(String, u64)> {
        let report = Report::of(&ledger, &ReportQuery::all().by(dimension)).await.unwrap();
        report.rows.into_iter().map(|row| (row.key[0].clone().unwrap(), row.figures.calls)).collect()
    };
    let day = |day: &str, calls: u64| (day.to_owned(), calls);
    assert_eq!(days(Dimension::day()).await, [day("2026-11-22", 5), day("2026-11-23", 2)]);
    assert_eq!(days(Dimension::day_in("Europe/Berlin").unwrap()).await, [day("2026-11-22", 2), day("2026-11-23", 5)]);
    assert_eq!(days(Dimension::month()).await, [day("2026-11", 7)]);
    let from = ReportQuery::all().with_from(time("2026-11-22T23:10:00Z")).with_until(time("2026-11-22T23:50:00Z"));
    assert_eq!(Report::of(&ledger, &from).await.unwrap().total.calls, 2);
    let error = Dimension::day_in("Mars/Olympus").unwrap_err().to_string();
    assert!(error.contains("time_zone `Mars/Olympus`"), "{error}");
}

#[tokio::test]
async fn a_report_survives_json() {
    let berlin = Dimension::day_in("Europe/Berlin").unwrap();
    let query = ReportQuery::all().with_from(time("2026-11-01T00:00:00Z")).by(berlin).by(Dimension::label("user"));
    let report = Report::of(&studio().await, &query).await.unwrap();
    let json = serde_json::to_string(&report).unwrap();
    let query = r#"{"query":{"from":"2026-11-01T00:00:00Z","until":null,"labels":{},"by":[{"day":"Europe/Berlin"},{"label":"user"}]},"rows":[{"key":["2026-11-22",null],"#;
    assert!(json.starts_with(query), "{json}");
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
    assert!(serde_json::from_str::<Dimension>(r#"{"day":"Mars/Olympus"}"#).is_err());
}

#[tokio::test]
async fn every_page_is_read_once() {
    let ledger = MemoryLedger::new();
    let at = time("2026-11-22T09:00:00Z");
    for place in 0..2_345 {
        // Many at the same moment: pages end between them.
        let entry = entry(&format!("call-{place}"), Kind::Text, OPUS, at + Duration::from_secs(place / 700));
        enter(&ledger, entry, Fate::Settled(Some(charge(1, 2)), Basis::Reported)).await;
    }
    let total = Report::of(&ledger, &ReportQuery::all()).await.unwrap().total;
    assert_eq!((total.calls, total.charge), (2_345, charge(2_345, 4_690)));
    assert_eq!(total.drift.per_mille, None, "nothing was expected");
}

#[tokio::test]
async fn summaries_report_as_what_they_stand_for() {
    let ledger = studio().await;
    let query = ReportQuery::all().by(Dimension::day()).by(Dimension::Model).by(Dimension::label("user"));
    let sums = |report: &Report| -> Vec<_> {
        let of = |figures: &Figures| (figures.settled, figures.charge, figures.uncharged, figures.drift, figures.holds);
        report.rows.iter().map(|row| of(&row.figures)).filter(|sums| sums.0 > 0).collect()
    };
    let before = Report::of(&ledger, &query).await.unwrap();
    ledger.prune(time("2026-12-01T00:00:00Z")).await.unwrap();
    let after = Report::of(&ledger, &query).await.unwrap();
    assert_eq!(sums(&before), sums(&after));
    assert_eq!(after.total.released, 0, "what was released is forgotten");
}

fn fate() -> impl Strategy<Value = Fate> {
    let basis = prop_oneof![Just(Basis::Reported), Just(Basis::Estimated), Just(Basis::Decided)];
    prop_oneof![
        Just(Fate::Open),
        Just(Fate::Unknown),
        Just(Fate::Released),
        (proptest::option::of((0..2_000_u64, 0..2_000_u64)), basis)
            .prop_map(|(actual, basis)| Fate::Settled(actual.map(|(input, output)| charge(input, output)), basis)),
    ]
}

fn any_entry() -> impl Strategy<Value = (Entry, Fate)> {
    let kinds = [Kind::Text, Kind::Image, Kind::Video, Kind::Extend, Kind::Speech, Kind::Plan];
    let amounts = || proptest::option::of((0..1_000_u64, 0..1_000_u64));
    let what = (proptest::sample::select(kinds.to_vec()), 0..3_u8, 0..3_u8, 0..4_u64);
    (what, amounts(), amounts(), fate()).prop_map(|((kind, model, user, day), expected, held, fate)| {
        let at = time("2026-11-20T12:00:00Z") + Duration::from_hours(24 * day);
        let mut entry = entry(OperationId::mint().as_str(), kind, &format!("model-{model}"), at);
        entry.expected = expected.map(|(input, output)| charge(input, output));
        entry.held = held.map(|(input, output)| charge(input, output));
        if user > 0 {
            entry.labels.insert("user".to_owned(), format!("user-{user}"));
        }
        let fate = match (kind, fate) {
            (Kind::Plan, Fate::Settled(..) | Fate::Unknown) => Fate::Released,
            (_, fate) => fate,
        };
        (entry, fate)
    })
}

/// Two rows as one, told apart from the code under test.
fn merged(one: &Figures, other: &Figures) -> Figures {
    let mut sum = one.clone();
    let add = |one: Charge, other| one.checked_add(other).unwrap();
    for (to, from) in [
        (&mut sum.calls, other.calls),
        (&mut sum.settled, other.settled),
        (&mut sum.open, other.open),
        (&mut sum.unresolved, other.unresolved),
        (&mut sum.released, other.released),
        (&mut sum.unheld, other.unheld),
        (&mut sum.estimated, other.estimated),
        (&mut sum.uncharged, other.uncharged),
        (&mut sum.over_hold.calls, other.over_hold.calls),
        (&mut sum.over_hold.untold, other.over_hold.untold),
        (&mut sum.drift.calls, other.drift.calls),
        (&mut sum.holds.calls, other.holds.calls),
    ] {
        *to += from;
    }
    sum.charge = add(sum.charge, other.charge);
    sum.total = sum.charge.total();
    sum.held = add(sum.held, other.held);
    sum.over_hold.by = add(sum.over_hold.by, other.over_hold.by);
    sum.drift.expected = add(sum.drift.expected, other.drift.expected);
    sum.drift.actual = add(sum.drift.actual, other.drift.actual);
    sum.holds.held = add(sum.holds.held, other.holds.held);
    sum.holds.actual = add(sum.holds.actual, other.holds.actual);
    // These two are no sums.
    (sum.drift.per_mille, sum.holds.in_vain) = (None, Charge::ZERO);
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_add_up_to_the_totals_and_the_totals_to_the_ledger(
        entries in proptest::collection::vec(any_entry(), 0..40), by in 0..6_usize, user in 0..3_u8,
    ) {
        let dimensions = [
            Dimension::Model, Dimension::Modality, Dimension::Kind, Dimension::State, Dimension::label("user"), Dimension::day(),
        ];
        let (from, until) = (time("2026-11-21T00:00:00Z"), time("2026-11-23T00:00:00Z"));
        let query = ReportQuery::all().with_from(from).with_until(until);
        let query = dimensions.iter().cycle().skip(by).take(by % 3).cloned().fold(query, ReportQuery::by);
        let label = if user > 0 { format!("user-{user}") } else { String::new() };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let ledger = MemoryLedger::new();
            for (entry, fate) in entries {
                enter(&ledger, entry, fate).await;
            }
            for (query, scope) in [
                (query.clone(), CounterScope::everything()),
                (query.with_label("user", &label), CounterScope::label("user", &label)),
            ] {
                let report = Report::of(&ledger, &query).await.unwrap();
                let standing = ledger.standing(&Counter::new(scope, from, Some(until))).await.unwrap();
                prop_assert_eq!((report.total.held, report.total.charge), (standing.held, standing.spent));
                let rows = report.rows.iter().fold(Figures::default(), |sum, row| merged(&sum, &row.figures));
                prop_assert_eq!(rows, merged(&report.total, &Figures::default()));
                let states = report.total.settled + report.total.open + report.total.unresolved + report.total.released;
                prop_assert_eq!(states, report.total.calls);
                prop_assert!(report.rows.windows(2).all(|pair| pair[0].key < pair[1].key));
            }
            Ok(())
        })?;
    }
}
