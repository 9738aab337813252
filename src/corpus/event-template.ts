import { frameHeaderLength } from '../base/websocket-frame.ts';
import { markerTag, NUMBER_DIGITS, topicTag } from './marker.ts';

/** Seconds since 1970 from 2001 to 2286. */
export const CREATED_AT_DIGITS = 10;
const HEX_32 = '0'.repeat(64);
const HEX_64 = '0'.repeat(128);

/** Where the variable parts of an event stand in one serialisation. */
export interface FieldPositions {
  readonly publicKey: number;
  readonly createdAt: number;
  readonly topic: number;
  readonly number: number;
  readonly offset: number;
}

/** One event in both its serialisations, with blanks of fixed width. */
export interface EventTemplate {
  /** What the id is the hash of (NIP-01): `[0,<pubkey>,<created_at>,<kind>,<tags>,<content>]`. */
  readonly hashInput: Buffer;
  readonly hashFields: FieldPositions;
  /** The client message `["EVENT",{…}]`; its memory starts word-aligned and is padded to whole words. */
  readonly payload: Buffer;
  readonly payloadFields: FieldPositions;
  readonly id: number;
  readonly signature: number;
}

/** Positions inside the serialised tags; they depend on nothing but the fixed widths. */
function tagFields(tagsAt: number): Pick<FieldPositions, 'topic' | 'number' | 'offset'> {
  const topic = tagsAt + '[["t","'.length + topicTag('00000000', 0).lastIndexOf('-') + 1;
  const marker = tagsAt + `[["t","${topicTag('00000000', 0)}"],["rb","`.length;
  const number = marker + '00000000-'.length;
  return { topic, number, offset: number + NUMBER_DIGITS + 1 };
}

/** A message in memory of its own whose first payload byte is word-aligned. */
function alignedCopy(text: string): Buffer {
  const memory = new ArrayBuffer((text.length + 3) & ~3);
  const buffer = Buffer.from(memory, 0, text.length);
  buffer.write(text, 'latin1');
  return buffer;
}

/**
 * The template of events of one kind and content.
 * @param content ASCII without characters that JSON escapes
 */
export function createEventTemplate(runTag: string, kind: number, content: string): EventTemplate {
  const createdAt = '0'.repeat(CREATED_AT_DIGITS);
  const tags = JSON.stringify([
    ['t', topicTag(runTag, 0)],
    ['rb', markerTag(runTag, 0, 0)],
  ]);
  const hashHead = `[0,"${HEX_32}",`;
  const hashTags = `${hashHead}${createdAt},${kind},`;
  const head = '["EVENT",{"id":"';
  const author = `${head}${HEX_32}","pubkey":"`;
  const time = `${author}${HEX_32}","created_at":`;
  const beforeTags = `${time}${createdAt},"kind":${kind},"tags":`;
  const beforeSignature = `${beforeTags}${tags},"content":"${content}","sig":"`;
  return {
    hashInput: Buffer.from(`${hashTags}${tags},"${content}"]`, 'latin1'),
    hashFields: { publicKey: '[0,"'.length, createdAt: hashHead.length, ...tagFields(hashTags.length) },
    payload: alignedCopy(`${beforeSignature}${HEX_64}"}]`),
    payloadFields: { publicKey: author.length, createdAt: time.length, ...tagFields(beforeTags.length) },
    id: head.length,
    signature: beforeSignature.length,
  };
}

/** Memory for a masked frame of that payload whose payload bytes are word-aligned, padded to whole words. */
export function alignedFrame(payloadLength: number): {
  readonly frame: Uint8Array;
  readonly words: Uint32Array;
} {
  const header = frameHeaderLength(payloadLength);
  const start = -header & 3;
  const words = (payloadLength + 3) >>> 2;
  const memory = new ArrayBuffer(start + header + words * 4);
  return {
    frame: new Uint8Array(memory, start, header + payloadLength),
    words: new Uint32Array(memory, start + header, words),
  };
}
