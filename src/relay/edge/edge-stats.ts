/** Counts of what an edge was asked; read by the metrics. */
export class EdgeStats {
  /** Filters that were answered from what is held. */
  hits = 0;
  /** Filters for which the origin was asked, or waited for. */
  misses = 0;
  /** Of the misses: those for which somebody else had asked already. */
  collapsed = 0;
  /** Filters that were answered from what is held while the origin was away. */
  stale = 0;
}
