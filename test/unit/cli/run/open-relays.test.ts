import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRelays } from '../../../../src/cli/run/open-relays.ts';
import { relayFlag } from '../../../../src/cli/run/relay-flag.ts';
import { expectNothingMarked, MARK, newMark, processesMarked } from '../../../support/marked-processes.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** A WebSocket server that says a word and does something more. */
const server = (more = ''): string =>
  `"${process.execPath}" --input-type=module -e "import { WebSocketServer } from \\"ws\\"; console.log(\\"here I am\\"); ${more}; new WebSocketServer({ port: {port}, host: \\"127.0.0.1\\" })"`;
const WRITES = 'import { writeFileSync } from \\"fs\\"; writeFileSync(\\"{dir}/data\\", \\"x\\".repeat(1e6))';

let mark = '';
let directory = '';
const said: string[] = [];
beforeEach(async () => {
  mark = newMark();
  process.env[MARK] = mark;
  directory = await tempDir();
  said.length = 0;
});
afterEach(async () => {
  delete process.env[MARK];
  await expectNothingMarked(mark);
});

function open(...relays: readonly string[]) {
  const { signal } = new AbortController();
  return openRelays(relays.map(relayFlag), { signal, directory, say: (line) => void said.push(line) });
}

describe('relays of the command line', () => {
  test('that run already are taken as they are, and nothing can happen to them', async () => {
    const target = await open('ws://127.0.0.1:1/', 'mine=ws://127.0.0.1:2/');
    expect(target).toMatchObject({ kind: 'url', processes: [] });
    expect(target.relays.map(({ url }) => url)).toEqual(['ws://127.0.0.1:1/', 'ws://127.0.0.1:2/']);
    expect(target.named).toEqual([{ name: 'mine', url: 'ws://127.0.0.1:2/', started: null }]);
    expect(target.faultTarget).toBeUndefined();
    await target.close('orderly');
  });

  test('that commands start run until they are closed, sampled under their names', async () => {
    const target = await open(`mine=${server(WRITES)}`);
    const [relay] = target.relays;
    expect(relay?.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    const [watched] = target.processes;
    expect(watched?.name).toBe('mine');
    expect(watched?.familyNow?.().length).toBeGreaterThanOrEqual(1);
    expect((await watched?.readFigures?.())?.['data_bytes']).toBeGreaterThanOrEqual(1e6);
    await target.close('orderly');
    expect(await processesMarked(mark)).toEqual([]);
    expect(said).toEqual([]);
  });

  test('that commands start say what they are, and keep what they write in the directory of the run', async () => {
    const target = await open(`mine=${server(WRITES)}`);
    const started = target.named?.[0]?.started;
    expect(started).toMatchObject({ log: 'relay-mine.log', readyMs: expect.any(Number) });
    expect(started?.said()).toBe('here I am');
    expect(started?.endedBy()).toBeNull();
    expect(await started?.dataBytes()).toBeGreaterThanOrEqual(1e6);
    await target.close('orderly');
    expect(await readFile(join(directory, 'relay-mine.log'), 'utf8')).toContain('here I am\n');
  });

  test('have no size where their command has no directory', async () => {
    const target = await open(`mine=${server()}`);
    expect(await target.named?.[0]?.started?.dataBytes()).toBeNull();
    expect(await target.processes[0]?.readFigures?.()).not.toHaveProperty('data_bytes');
    await target.close('orderly');
  });

  test('can be hit by their number where the run has started all of them', async () => {
    const target = await open(`a=${server()}`, `b=${server()}`);
    const parts = (number: number | null) => target.faultTarget?.parts({ kind: 'relay', number }) ?? [];
    expect(parts(null).map(({ name }) => name)).toEqual(['relay-1', 'relay-2']);
    expect(parts(2)[0]?.processes()[0]?.pid).toBe(target.processes[1]?.pid);
    expect(parts(3)).toEqual([]);
    await target.close('orderly');
  });

  test('can not be hit where one of them is of somebody else', async () => {
    const target = await open(`a=${server()}`, 'ws://127.0.0.1:1/');
    expect(target.faultTarget).toBeUndefined();
    await target.close('orderly');
  });

  test('are all stopped where one of them does not start', async () => {
    await expect(open(`a=${server()}`, 'b=sh -c "exit 7" {port}')).rejects.toMatchObject({
      code: 'RELAY_COMMAND_FAILED',
      message: 'the command of b ended with exit code 7',
    });
    expect(await processesMarked(mark)).toEqual([]);
    expect(existsSync(join(directory, 'relay-a.log'))).toBe(true);
  });

  test('whose log can not be written run all the same, and that is said at the end', async () => {
    directory = join(directory, 'gone');
    const target = await open(`mine=${server()}`);
    await target.close('orderly');
    expect(said).toEqual([expect.stringMatching(/^the log of the relay mine is not whole: .*ENOENT/)]);
  });
});
