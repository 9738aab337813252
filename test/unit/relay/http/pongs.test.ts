import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Pongs } from '../../../../src/relay/http/pongs.ts';

function client(): { pongs: Pongs; sent: string[]; socket: EventEmitter & { writableNeedDrain: boolean } } {
  const sent: string[] = [];
  const socket = Object.assign(new EventEmitter(), { writableNeedDrain: false });
  const webSocket = { readyState: 1, OPEN: 1, pong: (data: Buffer) => void sent.push(String(data)) } as const;
  return { pongs: new Pongs(webSocket, socket as never), sent, socket };
}

describe('pings of a client', () => {
  it('that come one by one are answered one by one', async () => {
    const { pongs, sent } = client();
    for (const text of ['a', 'b']) {
      pongs.owe(Buffer.from(text));
      await turn();
    }
    expect(sent).toEqual(['a', 'b']);
  });

  it('that come together are answered by one pong, for the last', async () => {
    const { pongs, sent } = client();
    for (let n = 0; n < 100; n++) pongs.owe(Buffer.from(String(n)));
    await turn();
    expect(sent).toEqual(['99']);
  });

  it('are answered when the client reads again, and cost nothing before', async () => {
    const { pongs, sent, socket } = client();
    socket.writableNeedDrain = true;
    for (let n = 0; n < 3; n++) {
      pongs.owe(Buffer.from(String(n)));
      await turn();
    }
    expect(sent).toEqual([]);
    expect(socket.listenerCount('drain')).toBe(1);
    socket.writableNeedDrain = false;
    socket.emit('drain');
    expect(sent).toEqual(['2']);
  });
});
