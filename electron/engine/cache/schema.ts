/**
 * The record index: what the cache folder holds and why. Page files and database files are made from Notion and from
 * this; losing it costs requests, not knowledge.
 *
 * database.dirty counts changes; written is the count that the database file shows. file_facts tells the version of
 * the database file that we wrote, pending_facts one that was about to be put in its place when a crash came.
 * page_file claims a path before a file is written there, so that no crash leaves a file that nobody knows of. Names
 * of one key belong to one page; each spelling has its row, because it is a file of its own on a disk that tells them
 * apart.
 * watched_title remembers which data sources an entry of the settings has named: renaming a database in Notion does not
 * end its being watched.
 * cache_folder is the folder that all this describes.
 * record.text is the record as it stands in the database file; null means that it has to be rendered first.
 */
export const CACHE_SCHEMA = `
CREATE TABLE database (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  is_in_trash INTEGER NOT NULL,
  folder_name TEXT,
  file_name TEXT,
  next_folder_name TEXT,
  next_file_name TEXT,
  dirty INTEGER NOT NULL DEFAULT 0,
  written INTEGER NOT NULL DEFAULT 0,
  file_facts TEXT,
  pending_facts TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE data_source (
  id TEXT PRIMARY KEY,
  database_id TEXT NOT NULL REFERENCES database (id),
  title TEXT NOT NULL,
  is_in_trash INTEGER NOT NULL,
  properties TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX data_source_by_database ON data_source (database_id);

CREATE TABLE watched_title (
  entry TEXT NOT NULL,
  source_id TEXT NOT NULL,
  PRIMARY KEY (entry, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE record (
  seq INTEGER PRIMARY KEY,
  page_id TEXT NOT NULL UNIQUE,
  database_id TEXT NOT NULL REFERENCES database (id),
  source_id TEXT NOT NULL,
  title TEXT NOT NULL,
  revision INTEGER NOT NULL,
  last_edited_time TEXT,
  fingerprint TEXT NOT NULL,
  file_name TEXT NOT NULL,
  trash_name TEXT,
  trash_key TEXT UNIQUE,
  is_removed INTEGER NOT NULL,
  flat TEXT NOT NULL,
  text TEXT
) STRICT;
CREATE INDEX record_by_database ON record (database_id, seq) WHERE is_removed = 0;
CREATE INDEX record_to_render ON record (database_id) WHERE text IS NULL AND is_removed = 0;

CREATE TABLE page_file (
  database_id TEXT NOT NULL,
  name_key TEXT NOT NULL,
  name TEXT NOT NULL,
  page_id TEXT NOT NULL,
  PRIMARY KEY (database_id, name_key, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX page_file_by_page ON page_file (page_id);

CREATE TABLE reference (
  target_id TEXT NOT NULL,
  page_id TEXT NOT NULL,
  PRIMARY KEY (target_id, page_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_by_page ON reference (page_id);

CREATE TABLE foreign_title (
  page_id TEXT PRIMARY KEY,
  title TEXT,
  checked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cache_folder (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  path TEXT NOT NULL
) STRICT;

CREATE TABLE plan (
  job_id INTEGER PRIMARY KEY,
  page_id TEXT NOT NULL,
  change TEXT NOT NULL
) STRICT;
CREATE INDEX plan_by_page ON plan (page_id);
`

/**
 * What stood in the cache folder when this index was begun, where an index of before had written there: database files
 * as they were, and page files that no page of this index has claimed since.
 */
export const LEFT_FILES = `
CREATE TABLE left_database_file (
  name_key TEXT NOT NULL,
  name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_ns TEXT NOT NULL,
  inode TEXT NOT NULL,
  PRIMARY KEY (name_key, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE left_page_file (
  folder TEXT NOT NULL,
  name TEXT NOT NULL,
  digits TEXT NOT NULL,
  PRIMARY KEY (folder, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX left_page_file_by_digits ON left_page_file (digits);
`

/** A plan belongs to its page, whichever job made it: what a failed job left is carried out by the page's next one. */
export const PLANS_BY_PAGE = `
CREATE TABLE plan_of_page (
  page_id TEXT PRIMARY KEY,
  change TEXT NOT NULL
) STRICT;
INSERT OR REPLACE INTO plan_of_page (page_id, change) SELECT page_id, change FROM plan ORDER BY job_id;
DROP TABLE plan;
ALTER TABLE plan_of_page RENAME TO plan;
`

/** What a start found the folder to be, until what follows from that is stored: a start may break off in between. */
export const FOLDER_TO_SETTLE = `
ALTER TABLE cache_folder ADD COLUMN to_settle TEXT;
`

/** Folders that the index described before, and the database files as they were written there last. */
export const FORMER_FOLDERS = `
CREATE TABLE former_folder (
  path TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE former_database_file (
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_ns TEXT NOT NULL,
  inode TEXT NOT NULL,
  PRIMARY KEY (path, name, size_bytes, modified_ns, inode)
) STRICT, WITHOUT ROWID;
`
