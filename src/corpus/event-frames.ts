import { hash } from 'node:crypto';
import { mix } from '../base/mix.ts';
import { createRandom } from '../base/random.ts';
import { wordOf, writeMaskedTextHeader } from '../base/websocket-frame.ts';
import { hasVersions } from '../nostr/kinds.ts';
import { putDigits, putHexOf } from './ascii.ts';
import { type Authors, type ChosenAuthor, DrawnAuthors, FreshAuthors, KEY_WORDS } from './authors.ts';
import {
  alignedFrame,
  CREATED_AT_DIGITS,
  createEventTemplate,
  type EventTemplate,
} from './event-template.ts';
import { fillerText } from './filler-text.ts';
import { NUMBER_DIGITS, OFFSET_DIGITS, RUN_TAG, TOPIC_DIGITS } from './marker.ts';
import { mineNonce, NONCE_DIGITS } from './mine.ts';
import { NonceTable } from './nonce-table.ts';

/** What the events of a run look like. */
export interface EventFrameSpec {
  readonly seed: number;
  /** Throwaway keys that sign; drawn by event number. `fresh`: every event has a new one. */
  readonly authors: number | 'fresh';
  readonly kind: number;
  /** Bytes of the content, ASCII words. */
  readonly contentBytes: number;
  /** Topics that the events rotate through, at most 100,000: event n has topic n mod topics. */
  readonly topics: number;
  /** 8 lower-case hex characters, unique for each run: no two runs make the same event. */
  readonly runTag: string;
  /** Leading zero bits that every id is mined for (NIP-13), 0 … 32: costs 2^work hashes an event. */
  readonly work?: number;
}

/** The topic of an event that nobody listens to. */
export const NO_TOPIC = -1;

/** Writes events as complete masked client frames. */
export interface EventFrames {
  /** Bytes of the largest frame. */
  readonly maxFrameBytes: number;
  /** The first 8 hex digits of the last event's id, as an unsigned 32-bit integer. */
  readonly idHigh: number;
  /** Hex digits 8–15 of the last event's id. */
  readonly idLow: number;
  /** Topic of the last event, {@link NO_TOPIC} where nobody listens to it. */
  readonly topic: number;
  /** Whether there can be newer versions of the last event: of a regular one there is one only (NIP-01). */
  readonly hasVersions: boolean;
  /** Whether the frame of event `n` can be written now. Events are asked for in ascending order. */
  isReady(n: number): boolean;
  /** Of which sort event `n` is, from 0; always 0 where there is one sort only. */
  sortOf(n: number): number;
  /** Whether event `n` is one that was asked for under a lower number already: a copy. */
  isRepeat(n: number): boolean;
  /**
   * Writes the frame of `["EVENT", event n]` at `offset`.
   * @param n number of the event in the run, below 10^10
   * @param createdAt_s seconds since 1970, 10 digits; of no meaning for events that are signed already
   * @param scheduledOffsetNs scheduled time after the start of the load, 0 … 9·10^15, rounded
   * @returns bytes written
   * @throws RangeError where the frame does not fit
   */
  write(target: Buffer, offset: number, n: number, createdAt_s: number, scheduledOffsetNs: number): number;
}

/** Signs what it writes, so that it is always ready. Frames of one writer are all of one length. */
export interface EventFrameWriter extends EventFrames {
  /** X-only public keys of the authors, hex; none where every event has its own. */
  readonly publicKeys: readonly string[];
  /** The last event's id, 64 hex characters; allocates. */
  idHex(): string;
}

/** Different contents, so that neighbouring events differ by more than their numbers. */
const VARIANTS = 16;
/**
 * Makes the writer; takes about 50 ms, next to nothing where the nonces are given.
 * @param nonces of `spec.seed`, shared by several writers
 * @throws RangeError where the run tag is malformed
 */
export function createEventFrameWriter(spec: EventFrameSpec, nonces?: NonceTable): EventFrameWriter {
  if (!RUN_TAG.test(spec.runTag)) throw new RangeError(`"${spec.runTag}" is not a run tag`);
  return new TemplateFrameWriter(spec, authorsOf(spec, nonces));
}

function authorsOf({ seed, authors, runTag }: EventFrameSpec, nonces?: NonceTable): Authors {
  return authors === 'fresh'
    ? new FreshAuthors(seed, runTag)
    : new DrawnAuthors(seed, authors, nonces ?? new NonceTable(seed));
}

/** A template and its views for word-wise access. */
interface Prepared extends EventTemplate {
  readonly hashWords: Uint32Array;
  readonly payloadWords: Uint32Array;
}

function prepare(template: EventTemplate): Prepared {
  const { hashInput, payload } = template;
  return {
    ...template,
    hashWords: new Uint32Array(hashInput.buffer),
    payloadWords: new Uint32Array(payload.buffer),
  };
}

/**
 * One event costs: its numbers patched into a template, one SHA-256 for the id, one for the signature's
 * challenge, one short multiplication, and one pass that masks the payload into an outgoing frame.
 */
class TemplateFrameWriter implements EventFrameWriter {
  readonly maxFrameBytes: number;
  readonly publicKeys: readonly string[];
  idHigh = 0;
  idLow = 0;
  topic = 0;
  readonly hasVersions: boolean;
  #id = '';
  readonly #authors: Authors;
  readonly #topics: number;
  readonly #salt: number;
  readonly #work: number;
  readonly #templates: readonly Prepared[];
  readonly #frame: Uint8Array;
  readonly #frameWords: Uint32Array;
  readonly #nextMask: () => number;

  constructor(spec: EventFrameSpec, authors: Authors) {
    const random = createRandom(spec.seed, 'event-frames');
    this.publicKeys = authors.publicKeys;
    this.#authors = authors;
    this.#topics = spec.topics;
    this.#work = spec.work ?? 0;
    this.hasVersions = hasVersions(spec.kind);
    this.#salt = random.uint32();
    this.#templates = Array.from({ length: VARIANTS }, () =>
      prepare(createEventTemplate(spec.runTag, spec.kind, fillerText(random, spec.contentBytes), this.#work)),
    );
    const { frame, words } = alignedFrame((this.#templates[0] as Prepared).payload.length);
    this.#frame = frame;
    this.#frameWords = words;
    this.maxFrameBytes = frame.length;
    this.#nextMask = createRandom(spec.seed, 'event-frame-masks').uint32;
  }

  idHex(): string {
    return Buffer.from(this.#id, 'latin1').toString('hex');
  }

  isReady(): boolean {
    return true;
  }

  sortOf(): number {
    return 0;
  }

  /** Every number makes an event of its own. */
  isRepeat(): boolean {
    return false;
  }

  // biome-ignore lint/complexity/useMaxParams: an options object per event is the garbage this avoids
  write(target: Buffer, offset: number, n: number, createdAt_s: number, scheduledOffsetNs: number): number {
    const draw = mix(n, this.#salt);
    const second = mix(draw, this.#salt);
    const template = this.#templates[second >>> 28] as Prepared;
    const author = this.#authors.choose(n, draw, second);
    putKey(template, author);
    this.#putNumbers(template, n, createdAt_s, Math.round(scheduledOffsetNs));
    this.#putId(template);
    const { payload, signature } = template;
    author.signer.sign(payload, signature, this.#id);
    this.#mask(template);
    target.set(this.#frame, offset);
    return this.maxFrameBytes;
  }

  /** The numbers are written once, into the hash input, and copied over with the constant text between them. */
  #putNumbers(template: Prepared, n: number, createdAt_s: number, offsetNs: number): void {
    const { hashInput, hashFields, payload, payloadFields } = template;
    putDigits(hashInput, hashFields.createdAt, CREATED_AT_DIGITS, createdAt_s);
    this.topic = n % this.#topics;
    putDigits(hashInput, hashFields.topic, TOPIC_DIGITS, this.topic);
    putDigits(hashInput, hashFields.number, NUMBER_DIGITS, n);
    putDigits(hashInput, hashFields.offset, OFFSET_DIGITS, offsetNs);
    for (let i = 0; i < CREATED_AT_DIGITS; i++) {
      payload[payloadFields.createdAt + i] = hashInput[hashFields.createdAt + i] as number;
    }
    const length = hashFields.offset + OFFSET_DIGITS - hashFields.topic;
    for (let i = 0; i < length; i++) {
      payload[payloadFields.topic + i] = hashInput[hashFields.topic + i] as number;
    }
  }

  #putId(template: Prepared): void {
    const { hashInput, payload, id: at } = template;
    const id = this.#work === 0 ? hash('sha256', hashInput, 'binary') : this.#mined(template);
    putHexOf(payload, at, id);
    this.#id = id;
    this.idHigh = word(id, 0);
    this.idLow = word(id, 4);
  }

  /** The nonce is searched in the hash input and copied over. */
  #mined({ hashInput, hashFields, payload, payloadFields }: Prepared): string {
    const id = mineNonce(hashInput, hashFields.nonce, this.#work);
    for (let i = 0; i < NONCE_DIGITS; i++) {
      payload[payloadFields.nonce + i] = hashInput[hashFields.nonce + i] as number;
    }
    return id;
  }

  #mask({ payload, payloadWords }: Prepared): void {
    const mask = this.#nextMask();
    writeMaskedTextHeader(this.#frame, 0, payload.length, mask);
    const words = this.#frameWords;
    const key = wordOf(mask);
    for (let i = 0; i < words.length; i += 4) {
      words[i] = (payloadWords[i] as number) ^ key;
      words[i + 1] = (payloadWords[i + 1] as number) ^ key;
      words[i + 2] = (payloadWords[i + 2] as number) ^ key;
      words[i + 3] = (payloadWords[i + 3] as number) ^ key;
    }
  }
}

function putKey(
  { hashWords, hashFields, payloadWords, payloadFields }: Prepared,
  { publicKeyWords, keyAt }: ChosenAuthor,
): void {
  const hashAt = hashFields.publicKey / 4;
  const payloadAt = payloadFields.publicKey / 4;
  for (let i = 0; i < KEY_WORDS; i++) {
    const word = publicKeyWords[keyAt + i] as number;
    hashWords[hashAt + i] = word;
    payloadWords[payloadAt + i] = word;
  }
}

/** Four characters (0–255) as a big-endian word. */
function word(bytes: string, at: number): number {
  const high = (bytes.charCodeAt(at) << 24) | (bytes.charCodeAt(at + 1) << 16);
  return (high | (bytes.charCodeAt(at + 2) << 8) | bytes.charCodeAt(at + 3)) >>> 0;
}
