CREATE TABLE artifact (
    sha256 TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
INSERT INTO "artifact" VALUES('af4f1afb885b962b03f6d423132ca67d3faa9b8f655d14d36350dab0c130340f','FlightDelays.jar',67151,1796065641434);
CREATE TABLE audit (
    number BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    principal TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO "audit" VALUES(1,1796065628599,'service','token','admin','admin','b3859abe4d2c5433803d0bb5a121470e410601fb487c965f69d23afa441dbf38');
INSERT INTO "audit" VALUES(2,1796065640062,'admin','cluster','prod','http://localhost:28081','19f860265a27ece5dd80fec491cc38cfcf2e13f63cc73e5069d01af95d697ed6');
INSERT INTO "audit" VALUES(3,1796065641434,'admin','artifact','af4f1afb885b962b03f6d423132ca67d3faa9b8f655d14d36350dab0c130340f','FlightDelays.jar','d57aff079894d071df25e6363805aca4c42b71ac03ec56901b7b1bb9213f22c5');
INSERT INTO "audit" VALUES(4,1796065641476,'admin','register','ads/flights','revision 1','d2e517e7d5b7fbdd19f2476ff3ed657d7918f6d6dc235d2ae9c8d2744d9e26b3');
INSERT INTO "audit" VALUES(5,1796065644806,'admin','submit','ads/flights','01a22dda-d106-7aa4-beaa-450d4d08cb87','98603c2feb15408b0baf6fd4d9b98a9223756217b5f6dd2e66be3fc3891b3545');
CREATE TABLE cluster (
    name TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
INSERT INTO "cluster" VALUES('prod','session','http://localhost:28081',1796065640062);
CREATE TABLE deployment (
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    cluster TEXT NOT NULL,
    run_id TEXT NOT NULL,
    restore_path TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_state TEXT,
    cause TEXT NOT NULL,
    final_state TEXT NOT NULL,
    seen_state TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    seen_detail TEXT NOT NULL,
    restarts BIGINT NOT NULL,
    checkpoint_path TEXT NOT NULL,
    checkpoint_at BIGINT NOT NULL,
    PRIMARY KEY (namespace, name, epoch)
);
INSERT INTO "deployment" VALUES('ads','flights',1,1,'prod','1f81d2569d69f20e97dde298bdecd686','',1796065644935,NULL,NULL,'','','RUNNING',1796065970030,'3 of 3 tasks run',0,'file:/data/checkpoints/1f81d2569d69f20e97dde298bdecd686/chk-16',1796065970030);
CREATE TABLE "flyway_schema_history" (
    "installed_rank" INT NOT NULL PRIMARY KEY,
    "version" VARCHAR(50),
    "description" VARCHAR(200) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "script" VARCHAR(1000) NOT NULL,
    "checksum" INT,
    "installed_by" VARCHAR(100) NOT NULL,
    "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
    "execution_time" INT NOT NULL,
    "success" BOOLEAN NOT NULL
);
INSERT INTO "flyway_schema_history" VALUES(1,'1','first version','SQL','V1__first_version.sql',1149037234,'','2026-11-30 19:07:07.862',8,1);
CREATE TABLE idempotency (
    principal TEXT NOT NULL,
    request_key TEXT NOT NULL,
    digest TEXT NOT NULL,
    operation TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (principal, request_key)
);
INSERT INTO "idempotency" VALUES('admin','96a4d84b-4004-4d75-a409-01300382b01e','9f218ab17315767e3019e673c79c15ed8337df0ab8227bc601b6a1df93d0a1c1','01a22dda-d106-7aa4-beaa-450d4d08cb87',1796065644806);
CREATE TABLE instance (
    id TEXT PRIMARY KEY
);
INSERT INTO "instance" VALUES('8b2380fff5edb0c');
CREATE TABLE job (
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    generation BIGINT NOT NULL,
    desired TEXT NOT NULL,
    stable_revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (namespace, name)
);
INSERT INTO "job" VALUES('ads','flights',1,'RUNNING',0,1796065641476);
CREATE TABLE operation (
    id TEXT PRIMARY KEY,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    body TEXT NOT NULL
);
INSERT INTO "operation" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87','ads','flights','SUBMIT','SUCCEEDED',10,1796065644806,1796065949597,'{"id":"01a22dda-d106-7aa4-beaa-450d4d08cb87","job":{"namespace":"ads","name":"flights"},"request":{"kind":"SUBMIT","revision":1,"from":"LATEST","path":"","drain":false,"by":"admin"},"version":10,"state":"SUCCEEDED","step":"RESTORED","attempt":0,"sends":0,"createdAt":"2026-11-30T19:07:24.806156124Z","enteredAt":"2026-11-30T19:12:29.340438094Z","lastSentAt":null,"noSince":null,"after":"GO_ON","oldEpoch":0,"epoch":1,"fromRevision":0,"starts":1,"marker":"4235264a-198f-4e02-bb5b-75c5e6c83ae6_af4f1afb885b962b03f6d423132ca67d3faa9b8f655d14d36350dab0c130340f.jar","baseState":"","rejection":"","failure":"","abort":false,"closedAt":"2026-11-30T19:12:29.597848666Z","closed":true,"rollingBack":false}');
CREATE TABLE revision (
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    number BIGINT NOT NULL,
    digest TEXT NOT NULL,
    document TEXT NOT NULL,
    spec TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (namespace, name, number)
);
INSERT INTO "revision" VALUES('ads','flights',1,'5c39d267a9fa9f37e9b1ce06ef504f05d1cb5bf20ef67b2b7381b66acc3ef76f','apiVersion: flink-job-service/v1
kind: FlinkJob
metadata:
  name: flights
  namespace: ads
spec:
  target:
    kind: session
    cluster: prod
  job:
    jarURI: artifact://FlightDelays.jar@sha256:af4f1afb885b962b03f6d423132ca67d3faa9b8f655d14d36350dab0c130340f
    entryClass: com.pinterest.flink.examples.flights.FlightDelays
    parallelism: ''2''
    args:
    - --input
    - /data/flights.csv
    - --output
    - /data/hourly
    - --late
    - /data/late
    - --rate
    - ''0''
    - --out-of-orderness
    - ''240''
    - --hold-at
    - ''10000''
    - --hold-until
    - /data/go-on
  stability:
    checkpoints: ''1''
  savepoints:
    dir: file:///data/savepoints
','{"cluster":"prod","artifact":"af4f1afb885b962b03f6d423132ca67d3faa9b8f655d14d36350dab0c130340f","entryClass":"com.pinterest.flink.examples.flights.FlightDelays","arguments":["--input","/data/flights.csv","--output","/data/hourly","--late","/data/late","--rate","0","--out-of-orderness","240","--hold-at","10000","--hold-until","/data/go-on"],"parallelism":2,"configuration":{},"allowNonRestoredState":false,"savepointDirectory":"file:///data/savepoints","upgradeMode":"SAVEPOINT","stableCheckpoints":1,"recoveriesPerHour":3}',1796065641476,'admin');
CREATE TABLE savepoint (
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    path TEXT NOT NULL,
    operation TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT,
    PRIMARY KEY (namespace, name, path)
);
CREATE TABLE step (
    operation TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    step TEXT NOT NULL,
    note TEXT NOT NULL,
    seen TEXT NOT NULL,
    PRIMARY KEY (operation, version)
);
INSERT INTO "step" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87',1,1796065644806,'CLEAR','was asked for','');
INSERT INTO "step" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87',2,1796065644942,'UPLOAD','starts without state','');
INSERT INTO "step" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87',3,1796065644985,'UPLOAD','uploads the artifact','artifact NO: the cluster does not have it');
INSERT INTO "step" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87',4,1796065645445,'START','the artifact is on the cluster','artifact YES: 4235264a-198f-4e02-bb5b-75c5e6c83ae6_af4f1afb885b962b03f6d423132ca67d3faa9b8f655d14d36350dab0c130340f.jar');
INSERT INTO "step" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87',5,1796065705486,'START','blocked: the answer was 500 <Exception on server side: org.apache.flink.runtime.messages.FlinkApplicationNotFoundException: Could not find Flink application (1f81d2569d69f20e97dde298bdecd686) End of exception on server side>','run UNKNOWN: the answer was 500 <Exception on server side: org.apache.flink.runtime.messages.FlinkApplicationNotFoundException: Could not find Flink application (1f81d2569d69f20e97dde298bdecd686) End of exception on server side>');
INSERT INTO "step" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87',6,1796065938843,'START','goes on','run NO: the leader, still the same, does not know it');
INSERT INTO "step" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87',7,1796065939249,'START','starts the run','run NO: the leader, still the same, does not know it');
INSERT INTO "step" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87',8,1796065940524,'RUNNING','the cluster has the run','run YES: the application is RUNNING');
INSERT INTO "step" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87',9,1796065949340,'RESTORED','all tasks run','run YES: 3 of 3 tasks run');
INSERT INTO "step" VALUES('01a22dda-d106-7aa4-beaa-450d4d08cb87',10,1796065949598,'RESTORED','began without state','run YES: 3 of 3 tasks run; restored NO: it was not restored');
CREATE TABLE token (
    name TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    namespace TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
INSERT INTO "token" VALUES('admin','60b064b1a3fe4c8c5dec64f3ce1623b91deddd73f035291423bfbd9794adf4b3','admin','',1796065628599,NULL);
CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success");
CREATE UNIQUE INDEX deployment_one_live ON deployment (namespace, name) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX operation_one_open ON operation (namespace, name) WHERE closed_at IS NULL;
CREATE INDEX operation_of_job ON operation (namespace, name, id);
