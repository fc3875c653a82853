-- All that a batch has changed, in one round trip. What other sessions have entered meanwhile under an id that is new to
-- us breaks the primary key, and the batch is tried again.
WITH entry AS (
    SELECT * FROM unnest(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[],
        $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::text[], $16::bytea[],
        $17::bigint[], $18::bigint[], $19::bigint[], $20::text[], $21::bigint[], $22::bigint[], $23::boolean[]
    ) AS input (
        id, parent, kind, model, labels, state, held_input, held_output, drawn_input,
        drawn_output, expected_input, expected_output, charge_input, charge_output, basis, body,
        at, deadline, closed_at, result, ticket, calls, is_known
    )
), updated AS (
    UPDATE entries SET
        parent = entry.parent, kind = entry.kind, model = entry.model, labels = entry.labels, state = entry.state,
        held_input = entry.held_input, held_output = entry.held_output,
        drawn_input = entry.drawn_input, drawn_output = entry.drawn_output,
        expected_input = entry.expected_input, expected_output = entry.expected_output,
        charge_input = entry.charge_input, charge_output = entry.charge_output,
        basis = entry.basis, body = entry.body, at = entry.at, deadline = entry.deadline,
        closed_at = entry.closed_at, result = entry.result, ticket = entry.ticket, calls = entry.calls
    FROM entry WHERE entry.is_known AND entries.id = entry.id
), inserted AS (
    INSERT INTO entries (
        id, parent, kind, model, labels, state, held_input, held_output, drawn_input,
        drawn_output, expected_input, expected_output, charge_input, charge_output, basis, body,
        at, deadline, closed_at, result, ticket, calls
    )
    SELECT
        id, parent, kind, model, labels, state, held_input, held_output, drawn_input,
        drawn_output, expected_input, expected_output, charge_input, charge_output, basis, body,
        at, deadline, closed_at, result, ticket, calls
    FROM entry WHERE NOT is_known ORDER BY id COLLATE "C"
), counted AS (
    INSERT INTO totals (name, value, from_at, until_at, held_input, held_output, spent_input, spent_output)
    SELECT * FROM unnest(
        $24::text[], $25::text[], $26::bigint[], $27::bigint[], $28::bigint[], $29::bigint[], $30::bigint[], $31::bigint[]
    )
    ON CONFLICT (name, value, from_at, until_at) DO UPDATE SET
        held_input = excluded.held_input, held_output = excluded.held_output,
        spent_input = excluded.spent_input, spent_output = excluded.spent_output
)
SELECT pg_current_xact_id()::text
