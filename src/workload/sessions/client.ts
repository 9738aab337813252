import type { Random } from '../../base/random.ts';
import type { SignedNote } from '../signed-note.ts';
import type { Range } from './plan.ts';

/** A client in its session. */
export interface Client {
  readonly connection: number;
  readonly random: Random;
  /** How long it stays, or stays yet, from the moment at which it is there, ns. */
  readonly stayNs: number;
  /** When it wanted to come and when its handshake began; null for one that was there from the start. */
  readonly came: { readonly scheduledNs: number; readonly begunNs: number; readonly phase: number } | null;
  /** Requests and notes that are under way. */
  pending: number;
  /** Of what it asks first: what is still to come. */
  firstLeft: number;
  /** When it publishes its next note, monotonic ns. */
  writesNs: number;
  /** That note, once it is signed. */
  note: SignedNote | null;
  /** Whether its time is over: it goes as soon as nothing is under way. */
  isLeaving: boolean;
  isGone: boolean;
}

/** What a client is about to do. */
export interface Step {
  readonly client: Client;
  readonly what: 'begin' | 'watch' | 'ask' | 'sign' | 'write' | 'leave';
  readonly dueNs: number;
}

export function newClient(of: Pick<Client, 'connection' | 'random' | 'stayNs' | 'came'>): Client {
  return { ...of, pending: 0, firstLeft: 0, writesNs: 0, note: null, isLeaving: false, isGone: false };
}

/** Evenly distributed. */
export function drawFrom({ from, to }: Range, random: Random): number {
  return from + random.next() * (to - from);
}

/** Evenly distributed whole numbers, both ends included. */
export function drawWhole({ from, to }: Range, random: Random): number {
  return from + random.int(to - from + 1);
}
