import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { messageOfMaskedFrame } from '../../../../src/base/websocket-frame.ts';
import { Reader } from '../../../../src/workload/survivors/reader.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const EVENT = {
  ...{
    id: 'a'.repeat(64),
    pubkey: 'b'.repeat(64),
    created_at: 1,
    kind: 0,
    tags: [],
    content: '',
    sig: 'c'.repeat(128),
  },
};
const frame = Buffer.from(JSON.stringify(['EVENT', 'b00000000', EVENT]));

function harness() {
  const sent: unknown[][] = [];
  const reader = new Reader({
    send: (_connection, bytes) => void sent.push(JSON.parse(messageOfMaskedFrame(bytes)) as unknown[]),
    nextMask: () => 7,
    timeoutMs: 1_000,
  });
  return { reader, sent };
}

describe('Reader', () => {
  it('gathers the stored events up to EOSE and closes the subscription', async () => {
    const { reader, sent } = harness();
    const asked = reader.ask(3, { kinds: [0] });
    expect(reader.onEvent(3, 0, frame)).toBe(true);
    expect(reader.onEose(3, 0)).toBe(true);
    await expect(asked).resolves.toEqual({ events: [EVENT] });
    expect(sent).toEqual([
      ['REQ', 'b00000000', { kinds: [0] }],
      ['CLOSE', 'b00000000'],
    ]);
  });

  it('says why there is no answer: CLOSED, a lost connection, silence', async () => {
    const { reader } = harness();
    const closed = reader.ask(3, {});
    reader.onClosed(3, 0, 'restricted');
    const lost = reader.ask(3, {});
    reader.onConnectionClosed(3);
    const silent = reader.ask(3, {});
    vi.advanceTimersByTime(1_000);
    await expect(Promise.all([closed, lost, silent])).resolves.toEqual([
      { problem: 'restricted' },
      { problem: 'closed' },
      { problem: 'timeout' },
    ]);
  });

  it('asks again once the client has authenticated, and forgets what came before', async () => {
    const { reader, sent } = harness();
    const asked = reader.ask(3, {});
    reader.onEvent(3, 0, frame);
    reader.hold(3, 0)?.again();
    expect(sent).toHaveLength(2);
    reader.onEose(3, 0);
    await expect(asked).resolves.toEqual({ events: [] });
  });

  it('takes what comes late for an answer to what was asked, and nothing of what never was', () => {
    const { reader } = harness();
    void reader.ask(3, {});
    reader.onEose(3, 0);
    expect([reader.onEvent(3, 0, frame), reader.onEose(3, 0), reader.onEose(3, 1)]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
