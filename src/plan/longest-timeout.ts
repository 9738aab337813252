import type { Plan } from './plan.ts';

/** After how many ms at the latest an operation of this plan has ended, counted from its write. */
export function longestTimeoutMs({
  publish,
  query,
  connect,
  connections,
}: Pick<Plan, 'publish' | 'query' | 'connect' | 'connections'>): number {
  const opening = connect === null ? 0 : Math.max(connect.timeoutMs, connections.timeoutMs);
  return Math.max(publish?.timeoutMs ?? 0, query?.timeoutMs ?? 0, opening);
}
