import { describe, expect, it } from 'vitest';
import type { Ceiling, RunRecord } from '../../../../src/record/schema.ts';
import { componentsSection, generatorSection, startedSection } from '../../../../src/report/view/machine.ts';
import { sampleCeiling, sampleRecord } from '../../../support/sample-record.ts';

/** The rows about the ceiling, as texts. */
function ceilingRows(ceiling: Ceiling | null, workers = 1): string[] {
  const sample = sampleRecord('pass');
  const record: RunRecord = { ...sample, generator: { ...sample.generator, ceiling, workers } };
  const { content } = generatorSection(record);
  if (content.kind !== 'table') throw new Error('the generator is no table');
  const texts = content.rows.map((row) => row.map((one) => one.text).join(' | '));
  const from = texts.findIndex((text) => text.startsWith("machine's ceiling"));
  return from === -1 ? [] : texts.slice(from);
}

describe('the ceiling in a report', () => {
  it('is the share of what one worker can do, with the day of the calibration', () => {
    const only = sampleCeiling({ share: 0.12, queriesPerSecond: null, deliveriesPerSecond: null });
    expect(ceilingRows(only)).toEqual([
      "machine's ceiling | 12 % of 63,120 events/s | calibrated 2026-11-20",
    ]);
  });

  it('names whatever the run did, and the workers', () => {
    expect(ceilingRows(sampleCeiling({ share: 0.5, connectionsPerSecond: 8_000 }), 3)).toEqual([
      "machine's ceiling | 50 % of 3 × 63,120 events/s | calibrated 2026-11-20",
      'other ceilings | 3 × 41,300 queries/s | 3 × 1,204,000 deliveries/s, 3 × 8,000 connections/s',
    ]);
  });

  it('says where the run itself is the basis', () => {
    const own = sampleCeiling({ basis: 'own-utilization', calibratedAt: null, share: 0.9 });
    expect(ceilingRows(own)[0]).toContain('| by how busy the workers were');
  });

  it('is left to the caveats where it is unknown', () => {
    expect(ceilingRows(null)).toEqual([]);
  });
});

/** What the generator's table says of the garbage collector. */
function gcRow(gcPauses: RunRecord['generator']['gcPauses'], workers = 1): string[] | undefined {
  const sample = sampleRecord('pass');
  const { content } = generatorSection({ ...sample, generator: { ...sample.generator, gcPauses, workers } });
  if (content.kind !== 'table') throw new Error('the generator is no table');
  return content.rows
    .map((row) => row.map(({ text }) => text))
    .find(([label]) => label === 'garbage collection');
}

describe('garbage collection in a report', () => {
  const longest = [{ worker: 1, second: 14, kind: 'major', duration_us: 3_900 }];

  it('is how often it stopped the generator, and when for longest', () => {
    expect(gcRow({ count: 61, share: 0.01, longest })).toEqual([
      'garbage collection',
      '61 pauses, 1 % of the time',
      'longest 3.90 ms (major, second 14)',
    ]);
  });

  it('names the worker where there are several', () => {
    expect(gcRow({ count: 61, share: 0.01, longest }, 2)?.[2]).toBe(
      'longest 3.90 ms (major, second 14, worker 1)',
    );
  });

  it('is left out of records that do not know it', () => {
    expect(gcRow(undefined)).toBeUndefined();
  });
});

describe('cores in a report', () => {
  const rowsWith = (placement: RunRecord['generator']['placement']): string[][] => {
    const sample = sampleRecord('pass');
    const { content } = generatorSection({ ...sample, generator: { ...sample.generator, placement } });
    if (content.kind !== 'table') throw new Error('the generator is no table');
    return content.rows.map((row) => row.map(({ text }) => text)).filter(([label]) => label === 'cores');
  };

  it('are those that workers and the rest of the run kept to', () => {
    expect(rowsWith({ workers: [2, 3], others: [0, 1] })).toEqual([
      ['cores', 'workers 2, 3', 'the rest of the run 0, 1'],
    ]);
  });

  it('are left out where the system decided', () => {
    expect(rowsWith(undefined)).toEqual([]);
  });
});

const MINE = {
  name: 'mine',
  url: 'ws://127.0.0.1:7777/',
  command: './relay --port {port} --db {dir}',
  log: 'relay-mine.log',
  readyMs: 412,
  dataBytes: 3 * 2 ** 20,
};

function textsOf(section: ReturnType<typeof startedSection>): string[][] {
  if (section?.content.kind !== 'table') return [];
  const { columns, rows } = section.content;
  return [columns.map(({ title }) => title), ...rows.map((row) => row.map(({ text }) => text))];
}

describe('what was started for a run', () => {
  const target = { ...sampleRecord('pass').target, kind: 'url' as const };
  const RAN = { ...MINE, name: 'other', command: null, log: null, readyMs: null, dataBytes: null };

  it('stands in the report with its command', () => {
    const record = { ...sampleRecord('pass'), target: { ...target, relays: [RAN, MINE] } };
    expect(textsOf(startedSection(record))).toEqual([
      ['relay', 'ready after', 'data at the end', 'log', 'command'],
      ['mine', '412 ms', '3 MiB', 'relay-mine.log', './relay --port {port} --db {dir}'],
    ]);
  });

  it('leaves open what is not known', () => {
    const relays = [{ ...MINE, log: null, readyMs: null, dataBytes: null }];
    const record = { ...sampleRecord('pass'), target: { ...target, relays } };
    expect(textsOf(startedSection(record))[1]?.slice(1, 4)).toEqual(['–', '–', '–']);
  });

  it('is no section where nothing was', () => {
    expect(startedSection(sampleRecord('pass'))).toBeNull();
    expect(startedSection({ ...sampleRecord('pass'), target: { ...target, relays: [RAN] } })).toBeNull();
  });
});

describe('the components of a run', () => {
  const sample = { t: 0, cpuShare: 0.1, rss_bytes: 1, figures: null };
  const relay = {
    ...{ name: 'mine', role: 'relay', pid: 7, cpu_s: 1, cpuShare: 0.5, rssMax_bytes: 2 ** 20 },
    figures: { bytesToDisk_total: 2_048, data_bytes_max: 4_096 },
    samples: [
      { ...sample, descriptors: 12 },
      { ...sample, descriptors: 40 },
      { ...sample, descriptors: null },
    ],
  };
  const of = (kind: RunRecord['target']['kind'], component: RunRecord['components'][number]) => {
    const record = sampleRecord('pass');
    return textsOf(
      componentsSection({ ...record, target: { ...record.target, kind }, components: [component] }),
    );
  };

  it('say of a relay what it has open, writes and stores', () => {
    const [titles, row] = of('url', relay);
    expect(titles?.slice(5)).toEqual(['open files', 'to disk', 'data, max']);
    expect(row?.slice(5)).toEqual(['40', '2 KiB', '4 KiB']);
  });

  it('have no column for what is known of none', () => {
    const { figures: _, ...without } = relay;
    expect(of('url', without)[0]?.slice(5)).toEqual(['open files']);
    expect(of('url', { ...without, samples: [] })[0]).toHaveLength(5);
  });

  it('are shown without in a stack, whose tables are wide enough', () => {
    expect(of('stack', relay)[0]).toHaveLength(5);
  });
});
