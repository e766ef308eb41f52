CREATE TABLE articles (
  article TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  taken_at VARCHAR(27) COLLATE "C" NOT NULL,
  trimmed BOOLEAN NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (article)
);
CREATE INDEX articles_text ON articles (taken_at) WHERE NOT trimmed;
CREATE TABLE backfills (
  entry BIGINT NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (entry)
);
CREATE TABLE events (
  id TEXT COLLATE "C" NOT NULL,
  article TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  starts VARCHAR(27) COLLATE "C" NOT NULL,
  ends VARCHAR(27) COLLATE "C" NOT NULL,
  published VARCHAR(27) COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX events_article ON events (article, position);
CREATE INDEX events_published ON events (published);
CREATE TABLE feeds (
  feed TEXT COLLATE "C" NOT NULL,
  cursor TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (feed)
);
CREATE TABLE inbox (
  seq BIGSERIAL NOT NULL,
  article TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  url TEXT COLLATE "C" NOT NULL,
  taken_at VARCHAR(27) COLLATE "C" NOT NULL,
  seen_at VARCHAR(27) COLLATE "C" NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C",
  state TEXT COLLATE "C" NOT NULL,
  deaths BIGINT NOT NULL,
  published_at VARCHAR(27) COLLATE "C",
  PRIMARY KEY (seq),
  UNIQUE (article, revision)
);
CREATE INDEX inbox_seen_at ON inbox (seen_at);
CREATE INDEX inbox_text ON inbox (taken_at) WHERE payload IS NOT NULL;
CREATE INDEX inbox_url ON inbox USING hash (url);
CREATE INDEX inbox_waiting ON inbox (seq) WHERE state = 'waiting';
CREATE TABLE incident_events (
  event TEXT COLLATE "C" NOT NULL,
  incident TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (event)
);
CREATE INDEX incident_events_incident ON incident_events (incident);
CREATE TABLE incidents (
  id TEXT COLLATE "C" NOT NULL,
  starts VARCHAR(27) COLLATE "C" NOT NULL,
  ends VARCHAR(27) COLLATE "C" NOT NULL,
  last_published VARCHAR(27) COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (id)
);
CREATE INDEX incidents_time ON incidents (ends, starts);
CREATE TABLE journal (
  number BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  at VARCHAR(27) COLLATE "C" NOT NULL,
  payload BYTEA NOT NULL,
  PRIMARY KEY (number)
);
CREATE INDEX journal_kind ON journal (kind, number);
CREATE TABLE judged (
  entry BIGINT NOT NULL,
  incident TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (entry, incident)
);
CREATE TABLE ledger (
  seq BIGSERIAL NOT NULL,
  article TEXT COLLATE "C" NOT NULL,
  revision BIGINT NOT NULL,
  event TEXT COLLATE "C" NOT NULL,
  rule TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  entry BIGINT,
  PRIMARY KEY (seq)
);
CREATE INDEX ledger_article ON ledger (article, revision);
CREATE UNIQUE INDEX ledger_closing ON ledger (article, revision) WHERE event = '' AND rule = '';
CREATE TABLE locks (
  name TEXT COLLATE "C" NOT NULL,
  fence BIGINT NOT NULL,
  holder TEXT COLLATE "C" NOT NULL,
  at VARCHAR(27) COLLATE "C" NOT NULL,
  PRIMARY KEY (name)
);
CREATE TABLE migrations (
  number BIGINT NOT NULL,
  what TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (number)
);
CREATE TABLE notes (
  kind TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, key)
);
CREATE TABLE orders (
  number BIGSERIAL NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  given_at VARCHAR(27) COLLATE "C" NOT NULL,
  who TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  entry BIGINT,
  refused TEXT COLLATE "C",
  PRIMARY KEY (number)
);
CREATE INDEX orders_waiting ON orders (number) WHERE entry IS NULL AND refused IS NULL;
CREATE TABLE outbox (
  seq BIGSERIAL NOT NULL,
  delivery TEXT COLLATE "C" NOT NULL,
  channel TEXT COLLATE "C" NOT NULL,
  incident TEXT COLLATE "C" NOT NULL,
  ordinal BIGINT NOT NULL,
  rank BIGINT NOT NULL,
  queued_at VARCHAR(27) COLLATE "C",
  state TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (seq),
  UNIQUE (delivery)
);
CREATE INDEX outbox_incident ON outbox (incident, channel);
CREATE INDEX outbox_queued_at ON outbox (queued_at);
CREATE INDEX outbox_waiting ON outbox (channel, seq) WHERE state = 'waiting';
CREATE TABLE points (
  rule TEXT COLLATE "C" NOT NULL,
  incident TEXT COLLATE "C" NOT NULL,
  starts VARCHAR(27) COLLATE "C" NOT NULL,
  ends VARCHAR(27) COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (rule, incident)
);
CREATE INDEX points_incident ON points (incident);
CREATE INDEX points_time ON points (rule, ends, starts);
CREATE TABLE posts (
  incident TEXT COLLATE "C" NOT NULL,
  channel TEXT COLLATE "C" NOT NULL,
  ref TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (incident, channel)
);
CREATE TABLE timers (
  kind TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  due VARCHAR(27) COLLATE "C" NOT NULL,
  PRIMARY KEY (kind, key)
);
CREATE INDEX timers_due ON timers (due);
CREATE TABLE told (
  rule TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  anchor TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (rule, subject)
);
CREATE INDEX told_anchor ON told (anchor);
CREATE TABLE deliveries (
  seq BIGSERIAL NOT NULL,
  delivery TEXT COLLATE "C" NOT NULL,
  at VARCHAR(27) COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (seq),
  FOREIGN KEY(delivery) REFERENCES outbox (delivery) ON DELETE CASCADE
);
CREATE INDEX deliveries_delivery ON deliveries (delivery);
CREATE TABLE steps (
  seq BIGSERIAL NOT NULL,
  delivery TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (seq),
  UNIQUE (delivery, name),
  FOREIGN KEY(delivery) REFERENCES outbox (delivery) ON DELETE CASCADE
);
