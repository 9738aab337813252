import { setTimeout as sleep } from 'node:timers/promises';
import type { NostrEvent } from '../nostr/event.ts';
import { signByNewKey } from '../nostr/new-key.ts';
import type { Violation } from '../record/audit-schema.ts';
import { type AskedRelay, askAll } from './relays.ts';
import { summaryOf } from './summary.ts';
import { type Checked, type Clock, checkedBy, notChecked } from './violation.ts';

export interface ProbeRequest {
  readonly relays: readonly AskedRelay[];
  readonly clock: Clock;
  /** Of all relays together; 100 unless given. */
  readonly events?: number;
}

const EVENTS = 100;
/** How long another relay process may take until it is given up. */
const GIVE_UP_MS = 5_000;
const POLL_MS = 2;
/** Relays that know NIP-40 may forget the events of an audit then, in seconds. */
const KEPT_S = 3_600;

interface Probed {
  readonly event: NostrEvent;
  readonly okMs: number;
  /** Whether the connection that wrote it read it at once. */
  readonly isOwn: boolean;
  /** Until another relay process returned it; null where none did, or there is none. */
  readonly lagMs: number | null;
}

/**
 * I3: after the OK a REQ by its id returns an event at once on the connection that has written it. How long it takes on
 * another relay process is measured. The events are the audit's own, each signed by a key of its own.
 */
export async function probe({ relays, clock, events = EVENTS }: ProbeRequest): Promise<Checked> {
  const probed: Probed[] = [];
  for (let n = 0; n < events; n++) {
    const [writer, other] = pairOf(relays, n);
    const outcome = await probeOnce(writer, other, clock);
    if (typeof outcome === 'string') {
      if (probed.length === 0) return notChecked(`the relay refuses the events of the audit: ${outcome}`);
      break;
    }
    probed.push(outcome);
  }
  const lags = probed.flatMap(({ lagMs }) => (lagMs === null ? [] : [lagMs]));
  const violations = probed.filter(({ isOwn }) => !isOwn).map((each) => missed(each, clock));
  const checked = checkedBy({
    checked: probed.length,
    violations,
    basis: 'events of the audit, written and read at once on the same connection after the run',
  });
  return lags.length === 0 ? checked : { ...checked, lag: summaryOf(lags) };
}

/** Who writes the n-th event, in turn, and which of the others is watched; null where there is no other. */
function pairOf(relays: readonly AskedRelay[], n: number): readonly [AskedRelay, AskedRelay | null] {
  const count = relays.length;
  const at = n % count;
  const writer = relays[at] as AskedRelay;
  if (count === 1) return [writer, null];
  const further = 1 + (Math.floor(n / count) % (count - 1));
  return [writer, relays[(at + further) % count] as AskedRelay];
}

/** A text where the relay refuses the event. */
async function probeOnce(
  writer: AskedRelay,
  other: AskedRelay | null,
  clock: Clock,
): Promise<Probed | string> {
  const event = signByNewKey({
    kind: 1,
    created_at: Math.floor(Date.now() / 1_000),
    tags: [
      ['client', 'relay-bench'],
      ['expiration', String(Math.floor(Date.now() / 1_000) + KEPT_S)],
    ],
    content: 'written by the audit of relay-bench, to read it back',
  });
  const [answer] = await askAll([writer], ({ connection }) => connection.publish(event));
  if (answer?.accepted !== true) return answer?.message ?? '';
  const okMs = performance.now();
  const atMs = clock.nowMs();
  const own = askAll([writer], ({ connection }) => connection.find([event.id]));
  const lag = other === null ? null : lagOn(other, event.id, okMs);
  const [[found], lagMs] = await Promise.all([own, lag]);
  return { event, okMs: atMs, isOwn: found?.has(event.id) === true, lagMs };
}

async function lagOn(relay: AskedRelay, id: string, okMs: number): Promise<number> {
  for (;;) {
    const [found] = await askAll([relay], ({ connection }) => connection.find([id]));
    const lagMs = performance.now() - okMs;
    if (found?.has(id) === true || lagMs > GIVE_UP_MS) return lagMs;
    await sleep(POLL_MS);
  }
}

function missed({ event, okMs }: Probed, clock: Clock): Violation {
  return {
    subject: event.id,
    kind: event.kind,
    what: 'not read by the connection that has written it',
    timeline: [
      { atMs: Math.round(okMs), what: 'acknowledged: OK true' },
      { atMs: Math.round(okMs), what: 'asked for by its id on the same connection, and not returned' },
      { atMs: Math.round(clock.nowMs()), what: 'end of the audit' },
    ],
  };
}
