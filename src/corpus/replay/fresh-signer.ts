import { readHex32 } from '../../base/hex.ts';
import { Sealer } from '../generate/sealer.ts';
import { ThrowawayKeys } from '../keys.ts';
import { kindOf, PUBKEY_AT } from './event-line.ts';

/** Keys that ephemeral events are signed with: who says it matters to nobody once it is gone. */
const KEYS = 16;

const TAGS = Buffer.from(',"tags":');
const CONTENT = Buffer.from(',"content":"');
/** Behind the content: `","sig":"`, 128 hex digits, `"}`. */
const TAIL_BYTES = '","sig":"'.length + 128 + '"}'.length;

/**
 * Signs events of a corpus anew, dated by the clock. Relays refuse an ephemeral event that is older than a minute, and
 * rightly: what nobody stores is of now or of no use.
 */
export class FreshSigner {
  readonly #sealer: Sealer;

  constructor(seed: number) {
    this.#sealer = new Sealer(seed, new ThrowawayKeys({ seed, label: 'ephemeral', count: KEYS }));
  }

  /**
   * The same kind, tags and content under another key, id and time.
   * @param line an event as `corpus generate` writes it
   * @param createdAt_s seconds since 1970
   */
  sign(line: Buffer, createdAt_s: number): Buffer {
    // Quotes inside strings are escaped, so neither name can occur before its field.
    const tagsAt = line.indexOf(TAGS, PUBKEY_AT);
    const contentAt = line.indexOf(CONTENT, tagsAt);
    const { json } = this.#sealer.seal({
      kind: kindOf(line),
      key: readHex32(line, PUBKEY_AT) % KEYS,
      createdAt_s,
      tags: { json: line.toString('utf8', tagsAt + TAGS.length, contentAt) },
      content: line.toString('utf8', contentAt + CONTENT.length, line.length - TAIL_BYTES),
    });
    return Buffer.from(json);
  }
}
