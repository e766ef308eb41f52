-- The tables of the store's first version, as SQLite had them. Never edited: a test brings them up to date.
CREATE TABLE migrations (
	number INTEGER NOT NULL, 
	what TEXT NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE feeds (
	feed TEXT NOT NULL, 
	cursor TEXT NOT NULL, 
	PRIMARY KEY (feed)
);
CREATE TABLE inbox (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	article TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	url TEXT NOT NULL, 
	taken_at VARCHAR(27) NOT NULL, 
	seen_at VARCHAR(27) NOT NULL, 
	fingerprint TEXT NOT NULL, 
	payload TEXT, 
	state TEXT NOT NULL, 
	deaths INTEGER NOT NULL, 
	published_at VARCHAR(27), 
	UNIQUE (article, revision)
);
CREATE TABLE articles (
	article TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	taken_at VARCHAR(27) NOT NULL, 
	trimmed BOOLEAN NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (article)
);
CREATE TABLE events (
	id TEXT NOT NULL, 
	article TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	starts VARCHAR(27) NOT NULL, 
	ends VARCHAR(27) NOT NULL, 
	published VARCHAR(27) NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE journal (
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	payload BLOB NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE incidents (
	id TEXT NOT NULL, 
	starts VARCHAR(27) NOT NULL, 
	ends VARCHAR(27) NOT NULL, 
	last_published VARCHAR(27) NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE incident_events (
	event TEXT NOT NULL, 
	incident TEXT NOT NULL, 
	PRIMARY KEY (event)
);
CREATE TABLE members (
	rule TEXT NOT NULL, 
	incident TEXT NOT NULL, 
	PRIMARY KEY (rule, incident)
);
CREATE TABLE told (
	rule TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	anchor TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (rule, subject)
);
CREATE TABLE outbox (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	delivery TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	incident TEXT NOT NULL, 
	ordinal INTEGER NOT NULL, 
	rank INTEGER NOT NULL, 
	queued_at VARCHAR(27), 
	state TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	UNIQUE (delivery)
);
CREATE TABLE posts (
	incident TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	ref TEXT NOT NULL, 
	PRIMARY KEY (incident, channel)
);
CREATE TABLE ledger (
	seq INTEGER NOT NULL, 
	article TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	event TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	entry INTEGER, 
	PRIMARY KEY (seq)
);
CREATE TABLE locks (
	name TEXT NOT NULL, 
	fence INTEGER NOT NULL, 
	holder TEXT NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE steps (
	seq INTEGER NOT NULL, 
	delivery TEXT NOT NULL, 
	name TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (delivery, name), 
	FOREIGN KEY(delivery) REFERENCES outbox (delivery) ON DELETE CASCADE
);
CREATE TABLE deliveries (
	seq INTEGER NOT NULL, 
	delivery TEXT NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	payload TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	FOREIGN KEY(delivery) REFERENCES outbox (delivery) ON DELETE CASCADE
);
CREATE INDEX inbox_url ON inbox (url);
CREATE INDEX inbox_seen_at ON inbox (seen_at);
CREATE INDEX inbox_text ON inbox (taken_at) WHERE payload IS NOT NULL;
CREATE INDEX inbox_waiting ON inbox (seq) WHERE state = 'waiting';
CREATE INDEX articles_text ON articles (taken_at) WHERE trimmed = 0;
CREATE INDEX events_published ON events (published);
CREATE INDEX events_article ON events (article, position);
CREATE INDEX journal_kind ON journal (kind, number);
CREATE INDEX incidents_time ON incidents (ends, starts);
CREATE INDEX incident_events_incident ON incident_events (incident);
CREATE INDEX members_incident ON members (incident);
CREATE INDEX told_anchor ON told (anchor);
CREATE INDEX outbox_waiting ON outbox (channel, seq) WHERE state = 'waiting';
CREATE INDEX outbox_queued_at ON outbox (queued_at);
CREATE INDEX outbox_incident ON outbox (incident, channel);
CREATE INDEX ledger_article ON ledger (article, revision);
CREATE UNIQUE INDEX ledger_closing ON ledger (article, revision) WHERE event = '' AND rule = '';
CREATE INDEX deliveries_delivery ON deliveries (delivery);
