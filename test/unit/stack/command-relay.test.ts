import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCommandRelay } from '../../../src/stack/command-relay.ts';
import { expectNothingMarked, MARK, newMark, processesMarked } from '../../support/marked-processes.ts';

// Relays that are nothing but a listening socket, started in the ways in which real ones leave their shell.
// Their quotes survive a shell within a shell.
const listen = (more = ''): string =>
  `"${process.execPath}" -e "${more}; require(\\"net\\").createServer().listen({port}, \\"127.0.0.1\\")"`;
const never = new AbortController().signal;

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
    const relay = await startCommandRelay('it', command, never);
    expect(await processesMarked(mark)).not.toEqual([]);
    await relay.stop();
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('is gone where it is frozen', async () => {
    const relay = await startCommandRelay('it', listen(), never);
    process.kill(relay.pid, 'SIGSTOP');
    await relay.stop();
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('has a directory as long as it runs', async () => {
    const relay = await startCommandRelay(
      'it',
      listen('require(\\"fs\\").writeFileSync(\\"{dir}/where\\", \\"\\")'),
      never,
    );
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
    await expect(startCommandRelay('it', command, never)).rejects.toMatchObject({
      code: 'RELAY_COMMAND_FAILED',
      message: expect.stringContaining(says),
    });
    expect(await processesMarked(mark)).toEqual([]);
  });

  test('is not waited for after an interruption', async () => {
    const controller = new AbortController();
    const starting = startCommandRelay('it', 'sleep 60 {port}', controller.signal);
    controller.abort();
    await expect(starting).rejects.toMatchObject({ message: expect.stringContaining('interrupted') });
    expect(await processesMarked(mark)).toEqual([]);
  });
});
