import { createRandom } from '../../base/random.ts';
import { ownedConnections, targetOf } from '../../plan/split.ts';
import { numberedSubscription } from '../../wire/subscription-id.ts';
import { type Claims, type CreatePart, IdlePart, type Prepared, type WorkerContext } from '../worker-part.ts';
import { Addresses } from './addresses.ts';
import type { SurvivorsPlan } from './plan.ts';
import { type FoundSurvivor, type Place, readBack } from './read-back.ts';
import { Reader, SURVIVORS_LETTER } from './reader.ts';

/** Reading back what survives, in the one worker of a run that does. */
class SurvivorsPart extends IdlePart {
  readonly #context: WorkerContext;
  readonly #addresses = new Addresses();
  readonly #reader: Reader;

  constructor({ timeoutMs }: SurvivorsPlan, context: WorkerContext) {
    super();
    const nextMask = createRandom(context.plan.seed, 'survivor-masks').uint32;
    this.#context = context;
    this.#reader = new Reader({ send: context.connections.send, nextMask, timeoutMs });
  }

  override get claims(): Claims {
    return {
      subscriptions: [{ letter: SURVIVORS_LETTER, isNumbered: true, owner: this.#reader }],
      oks: [],
    };
  }

  override async prepare(): Promise<Prepared> {
    this.#context.shared.fates.push(this.#addresses);
    return { problems: [], tally: null };
  }

  override onConnectionClosed(connection: number): void {
    this.#reader.onConnectionClosed(connection);
  }

  override async drained(): Promise<void> {
    const addresses = [...this.#addresses.all.values()];
    for (const found of await readBack(this.#reader, addresses, this.#places())) this.#count(found);
  }

  /** One open connection for each relay process, or for each target where nobody knows the processes. */
  #places(): readonly Place[] {
    const { plan, shard, connections } = this.#context;
    const places = new Map<string, Place>();
    for (const connection of ownedConnections({ first: 0, count: plan.connections.count }, shard)) {
      if (!connections.isOpen(connection)) continue;
      const relay = connections.relayOf(connection);
      const key = relay < 0 ? `target ${targetOf(plan, connection)}` : `relay ${relay}`;
      if (!places.has(key)) places.set(key, { connection });
    }
    return [...places.values()];
  }

  #count({ address, connection, filter, left, outcome }: FoundSurvivor): void {
    const { sink, cases, currentPhase } = this.#context;
    if (outcome === 'foreign') return;
    if (outcome === 'unread') {
      sink.count(currentPhase(), 'survivors_unread');
      return;
    }
    sink.count(currentPhase(), 'survivors_checked');
    if (outcome === 'right') return;
    sink.countWord(currentPhase(), 'survivors_wrong', outcome);
    const { newest, kind } = address;
    cases.add('survivors_wrong', {
      connection,
      subscription: numberedSubscription(SURVIVORS_LETTER, 0),
      filter,
      expected: newest === null ? [] : [{ id: newest.id, kind }],
      got: left.map(({ id }) => ({ id, kind })),
      reason: outcome,
    });
  }
}

export const createSurvivorsPart: CreatePart<SurvivorsPlan> = (plan, context) =>
  new SurvivorsPart(plan, context);
