import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TraceStep } from '../../../src/trace/format.ts';
import { readSteps, summariseTrace } from '../../../src/trace/read-trace.ts';
import { TraceWriter } from '../../../src/trace/trace-writer.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'relay-bench-trace-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

async function writerIn(sizes: { rotateBytes?: number; limitBytes?: number } = {}) {
  const dir = await mkdtemp(join(root, 't-'));
  const head = { startedAt: '2026-01-01T00:00:00Z', ids: 'mapped', content: 'dropped' } as const;
  const writer = await TraceWriter.open({ dir, head, rotateBytes: 1e6, limitBytes: 1e9, ...sizes });
  return { dir, writer };
}

function opened(connection: number, atUs = connection): TraceStep {
  return { what: 'open', atUs, connection };
}

async function stepsOf(path: string): Promise<TraceStep[]> {
  const steps: TraceStep[] = [];
  for await (const step of readSteps(path)) steps.push(step);
  return steps;
}

describe('a trace', () => {
  test('is read as it was written, over all of its files', async () => {
    const { dir, writer } = await writerIn({ rotateBytes: 300 });
    const steps = Array.from({ length: 100 }, (_, connection) => opened(connection));
    for (const step of steps) writer.add(step);
    await writer.close();
    expect(writer.tally().files.length).toBeGreaterThan(3);
    expect(await stepsOf(dir)).toEqual(steps);
    for (const file of writer.tally().files) expect((await stat(file)).size).toBeLessThan(400);
  });

  test('each of its files can be read alone', async () => {
    const { writer } = await writerIn({ rotateBytes: 300 });
    for (let connection = 0; connection < 40; connection++) writer.add(opened(connection));
    await writer.close();
    const [, second = ''] = writer.tally().files;
    expect((await stepsOf(second))[0]?.connection).toBeGreaterThan(0);
    expect(await readFile(second, 'utf8')).toMatch(/^\{"trace":"relay-bench","version":1,.*"part":2\}\n/);
  });

  test('never exceeds its limit, and what is not recorded is counted', async () => {
    const { writer } = await writerIn({ limitBytes: 400 });
    for (let connection = 0; connection < 50; connection++) writer.add(opened(connection));
    await writer.close();
    const { bytes, recorded, unrecorded, files } = writer.tally();
    expect(bytes).toBeLessThanOrEqual(400);
    expect((await stat(files[0] ?? '')).size).toBe(bytes);
    expect((recorded.get('open') ?? 0) + unrecorded.limit).toBe(50);
    expect(unrecorded).toEqual({ limit: expect.any(Number), disk: 0 });
    expect(writer.isFull).toBe(true);
  });

  test('nobody else may read it', async () => {
    const { writer } = await writerIn();
    await writer.close();
    expect((await stat(writer.tally().files[0] ?? '')).mode & 0o077).toBe(0);
  });

  test('takes the place of no other', async () => {
    const { dir, writer } = await writerIn();
    await writer.close();
    const head = { startedAt: '', ids: 'mapped', content: 'dropped' } as const;
    await expect(TraceWriter.open({ dir, head, rotateBytes: 1, limitBytes: 1 })).rejects.toThrow('EEXIST');
  });
});

describe('reading a trace', () => {
  test('a last line that was cut off is left out', async () => {
    const { dir, writer } = await writerIn();
    writer.add(opened(0));
    await writer.close();
    await appendFile(writer.tally().files[0] ?? '', '["open",5');
    expect(await stepsOf(dir)).toEqual([opened(0)]);
  });

  test.each([
    ['', 'is no trace of relay-bench'],
    ['{"trace":"other"}\n', 'is no trace of relay-bench'],
    ['[1]\n', 'is no trace of relay-bench'],
    ['no json\n', 'is no JSON'],
  ])('%j is none', async (text, problem) => {
    const file = join(root, 'none.jsonl');
    await writeFile(file, text);
    await expect(stepsOf(file)).rejects.toThrow(problem);
  });

  test('what is not there is named', async () => {
    await expect(stepsOf(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' });
    await expect(stepsOf(await mkdtemp(join(root, 'e-')))).rejects.toThrow('there is no trace-0001.jsonl');
  });

  test('its summary says how long and how wide it is', async () => {
    const { dir, writer } = await writerIn();
    const request = (connection: number, atUs: number, subscription: number): TraceStep => ({
      ...{ what: 'REQ', atUs, connection, subscription, filters: [{ kinds: [1] }] },
    });
    for (const step of [
      opened(0, 1_000),
      opened(1, 2_000),
      request(0, 3_000, 0),
      request(0, 3_500, 1),
      request(0, 3_600, 1),
      { what: 'CLOSE', atUs: 4_000, connection: 0, subscription: 0, isAnswered: true } as const,
      { what: 'close', atUs: 5_000, connection: 1, isAnswered: true } as const,
      opened(2, 6_000),
    ])
      writer.add(step);
    await writer.close();
    expect(await summariseTrace(dir)).toEqual({
      ...{ spanUs: 5_000, firstUs: 1_000, connections: 3, atOnce: 2, subscriptions: 2 },
      steps: { open: 3, close: 1, REQ: 3, CLOSE: 1, EVENT: 0, COUNT: 0, AUTH: 0, other: 0 },
    });
  });

  test('a trace in which nothing happens is none', async () => {
    const { dir, writer } = await writerIn();
    await writer.close();
    await expect(summariseTrace(dir)).rejects.toThrow('nothing happens');
  });
});
