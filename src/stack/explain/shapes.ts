import type { Layout } from './scratch.ts';

/** A shape of query as clients of a relay ask it. */
export interface Shape {
  /** Part of the name of a prepared statement. */
  readonly id: string;
  readonly name: string;
  /** Types of its parameters. */
  readonly types: string;
  /**
   * SQL that draws at most `$1` questions from the sample, in an order that is the same every time: `values` is the
   * text of the parameters.
   */
  readonly questions: string;
  statement(layout: Layout): string;
}

/** Of the sample in an order that has nothing to do with time or author. */
const DRAW = 'ORDER BY md5(s.id::text) LIMIT $1';
const KEYS = `created_at, id`;

/** Arrays of `size` values of a column, as SQL literals. */
function arrays(column: string, size: number): string {
  return `SELECT quote_literal(array_agg(${column})::text) AS values FROM (
    SELECT ${column}, row_number() OVER (ORDER BY md5(s.id::text)) AS n FROM scratch_sample s) AS numbered
  WHERE n <= ${size} * $1 GROUP BY n % $1`;
}

/** Shapes that use the primary key, each of the covering indexes, and the table of tags. */
export const SHAPES: readonly Shape[] = [
  {
    id: 'ids',
    name: '20 ids',
    types: 'bytea[]',
    questions: arrays('id', 20),
    statement: ({ event }) => `SELECT json FROM ${event} WHERE id = ANY ($1)`,
  },
  {
    id: 'author',
    name: 'author and kind, newest 20',
    types: 'bytea, int',
    questions: `SELECT quote_literal(s.pubkey) || ', ' || s.kind AS values FROM scratch_sample s ${DRAW}`,
    statement: ({ event }) =>
      `SELECT json FROM ${event} WHERE pubkey = $1 AND kind = $2 ORDER BY created_at DESC LIMIT 20`,
  },
  {
    id: 'feed',
    name: 'feed of 100 authors, newest 50',
    types: 'bytea[]',
    questions: arrays('pubkey', 100),
    statement: ({ event }) => `SELECT e.json FROM (
      SELECT ${KEYS} FROM ${event} WHERE pubkey = ANY ($1) AND kind = 1 ORDER BY created_at DESC LIMIT 50
    ) k JOIN ${event} e USING (${KEYS})`,
  },
  {
    id: 'kind',
    name: 'kind, newest 100',
    types: 'int',
    questions: `SELECT s.kind::text AS values FROM scratch_sample s ${DRAW}`,
    statement: ({ event }) => `SELECT json FROM ${event} WHERE kind = $1 ORDER BY created_at DESC LIMIT 100`,
  },
  {
    id: 'day',
    name: 'a day of a kind',
    types: 'int, bigint',
    questions: `SELECT s.kind || ', ' || s.created_at AS values FROM scratch_sample s ${DRAW}`,
    statement: ({ event }) => `SELECT json FROM ${event}
      WHERE kind = $1 AND created_at BETWEEN $2 - 86400 AND $2 ORDER BY created_at DESC LIMIT 500`,
  },
  {
    id: 'newest',
    name: 'newest 100',
    types: 'int',
    questions: 'SELECT n::text AS values FROM generate_series(1, $1::int) n',
    statement: ({ event }) => `SELECT json FROM ${event} WHERE $1 > 0 ORDER BY created_at DESC LIMIT 100`,
  },
  {
    id: 'tag',
    name: 'tag, newest 50',
    types: 'bytea',
    questions: `SELECT quote_literal(tag) AS values FROM (
      SELECT DISTINCT tag FROM (SELECT tag FROM scratch_tag ORDER BY md5(tag::text || id::text) LIMIT 4 * $1) AS several
    ) AS drawn LIMIT $1`,
    statement: ({ event, tag }) => `SELECT e.json FROM (
      SELECT ${KEYS} FROM ${tag} WHERE tag = $1 ORDER BY created_at DESC LIMIT 50
    ) k JOIN ${event} e USING (${KEYS})`,
  },
  {
    id: 'count',
    name: 'count of an author and kind',
    types: 'bytea, int',
    questions: `SELECT quote_literal(s.pubkey) || ', ' || s.kind AS values FROM scratch_sample s ${DRAW}`,
    statement: ({ event }) => `SELECT count(*) FROM ${event} WHERE pubkey = $1 AND kind = $2`,
  },
];
