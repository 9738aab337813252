import { diagnose } from '../../diagnose/diagnose.ts';
import { isNotCalibrated } from '../../record/caveats.ts';
import type { RunRecord } from '../../record/schema.ts';
import { closingSection } from '../diagnosis/sections.ts';
import { agentsSection } from './agents.ts';
import { auditSection, violationsSection } from './audit.ts';
import { list, type ReportDocument, type Section } from './document.ts';
import { driftSection } from './drift.ts';
import { errorsSection, noticesSection } from './errors.ts';
import { errorsOverTimeSection, faultsSection } from './faults.ts';
import { gatesSection } from './gates.ts';
import { headline } from './headline.ts';
import { latenciesSection } from './latencies.ts';
import { loadSection, phasesSection } from './load.ts';
import { componentsSection, environmentSection, generatorSection, startedSection } from './machine.ts';
import { evidenceSection, findingsSection } from './observed.ts';
import { regionsSection } from './regions.ts';
import { relayMetricsSection } from './relay-metrics.ts';

/** What a report of this record says, in reading order: verdict, why, numbers, what to doubt. */
export function buildDocument(record: RunRecord): ReportDocument {
  const sections = [
    invalidSection(record),
    failuresSection(record),
    gatesSection(record),
    auditSection(record),
    violationsSection(record),
    driftSection(record),
    faultsSection(record),
    latenciesSection(record),
    loadSection(record),
    phasesSection(record),
    regionsSection(record),
    relayMetricsSection(record),
    errorsSection(record),
    errorsOverTimeSection(record),
    evidenceSection(record),
    findingsSection(record),
    noticesSection(record),
    generatorSection(record),
    startedSection(record),
    agentsSection(record),
    componentsSection(record),
    environmentSection(record),
    caveatsSection(record),
    notMeasuredSection(record),
    saturatedSection(record),
  ];
  return { headline: headline(record), sections: sections.filter((section) => section !== null) };
}

/** Of a stack, whose parts were all sampled; `relay-bench diagnose` says it of any run. */
function saturatedSection(record: RunRecord): Section | null {
  return record.target.kind === 'stack' ? closingSection(diagnose(record)) : null;
}

function invalidSection(record: RunRecord): Section | null {
  const { verdict, reasons } = record.validity;
  return verdict === 'valid' ? null : list('Why the run is invalid', reasons, 'verdict');
}

/** What the relay itself did that fails a run; null where it did nothing of the kind. */
export function failuresSection({ failures }: RunRecord): Section | null {
  const texts = failures.map(({ text }) => text);
  return texts.length === 0 ? null : list('What the relay did', texts, 'verdict');
}

function caveatsSection(record: RunRecord): Section | null {
  // That the machine was not calibrated stands under "Not measured", once.
  const caveats = record.caveats.filter((caveat) => !isNotCalibrated(caveat));
  return caveats.length === 0 ? null : list('Caveats', caveats, 'verdict');
}

function notMeasuredSection(record: RunRecord): Section | null {
  const entries = Object.entries(record.notMeasured).map(([name, why]) => `${name}: ${why}`);
  return entries.length === 0 ? null : list('Not measured', entries);
}
