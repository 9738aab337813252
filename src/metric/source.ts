/** Which way is better. */
export type Direction = 'lower' | 'higher' | 'neutral';

/** The parts of a scenario that can produce a metric. */
export type Source =
  | 'connections'
  | 'publish'
  | 'query'
  | 'subscribe'
  | 'replies'
  | 'generator'
  | 'answers'
  | 'crossing';
