/** The node of a plan in which most of the time goes, its children left out. */
export interface CostliestNode {
  /** As Postgres names it, for example `Index Scan using event_kind on event_2026_11`. */
  readonly name: string;
  /** Of the time of the whole plan, or of its estimated cost where it was not carried out; 0..1. */
  readonly share: number;
}

/** A line of `EXPLAIN` that is a node: `  ->  Seq Scan on event  (cost=0.00..35.50 rows=10 width=4) (actual time=0.1..2.5 rows=7 loops=3)`. */
const NODE =
  /^(\s*)(?:->\s+)?(\S.*?)\s{2}\(cost=[\d.]+\.\.([\d.]+)[^)]*\)(?:\s\(actual time=[\d.]+\.\.([\d.]+).*? loops=(\d+)\))?/;

interface Node {
  readonly name: string;
  readonly depth: number;
  readonly total: number;
  inChildren: number;
}

/** Null where no line is a node. */
export function costliestNode(plan: readonly string[]): CostliestNode | null {
  const nodes = nodesOf(plan);
  const whole = nodes[0]?.total ?? 0;
  const own = ({ total, inChildren }: Node): number => Math.max(0, total - inChildren);
  const [most] = nodes.toSorted((a, b) => own(b) - own(a));
  return most === undefined
    ? null
    : { name: most.name, share: whole > 0 ? Math.min(1, own(most) / whole) : 1 };
}

function nodesOf(plan: readonly string[]): readonly Node[] {
  const nodes: Node[] = [];
  const above: Node[] = [];
  for (const line of plan) {
    const found = NODE.exec(line);
    if (found === null) continue;
    const [, indent = '', name = '', cost = '0', time, loops = '1'] = found;
    const total = time === undefined ? Number(cost) : Number(time) * Number(loops);
    const node = { name, depth: indent.length, total, inChildren: 0 };
    while ((above.at(-1)?.depth ?? -1) >= node.depth) above.pop();
    const parent = above.at(-1);
    if (parent !== undefined) parent.inChildren += total;
    above.push(node);
    nodes.push(node);
  }
  return nodes;
}
