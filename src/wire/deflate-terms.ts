import { type ClockNs, monotonicNs } from '../base/clock.ts';
import type { DeflateCounts, InflaterOptions } from '../base/deflate-message.ts';
import { InflateBudget } from '../base/inflate-budget.ts';
import { DEFLATE_WINDOW_BITS, type DeflateTerms } from '../base/permessage-deflate.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';

/** Whether the server keeps a window as large as that of the frames that are made here. */
export function takesDeflated({ clientWindowBits }: DeflateTerms): boolean {
  return clientWindowBits >= DEFLATE_WINDOW_BITS;
}

/** How messages of one server are inflated: none may be larger than one that comes as it is, nor all together keep a worker busy. */
export function inflaterOptions(
  { serverTakesOver, serverWindowBits }: DeflateTerms,
  counts: DeflateCounts,
  clock: ClockNs = monotonicNs,
): InflaterOptions {
  const takenOverBytes = serverTakesOver ? 2 ** serverWindowBits : 0;
  return { maxBytes: MAX_MESSAGE_BYTES, takenOverBytes, budget: new InflateBudget(clock), counts };
}
