import { describe, expect, it, vi } from 'vitest';
import { Audience } from '../../../src/telemetry/audience.ts';

const NEVER = new AbortController().signal;
const LONG_MS = 60_000;

/** Begins to wait; tells whether it is over once everything that is due was done. */
function lingering(audience: Audience<string>) {
  let isOver = false;
  const end = audience.linger(LONG_MS, NEVER).then(() => {
    isOver = true;
  });
  return { end, isOver: () => Promise.resolve().then(() => isOver) };
}

describe('an audience', () => {
  it('is waited for until everybody in it was told the end', async () => {
    const audience = new Audience<string>({ expectsSomebody: true });
    audience.told('a', false);
    audience.told('b', false);
    const { end, isOver } = lingering(audience);
    audience.told('a', true);
    expect(await isOver()).toBe(false);
    audience.told('b', true);
    await end;
  });

  it('of nobody is waited for only where somebody is expected', async () => {
    await new Audience<string>({ expectsSomebody: false }).linger(LONG_MS, NEVER);
    const expecting = new Audience<string>({ expectsSomebody: true });
    const { end, isOver } = lingering(expecting);
    expect(await isOver()).toBe(false);
    expecting.told('a', true);
    await end;
  });

  it('does not hold up the end with who has left', async () => {
    const audience = new Audience<string>({ expectsSomebody: false });
    audience.told('a', false);
    const { end, isOver } = lingering(audience);
    expect(await isOver()).toBe(false);
    audience.left('a');
    await end;
  });

  it('counts one who was told the end for one who waits, whoever it was', async () => {
    const audience = new Audience<string>({ expectsSomebody: false });
    audience.toldOne();
    audience.told('a', false);
    audience.told('b', false);
    const { end, isOver } = lingering(audience);
    audience.toldOne();
    expect(await isOver()).toBe(false);
    audience.toldOne();
    await end;
  });

  it('says that it waits only where it does', async () => {
    const onWait = vi.fn();
    const audience = new Audience<string>({ expectsSomebody: false });
    await audience.linger(LONG_MS, NEVER, onWait);
    await audience.linger(LONG_MS, AbortSignal.abort(), onWait);
    expect(onWait).not.toHaveBeenCalled();
    audience.told('a', false);
    await audience.linger(1, NEVER, onWait);
    expect(onWait).toHaveBeenCalledOnce();
  });

  it('remembers no more than a hundred', async () => {
    const audience = new Audience<string>({ expectsSomebody: false });
    for (let at = 0; at < 100; at++) audience.told(`${at}`, true);
    audience.told('one more', false);
    await audience.linger(LONG_MS, NEVER);
  });
});
