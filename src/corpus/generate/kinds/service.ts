import { plainPassage } from '../passages.ts';
import type { Make } from '../scene.ts';
import { Tags } from '../tags.ts';
import { drawnRelayUrl, hex, url } from '../text.ts';
import { articleAddress, drawArticle } from './article.ts';

/** Of ten deletions one names an address. */
const BY_ADDRESS = 0.1;

/** A deletion request for something of one's own (kind 5, NIP-09). */
export const makeDeletion: Make = ({ n, createdAt_s, draws, world }) => {
  const tags = new Tags();
  if (draws.chance(BY_ADDRESS)) {
    const article = drawArticle(world, draws, n);
    tags.add('a', articleAddress(world, article)).add('k', '30023');
    return { kind: 5, key: article.key, createdAt_s, tags, content: '' };
  }
  const target = world.drawRegretted(draws, n);
  tags.add('e', target.id);
  if (draws.chance(0.6)) tags.add('k', String(target.kind));
  return { kind: 5, key: target.key, createdAt_s, tags, content: '' };
};

/** Kind 1000, which one program floods the network with. */
export const makeBeacon: Make = ({ author, createdAt_s, draws }) => {
  const tags = new Tags().add('s', hex(draws, 4)).add('v', String(draws.int(100)));
  return { kind: 1_000, key: author, createdAt_s, tags, content: plainPassage(draws, 20 + draws.int(60)) };
};

/** A request for computed recommendations (kind 5300, NIP-90). */
export const makeJobRequest: Make = ({ author, createdAt_s, draws, world }) => {
  const tags = new Tags().add('p', world.people.drawPubkey(draws));
  tags.addAll('param', ['max_results', '50']).addAll('param', ['user', world.people.pubkey(author)]);
  tags.addAll('relays', [drawnRelayUrl(draws), drawnRelayUrl(draws)]);
  return { kind: 5_300, key: author, createdAt_s, tags, content: '' };
};

/** The answer to one (kind 6300, NIP-90): a list of notes as JSON inside the content. */
export const makeJobResult: Make = ({ n, author, createdAt_s, draws, world }) => {
  const notes: string[] = [];
  for (let left = 1 + draws.int(20); left > 0; left--) {
    notes.push(`[\\"e\\",\\"${world.drawNote(draws, n).id}\\"]`);
  }
  const tags = new Tags().add('e', hex(draws, 32)).add('p', world.people.drawPubkey(draws));
  return { kind: 6_300, key: author, createdAt_s, tags, content: `[${notes.join(',')}]` };
};

/** The description of a file (kind 1063, NIP-94). */
export const makeFile: Make = ({ author, createdAt_s, draws }) => {
  const tags = new Tags().add('url', url(draws, '.jpg')).add('m', 'image/jpeg').add('x', hex(draws, 32));
  tags.add('size', String(10_000 + draws.int(5_000_000)));
  return { kind: 1_063, key: author, createdAt_s, tags, content: plainPassage(draws, 10 + draws.int(100)) };
};
