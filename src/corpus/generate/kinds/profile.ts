import { plainPassage } from '../passages.ts';
import { drawQuantile, type Quantiles } from '../quantiles.ts';
import type { Make, Scene } from '../scene.ts';
import { Tags } from '../tags.ts';
import { drawnRelayUrl, personName, prose, url } from '../text.ts';

/** Of five events four are somebody's first, in the order of the authors, and one replaces an older one. */
const PER_UPDATE = 5;

/** Whose profile or list this is: everybody has one in the end, and those who write much update often. */
export function ownerOf({ rank, author, world }: Scene): number {
  if (rank % PER_UPDATE === PER_UPDATE - 1) return author;
  return (rank - Math.floor(rank / PER_UPDATE)) % world.people.authors;
}

/** A profile or a new version of it (kind 0). */
export const makeProfile: Make = (scene) => {
  const { createdAt_s, draws } = scene;
  const name = personName(draws);
  const fields = [
    `\\"name\\":\\"${name}\\"`,
    `\\"display_name\\":\\"${plainPassage(draws, 4 + draws.int(16))}\\"`,
  ];
  fields.push(`\\"about\\":\\"${about(scene)}\\"`);
  fields.push(`\\"picture\\":\\"${url(draws, '.jpg')}\\"`);
  if (draws.chance(0.4)) fields.push(`\\"banner\\":\\"${url(draws, '.jpg')}\\"`);
  if (draws.chance(0.4)) fields.push(`\\"nip05\\":\\"${name}@social.example\\"`);
  if (draws.chance(0.4)) fields.push(`\\"lud16\\":\\"${name}@wallet.example\\"`);
  if (draws.chance(0.3)) fields.push(`\\"website\\":\\"${url(draws, '')}\\"`);
  const content = `{${fields.join(',')}}`;
  return { kind: 0, key: ownerOf(scene), createdAt_s, tags: new Tags(), content };
};

/** The profile is JSON inside JSON: what is escaped once must be escaped twice. */
function about({ draws }: Scene): string {
  return JSON.stringify(prose(draws, 10 + draws.int(300))).slice(1, -1);
}

/** How many people somebody follows: a few for most, hundreds for some. */
const FOLLOWS: Quantiles = [
  [0, 0],
  [0.5, 6],
  [0.8, 20],
  [0.94, 80],
  [0.99, 330],
  [1, 880],
];

/** A contact list or a new version of it (kind 3, NIP-02). */
export const makeContactList: Make = (scene) => {
  const { createdAt_s, draws, world } = scene;
  const tags = new Tags();
  for (const pubkey of world.people.drawCrowd(draws, drawQuantile(draws, FOLLOWS))) tags.add('p', pubkey);
  return { kind: 3, key: ownerOf(scene), createdAt_s, tags, content: '' };
};

/** Where somebody reads and writes (kind 10002, NIP-65). */
export const makeRelayList: Make = (scene) => {
  const { createdAt_s, draws } = scene;
  const tags = new Tags();
  for (let left = 2 + draws.int(8); left > 0; left--) {
    const use = draws.unit();
    if (use < 0.6) tags.add('r', drawnRelayUrl(draws));
    else tags.addAll('r', [drawnRelayUrl(draws), use < 0.8 ? 'read' : 'write']);
  }
  return { kind: 10_002, key: ownerOf(scene), createdAt_s, tags, content: '' };
};

/** Where somebody wants private messages (kind 10050, NIP-17). */
export const makeInboxList: Make = (scene) => {
  const { createdAt_s, draws } = scene;
  const tags = new Tags();
  for (let left = 1 + draws.int(3); left > 0; left--) tags.add('relay', drawnRelayUrl(draws));
  return { kind: 10_050, key: ownerOf(scene), createdAt_s, tags, content: '' };
};
