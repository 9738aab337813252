import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { checkEventShape, eventId, eventTexts, type NostrEvent } from '../../nostr/event.ts';
import { parseJson } from '../../nostr/json.ts';
import { checkProofs } from '../../nostr/proofs.ts';
import type { VerifySchnorr } from '../../nostr/schnorr.ts';
import { type Chunk, ChunkBuilder } from '../chunk.ts';
import { eachLine, type LineBlock } from '../files/line-blocks.ts';
import type { DropReason } from './drop-reasons.ts';
import { isNestedDeeper } from './nesting.ts';

/** A line that was left out. */
export interface LineProblem {
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
  /** Lines that were WebSocket messages around an event. */
  readonly messages: number;
  /** Events whose id is the hash of the text with control characters verbatim. */
  readonly verbatimIds: number;
  /** The first `MAX_PROBLEMS` of the dropped lines. */
  readonly problems: readonly LineProblem[];
}

/** Lines that are named; the others are counted. */
export const MAX_PROBLEMS = 20;

/** An event has three levels: the object, the tags, a tag. */
const MAX_DEPTH = 8;
const MAX_DETAIL = 120;
/** Space, tab, carriage return. */
const BLANKS = new Set([0x20, 0x09, 0x0d]);
const OPENING_BRACKET = 0x5b;

type Verdict =
  | {
      readonly event: NostrEvent;
      readonly json: string;
      readonly isVerbatim: boolean;
      readonly reason?: never;
    }
  | { readonly reason: DropReason; readonly detail: string };

/**
 * Checks each line of a block: form, id and signature. Bounded in depth; the length is bounded by the block.
 * @param verifies what checks signatures
 */
export function checkLines(block: LineBlock, verifies: VerifySchnorr): CheckedLines {
  const builder = new ChunkBuilder(block.lines, block.text.length + block.lines);
  const dropped: Partial<Record<DropReason, number>> = {};
  const problems: LineProblem[] = [];
  const found = { lines: 0, messages: 0, verbatimIds: 0 };
  eachLine(block, (bytes, line) => {
    if (isBlank(bytes)) return;
    found.lines++;
    const verdict = checkLine(bytes, verifies);
    if (verdict.reason === undefined) {
      builder.add(columnsOf(verdict.event, verdict.json));
      found.verbatimIds += Number(verdict.isVerbatim);
      found.messages += Number(isMessage(bytes));
      return;
    }
    const { reason, detail } = verdict;
    dropped[reason] = (dropped[reason] ?? 0) + 1;
    if (problems.length < MAX_PROBLEMS) problems.push({ line, reason, detail: detail.slice(0, MAX_DETAIL) });
  });
  return { chunk: builder.build(), dropped, problems, ...found };
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => BLANKS.has(byte));
}

function checkLine(bytes: Buffer, verifies: VerifySchnorr): Verdict {
  if (isNestedDeeper(bytes, MAX_DEPTH))
    return { reason: 'too-deep', detail: `more than ${MAX_DEPTH} levels` };
  if (!isUtf8(bytes)) return { reason: 'not-json', detail: 'not UTF-8' };
  const text = bytes.toString();
  const verdict = checkText(text, verifies);
  if (verdict.reason !== 'not-json' && verdict.reason !== 'wrong-id') return verdict;
  const doubled = DOUBLED.find(({ undo }) => isEvent(undo(text)));
  return doubled === undefined ? verdict : { reason: 'escaped-again', detail: doubled.detail };
}

/** What exports of tables do to the JSON in a column. */
const DOUBLED = [
  {
    undo: (text: string) => text.replaceAll('\\\\', '\\'),
    detail: 'its backslashes are doubled, as COPY of Postgres writes them',
  },
  {
    undo: (text: string) => text.trim().replace(/^"|"$/g, '').replaceAll('""', '"'),
    detail: 'its quotes are doubled, as CSV has them',
  },
];

/** Whether a text is an event with the right id. */
function isEvent(text: string): boolean {
  const { event } = checkEventShape(unwrapped(parseJson(text)));
  return event !== undefined && eventId(event) === event.id;
}

function checkText(text: string, verifies: VerifySchnorr): Verdict {
  const value = unwrapped(parseJson(text));
  if (value === undefined) return { reason: 'not-json', detail: 'not JSON' };
  const { event, problem } = checkEventShape(value);
  if (event === undefined) return { reason: 'not-an-event', detail: problem };
  return checkEvent(event, verifies);
}

/** The event in a message of a client (`["EVENT",{…}]`) or of a relay (`["EVENT","sub",{…}]`); else the value itself. */
function unwrapped(value: unknown): unknown {
  if (!Array.isArray(value) || value[0] !== 'EVENT') return value;
  return typeof value[1] === 'string' ? value[2] : value[1];
}

function isMessage(bytes: Buffer): boolean {
  return bytes[bytes.findIndex((byte) => !BLANKS.has(byte))] === OPENING_BRACKET;
}

function checkEvent(event: NostrEvent, verifies: VerifySchnorr): Verdict {
  const { signed, json } = eventTexts(event);
  const proofs = checkProofs(event, { verifies, signed });
  switch (proofs) {
    case 'wrong-id':
      return { reason: proofs, detail: `${event.id} should be ${hash('sha256', signed, 'hex')}` };
    case 'wrong-signature':
      return { reason: proofs, detail: event.id };
    default:
      return { event, json, isVerbatim: proofs === 'valid-verbatim' };
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
