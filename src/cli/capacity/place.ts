import { RelayBenchError } from '../../base/errors.ts';
import { maskUrl } from '../../base/mask-url.ts';
import type { RelayInformationResult } from '../../nostr/nip11-fetch.ts';
import { relaysText } from '../../report/capacity/scaling.ts';
import { type Contender, namedContender } from '../contest/contender.ts';
import type { CommandHost } from '../host.ts';
import type { LoadSession, LoadTarget, Opening } from '../load-session.ts';
import { relayUrl } from '../options.ts';
import { openRelays } from '../run/open-relays.ts';
import { openStack, type StackFlags } from '../run/open-stack.ts';
import { type OpenTarget, openTarget, relayForLoad } from '../run/open-target.ts';
import { EMBEDDED_TARGET } from '../run/prepare-plan.ts';
import { type ResolvedTarget, resolveTargets } from '../target.ts';
import { areUrls, type CapacityFlags } from './flags.ts';

/** What is loaded, step after step. */
export interface Place {
  readonly kind: 'embedded' | 'url' | 'stack';
  /** For people. */
  readonly name: string;
  /** Of the plan of each step. */
  readonly urls: readonly string[];
  /** Relays that run already. */
  readonly given: readonly ResolvedTarget[];
  /** What messages call the relay that is started for each step; null where none is. */
  readonly starts: string | null;
  /** Whether the same relay serves all steps, so that it has to come to rest between them. */
  readonly isKept: boolean;
  /** Relay processes of the stack that is brought up for it; null where none is brought up with so many. */
  readonly relays: number | null;
  open(opening: Opening): Promise<OpenTarget>;
}

/** The stages that reach outside this process; tests replace them. */
export interface PlaceStages {
  readonly openTarget: typeof openTarget;
  readonly openStack: typeof openStack;
  readonly openRelays: typeof openRelays;
}

export const REAL_PLACE_STAGES: PlaceStages = { openTarget, openStack, openRelays };

/**
 * What the flags ask to load.
 * @throws RelayBenchError `CONTENDER_INVALID`, `RELAY_URL_INVALID`
 */
export async function placeOf(
  flags: CapacityFlags,
  host: CommandHost,
  stages: PlaceStages = REAL_PLACE_STAGES,
): Promise<Place> {
  const { relay = [], stack } = flags;
  if (stack !== undefined) return stackPlace(stack, inDirectory(flags), host, stages);
  if (!areUrls(relay)) return placeOfContender(onlyOne(relay), stages);
  return placeOfUrls(relay.map(relayUrl), stages, flags.verifier);
}

/**
 * Relays that run already; the embedded one, started for each load, where there is none.
 * @param verifier what checks the signatures of the embedded one
 */
export async function placeOfUrls(
  urls: readonly string[],
  stages: PlaceStages = REAL_PLACE_STAGES,
  verifier: CapacityFlags['verifier'] = undefined,
): Promise<Place> {
  const given = await resolveTargets(urls);
  const isOurs = given.length === 0;
  return {
    kind: isOurs ? 'embedded' : 'url',
    name: isOurs ? 'the embedded relay' : urls.map(maskUrl).join(', '),
    urls: isOurs ? [EMBEDDED_TARGET] : urls,
    given,
    starts: isOurs ? 'the embedded relay' : null,
    isKept: !isOurs,
    relays: null,
    open: () => stages.openTarget(given, relayForLoad(verifier)),
  };
}

/** `--stack-dir` for whatever opens the stack. */
export function inDirectory({ stackDir }: Pick<CapacityFlags, 'stackDir'>): Pick<StackFlags, 'stackDir'> {
  return stackDir === undefined ? {} : { stackDir };
}

/** A stack, held for a whole search. @param how with `relays` one that is brought up with so many */
export function stackPlace(
  profile: string,
  how: Pick<StackFlags, 'stackDir' | 'relays'>,
  host: CommandHost,
  stages: PlaceStages = REAL_PLACE_STAGES,
): Place {
  const relays = how.relays ?? null;
  return {
    kind: 'stack',
    name: relays === null ? `stack ${profile}` : `stack ${profile} with ${relaysText(relays)}`,
    urls: [EMBEDDED_TARGET],
    given: [],
    starts: null,
    isKept: true,
    relays,
    open: (opening) => stages.openStack(profile, how, { host, interruption: opening }),
  };
}

function onlyOne(relays: readonly string[]): Contender {
  const [text = '', ...others] = relays;
  if (others.length === 0) return namedContender(text);
  throw new RelayBenchError('capacity loads one relay with a name, or several addresses', {
    code: 'CONTENDER_INVALID',
    hint: 'leave out all but one --relay NAME=…, or write addresses without names',
  });
}

/** A relay with a name, started for each load where it is a command. */
export async function placeOfContender(
  one: Contender,
  stages: PlaceStages = REAL_PLACE_STAGES,
): Promise<Place> {
  const { name, url, command } = one;
  return {
    kind: 'url',
    name,
    urls: [url ?? EMBEDDED_TARGET],
    given: await resolveTargets(url === null ? [] : [url]),
    starts: command === null ? null : `the relay ${name}`,
    isKept: command === null,
    relays: null,
    open: (opening) => stages.openRelays([one], opening),
  };
}

/** Carries out one load against the place. */
export type UsePlace = <T>(
  use: (target: OpenTarget, information: RelayInformationResult) => Promise<T>,
) => Promise<T>;

/**
 * Holds a place for many loads: a stack is brought up once for all of them, everything else is opened for each, with the
 * question whether it is there.
 */
export async function inPlace<T>(
  place: Place,
  session: Pick<LoadSession, 'loadTarget'>,
  hold: (usePlace: UsePlace) => Promise<T>,
): Promise<T> {
  const { loadTarget }: { loadTarget: LoadTarget } = session;
  if (place.kind === 'stack')
    return loadTarget(place.open, (target, information) => hold((use) => use(target, information)));
  return hold((use) => loadTarget(place.open, use));
}
