// A user who leaves a directory in which root is to start or stop a stack: it names a program of theirs, and a directory to be
// removed. Every command about it has to refuse it.
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rootPath } from '../support.mjs';

const run = promisify(execFile);
const NOBODY = 65_534;
const REFUSED = 3;
const COMMANDS = [['up', 'single'], ['down'], ['status'], ['logs']];

/** A state as the stack writes it, but for what it wants. */
function stateOf(dir, precious, program) {
  const service = {
    name: 'supervisor',
    kind: 'supervisor',
    role: 'x',
    dependsOn: [],
    dir: precious,
    ports: { http: 1 },
  };
  return {
    ...{ format: 2, profile: 'single', durability: 'async', cache: 'l1', phase: 'kept' },
    shape: { relays: 1, replicas: 0, balancer: false, pubsub: false, cacheNodes: 0 },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', dir, owner: null, postgres: 'system', perAddress: 'default' },
    ...{ services: [service], binaries: { postgres: program, initdb: program } },
  };
}

async function plant(parent) {
  const [dir, precious] = [join(parent, 'stack'), join(parent, 'precious')];
  await Promise.all([mkdir(dir), mkdir(precious)]);
  const program = join(parent, 'program.sh');
  await writeFile(program, `#!/bin/sh\ntouch ${join(parent, 'it-ran')}\n`, { mode: 0o755 });
  await writeFile(join(dir, 'stack.json'), JSON.stringify(stateOf(dir, precious, program)));
  if (process.getuid?.() !== 0) await chmod(dir, 0o777);
  else for (const path of [join(dir, 'stack.json'), dir]) await chown(path, NOBODY, NOBODY);
  return { dir, precious, marker: join(parent, 'it-ran') };
}

async function exists(path) {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

export default {
  name: 'planted-state',
  against: 'stack',
  isCheap: true,
  async start() {
    const parent = await mkdtemp(join(tmpdir(), 'relay-bench-planted-'));
    await chmod(parent, 0o755);
    const state = { isStopped: false, refused: 0 };
    const planted = await plant(parent);
    const running = (async () => {
      for (let n = 0; !state.isStopped; n++) {
        const args = ['stack', ...COMMANDS[n % COMMANDS.length], '--dir', planted.dir];
        const { code } = await run(process.execPath, [rootPath('bin/relay-bench.js'), ...args]).catch(
          (error) => error,
        );
        if (code !== REFUSED) throw new Error(`${args.join(' ')} did not refuse what another user has left`);
        state.refused++;
      }
    })();
    running.catch(() => undefined);
    return {
      stop: async () => {
        state.isStopped = true;
        try {
          await running;
          if (await exists(planted.marker)) throw new Error('the program of another user was run');
          if (!(await exists(planted.precious)))
            throw new Error('a directory outside of the stack was removed');
        } finally {
          await rm(parent, { recursive: true, force: true });
        }
      },
      get told() {
        return `a stack.json of another user; ${state.refused} commands refused it`;
      },
    };
  },
};
