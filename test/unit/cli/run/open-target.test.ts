import { pid } from 'node:process';
import { describe, expect, test } from 'vitest';
import { openTarget, type StartRelay } from '../../../../src/cli/run/open-target.ts';

const GIVEN = { url: 'ws://127.0.0.1:7/', host: '127.0.0.1', addresses: ['127.0.0.1'], problem: null };
/** Beyond what any system gives a process. */
const NOBODY = 2 ** 30;

/** Starts relays that are this process, or one that has ended. */
function starter(pids: readonly number[]) {
  const ports: (number | undefined)[] = [];
  const stops: (number | undefined)[] = [];
  const start: StartRelay = async (port) => {
    const at = ports.push(port) - 1;
    return {
      url: `ws://127.0.0.1:${port ?? 7_000}/`,
      pid: pids[at] ?? NOBODY,
      verifier: null,
      ended: new Promise<string>(() => undefined),
      stop: async (graceMs?: number) => {
        stops.push(graceMs);
      },
    };
  };
  return { start, ports, stops };
}

describe('the target of a run', () => {
  test('is the relays of the user as they are: none is started, and nothing can happen to them', async () => {
    const { start, ports } = starter([]);
    const target = await openTarget([GIVEN], start);
    expect(target).toMatchObject({ kind: 'url', relays: [GIVEN], processes: [] });
    expect(target.faultTarget).toBeUndefined();
    await target.close('orderly');
    expect(ports).toEqual([]);
  });

  test('is the embedded relay where none is named, watched as a process', async () => {
    const target = await openTarget([], starter([pid]).start);
    expect(target.kind).toBe('embedded');
    expect(target.relays.map(({ url }) => url)).toEqual(['ws://127.0.0.1:7000/']);
    expect(target.processes.map((each) => [each.name, each.pid, each.pidNow?.()])).toEqual([
      ['relay', pid, pid],
    ]);
  });

  test('has time to end in order, and less of it after a second signal', async () => {
    const { start, stops } = starter([pid]);
    const target = await openTarget([], start);
    await target.close('orderly');
    await target.close('hard');
    expect(stops).toEqual([undefined, 1_500]);
  });
});

describe('the embedded relay, after a fault', () => {
  const partOf = async (start: StartRelay) => {
    const target = await openTarget([], start);
    const [part] = target.faultTarget?.parts({ kind: 'relay', number: 1 }) ?? [];
    if (part === undefined) throw new Error('the embedded relay can be hit');
    return { target, part };
  };

  test('is started again at the same port, and watched as another process', async () => {
    const { start, ports } = starter([NOBODY, pid]);
    const { target, part } = await partOf(start);
    expect(await part.problem()).toBe('its process has ended');
    expect(target.processes[0]?.pidNow?.()).toBeNull();
    await part.start?.();
    expect(ports).toEqual([undefined, 7_000]);
    expect(await part.problem()).toBeNull();
    expect(target.processes[0]?.pidNow?.()).toBe(pid);
  });

  test('is not started again where it runs', async () => {
    const { start, ports } = starter([pid]);
    const { part } = await partOf(start);
    await part.start?.();
    expect(ports).toEqual([undefined]);
  });
});
