import type { Filter, TagCondition } from '../../../nostr/filter.ts';
import { Conditions } from './conditions.ts';
import { keyConditions } from './filter-conditions.ts';
import type { Statement } from './filter-sql.ts';
import { tagKey } from './keys.ts';

/** So many events of a tag are counted: what has more is common. */
export const SAMPLED_MAX = 1_000;

/** How many events have each of some tags, up to {@link SAMPLED_MAX}: one number a condition, in one row. */
export function rarityStatement(tags: readonly TagCondition[], { since, until }: Filter): Statement {
  const conditions = new Conditions();
  const range: Filter = {
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
  const counts = tags.map(({ name, values }) => {
    const keys = values.map((value) => tagKey(name, value));
    const where = [conditions.oneOf('g.tag', keys, 'bytea'), ...keyConditions('g', range, conditions)];
    return `(select count(*)::int from (select from tag g where ${where.join(' and ')} limit ${SAMPLED_MAX}) s)`;
  });
  return { text: `select ${counts.join(',\n')}`, values: conditions.values };
}
