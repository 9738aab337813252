import { plainPassage } from '../passages.ts';
import { drawQuantile } from '../quantiles.ts';
import type { Draft, Make, Scene } from '../scene.ts';
import { Tags } from '../tags.ts';
import { drawnRelayUrl, hex } from '../text.ts';
import { EMOJI, HASHTAGS } from '../vocabulary.ts';
import { articleAddress, drawArticle } from './article.ts';

/** A reaction to a note (kind 7, NIP-25): mostly `+`. */
export const makeReaction: Make = ({ n, author, createdAt_s, draws, world }) => {
  const target = world.drawNote(draws, n);
  const tags = new Tags();
  if (draws.chance(0.2)) tags.addAll('e', [target.id, drawnRelayUrl(draws)]);
  else tags.add('e', target.id);
  tags.add('p', target.pubkey);
  if (draws.chance(0.3)) tags.add('k', String(target.kind));
  const content = draws.chance(0.6) ? '+' : draws.earlyOf(EMOJI);
  return { kind: 7, key: author, createdAt_s, tags, content };
};

/** A repost (kind 6, NIP-18), mostly with the note inside. */
export const makeRepost: Make = ({ n, author, createdAt_s, draws, world }) => {
  const target = world.drawNote(draws, n);
  const tags = new Tags().addAll('e', [target.id, drawnRelayUrl(draws)]).add('p', target.pubkey);
  const content = draws.chance(0.8) ? JSON.stringify(world.jsonOf(target.n)).slice(1, -1) : '';
  return { kind: 6, key: author, createdAt_s, tags, content };
};

/** A repost of something that is no note (kind 16, NIP-18): an article. */
export const makeGenericRepost: Make = ({ n, author, createdAt_s, draws, world }) => {
  const article = drawArticle(world, draws, n);
  const address = articleAddress(world, article);
  const tags = new Tags().addAll('a', [address, drawnRelayUrl(draws)]).add('k', '30023');
  tags.add('p', world.people.pubkey(article.key));
  return { kind: 16, key: author, createdAt_s, tags, content: '' };
};

/** A comment on an article (kind 1111, NIP-22). */
export const makeComment: Make = ({ n, author, createdAt_s, draws, world }) => {
  const article = drawArticle(world, draws, n);
  const address = articleAddress(world, article);
  const pubkey = world.people.pubkey(article.key);
  const tags = new Tags();
  for (const [a, k, p] of [['A', 'K', 'P'] as const, ['a', 'k', 'p'] as const]) {
    tags
      .addAll(a, [address, drawnRelayUrl(draws)])
      .add(k, '30023')
      .add(p, pubkey);
  }
  return { kind: 1_111, key: author, createdAt_s, tags, content: plainPassage(draws, 20 + draws.int(200)) };
};

/** A highlight of an article (kind 9802, NIP-84). */
export const makeHighlight: Make = ({ n, author, createdAt_s, draws, world }) => {
  const article = drawArticle(world, draws, n);
  const tags = new Tags().add('a', articleAddress(world, article));
  tags.addAll('p', [world.people.pubkey(article.key), '', 'author']);
  return { kind: 9_802, key: author, createdAt_s, tags, content: plainPassage(draws, 60 + draws.int(300)) };
};

const REASONS = ['spam', 'impersonation', 'nudity', 'other'];

/** A report (kind 1984, NIP-56). */
export const makeReport: Make = ({ n, author, createdAt_s, draws, world }) => {
  const target = world.drawNote(draws, n);
  const reason = draws.of(REASONS);
  const tags = new Tags().addAll('e', [target.id, reason]).addAll('p', [target.pubkey, reason]);
  return { kind: 1_984, key: author, createdAt_s, tags, content: '' };
};

const AMOUNTS_SAT = [21, 100, 21, 50, 500, 1_000, 5_000, 210, 69, 420, 10_000, 2_100];

/** A zap receipt with its signed request inside (kinds 9735 and 9734, NIP-57). */
export const makeZapReceipt: Make = (scene) => {
  const { createdAt_s, draws, world } = scene;
  const amount_sat = draws.earlyOf(AMOUNTS_SAT);
  const { draft: request, recipient, target } = zapRequest(scene, amount_sat);
  const tags = new Tags().add('p', recipient).add('e', target);
  tags.add('P', world.people.pubkey(request.key));
  tags.add('bolt11', invoice(scene, amount_sat));
  tags.add('description', JSON.stringify(world.seal(request).json).slice(1, -1));
  if (draws.chance(0.5)) tags.add('preimage', hex(draws, 32));
  return { kind: 9_735, key: world.people.drawService(draws), createdAt_s, tags, content: '' };
};

function zapRequest(
  { n, author, createdAt_s, draws, world }: Scene,
  amount_sat: number,
): { readonly draft: Draft; readonly recipient: string; readonly target: string } {
  const target = world.drawNote(draws, n);
  const tags = new Tags().addAll('relays', [
    drawnRelayUrl(draws),
    drawnRelayUrl(draws),
    drawnRelayUrl(draws),
  ]);
  tags
    .add('amount', String(amount_sat * 1_000))
    .add('p', target.pubkey)
    .add('e', target.id);
  const content = draws.chance(0.25) ? plainPassage(draws, 6 + draws.int(60)) : '';
  const draft = { kind: 9_734, key: author, createdAt_s, tags, content };
  return { draft, recipient: target.pubkey, target: target.id };
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const INVOICE_DATA = [
  [0, 210],
  [1, 290],
] as const;

/** A Lightning invoice of the usual form and length (BOLT 11); nobody can pay it. */
function invoice({ draws }: Scene, amount_sat: number): string {
  let text = `lnbc${amount_sat * 10}n1p`;
  for (let left = drawQuantile(draws, INVOICE_DATA); left > 0; left -= 6) {
    const bits = draws.uint32();
    for (let shift = 0; shift < 30; shift += 5) text += BECH32[(bits >>> shift) & 31];
  }
  return text;
}

/** A zap goal (kind 9041, NIP-75). */
export const makeZapGoal: Make = ({ author, createdAt_s, draws }) => {
  const tags = new Tags().addAll('relays', [drawnRelayUrl(draws), drawnRelayUrl(draws)]);
  tags.add('amount', String((1 + draws.int(100)) * 21_000_000)).add('t', draws.earlyOf(HASHTAGS));
  return { kind: 9_041, key: author, createdAt_s, tags, content: plainPassage(draws, 30 + draws.int(150)) };
};
