import assert from 'node:assert/strict';
import { fetchRelayInformation } from '../../src/nostr/nip11-fetch.ts';
import { difficultyOf } from '../../src/nostr/nip13.ts';
import type { Author } from './author.ts';
import { NotApplicable, type Scene, type Statement } from './statement.ts';

/** Above this the work would take longer than a statement may. */
const DIFFICULTY_MAX = 16;

async function difficultyFor(scene: Scene): Promise<number> {
  const { information } = await fetchRelayInformation(scene.url);
  const minimum = information?.limitation?.min_pow_difficulty ?? 0;
  if (minimum > 0 && minimum <= DIFFICULTY_MAX) return minimum;
  throw new NotApplicable(`the relay asks for ${minimum} bits of work`);
}

/** Tries nonces until the id has, or has not, so many zero bits. */
function mine(author: Author, target: number, isWanted: (difficulty: number) => boolean) {
  for (let nonce = 0; ; nonce++) {
    const event = author.sign({ tags: [['nonce', String(nonce), String(target)]] });
    if (isWanted(difficultyOf(event.id))) return event;
  }
}

/** Proof of work: NIP-13. They say nothing about a relay that asks for none. */
export const workStatements: readonly Statement[] = [
  {
    id: 'nip13.enough',
    statement: 'an event with as much work as advertised is accepted',
    level: 'must',
    nip: 13,
    run: async (scene) => {
      const minimum = await difficultyFor(scene);
      const client = await scene.connect();
      await client.publishAll([mine(scene.author(), minimum, (difficulty) => difficulty >= minimum)]);
    },
  },
  {
    id: 'nip13.too-little',
    statement: 'an event with less work is refused with pow:',
    level: 'must',
    nip: 13,
    run: async (scene) => {
      const minimum = await difficultyFor(scene);
      const client = await scene.connect();
      const ok = await client.publish(mine(scene.author(), minimum, (difficulty) => difficulty < minimum));
      assert.deepEqual([ok.accepted, ok.message.startsWith('pow: ')], [false, true]);
    },
  },
  {
    id: 'nip13.commitment',
    statement: 'a lucky id that commits to less is refused with pow:',
    level: 'should',
    nip: 13,
    run: async (scene) => {
      const minimum = await difficultyFor(scene);
      const client = await scene.connect();
      const ok = await client.publish(
        mine(scene.author(), minimum - 1, (difficulty) => difficulty >= minimum),
      );
      assert.deepEqual([ok.accepted, ok.message.startsWith('pow: ')], [false, true]);
    },
  },
];
