import { BY_NAME } from '../addresses.ts';
import {
  conninfo,
  DATABASE,
  hbaFile,
  nodeFile,
  passFile,
  RELAY_USER,
  REPLICATION_USER,
  SUPERUSER,
  settingsFile,
  slotOf,
} from '../postgres/settings.ts';
import { portOf, type Service, type StackState, servicesOfKind } from '../state.ts';
import { type ComposeService, environment, secretOf, shell } from './compose-service.ts';

const IMAGE = 'postgres:17.5-bookworm';
/** Below the volume: a directory that Postgres makes itself has the rights that it demands. */
const DATA = '/var/lib/postgresql/data/main';

const CONFIG = '/tmp/postgresql.conf';
const HBA = '/tmp/pg_hba.conf';
const WRITE_FILES = `printf %s "$CONFIG" > ${CONFIG} && printf %s "$HBA" > ${HBA}`;
const SERVER = `postgres -c config_file=${CONFIG} -c hba_file=${HBA}`;

/**
 * A Postgres with the settings of the stack. The image's own entry point makes the primary and the user of the
 * relays; a replica copies the primary when it has no data yet.
 */
export function postgresService(state: StackState, node: Service, memoryBytes: number): ComposeService {
  const [primary] = servicesOfKind(state, 'postgres');
  const isPrimary = primary === undefined || primary.name === node.name;
  const settings = `${settingsFile(state, memoryBytes)}\n${nodeFile(node, isPrimary ? null : primary, BY_NAME)}`;
  const files = { CONFIG: settings, HBA: hbaFile('samenet'), PGDATA: DATA };
  return {
    image: IMAGE,
    ...(isPrimary ? primaryStart(state, node, files) : replicaStart(node, primary, files)),
    // Dynamic shared memory; containers get 64 MB by default.
    shm_size: '256mb',
    volumes: [`${node.name}:/var/lib/postgresql/data`],
    healthcheck: {
      // Over TCP: while the image initialises the data it listens on its socket alone.
      test: ['CMD', 'pg_isready', '-h', '127.0.0.1', '-p', String(portOf(node, 'sql')), '-d', DATABASE],
      interval: '2s',
      timeout: '2s',
      retries: 60,
    },
  };
}

function primaryStart(
  state: StackState,
  primary: Service,
  files: Readonly<Record<string, string>>,
): ComposeService {
  return {
    environment: {
      ...environment({
        ...files,
        INIT: initSql(state, primary),
        POSTGRES_USER: SUPERUSER,
        POSTGRES_HOST_AUTH_METHOD: 'scram-sha-256',
        POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C --no-sync --auth-local=scram-sha-256',
      }),
      POSTGRES_PASSWORD: secretOf('POSTGRES_SUPERUSER'),
      REPLICATOR_PASSWORD: secretOf('POSTGRES_REPLICATOR'),
      RELAY_PASSWORD: secretOf('POSTGRES_RELAY'),
    },
    entrypoint: shell(
      `${WRITE_FILES} && printf %s "$INIT" > /docker-entrypoint-initdb.d/relay-bench.sql && exec docker-entrypoint.sh ${SERVER}`,
    ),
  };
}

/** As the stack initialises its primary; replicas do not exist yet, so nothing may wait for them. */
function initSql(state: StackState, primary: Service): string {
  const replicas = servicesOfKind(state, 'postgres').filter(({ name }) => name !== primary.name);
  return [
    'SET synchronous_commit = local;',
    // Read by psql itself: neither the file nor its arguments hold them.
    '\\set replicator_password `printenv REPLICATOR_PASSWORD`',
    '\\set relay_password `printenv RELAY_PASSWORD`',
    `CREATE ROLE ${REPLICATION_USER} LOGIN REPLICATION PASSWORD :'replicator_password';`,
    `CREATE ROLE ${RELAY_USER} LOGIN PASSWORD :'relay_password';`,
    `CREATE DATABASE ${DATABASE} OWNER ${RELAY_USER};`,
    ...replicas.map((node) => `SELECT pg_create_physical_replication_slot('${slotOf(node)}', true);`),
    `\\connect ${DATABASE}`,
    'SET synchronous_commit = local;',
    'CREATE EXTENSION pg_stat_statements;',
    '',
  ].join('\n');
}

function replicaStart(
  node: Service,
  primary: Service,
  files: Readonly<Record<string, string>>,
): ComposeService {
  return {
    user: SUPERUSER,
    environment: { ...environment(files), REPLICATOR_PASSWORD: secretOf('POSTGRES_REPLICATOR') },
    command: copyAndFollow(node, primary),
  };
}

function copyAndFollow(node: Service, primary: Service): string[] {
  const source = `-d "${conninfo(node, primary, BY_NAME)}" -S ${slotOf(node)}`;
  const copy = `pg_basebackup -D "$PGDATA" ${source} --wal-method=stream --checkpoint=fast --no-sync`;
  return shell(
    [
      `set -e; ${WRITE_FILES}`,
      `umask 077; printf '*:*:*:${REPLICATION_USER}:%s\\n' "$REPLICATOR_PASSWORD" > ${passFile(node)}`,
      // A copy that was cut off has no standby.signal yet.
      `if [ ! -f "$PGDATA/standby.signal" ]; then rm -rf "$PGDATA"; ${copy}; touch "$PGDATA/standby.signal"; fi`,
      `exec ${SERVER}`,
    ].join('\n'),
  );
}
