-- The totals that a batch may change, in one order for all who lock them.
SELECT name, value, from_at, until_at, held_input, held_output, spent_input, spent_output
FROM totals
WHERE (value = '' OR (name, value) IN (SELECT * FROM unnest($1::text[], $2::text[])))
    AND from_at <= $4 AND until_at > $3
ORDER BY name, value, from_at, until_at
FOR UPDATE
