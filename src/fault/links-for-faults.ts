import { LINK_KINDS, type LinkKind } from '../stack/state.ts';
import { linkKindsOf } from './actions/links.ts';
import { needsLinks } from './form/actions.ts';
import type { FaultOrder } from './form/form.ts';

/** Links that a proxy must stand in for faults to be possible; none for those that happen to processes. */
export function linksForFaults(faults: readonly FaultOrder[]): readonly LinkKind[] {
  const wanted = new Set(
    faults.filter(({ action }) => needsLinks(action)).flatMap((order) => linkKindsOf(order)),
  );
  return LINK_KINDS.filter((kind) => wanted.has(kind));
}
