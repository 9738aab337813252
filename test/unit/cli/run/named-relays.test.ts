import { expect, test } from 'vitest';
import {
  endedRelays,
  logsOf,
  type NamedRelay,
  recordedRelays,
  type StartedRelay,
} from '../../../../src/cli/run/named-relays.ts';

const URL_OF_IT = 'ws://me:secret@127.0.0.1:7777/';

function relay(changes: Partial<StartedRelay> = {}): NamedRelay {
  const started = {
    command: './relay {port}',
    readyMs: 12.4,
    log: 'relay-mine.log',
    dataBytes: async () => 4_096,
    endedBy: () => null,
    said: () => '',
    ...changes,
  };
  return { name: 'mine', url: URL_OF_IT, started };
}

const KILL = { action: 'kill', on: 'relay', atMs: 0 } as const;

test('the record says what was started, and what its data takes', async () => {
  const other: NamedRelay = { name: 'other', url: 'ws://127.0.0.1:1/', started: null };
  expect(await recordedRelays({ named: [relay(), other] })).toEqual({
    relays: [
      {
        name: 'mine',
        url: 'ws://***@127.0.0.1:7777/',
        command: './relay {port}',
        log: 'relay-mine.log',
        readyMs: 12,
        dataBytes: 4_096,
      },
      { name: 'other', url: 'ws://127.0.0.1:1/', command: null, log: null, readyMs: null, dataBytes: null },
    ],
  });
});

test('the record says nothing where no relay has a name', async () => {
  expect(await recordedRelays({})).toEqual({});
  expect(await recordedRelays({ named: [] })).toEqual({});
});

test('a relay that runs needs no word', () => {
  expect(endedRelays({ faults: [] }, { named: [relay()] })).toEqual([]);
});

test('a relay that has ended by itself is named with its end and its last words', () => {
  const dead = relay({ endedBy: () => 'exit code 7', said: () => 'one\n  out of memory' });
  expect(endedRelays({ faults: [] }, { named: [dead] })).toEqual([
    'the relay mine ended with exit code 7 before the run was over; the end of its log: one / out of memory',
  ]);
});

test('a relay that was broken on purpose may have ended', () => {
  const dead = relay({ endedBy: () => 'SIGKILL' });
  expect(endedRelays({ faults: [KILL] }, { named: [dead] })).toEqual([]);
});

test('logs are those of started relays', () => {
  const other: NamedRelay = { name: 'other', url: 'ws://127.0.0.1:1/', started: null };
  expect(logsOf({ named: [relay(), other, relay({ log: null })] })).toEqual(['relay-mine.log']);
});
