// Starts nostream with its own Postgres and Redis: node scripts/relays/nostream.mjs PORT DIR
//
// NOSTREAM=/path/to/nostream      a checkout, `npm install` done and built into dist/
// NOSTREAM_NODE=/path/to/node     Node.js 24, where `node` is another (optional)
// POSTGRES_BIN=/usr/lib/postgresql/15/bin   where initdb and postgres are (optional)
//
// Its stock limits by address refuse most of any load from one machine: they are lifted.

import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv, env, getuid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { carryOut, holdUntilStopped, requireProgram, start } from './lib.mjs';

const [port, dir] = argv.slice(2);
const checkout = requireProgram('NOSTREAM', 'a checkout of nostream that is built');
const node = env.NOSTREAM_NODE ?? 'node';
const bin = env.POSTGRES_BIN ?? '/usr/lib/postgresql/15/bin';
const databasePort = Number(port) + 1;
const isRoot = getuid?.() === 0;
const redisPort = Number(port) + 2;

/** Postgres refuses to run as root. */
function asPostgres(command, args) {
  return isRoot
    ? { command: 'runuser', args: ['-u', 'postgres', '--', command, ...args] }
    : { command, args };
}

const SETTINGS = {
  info: { relay_url: `ws://127.0.0.1:${port}`, name: 'nostream under load' },
  limits: {
    connection: { rateLimits: [] },
    event: { rateLimits: [] },
    message: { rateLimits: [] },
    client: { subscription: { maxSubscriptions: 200 } },
  },
};

const settingsDir = join(dir, 'settings');
await mkdir(settingsDir, { recursive: true });
// JSON is YAML.
await writeFile(join(settingsDir, 'settings.yaml'), JSON.stringify(SETTINGS, null, 2));

const data = join(dir, 'postgres');
if (!existsSync(join(data, 'PG_VERSION'))) {
  await mkdir(data, { recursive: true });
  // A temporary directory lets no other user through.
  if (isRoot) await chmod(dir, 0o711);
  if (isRoot) await carryOut({ name: 'chown', command: 'chown', args: ['postgres', data] }, dir);
  const args = ['-D', data, '-U', 'nostream', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'];
  await carryOut({ name: 'initdb', ...asPostgres(join(bin, 'initdb'), args) }, dir);
}
const running = [
  start(
    {
      name: 'postgres',
      ...asPostgres(join(bin, 'postgres'), [
        '-D',
        data,
        '-p',
        `${databasePort}`,
        '-k',
        data,
        '-h',
        '127.0.0.1',
      ]),
    },
    dir,
  ),
  start(
    {
      name: 'redis',
      command: 'redis-server',
      args: ['--port', `${redisPort}`, '--bind', '127.0.0.1', '--save', '', '--dir', dir],
    },
    dir,
  ),
];

const environment = {
  ...env,
  SECRET: 'a secret of a test that protects nothing',
  RELAY_PORT: port,
  NOSTR_CONFIG_DIR: settingsDir,
  WORKER_COUNT: '1',
  DB_HOST: '127.0.0.1',
  DB_PORT: `${databasePort}`,
  DB_USER: 'nostream',
  DB_PASSWORD: '',
  DB_NAME: 'postgres',
  DB_MIN_POOL_SIZE: '4',
  DB_MAX_POOL_SIZE: '16',
  REDIS_HOST: '127.0.0.1',
  REDIS_PORT: `${redisPort}`,
};
const place = { cwd: checkout, env: environment };

/** Postgres takes a moment: the migrations are tried again until it is there. */
async function migrate() {
  const step = {
    name: 'migrations',
    command: node,
    args: ['node_modules/knex/bin/cli.js', 'migrate:latest'],
    ...place,
  };
  for (let left = 20; ; left--) {
    try {
      return await carryOut(step, dir);
    } catch (error) {
      if (left === 0) throw error;
      await sleep(500);
    }
  }
}

await migrate();
await holdUntilStopped(
  [{ name: 'nostream', command: node, args: ['dist/src/index.js'], ...place }],
  dir,
  running,
);
