// What `diagnose` has said of runs in which one part was held back, as a table.

/** Of ten. */
const LEAST_NAMED = 0.9;

/** What a run says: its first suspect, and whether that is the one that was held back. */
export function answerOf({ cause, component }, diagnosis, isValid) {
  const [first] = diagnosis.suspects;
  const isNamed =
    first !== undefined && first.cause === cause && (component === null || first.component === component);
  const part = first?.component ?? null;
  const said =
    first === undefined ? 'nothing' : [first.title, ...(part === null ? [] : [`(${part})`])].join(' ');
  return { isNamed, said, sureness: first?.sureness ?? null, evidence: first?.evidence ?? [], isValid };
}

/** All runs of one case. */
export function summaryOf({ name, how }, answers) {
  const named = answers.filter(({ isNamed }) => isNamed);
  const others = new Map();
  for (const { isNamed, said } of answers) if (!isNamed) others.set(said, (others.get(said) ?? 0) + 1);
  return {
    ...{ name, how, runs: answers.length, named: named.length },
    isHeld: answers.length > 0 && named.length >= LEAST_NAMED * answers.length,
    said: named[0]?.said ?? null,
    sure: named.filter(({ sureness }) => sureness === 'sure').length,
    others: [...others].map(([said, times]) => ({ said, times })).sort((a, b) => b.times - a.times),
    evidence: named[0]?.evidence ?? [],
  };
}

const COLUMNS = [
  'held back',
  'how',
  '`diagnose` names it',
  'for sure',
  'else it says',
  'evidence of the first',
];

/** The machine, and a row a part. @param start from `startOfBenchmark` */
export function reportOf({ at, machine, busy_cores }, rows) {
  const where = `_${at.slice(0, 10)}: ${machine.cpuModel}, ${machine.cpus} CPUs, kernel ${machine.kernel}, Node.js ${machine.node}; others kept ${busy_cores} cores busy at the start._`;
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const held = rows.filter(({ isHeld }) => isHeld).length;
  const verdict = `In at least nine of ten runs: ${held} of ${rows.length} parts.`;
  return [
    where,
    '',
    line(COLUMNS),
    line(COLUMNS.map(() => ':--')),
    ...rows.map((row) => line(cellsOf(row))),
    '',
    verdict,
  ].join('\n');
}

function cellsOf({ name, how, runs, named, isHeld, sure, others, evidence }) {
  return [
    name,
    how,
    `${named} of ${runs}${isHeld ? '' : ' ✗'}`,
    `${sure} of ${runs}`,
    others.map(({ said, times }) => `${said}: ${times}`).join('; ') || '–',
    evidence[0] ?? '–',
  ];
}
