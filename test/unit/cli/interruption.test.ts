import { describe, expect, test, vi } from 'vitest';
import { watchInterruption } from '../../../src/cli/interruption.ts';
import { createIo } from '../../../src/cli/io.ts';
import { eventuallyPasses } from '../../support/eventually.ts';
import { FakeProcess } from '../../support/fake-process.ts';

function watch(onHardStop: () => Promise<void> = async () => undefined) {
  const process = new FakeProcess();
  const onFirst = vi.fn();
  const clock = { ms: 0 };
  const interruption = watchInterruption({
    io: createIo(process),
    onFirst,
    onHardStop,
    nowMs: () => clock.ms,
  });
  return { process, onFirst, interruption, clock };
}

describe('interruption', () => {
  test('the first signal aborts with its name and does not end the process', () => {
    const { process, onFirst, interruption } = watch();
    process.kill('SIGTERM');
    expect(interruption.signal.reason).toBe('SIGTERM');
    expect(interruption.received()).toBe('SIGTERM');
    expect(onFirst).toHaveBeenCalledExactlyOnceWith('SIGTERM');
    expect(process.exits).toEqual([]);
  });

  test('the second signal ends the process, after the clean-up', async () => {
    const order: string[] = [];
    const { process, clock } = watch(async () => {
      order.push('cleaned');
    });
    process.kill('SIGINT');
    clock.ms = 600;
    process.kill('SIGINT');
    process.kill('SIGINT');
    await eventuallyPasses(() => expect(process.exits).toEqual([130]));
    expect(order).toEqual(['cleaned']);
  });

  test('a clean-up that fails does not keep the process alive', async () => {
    const { process, clock } = watch(async () => {
      throw new Error('no');
    });
    process.kill('SIGTERM');
    clock.ms = 600;
    process.kill('SIGTERM');
    await eventuallyPasses(() => expect(process.exits).toEqual([143]));
  });

  test('signals that follow at once are the same request', () => {
    const { process, onFirst, clock } = watch();
    process.kill('SIGTERM');
    clock.ms = 400;
    process.kill('SIGTERM');
    process.kill('SIGHUP');
    expect(process.exits).toEqual([]);
    expect(onFirst).toHaveBeenCalledOnce();
  });

  test('a terminal that is closed ends the run as SIGTERM does', async () => {
    const { process, interruption, clock } = watch();
    process.kill('SIGHUP');
    expect(interruption.received()).toBe('SIGHUP');
    expect(interruption.signal.reason).toBe('SIGTERM');
    clock.ms = 600;
    process.kill('SIGHUP');
    await eventuallyPasses(() => expect(process.exits).toEqual([143]));
  });

  test('after dispose signals are no longer watched', () => {
    const { process, interruption } = watch();
    interruption.dispose();
    expect(process.eventNames().length).toBe(0);
  });

  test('after a signal and dispose, while the process ends, another one ends it with its exit code', async () => {
    const { process, interruption, clock } = watch();
    process.kill('SIGINT');
    interruption.dispose();
    clock.ms = 600;
    process.kill('SIGINT');
    await eventuallyPasses(() => expect(process.exits).toEqual([130]));
  });
});
