import { churnMetrics } from '../churn/metrics.ts';
import { countMetrics } from '../count/metrics.ts';
import { publishMetrics } from '../publish/metrics.ts';
import { queryMetrics } from '../query/metrics.ts';
import { recordedMetrics } from '../recorded/metrics.ts';
import { sessionsMetrics } from '../sessions/metrics.ts';
import { slowReaderMetrics } from '../slow-reader/metrics.ts';
import { stormMetrics } from '../storm/metrics.ts';
import { subscribeMetrics } from '../subscribe/metrics.ts';
import { survivorMetrics } from '../survivors/metrics.ts';
import { syncMetrics } from '../sync/metrics.ts';
import { visibilityMetrics } from '../visibility/metrics.ts';

/** What workloads measure, in the order of reports; one that measures nothing of its own is not here. */
export const WORKLOAD_METRICS = [
  publishMetrics,
  queryMetrics,
  subscribeMetrics,
  slowReaderMetrics,
  countMetrics,
  visibilityMetrics,
  survivorMetrics,
  syncMetrics,
  stormMetrics,
  churnMetrics,
  sessionsMetrics,
  recordedMetrics,
] as const;
