import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type NullRelay, startNullRelay } from '../../../../src/relay/null/server.ts';
import { eventually, eventuallyPasses } from '../../../support/eventually.ts';

const event = (n: number, content = 'note') => ({
  id: n.toString(16).padStart(64, '0'),
  kind: 1,
  content,
  sig: 'e'.repeat(128),
});

describe('the fan-out of the null relay', () => {
  let relay: NullRelay;
  const open: WebSocket[] = [];

  beforeEach(async () => {
    relay = await startNullRelay({ port: 0, stored: 0, fanOut: true });
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.terminate();
    await relay.stop();
  });

  /** A client and everything that it has received so far. */
  const client = async (): Promise<{ socket: WebSocket; received: unknown[] }> => {
    const socket = new WebSocket(`ws://127.0.0.1:${relay.port}`, { perMessageDeflate: false });
    open.push(socket);
    const received: unknown[] = [];
    socket.on('message', (data) => received.push(JSON.parse(data.toString())));
    await once(socket, 'open');
    return { socket, received };
  };
  const subscriber = async (subscription: string) => {
    const made = await client();
    made.socket.send(JSON.stringify(['REQ', subscription, { kinds: [7] }]));
    await eventuallyPasses(() => expect(made.received).toEqual([['EOSE', subscription]]));
    made.received.length = 0;
    return made;
  };
  const publish = ({ socket }: { socket: WebSocket }, ...events: unknown[]): void => {
    for (const each of events) socket.send(JSON.stringify(['EVENT', each]));
  };

  it('sends each event once to every subscription, in order, under its own id', async () => {
    const subscribers = [await subscriber('live'), await subscriber('live'), await subscriber('a"b')];
    const publisher = await client();
    publish(publisher, event(1), event(2), event(3));
    await eventuallyPasses(() => {
      expect(subscribers.map(({ received }) => received.length)).toEqual([3, 3, 3]);
    });
    expect(subscribers[1]?.received).toEqual([1, 2, 3].map((n) => ['EVENT', 'live', event(n)]));
    expect(subscribers[2]?.received[0]).toEqual(['EVENT', 'a"b', event(1)]);
    expect(publisher.received.map((message) => (message as string[])[0])).toEqual(['OK', 'OK', 'OK']);
  });

  it('keeps text of any length and script as it is', async () => {
    const { received } = await subscriber('live');
    const long = event(1, 'ü€😀'.repeat(20_000));
    publish(await client(), long, event(2));
    await eventuallyPasses(() => expect(received).toEqual([long, event(2)].map((e) => ['EVENT', 'live', e])));
  });

  it('sends nothing to a subscription that was closed, or whose socket is gone', async () => {
    const closed = await subscriber('live');
    closed.socket.send('["CLOSE","live"]');
    const gone = await subscriber('live');
    gone.socket.terminate();
    const { received } = await subscriber('live');
    publish(await client(), event(1));
    await eventuallyPasses(() => expect(received).toHaveLength(1));
    expect(closed.received).toEqual([]);
  });

  it('stops reading from a publisher whose subscriber does not read, and goes on when it does', async () => {
    const slow = connect(relay.port, '127.0.0.1');
    await subscribeRaw(slow);
    slow.pause();
    const publisher = await client();
    const COUNT = 400;
    const large = 'x'.repeat(60_000);
    for (let n = 0; n < COUNT; n++) publish(publisher, event(n, large));
    // Three looks alike over half a second: it has stopped, and is not just slow.
    const seen: number[] = [];
    await eventually(
      'no more answers',
      () => seen.push(publisher.received.length) > 2 && new Set(seen.slice(-3)).size === 1,
      { everyMs: 250 },
    );
    expect(publisher.received.length).toBeLessThan(COUNT);
    expect(publisher.socket.bufferedAmount).toBeGreaterThan(0);
    slow.resume();
    await eventuallyPasses(() => expect(publisher.received).toHaveLength(COUNT));
    slow.destroy();
  });
});

/** Upgrade and REQ by hand, with a zero mask; resolves at the EOSE. */
async function subscribeRaw(socket: Socket): Promise<void> {
  socket.write('GET / HTTP/1.1\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n');
  await once(socket, 'data');
  const text = '["REQ","live",{}]';
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]));
  await once(socket, 'data');
}
