import { randomBytes, randomInt } from 'node:crypto';
import { encodeMaskedTextFrame } from '../base/websocket-frame.ts';
import { createEventFrameWriter } from '../corpus/event-frames.ts';
import { type Finding, finding } from '../judge/observations.ts';
import type { RelayLimitation } from '../nostr/nip11.ts';
import { parseRelayMessage, type RelayMessage } from '../nostr/relay-message.ts';
import type { ConnectionHandlers } from '../wire/connection.ts';
import { openConnection, transportFor } from '../wire/open-connection.ts';

export interface LimitQuestion {
  readonly url: string;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  readonly timeoutMs: number;
  /** What the relay says of itself (NIP-11). */
  readonly limitation: RelayLimitation;
  readonly signal: AbortSignal;
}

/** An answer that takes longer says nothing. */
const MOST_WAIT_MS = 2_000;
/** Relays answer first and object then: one that lets everything through has not said a word against it after so long. */
const OBJECTION_MS = 500;
/** Larger limits are not tried: that would be a load of its own. */
const MOST_SUBSCRIPTIONS = 200;
const MOST_BYTES = 1024 * 1024;
/** So many bytes too long: relays need not agree on what belongs to a message. */
const BEYOND_BYTES = 64;
/** Ephemeral: nothing of it stays (NIP-01). */
const PROBE_KIND = 21_000;
const MASK = 0x4d2b90f1;
/** Nothing matches it. */
const NOBODY = { ids: ['0'.repeat(64)], limit: 1 };

/**
 * Which of the limits that a relay advertises it does not enforce: on a connection of its own each, it opens one subscription too
 * many, sends one message that is too long, and one ephemeral event without the work that is asked for. What is refused, or not
 * answered, is enforced.
 */
export async function askLimits(question: LimitQuestion): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const probe of probesFor(question.limitation))
    if (!question.signal.aborted && (await isLetThrough(question, probe))) findings.push(finding(probe.kind));
  return findings;
}

interface Probe {
  readonly kind: 'subscriptions-not-enforced' | 'length-not-enforced' | 'work-not-enforced';
  readonly frames: readonly Buffer[];
  /** Whether a message lets one of the frames through. */
  readonly passes: (message: RelayMessage) => boolean;
}

function probesFor(limitation: RelayLimitation): readonly Probe[] {
  const { max_subscriptions, max_message_length, min_pow_difficulty } = limitation;
  return [
    ...(isWithin(max_subscriptions, MOST_SUBSCRIPTIONS) ? [subscriptionProbe(max_subscriptions)] : []),
    ...(isWithin(max_message_length, MOST_BYTES) ? [lengthProbe(max_message_length)] : []),
    ...(isWithin(min_pow_difficulty, Number.POSITIVE_INFINITY) ? [workProbe()] : []),
  ];
}

function isWithin(value: number | undefined, most: number): value is number {
  return value !== undefined && value > 0 && value <= most;
}

function subscriptionProbe(most: number): Probe {
  const names = Array.from({ length: most + 1 }, (_, i) => `p${i}`);
  return {
    kind: 'subscriptions-not-enforced',
    frames: names.map((name) => frameOf(['REQ', name, NOBODY])),
    passes: ({ type }) => type === 'EOSE',
  };
}

function lengthProbe(most: number): Probe {
  const text = JSON.stringify(['REQ', 'long', NOBODY]);
  // White space between the parts of a message means nothing, and is part of it.
  const padded = `${text.slice(0, -1)}${' '.repeat(Math.max(0, most + BEYOND_BYTES - text.length))}]`;
  return {
    kind: 'length-not-enforced',
    frames: [encodeMaskedTextFrame(padded, MASK)],
    passes: ({ type }) => type === 'EOSE',
  };
}

function workProbe(): Probe {
  const writer = createEventFrameWriter({
    seed: randomInt(2 ** 32),
    authors: 1,
    kind: PROBE_KIND,
    contentBytes: 32,
    topics: 1,
    runTag: randomBytes(4).toString('hex'),
  });
  const frame = Buffer.alloc(writer.maxFrameBytes);
  const length = writer.write(frame, 0, 0, Math.floor(Date.now() / 1_000), 0);
  return {
    kind: 'work-not-enforced',
    frames: [frame.subarray(0, length)],
    passes: (message) => message.type === 'OK' && message.accepted,
  };
}

function frameOf(message: readonly unknown[]): Buffer {
  return encodeMaskedTextFrame(JSON.stringify(message), MASK);
}

/** Whether every frame of a probe is answered as if there were no limit. */
function isLetThrough(
  { url, insecure, timeoutMs, signal }: LimitQuestion,
  { frames, passes }: Probe,
): Promise<boolean> {
  return new Promise((resolve) => {
    let left = frames.length;
    const finish = (result: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', refused);
      connection.close();
      resolve(result);
    };
    const refused = (): void => finish(false);
    const handlers: ConnectionHandlers = {
      onOpen: (opened) => void opened.write(Buffer.concat([...frames])),
      onFailed: refused,
      onClosed: refused,
      onText: (_connection, frame) => {
        const message = parseRelayMessage(frame.toString('utf8'));
        // A challenge (NIP-42) says nothing of limits.
        if (message.type === 'AUTH') return;
        if (!passes(message)) refused();
        else if (--left === 0) letThrough();
      },
      onBinary: () => undefined,
      onDrain: () => undefined,
    };
    const letThrough = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => finish(true), OBJECTION_MS);
    };
    let timer = setTimeout(refused, Math.min(timeoutMs, MOST_WAIT_MS));
    signal.addEventListener('abort', refused, { once: true });
    const connection = openConnection(transportFor(url), { number: 0, url, timeoutMs, insecure }, handlers);
  });
}
