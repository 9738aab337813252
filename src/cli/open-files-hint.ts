/** What to do where a process may open too few files. */
export const OPEN_FILES_HINT = 'raise the limit of open files with `ulimit -n 1024`, or end what holds them';
