import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { type Advertised, offersSearch } from '../judge/advertised.ts';
import type { NamedFilter } from '../scenario/drawn-filters.ts';

/** Filters that a relay can be asked with. */
export interface AskableFilters<F> {
  readonly filters: readonly F[];
  readonly remarks: readonly string[];
}

/**
 * Leaves out filters that search where the relay does not list NIP-50: it would ignore the `search`, refuse the filter or say
 * nothing, and none of that would be a fault.
 * @throws RelayBenchError `SEARCH_NOT_OFFERED` (exit 3) where all of them search
 */
export function askableFilters<F extends NamedFilter>(
  filters: readonly F[],
  advertised: Advertised,
): AskableFilters<F> {
  const searching = filters.filter(({ filter }) => filter.search !== undefined);
  if (searching.length === 0 || offersSearch(advertised)) return { filters, remarks: [] };
  if (searching.length === filters.length) {
    throw new RelayBenchError(
      'the relay does not list NIP-50 (search), and every filter of the scenario searches',
      {
        code: 'SEARCH_NOT_OFFERED',
        hint: 'nothing was measured and nothing is held against the relay: supported_nips of its NIP-11 document says what it offers',
        exitCode: EXIT.unreachable,
      },
    );
  }
  const names = searching.map(({ name }) => name).join(', ');
  const remark = `the relay does not list NIP-50 (search): not asked with ${names}; the other filters share the rate`;
  return { filters: filters.filter(({ filter }) => filter.search === undefined), remarks: [remark] };
}
