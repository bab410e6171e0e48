PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migration (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL
  ) STRICT;
INSERT INTO migration VALUES(1,'world, effects, notifications and history','ff143d8e2ee2ca1f94c7d87271afe01534e8b73afabd516ece543c84ea031842',1796033270120);
INSERT INTO migration VALUES(2,'what agents, extensions and conditions were','d17d2b485e8b28c627c713cc2217a9ecab2aef27612172cd7c2f144187c92e7e',1796033270120);
INSERT INTO migration VALUES(3,'since when what has ended is over','4cd1a903c8fe5408fb8b86fce892150ca10ffbd0299b89e5def908174b4cc790',1796033270121);
INSERT INTO migration VALUES(4,'events, and what still has to be delivered','79b7b8e4861dd9f8adadce20608a4b15c8ed03ee742be6c4ff01fa2de0f093ec',1796033270122);
INSERT INTO migration VALUES(5,'answers to requests that may be sent again','c4e35fdcc1da00b09055a6a5d2746ae7fe6b9ce95d55df3f1653afedcd8fe5d1',1796033270122);
INSERT INTO migration VALUES(6,'up to which event some are forgotten','fbe7062b5c7542b751891a9a79bec3ea91b02fa58d97cba7904ebc3185198bcb',1796033270122);
CREATE TABLE writer (cell TEXT PRIMARY KEY, id INTEGER NOT NULL, last_batch INTEGER NOT NULL, last_event TEXT) STRICT;
INSERT INTO writer VALUES('default',1,10,'018bcfe62b507001800000000000000d');
CREATE TABLE aggregate (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        live INTEGER NOT NULL CHECK (live IN (0, 1)),
        position INTEGER NOT NULL,
        version INTEGER NOT NULL,
        state TEXT NOT NULL, over_since INTEGER,
        UNIQUE (kind, id)
      ) STRICT;
INSERT INTO aggregate VALUES('extensions','00000000000000000000000000000001','default','default',1,1,5,'{"id":"00000000000000000000000000000001","app":"default","line":{"type":"1","user":"100001","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/ann"}',NULL);
INSERT INTO aggregate VALUES('extensions','00000000000000000000000000000002','default','default',1,2,5,'{"id":"00000000000000000000000000000002","app":"default","line":{"type":"1","user":"100002","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/bob"}',NULL);
INSERT INTO aggregate VALUES('extensions','00000000000000000000000000000003','default','default',1,3,5,'{"id":"00000000000000000000000000000003","app":"default","line":{"type":"1","user":"100003","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/cat"}',NULL);
INSERT INTO aggregate VALUES('agents','default/ann','default','default',1,4,5,'{"id":"default/ann","app":"default","name":"ann","num":"1001","extensionId":"00000000000000000000000000000001","state":"talking","reserveState":"idle","skills":[],"callId":"018bcfe604407004800000000000000b","keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":null,"restsUntil":null}',NULL);
INSERT INTO aggregate VALUES('agents','default/bob','default','default',1,5,5,'{"id":"default/bob","app":"default","name":"bob","num":"1001","extensionId":"00000000000000000000000000000002","state":"fetching","reserveState":"idle","skills":[],"callId":"018bcfe62b507004800000000000000d","keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":null,"restsUntil":null}',NULL);
INSERT INTO aggregate VALUES('agents','default/cat','default','default',1,6,5,'{"id":"default/cat","app":"default","name":"cat","num":"1001","extensionId":"00000000000000000000000000000003","state":"idle","reserveState":"idle","skills":[],"callId":null,"keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":1700000021000,"restsUntil":null}',NULL);
INSERT INTO aggregate VALUES('queueTasks','018bcfe58f1070008000000000000007','default','default',0,8,5,'{"app":"default","enqueue":{"conversationLevel":2,"conversationTimeoutSeconds":21600,"choice":"random","reserveState":"idle","failOverflow":false,"waitVoice":null,"ringMode":1,"ringVoice":null,"holdVoice":null,"playNum":false,"preNumVoice":null,"postNumVoice":null,"userData":null,"priority":0,"routes":[{"targets":[{"kind":"agent","name":"cat","priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}]}]},"plan":null,"priority":0,"queuedAt":1700000010000,"conditionId":null,"route":0,"routeSince":1700000010000,"waits":[{"priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}],"phase":{"at":"ringing","legs":[{"agentId":"default/cat","callId":"018bcfe58f1070048000000000000007"}]},"missedBy":[],"givenAwayBy":null,"rejectedWith":null,"decisions":[{"at":1700000010000,"route":0,"did":"ring","agents":["cat"]},{"at":1700000012000,"route":0,"did":"serve","agent":"cat"}],"id":"018bcfe58f1070008000000000000007","type":"ivr","origin":{"from":"caller","callId":"018bcfe58f1070018000000000000007"},"userData":"vip","conversationId":"018bcfe58f1070028000000000000007"}',1700000012000);
INSERT INTO aggregate VALUES('calls','018bcfe58f1070018000000000000007','default','default',0,9,5,'{"channelId":"1700000001.1","memberOf":[],"userData":null,"placement":{"bridgeId":"018bcfe58f1070038000000000000007","speaks":true,"hears":{"from":"bridge"}},"whisper":null,"phoneHold":null,"id":"018bcfe58f1070018000000000000007","app":"default","party":{"kind":"outside","from":"dialplan","telnumber":"13900000001"},"stage":{"at":"ending","then":null}}',1700000020000);
INSERT INTO aggregate VALUES('calls','018bcfe58f1070048000000000000007','default','default',0,10,5,'{"channelId":"018bcfe58f1070048000000000000007","memberOf":[],"userData":"vip","placement":{"bridgeId":"018bcfe58f1070038000000000000007","speaks":true,"hears":{"from":"bridge"}},"whisper":null,"phoneHold":null,"id":"018bcfe58f1070048000000000000007","app":"default","party":{"kind":"agent","agentId":"default/cat","name":"cat","extensionId":"00000000000000000000000000000003"},"stage":{"at":"ending","then":null}}',1700000021000);
INSERT INTO aggregate VALUES('conversations','018bcfe58f1070028000000000000007','default','default',0,11,5,'{"bridgeId":"018bcfe58f1070038000000000000007","bridgeKind":"pair","channelId":"1700000001.1","queueId":"018bcfe58f1070008000000000000007","conditionId":null,"agentCallId":null,"rejectedWith":null,"holdVoice":null,"underTalk":null,"beginTime":1700000010000,"endsAt":1700021610000,"maxMembers":8,"members":[{"callId":"018bcfe58f1070018000000000000007","party":{"kind":"outside","from":"dialplan","telnumber":"13900000001"},"mode":1,"role":{"as":"party"},"since":1700000010000,"until":1700000020000},{"callId":"018bcfe58f1070048000000000000007","party":{"kind":"agent","agentId":"default/cat","name":"cat","extensionId":"00000000000000000000000000000003"},"mode":1,"role":{"as":"party"},"since":1700000012000,"until":1700000020000}],"invited":[],"stage":{"at":"ended","since":1700000020000,"reason":"dismiss","hadBegun":true},"id":"018bcfe58f1070028000000000000007","app":"default","type":"queue","userData":"vip"}',1700000020000);
INSERT INTO aggregate VALUES('queueTasks','018bcfe604407000800000000000000b','default','default',0,23,5,'{"app":"default","enqueue":{"conversationLevel":2,"conversationTimeoutSeconds":21600,"choice":"random","reserveState":"idle","failOverflow":false,"waitVoice":null,"ringMode":1,"ringVoice":null,"holdVoice":null,"playNum":false,"preNumVoice":null,"postNumVoice":null,"userData":null,"priority":0,"routes":[{"targets":[{"kind":"agent","name":"ann","priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}]}]},"plan":null,"priority":0,"queuedAt":1700000040000,"conditionId":null,"route":0,"routeSince":1700000040000,"waits":[{"priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}],"phase":{"at":"ringing","legs":[{"agentId":"default/ann","callId":"018bcfe604407004800000000000000b"}]},"missedBy":[],"givenAwayBy":null,"rejectedWith":null,"decisions":[{"at":1700000040000,"route":0,"did":"ring","agents":["ann"]},{"at":1700000042000,"route":0,"did":"serve","agent":"ann"}],"id":"018bcfe604407000800000000000000b","type":"ivr","origin":{"from":"caller","callId":"018bcfe604407001800000000000000b"},"userData":"vip","conversationId":"018bcfe604407002800000000000000b"}',1700000042000);
INSERT INTO aggregate VALUES('calls','018bcfe604407001800000000000000b','default','default',1,24,5,'{"channelId":"1700000002.2","memberOf":["018bcfe604407002800000000000000b"],"userData":null,"placement":{"bridgeId":"018bcfe604407003800000000000000b","speaks":true,"hears":{"from":"bridge"}},"whisper":null,"phoneHold":null,"id":"018bcfe604407001800000000000000b","app":"default","party":{"kind":"outside","from":"dialplan","telnumber":"13900000002"},"stage":{"at":"up","since":1700000042000,"hangUpAt":null}}',NULL);
INSERT INTO aggregate VALUES('calls','018bcfe604407004800000000000000b','default','default',1,25,5,'{"channelId":"018bcfe604407004800000000000000b","memberOf":["018bcfe604407002800000000000000b"],"userData":"vip","placement":{"bridgeId":"018bcfe604407003800000000000000b","speaks":true,"hears":{"from":"bridge"}},"whisper":null,"phoneHold":null,"id":"018bcfe604407004800000000000000b","app":"default","party":{"kind":"agent","agentId":"default/ann","name":"ann","extensionId":"00000000000000000000000000000001"},"stage":{"at":"up","since":1700000042000,"hangUpAt":null}}',NULL);
INSERT INTO aggregate VALUES('conversations','018bcfe604407002800000000000000b','default','default',1,26,5,'{"bridgeId":"018bcfe604407003800000000000000b","bridgeKind":"pair","channelId":"1700000002.2","queueId":"018bcfe604407000800000000000000b","conditionId":null,"agentCallId":null,"rejectedWith":null,"holdVoice":null,"underTalk":null,"beginTime":1700000040000,"endsAt":1700021640000,"maxMembers":8,"members":[{"callId":"018bcfe604407001800000000000000b","party":{"kind":"outside","from":"dialplan","telnumber":"13900000002"},"mode":1,"role":{"as":"party"},"since":1700000040000,"until":null},{"callId":"018bcfe604407004800000000000000b","party":{"kind":"agent","agentId":"default/ann","name":"ann","extensionId":"00000000000000000000000000000001"},"mode":1,"role":{"as":"party"},"since":1700000042000,"until":null}],"invited":[],"stage":{"at":"begun","since":1700000042000},"id":"018bcfe604407002800000000000000b","app":"default","type":"queue","userData":"vip"}',NULL);
INSERT INTO aggregate VALUES('queueTasks','018bcfe62b507000800000000000000d','default','default',1,33,5,'{"app":"default","enqueue":{"conversationLevel":2,"conversationTimeoutSeconds":21600,"choice":"random","reserveState":"idle","failOverflow":false,"waitVoice":null,"ringMode":1,"ringVoice":null,"holdVoice":null,"playNum":false,"preNumVoice":null,"postNumVoice":null,"userData":null,"priority":0,"routes":[{"targets":[{"kind":"agent","name":"bob","priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}]}]},"plan":null,"priority":0,"queuedAt":1700000050000,"conditionId":null,"route":0,"routeSince":1700000050000,"waits":[{"priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}],"phase":{"at":"ringing","legs":[{"agentId":"default/bob","callId":"018bcfe62b507004800000000000000d"}]},"missedBy":[],"givenAwayBy":null,"rejectedWith":null,"decisions":[{"at":1700000050000,"route":0,"did":"ring","agents":["bob"]}],"id":"018bcfe62b507000800000000000000d","type":"ivr","origin":{"from":"caller","callId":"018bcfe62b507001800000000000000d"},"userData":"vip","conversationId":"018bcfe62b507002800000000000000d"}',NULL);
INSERT INTO aggregate VALUES('calls','018bcfe62b507001800000000000000d','default','default',1,34,5,'{"channelId":"1700000003.3","memberOf":["018bcfe62b507002800000000000000d"],"userData":null,"placement":{"bridgeId":null,"speaks":true,"hears":{"from":"music","musicClass":"default"}},"whisper":null,"phoneHold":null,"id":"018bcfe62b507001800000000000000d","app":"default","party":{"kind":"outside","from":"dialplan","telnumber":"13900000003"},"stage":{"at":"queued","taskId":"018bcfe62b507000800000000000000d","answered":true}}',NULL);
INSERT INTO aggregate VALUES('calls','018bcfe62b507004800000000000000d','default','default',1,35,5,'{"channelId":"018bcfe62b507004800000000000000d","memberOf":[],"userData":"vip","placement":null,"whisper":null,"phoneHold":null,"id":"018bcfe62b507004800000000000000d","app":"default","party":{"kind":"agent","agentId":"default/bob","name":"bob","extensionId":"00000000000000000000000000000002"},"stage":{"at":"ringing","giveUpAt":1700000100000,"onAnswer":{"then":"serve","taskId":"018bcfe62b507000800000000000000d"},"alerting":false}}',NULL);
INSERT INTO aggregate VALUES('conversations','018bcfe62b507002800000000000000d','default','default',1,36,5,'{"bridgeId":"018bcfe62b507003800000000000000d","bridgeKind":"pair","channelId":"1700000003.3","queueId":"018bcfe62b507000800000000000000d","conditionId":null,"agentCallId":null,"rejectedWith":null,"holdVoice":null,"underTalk":null,"beginTime":1700000050000,"endsAt":1700021650000,"maxMembers":8,"members":[{"callId":"018bcfe62b507001800000000000000d","party":{"kind":"outside","from":"dialplan","telnumber":"13900000003"},"mode":1,"role":{"as":"party"},"since":1700000050000,"until":null}],"invited":["018bcfe62b507000800000000000000d"],"stage":{"at":"gathering"},"id":"018bcfe62b507002800000000000000d","app":"default","type":"queue","userData":"vip"}',NULL);
INSERT INTO aggregate VALUES('queueTasks','018bcfe652607000800000000000000e','default','default',1,37,5,'{"app":"default","enqueue":{"conversationLevel":2,"conversationTimeoutSeconds":21600,"choice":"random","reserveState":"idle","failOverflow":false,"waitVoice":null,"ringMode":1,"ringVoice":null,"holdVoice":null,"playNum":false,"preNumVoice":null,"postNumVoice":null,"userData":null,"priority":0,"routes":[{"targets":[{"kind":"agent","name":"ann","priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}]}]},"plan":null,"priority":0,"queuedAt":1700000060000,"conditionId":null,"route":0,"routeSince":1700000060000,"waits":[{"priority":0,"queueTimeoutSeconds":null,"fetchTimeoutSeconds":50}],"phase":{"at":"waiting"},"missedBy":[],"givenAwayBy":null,"rejectedWith":null,"decisions":[{"at":1700000060000,"route":0,"did":"wait"}],"id":"018bcfe652607000800000000000000e","type":"ivr","origin":{"from":"caller","callId":"018bcfe652607001800000000000000e"},"userData":"vip","conversationId":null}',NULL);
INSERT INTO aggregate VALUES('calls','018bcfe652607001800000000000000e','default','default',1,38,5,'{"channelId":"1700000004.4","memberOf":[],"userData":null,"placement":{"bridgeId":null,"speaks":true,"hears":{"from":"music","musicClass":"default"}},"whisper":null,"phoneHold":null,"id":"018bcfe652607001800000000000000e","app":"default","party":{"kind":"outside","from":"dialplan","telnumber":"13900000004"},"stage":{"at":"queued","taskId":"018bcfe652607000800000000000000e","answered":true}}',NULL);
CREATE TABLE effect (
        position INTEGER PRIMARY KEY,
        cell TEXT NOT NULL,
        id TEXT NOT NULL,
        effect TEXT NOT NULL,
        UNIQUE (cell, id)
      ) STRICT;
INSERT INTO effect VALUES(1,'default','3-0','{"do":"receive","channelId":"1700000001.1","answer":true}');
INSERT INTO effect VALUES(2,'default','3-1','{"do":"place","channelId":"1700000001.1","from":null,"placement":{"bridgeId":null,"speaks":true,"hears":{"from":"music","musicClass":"default"}}}');
INSERT INTO effect VALUES(3,'default','3-2','{"do":"open-bridge","bridgeId":"018bcfe58f1070038000000000000007","kind":"pair"}');
INSERT INTO effect VALUES(4,'default','3-3','{"do":"dial","callId":"018bcfe58f1070048000000000000007","channelId":"018bcfe58f1070048000000000000007","to":{"kind":"endpoint","user":"100003"},"from":"13900000001","ringSeconds":50,"lifeSeconds":21650}');
INSERT INTO effect VALUES(5,'default','4-0','{"do":"place","channelId":"1700000001.1","from":null,"placement":{"bridgeId":"018bcfe58f1070038000000000000007","speaks":true,"hears":{"from":"bridge"}}}');
INSERT INTO effect VALUES(6,'default','4-1','{"do":"place","channelId":"018bcfe58f1070048000000000000007","from":null,"placement":{"bridgeId":"018bcfe58f1070038000000000000007","speaks":true,"hears":{"from":"bridge"}}}');
INSERT INTO effect VALUES(7,'default','4-2','{"do":"limit","channelId":"1700000001.1","until":1700021620000}');
INSERT INTO effect VALUES(8,'default','4-3','{"do":"limit","channelId":"018bcfe58f1070048000000000000007","until":1700021620000}');
INSERT INTO effect VALUES(9,'default','5-0','{"do":"hang-up","channelId":"018bcfe58f1070048000000000000007","from":"018bcfe58f1070038000000000000007"}');
INSERT INTO effect VALUES(10,'default','5-1','{"do":"close-bridge","bridgeId":"018bcfe58f1070038000000000000007"}');
INSERT INTO effect VALUES(11,'default','7-0','{"do":"receive","channelId":"1700000002.2","answer":true}');
INSERT INTO effect VALUES(12,'default','7-1','{"do":"place","channelId":"1700000002.2","from":null,"placement":{"bridgeId":null,"speaks":true,"hears":{"from":"music","musicClass":"default"}}}');
INSERT INTO effect VALUES(13,'default','7-2','{"do":"open-bridge","bridgeId":"018bcfe604407003800000000000000b","kind":"pair"}');
INSERT INTO effect VALUES(14,'default','7-3','{"do":"dial","callId":"018bcfe604407004800000000000000b","channelId":"018bcfe604407004800000000000000b","to":{"kind":"endpoint","user":"100001"},"from":"13900000002","ringSeconds":50,"lifeSeconds":21650}');
INSERT INTO effect VALUES(15,'default','8-0','{"do":"place","channelId":"1700000002.2","from":null,"placement":{"bridgeId":"018bcfe604407003800000000000000b","speaks":true,"hears":{"from":"bridge"}}}');
INSERT INTO effect VALUES(16,'default','8-1','{"do":"place","channelId":"018bcfe604407004800000000000000b","from":null,"placement":{"bridgeId":"018bcfe604407003800000000000000b","speaks":true,"hears":{"from":"bridge"}}}');
INSERT INTO effect VALUES(17,'default','8-2','{"do":"limit","channelId":"1700000002.2","until":1700021650000}');
INSERT INTO effect VALUES(18,'default','8-3','{"do":"limit","channelId":"018bcfe604407004800000000000000b","until":1700021650000}');
INSERT INTO effect VALUES(19,'default','9-0','{"do":"receive","channelId":"1700000003.3","answer":true}');
INSERT INTO effect VALUES(20,'default','9-1','{"do":"place","channelId":"1700000003.3","from":null,"placement":{"bridgeId":null,"speaks":true,"hears":{"from":"music","musicClass":"default"}}}');
INSERT INTO effect VALUES(21,'default','9-2','{"do":"open-bridge","bridgeId":"018bcfe62b507003800000000000000d","kind":"pair"}');
INSERT INTO effect VALUES(22,'default','9-3','{"do":"dial","callId":"018bcfe62b507004800000000000000d","channelId":"018bcfe62b507004800000000000000d","to":{"kind":"endpoint","user":"100002"},"from":"13900000003","ringSeconds":50,"lifeSeconds":21650}');
INSERT INTO effect VALUES(23,'default','10-0','{"do":"receive","channelId":"1700000004.4","answer":true}');
INSERT INTO effect VALUES(24,'default','10-1','{"do":"place","channelId":"1700000004.4","from":null,"placement":{"bridgeId":null,"speaks":true,"hears":{"from":"music","musicClass":"default"}}}');
CREATE TABLE history (
        id TEXT PRIMARY KEY,
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('running', 'completed')),
        begin_time INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
INSERT INTO history VALUES('018bcfe58f1070028000000000000007','default','default','queue','completed',1700000010000);
INSERT INTO history VALUES('018bcfe604407002800000000000000b','default','default','queue','running',1700000040000);
CREATE TABLE history_party (
        app TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        begin_time INTEGER NOT NULL,
        id TEXT NOT NULL,
        cell TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL,
        PRIMARY KEY (app, kind, name, begin_time, id)
      ) STRICT, WITHOUT ROWID;
INSERT INTO history_party VALUES('default','agent','ann',1700000040000,'018bcfe604407002800000000000000b','default','queue','running');
INSERT INTO history_party VALUES('default','agent','cat',1700000010000,'018bcfe58f1070028000000000000007','default','queue','completed');
INSERT INTO history_party VALUES('default','outside','13900000001',1700000010000,'018bcfe58f1070028000000000000007','default','queue','completed');
INSERT INTO history_party VALUES('default','outside','13900000002',1700000040000,'018bcfe604407002800000000000000b','default','queue','running');
CREATE TABLE history_total (
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        type TEXT NOT NULL,
        state TEXT NOT NULL,
        total INTEGER NOT NULL,
        PRIMARY KEY (app, type, state, cell)
      ) STRICT, WITHOUT ROWID;
INSERT INTO history_total VALUES('default','default','queue','completed',1);
INSERT INTO history_total VALUES('default','default','queue','running',1);
CREATE TABLE past_object (
        number INTEGER PRIMARY KEY,
        cell TEXT NOT NULL,
        app TEXT NOT NULL,
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        UNIQUE (app, kind, id)
      ) STRICT;
INSERT INTO past_object VALUES(1,'default','default','extensions','00000000000000000000000000000001');
INSERT INTO past_object VALUES(2,'default','default','extensions','00000000000000000000000000000002');
INSERT INTO past_object VALUES(3,'default','default','extensions','00000000000000000000000000000003');
INSERT INTO past_object VALUES(4,'default','default','agents','default/ann');
INSERT INTO past_object VALUES(5,'default','default','agents','default/bob');
INSERT INTO past_object VALUES(6,'default','default','agents','default/cat');
CREATE TABLE past_base (
        number INTEGER PRIMARY KEY,
        object INTEGER NOT NULL,
        version INTEGER NOT NULL,
        state TEXT NOT NULL
      ) STRICT;
INSERT INTO past_base VALUES(1,1,5,'{"id":"00000000000000000000000000000001","app":"default","line":{"type":"1","user":"100001","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/ann"}');
INSERT INTO past_base VALUES(2,2,5,'{"id":"00000000000000000000000000000002","app":"default","line":{"type":"1","user":"100002","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/bob"}');
INSERT INTO past_base VALUES(3,3,5,'{"id":"00000000000000000000000000000003","app":"default","line":{"type":"1","user":"100003","digest":"00000000000000000000000000000000"},"enabled":true,"boundTo":"default/cat"}');
INSERT INTO past_base VALUES(4,4,5,'{"id":"default/ann","app":"default","name":"ann","num":"1001","extensionId":"00000000000000000000000000000001","state":"idle","reserveState":"idle","skills":[],"callId":null,"keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":null,"restsUntil":null}');
INSERT INTO past_base VALUES(5,5,5,'{"id":"default/bob","app":"default","name":"bob","num":"1001","extensionId":"00000000000000000000000000000002","state":"idle","reserveState":"idle","skills":[],"callId":null,"keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":null,"restsUntil":null}');
INSERT INTO past_base VALUES(6,6,5,'{"id":"default/cat","app":"default","name":"cat","num":"1001","extensionId":"00000000000000000000000000000003","state":"idle","reserveState":"idle","skills":[],"callId":null,"keptAliveAt":1700000000000,"loggedInAt":1700000000000,"lastTalkAt":null,"restsUntil":null}');
CREATE TABLE past (
        object INTEGER NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER,
        base INTEGER NOT NULL,
        delta TEXT NOT NULL,
        PRIMARY KEY (object, since)
      ) STRICT, WITHOUT ROWID;
INSERT INTO past VALUES(1,1700000000000,NULL,1,'{}');
INSERT INTO past VALUES(2,1700000000000,NULL,2,'{}');
INSERT INTO past VALUES(3,1700000000000,NULL,3,'{}');
INSERT INTO past VALUES(4,1700000000000,1700000040000,4,'{}');
INSERT INTO past VALUES(4,1700000040000,1700000042000,4,'{"state":"fetching","callId":"018bcfe604407004800000000000000b"}');
INSERT INTO past VALUES(4,1700000042000,NULL,4,'{"state":"talking","callId":"018bcfe604407004800000000000000b"}');
INSERT INTO past VALUES(5,1700000000000,1700000050000,5,'{}');
INSERT INTO past VALUES(5,1700000050000,NULL,5,'{"state":"fetching","callId":"018bcfe62b507004800000000000000d"}');
INSERT INTO past VALUES(6,1700000000000,1700000010000,6,'{}');
INSERT INTO past VALUES(6,1700000010000,1700000012000,6,'{"state":"fetching","callId":"018bcfe58f1070048000000000000007"}');
INSERT INTO past VALUES(6,1700000012000,1700000021000,6,'{"state":"talking","callId":"018bcfe58f1070048000000000000007"}');
INSERT INTO past VALUES(6,1700000021000,NULL,6,'{"lastTalkAt":1700000021000}');
CREATE TABLE event (
        app TEXT NOT NULL,
        id TEXT NOT NULL,
        cell TEXT NOT NULL,
        event TEXT NOT NULL,
        at INTEGER NOT NULL,
        agent TEXT,
        task TEXT,
        conversation TEXT,
        body TEXT NOT NULL,
        PRIMARY KEY (app, id)
      ) STRICT, WITHOUT ROWID;
INSERT INTO event VALUES('default','018bcfe596e070008000000000000008','default','callcenter.agent.state_changed',1700000012000,'cat',NULL,NULL,'{"action":"event_notify","event":"callcenter.agent.state_changed","name":"cat","previous_state":"fetching","latest_state":"talking","current_time":1700000012000,"user_data":"vip","event_id":"018bcfe596e070008000000000000008","app_id":"default","sequence":2}');
INSERT INTO event VALUES('default','018bcfe596e070018000000000000008','default','callcenter.conversation.begin',1700000012000,NULL,NULL,'018bcfe58f1070028000000000000007','{"action":"event_notify","event":"callcenter.conversation.begin","id":"018bcfe58f1070028000000000000007","type":"queue","queue_id":"018bcfe58f1070008000000000000007","user_data":"vip","event_id":"018bcfe596e070018000000000000008","app_id":"default","sequence":1}');
INSERT INTO event VALUES('default','018bcfe596e070028000000000000008','default','callcenter.queue.success',1700000012000,'cat','018bcfe58f1070008000000000000007','018bcfe58f1070028000000000000007','{"action":"event_notify","event":"callcenter.queue.success","id":"018bcfe58f1070008000000000000007","type":"ivr","origin_call_id":"018bcfe58f1070018000000000000007","user_data":"vip","agent_name":"cat","agent_extension_id":"00000000000000000000000000000003","agent_call_id":"018bcfe58f1070048000000000000007","event_id":"018bcfe596e070028000000000000008","app_id":"default","sequence":2}');
INSERT INTO event VALUES('default','018bcfe596e070038000000000000008','default','callcenter.agent.conversation_changed',1700000012000,'cat',NULL,'018bcfe58f1070028000000000000007','{"action":"event_notify","event":"callcenter.agent.conversation_changed","name":"cat","type":"enter","conversation_id":"018bcfe58f1070028000000000000007","current_time":1700000012000,"user_data":"vip","event_id":"018bcfe596e070038000000000000008","app_id":"default","sequence":3}');
INSERT INTO event VALUES('default','018bcfe596e070048000000000000008','default','callcenter.conversation.parts_changed',1700000012000,NULL,NULL,'018bcfe58f1070028000000000000007','{"action":"event_notify","event":"callcenter.conversation.parts_changed","id":"018bcfe58f1070028000000000000007","user_data":"vip","event_id":"018bcfe596e070048000000000000008","app_id":"default","sequence":2}');
INSERT INTO event VALUES('default','018bcfe5b62070008000000000000009','default','callcenter.agent.conversation_changed',1700000020000,'cat',NULL,'018bcfe58f1070028000000000000007','{"action":"event_notify","event":"callcenter.agent.conversation_changed","name":"cat","type":"exit","conversation_id":"018bcfe58f1070028000000000000007","current_time":1700000020000,"user_data":"vip","event_id":"018bcfe5b62070008000000000000009","app_id":"default","sequence":4}');
INSERT INTO event VALUES('default','018bcfe5b62070018000000000000009','default','callcenter.conversation.end',1700000020000,NULL,NULL,'018bcfe58f1070028000000000000007','{"action":"event_notify","event":"callcenter.conversation.end","id":"018bcfe58f1070028000000000000007","type":"queue","queue_id":"018bcfe58f1070008000000000000007","user_data":"vip","begin_time":1700000010000,"end_time":1700000020000,"end_reason":"dismiss","event_id":"018bcfe5b62070018000000000000009","app_id":"default","sequence":3}');
INSERT INTO event VALUES('default','018bcfe5ba087000800000000000000a','default','callcenter.agent.state_changed',1700000021000,'cat',NULL,NULL,'{"action":"event_notify","event":"callcenter.agent.state_changed","name":"cat","previous_state":"talking","latest_state":"idle","current_time":1700000021000,"user_data":"vip","event_id":"018bcfe5ba087000800000000000000a","app_id":"default","sequence":5}');
INSERT INTO event VALUES('default','018bcfe604407000800000000000000b','default','callcenter.queue.select',1700000040000,'ann','018bcfe604407000800000000000000b','018bcfe604407002800000000000000b','{"action":"event_notify","event":"callcenter.queue.select","id":"018bcfe604407000800000000000000b","type":"ivr","origin_call_id":"018bcfe604407001800000000000000b","user_data":"vip","agent_name":"ann","agent_extension_id":"00000000000000000000000000000001","agent_call_id":"018bcfe604407004800000000000000b","event_id":"018bcfe604407000800000000000000b","app_id":"default","sequence":1}');
INSERT INTO event VALUES('default','018bcfe604407001800000000000000b','default','callcenter.agent.state_changed',1700000040000,'ann',NULL,NULL,'{"action":"event_notify","event":"callcenter.agent.state_changed","name":"ann","previous_state":"idle","latest_state":"fetching","current_time":1700000040000,"user_data":"vip","event_id":"018bcfe604407001800000000000000b","app_id":"default","sequence":1}');
INSERT INTO event VALUES('default','018bcfe60c107000800000000000000c','default','callcenter.agent.state_changed',1700000042000,'ann',NULL,NULL,'{"action":"event_notify","event":"callcenter.agent.state_changed","name":"ann","previous_state":"fetching","latest_state":"talking","current_time":1700000042000,"user_data":"vip","event_id":"018bcfe60c107000800000000000000c","app_id":"default","sequence":2}');
INSERT INTO event VALUES('default','018bcfe60c107001800000000000000c','default','callcenter.conversation.begin',1700000042000,NULL,NULL,'018bcfe604407002800000000000000b','{"action":"event_notify","event":"callcenter.conversation.begin","id":"018bcfe604407002800000000000000b","type":"queue","queue_id":"018bcfe604407000800000000000000b","user_data":"vip","event_id":"018bcfe60c107001800000000000000c","app_id":"default","sequence":1}');
INSERT INTO event VALUES('default','018bcfe60c107002800000000000000c','default','callcenter.queue.success',1700000042000,'ann','018bcfe604407000800000000000000b','018bcfe604407002800000000000000b','{"action":"event_notify","event":"callcenter.queue.success","id":"018bcfe604407000800000000000000b","type":"ivr","origin_call_id":"018bcfe604407001800000000000000b","user_data":"vip","agent_name":"ann","agent_extension_id":"00000000000000000000000000000001","agent_call_id":"018bcfe604407004800000000000000b","event_id":"018bcfe60c107002800000000000000c","app_id":"default","sequence":2}');
INSERT INTO event VALUES('default','018bcfe60c107003800000000000000c','default','callcenter.agent.conversation_changed',1700000042000,'ann',NULL,'018bcfe604407002800000000000000b','{"action":"event_notify","event":"callcenter.agent.conversation_changed","name":"ann","type":"enter","conversation_id":"018bcfe604407002800000000000000b","current_time":1700000042000,"user_data":"vip","event_id":"018bcfe60c107003800000000000000c","app_id":"default","sequence":3}');
INSERT INTO event VALUES('default','018bcfe60c107004800000000000000c','default','callcenter.conversation.parts_changed',1700000042000,NULL,NULL,'018bcfe604407002800000000000000b','{"action":"event_notify","event":"callcenter.conversation.parts_changed","id":"018bcfe604407002800000000000000b","user_data":"vip","event_id":"018bcfe60c107004800000000000000c","app_id":"default","sequence":2}');
INSERT INTO event VALUES('default','018bcfe62b507000800000000000000d','default','callcenter.queue.select',1700000050000,'bob','018bcfe62b507000800000000000000d','018bcfe62b507002800000000000000d','{"action":"event_notify","event":"callcenter.queue.select","id":"018bcfe62b507000800000000000000d","type":"ivr","origin_call_id":"018bcfe62b507001800000000000000d","user_data":"vip","agent_name":"bob","agent_extension_id":"00000000000000000000000000000002","agent_call_id":"018bcfe62b507004800000000000000d","event_id":"018bcfe62b507000800000000000000d","app_id":"default","sequence":1}');
INSERT INTO event VALUES('default','018bcfe62b507001800000000000000d','default','callcenter.agent.state_changed',1700000050000,'bob',NULL,NULL,'{"action":"event_notify","event":"callcenter.agent.state_changed","name":"bob","previous_state":"idle","latest_state":"fetching","current_time":1700000050000,"user_data":"vip","event_id":"018bcfe62b507001800000000000000d","app_id":"default","sequence":1}');
CREATE TABLE event_sequence (
        cell TEXT NOT NULL,
        subject TEXT NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (cell, subject)
      ) STRICT, WITHOUT ROWID;
INSERT INTO event_sequence VALUES('default','agents default/ann',3);
INSERT INTO event_sequence VALUES('default','agents default/bob',1);
INSERT INTO event_sequence VALUES('default','agents default/cat',5);
INSERT INTO event_sequence VALUES('default','conversations 018bcfe604407002800000000000000b',2);
INSERT INTO event_sequence VALUES('default','queueTasks 018bcfe62b507000800000000000000d',1);
CREATE TABLE delivery (
        app TEXT NOT NULL,
        url TEXT NOT NULL,
        event TEXT NOT NULL,
        cell TEXT NOT NULL,
        problem TEXT,
        given_up_at INTEGER,
        PRIMARY KEY (app, url, event)
      ) STRICT, WITHOUT ROWID;
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe596e070008000000000000008','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe596e070018000000000000008','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe596e070028000000000000008','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe596e070038000000000000008','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe596e070048000000000000008','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe5b62070008000000000000009','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe5b62070018000000000000009','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe5ba087000800000000000000a','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe604407000800000000000000b','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe604407001800000000000000b','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe60c107000800000000000000c','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe60c107001800000000000000c','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe60c107002800000000000000c','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe60c107003800000000000000c','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe60c107004800000000000000c','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe62b507000800000000000000d','default',NULL,NULL);
INSERT INTO delivery VALUES('default','https://receiver.example/hook','018bcfe62b507001800000000000000d','default',NULL,NULL);
CREATE TABLE answer (
        app TEXT NOT NULL,
        request_key TEXT NOT NULL,
        cell TEXT NOT NULL,
        at INTEGER NOT NULL,
        fingerprint TEXT NOT NULL,
        answer TEXT NOT NULL,
        PRIMARY KEY (app, request_key)
      ) STRICT, WITHOUT ROWID;
CREATE TABLE event_forgotten (
        app TEXT PRIMARY KEY,
        last TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
INSERT INTO event_forgotten VALUES('default','018bcfe58f1070018000000000000007');
CREATE INDEX live_aggregate ON aggregate (cell, position) WHERE live = 1;
CREATE INDEX history_by_time ON history (app, begin_time, id, state, type);
CREATE INDEX history_by_state ON history (app, state, begin_time, id, type);
CREATE INDEX history_by_type ON history (app, type, begin_time, id, state);
CREATE TRIGGER history_grows AFTER INSERT ON history BEGIN
        INSERT INTO history_total (cell, app, type, state, total) VALUES (new.cell, new.app, new.type, new.state, 1)
        ON CONFLICT DO UPDATE SET total = total + 1;
      END;
CREATE TRIGGER history_moves AFTER UPDATE OF state ON history BEGIN
        UPDATE history_total SET total = total - 1
        WHERE cell = old.cell AND app = old.app AND type = old.type AND state = old.state;
        INSERT INTO history_total (cell, app, type, state, total) VALUES (new.cell, new.app, new.type, new.state, 1)
        ON CONFLICT DO UPDATE SET total = total + 1;
      END;
CREATE INDEX past_base_of_object ON past_base (object);
CREATE INDEX past_that_is_over ON past (until) WHERE until IS NOT NULL;
CREATE INDEX aggregate_over ON aggregate (over_since) WHERE over_since IS NOT NULL;
CREATE INDEX history_party_by_id ON history_party (id);
CREATE TRIGGER history_shrinks AFTER DELETE ON history BEGIN
        UPDATE history_total SET total = total - 1
        WHERE cell = old.cell AND app = old.app AND type = old.type AND state = old.state;
      END;
CREATE INDEX event_of_conversation ON event (app, conversation, id) WHERE conversation IS NOT NULL;
CREATE INDEX event_by_age ON event (at);
CREATE INDEX delivery_of_event ON delivery (app, event);
CREATE INDEX delivery_to_make ON delivery (cell, app, url, event) WHERE problem IS NULL;
CREATE INDEX delivery_given_up ON delivery (app, event, url) WHERE problem IS NOT NULL;
CREATE INDEX answer_by_age ON answer (at);
COMMIT;
