import { Draws, USE } from '../draws.ts';
import { BLOCK_EVENTS } from '../kind-schedule.ts';
import { plainPassage } from '../passages.ts';
import { drawQuantile, type Quantiles } from '../quantiles.ts';
import type { Draft, Make, Scene, World } from '../scene.ts';
import { Tags } from '../tags.ts';
import { prose, url } from '../text.ts';
import { HASHTAGS } from '../vocabulary.ts';

/** An addressable article: all its versions have one author and one `d`. */
export interface Article {
  readonly number: number;
  readonly key: number;
}

/** Of four events three are new articles and one is a new version of an older one. */
const PER_NEW = 4;

/** Articles of a block of events in profile `social`: a floor of how many there are by then. */
const ARTICLES_PER_BLOCK = 60;

/** Bytes of an article. */
const CONTENT: Quantiles = [
  [0, 800],
  [0.5, 5_000],
  [0.9, 16_000],
  [1, 40_000],
];

/** Article `number`. */
function article(world: World, number: number): Article {
  return { number, key: world.people.drawAuthor(new Draws(world.seed, number, USE.article)) };
}

/** An article that is there by event n, or soon after the beginning of the corpus. */
export function drawArticle(world: World, draws: Draws, n: number): Article {
  const there = Math.max(1, Math.floor(n / BLOCK_EVENTS) * ARTICLES_PER_BLOCK);
  return article(world, draws.int(there));
}

/** The address of an article as in an `a` tag (NIP-01). */
export function articleAddress(world: World, { number, key }: Article): string {
  return `30023:${world.people.pubkey(key)}:${slug(number)}`;
}

function slug(number: number): string {
  return `article-${number}`;
}

/** An article or a new version of one (kind 30023, NIP-23). */
export const makeArticle: Make = (scene) => makeArticleOf(scene, CONTENT);

/** The same with a length of choice. */
export function makeArticleOf({ rank, createdAt_s, draws, world }: Scene, content: Quantiles): Draft {
  const fresh = rank - Math.floor(rank / PER_NEW);
  const isUpdate = rank % PER_NEW === PER_NEW - 1;
  const { number, key } = article(world, isUpdate ? draws.int(fresh) : fresh);
  const tags = new Tags().add('d', slug(number)).add('title', plainPassage(draws, 20 + draws.int(60)));
  tags.add('summary', plainPassage(draws, 60 + draws.int(200))).add('image', url(draws, '.jpg'));
  tags.add('published_at', String(createdAt_s));
  for (let left = draws.int(6); left > 0; left--) tags.add('t', draws.earlyOf(HASHTAGS));
  const body = prose(draws, drawQuantile(draws, content));
  return { kind: 30_023, key, createdAt_s, tags, content: `# ${plainPassage(draws, 30)}\\n\\n${body}` };
}
