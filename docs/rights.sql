-- What the web, worker and beat processes may do. Run by the owner of the tables after every `manage.py prepare`.
GRANT USAGE ON SCHEMA public TO coalition_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO coalition_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO coalition_app;

-- Rows of append-only tables are added and read, nothing else. Their trigger marks them.
DO $$
DECLARE
    append_only regclass;
BEGIN
    FOR append_only IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'append_only' LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM coalition_app', append_only);
    END LOOP;
END $$;
