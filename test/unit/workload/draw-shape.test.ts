import { describe, expect, it, test } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { CorpusIndex } from '../../../src/corpus/index/corpus-index.ts';
import { filter as filterForm } from '../../../src/scenario/filter.ts';
import { NAMED_SHAPES, SHAPE_NAMES, type ShapeDraw } from '../../../src/scenario/named-shapes.ts';
import { type DrawPools, drawFilter, emptyDraws } from '../../../src/workload/draw-filter.ts';
import { corpusOf } from '../../support/corpus-figures.ts';

const events = corpusOf('social', 3_000);
const index = new CorpusIndex();
for (const event of events) index.add(event);
const { authors, ids, threads, hashtags, words, ...shapes } = index.pools();
const pools: DrawPools = { authors, ids, threads, topics: hashtags, words, shapes };

/** A named shape as a plan has it. */
function shapeOf(name: (typeof SHAPE_NAMES)[number]) {
  const { filter, draw }: { filter: object; draw?: ShapeDraw } = NAMED_SHAPES[name];
  return { filter: filterForm.parse(filter), ...(draw === undefined ? {} : { draw }) };
}

const drawMany = (name: (typeof SHAPE_NAMES)[number]) => {
  const random = createRandom(1, name);
  return Array.from({ length: 30 }, () => drawFilter(shapeOf(name), pools, random));
};

describe('named shapes drawn from a corpus', () => {
  test.each(SHAPE_NAMES)('%s finds something', (name) => {
    const found = drawMany(name).map((filter) => index.answer(filter).length);
    expect(found.filter((count) => count > 0).length).toBeGreaterThan(10);
  });

  it('ask for three authors who have written little', () => {
    const written = (pubkey: string): number => events.filter((event) => event.pubkey === pubkey).length;
    const mean = events.length / authors.length;
    for (const filter of drawMany('author-archive')) {
      expect(filter.authors).toHaveLength(3);
      for (const author of filter.authors ?? []) expect(written(author)).toBeLessThan(mean);
    }
  });

  it('ask for what one has really written to another', () => {
    for (const filter of drawMany('conversation')) expect(index.answer(filter)).not.toEqual([]);
  });

  it('ask for reactions to 150 notes that have some', () => {
    const [filter] = drawMany('reactions-watch');
    expect(filter?.['#e']).toHaveLength(Math.min(150, shapes.liked.length));
    for (const id of filter?.['#e'] ?? []) expect(index.answer({ kinds: [7], '#e': [id] })).not.toEqual([]);
  });

  it('ask for the newest notes since a moment of which there is one', () => {
    for (const filter of drawMany('recent-window')) {
      const found = index.answer(filter);
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThan(index.count({ kinds: [1] }) / 2);
    }
  });

  it('say what there is nothing to draw from', () => {
    const none = { ...pools, shapes: { ...shapes, conversations: [] } };
    expect(emptyDraws([shapeOf('conversation'), shapeOf('thread')], none)).toEqual(['conversation']);
    expect(emptyDraws(SHAPE_NAMES.map(shapeOf), pools)).toEqual([]);
  });
});
