import type { Draws } from '../draws.ts';
import { makeArticleOf } from '../kinds/article.ts';
import { makeAppDataOf, makePeopleSetOf } from '../kinds/list.ts';
import { makeGiftWrapOf } from '../kinds/message.ts';
import { ownerOf } from '../kinds/profile.ts';
import { drawQuantile, type Quantiles } from '../quantiles.ts';
import type { Make } from '../scene.ts';
import { Tags } from '../tags.ts';
import { drawnRelayUrl, prose } from '../text.ts';
import type { CorpusProfile } from './profile.ts';

const NOTE_BYTES: Quantiles = [
  [0, 1_000],
  [0.8, 6_000],
  [1, 20_000],
];
const ARTICLE_BYTES: Quantiles = [
  [0, 4_000],
  [0.8, 20_000],
  [1, 60_000],
];
const MENTIONED: Quantiles = [
  [0, 20],
  [0.8, 150],
  [1, 800],
];
/** 1,700 people are 121 kB: below the 128 KiB that many relays take. */
const FOLLOWS: Quantiles = [
  [0, 100],
  [0.7, 500],
  [1, 1_700],
];
const DATA_BYTES: Quantiles = [
  [0, 2_000],
  [0.8, 16_000],
  [1, 60_000],
];

const makeBigNote: Make = ({ author, createdAt_s, draws }) => {
  return { kind: 1, key: author, createdAt_s, tags: new Tags(), content: big(draws, NOTE_BYTES) };
};

/** A reply that mentions everybody. */
const makeCrowdedReply: Make = ({ n, author, createdAt_s, draws, world }) => {
  const target = world.drawNote(draws, n);
  const root = target.root ?? target;
  const tags = new Tags().addAll('e', [root.id, drawnRelayUrl(draws), 'root']);
  if (target.root !== null) tags.addAll('e', [target.id, drawnRelayUrl(draws), 'reply']);
  for (const pubkey of world.people.drawCrowd(draws, drawQuantile(draws, MENTIONED))) tags.add('p', pubkey);
  return { kind: 1, key: author, createdAt_s, tags, content: prose(draws, draws.int(300)), root };
};

const makeBigContactList: Make = (scene) => {
  const { createdAt_s, draws, world } = scene;
  const tags = new Tags();
  for (const pubkey of world.people.drawCrowd(draws, drawQuantile(draws, FOLLOWS))) tags.add('p', pubkey);
  return { kind: 3, key: ownerOf(scene), createdAt_s, tags, content: '' };
};

function big(draws: Draws, bytes: Quantiles): string {
  return prose(draws, drawQuantile(draws, bytes));
}

/** Long texts, huge lists, big ciphertexts: events of 1 to 128 KiB, for the paths that small ones never take. */
export const heavy: CorpusProfile = {
  slots: [
    { share: 4_000, make: makeBigNote, isNote: true, isRegrettable: true },
    { share: 2_000, make: makeCrowdedReply, isNote: true, isRegrettable: true },
    { share: 1_000, make: (scene) => makeArticleOf(scene, ARTICLE_BYTES) },
    { share: 1_000, make: makeBigContactList },
    { share: 1_000, make: (scene) => makePeopleSetOf(scene, FOLLOWS) },
    { share: 500, make: (scene) => makeAppDataOf(scene, DATA_BYTES) },
    { share: 500, make: (scene) => makeGiftWrapOf(scene, DATA_BYTES), hasOneTimeKey: true },
  ],
  authorShare: 378,
  skewedAuthors: true,
};
