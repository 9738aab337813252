import type { JsHistogram } from 'hdr-histogram-js';
import * as hdr from 'hdr-histogram-js';
import { messageOf, RelayBenchError } from '../base/errors.ts';

/** Highest value that a histogram tells apart, in microseconds: one hour. */
export const HIGHEST_US = 3_600_000_000;
const SIGNIFICANT_DIGITS = 3;

/** An empty histogram of microseconds, of a fixed size. */
export function buildHdr(): JsHistogram {
  const histogram = hdr.build({
    bitBucketSize: 32,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: SIGNIFICANT_DIGITS,
    useWebAssembly: false,
  });
  return histogram as JsHistogram;
}

/** @throws RelayBenchError `HISTOGRAM_INVALID` where the text is no compressed V2 histogram */
export function decodeHdr(text: string): JsHistogram {
  try {
    return hdr.decodeFromCompressedBase64(text, 32, false) as JsHistogram;
  } catch (cause) {
    throw new RelayBenchError(`a histogram can't be decoded: ${messageOf(cause)}`, {
      code: 'HISTOGRAM_INVALID',
      hint: 'the "hdr" field must be a V2 compressed base64 HdrHistogram',
      cause,
    });
  }
}

/** Compressed V2, in Base64. */
export function encodeHdr(histogram: JsHistogram): string {
  return hdr.encodeIntoCompressedBase64(histogram);
}
