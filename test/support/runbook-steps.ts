import { commandBlocks } from './doc-commands.ts';

/**
 * The runbooks of a stack, in the order in which they are typed: what breaks something comes before what brings the stack back
 * with other settings.
 */
export const RUNBOOKS = [
  'failover',
  'reconnect-storm',
  'replication-lag',
  'upgrade-without-downtime',
  'scale-out-relays',
  'tune-the-caches',
  'slow-queries',
  'connection-limits',
  'disk-full',
  'add-a-replica',
] as const;

/** Something that is typed at a shell. */
export interface Step {
  /** Page and line of its block. */
  readonly where: string;
  readonly script: string;
}

/** All commands of the runbooks, each once. */
export interface Steps {
  /** At the stack as it was started. */
  readonly before: readonly Step[];
  /** Takes it down and brings it up again, its data kept. */
  readonly restart: readonly Step[];
  /** At what it is then. */
  readonly after: readonly Step[];
}

/**
 * What is typed, so that it takes a minute and not five:
 * - a command that stands on several pages, or both before and after the restart; the folder of a run's reports is no difference
 * - every `stack up` of the pages as one, with the flags of all: each takes ten seconds, and the flags are of different things
 * - the audit of a run in which the primary was killed: it takes half a minute, and may find losses; that of another run is typed, after
 *   the restart
 * - `drain` of the first relay and `restart` of the first replica: that of the second and third is the same command
 * @throws Error where a page has commands that no shell can be given here, or two pages contradict each other
 */
export function runbookSteps(): Steps {
  const pages = RUNBOOKS.map((name) => stepsOf(`docs/runbooks/${name}.md`));
  const ups = pages.flatMap((steps) => steps.filter(isUp));
  const place = (steps: readonly Step[]): number => {
    const at = steps.findIndex(isUp);
    return at === -1 ? steps.length : at;
  };
  const isOther = (step: Step): boolean => !isUp(step) && !isDown(step) && !OF_A_FAILOVER.test(step.script);
  const before = pages.flatMap((steps) => steps.slice(0, place(steps)).filter(isOther));
  const after = pages.flatMap((steps) => steps.slice(place(steps)).filter(isOther));
  const all = once([...before, ...after]);
  return {
    before: all.filter((step) => before.includes(step.first)).map(({ step }) => step),
    restart: [{ where: 'docs/runbooks', script: DOWN }, upOfAll(ups)],
    // What the stack is, it has to show again.
    after: [STATUS, ...all.filter((step) => after.includes(step.first)).map(({ step }) => step)],
  };
}

const OF_A_FAILOVER = /\baudit reports\/failover\//;
const STATUS: Step = { where: 'docs/runbooks', script: 'npx relay-bench stack status' };
const DOWN = 'npx relay-bench stack down --keep';
const UP = 'npx relay-bench stack up scaled';
const isDown = ({ script }: Step): boolean => script === DOWN;
const isUp = ({ script }: Step): boolean => script.startsWith(`${UP} `);

/** Whether a step changes nothing, so that others may be typed beside it. */
export function isLook({ script }: Step): boolean {
  return /^(?:df\b|npx relay-bench (?:doctor|diagnose|report|stack (?:status|logs|doctor))\b[^&|;]*$)/.test(
    script,
  );
}

/**
 * Of a page: lines one by one, and blocks whole that use more of the shell than that.
 * @throws Error where it has commands that no shell can be given here
 */
export function stepsOf(page: string): Step[] {
  const blocks = commandBlocks(page);
  const elsewhere = blocks.find(({ onStack }) => !onStack);
  if (elsewhere !== undefined) throw new Error(`${elsewhere.where} is not marked as one for a stack`);
  if (blocks.length < 3) throw new Error(`${page} has fewer than three blocks: see, do, check`);
  return blocks.flatMap(({ where, script }) => {
    const lines = script.split('\n').filter((line) => line.trim() !== '');
    return /&$|\bwait\b/m.test(script)
      ? [{ where, script: script.trim() }]
      : lines.map((line) => ({ where, script: line.trim() }));
  });
}

/** The first of those that are the same, as it stands there and as it is typed: later ones find its reports under its name. */
function once(steps: readonly Step[]): { readonly first: Step; readonly step: Step }[] {
  const found = new Map<string, { readonly first: Step; readonly step: Step }>();
  const folders = new Map<string, string>();
  for (const first of steps) {
    const { where, script } = first;
    const named = script.replaceAll(
      /(reports\/)([\w-]+)/g,
      (_, path: string, name: string) => path + (folders.get(name) ?? name),
    );
    const key = named
      .replace(/(--out reports\/)[\w-]+/, '$1')
      .replace(/(drain relay|restart replica)\/\d/, '$1');
    const [, folder] = /--out reports\/([\w-]+)/.exec(named) ?? [];
    const before = found.get(key);
    const [, known] = /--out reports\/([\w-]+)/.exec(before?.step.script ?? '') ?? [];
    if (folder !== undefined && known !== undefined) folders.set(folder, known);
    if (before === undefined) found.set(key, { first, step: { where, script: named } });
  }
  return [...found.values()];
}

/** All of them in one. @throws Error where a flag that counts once is given twice */
function upOfAll(ups: readonly Step[]): Step {
  const flags = ups.flatMap(({ script }) =>
    script
      .slice(UP.length)
      .trim()
      .split(/ (?=--)/),
  );
  const names = flags.map((flag) => (flag.startsWith('--set ') ? flag.split('=')[0] : flag.split(' ')[0]));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`two runbooks give ${twice}`);
  return { where: ups.map(({ where }) => where).join(', '), script: [UP, ...flags].join(' ') };
}
