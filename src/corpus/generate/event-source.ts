import type { ChunkEvent } from '../chunk.ts';
import { CORPUS_SPAN_S, type CorpusSalt, type CorpusSpec, type ProfileName } from '../spec.ts';
import { drawEarlier } from './attention.ts';
import { Draws, USE } from './draws.ts';
import { KeptTargets } from './kept-targets.ts';
import { BLOCK_EVENTS, KindSchedule } from './kind-schedule.ts';
import { People } from './people.ts';
import { heavy } from './profiles/heavy.ts';
import type { CorpusProfile, Slot } from './profiles/profile.ts';
import { social } from './profiles/social.ts';
import { uniform } from './profiles/uniform.ts';
import type { Draft, Sealed, Target, World } from './scene.ts';
import { Sealer } from './sealer.ts';

const PROFILES: Readonly<Record<ProfileName, CorpusProfile>> = { social, uniform, heavy };

const MIN_AUTHORS = 8;

/**
 * The events of a corpus by number. Event n is a pure function of the specification and n, whatever was asked for
 * before: what it refers to is made again where it is not at hand. Memory does not grow. Numbers beyond the
 * specification's `events` go on at the same pace after the base time, without an end.
 */
export class EventSource implements World {
  readonly seed: number;
  readonly people: People;
  readonly timeScale: number;
  readonly #salt: CorpusSalt | undefined;
  readonly #start_s: number;
  readonly #spacing_s: number;
  readonly #slots: readonly Slot[];
  readonly #schedule: KindSchedule;
  readonly #sealer: Sealer;
  readonly #kept: KeptTargets;

  constructor({ profile, seed, events, baseTime_s, span_s = CORPUS_SPAN_S, salt }: CorpusSpec) {
    const { slots, authorShare, skewedAuthors } = PROFILES[profile];
    this.seed = seed;
    this.#slots = slots;
    this.timeScale = span_s / CORPUS_SPAN_S;
    this.#salt = salt;
    this.#start_s = baseTime_s - span_s;
    this.#spacing_s = span_s / events;
    this.people = new People({
      seed,
      authors: Math.max(MIN_AUTHORS, Math.round((events / BLOCK_EVENTS) * authorShare)),
      oneTimeKeys: oneTimeKeys(slots, events),
      skewed: skewedAuthors,
    });
    const shares = slots.map(({ share }) => share);
    this.#schedule = new KindSchedule(seed, shares, 0);
    this.#sealer = new Sealer(seed, this.people.keys);
    this.#kept = new KeptTargets((key) => this.people.pubkey(key));
  }

  /** Event n, below 2^32. */
  event(n: number): ChunkEvent {
    const draft = this.#draft(n);
    const { id, json } = this.#sealer.seal(draft);
    const { pubkey } = this.#keep(n, draft, id);
    const { kind, createdAt_s, tags, content } = draft;
    return {
      id,
      json,
      pubkey,
      kind,
      createdAt_s,
      tagCount: tags.count,
      contentBytes: unescapedBytes(content),
    };
  }

  drawNote(draws: Draws, n: number): Target {
    return this.#drawTarget(draws, n, 'isNote');
  }

  drawRegretted(draws: Draws, n: number): Target {
    return this.#drawTarget(draws, n, 'isRegrettable');
  }

  jsonOf(n: number): string {
    return this.#sealer.seal(this.#draft(n)).json;
  }

  seal(draft: Draft): Sealed {
    return this.#sealer.seal(draft);
  }

  /** Event 0 serves both purposes, so the search ends. */
  #drawTarget(draws: Draws, n: number, purpose: 'isNote' | 'isRegrettable'): Target {
    let at = drawEarlier(draws, n);
    while (this.#slots[this.#schedule.slotOf(at)]?.[purpose] !== true) at--;
    return this.#targetAt(at);
  }

  #targetAt(n: number): Target {
    const kept = this.#kept.get(n);
    if (kept !== null) return kept;
    const draft = this.#draft(n);
    return this.#keep(n, draft, this.#sealer.idOf(draft));
  }

  #keep(n: number, { kind, key, root = null }: Draft, id: string): Target {
    const target = { n, id, key, pubkey: this.people.pubkey(key), kind, root };
    this.#kept.put(target);
    return target;
  }

  #draft(n: number): Draft {
    const { slot, rank } = this.#schedule.placeOf(n);
    const draws = new Draws(this.seed, n, USE.event);
    const createdAt_s = Math.floor(this.#start_s + (n + draws.unit()) * this.#spacing_s);
    const author = this.people.drawAuthor(draws);
    const { make } = this.#slots[slot] as Slot;
    const draft = make({ n, rank, createdAt_s, author, draws, world: this });
    if (this.#salt !== undefined && n >= this.#salt.from) draft.tags.add('rb', this.#salt.text);
    return draft;
  }
}

function oneTimeKeys(slots: readonly Slot[], events: number): number {
  const share = slots.find(({ hasOneTimeKey }) => hasOneTimeKey)?.share ?? 0;
  return Math.ceil(events / BLOCK_EVENTS) * share;
}

/** Bytes of what the inside of a JSON string stands for; every escape here is of two characters for one. */
function unescapedBytes(escaped: string): number {
  let bytes = Buffer.byteLength(escaped);
  for (let at = escaped.indexOf('\\'); at >= 0; at = escaped.indexOf('\\', at + 2)) bytes--;
  return bytes;
}
