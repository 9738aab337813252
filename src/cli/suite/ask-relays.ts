import { messageOf, RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { maskCommand } from '../../base/mask-command.ts';
import { maskUrl } from '../../base/mask-url.ts';
import type { RelayInformationResult } from '../../nostr/nip11-fetch.ts';
import { type Abilities, probeAbilities } from '../../suite/probe.ts';
import type { SuiteRelay } from '../../suite/schema.ts';
import type { LoadSession } from '../load-session.ts';
import { placeWithLog } from './carry-out.ts';
import type { Contestant } from './contestant.ts';

/** An answer that takes longer is none. */
const ANSWER_MS = 3_000;

export interface AskOptions {
  readonly session: LoadSession;
  readonly directory: string;
  readonly insecure: boolean;
  readonly say: (line: string) => void;
}

/** What of a relay is known before anything is asked of it. */
export function relayOf({ name, contender, place }: Contestant): SuiteRelay {
  const { command = null, url = null } = contender ?? {};
  return {
    name,
    kind: contender === null ? 'embedded' : command === null ? 'url' : 'command',
    command: command === null ? null : maskCommand(command),
    url: url === null ? null : maskUrl(place.urls[0] ?? url),
    software: null,
    abilities: [],
  };
}

/**
 * Asks every relay what it does. One that can't be asked fails the suite before anything is measured.
 * @throws RelayBenchError what opening a relay throws, `PROBE_FAILED`
 */
export async function askRelays(
  contestants: readonly Contestant[],
  { session, directory, insecure, say }: AskOptions,
): Promise<readonly SuiteRelay[]> {
  const relays: SuiteRelay[] = [];
  for (const one of contestants) {
    const place = await placeWithLog(one, directory);
    const { abilities, software } = await session.loadTarget(place.open, async (target, information) => ({
      abilities: await askOne(one.name, target.relays[0]?.url ?? '', insecure),
      software: softwareOf(information),
    }));
    relays.push({ ...relayOf(one), software, abilities });
    const lacks = abilities.filter(({ supported }) => !supported).map(({ title }) => title);
    say(`${one.name}: ${lacks.length === 0 ? 'does all that was asked' : `does not: ${lacks.join('; ')}`}`);
  }
  return relays;
}

async function askOne(name: string, url: string, insecure: boolean): Promise<Abilities> {
  try {
    return await probeAbilities({ url, insecure, timeoutMs: ANSWER_MS });
  } catch (cause) {
    throw new RelayBenchError(`the relay ${name} can't be asked what it does: ${messageOf(cause)}`, {
      code: 'PROBE_FAILED',
      hint: 'look into its log',
      exitCode: EXIT.unreachable,
      cause,
    });
  }
}

function softwareOf({ information }: RelayInformationResult): string | null {
  const { software, version } = information ?? {};
  const parts = [software, version].filter((part) => part !== undefined);
  return parts.length === 0 ? null : parts.join(' ');
}
