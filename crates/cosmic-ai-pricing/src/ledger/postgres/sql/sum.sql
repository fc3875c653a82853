-- What entries of a window add up to, by labels. Which labels count is for the code to say; $3 only leaves out those that
-- cannot.
SELECT
    CASE WHEN $4 THEN '{}' ELSE labels END AS of_labels,
    coalesce(sum(held_input) FILTER (WHERE state IN ('reserved', 'sent', 'unknown')), 0)::bigint,
    coalesce(sum(held_output) FILTER (WHERE state IN ('reserved', 'sent', 'unknown')), 0)::bigint,
    coalesce(sum(charge_input) FILTER (WHERE state = 'settled'), 0)::bigint,
    coalesce(sum(charge_output) FILTER (WHERE state = 'settled'), 0)::bigint
FROM entries
WHERE at >= $1 AND at < $2 AND state <> 'released' AND ($3::text IS NULL OR strpos(labels, $3) > 0)
GROUP BY of_labels
