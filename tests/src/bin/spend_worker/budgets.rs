//! The budgets of a race, which all of its processes share: they fit only a part of what is asked.

use cosmic_ai::Tokens;
use cosmic_ai::pricing::{Budget, Scope};

/// What an operation of a race is charged on average, all deeds together.
const USUAL: u64 = 2_400;

/// One for all calls, one for each user, one for a project and a period. The first users ask for more than their part, so
/// refusals come long before the budget of all is used up.
pub(crate) fn of_race(reservations: u64) -> Vec<Budget> {
    let all = (reservations * USUAL).max(400_000);
    vec![
        Budget::once(Tokens(all)),
        Budget::once(Tokens(all / 14)).for_scope(Scope::each("user")),
        Budget::monthly(Tokens(all / 4)).for_scope(Scope::project("film")),
    ]
}

/// Those of `crash` refuse nothing; they are there for their totals.
pub(crate) fn of_crash() -> Vec<Budget> {
    let plenty = Tokens(900_000_000_000);
    vec![Budget::once(plenty), Budget::monthly(plenty).for_scope(Scope::each("user"))]
}
