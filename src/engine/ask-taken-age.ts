import { readHex32 } from '../base/hex.ts';
import { encodeMaskedTextFrame } from '../base/websocket-frame.ts';
import { createEventFrameWriter } from '../corpus/event-frames.ts';
import { AuthClient } from '../nostr/auth-client.ts';
import { parseRelayMessage } from '../nostr/relay-message.ts';
import type { ConnectionHandlers } from '../wire/connection.ts';
import { openConnection, transportFor } from '../wire/open-connection.ts';

export interface TakenAgeQuestion {
  readonly url: string;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  readonly timeoutMs: number;
  /** Ages to try, the greatest first, seconds. */
  readonly ages_s: readonly number[];
  /** Leading zero bits that the relay asks for (NIP-13). */
  readonly work: number;
  /** The probes are signed with the first key of the notes of the run that it belongs to. */
  readonly seed: number;
  /** Marks the probes. */
  readonly runTag: string;
  readonly signal: AbortSignal;
  /** By which address the relay wants to be authenticated to (NIP-42); `url` where left out. */
  readonly authUrl?: string | undefined;
}

/** An answer that takes longer says nothing. */
const MOST_WAIT_MS = 5_000;
const KIND = 1;
const CONTENT_BYTES = 32;
const MASK = 0x71c4a20b;

/**
 * How old an event may be that a relay takes: it is sent one note after the other, each by a throwaway key, the oldest
 * first, until it takes one.
 * @returns the first of the ages that it takes; null where that can't be told: it does not answer, or refuses all, which
 *   then has other reasons
 */
export function askTakenAge(question: TakenAgeQuestion): Promise<number | null> {
  const { url, insecure, timeoutMs, ages_s, signal, authUrl = url } = question;
  const probes = ages_s.map((age_s) => probeOf(age_s, question));
  return new Promise((resolve) => {
    let next = 0;
    const finish = (age_s: number | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      connection.close();
      resolve(age_s);
    };
    const giveUp = (): void => finish(null);
    const send = (): void => {
      const probe = probes[next];
      if (probe === undefined) finish(null);
      else connection.write(probe.frame);
    };
    const sendNext = (): void => {
      next++;
      send();
    };
    const auth = new AuthClient({
      url: authUrl,
      send: (message) => connection.write(encodeMaskedTextFrame(JSON.stringify(message), MASK)),
    });
    const handlers: ConnectionHandlers = {
      onOpen: send,
      onFailed: giveUp,
      onClosed: giveUp,
      onText: (_connection, frame) => {
        const message = parseRelayMessage(frame.toString('utf8'));
        if (auth.receive(message)) return;
        if (message.type !== 'OK' || readHex32(Buffer.from(message.eventId), 0) !== probes[next]?.idHigh)
          return;
        if (message.accepted) finish(probes[next]?.age_s ?? null);
        else auth.refused(message.eventId, message.message, { again: send, refuse: sendNext });
      },
      onBinary: () => undefined,
      onDrain: () => undefined,
    };
    const timer = setTimeout(giveUp, Math.min(timeoutMs, MOST_WAIT_MS));
    signal.addEventListener('abort', giveUp, { once: true });
    const connection = openConnection(transportFor(url), { number: 0, url, timeoutMs, insecure }, handlers);
  });
}

interface Probe {
  readonly age_s: number;
  readonly idHigh: number;
  readonly frame: Buffer;
}

type ProbeSpec = Pick<TakenAgeQuestion, 'seed' | 'runTag' | 'work'>;

function probeOf(age_s: number, { seed, runTag, work }: ProbeSpec): Probe {
  const writer = createEventFrameWriter({
    seed,
    authors: 1,
    kind: KIND,
    contentBytes: CONTENT_BYTES,
    topics: 1,
    runTag,
    work,
  });
  const frame = Buffer.alloc(writer.maxFrameBytes);
  const length = writer.write(frame, 0, 0, Math.floor(Date.now() / 1_000) - age_s, 0);
  return { age_s, idHigh: writer.idHigh, frame: frame.subarray(0, length) };
}
