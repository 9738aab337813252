import { expect, test } from 'vitest';
import { relaysOfRun } from '../../../src/cli/relays-of-run.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const HOST = { io: { env: { HOME: '/nowhere' } } } as never;
const TARGET = { kind: 'url', urls: ['ws://127.0.0.1:7777/'], nip11: null } as const;

test('the relays of a run are those that it loaded', () => {
  expect(
    relaysOfRun({ ...sampleRecord('pass'), target: { ...TARGET, urls: [...TARGET.urls] } }, undefined, HOST),
  ).toEqual(TARGET.urls);
});

test('a run that has deleted its events has no relay to read them back from', () => {
  const cleanUp = { found: 7, deleted: 7, requests: 1, refused: {}, problems: [] };
  const record = { ...sampleRecord('pass'), target: { ...TARGET, urls: [...TARGET.urls] }, cleanUp };
  expect(() => relaysOfRun(record, undefined, HOST)).toThrow(
    expect.objectContaining({ code: 'CLEANED_UP', exitCode: 2 }),
  );
});

test('an embedded relay is gone with its run', () => {
  const record = {
    ...sampleRecord('pass'),
    target: { ...TARGET, urls: [...TARGET.urls], kind: 'embedded' as const },
  };
  expect(() => relaysOfRun(record, undefined, HOST)).toThrow(
    expect.objectContaining({ code: 'AUDIT_NO_TARGET' }),
  );
});

test('a relay that a command has started is gone with its run', () => {
  const relays = [
    {
      ...{ name: 'mine', url: TARGET.urls[0], command: './relay {port}' },
      ...{ log: 'relay-mine.log', readyMs: 12, dataBytes: null },
    },
  ];
  const record = { ...sampleRecord('pass'), target: { ...TARGET, urls: [...TARGET.urls], relays } };
  expect(() => relaysOfRun(record, undefined, HOST)).toThrow(
    expect.objectContaining({
      code: 'AUDIT_NO_TARGET',
      message: 'the relay mine of this run is gone, and its events with it',
    }),
  );
});
