//! The budgets of a race, which all of its processes share: they fit only a part of what is asked.

use cosmic_ai::Tokens;
use cosmic_ai::pricing::{Budget, Scope};

/// Tokens for each operation of a race: about three of four fit.
const ROOM: u64 = 1_050;

/// One for all calls, one for each user, one for a project and a period. The first users ask for more than their part, so
/// refusals come long before the budget of all is used up.
pub(crate) fn of_race(reservations: u64) -> Vec<Budget> {
    let all = (reservations * ROOM).max(400_000);
    vec![
        Budget::once(Tokens(all)),
        Budget::once(Tokens(all / 10)).for_scope(Scope::each("user")),
        Budget::monthly(Tokens(all / 5)).for_scope(Scope::project("film")),
    ]
}

/// Those of `crash` refuse nothing; they are there for their totals.
pub(crate) fn of_crash() -> Vec<Budget> {
    let plenty = Tokens(900_000_000_000);
    vec![Budget::once(plenty), Budget::monthly(plenty).for_scope(Scope::each("user"))]
}
