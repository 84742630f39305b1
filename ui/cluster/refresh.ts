/** The view reads again at this interval, while it is visible. */
export const refreshMs = 10_000;
/** The same for lists that may come from a bucket. */
export const listRefreshMs = 60_000;
