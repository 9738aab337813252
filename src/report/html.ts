import type { Format } from './format.ts';
import { reportPage } from './html/report-page.ts';

/** One self-contained page for people; at most 400 KB for a run of ten minutes. */
export const htmlFormat: Format = {
  name: 'html',
  fileName: 'report.html',
  isDefault: true,
  render: (record) => reportPage(record),
};
