import type { Calibration } from '../../src/calibrate/calibration.ts';

/** A calibration as a machine of today would give. */
export function sampleCalibration(changes: Partial<Calibration> = {}): Calibration {
  return {
    formatVersion: 2,
    calibratedAt: '2026-11-20T10:00:00.000Z',
    quick: false,
    machine: {
      cpuModel: 'Sample CPU @ 2.40GHz',
      cpus: 2,
      nodeMajor: 20,
      kernel: '6.12.0',
      version: '0.1.0',
    },
    loadAverage: 0.1,
    events: [
      { connections: 1, perCpuSecond: 400_000, highestValid_per_s: 300_000 },
      { connections: 64, perCpuSecond: 160_000, highestValid_per_s: 150_000 },
      { connections: 1_000, perCpuSecond: 64_000, highestValid_per_s: null },
    ],
    onTime: [
      {
        connections: 64,
        workers: 1,
        rate_per_s: 90_000,
        failed_per_s: 98_000,
        p50_us: 700,
        p99_us: 2_400,
      },
    ],
    queriesPerCpuSecond: 40_000,
    deliveriesPerCpuSecond: 1_000_000,
    connectionsPerCpuSecond: 8_000,
    signaturesPerCpuSecond: 480_000,
    sendLag: [{ rate_per_s: 1_000, p50_us: 20, p99_us: 300 }],
    ...changes,
  };
}
