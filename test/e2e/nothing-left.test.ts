import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { expectNothingMarked, MARK, newMark, untilMarked } from '../support/marked-processes.ts';
import { startCli } from '../support/run-cli.ts';

// Nothing that a command has started outlives it, however it ends: all inherit a mark in their environment.

const RELAY = fileURLToPath(new URL('../../dist/relay/main.js', import.meta.url));
/** Forks and leaves, in a session of its own, so that neither its parent nor its group leads to it. */
const LEAVES = `sh -c 'setsid ${process.execPath} ${RELAY} --port {port} & exit 0'`;

interface Case {
  readonly args: (out: string) => readonly string[];
  /** What it says once everything runs. */
  readonly runs: RegExp;
}

const CASES: Readonly<Record<string, Case>> = {
  run: {
    args: (out) => ['run', '--duration', '5m', '--progress', 'plain', '--out', out],
    runs: /load starts/,
  },
  'run with a relay that it starts': {
    args: (out) => [
      'run',
      '--relay',
      `mine=${LEAVES}`,
      '--duration',
      '5m',
      '--progress',
      'plain',
      '--out',
      out,
    ],
    runs: /load starts/,
  },
  ab: {
    args: (out) => ['ab', '--base', LEAVES, '--candidate', LEAVES, '--duration', '5m', '--out', out],
    runs: /round 1: /,
  },
  versus: {
    args: (out) => [
      'versus',
      '--relay',
      `a=${LEAVES}`,
      '--relay',
      `b=${LEAVES}`,
      '--duration',
      '5m',
      '--out',
      out,
    ],
    runs: /round 1: /,
  },
  calibrate: { args: () => ['calibrate', '--quick', '--even-if-busy'], runs: /\[1\// },
  relay: { args: () => ['relay', '--port', '0'], runs: /relay listens on/ },
};

/** What follows the first signal sooner is the same request. */
const OTHER_REQUEST_MS = 700;

const ENDINGS = {
  'Ctrl-C': ['SIGINT'],
  'Ctrl-C twice': ['SIGINT', 'SIGINT'],
  TERM: ['SIGTERM'],
  'a crash': ['SIGKILL'],
} as const satisfies Record<string, readonly NodeJS.Signals[]>;

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'relay-bench-e2e-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe.concurrent.each(Object.entries(CASES))('%s', (_, { args, runs }) => {
  test.each(Object.entries(ENDINGS))('leaves no process behind after %s', async (_ending, signals) => {
    const directory = await mkdtemp(join(root, 'run-'));
    const mark = newMark();
    const cli = startCli(args(join(directory, 'out')), { env: { [MARK]: mark, XDG_STATE_HOME: directory } });
    try {
      await cli.until(runs);
      // A relay that has left its command, or a null relay, is there besides the command itself.
      await untilMarked(mark, 2);
      for (const [at, signal] of signals.entries()) {
        if (at > 0) await sleep(OTHER_REQUEST_MS);
        cli.child.kill(signal);
      }
      await cli.result;
      await expectNothingMarked(mark);
    } finally {
      await cli.stop();
    }
  });
});
