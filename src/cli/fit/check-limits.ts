import { askLimits } from '../../engine/ask-limits.ts';
import type { Finding } from '../../judge/observations.ts';
import type { TimeQuestion } from './choose-times.ts';

/** Which of its advertised limits a relay does not enforce; asked of nobody's relay but one that is to be loaded, and not of ours. */
export async function unenforcedLimits({
  plan,
  information,
  isOurs,
  signal,
}: TimeQuestion): Promise<readonly Finding[]> {
  const limitation = information?.limitation;
  const url = plan.targets[0];
  if (isOurs || limitation === undefined || url === undefined || plan.scenario.resolved.probe === false)
    return [];
  const { insecure, timeoutMs } = plan.connections;
  return await askLimits({ url, insecure, timeoutMs, limitation, signal });
}
