/** Progress of the preparation is told once in so many steps. */
export const PROGRESS_EVERY = 250;
