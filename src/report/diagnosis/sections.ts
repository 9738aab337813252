import type { Diagnosis } from '../../diagnose/schema.ts';
import { type Cell, cell, columns, list, type Section, type Tone } from '../view/document.ts';

const TONES: Readonly<Record<Diagnosis['suspects'][number]['sureness'], Tone>> = {
  sure: 'bad',
  likely: 'warn',
  possible: 'plain',
};

/** What saturated first, in one sentence without its full stop. */
export function diagnosisSentence({ suspects, headroom }: Diagnosis): string {
  const [first] = suspects;
  if (first !== undefined) {
    const where = first.component === null ? '' : ` (${first.component})`;
    return `${first.title}${where} saturated first, ${SURENESS[first.sureness]}: ${first.evidence[0] ?? ''}`;
  }
  const [busiest] = headroom;
  return busiest === undefined ? 'no bottleneck seen' : `no bottleneck seen; busiest was ${busiest.text}`;
}

const SURENESS = { sure: 'for sure', likely: 'most likely', possible: 'possibly' } as const;

/** What a report says of where a run came to its end. */
export function diagnosisSections(diagnosis: Diagnosis): readonly Section[] {
  const { suspects, headroom, notSeen } = diagnosis;
  const sections: (Section | null)[] = [
    suspects.length === 0 ? null : suspectsSection(diagnosis),
    headroom.length === 0
      ? null
      : list(
          'How busy the parts were',
          headroom.map(({ text }) => text),
          'machine',
        ),
    notSeen.length === 0 ? null : list('Not to be seen in this record', notSeen, 'machine'),
  ];
  return sections.filter((section) => section !== null);
}

function suspectsSection({ suspects }: Diagnosis): Section {
  return {
    title: 'What saturated',
    topic: 'machine',
    note: 'the first one holds up the others',
    content: {
      kind: 'table',
      columns: columns('part', 'how sure', '~evidence'),
      rows: suspects.flatMap(({ title, component, sureness, evidence, remedy, page }): Cell[][] => [
        ...evidence.map((text, at) => [
          cell(at === 0 ? (component ?? title) : ''),
          cell(at === 0 ? sureness : '', at === 0 ? TONES[sureness] : 'plain'),
          cell(text),
        ]),
        [cell(''), cell(''), cell(`do: ${remedy} (${page})`, 'muted')],
      ]),
    },
  };
}

/** The same for the end of the report of a run: the sentence, the evidence, what to do. */
export function closingSection(diagnosis: Diagnosis): Section {
  const [first] = diagnosis.suspects;
  const items =
    first === undefined
      ? [diagnosisSentence(diagnosis), ...diagnosis.notSeen]
      : [diagnosisSentence(diagnosis), ...first.evidence.slice(1), `${first.remedy}; see ${first.page}`];
  return list('What saturated first', items, 'machine');
}
