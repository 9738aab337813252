import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CommandRelayOptions, startCommandRelay } from '../../../src/stack/command-relay.ts';
import { eventually } from '../../support/eventually.ts';
import { expectNothingMarked, MARK, newMark, processesMarked } from '../../support/marked-processes.ts';
import { tempDir } from '../../support/temp-dir.ts';

// Relays that are nothing but a listening socket, started in the ways in which real ones leave their shell.
// Their quotes survive a shell within a shell.
const listen = (more = ''): string =>
  `"${process.execPath}" -e "${more}; require(\\"net\\").createServer().listen({port}, \\"127.0.0.1\\")"`;
const never = new AbortController().signal;

/** Whether something listens; whether that is a WebSocket is for the caller of the real one to say. */
function listens(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
    const end = (problem: string | null): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.once('connect', () => end(null));
    socket.once('error', ({ message }) => end(message));
  });
}

function start(command: string, changes: Partial<CommandRelayOptions> = {}) {
  return startCommandRelay({ name: 'it', command, opens: listens, signal: never, ...changes });
}

let mark = '';
beforeEach(() => {
  mark = newMark();
  process.env[MARK] = mark;
});
afterEach(async () => {
  delete process.env[MARK];
  await expectNothingMarked(mark);
});

describe('a relay that a command starts', () => {
  test.each([
    ['stays in the foreground', listen()],
    ['is left behind by a shell that ends', `sh -c '${listen()} & exit 0'`],
    ['is left behind in a session of its own', `sh -c 'setsid ${listen()} & exit 0'`],
    ['ignores SIGTERM', listen('process.on(\\"SIGTERM\\", () => {})')],
  ])('is gone when it was stopped where it %s', async (_, command) => {
    const relay = await start(command);
    expect(await processesMarked(mark)).not.toEqual([]);
    await relay.stop();
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('is gone where it is frozen', async () => {
    const relay = await start(listen());
    process.kill(relay.pid, 'SIGSTOP');
    await relay.stop();
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('has a directory as long as it runs', async () => {
    const relay = await start(listen('require(\\"fs\\").writeFileSync(\\"{dir}/where\\", \\"\\")'));
    expect(existsSync(join(relay.dir, 'where'))).toBe(true);
    const [line = ''] = (await processesMarked(mark)).filter((each) => each.includes('/where'));
    const dir = /"(\/[^"]+)\/where"/.exec(line)?.[1] ?? '';
    expect(existsSync(dir)).toBe(true);
    await Promise.all([relay.stop(), relay.stop()]);
    expect(existsSync(dir)).toBe(false);
  });

  test.each([
    ['fails', 'sh -c "exit 7" {port}', 'the command of it ended with exit code 7'],
    ['does nothing', 'true {port}', 'the command of it ended with exit code 0'],
    ['fails with a child left behind', "sh -c 'sleep 60 & exit 7' {port}", 'ended with exit code 7'],
  ])('is none where the command %s', async (_, command, says) => {
    await expect(start(command)).rejects.toMatchObject({
      code: 'RELAY_COMMAND_FAILED',
      message: expect.stringContaining(says),
    });
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('is not waited for after an interruption', async () => {
    const controller = new AbortController();
    const starting = start('sleep 60 {port}', { signal: controller.signal });
    controller.abort();
    await expect(starting).rejects.toMatchObject({ message: expect.stringContaining('interrupted') });
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('is ready when a WebSocket opens, however long something listens before', async () => {
    let asked = 0;
    const opens = async (): Promise<string | null> => (++asked < 4 ? 'HTTP status 503' : null);
    const relay = await start(listen(), { opens });
    expect(asked).toBe(4);
    expect(relay.readyMs).toBeGreaterThan(0);
    await relay.stop();
  });

  test('is none where no WebSocket opens in time, and says what came instead', async () => {
    const opens = async () => 'HTTP status 426 instead of a WebSocket';
    await expect(start(listen(), { opens, deadlineMs: 200 })).rejects.toMatchObject({
      code: 'RELAY_COMMAND_FAILED',
      exitCode: 3,
      message: 'the command of it opened no WebSocket within 0.2 s (HTTP status 426 instead of a WebSocket)',
    });
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('is stopped where asking it fails', async () => {
    const opens = () => Promise.reject(new TypeError('x is not a function'));
    await expect(start(listen(), { opens })).rejects.toThrow(TypeError);
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('that fails says the end of its log, and where all of it is', async () => {
    const log = join(await tempDir(), 'relay-it.log');
    const command = `sh -c 'echo starting; echo no database >&2; exit 7' {port}`;
    await expect(start(command, { log })).rejects.toMatchObject({
      message: expect.stringMatching(/^the command of it ended with exit code 7: .*no database/s),
      hint: expect.stringContaining(log),
    });
    const text = await readFile(log, 'utf8');
    expect(text).toMatch(/^\[relay-bench\] \S+ port \d+: sh -c/);
    expect(text).toContain('starting\n');
    expect(text).toContain('no database\n');
  });

  test('keeps secrets of its command out of its log', async () => {
    const log = join(await tempDir(), 'relay-it.log');
    const relay = await start(`env TOKEN=hunter2 ${listen()}`, { log });
    await relay.stop();
    expect(await readFile(log, 'utf8')).toMatch(/TOKEN=\*\*\* /);
  });

  test('has ended by something where it dies, and by nothing before', async () => {
    const relay = await start(listen('setTimeout(() => process.exit(9), 300)'));
    expect(relay.endedBy()).toBeNull();
    await eventually('it has died', () => relay.endedBy() === 'exit code 9');
    await relay.stop();
  });

  test('can be started again at its address, and its log goes on', async () => {
    const log = join(await tempDir(), 'relay-it.log');
    const relay = await start(listen(), { log });
    await relay.start();
    const [before] = relay.processes();
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await eventually('it has gone', () => relay.processes().length === 0);
    await relay.start();
    expect(await listens(relay.url)).toBeNull();
    expect(relay.processes()[0]?.pid).not.toBe(before?.pid);
    expect(await relay.stop()).toBeNull();
    const text = await readFile(log, 'utf8');
    expect(text.match(/port \d+:/g)).toHaveLength(2);
    expect(text).toContain('ended with SIGKILL');
  });

  test('that does not come back when it is started again says so', async () => {
    const relay = await start(`sh -c 'test ! -e "{dir}/once" && touch "{dir}/once" && exec ${listen()}'`);
    process.kill(relay.pid, 'SIGKILL');
    await eventually('it has gone', () => relay.processes().length === 0);
    await expect(relay.start()).rejects.toMatchObject({
      message: 'the command of it ended with exit code 1',
    });
    await relay.stop();
  });

  test('may be more than one program, as it would be typed', async () => {
    const relay = await start(`cd / && WHERE=here ${listen()}`);
    await relay.stop();
    expect(await processesMarked(mark)).toEqual([]);
  });
});
