import { monotonicNs } from '../../base/clock.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { type Link, linksOf, proxySocket } from '../../stack/links.ts';
import { type LinkKind, type StackState, servicesOfKind } from '../../stack/state.ts';
import { LINKS, LINKS_OF } from '../form/actions.ts';
import type { FaultOrder } from '../form/form.ts';
import { parsePart } from '../form/part.ts';
import { giveOrder } from '../proxy/give-order.ts';
import type { ProxyOrder } from '../proxy/orders.ts';
import type { Struck } from '../struck.ts';
import type { FaultPart } from '../target.ts';

/** Kinds of links that an order is about. */
export function linkKindsOf({ on, link }: Pick<FaultOrder, 'on' | 'link'>): readonly LinkKind[] {
  const part = parsePart(on);
  return link !== undefined ? [link] : part === null ? [] : LINKS_OF[part.kind];
}

/**
 * Imposes a condition on the links of parts, until it is undone or this process ends in any way.
 * @throws RelayBenchError `FAULT_NO_PROXY` where the stack was started without; Error where the proxy does not answer
 */
export async function condition(
  state: StackState,
  parts: readonly FaultPart[],
  order: FaultOrder,
): Promise<Struck> {
  const links = chosenLinks(state, parts, order).map(({ name }) => name);
  const [proxy] = servicesOfKind(state, 'links');
  if (proxy === undefined || links.length === 0) throw noProxy(order);
  const lift = await giveOrder(proxySocket(proxy), { links, ...conditionOf(order) });
  const detail = `${links.length} ${links.length === 1 ? 'link' : 'links'}`;
  return { detail, struckNs: monotonicNs(), undo: lift, leave: null };
}

/** Links that end at one of the parts; of a Postgres, those to or from whoever has its role now. */
function chosenLinks(state: StackState, parts: readonly FaultPart[], order: FaultOrder): readonly Link[] {
  const names = parts.map(({ name }) => name);
  const kinds = linkKindsOf(order);
  return linksOf(state).filter(
    ({ kind, from, to }) =>
      kinds.includes(kind) && (names.includes(to) || (from !== null && names.includes(from))),
  );
}

function conditionOf({ action, direction = 'both', ...order }: FaultOrder): Omit<ProxyOrder, 'links'> {
  const directions: ProxyOrder['directions'] = direction === 'both' ? ['up', 'down'] : [direction];
  switch (action) {
    case 'partition':
      return { directions, partition: order.how ?? 'hold' };
    case 'delay':
      return { directions, latencyMs: order.latency, jitterMs: order.jitter };
    default:
      return { directions, bytesPerS: order.bandwidth };
  }
}

function noProxy({ action, on, link }: FaultOrder): RelayBenchError {
  const between = linkKindsOf({ on, link }).map((kind) => LINKS[kind]);
  return new RelayBenchError(
    `${action} needs a proxy between ${between.join(' or ')}, and this stack was started without`,
    {
      code: 'FAULT_NO_PROXY',
      hint: 'take the stack down and start it with `relay-bench stack up --faultable`',
      exitCode: EXIT.unreachable,
    },
  );
}
