import { maskedLabels } from '../metric/exposed.ts';
import type { RunRecord } from '../record/schema.ts';
import { type Family, gauge, oneOf } from './family.ts';

const US_PER_S = 1_000_000;
const MS_PER_S = 1_000;

/** Connections, and how the load stood in the last second that is complete. */
export function loadFamilies({ load, intervals, startedAt }: RunRecord): Family[] {
  const { requested, opened, failed, dropped } = load.connections;
  const states = { requested, opened, failed, dropped };
  const last = intervals.at(-1);
  return [
    gauge({ name: 'started_timestamp', unit: 'seconds', help: 'when the load began, Unix time' }, [
      { value: Date.parse(startedAt) / MS_PER_S },
    ]),
    gauge(
      { name: 'connections', help: 'connections by what became of them' },
      Object.entries(states).map(([state, value]) => ({ labels: { state }, value })),
    ),
    ...(last === undefined ? [] : lastSecondFamilies(last, load)),
  ];
}

function lastSecondFamilies(last: RunRecord['intervals'][number], load: RunRecord['load']): Family[] {
  const { offered, sent, acked, completed, delivered, errors } = last;
  const counts = { offered, sent, acked, completed, delivered, errors };
  const phases = [...load.phases.map(({ name }) => name), 'drain'];
  return [
    gauge({ name: 'connections_open', help: 'open connections at the end of the last second' }, [
      { value: last.connections },
    ]),
    gauge(
      { name: 'last_second_operations', help: 'operations of the last second, by what was done' },
      Object.entries(counts).map(([what, value]) => ({ labels: { what }, value })),
    ),
    gauge({ name: 'generator_cpu_cores', help: 'CPU of all workers in the last second' }, [
      { value: last.cpu },
    ]),
    oneOf({ name: 'phase', help: '1 at the phase of the last second', label: 'phase' }, phases, last.phase),
  ];
}

/** Whether the generator itself is at ease; without that no latency can be believed. */
export function generatorFamilies({ generator }: RunRecord): Family[] {
  const { workers, cpuShare, eventLoopUtilization: busy, eventLoopDelay_us: delay } = generator;
  const { rssMax_bytes, steal, ceiling, doubts } = generator;
  const delays = { '0.5': delay.p50_us, '0.99': delay.p99_us, '1': delay.max_us };
  return [
    gauge({ name: 'generator_workers', help: 'worker processes' }, [{ value: workers }]),
    gauge({ name: 'generator_cpu_share', help: 'highest mean CPU of one worker, in cores' }, [
      { value: cpuShare },
    ]),
    gauge(
      {
        name: 'generator_event_loop_utilization',
        help: 'part of the time in which the event loop of a worker was busy, 0 to 1',
      },
      Object.entries(busy).map(([statistic, value]) => ({ labels: { statistic }, value })),
    ),
    gauge(
      {
        name: 'generator_event_loop_delay',
        unit: 'seconds',
        help: 'how late something due at a random moment would have been',
      },
      Object.entries(delays).map(([quantile, us]) => ({
        labels: { quantile },
        value: us === null ? null : us / US_PER_S,
      })),
    ),
    gauge({ name: 'generator_memory_max', unit: 'bytes', help: 'highest resident memory of the workers' }, [
      { value: rssMax_bytes },
    ]),
    gauge({ name: 'generator_steal_ratio', help: 'CPU time that the hypervisor took, 0 to 1' }, [
      { value: steal },
    ]),
    gauge({ name: 'generator_ceiling_ratio', help: 'part of its ceiling that the generator took' }, [
      { value: ceiling?.share ?? null },
    ]),
    gauge({ name: 'generator_doubts', help: 'reasons why figures may be too high' }, [
      { value: doubts.length },
    ]),
  ];
}

/** Each gate, and at the end the verdict. */
export function verdictFamilies({ gates, verdict }: RunRecord, isOver: boolean): Family[] {
  const family = (name: string, help: string, wanted: string): Family =>
    gauge(
      { name, help },
      gates.map((gate) => ({
        labels: maskedLabels({ gate: gate.expression }),
        value: gate.verdict === wanted ? 1 : 0,
      })),
    );
  const judged = family('gate_ok', '1 where the gate holds', 'pass');
  const open = family('gate_undecided', '1 where nobody can tell (yet) whether the gate holds', 'undecided');
  if (!isOver) return [judged, open];
  const head = { name: 'verdict', help: '1 at the verdict of the run', label: 'verdict' };
  return [judged, open, oneOf(head, ['pass', 'fail', 'invalid'], verdict)];
}
