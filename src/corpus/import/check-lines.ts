import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { verifySchnorr } from 'tiny-secp256k1';
import { checkEventShape, eventTexts, type NostrEvent } from '../../nostr/event.ts';
import { parseJson } from '../../nostr/json.ts';
import { type Chunk, ChunkBuilder } from '../chunk.ts';
import { eachLine, type LineBlock } from '../files/line-blocks.ts';
import type { DropReason } from './drop-reasons.ts';
import { isNestedDeeper } from './nesting.ts';

/** A line that was left out. */
export interface Problem {
  readonly line: number;
  readonly reason: DropReason;
  readonly detail: string;
}

/** What became of a block of lines. */
export interface CheckedLines {
  /** The events that are right, in order. */
  readonly chunk: Chunk;
  /** Lines that are not empty. */
  readonly lines: number;
  readonly dropped: Readonly<Partial<Record<DropReason, number>>>;
  /** The first `MAX_PROBLEMS` of the dropped lines. */
  readonly problems: readonly Problem[];
}

/** Lines that are named; the others are counted. */
export const MAX_PROBLEMS = 20;

/** An event has three levels: the object, the tags, a tag. */
const MAX_DEPTH = 8;
const MAX_DETAIL = 120;
/** Space, tab, carriage return. */
const BLANKS = new Set([0x20, 0x09, 0x0d]);

type Verdict =
  | { readonly event: NostrEvent; readonly json: string; readonly reason?: never }
  | { readonly reason: DropReason; readonly detail: string };

/** Checks each line of a block: form, id and signature. Bounded in depth; the length is bounded by the block. */
export function checkLines(block: LineBlock): CheckedLines {
  const builder = new ChunkBuilder(block.lines, block.text.length + block.lines);
  const dropped: Partial<Record<DropReason, number>> = {};
  const problems: Problem[] = [];
  let lines = 0;
  eachLine(block, (bytes, line) => {
    if (isBlank(bytes)) return;
    lines++;
    const verdict = checkLine(bytes);
    if (verdict.reason === undefined) {
      builder.add(columnsOf(verdict.event, verdict.json));
      return;
    }
    const { reason, detail } = verdict;
    dropped[reason] = (dropped[reason] ?? 0) + 1;
    if (problems.length < MAX_PROBLEMS) problems.push({ line, reason, detail: detail.slice(0, MAX_DETAIL) });
  });
  return { chunk: builder.build(), lines, dropped, problems };
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => BLANKS.has(byte));
}

function checkLine(bytes: Buffer): Verdict {
  if (isNestedDeeper(bytes, MAX_DEPTH))
    return { reason: 'too-deep', detail: `more than ${MAX_DEPTH} levels` };
  if (!isUtf8(bytes)) return { reason: 'not-json', detail: 'not UTF-8' };
  const value = parseJson(bytes.toString());
  if (value === undefined) return { reason: 'not-json', detail: 'not JSON' };
  const { event, problem } = checkEventShape(value);
  if (event === undefined) return { reason: 'not-an-event', detail: problem };
  return checkProofs(event);
}

function checkProofs(event: NostrEvent): Verdict {
  const { signed, json } = eventTexts(event);
  const id = hash('sha256', signed, 'hex');
  if (id !== event.id) return { reason: 'wrong-id', detail: `${event.id} should be ${id}` };
  if (!hasValidSignature(event)) return { reason: 'wrong-signature', detail: event.id };
  return { event, json };
}

/** BIP-340; the library throws where the public key is no point of the curve. */
function hasValidSignature({ id, pubkey, sig }: NostrEvent): boolean {
  try {
    return verifySchnorr(Buffer.from(id, 'hex'), Buffer.from(pubkey, 'hex'), Buffer.from(sig, 'hex'));
  } catch {
    return false;
  }
}

function columnsOf(event: NostrEvent, json: string) {
  return {
    id: event.id,
    pubkey: event.pubkey,
    kind: event.kind,
    createdAt_s: event.created_at,
    tagCount: event.tags.length,
    contentBytes: Buffer.byteLength(event.content),
    json,
  };
}
