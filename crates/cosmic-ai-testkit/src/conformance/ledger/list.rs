//! Rules of lists of entries.

use cosmic_ai_pricing::ledger::{Entry, EntryQuery, LedgerError, Next, State};

use super::super::report::{Verdict, ensure};
use super::scene::{Desk, change, id, minute, part, plan, sent, settled, unknown, with};
use super::{Handles, Run};

pub(super) async fn run<M, F>(run: &mut Run<'_, M>)
where
    M: Fn(usize) -> F,
    F: Future<Output = Result<Handles, LedgerError>>,
{
    run.one("ledger/entries-come-by-time-and-id", order).await;
    run.one("ledger/entries-are-chosen-by-the-query", chosen).await;
    run.one("ledger/pages-neither-skip-nor-repeat", pages).await;
}

fn names(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.id.as_str()).collect()
}

async fn listed(desk: &Desk, query: EntryQuery, expected: &[&str]) -> Verdict {
    let entries = desk.entries(&query).await?;
    ensure!(names(&entries) == expected, "expected were {expected:?}, there came {:?} for {query:?}", names(&entries));
    Ok(())
}

fn at(name: &str, at: u64) -> Entry {
    with(sent(name, 1, 1), |entry| entry.at = minute(at))
}

async fn order(desk: Desk) -> Verdict {
    listed(&desk, EntryQuery::all(), &[]).await?;
    // Ids are ordered by their bytes, whatever the language of the machine.
    for (name, minutes) in [("b", 1), ("a", 2), ("B", 1), ("a10", 1), ("a-1", 1), ("c", 0), ("a9", 1), ("_", 1)] {
        desk.enter(at(name, minutes), &[]).await?;
    }
    listed(&desk, EntryQuery::all(), &["c", "B", "_", "a-1", "a10", "a9", "b", "a"]).await
}

async fn chosen(desk: Desk) -> Verdict {
    desk.enter(plan("plan", 9, 9), &[]).await?;
    desk.enter(with(part("one", "plan", 1, 1), |part| part.at = minute(1)), &[]).await?;
    desk.enter(with(part("two", "plan", 1, 1), |part| part.at = minute(2)), &[]).await?;
    desk.enter(at("three", 3), &[]).await?;
    desk.enter(at("four", 4), &[]).await?;
    desk.done(change("one", settled(1, 1))).await?;
    desk.done(change("two", Next::Released)).await?;
    desk.done(change("three", unknown(0, 0))).await?;
    let all = EntryQuery::all;
    listed(&desk, all(), &["plan", "one", "two", "three", "four"]).await?;
    listed(&desk, all().with_states([State::Settled]), &["one"]).await?;
    listed(&desk, all().with_states([State::Unknown, State::Reserved]), &["plan", "three"]).await?;
    listed(&desk, all().with_states([State::Sent]), &["four"]).await?;
    listed(&desk, all().with_from(minute(2)), &["two", "three", "four"]).await?;
    listed(&desk, all().with_until(minute(2)), &["plan", "one"]).await?;
    listed(&desk, all().with_from(minute(1)).with_until(minute(3)), &["one", "two"]).await?;
    listed(&desk, all().with_parent(id("plan")), &["one", "two"]).await?;
    listed(&desk, all().with_parent(id("plan")).with_states([State::Released]), &["two"]).await?;
    listed(&desk, all().with_parent(id("one")), &[]).await?;
    listed(&desk, all().with_limit(2), &["plan", "one"]).await?;
    listed(&desk, all().with_limit(0), &[]).await
}

async fn pages(desk: Desk) -> Verdict {
    // Three of each time, so that a page ends between two of one time.
    for number in 0..25 {
        desk.enter(at(&format!("entry-{:02}", (number * 7) % 25), number / 3), &[]).await?;
    }
    let all = desk.all().await?;
    ensure!(all.len() == 25, "25 were entered, there came {:?}", names(&all));
    let is_ordered = all.is_sorted_by_key(|entry| (entry.at, entry.id.clone()));
    ensure!(is_ordered, "they are not ordered by time and id: {:?}", names(&all));
    for limit in [1, 4, 24, 25] {
        let mut found: Vec<Entry> = Vec::new();
        // At most so many pages, lest one that comes again and again keeps it here.
        for _ in 0..=26 {
            let mut query = EntryQuery::all().with_limit(limit);
            if let Some(last) = found.last() {
                query = query.with_after(last);
            }
            let page = desk.entries(&query).await?;
            ensure!(page.len() <= limit as usize, "{} entries came on a page of {limit}", page.len());
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        ensure!(found == all, "by pages of {limit} came {:?} instead of {:?}", names(&found), names(&all));
    }
    Ok(())
}
