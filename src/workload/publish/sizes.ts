import { messageBytesAround } from '../../corpus/event-template.ts';
import type { Advertised } from '../../judge/advertised.ts';
import type { SortPlan } from './plan.ts';

/** Of a message, where a relay does not say how long it may be: what the strictest of the usual relays takes. */
const ASSUMED_MESSAGE_BYTES = 65_536;
/** A relay that takes more is not asked to. */
const MOST_CONTENT_BYTES = 1_000_000;

/**
 * Bytes of the content of the events of a sort against one relay; the content is ASCII, a byte a character.
 * @param work leading zero bits that the events are mined for (NIP-13)
 */
export function contentBytesOf(
  { kind, contentBytes }: Pick<SortPlan, 'kind' | 'contentBytes'>,
  { maxMessageBytes, maxContent }: Advertised,
  work: number,
): number {
  if (contentBytes !== 'limit') return contentBytes;
  const room = (maxMessageBytes ?? ASSUMED_MESSAGE_BYTES) - messageBytesAround(kind, work);
  return Math.max(0, Math.min(room, maxContent ?? MOST_CONTENT_BYTES, MOST_CONTENT_BYTES));
}

/** What a reader must know of the size of a sort; null where the scenario says it all. */
export function sizeRemark(sort: SortPlan, advertised: Advertised, work: number): string | null {
  if (sort.contentBytes !== 'limit') return null;
  const bytes = contentBytesOf(sort, advertised, work).toLocaleString('en-US');
  const what = `events ${sort.name ?? ''} have ${bytes} B of content`;
  return advertised.maxMessageBytes === null && advertised.maxContent === null
    ? `${what}: a message of 64 KiB, as the relay names no limit (NIP-11)`
    : `${what}: as long as the NIP-11 document of the relay allows`;
}
