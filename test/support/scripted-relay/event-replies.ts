import type { WireEvent } from './filter.ts';
import type { EventScript, Noise, OkForm } from './script.ts';

/** One thing that is sent to the publisher of an event. */
export type ReplyFrame =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'text-bytes'; readonly bytes: Buffer }
  | { readonly kind: 'binary'; readonly bytes: Buffer }
  /** One message in two frames. */
  | { readonly kind: 'fragmented'; readonly parts: readonly [string, string] };

/** What an event causes besides the time that it takes. */
export interface EventReplies {
  /** Sent on arrival. */
  readonly noise: readonly ReplyFrame[];
  /** Sent when the reply is due; null where the event is never answered. */
  readonly reply: ReplyFrame | null;
  /** Sent 5 ms after the reply. */
  readonly after: readonly ReplyFrame[];
}

/** Whether the n-th (from 1) is one of every k. */
export const isEvery = (k: number | undefined, n: number): boolean => k !== undefined && n % k === 0;

/** The frames for the n-th event (from 1) that the relay received. */
export function eventReplies(
  script: EventScript,
  n: number,
  event: Pick<WireEvent, 'id' | 'kind'>,
): EventReplies {
  const { id } = event;
  const noise = (script.noise ?? []).map((name) => noiseFrame(name, id));
  const after = isEvery(script.unknownEvery, n) ? [text(['OK', otherId(id), true, ''])] : [];
  if (isEvery(script.dropEvery, n)) return { noise, reply: null, after };
  const reply = replyTo(script, n, event);
  return { noise, reply, after: isEvery(script.twiceEvery, n) ? [reply, ...after] : after };
}

/** Whether the kind of the event decides on its answer. */
export function isAnsweredByKind({ kindsAnswered }: EventScript, { kind }: Pick<WireEvent, 'kind'>): boolean {
  return kindsAnswered?.kinds.includes(kind) === true;
}

function replyTo(script: EventScript, n: number, event: Pick<WireEvent, 'id' | 'kind'>): ReplyFrame {
  const { id } = event;
  const { reject, kindsAnswered } = script;
  if (isEvery(reject?.every, n)) return text(['OK', id, false, reject?.message ?? '']);
  if (kindsAnswered !== undefined && isAnsweredByKind(script, event))
    return text(['OK', id, kindsAnswered.accepted, kindsAnswered.message]);
  return okFrame(id, script.okMessage ?? '', script.okForm ?? 'compact');
}

const text = (message: unknown): ReplyFrame => ({ kind: 'text', text: JSON.stringify(message) });

/** An id that no event has: the first digit replaced. */
const otherId = (id: string): string => `${id.startsWith('f') ? '0' : 'f'}${id.slice(1)}`;

function okFrame(id: string, message: string, form: OkForm): ReplyFrame {
  const compact = JSON.stringify(['OK', id, true, message]);
  if (form === 'spaced') {
    return { kind: 'text', text: `[ "OK" , "${id}" , true , ${JSON.stringify(message)} ]` };
  }
  if (form === 'fragmented') {
    return { kind: 'fragmented', parts: [compact.slice(0, 20), compact.slice(20)] };
  }
  return { kind: 'text', text: compact };
}

function noiseFrame(noise: Noise, id: string): ReplyFrame {
  switch (noise) {
    case 'notice':
      return text(['NOTICE', `about ${id}: true`]);
    case 'auth':
      return text(['AUTH', `challenge ${id}`]);
    case 'closed':
      return text(['CLOSED', id, 'error: not the reply']);
    case 'ok-for-another-id':
      return text(['OK', otherId(id), true, '']);
    case 'garbage':
      return { kind: 'text', text: '["OK"' };
    case 'binary':
      return { kind: 'binary', bytes: Buffer.from(JSON.stringify(['OK', id, true, ''])) };
    case 'invalid-utf8':
      return { kind: 'text-bytes', bytes: Buffer.from([0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d]) };
    default:
      return noise satisfies never;
  }
}
