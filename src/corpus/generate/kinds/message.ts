import { BACKDATED_S } from '../../spec.ts';
import { drawQuantile, type Quantiles } from '../quantiles.ts';
import type { Draft, Make, Scene } from '../scene.ts';
import { Tags } from '../tags.ts';
import { base64, drawnRelayUrl, nip44, prose } from '../text.ts';

/** Cipher blocks (16 bytes) of a kind 4 message; p50 of the whole event is 506 bytes in the wild. */
const BLOCKS: Quantiles = [
  [0, 1],
  [0.5, 2],
  [0.9, 12],
  [0.99, 60],
  [1, 200],
];

/** A direct message of the old kind (kind 4, NIP-04); its ciphertext is random. */
export const makeDirectMessage: Make = ({ author, createdAt_s, draws, world }) => {
  const tags = new Tags().add('p', world.people.drawPubkey(draws));
  const content = `${base64(draws, 16 * drawQuantile(draws, BLOCKS))}?iv=${base64(draws, 16)}`;
  return { kind: 4, key: author, createdAt_s, tags, content };
};

/** Bytes of a seal, which holds a message: a rumour of a few hundred bytes encrypted, signed and encrypted again. */
const SEAL: Quantiles = [
  [0, 850],
  [0.5, 950],
  [0.9, 1_400],
  [1, 4_000],
];

/**
 * A gift wrap (kind 1059, NIP-59): signed by a key that is used once, dated back. What it holds is random bytes of
 * the right form and length: the seal inside, which has no tags, can't be seen by a relay.
 */
export const makeGiftWrap: Make = (scene) => makeGiftWrapOf(scene, SEAL);

/** The same with a length of choice. */
export function makeGiftWrapOf({ rank, createdAt_s, draws, world }: Scene, plainBytes: Quantiles): Draft {
  return {
    kind: 1_059,
    key: world.people.oneTimeKey(rank),
    createdAt_s: createdAt_s - Math.round(draws.int(BACKDATED_S + 1) * world.timeScale),
    tags: new Tags().add('p', world.people.drawPubkey(draws)),
    content: nip44(draws, drawQuantile(draws, plainBytes)),
  };
}

/** Public rooms; the first ones are the busiest. */
const ROOMS = Array.from({ length: 16 }, (_, room) => (room + 1).toString(16).padStart(2, '0').repeat(32));

/** A message in a public channel (kind 42, NIP-28). */
export const makeChannelMessage: Make = ({ author, createdAt_s, draws, world }) => {
  const tags = new Tags().addAll('e', [draws.earlyOf(ROOMS), drawnRelayUrl(draws), 'root']);
  if (draws.chance(0.3)) tags.add('p', world.people.drawPubkey(draws));
  return { kind: 42, key: author, createdAt_s, tags, content: prose(draws, 4 + draws.int(160)) };
};

/** A message in the chat of a live stream (kind 1311, NIP-53). */
export const makeLiveMessage: Make = ({ author, createdAt_s, draws, world }) => {
  const stream = `30311:${world.people.pubkey(0)}:stream-${draws.int(4)}`;
  const tags = new Tags().addAll('a', [stream, drawnRelayUrl(draws), 'root']);
  return { kind: 1_311, key: author, createdAt_s, tags, content: prose(draws, 2 + draws.int(80)) };
};

/** A remote signer's message (kind 24133, NIP-46): ephemeral. */
export const makeSignerMessage: Make = ({ author, createdAt_s, draws, world }) => {
  const tags = new Tags().add('p', world.people.drawPubkey(draws));
  return { kind: 24_133, key: author, createdAt_s, tags, content: nip44(draws, 60 + draws.int(700)) };
};

const GEOHASH = '0123456789bcdefghjkmnpqrstuvwxyz';

/** A message to whoever is near (kind 20000): ephemeral. */
export const makeNearbyMessage: Make = ({ author, createdAt_s, draws }) => {
  const place = Array.from({ length: 5 }, () => GEOHASH[draws.int(GEOHASH.length)]).join('');
  const tags = new Tags().add('g', place);
  return { kind: 20_000, key: author, createdAt_s, tags, content: prose(draws, 2 + draws.int(80)) };
};
