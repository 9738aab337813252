import { encodeMaskedTextFrame, frameHeaderLength } from '../base/websocket-frame.ts';
import type { Filter } from '../nostr/filter.ts';
import { numberedSubscription } from '../wire/subscription-id.ts';

/** Hex digits of a number in a subscription id. */
const DIGITS = 8;
const HEX = Buffer.from('0123456789abcdef', 'latin1');

/** A frame that is complete but for the number of its subscription. */
interface Template {
  readonly frame: Buffer;
  /** Where the number stands, and the masking of each of its digits. */
  readonly at: number;
  readonly masks: Uint8Array;
}

/**
 * REQ and CLOSE messages as client frames that are built before the load: when one is sent, the number of its subscription
 * is put in and nothing else.
 */
export class RequestFrames {
  readonly #requests: readonly Template[];
  readonly #close: Template;

  /**
   * @param letter of the subscriptions
   * @param filters what the requests ask for
   */
  constructor(letter: string, filters: readonly Filter[], nextMask: () => number) {
    const blank = numberedSubscription(letter, 0);
    this.#requests = filters.map((filter) => templateOf(['REQ', blank, filter], nextMask()));
    this.#close = templateOf(['CLOSE', blank], nextMask());
  }

  /** Bytes of the largest request. */
  get maxBytes(): number {
    return Math.max(0, ...this.#requests.map(({ frame }) => frame.length));
  }

  /** Writes the request of a filter. @returns its bytes */
  write(target: Buffer, at: number, filter: number, sequence: number): number {
    const { frame, ...hole } = this.#requests[filter] as Template;
    frame.copy(target, at);
    fill(target, at, hole, sequence);
    return frame.length;
  }

  /** The frame of a request. */
  request(filter: number, sequence: number): Buffer {
    return filled(this.#requests[filter] as Template, sequence);
  }

  /** The frame that ends a subscription. */
  close(sequence: number): Buffer {
    return filled(this.#close, sequence);
  }
}

function templateOf(message: readonly [string, string, ...unknown[]], mask: number): Template {
  const text = JSON.stringify(message);
  const frame = encodeMaskedTextFrame(text, mask);
  const header = frameHeaderLength(Buffer.byteLength(text));
  // Behind `["REQ","` and the letter.
  const inPayload = 2 + message[0].length + 3 + 1;
  const masks = Uint8Array.from(
    { length: DIGITS },
    (_, digit) => mask >>> (24 - 8 * ((inPayload + digit) & 3)),
  );
  return { frame, at: header + inPayload, masks };
}

function filled(template: Template, sequence: number): Buffer {
  const frame = Buffer.from(template.frame);
  fill(frame, 0, template, sequence);
  return frame;
}

function fill(
  target: Buffer,
  offset: number,
  { at, masks }: Omit<Template, 'frame'>,
  sequence: number,
): void {
  for (let digit = 0; digit < DIGITS; digit++) {
    const value = (sequence >>> (28 - 4 * digit)) & 15;
    target[offset + at + digit] = (HEX[value] as number) ^ (masks[digit] as number);
  }
}
