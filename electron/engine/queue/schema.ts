import { JOB_STATES } from '../../../shared/jobs.ts'

/**
 * The durable queue.
 *
 * event: everything that came authentic, in order of arrival; its id is the idempotency key. status is what the
 * delivery was answered. source_id is the data source (or database) that it named, for events that are taken up later.
 * job: at most one of an entity is open (waiting or delayed) and at most one is active; the indexes see to it.
 * Its id is never given again: log lines name jobs that may be gone.
 * job_count follows job.state by triggers, so that counting never costs a scan and never disagrees with the jobs.
 */
export const QUEUE_SCHEMA = `
CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  type TEXT,
  entity TEXT,
  source_id TEXT,
  received_at INTEGER NOT NULL,
  status TEXT NOT NULL,
  reason TEXT,
  job_id INTEGER,
  body TEXT
) STRICT;
CREATE INDEX event_by_job ON event (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX event_by_time ON event (received_at);
CREATE INDEX event_unwatched ON event (source_id) WHERE status = 'ignored' AND source_id IS NOT NULL;

CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  entity TEXT NOT NULL,
  origin TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN (${JOB_STATES.map((state) => `'${state}'`).join(', ')})),
  run_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  event_seq INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  event_count INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  failed_attempts INTEGER NOT NULL,
  outcome TEXT,
  reason TEXT,
  ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX job_open ON job (entity) WHERE state IN ('waiting', 'delayed');
CREATE UNIQUE INDEX job_active ON job (entity) WHERE state = 'active';
CREATE INDEX job_failed ON job (entity) WHERE state = 'failed';
CREATE INDEX job_due ON job (run_at) WHERE state IN ('waiting', 'delayed');
CREATE INDEX job_ended ON job (ended_at) WHERE state IN ('completed', 'discarded');

CREATE TABLE attempt (
  job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY (job_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_count (
  state TEXT NOT NULL,
  origin TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (state, origin)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER job_count_insert AFTER INSERT ON job BEGIN
  INSERT INTO job_count VALUES (new.state, new.origin, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER job_count_update AFTER UPDATE OF state ON job WHEN old.state <> new.state BEGIN
  UPDATE job_count SET count = count - 1 WHERE state = old.state AND origin = old.origin;
  INSERT INTO job_count VALUES (new.state, new.origin, 1) ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER job_count_delete AFTER DELETE ON job BEGIN
  UPDATE job_count SET count = count - 1 WHERE state = old.state AND origin = old.origin;
END;

CREATE TABLE note (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
