import type { ShapeName } from '../../scenario/named-shapes.ts';
import type { HABITS } from './metrics.ts';

/** What a client asks: one of the named shapes, or for what was written to itself alone; the label of its latency. */
export type Habit = (typeof HABITS)[number];

/** Gift wraps to the client itself (NIP-17, NIP-59); relays may show them to nobody else. */
export const MESSAGE_KIND = 1_059;
export const MESSAGE_LIMIT = 100;

/** As soon as it is there, and whether the subscription stays open. */
export const FIRST: readonly { readonly habit: Habit; readonly stays: boolean }[] = [
  { habit: 'profiles', stays: false },
  { habit: 'follow-feed', stays: true },
  { habit: 'notifications', stays: true },
  { habit: 'direct-messages', stays: true },
  { habit: 'by-ids', stays: false },
];

/** Subscriptions that stay open from the beginning. */
export const FIRST_STAYING = FIRST.filter(({ stays }) => stays).length;

/** What the further subscriptions that stay open are for: what is on the screen. */
export const WATCHED: readonly ShapeName[] = ['thread', 'reactions-watch', 'hashtag', 'conversation'];

/**
 * What is asked now and then, and how often one to another. That REQs of these shapes are sent is known, not how often each:
 * the weights are an assumption.
 */
export const NOW_AND_THEN: readonly { readonly habit: ShapeName; readonly weight: number }[] = [
  { habit: 'profiles', weight: 6 },
  { habit: 'thread', weight: 6 },
  { habit: 'by-ids', weight: 4 },
  { habit: 'author-archive', weight: 2 },
  { habit: 'recent-window', weight: 2 },
  { habit: 'conversation', weight: 1 },
  { habit: 'hashtag', weight: 1 },
  { habit: 'global-feed', weight: 1 },
  { habit: 'firehose', weight: 0.25 },
];
