import * as z from 'zod';
import type { NamedFilter } from './drawn-filters.ts';
import { name } from './fields.ts';
import { filter } from './filter.ts';
import { type Inconsistency, problem } from './inconsistency.ts';
import { isNamed } from './is-named.ts';
import type { ScenarioParts } from './parts.ts';

/**
 * What is drawn for a named shape besides what its filter says: authors who have written little; notes that others have
 * reacted to; who has written to whom; a moment of the corpus's last days, from which on notes are asked for.
 */
export type ShapeDraw = 'quiet-authors' | 'liked-notes' | 'conversation' | 'recent-moment';

interface NamedShape {
  /** As a scenario would spell it. */
  readonly filter: Readonly<Record<string, number | readonly number[]>>;
  readonly draw?: ShapeDraw;
}

/** What a feed loads at once. */
const limit = 500;
/** What people answer a note with: notes, reposts, reactions and zaps. */
const RESPONSES = [1, 6, 7, 9_735];

/** The twelve questions that clients really ask, by what clients show with the answers. */
export const NAMED_SHAPES = {
  /** Everything, the newest first. */
  firehose: { filter: { limit } },
  /** The newest notes of everybody. */
  'global-feed': { filter: { kinds: [1], limit } },
  /** Names and pictures of those who are on the screen. */
  profiles: { filter: { kinds: [0], authors: 50 } },
  /** All that a few people have written who write little: far back in time. */
  'author-archive': { filter: { authors: 3, limit }, draw: 'quiet-authors' },
  /** Notes and reposts of everyone whom one follows. */
  'follow-feed': { filter: { kinds: [1, 6], authors: 150, limit } },
  /** All that was answered to a note. */
  thread: { filter: { kinds: RESPONSES, '#e': 1 } },
  /** All that others have addressed to somebody. */
  notifications: { filter: { kinds: RESPONSES, '#p': 1, limit } },
  /** What one has written to another. */
  conversation: { filter: { kinds: [1], authors: 1, '#p': 1, limit }, draw: 'conversation' },
  /** Reactions to all notes of a screen and more. */
  'reactions-watch': { filter: { kinds: [7], '#e': 150, limit }, draw: 'liked-notes' },
  /** The newest notes with a hashtag. */
  hashtag: { filter: { kinds: [1], '#t': 1, limit } },
  /** Notes that others quote, looked up one by one. */
  'by-ids': { filter: { ids: 100 } },
  /** What is new since one was last there. */
  'recent-window': { filter: { kinds: [1], limit }, draw: 'recent-moment' },
} as const satisfies Record<string, NamedShape>;

export type ShapeName = keyof typeof NAMED_SHAPES;
export const SHAPE_NAMES = Object.keys(NAMED_SHAPES) as readonly ShapeName[];

/** A shape of query, and what is drawn for it besides. */
export interface ShapedFilter extends NamedFilter {
  readonly draw?: ShapeDraw;
}

const weight = z.number().positive().max(1_000_000).default(1).describe('Share among the filters.');

const shaped = (latency: string) =>
  z
    .strictObject({
      name: name
        .optional()
        .describe(
          `Label of this shape in metrics and gates: ${latency}{filter=NAME}; default: its \`shape\`.`,
        ),
      shape: z
        .enum(SHAPE_NAMES, `must be one of ${SHAPE_NAMES.join(', ')}`)
        .optional()
        .describe('One of twelve everyday questions, drawn from the named corpus; in place of `filter`.'),
      weight,
      filter: filter.optional(),
    })
    .transform((asked, context): ShapedFilter => {
      const { shape, filter: spelled, name: label = shape, weight: share } = asked;
      if ((shape === undefined) === (spelled === undefined))
        context.addIssue({ code: 'custom', message: 'needs either a `filter` or the `shape` of one' });
      if (label === undefined) context.addIssue({ code: 'custom', path: ['name'], message: 'is required' });
      const plain = { name: label ?? '', weight: share, filter: spelled ?? {} };
      if (shape === undefined) return plain;
      const { filter: known, draw }: NamedShape = NAMED_SHAPES[shape];
      return { ...plain, filter: filter.parse(known), ...(draw === undefined ? {} : { draw }) };
    });

/** The shapes of filter that queries ask with, named or spelled. @param latency that has a series for each of them */
export const shapedFilters = (latency: string) => z.array(shaped(latency)).min(1).max(100);

/** Named shapes ask for profiles, reactions and conversations: only a named corpus has them. */
export function shapeProblems(
  asked: readonly ShapedFilter[],
  corpus: ScenarioParts['corpus'],
  at: Inconsistency['path'],
): readonly Inconsistency[] {
  if (isNamed(corpus)) return [];
  return asked.flatMap(({ draw }, index) =>
    draw === undefined
      ? []
      : [
          problem(
            [...at, index, 'shape'],
            'is drawn from a named corpus (`corpus.profile` or `corpus.file`)',
          ),
        ],
  );
}
