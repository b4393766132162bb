-- What is shown to a role, or to a unit, in the order of its worklist, whatever the area: for those who
-- see all areas. `area` stands last so that a page is read from the index alone.
--
-- It may be there already: while a large table is in use, its owner makes it before he migrates,
-- CONCURRENTLY.
CREATE INDEX IF NOT EXISTS duty_match_by_date
    ON {prefix}duty_match (realm, role, unit, due_order, case_id, no, area);
