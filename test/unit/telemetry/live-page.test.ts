import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { LivePage, type LivePageOptions } from '../../../src/telemetry/live-page.ts';

const NEVER = new AbortController().signal;

async function openPage(changes: Partial<LivePageOptions> = {}) {
  const onFault = vi.fn();
  const page = vi.fn(() => '<p>so far</p>');
  const live = await LivePage.open({ page, onFault, cpuMs: () => 0, everyMs: 5, ...changes });
  onTestFinished(() => live.close());
  return { live, page, onFault };
}

/** The events of a stream; `until` resolves with all of them once one of that name has come. */
async function follow(live: LivePage) {
  const controller = new AbortController();
  const response = await fetch(`${live.url}events`, { signal: controller.signal });
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error('a stream has a body');
  const decoder = new TextDecoder();
  let text = '';
  const names = (): string[] => [...text.matchAll(/^event: (.*)$/gm)].map(([, name = '']) => name);
  return {
    response,
    stop: () => controller.abort(),
    until: async (name: string, times = 1): Promise<string[]> => {
      while (names().filter((one) => one === name).length < times) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`ended without ${name}`);
        text += decoder.decode(value, { stream: true });
      }
      return names();
    },
  };
}

describe('a live page', () => {
  it('is served at an address of loopback with a secret of 128 bits in it', async () => {
    const { live } = await openPage();
    const other = await openPage();
    expect(live.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/);
    expect(new URL(live.url).pathname).not.toBe(new URL(other.live.url).pathname);
    const response = await fetch(live.url);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe('<p>so far</p>');
  });

  it('lets nobody frame it, keep it or learn its address', async () => {
    const { live } = await openPage();
    const { headers } = await fetch(live.url);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  it('is found nowhere else, with no other secret and not without one', async () => {
    const { live, page } = await openPage();
    const { origin, pathname } = new URL(live.url);
    const token = pathname.slice(1, -1);
    const others = [
      ...['', 'events', `${token}`, `${token.slice(1)}/`, `${token}0/`, `${'0'.repeat(32)}/`],
      ...[`${'0'.repeat(32)}/events`, `${token}/report.html`, `${token}/events/`, `${token}/../`],
    ];
    for (const path of others) expect((await fetch(`${origin}/${path}`)).status, path).toBe(404);
    // A method tells nobody that an address exists.
    expect((await fetch(`${origin}/${'0'.repeat(32)}/`, { method: 'POST' })).status).toBe(404);
    expect(page).not.toHaveBeenCalled();
  });

  it('answers no method but those that read', async () => {
    const { live } = await openPage();
    expect((await fetch(live.url, { method: 'POST', body: 'x' })).status).toBe(405);
    const head = await fetch(live.url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(`${live.url}events`, { method: 'HEAD' })).status).toBe(200);
  });

  it('tells who follows it that there is news, and again, and when the run is over', async () => {
    const { live } = await openPage();
    const stream = await follow(live);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await stream.until('changed', 3)).not.toContain('ended');
    live.finish(() => '<p>the report</p>');
    expect((await stream.until('ended')).at(-1)).toBe('ended');
    expect(await (await fetch(live.url)).text()).toBe('<p>the report</p>');
  });

  it('tells who comes after the end that it is over', async () => {
    const { live } = await openPage();
    live.finish(() => 'x');
    const stream = await follow(live);
    expect(await stream.until('ended')).toEqual(['ended']);
  });

  it('makes one page between two beats for however many ask, and the report once', async () => {
    const { live, page } = await openPage({ everyMs: 60_000 });
    const ask = async (): Promise<string> => (await fetch(live.url)).text();
    await Promise.all([ask(), ask(), ask()]);
    expect(page).toHaveBeenCalledOnce();
    const report = vi.fn(() => 'x');
    live.finish(report);
    expect(await Promise.all([ask(), ask()])).toEqual(['x', 'x']);
    expect(report).toHaveBeenCalledOnce();
  });

  it('is made seldom where that costs much CPU', async () => {
    let cpuMs = 0;
    const page = vi.fn(() => {
      cpuMs += 10_000;
      return 'x';
    });
    const { live } = await openPage({ page, cpuMs: () => cpuMs, everyMs: 1 });
    await (await fetch(live.url)).text();
    const stream = await follow(live);
    // The first event is that of the beginning; the next one is due in half a minute.
    expect(await stream.until('changed')).toEqual(['changed']);
    await (await fetch(live.url)).text();
    expect(page).toHaveBeenCalledOnce();
    stream.stop();
  });

  it('says where it could not be made, and goes on', async () => {
    const fault = new TypeError('x is not a function');
    const page = vi
      .fn()
      .mockReturnValue('made')
      .mockImplementationOnce(() => {
        throw fault;
      });
    const { live, onFault } = await openPage({ page });
    expect((await fetch(live.url)).status).toBe(500);
    expect(onFault).toHaveBeenCalledExactlyOnceWith(fault);
    expect(await (await fetch(live.url)).text()).toBe('made');
  });
});

describe('the end of a live page', () => {
  it('waits for every page that is open to become the report', async () => {
    const { live } = await openPage();
    const streams = [await follow(live), await follow(live)];
    live.finish(() => 'x');
    for (const stream of streams) {
      await stream.until('ended');
      // As the script of the page does before it loads the report.
      stream.stop();
    }
    let isOver = false;
    const lingering = live.linger(60_000, NEVER).then(() => {
      isOver = true;
    });
    await (await fetch(live.url)).text();
    expect(isOver).toBe(false);
    await (await fetch(live.url)).text();
    await lingering;
    expect(isOver).toBe(true);
  });

  it('waits for nobody where no page is open', async () => {
    const { live } = await openPage();
    live.finish(() => 'x');
    await live.linger(60_000, NEVER);
  });

  it('does not wait for a page that was closed before', async () => {
    const { live } = await openPage();
    const stream = await follow(live);
    await stream.until('changed');
    const lingering = live.linger(60_000, NEVER);
    stream.stop();
    await lingering;
  });

  it('cuts the streams that are still open', async () => {
    const { live } = await openPage();
    const stream = await follow(live);
    await stream.until('changed');
    await live.close();
    await expect(stream.until('ended')).rejects.toThrow();
  });
});
