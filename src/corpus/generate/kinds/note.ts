import type { Draws } from '../draws.ts';
import { plainPassage } from '../passages.ts';
import { drawQuantile, type Quantiles } from '../quantiles.ts';
import type { Make, Target, World } from '../scene.ts';
import { Tags } from '../tags.ts';
import { drawnRelayUrl, prose, url } from '../text.ts';
import { HASHTAGS } from '../vocabulary.ts';

/** Bytes of the content of notes; half of them are below 90. */
const CONTENT: Quantiles = [
  [0, 2],
  [0.1, 12],
  [0.25, 36],
  [0.5, 86],
  [0.75, 190],
  [0.9, 420],
  [0.99, 2_400],
  [1, 10_000],
];
/** Replies are shorter. */
const REPLY_CONTENT: Quantiles = [
  [0, 2],
  [0.1, 10],
  [0.5, 80],
  [0.9, 300],
  [0.99, 1_000],
  [1, 3_000],
];
/** Tags of a root note. */
const TAGS: Quantiles = [
  [0, 0],
  [0.2, 0],
  [0.5, 4],
  [0.9, 7],
  [0.99, 12],
  [1, 30],
];
/** Shares of the tags of a root note: who is mentioned, what about, a page, a picture, the program. */
const MENTIONS = 0.54;
const TOPICS = 0.84;
const PAGES = 0.9;
const PICTURES = 0.95;
/** Notes with an address in the text. */
const URL_SHARE = 0.11;
const CLIENTS = ['Alder', 'Birch', 'Cedar', 'Dogwood', 'Elm', 'Fir'];

/** One in so many notes expires (NIP-40): ten years later, so that the corpus means the same in every year. */
const EXPIRING = 150;
const EXPIRY_S = 10 * 365 * 86_400;

/** A note that begins a thread (kind 1). */
export const makeNote: Make = ({ author, createdAt_s, draws, world }) => {
  const tags = new Tags();
  let content = prose(draws, drawQuantile(draws, CONTENT));
  for (let left = drawQuantile(draws, TAGS); left > 0; left--) addSubject(tags, draws, world);
  if (draws.chance(URL_SHARE)) content += `\\n${url(draws, draws.chance(0.6) ? '.jpg' : '')}`;
  if (draws.int(EXPIRING) === 0) tags.add('expiration', String(createdAt_s + EXPIRY_S));
  return { kind: 1, key: author, createdAt_s, tags, content };
};

function addSubject(tags: Tags, draws: Draws, world: World): void {
  const what = draws.unit();
  if (what < MENTIONS) tags.add('p', world.people.drawPubkey(draws));
  else if (what < TOPICS) tags.add('t', draws.earlyOf(HASHTAGS));
  else if (what < PAGES) tags.add('r', url(draws, ''));
  else if (what < PICTURES) addPicture(tags, draws);
  else tags.add('client', draws.of(CLIENTS));
}

/** Inline metadata of a picture (NIP-92). */
function addPicture(tags: Tags, draws: Draws): void {
  const size = `dim ${400 + draws.int(3_000)}x${400 + draws.int(3_000)}`;
  tags.addAll('imeta', [`url ${url(draws, '.jpg')}`, 'm image/jpeg', size, `alt ${plainPassage(draws, 24)}`]);
}

/** A reply (kind 1, tags as NIP-10 says): root and parent, then everybody concerned. */
export const makeReply: Make = ({ n, author, createdAt_s, draws, world }) => {
  const parent = world.drawNote(draws, n);
  const root = parent.root ?? parent;
  const tags = new Tags();
  addThread(tags, parent, drawnRelayUrl(draws));
  tags.add('p', parent.pubkey);
  if (root.pubkey !== parent.pubkey) tags.add('p', root.pubkey);
  for (let left = draws.chance(0.5) ? draws.int(4) : 0; left > 0; left--) {
    tags.add('p', world.people.drawPubkey(draws));
  }
  if (draws.chance(0.3)) tags.add('client', draws.of(CLIENTS));
  let content = prose(draws, drawQuantile(draws, REPLY_CONTENT));
  if (draws.chance(URL_SHARE)) content += ` ${url(draws, '')}`;
  return { kind: 1, key: author, createdAt_s, tags, content, root };
};

function addThread(tags: Tags, parent: Target, relay: string): void {
  if (parent.root === null) {
    tags.addAll('e', [parent.id, relay, 'root', parent.pubkey]);
    return;
  }
  tags.addAll('e', [parent.root.id, relay, 'root']);
  tags.addAll('e', [parent.id, relay, 'reply', parent.pubkey]);
}
