SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA parley;
CREATE FUNCTION parley.count_history() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
      BEGIN
        IF TG_OP <> 'INSERT' THEN
          UPDATE parley.history_total SET total = total - 1
          WHERE cell = old.cell AND app = old.app AND type = old.type AND state = old.state;
        END IF;
        IF TG_OP <> 'DELETE' THEN
          INSERT INTO parley.history_total AS known VALUES (new.cell, new.app, new.type, new.state, 1)
          ON CONFLICT (app, type, state, cell) DO UPDATE SET total = known.total + 1;
        END IF;
        RETURN NULL;
      END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE parley.aggregate (
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C",
    cell text NOT NULL,
    app text NOT NULL,
    live boolean NOT NULL,
    over_since bigint,
    "position" bigint NOT NULL,
    version integer NOT NULL,
    state text NOT NULL
)
WITH (fillfactor='70');
CREATE TABLE parley.answer (
    app text NOT NULL,
    request_key text NOT NULL COLLATE pg_catalog."C",
    cell text NOT NULL,
    at bigint NOT NULL,
    fingerprint text NOT NULL,
    answer text NOT NULL
);
CREATE TABLE parley.delivery (
    app text NOT NULL,
    url text NOT NULL COLLATE pg_catalog."C",
    event text NOT NULL COLLATE pg_catalog."C",
    cell text NOT NULL,
    problem text,
    given_up_at bigint
);
CREATE TABLE parley.effect (
    "position" bigint NOT NULL,
    cell text NOT NULL,
    id text NOT NULL,
    effect text NOT NULL
);
ALTER TABLE parley.effect ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME parley.effect_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE parley.event (
    app text NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    cell text NOT NULL,
    event text NOT NULL,
    at bigint NOT NULL,
    agent text,
    task text,
    conversation text,
    body text NOT NULL
);
CREATE TABLE parley.event_forgotten (
    app text NOT NULL,
    last text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE parley.event_sequence (
    cell text NOT NULL,
    subject text NOT NULL,
    last bigint NOT NULL
);
CREATE TABLE parley.history (
    id text NOT NULL COLLATE pg_catalog."C",
    cell text NOT NULL,
    app text NOT NULL,
    type text NOT NULL,
    state text NOT NULL,
    begin_time bigint NOT NULL,
    CONSTRAINT history_state_check CHECK ((state = ANY (ARRAY['running'::text, 'completed'::text])))
);
CREATE TABLE parley.history_party (
    app text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    begin_time bigint NOT NULL,
    id text NOT NULL COLLATE pg_catalog."C",
    cell text NOT NULL,
    type text NOT NULL,
    state text NOT NULL
);
CREATE TABLE parley.history_total (
    cell text NOT NULL,
    app text NOT NULL,
    type text NOT NULL,
    state text NOT NULL,
    total bigint NOT NULL
);
CREATE TABLE parley.migration (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at bigint DEFAULT (EXTRACT(epoch FROM now()) * (1000)::numeric) NOT NULL
);
CREATE TABLE parley.past (
    object bigint NOT NULL,
    since bigint NOT NULL,
    until bigint,
    base bigint NOT NULL,
    delta text NOT NULL
);
CREATE TABLE parley.past_base (
    object bigint NOT NULL,
    number bigint NOT NULL,
    version integer NOT NULL,
    state text NOT NULL
);
CREATE TABLE parley.past_object (
    number bigint NOT NULL,
    cell text NOT NULL,
    app text NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    id text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE parley.past_object ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME parley.past_object_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE parley.writer (
    cell text NOT NULL,
    id bigint NOT NULL,
    last_batch bigint NOT NULL,
    last_event text
);
INSERT INTO parley.aggregate VALUES ('extensions', '00000000000000000000000000000001', 'default', 'default', true, NULL, 1, 3, '{"id":"00000000000000000000000000000001","app":"default","line":{"type":"1","user":"100001","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/ann"}');
INSERT INTO parley.aggregate VALUES ('extensions', '00000000000000000000000000000002', 'default', 'default', true, NULL, 2, 3, '{"id":"00000000000000000000000000000002","app":"default","line":{"type":"1","user":"100002","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/bob"}');
INSERT INTO parley.aggregate VALUES ('extensions', '00000000000000000000000000000003', 'default', 'default', true, NULL, 3, 3, '{"id":"00000000000000000000000000000003","app":"default","line":{"type":"1","user":"100003","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/cat"}');
INSERT INTO parley.aggregate VALUES ('calls', '018bcfe58f1070018000000000000007', 'default', 'default', false, 1700000020000, 9, 3, '{"channelId":"1700000001.1","memberOf":[],"placement":{"bridgeId":"018bcfe58f1070038000000000000007","speaks":true,"hears":{"from":"bridge"}},"whisper":null,"phoneHold":null,"id":"018bcfe58f1070018000000000000007","app":"default","party":{"kind":"outside","from":"dialplan","telnumber":"13900000001"},"stage":{"at":"ending","then":null}}');
INSERT INTO parley.aggregate VALUES ('queueTasks', '018bcfe58f1070008000000000000007', 'default', 'default', false, 1700000012000, 8, 3, '{"app":"default","enqueue":{"conversationLevel":2,"conversationTimeoutSeconds":21600,"choice":"random","reserveState":"idle","failOverflow":false,"waitVoice":null,"ringMode":1,"ringVoice":null,"holdVoice":null,"playNum":false,"preNumVoice":null,"postNumVoice":null,"userData":null,"priority":0,"routes":[{"targets":[{"kind":"agent","name":"cat","priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}]}]},"plan":null,"priority":0,"queuedAt":1700000010000,"conditionId":null,"route":0,"routeSince":1700000010000,"waits":[{"priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}],"phase":{"at":"ringing","legs":[{"agentId":"default/cat","callId":"018bcfe58f1070048000000000000007"}]},"missedBy":[],"givenAwayBy":null,"rejectedWith":null,"decisions":[{"at":1700000010000,"route":0,"did":"ring","agents":["cat"]},{"at":1700000012000,"route":0,"did":"serve","agent":"cat"}],"id":"018bcfe58f1070008000000000000007","type":"ivr","origin":{"from":"caller","callId":"018bcfe58f1070018000000000000007"},"userData":"vip","conversationId":"018bcfe58f1070028000000000000007"}');
INSERT INTO parley.aggregate VALUES ('agents', 'default/ann', 'default', 'default', true, NULL, 4, 3, '{"id":"default/ann","app":"default","name":"ann","num":"1001","extensionId":"00000000000000000000000000000001","state":"talking","reserveState":"idle","skills":[],"callId":"018bcfe604407004800000000000000b","keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":null,"restsUntil":null}');
INSERT INTO parley.aggregate VALUES ('agents', 'default/bob', 'default', 'default', true, NULL, 5, 3, '{"id":"default/bob","app":"default","name":"bob","num":"1001","extensionId":"00000000000000000000000000000002","state":"fetching","reserveState":"idle","skills":[],"callId":"018bcfe62b507004800000000000000d","keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":null,"restsUntil":null}');
INSERT INTO parley.aggregate VALUES ('agents', 'default/cat', 'default', 'default', true, NULL, 6, 3, '{"id":"default/cat","app":"default","name":"cat","num":"1001","extensionId":"00000000000000000000000000000003","state":"idle","reserveState":"idle","skills":[],"callId":null,"keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":1700000021000,"restsUntil":null}');
INSERT INTO parley.aggregate VALUES ('calls', '018bcfe58f1070048000000000000007', 'default', 'default', false, 1700000021000, 10, 3, '{"channelId":"018bcfe58f1070048000000000000007","memberOf":[],"placement":{"bridgeId":"018bcfe58f1070038000000000000007","speaks":true,"hears":{"from":"bridge"}},"whisper":null,"phoneHold":null,"id":"018bcfe58f1070048000000000000007","app":"default","party":{"kind":"agent","agentId":"default/cat","name":"cat","extensionId":"00000000000000000000000000000003"},"stage":{"at":"ending","then":null}}');
INSERT INTO parley.aggregate VALUES ('conversations', '018bcfe58f1070028000000000000007', 'default', 'default', false, 1700000020000, 11, 3, '{"bridgeId":"018bcfe58f1070038000000000000007","channelId":"1700000001.1","queueId":"018bcfe58f1070008000000000000007","conditionId":null,"agentCallId":null,"rejectedWith":null,"holdVoice":null,"underTalk":null,"beginTime":1700000010000,"endsAt":1700021610000,"maxMembers":8,"members":[{"callId":"018bcfe58f1070018000000000000007","party":{"kind":"outside","from":"dialplan","telnumber":"13900000001"},"mode":1,"role":{"as":"party"},"since":1700000010000,"until":1700000020000},{"callId":"018bcfe58f1070048000000000000007","party":{"kind":"agent","agentId":"default/cat","name":"cat","extensionId":"00000000000000000000000000000003"},"mode":1,"role":{"as":"party"},"since":1700000012000,"until":1700000020000}],"invited":[],"stage":{"at":"ended","since":1700000020000,"reason":"dismiss","hadBegun":true},"id":"018bcfe58f1070028000000000000007","app":"default","type":"queue","userData":"vip"}');
INSERT INTO parley.aggregate VALUES ('queueTasks', '018bcfe604407000800000000000000b', 'default', 'default', false, 1700000042000, 23, 3, '{"app":"default","enqueue":{"conversationLevel":2,"conversationTimeoutSeconds":21600,"choice":"random","reserveState":"idle","failOverflow":false,"waitVoice":null,"ringMode":1,"ringVoice":null,"holdVoice":null,"playNum":false,"preNumVoice":null,"postNumVoice":null,"userData":null,"priority":0,"routes":[{"targets":[{"kind":"agent","name":"ann","priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}]}]},"plan":null,"priority":0,"queuedAt":1700000040000,"conditionId":null,"route":0,"routeSince":1700000040000,"waits":[{"priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}],"phase":{"at":"ringing","legs":[{"agentId":"default/ann","callId":"018bcfe604407004800000000000000b"}]},"missedBy":[],"givenAwayBy":null,"rejectedWith":null,"decisions":[{"at":1700000040000,"route":0,"did":"ring","agents":["ann"]},{"at":1700000042000,"route":0,"did":"serve","agent":"ann"}],"id":"018bcfe604407000800000000000000b","type":"ivr","origin":{"from":"caller","callId":"018bcfe604407001800000000000000b"},"userData":"vip","conversationId":"018bcfe604407002800000000000000b"}');
INSERT INTO parley.aggregate VALUES ('calls', '018bcfe604407004800000000000000b', 'default', 'default', true, NULL, 25, 3, '{"channelId":"018bcfe604407004800000000000000b","memberOf":["018bcfe604407002800000000000000b"],"placement":{"bridgeId":"018bcfe604407003800000000000000b","speaks":true,"hears":{"from":"bridge"}},"whisper":null,"phoneHold":null,"id":"018bcfe604407004800000000000000b","app":"default","party":{"kind":"agent","agentId":"default/ann","name":"ann","extensionId":"00000000000000000000000000000001"},"stage":{"at":"up","since":1700000042000,"hangUpAt":null}}');
INSERT INTO parley.aggregate VALUES ('calls', '018bcfe604407001800000000000000b', 'default', 'default', true, NULL, 24, 3, '{"channelId":"1700000002.2","memberOf":["018bcfe604407002800000000000000b"],"placement":{"bridgeId":"018bcfe604407003800000000000000b","speaks":true,"hears":{"from":"bridge"}},"whisper":null,"phoneHold":null,"id":"018bcfe604407001800000000000000b","app":"default","party":{"kind":"outside","from":"dialplan","telnumber":"13900000002"},"stage":{"at":"up","since":1700000042000,"hangUpAt":null}}');
INSERT INTO parley.aggregate VALUES ('conversations', '018bcfe604407002800000000000000b', 'default', 'default', true, NULL, 26, 3, '{"bridgeId":"018bcfe604407003800000000000000b","channelId":"1700000002.2","queueId":"018bcfe604407000800000000000000b","conditionId":null,"agentCallId":null,"rejectedWith":null,"holdVoice":null,"underTalk":null,"beginTime":1700000040000,"endsAt":1700021640000,"maxMembers":8,"members":[{"callId":"018bcfe604407001800000000000000b","party":{"kind":"outside","from":"dialplan","telnumber":"13900000002"},"mode":1,"role":{"as":"party"},"since":1700000040000,"until":null},{"callId":"018bcfe604407004800000000000000b","party":{"kind":"agent","agentId":"default/ann","name":"ann","extensionId":"00000000000000000000000000000001"},"mode":1,"role":{"as":"party"},"since":1700000042000,"until":null}],"invited":[],"stage":{"at":"begun","since":1700000042000},"id":"018bcfe604407002800000000000000b","app":"default","type":"queue","userData":"vip"}');
INSERT INTO parley.aggregate VALUES ('queueTasks', '018bcfe62b507000800000000000000d', 'default', 'default', true, NULL, 33, 3, '{"app":"default","enqueue":{"conversationLevel":2,"conversationTimeoutSeconds":21600,"choice":"random","reserveState":"idle","failOverflow":false,"waitVoice":null,"ringMode":1,"ringVoice":null,"holdVoice":null,"playNum":false,"preNumVoice":null,"postNumVoice":null,"userData":null,"priority":0,"routes":[{"targets":[{"kind":"agent","name":"bob","priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}]}]},"plan":null,"priority":0,"queuedAt":1700000050000,"conditionId":null,"route":0,"routeSince":1700000050000,"waits":[{"priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}],"phase":{"at":"ringing","legs":[{"agentId":"default/bob","callId":"018bcfe62b507004800000000000000d"}]},"missedBy":[],"givenAwayBy":null,"rejectedWith":null,"decisions":[{"at":1700000050000,"route":0,"did":"ring","agents":["bob"]}],"id":"018bcfe62b507000800000000000000d","type":"ivr","origin":{"from":"caller","callId":"018bcfe62b507001800000000000000d"},"userData":"vip","conversationId":"018bcfe62b507002800000000000000d"}');
INSERT INTO parley.aggregate VALUES ('calls', '018bcfe62b507001800000000000000d', 'default', 'default', true, NULL, 34, 3, '{"channelId":"1700000003.3","memberOf":["018bcfe62b507002800000000000000d"],"placement":{"bridgeId":"018bcfe62b507003800000000000000d","speaks":true,"hears":{"from":"music","musicClass":"default"}},"whisper":null,"phoneHold":null,"id":"018bcfe62b507001800000000000000d","app":"default","party":{"kind":"outside","from":"dialplan","telnumber":"13900000003"},"stage":{"at":"queued","taskId":"018bcfe62b507000800000000000000d","answered":true}}');
INSERT INTO parley.aggregate VALUES ('calls', '018bcfe62b507004800000000000000d', 'default', 'default', true, NULL, 35, 3, '{"channelId":"018bcfe62b507004800000000000000d","memberOf":[],"placement":null,"whisper":null,"phoneHold":null,"id":"018bcfe62b507004800000000000000d","app":"default","party":{"kind":"agent","agentId":"default/bob","name":"bob","extensionId":"00000000000000000000000000000002"},"stage":{"at":"ringing","giveUpAt":1700000100000,"onAnswer":{"then":"serve","taskId":"018bcfe62b507000800000000000000d"},"alerting":false}}');
INSERT INTO parley.aggregate VALUES ('conversations', '018bcfe62b507002800000000000000d', 'default', 'default', true, NULL, 36, 3, '{"bridgeId":"018bcfe62b507003800000000000000d","channelId":"1700000003.3","queueId":"018bcfe62b507000800000000000000d","conditionId":null,"agentCallId":null,"rejectedWith":null,"holdVoice":null,"underTalk":null,"beginTime":1700000050000,"endsAt":1700021650000,"maxMembers":8,"members":[{"callId":"018bcfe62b507001800000000000000d","party":{"kind":"outside","from":"dialplan","telnumber":"13900000003"},"mode":1,"role":{"as":"party"},"since":1700000050000,"until":null}],"invited":["018bcfe62b507000800000000000000d"],"stage":{"at":"gathering"},"id":"018bcfe62b507002800000000000000d","app":"default","type":"queue","userData":"vip"}');
INSERT INTO parley.aggregate VALUES ('queueTasks', '018bcfe652607000800000000000000e', 'default', 'default', true, NULL, 37, 3, '{"app":"default","enqueue":{"conversationLevel":2,"conversationTimeoutSeconds":21600,"choice":"random","reserveState":"idle","failOverflow":false,"waitVoice":null,"ringMode":1,"ringVoice":null,"holdVoice":null,"playNum":false,"preNumVoice":null,"postNumVoice":null,"userData":null,"priority":0,"routes":[{"targets":[{"kind":"agent","name":"ann","priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}]}]},"plan":null,"priority":0,"queuedAt":1700000060000,"conditionId":null,"route":0,"routeSince":1700000060000,"waits":[{"priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}],"phase":{"at":"waiting"},"missedBy":[],"givenAwayBy":null,"rejectedWith":null,"decisions":[{"at":1700000060000,"route":0,"did":"wait"}],"id":"018bcfe652607000800000000000000e","type":"ivr","origin":{"from":"caller","callId":"018bcfe652607001800000000000000e"},"userData":"vip","conversationId":null}');
INSERT INTO parley.aggregate VALUES ('calls', '018bcfe652607001800000000000000e', 'default', 'default', true, NULL, 38, 3, '{"channelId":"1700000004.4","memberOf":[],"placement":{"bridgeId":null,"speaks":false,"hears":{"from":"music","musicClass":"default"}},"whisper":null,"phoneHold":null,"id":"018bcfe652607001800000000000000e","app":"default","party":{"kind":"outside","from":"dialplan","telnumber":"13900000004"},"stage":{"at":"queued","taskId":"018bcfe652607000800000000000000e","answered":true}}');
INSERT INTO parley.delivery VALUES ('default', 'https://receiver.example/hook', '00000000000000000000000000000001', 'default', NULL, NULL);
INSERT INTO parley.delivery VALUES ('default', 'https://receiver.example/hook', '00000000000000000000000000000003', 'default', NULL, NULL);
INSERT INTO parley.delivery VALUES ('default', 'https://receiver.example/hook', '00000000000000000000000000000008', 'default', NULL, NULL);
INSERT INTO parley.delivery VALUES ('default', 'https://receiver.example/hook', '0000000000000000000000000000000a', 'default', NULL, NULL);
INSERT INTO parley.delivery VALUES ('default', 'https://receiver.example/hook', '0000000000000000000000000000000b', 'default', NULL, NULL);
INSERT INTO parley.delivery VALUES ('default', 'https://receiver.example/hook', '0000000000000000000000000000000d', 'default', NULL, NULL);
INSERT INTO parley.delivery VALUES ('default', 'https://receiver.example/hook', '00000000000000000000000000000012', 'default', NULL, NULL);
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (1, 'default', '3-0', '{"do":"receive","channelId":"1700000001.1","answer":true}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (2, 'default', '3-1', '{"do":"place","channelId":"1700000001.1","from":null,"placement":{"bridgeId":null,"speaks":false,"hears":{"from":"music","musicClass":"default"}}}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (3, 'default', '3-2', '{"do":"open-bridge","bridgeId":"018bcfe58f1070038000000000000007"}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (4, 'default', '3-3', '{"do":"place","channelId":"1700000001.1","from":null,"placement":{"bridgeId":"018bcfe58f1070038000000000000007","speaks":true,"hears":{"from":"music","musicClass":"default"}}}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (5, 'default', '3-4', '{"do":"dial","callId":"018bcfe58f1070048000000000000007","channelId":"018bcfe58f1070048000000000000007","to":{"kind":"endpoint","user":"100003"},"from":"13900000001","ringSeconds":50,"lifeSeconds":21650}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (6, 'default', '4-0', '{"do":"limit","channelId":"018bcfe58f1070048000000000000007","seconds":21608}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (7, 'default', '4-1', '{"do":"limit","channelId":"1700000001.1","seconds":21608}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (8, 'default', '4-2', '{"do":"place","channelId":"1700000001.1","from":"018bcfe58f1070038000000000000007","placement":{"bridgeId":"018bcfe58f1070038000000000000007","speaks":true,"hears":{"from":"bridge"}}}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (9, 'default', '4-3', '{"do":"place","channelId":"018bcfe58f1070048000000000000007","from":null,"placement":{"bridgeId":"018bcfe58f1070038000000000000007","speaks":true,"hears":{"from":"bridge"}}}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (10, 'default', '5-0', '{"do":"hang-up","channelId":"018bcfe58f1070048000000000000007","from":"018bcfe58f1070038000000000000007"}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (11, 'default', '5-1', '{"do":"close-bridge","bridgeId":"018bcfe58f1070038000000000000007"}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (12, 'default', '7-0', '{"do":"receive","channelId":"1700000002.2","answer":true}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (13, 'default', '7-1', '{"do":"place","channelId":"1700000002.2","from":null,"placement":{"bridgeId":null,"speaks":false,"hears":{"from":"music","musicClass":"default"}}}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (14, 'default', '7-2', '{"do":"open-bridge","bridgeId":"018bcfe604407003800000000000000b"}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (15, 'default', '7-3', '{"do":"place","channelId":"1700000002.2","from":null,"placement":{"bridgeId":"018bcfe604407003800000000000000b","speaks":true,"hears":{"from":"music","musicClass":"default"}}}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (16, 'default', '7-4', '{"do":"dial","callId":"018bcfe604407004800000000000000b","channelId":"018bcfe604407004800000000000000b","to":{"kind":"endpoint","user":"100001"},"from":"13900000002","ringSeconds":50,"lifeSeconds":21650}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (17, 'default', '8-0', '{"do":"limit","channelId":"018bcfe604407004800000000000000b","seconds":21608}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (18, 'default', '8-1', '{"do":"limit","channelId":"1700000002.2","seconds":21608}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (19, 'default', '8-2', '{"do":"place","channelId":"1700000002.2","from":"018bcfe604407003800000000000000b","placement":{"bridgeId":"018bcfe604407003800000000000000b","speaks":true,"hears":{"from":"bridge"}}}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (20, 'default', '8-3', '{"do":"place","channelId":"018bcfe604407004800000000000000b","from":null,"placement":{"bridgeId":"018bcfe604407003800000000000000b","speaks":true,"hears":{"from":"bridge"}}}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (21, 'default', '9-0', '{"do":"receive","channelId":"1700000003.3","answer":true}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (22, 'default', '9-1', '{"do":"place","channelId":"1700000003.3","from":null,"placement":{"bridgeId":null,"speaks":false,"hears":{"from":"music","musicClass":"default"}}}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (23, 'default', '9-2', '{"do":"open-bridge","bridgeId":"018bcfe62b507003800000000000000d"}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (24, 'default', '9-3', '{"do":"place","channelId":"1700000003.3","from":null,"placement":{"bridgeId":"018bcfe62b507003800000000000000d","speaks":true,"hears":{"from":"music","musicClass":"default"}}}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (25, 'default', '9-4', '{"do":"dial","callId":"018bcfe62b507004800000000000000d","channelId":"018bcfe62b507004800000000000000d","to":{"kind":"endpoint","user":"100002"},"from":"13900000003","ringSeconds":50,"lifeSeconds":21650}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (26, 'default', '10-0', '{"do":"receive","channelId":"1700000004.4","answer":true}');
INSERT INTO parley.effect OVERRIDING SYSTEM VALUE VALUES (27, 'default', '10-1', '{"do":"place","channelId":"1700000004.4","from":null,"placement":{"bridgeId":null,"speaks":false,"hears":{"from":"music","musicClass":"default"}}}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000001', 'default', 'callcenter.queue.select', 1700000010000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000001","event":"callcenter.queue.select"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000002', 'default', 'callcenter.agent.state_changed', 1700000010000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000002","event":"callcenter.agent.state_changed"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000003', 'default', 'callcenter.agent.state_changed', 1700000012000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000003","event":"callcenter.agent.state_changed"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000004', 'default', 'callcenter.conversation.begin', 1700000012000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000004","event":"callcenter.conversation.begin"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000005', 'default', 'callcenter.queue.success', 1700000012000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000005","event":"callcenter.queue.success"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000006', 'default', 'callcenter.agent.conversation_changed', 1700000012000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000006","event":"callcenter.agent.conversation_changed"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000007', 'default', 'callcenter.conversation.parts_changed', 1700000012000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000007","event":"callcenter.conversation.parts_changed"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000008', 'default', 'callcenter.agent.conversation_changed', 1700000020000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000008","event":"callcenter.agent.conversation_changed"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000009', 'default', 'callcenter.conversation.end', 1700000020000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000009","event":"callcenter.conversation.end"}');
INSERT INTO parley.event VALUES ('default', '0000000000000000000000000000000a', 'default', 'callcenter.agent.state_changed', 1700000021000, NULL, NULL, NULL, '{"event_id":"0000000000000000000000000000000a","event":"callcenter.agent.state_changed"}');
INSERT INTO parley.event VALUES ('default', '0000000000000000000000000000000b', 'default', 'callcenter.queue.select', 1700000040000, NULL, NULL, NULL, '{"event_id":"0000000000000000000000000000000b","event":"callcenter.queue.select"}');
INSERT INTO parley.event VALUES ('default', '0000000000000000000000000000000c', 'default', 'callcenter.agent.state_changed', 1700000040000, NULL, NULL, NULL, '{"event_id":"0000000000000000000000000000000c","event":"callcenter.agent.state_changed"}');
INSERT INTO parley.event VALUES ('default', '0000000000000000000000000000000d', 'default', 'callcenter.agent.state_changed', 1700000042000, NULL, NULL, NULL, '{"event_id":"0000000000000000000000000000000d","event":"callcenter.agent.state_changed"}');
INSERT INTO parley.event VALUES ('default', '0000000000000000000000000000000e', 'default', 'callcenter.conversation.begin', 1700000042000, NULL, NULL, NULL, '{"event_id":"0000000000000000000000000000000e","event":"callcenter.conversation.begin"}');
INSERT INTO parley.event VALUES ('default', '0000000000000000000000000000000f', 'default', 'callcenter.queue.success', 1700000042000, NULL, NULL, NULL, '{"event_id":"0000000000000000000000000000000f","event":"callcenter.queue.success"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000010', 'default', 'callcenter.agent.conversation_changed', 1700000042000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000010","event":"callcenter.agent.conversation_changed"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000011', 'default', 'callcenter.conversation.parts_changed', 1700000042000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000011","event":"callcenter.conversation.parts_changed"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000012', 'default', 'callcenter.queue.select', 1700000050000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000012","event":"callcenter.queue.select"}');
INSERT INTO parley.event VALUES ('default', '00000000000000000000000000000013', 'default', 'callcenter.agent.state_changed', 1700000050000, NULL, NULL, NULL, '{"event_id":"00000000000000000000000000000013","event":"callcenter.agent.state_changed"}');
INSERT INTO parley.event_forgotten VALUES ('default', '00000000000000000000000000000001');
INSERT INTO parley.event_sequence VALUES ('default', 'conversations 018bcfe58f1070008000000000000007', 5);
INSERT INTO parley.event_sequence VALUES ('default', 'queueTasks 018bcfe58f1070008000000000000007', 9);
INSERT INTO parley.event_sequence VALUES ('default', 'conversations 018bcfe604407002800000000000000b', 17);
INSERT INTO parley.event_sequence VALUES ('default', 'conversations 018bcfe604407000800000000000000b', 15);
INSERT INTO parley.event_sequence VALUES ('default', 'conversations 018bcfe62b507000800000000000000d', 18);
INSERT INTO parley.event_sequence VALUES ('default', 'conversations undefined', 19);
INSERT INTO parley.history VALUES ('018bcfe58f1070028000000000000007', 'default', 'default', 'queue', 'completed', 1700000010000);
INSERT INTO parley.history VALUES ('018bcfe604407002800000000000000b', 'default', 'default', 'queue', 'running', 1700000040000);
INSERT INTO parley.history_party VALUES ('default', 'outside', '13900000001', 1700000010000, '018bcfe58f1070028000000000000007', 'default', 'queue', 'completed');
INSERT INTO parley.history_party VALUES ('default', 'agent', 'cat', 1700000010000, '018bcfe58f1070028000000000000007', 'default', 'queue', 'completed');
INSERT INTO parley.history_party VALUES ('default', 'outside', '13900000002', 1700000040000, '018bcfe604407002800000000000000b', 'default', 'queue', 'running');
INSERT INTO parley.history_party VALUES ('default', 'agent', 'ann', 1700000040000, '018bcfe604407002800000000000000b', 'default', 'queue', 'running');
INSERT INTO parley.history_total VALUES ('default', 'default', 'queue', 'completed', 1);
INSERT INTO parley.history_total VALUES ('default', 'default', 'queue', 'running', 1);
INSERT INTO parley.migration VALUES (1, 'world, effects, events, history and past', '32fb8350eba265bdea1c103240599748f97a6feee03ea015c481cce21f66920d', 1795914312306);
INSERT INTO parley.migration VALUES (2, 'answers to requests that may be sent again', 'ce3ec95a490719359d03af208877a4ff056ed13459c2510ad167e1634b16990a', 1795951776644);
INSERT INTO parley.migration VALUES (3, 'up to which event some are forgotten', '95d1de2d4b573a4ba3e96de83d449c73afd8886713de74d4ea9449bdbd1c9d1d', 1796019581404);
INSERT INTO parley.past VALUES (1, 1700000000000, NULL, 1, '{}');
INSERT INTO parley.past VALUES (2, 1700000000000, NULL, 1, '{}');
INSERT INTO parley.past VALUES (3, 1700000000000, NULL, 1, '{}');
INSERT INTO parley.past VALUES (6, 1700000000000, 1700000010000, 1, '{}');
INSERT INTO parley.past VALUES (6, 1700000010000, 1700000012000, 1, '{"state":"fetching","callId":"018bcfe58f1070048000000000000007"}');
INSERT INTO parley.past VALUES (6, 1700000012000, 1700000021000, 1, '{"state":"talking","callId":"018bcfe58f1070048000000000000007"}');
INSERT INTO parley.past VALUES (6, 1700000021000, NULL, 1, '{"lastTalkAt":1700000021000}');
INSERT INTO parley.past VALUES (4, 1700000000000, 1700000040000, 1, '{}');
INSERT INTO parley.past VALUES (4, 1700000040000, 1700000042000, 1, '{"state":"fetching","callId":"018bcfe604407004800000000000000b"}');
INSERT INTO parley.past VALUES (4, 1700000042000, NULL, 1, '{"state":"talking","callId":"018bcfe604407004800000000000000b"}');
INSERT INTO parley.past VALUES (5, 1700000000000, 1700000050000, 1, '{}');
INSERT INTO parley.past VALUES (5, 1700000050000, NULL, 1, '{"state":"fetching","callId":"018bcfe62b507004800000000000000d"}');
INSERT INTO parley.past_base VALUES (1, 1, 3, '{"id":"00000000000000000000000000000001","app":"default","line":{"type":"1","user":"100001","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/ann"}');
INSERT INTO parley.past_base VALUES (2, 1, 3, '{"id":"00000000000000000000000000000002","app":"default","line":{"type":"1","user":"100002","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/bob"}');
INSERT INTO parley.past_base VALUES (3, 1, 3, '{"id":"00000000000000000000000000000003","app":"default","line":{"type":"1","user":"100003","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/cat"}');
INSERT INTO parley.past_base VALUES (4, 1, 3, '{"id":"default/ann","app":"default","name":"ann","num":"1001","extensionId":"00000000000000000000000000000001","state":"idle","reserveState":"idle","skills":[],"callId":null,"keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":null,"restsUntil":null}');
INSERT INTO parley.past_base VALUES (5, 1, 3, '{"id":"default/bob","app":"default","name":"bob","num":"1001","extensionId":"00000000000000000000000000000002","state":"idle","reserveState":"idle","skills":[],"callId":null,"keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":null,"restsUntil":null}');
INSERT INTO parley.past_base VALUES (6, 1, 3, '{"id":"default/cat","app":"default","name":"cat","num":"1001","extensionId":"00000000000000000000000000000003","state":"idle","reserveState":"idle","skills":[],"callId":null,"keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":null,"restsUntil":null}');
INSERT INTO parley.past_object OVERRIDING SYSTEM VALUE VALUES (1, 'default', 'default', 'extensions', '00000000000000000000000000000001');
INSERT INTO parley.past_object OVERRIDING SYSTEM VALUE VALUES (2, 'default', 'default', 'extensions', '00000000000000000000000000000002');
INSERT INTO parley.past_object OVERRIDING SYSTEM VALUE VALUES (3, 'default', 'default', 'extensions', '00000000000000000000000000000003');
INSERT INTO parley.past_object OVERRIDING SYSTEM VALUE VALUES (4, 'default', 'default', 'agents', 'default/ann');
INSERT INTO parley.past_object OVERRIDING SYSTEM VALUE VALUES (5, 'default', 'default', 'agents', 'default/bob');
INSERT INTO parley.past_object OVERRIDING SYSTEM VALUE VALUES (6, 'default', 'default', 'agents', 'default/cat');
INSERT INTO parley.writer VALUES ('default', 1, 10, '00000000000000000000000000000013');
SELECT pg_catalog.setval('parley.effect_position_seq', 27, true);
SELECT pg_catalog.setval('parley.past_object_number_seq', 12, true);
ALTER TABLE ONLY parley.aggregate
    ADD CONSTRAINT aggregate_pkey PRIMARY KEY (kind, id, cell);
ALTER TABLE ONLY parley.answer
    ADD CONSTRAINT answer_pkey PRIMARY KEY (app, request_key);
ALTER TABLE ONLY parley.delivery
    ADD CONSTRAINT delivery_pkey PRIMARY KEY (app, url, event);
ALTER TABLE ONLY parley.effect
    ADD CONSTRAINT effect_pkey PRIMARY KEY (cell, id);
ALTER TABLE ONLY parley.event_forgotten
    ADD CONSTRAINT event_forgotten_pkey PRIMARY KEY (app);
ALTER TABLE ONLY parley.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (app, id);
ALTER TABLE ONLY parley.event_sequence
    ADD CONSTRAINT event_sequence_pkey PRIMARY KEY (cell, subject);
ALTER TABLE ONLY parley.history_party
    ADD CONSTRAINT history_party_pkey PRIMARY KEY (app, kind, name, begin_time, id);
ALTER TABLE ONLY parley.history
    ADD CONSTRAINT history_pkey PRIMARY KEY (id);
ALTER TABLE ONLY parley.history_total
    ADD CONSTRAINT history_total_pkey PRIMARY KEY (app, type, state, cell);
ALTER TABLE ONLY parley.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);
ALTER TABLE ONLY parley.past_base
    ADD CONSTRAINT past_base_pkey PRIMARY KEY (object, number);
ALTER TABLE ONLY parley.past_object
    ADD CONSTRAINT past_object_cell_app_kind_id_key UNIQUE (cell, app, kind, id);
ALTER TABLE ONLY parley.past_object
    ADD CONSTRAINT past_object_pkey PRIMARY KEY (number);
ALTER TABLE ONLY parley.past
    ADD CONSTRAINT past_pkey PRIMARY KEY (object, since);
ALTER TABLE ONLY parley.writer
    ADD CONSTRAINT writer_pkey PRIMARY KEY (cell);
CREATE INDEX aggregate_over ON parley.aggregate USING btree (over_since) WHERE (over_since IS NOT NULL);
CREATE INDEX answer_by_age ON parley.answer USING btree (at);
CREATE INDEX delivery_given_up ON parley.delivery USING btree (app, event, url) WHERE (problem IS NOT NULL);
CREATE INDEX delivery_of_event ON parley.delivery USING btree (app, event);
CREATE INDEX delivery_to_make ON parley.delivery USING btree (cell, app, url, event) WHERE (problem IS NULL);
CREATE INDEX event_by_age ON parley.event USING btree (at);
CREATE INDEX event_of_conversation ON parley.event USING btree (app, conversation, id) WHERE (conversation IS NOT NULL);
CREATE INDEX history_by_state ON parley.history USING btree (app, state, begin_time, id, type);
CREATE INDEX history_by_time ON parley.history USING btree (app, begin_time, id, state, type);
CREATE INDEX history_by_type ON parley.history USING btree (app, type, begin_time, id, state);
CREATE INDEX history_party_by_id ON parley.history_party USING btree (id);
CREATE INDEX live_aggregate ON parley.aggregate USING btree (cell, "position") WHERE live;
CREATE INDEX past_that_is_over ON parley.past USING btree (until) WHERE (until IS NOT NULL);
CREATE TRIGGER history_changes AFTER INSERT OR DELETE OR UPDATE OF state ON parley.history FOR EACH ROW EXECUTE FUNCTION parley.count_history();
