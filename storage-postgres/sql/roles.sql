-- What the application's user of the database may do: everything that the engine does, and no more.
-- The owner of the schema runs this once, and again after each migration:
--
--   psql DATABASE -v schema=hexacase -v app=hexacase_app -f roles.sql
--
-- 应用程序用户的最小权限：留痕等只增表不能改、不能删。
--
-- It may neither change nor delete what is written once: entries, bodies, messages, commands, rungs.
-- It may not migrate, and not set a realm up.

GRANT USAGE ON SCHEMA :"schema" TO :"app";

GRANT SELECT ON ALL TABLES IN SCHEMA :"schema" TO :"app";

GRANT INSERT ON
  :"schema".entry, :"schema".body, :"schema".message, :"schema".command, :"schema".rung
  TO :"app";

GRANT INSERT, UPDATE ON
  :"schema".case_file, :"schema".case_number, :"schema".duty, :"schema".scope, :"schema".staff,
  :"schema".outbox, :"schema".inbox
  TO :"app";

GRANT INSERT, UPDATE, DELETE ON :"schema".duty_match, :"schema".attribute TO :"app";

-- One row for each realm, which is there since it was set up.
GRANT UPDATE ON :"schema".directory, :"schema".turn TO :"app";
