import { frameHeaderLength } from '../base/websocket-frame.ts';
import { kindClass } from '../nostr/kinds.ts';
import { markerTag, NUMBER_DIGITS, OFFSET_DIGITS, topicTag } from './marker.ts';
import { NONCE_DIGITS } from './mine.ts';

/** Seconds since 1970 from 2001 to 2286. */
export const CREATED_AT_DIGITS = 10;
const HEX_32 = '0'.repeat(64);
const HEX_64 = '0'.repeat(128);

/** What addressable events of one author share: each key is one address. */
const ADDRESS = ['d', 'relay-bench'];

/** Where the variable parts of an event stand in one serialisation. */
export interface FieldPositions {
  readonly publicKey: number;
  readonly createdAt: number;
  readonly topic: number;
  readonly number: number;
  readonly offset: number;
  /** Of the work (NIP-13); of no meaning where an event carries none. */
  readonly nonce: number;
}

/** One event in both its serialisations, with blanks of fixed width. */
export interface EventTemplate {
  /**
   * What the id is the hash of (NIP-01): `[0,<pubkey>,<created_at>,<kind>,<tags>,<content>]`. In this and in
   * the payload the public key starts at a whole word, so that it can be patched by words.
   */
  readonly hashInput: Buffer;
  readonly hashFields: FieldPositions;
  /** The client message `["EVENT",{…}]`. */
  readonly payload: Buffer;
  readonly payloadFields: FieldPositions;
  readonly id: number;
  readonly signature: number;
}

/** Positions inside the serialised tags; they depend on nothing but the fixed widths. */
function tagFields(tagsAt: number): Pick<FieldPositions, 'topic' | 'number' | 'offset' | 'nonce'> {
  const topic = tagsAt + '[["t","'.length + topicTag('00000000', 0).lastIndexOf('-') + 1;
  const marker = tagsAt + `[["t","${topicTag('00000000', 0)}"],["rb","`.length;
  const number = marker + '00000000-'.length;
  const offset = number + NUMBER_DIGITS + 1;
  return { topic, number, offset, nonce: offset + OFFSET_DIGITS + '"],["nonce","'.length };
}

/** Masking runs over four words at a time. */
const STRIDE_BYTES = 16;

function wholeStrides(bytes: number): number {
  return Math.ceil(bytes / STRIDE_BYTES) * STRIDE_BYTES;
}

/** A text at the start of memory of its own, which is padded so that masking needs no special end. */
function alignedCopy(text: string): Buffer {
  const buffer = Buffer.from(new ArrayBuffer(wholeStrides(text.length)), 0, text.length);
  buffer.write(text, 'latin1');
  return buffer;
}

/**
 * The template of events of one kind and content.
 * @param content ASCII without characters that JSON escapes
 * @param work leading zero bits that the events commit to (NIP-13); 0 for none
 */
export function createEventTemplate(
  runTag: string,
  kind: number,
  content: string,
  work: number,
): EventTemplate {
  const createdAt = '0'.repeat(CREATED_AT_DIGITS);
  const tags = JSON.stringify([
    ['t', topicTag(runTag, 0)],
    ['rb', markerTag(runTag, 0, 0)],
    ...(work === 0 ? [] : [['nonce', '0'.repeat(NONCE_DIGITS), String(work)]]),
    ...(kindClass(kind) === 'addressable' ? [ADDRESS] : []),
  ]);
  const hashHead = `[0,"${HEX_32}",`;
  const hashTags = `${hashHead}${createdAt},${kind},`;
  const head = '["EVENT",{"id":"';
  const author = `${head}${HEX_32}","pubkey":"`;
  const time = `${author}${HEX_32}","created_at":`;
  const beforeTags = `${time}${createdAt},"kind":${kind},"tags":`;
  const beforeSignature = `${beforeTags}${tags},"content":"${content}","sig":"`;
  return {
    hashInput: alignedCopy(`${hashTags}${tags},"${content}"]`),
    hashFields: { publicKey: '[0,"'.length, createdAt: hashHead.length, ...tagFields(hashTags.length) },
    payload: alignedCopy(`${beforeSignature}${HEX_64}"}]`),
    payloadFields: { publicKey: author.length, createdAt: time.length, ...tagFields(beforeTags.length) },
    id: head.length,
    signature: beforeSignature.length,
  };
}

/** Bytes of the message that publishes an event of this kind without a content: what is added is the content's own. */
export function messageBytesAround(kind: number, work: number): number {
  return createEventTemplate('0'.repeat(8), kind, '', work).payload.length;
}

/** A masked frame in memory of its own and the words that hold its payload, with the template's padding. */
export interface AlignedFrame {
  readonly frame: Uint8Array;
  readonly words: Uint32Array;
}

/** Memory for masked frames of that payload length. */
export function alignedFrame(payloadLength: number): AlignedFrame {
  const header = frameHeaderLength(payloadLength);
  const start = -header & 3;
  const padded = wholeStrides(payloadLength);
  const memory = new ArrayBuffer(start + header + padded);
  return {
    frame: new Uint8Array(memory, start, header + payloadLength),
    words: new Uint32Array(memory, start + header, padded / 4),
  };
}
