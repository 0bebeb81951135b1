-- What people add to demos (table 4.5). The demo itself is its custom resource, and only that.

CREATE TABLE demo_pages (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  demo_uid uuid NOT NULL CONSTRAINT demo_pages_demo_uid_key UNIQUE,
  namespace text NOT NULL,  -- for people who read the table; the uid says which demo
  name text NOT NULL,
  cover bytea CONSTRAINT demo_pages_cover_check CHECK (octet_length(cover) BETWEEN 1 AND 2097152),
  cover_type text
    CONSTRAINT demo_pages_cover_type_check CHECK (cover_type IN ('image/png', 'image/jpeg', 'image/webp')),
  visit_count bigint NOT NULL DEFAULT 0 CONSTRAINT demo_pages_visit_count_check CHECK (visit_count >= 0),
  CONSTRAINT demo_pages_cover_pair_check CHECK ((cover IS NULL) = (cover_type IS NULL))
);
ALTER TABLE demo_pages ALTER COLUMN cover SET STORAGE EXTERNAL;  -- images are compressed
CREATE INDEX demo_pages_by_visits ON demo_pages (visit_count DESC, id DESC);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON demo_pages FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- Summed up in memory and added every few seconds.
CREATE TABLE demo_visits (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  demo_page_id bigint NOT NULL CONSTRAINT demo_visits_demo_page_fkey REFERENCES demo_pages ON DELETE CASCADE,
  day date NOT NULL,
  visits bigint NOT NULL CONSTRAINT demo_visits_visits_check CHECK (visits >= 0),
  CONSTRAINT demo_visits_key UNIQUE (demo_page_id, day)
);
CREATE INDEX demo_visits_day ON demo_visits (day);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON demo_visits FOR EACH ROW EXECUTE FUNCTION keep_updated_at();
