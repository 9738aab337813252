import { describe, expect, it } from 'vitest';
import { regionsOf } from '../../../src/record/regions.ts';
import type { ComponentUsage } from '../../../src/record/schema.ts';
import { EDGE_PARTS, KNOWN_REGIONS } from '../../support/sample-regions.ts';

function component(name: string, role: string, figures: Record<string, number>): ComponentUsage {
  return { name, role, pid: 1, cpu_s: 1, cpuShare: 0.1, rssMax_bytes: 1, figures };
}

describe('the regions of a run', () => {
  it('say where reads were answered, and what that has cost', () => {
    expect(regionsOf(KNOWN_REGIONS, EDGE_PARTS)).toEqual({
      each: [
        {
          ...{ name: 'region-1', rtt_ms: 40, edges: ['edge-1'] },
          reads: {
            total: 1_000,
            httpCache: 100,
            edge: 820,
            edgeStale: 0,
            shared: 30,
            origin: 50,
            questions: 70,
          },
          wan: { toOrigin_bytes: 20_000, fromOrigin_bytes: 300_000 },
          events: { fromOrigin: 600, toClients: 30_000 },
        },
        {
          ...{ name: 'region-2', rtt_ms: 120, edges: ['edge-2', 'edge-3'] },
          reads: {
            total: 1_000,
            httpCache: 0,
            edge: 950,
            edgeStale: 7,
            shared: 0,
            origin: 50,
            questions: 70,
          },
          wan: { toOrigin_bytes: 10_000, fromOrigin_bytes: 200_000 },
          events: { fromOrigin: 1_200, toClients: 30_000 },
        },
      ],
      offload: 0.93,
      originQueries: 120,
    });
  });

  it('without edges say what the origin was asked, and what the ways to it carried', () => {
    const known = [{ name: 'region-1', rtt_ms: 40, edges: [] }];
    const parts = [
      component('relay-1', 'relay', { queries_total: 2_000 }),
      component('links', 'proxy in the links', { wan1BytesUp_total: 5, wan1BytesDown_total: 7 }),
      component('region-1', 'load balancer of region 1', { pageHits_total: 3 }),
    ];
    expect(regionsOf(known, parts)).toEqual({
      each: [
        {
          ...{ name: 'region-1', rtt_ms: 40, edges: [], reads: null, events: null },
          wan: { toOrigin_bytes: 5, fromOrigin_bytes: 7 },
        },
      ],
      offload: null,
      originQueries: 2_000,
    });
  });

  it('of parts that nobody could ask say nothing', () => {
    const found = regionsOf(KNOWN_REGIONS, []);
    expect(found).toMatchObject({ offload: null, originQueries: null });
    expect(found?.each.map(({ reads, wan, events }) => [reads, wan, events])).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
  });

  it('are spared nothing that is known where an edge does not count its questions, and never less than nothing', () => {
    const withQuestions = (questions: Record<string, number>): readonly ComponentUsage[] =>
      EDGE_PARTS.map((part) => {
        const { edgeOriginQuestions_total: _, ...figures } = part.figures ?? {};
        return { ...part, figures: part.name.startsWith('edge') ? { ...figures, ...questions } : figures };
      });
    expect(regionsOf(KNOWN_REGIONS, withQuestions({}))?.offload).toBeNull();
    expect(regionsOf(KNOWN_REGIONS, withQuestions({ edgeOriginQuestions_total: 5_000 }))?.offload).toBe(0);
  });

  it('are none where there are none', () => {
    expect(regionsOf([], EDGE_PARTS)).toBeNull();
  });

  it('of which nobody has read anything have spared the origin nothing', () => {
    const parts = EDGE_PARTS.map((part) => ({
      ...part,
      figures: { edgeHits_total: 0, edgeMisses_total: 0 },
    }));
    expect(regionsOf(KNOWN_REGIONS, parts)?.offload).toBeNull();
  });
});
