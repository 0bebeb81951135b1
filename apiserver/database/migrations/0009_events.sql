-- What happened, for whoever follows: browsers, and the caches of other replicas. How it is read: ../README.md.

-- Never goes back, also after a crash, a restored backup and when all events are removed.
CREATE SEQUENCE event_positions AS bigint;

CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  position bigint CONSTRAINT events_position_key UNIQUE,  -- given after the commit
  topic text NOT NULL CONSTRAINT events_topic_check CHECK (octet_length(topic) BETWEEN 1 AND 200),
  payload jsonb NOT NULL CONSTRAINT events_payload_check CHECK (octet_length(payload::text) <= 65536)
);
CREATE INDEX events_pending ON events (id) WHERE position IS NULL;
CREATE INDEX events_topic ON events (topic, position);
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION keep_updated_at();

-- One row: events up to this position are removed.
CREATE TABLE event_horizon (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_to bigint NOT NULL DEFAULT 0 CONSTRAINT event_horizon_removed_check CHECK (removed_to >= 0)
);
CREATE UNIQUE INDEX event_horizon_one_row_key ON event_horizon ((true));
INSERT INTO event_horizon DEFAULT VALUES;
CREATE TRIGGER keep_updated_at BEFORE UPDATE ON event_horizon FOR EACH ROW EXECUTE FUNCTION keep_updated_at();
