import { hash, randomUUID } from 'node:crypto';
import { eventTexts, type NostrEvent } from '../../nostr/event.ts';
import { authProblem } from '../../nostr/nip42.ts';
import type { Reader } from '../store/store.ts';
import type { Sender } from '../verify/sender.ts';
import type { Verifier } from '../verify/verifier.ts';
import type { Answer } from './ingest.ts';

/** What authentication needs of the relay. */
export interface AuthenticationParts {
  readonly verifier: Verifier;
  /** Host names of the relay. */
  readonly hosts: ReadonlySet<string>;
  readonly nowSeconds: () => number;
}

/** Keys that one connection can authenticate: each costs a comparison in many places. */
const KEYS_MAX = 20;

const NOBODY: readonly string[] = [];

function refuse(message: string): Answer {
  return { accepted: false, message };
}

/** Who the client of one connection has proved to be (NIP-42). */
export class Authentication implements Reader {
  /** Of this connection only, so that an authentication cannot be used on another. */
  readonly challenge = randomUUID();
  readonly #parts: AuthenticationParts;
  #pubkeys = NOBODY;

  constructor(parts: AuthenticationParts) {
    this.#parts = parts;
  }

  /** The keys that have authenticated. */
  get pubkeys(): readonly string[] {
    return this.#pubkeys;
  }

  /** Checks an authentication. @returns the end of its OK */
  async authenticate(event: NostrEvent, sender: Sender): Promise<Answer> {
    const { hosts, nowSeconds, verifier } = this.#parts;
    const problem = authProblem(event, { challenge: this.challenge, hosts, now: nowSeconds() });
    if (problem !== null) return refuse(`invalid: ${problem}`);
    if (hash('sha256', eventTexts(event).signed, 'hex') !== event.id) {
      return refuse('invalid: id is not the hash of the event');
    }
    const verdict = await verifier.verify(event, sender);
    if (verdict === 'overloaded') return refuse('error: overloaded, try again later');
    if (verdict === 'invalid') return refuse('invalid: signature does not verify');
    return this.#admit(event.pubkey);
  }

  #admit(pubkey: string): Answer {
    if (!this.#pubkeys.includes(pubkey)) {
      if (this.#pubkeys.length >= KEYS_MAX) return refuse(`restricted: more than ${KEYS_MAX} keys`);
      this.#pubkeys = [...this.#pubkeys, pubkey];
    }
    return { accepted: true, message: '' };
  }
}
