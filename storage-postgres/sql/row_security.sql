-- Row security: a session sees and writes the rows of one realm, also where a statement forgot to say
-- which. Optional; the owner of the schema runs this once, and again after each migration:
--
--   psql DATABASE -v schema=hexacase -f row_security.sql
--   ALTER ROLE hexacase_app SET hexacase.realm TO '999999';   -- where each realm has its own user
--
-- 行级安全（可选）：一个会话只能看到、写入一个县域的行。
--
-- Open the store with `PostgresOptions::row_security`, which names the realm on its own connections
-- and refuses to work where these policies do not hold. They guard against mistakes, not against a
-- user of the database who sets another realm on purpose: for that, a schema for each realm.

SELECT format(
  'ALTER TABLE %1$I.%2$I ENABLE ROW LEVEL SECURITY; '
  'ALTER TABLE %1$I.%2$I FORCE ROW LEVEL SECURITY; '
  'DROP POLICY IF EXISTS of_realm ON %1$I.%2$I; '
  'CREATE POLICY of_realm ON %1$I.%2$I '
  'USING (realm = current_setting(''hexacase.realm'', TRUE)) '
  'WITH CHECK (realm = current_setting(''hexacase.realm'', TRUE))',
  n.nspname, c.relname)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'realm'
WHERE n.nspname = :'schema' AND c.relkind IN ('r', 'p')
ORDER BY c.relname
\gexec
