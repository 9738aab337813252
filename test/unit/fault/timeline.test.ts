import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { monotonicNs } from '../../../src/base/clock.ts';
import { NOBODY_NOTICES } from '../../../src/fault/notices.ts';
import { relayTarget } from '../../../src/fault/relay-target.ts';
import type { FaultTarget } from '../../../src/fault/target.ts';
import { faultTimeline, NO_FAULTS } from '../../../src/fault/timeline.ts';
import { identifyProcess } from '../../../src/observe/process-identity.ts';
import { eventually } from '../../support/eventually.ts';

/** A process that stands for a relay, and may be started again. */
class Sleeper {
  starts = 0;
  #child: ChildProcess | null = null;

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    this.starts++;
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    await once(child, 'spawn');
    this.#child = child;
    onTestFinished(() => void child.kill('SIGKILL'));
  }

  target(): FaultTarget {
    return relayTarget('the sleeper', {
      processes: () => [this.pid].flatMap((pid) => (pid === 0 ? [] : (identifyProcess(pid) ?? []))),
      start: async () => {
        if (identifyProcess(this.pid) === null) await this.start();
      },
    });
  }

  /** `S` sleeps, `T` is stopped; empty where it has gone. */
  state(): string {
    try {
      const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
    } catch {
      return '';
    }
  }
}

async function sleeper(): Promise<Sleeper> {
  const made = new Sleeper();
  await made.start();
  return made;
}

/** It waits, or is about to: a busy machine shows it in any of these. */
function isRunning(state: string): boolean {
  return ['S', 'R', 'D'].includes(state);
}

const SOON = { atMs: 0, on: 'relay' } as const;

describe('the faults of a run', () => {
  it('strike at their time, last as long as they are to, and are undone', async () => {
    const relay = await sleeper();
    const timeline = faultTimeline([{ ...SOON, action: 'freeze', for: 200 }], relay.target(), NOBODY_NOTICES);
    timeline.begin(monotonicNs());
    await eventually('it is frozen', () => relay.state() === 'T', { everyMs: 5 });
    await eventually('it goes on', () => isRunning(relay.state()), { everyMs: 5 });
    const [log] = await timeline.end();
    expect(log).toMatchObject({ action: 'freeze', parts: ['relay'], forMs: 200, problem: null });
    const { undoneMs, struckMs } = log ?? {};
    expect((undoneMs ?? 0) - (struckMs ?? 0)).toBeGreaterThanOrEqual(199);
  });

  it('are undone at the end where they last longer', async () => {
    const relay = await sleeper();
    const timeline = faultTimeline([{ ...SOON, action: 'freeze' }], relay.target(), NOBODY_NOTICES);
    timeline.begin(monotonicNs());
    await eventually('it is frozen', () => relay.state() === 'T', { everyMs: 5 });
    const [log] = await timeline.end();
    await eventually('it goes on', () => isRunning(relay.state()), { everyMs: 5 });
    expect(log?.undoneMs).not.toBeNull();
  });

  it('let go on what was frozen under the same name', async () => {
    const relay = await sleeper();
    const faults = [
      { ...SOON, action: 'freeze' },
      { ...SOON, atMs: 100, action: 'thaw' },
    ] as const;
    const timeline = faultTimeline(faults, relay.target(), NOBODY_NOTICES);
    timeline.begin(monotonicNs());
    await eventually('it is frozen', () => relay.state() === 'T', { everyMs: 5 });
    await eventually('it goes on', () => isRunning(relay.state()), { everyMs: 5 });
    const [freeze, thaw] = await timeline.end();
    expect([freeze?.problem, thaw?.problem]).toEqual([null, null]);
    expect(freeze?.undoneMs).not.toBeNull();
  });

  it('leave a relay that stands alone dead, unless it is to come back after a time', async () => {
    const relay = await sleeper();
    const timeline = faultTimeline([{ ...SOON, action: 'kill' }], relay.target(), NOBODY_NOTICES);
    timeline.begin(monotonicNs());
    await eventually('it is dead', () => ['', 'Z'].includes(relay.state()));
    await timeline.end();
    expect(relay.starts).toBe(1);

    const again = await sleeper();
    const next = faultTimeline([{ ...SOON, action: 'kill', for: 50 }], again.target(), NOBODY_NOTICES);
    next.begin(monotonicNs());
    await eventually('it is back', () => again.starts === 2 && isRunning(again.state()));
    expect((await next.end())[0]).toMatchObject({ action: 'kill', problem: null });
  });

  it('start again what they restart', async () => {
    const relay = await sleeper();
    const timeline = faultTimeline([{ ...SOON, action: 'restart' }], relay.target(), NOBODY_NOTICES);
    timeline.begin(monotonicNs());
    await eventually('it is back', () => relay.starts === 2 && isRunning(relay.state()));
    expect((await timeline.end())[0]).toMatchObject({ action: 'restart', problem: null, undoneMs: null });
  });

  it('say why one could not be done, and do the others', async () => {
    const relay = await sleeper();
    const faults = [
      { ...SOON, action: 'flush', on: 'cache' },
      { ...SOON, action: 'drain' },
      { ...SOON, action: 'freeze' },
    ] as const;
    const timeline = faultTimeline(faults, relay.target(), NOBODY_NOTICES);
    timeline.begin(monotonicNs());
    await eventually('it is frozen', () => relay.state() === 'T', { everyMs: 5 });
    expect((await timeline.end()).map(({ problem }) => problem)).toEqual([
      'the part is cache, but the sleeper has no cache',
      'drain needs a stack, and this is the sleeper',
      null,
    ]);
  });

  it('do not strike after the end, which says so', async () => {
    const relay = await sleeper();
    const timeline = faultTimeline(
      [{ ...SOON, atMs: 60_000, action: 'kill' }],
      relay.target(),
      NOBODY_NOTICES,
    );
    timeline.begin(monotonicNs());
    expect(await timeline.end()).toMatchObject([{ struckMs: null, problem: 'the load ended before it' }]);
    expect(relay.state()).not.toMatch(/^[TZ]?$/);
    expect(timeline.end()).toBe(timeline.end());
  });

  it('are none where the scenario has none', async () => {
    const relay = await sleeper();
    expect(faultTimeline([], relay.target(), NOBODY_NOTICES)).toBe(NO_FAULTS);
    expect(await NO_FAULTS.end()).toEqual([]);
  });
});
