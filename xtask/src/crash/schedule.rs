//! Which kill comes when: every edge in turn, and among them kills at random.

use super::edges::{EDGES, Edge};
use crate::race::Dice;

/// What takes the next process down.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kill {
    Random,
    Edge(&'static Edge),
}

/// Half of the kills at edges, or as many as there are edges if that is more; the others at random.
pub(super) fn schedule(kills: u64, dice: &mut Dice) -> Vec<Kill> {
    let edges = EDGES.len() as u64;
    let at_edges = (kills / 2).max(edges.min(kills));
    let in_turn = EDGES.iter().cycle().map(Kill::Edge);
    let mut schedule: Vec<Kill> =
        in_turn.zip(0..at_edges).map(|(kill, _)| kill).chain((at_edges..kills).map(|_| Kill::Random)).collect();
    for place in (1..schedule.len()).rev() {
        let other = usize::try_from(dice.below(place as u64 + 1)).unwrap_or_default();
        schedule.swap(place, other);
    }
    schedule
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(kills: u64) -> (usize, usize) {
        let schedule = schedule(kills, &mut Dice::new(1));
        let names = EDGES.map(|edge| edge.name);
        let is_at = |kill: &&Kill, name: &str| matches!(kill, Kill::Edge(edge) if edge.name == name);
        let reached = names.iter().filter(|name| schedule.iter().any(|kill| is_at(&kill, name))).count();
        (schedule.iter().filter(|kill| matches!(kill, Kill::Random)).count(), reached)
    }

    #[test]
    fn half_of_the_kills_are_at_edges_and_every_edge_has_its_turn_if_there_are_enough() {
        assert_eq!(counts(300), (150, EDGES.len()));
        assert_eq!(counts(20), (20 - EDGES.len(), EDGES.len()));
        assert_eq!(counts(4), (0, 4));
    }
}
