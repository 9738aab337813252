import { RelayBenchError } from '../../base/errors.ts';
import { type Place, placeOfContender, placeOfUrls } from '../capacity/place.ts';
import { type Contender, namedContender } from '../contest/contender.ts';
import { requireDifferentNames } from '../run/relay-flag.ts';

/** A relay as `--relay` of `suite` names it. */
export interface SuiteFlag {
  readonly name: string;
  /** Null for the reference relay of relay-bench. */
  readonly contender: Contender | null;
}

/** A relay of a suite, and how it is reached. */
export interface Contestant extends SuiteFlag {
  readonly place: Place;
  /** Whether it can be started again with what it has stored. */
  readonly canRestart: boolean;
}

/** What stands for the embedded relay in place of an address. */
const EMBEDDED = 'embedded';
/** Its name where the user gives it none. */
const REFERENCE = 'reference';

/** `NAME=URL`, `NAME=COMMAND` or `NAME=embedded`. @throws RelayBenchError `CONTENDER_INVALID`, `RELAY_URL_INVALID` */
export function suiteFlag(text: string): SuiteFlag {
  const [, name = ''] = /^([^=]*)=embedded$/.exec(text) ?? [];
  if (name === '') {
    const contender = namedContender(text);
    return { name: contender.name, contender };
  }
  // Its name has the same rules as that of any other relay.
  namedContender(`${name}=ws://127.0.0.1:1`);
  return { name, contender: null };
}

/** The relays of a suite, among them always the reference. */
export interface Field {
  readonly contestants: readonly Contestant[];
  /** Its name. */
  readonly reference: string;
}

/**
 * Brings the relays together; the reference relay is measured beside them, whether it was named or not.
 * @throws RelayBenchError `CONTENDER_INVALID`
 */
export async function fieldOf(flags: readonly SuiteFlag[]): Promise<Field> {
  const named = flags.find(({ contender }) => contender === null);
  const all = named === undefined ? [...flags, { name: REFERENCE, contender: null }] : flags;
  requireDifferentNames(all);
  if (all.filter(({ contender }) => contender === null).length > 1)
    throw new RelayBenchError(`--relay NAME=${EMBEDDED} is written twice`, {
      code: 'CONTENDER_INVALID',
      hint: `it is the reference relay, and the same for both names: leave one out`,
    });
  const contestants = await Promise.all(all.map(async (flag) => ({ ...flag, ...(await reachOf(flag)) })));
  return { contestants, reference: named?.name ?? REFERENCE };
}

async function reachOf({ contender }: SuiteFlag): Promise<Pick<Contestant, 'place' | 'canRestart'>> {
  if (contender === null) return { place: await placeOfUrls([]), canRestart: false };
  return {
    place: await placeOfContender(contender),
    canRestart: contender.command?.includes('{dir}') ?? false,
  };
}
