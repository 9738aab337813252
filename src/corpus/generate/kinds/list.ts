import { plainPassage } from '../passages.ts';
import { drawQuantile, type Quantiles } from '../quantiles.ts';
import type { Draft, Make, Scene } from '../scene.ts';
import { Tags } from '../tags.ts';
import { hex, nip44, url } from '../text.ts';
import { HASHTAGS } from '../vocabulary.ts';
import { ownerOf } from './profile.ts';

/** Words and topics that somebody mutes; the only lists with thousands of tags that fit into 64 KiB. */
const MUTED_WORDS: Quantiles = [
  [0, 0],
  [0.7, 6],
  [0.95, 60],
  [1, 1_800],
];
const MUTED_PEOPLE: Quantiles = [
  [0, 0],
  [0.7, 6],
  [0.95, 60],
  [1, 300],
];

/** What somebody does not want to see (kind 10000, NIP-51). */
export const makeMuteList: Make = (scene) => {
  const { createdAt_s, draws, world } = scene;
  const tags = new Tags();
  for (const pubkey of world.people.drawCrowd(draws, drawQuantile(draws, MUTED_PEOPLE)))
    tags.add('p', pubkey);
  for (let left = drawQuantile(draws, MUTED_WORDS); left > 0; left--)
    tags.add('word', plainPassage(draws, 3));
  return { kind: 10_000, key: ownerOf(scene), createdAt_s, tags, content: '' };
};

/** Pinned notes (kind 10001) and bookmarks (kind 10003, NIP-51). */
export const makePins: Make = (scene) => notesOf(scene, 10_001);
export const makeBookmarks: Make = (scene) => notesOf(scene, 10_003);

function notesOf(scene: Scene, kind: number): Draft {
  const { n, createdAt_s, draws, world } = scene;
  const tags = new Tags();
  for (let left = 1 + draws.int(10); left > 0; left--) tags.add('e', world.drawNote(draws, n).id);
  return { kind, key: ownerOf(scene), createdAt_s, tags, content: '' };
}

/** Lists that one author may have several of, told apart by `d`. */
const LISTS_PER_AUTHOR = 4;
const MEMBERS: Quantiles = [
  [0, 1],
  [0.8, 30],
  [1, 400],
];

/** A set of people (kind 30000, NIP-51). */
export const makePeopleSet: Make = (scene) => makePeopleSetOf(scene, MEMBERS);

/** The same with a number of members of choice. */
export function makePeopleSetOf(scene: Scene, members: Quantiles): Draft {
  const { author, createdAt_s, draws, world } = scene;
  const tags = new Tags()
    .add('d', `people-${draws.int(LISTS_PER_AUTHOR)}`)
    .add('title', plainPassage(draws, 12));
  for (const pubkey of world.people.drawCrowd(draws, drawQuantile(draws, members))) tags.add('p', pubkey);
  return { kind: 30_000, key: author, createdAt_s, tags, content: '' };
}

/** A set of bookmarks (kind 30003, NIP-51). */
export const makeBookmarkSet: Make = ({ n, author, createdAt_s, draws, world }) => {
  const tags = new Tags()
    .add('d', `saved-${draws.int(LISTS_PER_AUTHOR)}`)
    .add('title', plainPassage(draws, 12));
  for (let left = draws.int(12); left > 0; left--) tags.add('e', world.drawNote(draws, n).id);
  for (let left = draws.int(4); left > 0; left--) tags.add('r', url(draws, ''));
  tags.add('t', draws.earlyOf(HASHTAGS));
  return { kind: 30_003, key: author, createdAt_s, tags, content: '' };
};

const DATA: Quantiles = [
  [0, 40],
  [0.8, 400],
  [1, 4_000],
];

/** Data of a program (kind 30078, NIP-78), encrypted to its owner. */
export const makeAppData: Make = (scene) => makeAppDataOf(scene, DATA);

/** The same with a length of choice. */
export function makeAppDataOf({ author, createdAt_s, draws }: Scene, plainBytes: Quantiles): Draft {
  const tags = new Tags().add('d', `settings-${draws.int(LISTS_PER_AUTHOR)}`);
  const content = nip44(draws, drawQuantile(draws, plainBytes));
  return { kind: 30_078, key: author, createdAt_s, tags, content };
}

/** A draft of an event that is not published yet (kind 31234, NIP-37), encrypted to its owner. */
export const makeDraft: Make = ({ author, createdAt_s, draws }) => {
  const tags = new Tags().add('d', hex(draws, 8)).add('k', draws.chance(0.8) ? '1' : '30023');
  return { kind: 31_234, key: author, createdAt_s, tags, content: nip44(draws, 300 + draws.int(1_500)) };
};
