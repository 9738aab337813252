import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveControl } from '../../../../src/fault/proxy/control.ts';
import { giveOrder } from '../../../../src/fault/proxy/give-order.ts';
import { Link, type LinkAddress } from '../../../../src/fault/proxy/link.ts';
import { linkMetrics, serveLinkMetrics } from '../../../../src/fault/proxy/link-metrics.ts';
import { linkFigures } from '../../../../src/observe/figures/links.ts';
import { eventually } from '../../../support/eventually.ts';

/** A free port of 127.0.0.1; somebody else could take it before it is used, which has not been seen. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen at a port');
  return address.port;
}

/** A server behind a link; by default one that sends back what it gets. */
async function linked(
  onConnection: (socket: Socket) => void = (socket) => socket.pipe(socket),
  more: Partial<LinkAddress> = {},
) {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const link = new Link({ name: 'a>b:c', port: await freePort(), to: portOf(server), ...more });
  await link.listen();
  onTestFinished(() => {
    link.close();
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { link, server, open };
}

/** A client of the link, which gathers what comes. */
async function client(link: Link) {
  const socket = connect({ port: link.address.port, host: '127.0.0.1', allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let error: NodeJS.ErrnoException | null = null;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', (reason) => {
    error = reason;
  });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return {
    socket,
    received: () => Buffer.concat(chunks),
    text: () => Buffer.concat(chunks).toString(),
    error: () => error,
  };
}

const BOTH = { directions: ['up', 'down'] } as const;

describe('a link', () => {
  it('lets everything through as it is, in both directions at once', async () => {
    const { link } = await linked();
    const data = randomBytes(3_000_000);
    const one = await client(link);
    one.socket.end(data);
    await eventually('all of it', () => one.received().length === data.length);
    expect(one.received().equals(data)).toBe(true);
  });

  it('is as long as it is said to be from its start on, and longer while something is imposed', async () => {
    const { link } = await linked(undefined, { standing: { latencyMs: 30, jitterMs: 0 } });
    const one = await client(link);
    const roundTrip = async (): Promise<number> => {
      const [begunMs, known] = [performance.now(), one.text().length];
      one.socket.write('x');
      await eventually('an answer', () => one.text().length > known);
      return performance.now() - begunMs;
    };
    await roundTrip();
    expect(await roundTrip()).toBeGreaterThanOrEqual(59);
    const lift = link.impose({ ...BOTH, latencyMs: 40 });
    expect(await roundTrip()).toBeGreaterThanOrEqual(139);
    lift();
    expect(link.conditions).toBe(0);
    expect(await roundTrip()).toBeGreaterThanOrEqual(59);
  });

  it('tells what it has carried, each way, with its region where it has one', async () => {
    const { link } = await linked(
      (socket) => void socket.on('data', () => socket.write('three times as much')),
      {
        region: 2,
      },
    );
    const other = await linked();
    const one = await client(link);
    one.socket.write('of this');
    await eventually('the answer', () => one.text().length === 19);
    expect([link.carried, link.accepted]).toEqual([{ up: 7, down: 19 }, 1]);
    const text = linkMetrics([link, other.link]);
    expect(text).toContain('relay_bench_link_bytes_total{link="a>b:c",region="2",direction="down"} 19\n');
    expect(text).toContain('relay_bench_link_connections{link="a>b:c"} 0\n');
    expect(linkFigures(text)).toEqual({
      wan2BytesUp_total: 7,
      wan2BytesDown_total: 19,
      wan2Connections: 1,
    });
    const port = await freePort();
    const server = await serveLinkMetrics(port, [link]);
    onTestFinished(() => void server.close());
    const served = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(await served.text()).toBe(linkMetrics([link]));
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  });

  it('passes on the end of each direction, and of the connection', async () => {
    const { link } = await linked((socket) => {
      socket.resume().on('end', () => socket.end('after your end'));
    });
    const one = await client(link);
    one.socket.end('mine');
    await eventually('the answer', () => one.text() === 'after your end');
    await eventually('nothing open', () => link.connections === 0);
  });

  it('passes on a reset', async () => {
    const { link, open } = await linked(() => undefined);
    const one = await client(link);
    await eventually('a connection', () => open.size === 1);
    for (const socket of open) socket.resetAndDestroy();
    await eventually('a reset', () => one.error()?.code === 'ECONNRESET');
  });

  it('makes a sender wait whose receiver does not read, instead of keeping everything', async () => {
    const { link, open } = await linked((socket) => void socket.pause());
    const one = await client(link);
    const block = Buffer.alloc(2 ** 20);
    const written = (): number => one.socket.bytesWritten - one.socket.writableLength;
    for (let count = 0; count < 64; count++) one.socket.write(block);
    await eventually('a connection', () => open.size === 1);
    let before = -1;
    await eventually(
      'nothing moves any more',
      () => {
        const moved = written() !== before;
        before = written();
        return !moved;
      },
      { everyMs: 200 },
    );
    expect(one.socket.writableLength).toBeGreaterThan(2 ** 20);
    for (const socket of open) socket.resume();
    await eventually('everything has gone', () => one.socket.writableLength === 0);
  });
});

describe('a condition', () => {
  it('delays each direction by itself, and keeps the order in spite of jitter', async () => {
    const { link } = await linked();
    const one = await client(link);
    link.impose({ directions: ['up'], latencyMs: 120, jitterMs: 80 });
    const beganMs = performance.now();
    for (let number = 0; number < 50; number++) one.socket.write(`${number} `);
    const wanted = Array.from({ length: 50 }, (_, number) => `${number} `).join('');
    await eventually('all of it', () => one.text().length === wanted.length, { everyMs: 5 });
    expect(one.text()).toBe(wanted);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(120);
  });

  it('delays a handshake by a round trip', async () => {
    const { link, open } = await linked();
    link.impose({ ...BOTH, latencyMs: 100 });
    const beganMs = performance.now();
    await client(link);
    await eventually('the server has it', () => open.size === 1, { everyMs: 5 });
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(199);
  });

  it('bounds the bytes a second of a connection', async () => {
    const { link } = await linked();
    const one = await client(link);
    link.impose({ directions: ['up'], bytesPerS: 100_000 });
    const beganMs = performance.now();
    one.socket.write(Buffer.alloc(50_000));
    await eventually('all of it', () => one.received().length === 50_000, { everyMs: 5 });
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(490);
  });

  it('holds everything back while it is a partition, and delivers it afterwards', async () => {
    const { link, open } = await linked();
    const one = await client(link);
    await eventually('a connection', () => open.size === 1);
    const lift = link.impose({ ...BOTH, partition: 'hold' });
    one.socket.write('held back');
    const two = await client(link);
    two.socket.write('new');
    await sleep(150);
    expect([one.text(), two.text(), open.size]).toEqual(['', '', 1]);
    lift();
    await eventually('all of it', () => one.text() === 'held back' && two.text() === 'new');
  });

  it('resets what is open and what comes while it is a partition that resets', async () => {
    const { link, open } = await linked();
    const one = await client(link);
    await eventually('a connection', () => open.size === 1);
    const lift = link.impose({ ...BOTH, partition: 'reset' });
    await eventually('a reset', () => one.error()?.code === 'ECONNRESET');
    const two = connect({ port: link.address.port, host: '127.0.0.1' });
    // Before or after it has seen that it was accepted.
    await expect(once(two, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    lift();
    const three = await client(link);
    three.socket.write('again');
    await eventually('an answer', () => three.text() === 'again');
  });

  it('leaves what is under way as long on it as the way is', async () => {
    let arrivedMs = Number.NaN;
    const standing = { latencyMs: 150, jitterMs: 0 };
    const { link } = await linked(
      (socket) =>
        void socket.on('data', () => {
          arrivedMs = performance.now();
        }),
      { standing },
    );
    const one = await client(link);
    const sentMs = performance.now();
    one.socket.write('on its way');
    await sleep(20);
    link.impose({ ...BOTH, bytesPerS: 1_000_000 })();
    await eventually('it is there', () => !Number.isNaN(arrivedMs), { everyMs: 5 });
    expect(arrivedMs - sentMs).toBeGreaterThanOrEqual(149);
  });

  it('adds to others, and what waits for it goes on when it is lifted', async () => {
    const { link } = await linked();
    const one = await client(link);
    const liftSlow = link.impose({ ...BOTH, bytesPerS: 100 });
    link.impose({ ...BOTH, latencyMs: 1 });
    expect(link.conditions).toBe(2);
    one.socket.write(Buffer.alloc(100_000));
    await sleep(50);
    liftSlow();
    await eventually('all of it', () => one.received().length === 100_000);
    expect(link.conditions).toBe(1);
  });
});

describe('orders', () => {
  async function controlled() {
    const dir = await mkdtemp(join(tmpdir(), 'relay-bench-links-'));
    const { link } = await linked();
    const path = join(dir, 'control.sock');
    const control = await serveControl(path, [link]);
    onTestFinished(async () => {
      control.close();
      await rm(dir, { recursive: true, force: true });
    });
    return { link, path };
  }

  it('are in force until they are lifted', async () => {
    const { link, path } = await controlled();
    const lift = await giveOrder(path, { links: ['a>b:c'], directions: ['up'], latencyMs: 5 });
    expect(link.conditions).toBe(1);
    await lift();
    expect(link.conditions).toBe(0);
  });

  it('are lifted where whoever gave them has died', async () => {
    const { link, path } = await controlled();
    const socket = connect(path);
    socket.write(`${JSON.stringify({ links: ['a>b:c'], directions: ['up'], partition: 'hold' })}\n`);
    await eventually('in force', () => link.conditions === 1);
    socket.destroy();
    await eventually('lifted', () => link.conditions === 0);
  });

  it('are refused where there is no such link, or they are none', async () => {
    const { link, path } = await controlled();
    await expect(giveOrder(path, { links: ['none'], directions: ['up'] })).rejects.toThrowError(
      'the proxy in the links refused: there is no link none',
    );
    await expect(giveOrder(path, { links: [], directions: ['up'] })).rejects.toThrowError(/refused/);
    expect(link.conditions).toBe(0);
  });

  it('fail where nobody takes them', async () => {
    await expect(
      giveOrder('/nowhere/control.sock', { links: ['a'], directions: ['up'] }),
    ).rejects.toThrowError('does not answer');
  });
});
