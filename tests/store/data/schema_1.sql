BEGIN TRANSACTION;
CREATE TABLE atoz_claims (
	claim_id VARCHAR(40) NOT NULL, 
	order_id VARCHAR(30) NOT NULL, 
	version INTEGER NOT NULL, 
	status VARCHAR(40) NOT NULL, 
	head VARCHAR(64) NOT NULL, 
	document TEXT NOT NULL, 
	planned_at VARCHAR(40), 
	plan_key VARCHAR(64), 
	look_again_at VARCHAR(40), 
	act_by VARCHAR(40), 
	PRIMARY KEY (claim_id)
);
INSERT INTO "atoz_claims" VALUES('123-1234567-1234567','123-1234567-1234567',8,'granted_seller_funded','a681e309d8d2b558921f7fe8078a64dfe0b1d219eed96449a4f2761737331aed','{"amount":{"currency":"USD","value":"31.90"},"edition":"faq-2016","history":[{"actor":"buyer","at":"2026-07-01T16:00:00Z","kind":"filed","learnt_from":"seller","note":""},{"actor":"seller","at":"2026-07-01T17:30:00Z","kind":"seller_messaged","learnt_from":"seller","note":"","purpose":"message_buyer"},{"actor":"amazon","at":"2026-07-01T18:00:00Z","kind":"information_requested","learnt_from":"seller","note":""},{"actor":"amazon","at":"2026-07-05T10:00:00Z","counts_against_odr":"unknown","kind":"granted_seller_funded","learnt_from":"seller","note":""}],"kind":"claim","labels":{},"order":{"claims_protected":"unknown","deliver_by":"2026-04-12","delivered_at":"2026-04-09T18:00:00Z","fulfilment":"seller","kind":"order","labels":{"shop":"north"},"marketplace":"US","order_id":"123-1234567-1234567","placed_at":"2026-04-01T15:00:00Z","schema_version":1},"platform_words":"","reason":"not_received","schema_version":1,"status":"granted_seller_funded","struck_out":[{"event":{"actor":"buyer","at":"2026-07-01T17:00:00Z","kind":"buyer_messaged","learnt_from":"seller","note":""},"reason":"duplicate"}]}','2026-07-01T19:00:00.000000+00:00','9fa3a9816524128af836edab8375066f3ef5c5293cae4c5ab8b9c33f61af94e6','2026-07-02T19:00:00.000000+00:00','2026-08-04T10:00:00.000000+00:00');
CREATE TABLE atoz_entries (
	claim_id VARCHAR(40) NOT NULL, 
	version INTEGER NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	body TEXT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT atoz_entries_once UNIQUE (claim_id, version), 
	FOREIGN KEY(claim_id) REFERENCES atoz_claims (claim_id)
);
INSERT INTO "atoz_entries" VALUES('123-1234567-1234567',1,'opened','{"amount":{"currency":"USD","value":"31.90"},"edition":"faq-2016","history":[{"actor":"buyer","at":"2026-07-01T16:00:00Z","kind":"filed","learnt_from":"seller","note":""}],"kind":"claim","labels":{},"order":{"claims_protected":"unknown","deliver_by":"2026-04-10","fulfilment":"seller","kind":"order","labels":{"shop":"north"},"marketplace":"US","order_id":"123-1234567-1234567","placed_at":"2026-04-01T15:00:00Z","schema_version":1},"platform_words":"","reason":"not_received","schema_version":1,"status":"under_review","struck_out":[]}','43c47b9b789e24a18b85b19c8282febd26e79f5aedc71c8edf1757a49f6cbaa8');
INSERT INTO "atoz_entries" VALUES('123-1234567-1234567',2,'event','{"actor":"buyer","at":"2026-07-01T17:00:00Z","kind":"buyer_messaged","learnt_from":"seller","note":""}','d142d80055c19beeaec60f99389a4c955860ddae6105e294e913e2bfecc84c66');
INSERT INTO "atoz_entries" VALUES('123-1234567-1234567',3,'event','{"actor":"amazon","at":"2026-07-01T18:00:00Z","kind":"information_requested","learnt_from":"seller","note":""}','ab6efcc1db0684498474e7ffbb365f220ed202a258fdc58d26dba1073e3ec1f7');
INSERT INTO "atoz_entries" VALUES('123-1234567-1234567',4,'late','{"actor":"seller","at":"2026-07-01T17:30:00Z","kind":"seller_messaged","learnt_from":"seller","note":"","purpose":"message_buyer"}','618f30ed0c6a47715def9bcd10ad9a9f7abebcf81aae61792f6cc5441e18978c');
INSERT INTO "atoz_entries" VALUES('123-1234567-1234567',5,'retracted','{"event":{"actor":"buyer","at":"2026-07-01T17:00:00Z","kind":"buyer_messaged","learnt_from":"seller","note":""},"reason":"duplicate"}','fbf5b2b0d2ffb047e80d39b5855f0c2d6bbf310d2e2c8f77c5d8bc88934fb52a');
INSERT INTO "atoz_entries" VALUES('123-1234567-1234567',6,'order','{"claims_protected":"unknown","deliver_by":"2026-04-12","fulfilment":"seller","kind":"order","labels":{"shop":"north"},"marketplace":"US","order_id":"123-1234567-1234567","placed_at":"2026-04-01T15:00:00Z","schema_version":1}','51cc7ea0a77b077a9cdca5f28993ac096788bb2a7f4a30bcb9dcce22c315b7be');
INSERT INTO "atoz_entries" VALUES('123-1234567-1234567',7,'sources','{"events":[{"actor":"amazon","at":"2026-07-05T10:00:00Z","counts_against_odr":"unknown","kind":"granted_seller_funded","learnt_from":"seller","note":""}],"order":{"delivered_at":"2026-04-09T18:00:00+00:00"}}','8ba4bb4346cf5f020d5af2ddcec658df64e4c4d1a70246daebc9c22a6ea04373');
INSERT INTO "atoz_entries" VALUES('123-1234567-1234567',8,'dismissed','"denied@2026-07-03T16:00:00Z"','a681e309d8d2b558921f7fe8078a64dfe0b1d219eed96449a4f2761737331aed');
CREATE TABLE atoz_forgotten (
	order_key VARCHAR(64) NOT NULL, 
	PRIMARY KEY (order_key)
);
INSERT INTO "atoz_forgotten" VALUES('0ccce2a0d75fc80dbde284e26455ce8df9a827d8085bcb20128fc26735ab19b4');
CREATE TABLE atoz_labels (
	claim_id VARCHAR(40) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	value VARCHAR(2000) NOT NULL, 
	PRIMARY KEY (claim_id, name), 
	FOREIGN KEY(claim_id) REFERENCES atoz_claims (claim_id)
);
INSERT INTO "atoz_labels" VALUES('123-1234567-1234567','shop','north');
CREATE TABLE atoz_settings (
	name VARCHAR(60) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "atoz_settings" VALUES('schema_version','1');
INSERT INTO "atoz_settings" VALUES('key','0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef');
INSERT INTO "atoz_settings" VALUES('backups','[]');
CREATE TABLE atoz_source_records (
	order_id VARCHAR(30) NOT NULL, 
	record_key VARCHAR(64) NOT NULL, 
	body TEXT NOT NULL, 
	message_key VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	verified BOOLEAN NOT NULL, 
	PRIMARY KEY (order_id, record_key)
);
CREATE INDEX ix_atoz_claims_status ON atoz_claims (status);
CREATE INDEX ix_atoz_claims_order_id ON atoz_claims (order_id);
CREATE INDEX atoz_claims_due ON atoz_claims (plan_key, act_by);
CREATE INDEX atoz_labels_by_value ON atoz_labels (name, value);
COMMIT;
