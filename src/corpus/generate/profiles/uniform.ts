import { BLOCK_EVENTS } from '../kind-schedule.ts';
import { plainPassage } from '../passages.ts';
import type { Make } from '../scene.ts';
import { Tags } from '../tags.ts';
import { HASHTAGS } from '../vocabulary.ts';
import type { CorpusProfile } from './profile.ts';

/** Bytes of the content of every event, to a few bytes. */
const CONTENT_BYTES = 280;

const makePlainNote: Make = ({ author, createdAt_s, draws }) => {
  const tags = new Tags().add('t', draws.of(HASHTAGS));
  return { kind: 1, key: author, createdAt_s, tags, content: plainPassage(draws, CONTENT_BYTES) };
};

/** Notes of one size that refer to nothing, by authors who write equally often: nothing to explain a result by. */
export const uniform: CorpusProfile = {
  slots: [{ share: BLOCK_EVENTS, make: makePlainNote, isNote: true, isRegrettable: true }],
  authorShare: 500,
  skewedAuthors: false,
};
