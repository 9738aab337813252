import { type Entries, entriesOf } from './sets.ts';

/** The parts of a scenario that can produce a metric, with what a gate on one of them needs. */
export const SOURCES = entriesOf('sources');

export type Source = keyof Entries<'sources'>;
