import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { main } from '../../../src/cli/main.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { recordToJson } from '../../../src/record/write.ts';
import { FakeProcess } from '../../support/fake-process.ts';
import { sampleRecord } from '../../support/sample-record.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function cli(args: readonly string[]) {
  const process = new FakeProcess(args);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text };
}

async function fileOf(record: RunRecord): Promise<string> {
  const file = join(await tempDir(), 'run.json');
  await writeFile(file, recordToJson(record));
  return file;
}

/** A relay that answers every question with these events; `asked` are the filters. */
async function relay(ids: readonly string[]) {
  const asked: unknown[] = [];
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const [type, subscription, filter] = JSON.parse(String(data)) as [string, string, unknown];
      if (type !== 'REQ') return;
      asked.push(filter);
      for (const id of ids) {
        const event = { id, pubkey: id, created_at: 1, kind: 1, tags: [], content: '', sig: id + id };
        socket.send(JSON.stringify(['EVENT', subscription, event]));
      }
      socket.send(JSON.stringify(['EOSE', subscription]));
    });
  });
  const { port } = server.address() as { port: number };
  return { url: `ws://127.0.0.1:${port}`, asked };
}

describe('evidence', () => {
  test('shows the cases of a counter with the rule of the NIP', async () => {
    const { code, stdout } = await cli(['evidence', await fileOf(sampleRecord('fail')), 'answers_wrong']);
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      'answers_wrong{reason=missing} at 6.120 s, connection 14, subscription q0000002a',
      '  asked     {"kinds":[1],"limit":20}',
      `  expected  ${'e1'.repeat(32)} kind 1`,
      `  got       ${'a'.repeat(64)} kind 1`,
    ]);
    expect(stdout).toMatch(/ {2}rule {6}NIP-01: /);
    expect(stdout).not.toMatch(/deliveries_unmatched/);
  });

  test('asks the relay again and says what it answers now', async () => {
    const { url, asked } = await relay(['b'.repeat(64), 'e1'.repeat(32)]);
    const file = await fileOf(sampleRecord('fail'));
    const { code, stdout } = await cli(['evidence', file, 'answers_wrong', '--ask', '--relay', url]);
    expect(code).toBe(0);
    expect(asked).toEqual([{ kinds: [1], limit: 20 }]);
    expect(stdout).toMatch(
      /now {7}2 events, newest first; 1 of the 1 expected ones are there; 1 of the 4 that came then came again/,
    );
  });

  test('asks for the ids where a case has no filter', async () => {
    const { url, asked } = await relay([]);
    const got = [{ id: 'ab'.repeat(32), kind: 1 }];
    const evidence = {
      events_invalid: [{ atMs: 1, connection: 1, subscription: 's', filter: null, expected: [], got }],
    };
    await cli(['evidence', await fileOf({ ...sampleRecord('pass'), evidence }), '--ask', '--relay', url]);
    expect(asked).toEqual([{ ids: ['ab'.repeat(32)] }]);
  });

  test('says what happened where no event can tell it', async () => {
    const lost = { atMs: 2_500, connection: 3, subscription: '', filter: null, expected: [], got: [] };
    const evidence = { connections_lost: [{ ...lost, note: 'closed with code 1006' }] };
    const { stdout } = await cli(['evidence', await fileOf({ ...sampleRecord('pass'), evidence })]);
    expect(stdout).toBe('connections_lost at 2.500 s, connection 3\n  what      closed with code 1006\n');
  });

  test('finds an event of which the run kept the beginning of the id', async () => {
    const { url } = await relay(['e1'.repeat(32), 'b'.repeat(64)]);
    const missed = {
      atMs: 1,
      connection: 1,
      subscription: 's',
      filter: { kinds: [1] },
      got: [],
      note: 'missed',
    };
    const expected = ['e1'.repeat(8), 'c3'.repeat(8)].map((id) => ({ id }));
    const evidence = { deliveries_missing: [{ ...missed, expected }] };
    const file = await fileOf({ ...sampleRecord('pass'), evidence });
    const { stdout } = await cli(['evidence', file, '--ask', '--relay', url]);
    expect(stdout).toContain(`  expected  ${'e1'.repeat(8)}\n`);
    expect(stdout).toContain('1 of the 2 expected ones are there');
  });

  test('says so where nothing was kept, and refuses what is no counter', async () => {
    const file = await fileOf(sampleRecord('pass'));
    expect(await cli(['evidence', file, 'answers_wrong'])).toMatchObject({
      code: 0,
      stdout: 'no cases of answers_wrong were kept in this run\n',
    });
    expect(await cli(['evidence', file, 'answers_wron'])).toMatchObject({ code: 2 });
  });

  test('needs consent to ask a host that is not this machine, and a relay that is there', async () => {
    const file = await fileOf(sampleRecord('fail'));
    expect(await cli(['evidence', file, '--ask', '--relay', 'ws://192.0.2.1:7777'])).toMatchObject({
      code: 2,
    });
    expect(await cli(['evidence', file, '--ask', '--relay', 'ws://127.0.0.1:1'])).toMatchObject({ code: 3 });
  });
});
