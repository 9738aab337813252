import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';

/** Bytes of one entry of a stream, without its head. */
const MOST_BYTES = 256 * 1024;
/** Of one message, unpacked: a hundred times what a second of a worker takes. */
const MOST_UNPACKED = 64 * 1024 * 1024;
const MOST_PARTS = 1_024;
const MOST_HEAD = 512;
const NEWLINE = 10;

const whole = z.int().min(0);
const head = z.strictObject({
  /** Whose messages are numbered together. */
  of: whole,
  /** Number of the message, from 0. */
  number: whole,
  part: whole,
  parts: whole.max(MOST_PARTS),
  /** SHA-256 of the message, unpacked, in hex. */
  sha256: z.string().length(64),
});
type Head = z.infer<typeof head>;

/** Turns messages into entries of a stream, numbered, deflated, cut, and each with its checksum. */
export class Packer {
  readonly #of: number;
  #number = 0;

  /** @param of tells several senders of one stream apart */
  constructor(of: number) {
    this.#of = of;
  }

  pack(text: string): readonly Buffer[] {
    const packed = deflateRawSync(text, { level: 1 });
    const parts = Math.max(1, Math.ceil(packed.length / MOST_BYTES));
    if (parts > MOST_PARTS) throw new Error(`a message of ${text.length} characters is too long`);
    const sha256 = sha256Of(text);
    const number = this.#number++;
    return Array.from({ length: parts }, (_, part) => {
      const top: Head = { of: this.#of, number, part, parts, sha256 };
      return Buffer.concat([
        Buffer.from(`${JSON.stringify(top)}\n`),
        packed.subarray(part * MOST_BYTES, (part + 1) * MOST_BYTES),
      ]);
    });
  }
}

/**
 * Puts the messages of one sender together again: each once and in order. Entries that came before are dropped, since a
 * sender that has lost its connection may send again what had arrived.
 */
export class Unpacker {
  readonly #of: number;
  #number = 0;
  #pieces: Buffer[] = [];

  constructor(of: number) {
    this.#of = of;
  }

  /**
   * @returns the message that is whole with this entry; null where there is none, or the entry is of another sender
   * @throws RelayBenchError `MESSAGE_LOST`, `MESSAGE_DAMAGED`
   */
  accept(entry: Buffer): string | null {
    const end = entry.indexOf(NEWLINE);
    const top = end < 0 || end > MOST_HEAD ? null : headOf(entry.toString('utf8', 0, end));
    if (top === null) throw damaged('an entry has no head');
    if (top.of !== this.#of || this.#isKnown(top)) return null;
    if (top.number !== this.#number || top.part !== this.#pieces.length)
      throw lost(`message ${this.#number} has not come, ${top.number} has`);
    this.#pieces.push(entry.subarray(end + 1));
    return this.#pieces.length < top.parts ? null : this.#finish(top);
  }

  #isKnown({ number, part }: Head): boolean {
    return number < this.#number || (number === this.#number && part < this.#pieces.length);
  }

  #finish({ number, sha256 }: Head): string {
    const packed = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#number++;
    const text = inflated(packed);
    if (text === null || sha256Of(text) !== sha256) throw damaged(`message ${number} has another checksum`);
    return text;
  }
}

/** Of a stream that others write to as well, an entry may be anything. */
function headOf(text: string): Head | null {
  try {
    return head.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function inflated(packed: Buffer): string | null {
  try {
    return inflateRawSync(packed, { maxOutputLength: MOST_UNPACKED }).toString('utf8');
  } catch {
    return null;
  }
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function damaged(what: string): RelayBenchError {
  return new RelayBenchError(what, { code: 'MESSAGE_DAMAGED', exitCode: EXIT.invalidRun });
}

function lost(what: string): RelayBenchError {
  return new RelayBenchError(what, { code: 'MESSAGE_LOST', exitCode: EXIT.invalidRun });
}
